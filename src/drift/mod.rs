//! Three-way drift: what changed on the platform behind the repository's back, what the repository
//! has not applied yet, what both changed; and the record that tells what counts as ours.

mod accept;
mod classify;
mod record;

pub use accept::{Acceptance, Judgement, judge};
pub use classify::{DriftClass, DriftItem, items};
pub use record::{absorb, baseline, is_visible, settle};

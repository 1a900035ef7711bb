//! Desired, applied and live, compared: who moved, and what counts as ours.

mod record;

pub use record::{absorb, baseline, is_visible, settle};

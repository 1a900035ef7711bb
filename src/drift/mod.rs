//! Three-way drift: what changed on the platform behind the repository's back, what the repository
//! has not applied yet, what both changed.

mod classify;

pub use classify::{DriftClass, DriftItem, items};

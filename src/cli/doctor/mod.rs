//! The checks of `doctor`: from the target to the last TRE, each with a mark, what was found, and
//! the cure.
//!
//! A check that depends on one that failed is not made, and says so. Answers are read as they
//! come, since what trectl cannot read is what the reader wants to know.

mod answer;
mod connection;
mod examine;
mod link;
mod org;
mod probe;
mod render;
mod report;
mod showcase;
mod state;
mod target;
#[cfg(test)]
mod tests;
mod tre;

pub use examine::{Subject, examine, unresolved};
pub use link::Link;
pub use render::human;
pub use report::Report;

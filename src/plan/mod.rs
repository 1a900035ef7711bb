//! The planner and what it makes.

mod model;

pub use model::*;

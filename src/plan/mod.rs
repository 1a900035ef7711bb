//! The planner and what it makes.

mod model;
pub mod render;

pub use model::*;

//! The embedded platform: the platform's side on one machine, with its states, limits and
//! permissions, durable and crash-safe.
//!
//! [`World`] is the platform's own rules, pure. [`InMemory`] holds one for tests. It is written
//! from the reference of the platform alone and shares no rule with the planner.

mod memory;
mod world;

pub use memory::InMemory;
pub use world::{SeedError, SeedProblem, World};

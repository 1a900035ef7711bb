//! The embedded platform: the platform's side on one machine, with its states, limits and
//! permissions, durable and crash-safe.
//!
//! [`World`] is the platform's own rules, pure; [`Embedded`] keeps one on disk, [`InMemory`] holds
//! one for tests; [`serve`] puts either behind HTTP. It is written from the reference of the platform alone and shares no rule with
//! the planner: two independent readings, each the other's check.

mod log;
mod memory;
pub mod serve;
mod store;
mod world;

pub use log::LoggedCall;
pub use memory::InMemory;
pub use store::{Access, Clock, Embedded, OpenError, Options, calls, content, load_seed, reset};
pub use world::{Content, SeedError, SeedProblem, World};

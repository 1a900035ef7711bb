//! The laws of a plan, held against an embedded platform.
//!
//! What is true is read from the contract alone: these checks know plans by their public data and
//! the platform by its answers. They use neither the planner's lock table nor the platform's rules,
//! so that a rule that is wrong in both is the only one that can hide here.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod access;
mod adopt;
mod blocked;
mod choreography;
mod complete;
mod consent;
mod digest;
mod effect;
mod exposure;
mod import;
mod limits;
mod locks;
mod machine;
mod no_drift;
mod origin;
mod rename;
mod shape;
mod snapshot;
mod sound;
mod support;
#[path = "../world/mod.rs"]
mod world;

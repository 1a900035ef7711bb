//! Trusted Research Environments as code.
//!
//! ```text
//! files → spanned trees → Desired → (Reader → Live) → changes → Plan → (Writer, journal) → Applied → drift
//! source  schema, desired, rules    api, sim, live     diff      plan   apply, state                  drift
//! ```
//!
//! Each module is a stage of that line or an edge of it. Pure stages are synchronous and know no
//! file, clock, network, environment or random source: time, ids and seeds are arguments.

#![forbid(unsafe_code)]

pub mod access;
pub mod api;
pub mod apply;
pub mod cli;
pub mod desired;
pub mod diag;
pub mod diff;
pub mod drift;
pub mod forge;
pub mod hook;
pub mod lifecycle;
pub mod live;
pub mod model;
pub mod plan;
pub mod platform;
pub mod rules;
pub mod schema;
pub mod sim;
pub mod source;
pub mod state;
pub mod web;

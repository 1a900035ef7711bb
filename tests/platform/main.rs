//! The embedded platform alone: every row of the reference, by raw routes, mostly with a seed and
//! with an account that may not do everything. Nothing here knows the planner.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod account;
mod answers;
mod client;
mod contract;
mod direct;
mod errors;
mod inventory;
mod lifecycle;
mod limits;
mod locks;
mod over_http;
mod people;
mod policies;
mod requests;
mod routes;
mod seeds;
mod store;
mod support;
mod unseeded;
mod uploads;
mod visibility;
mod wire;

//! The platform over HTTP: the client and the server, each against bytes that nobody of them wrote,
//! and then together.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod client;
mod server;
mod together;

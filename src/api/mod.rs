//! The vendor's platform over HTTP.
//!
//! [`config`] finds out where it is and who we are, by the conventions of the vendor's own client.
//! [`Client`] carries calls: each waits for its turn ([`Limits::rate`]), is made, and is made again
//! where that is right ([`Backoff`]). What became of every attempt is told to an [`Observer`].

mod answer;
mod client;
pub mod config;
pub(crate) mod connect;
mod event;
mod pace;
mod retry;
mod token;
mod unreachable;

pub use client::{Client, Limits, Seen};
pub use config::{Config, ConfigError, Origin, Setting};
pub use connect::ClientError;
pub use event::{Event, Observer};
pub use retry::Backoff;
pub use token::Token;

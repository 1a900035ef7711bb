//! The embedded platform on disk: durable and crash-safe.
//!
//! Entities are rows of JSON in one file. A call that changes something is decided and written by
//! one thread; calls that arrive while it writes share its next commit, and each returns when its
//! effect is durable. Calls that only read see what is durable, and wait for nobody.
//!
//! Reading alone ([`Access::Read`]) works on a copy in memory: it creates and writes nothing, not
//! even where a crash left the file to be repaired.

mod committer;
mod embedded;
mod error;
mod file;
mod rows;
#[cfg(test)]
mod tests;

pub use embedded::{Access, Clock, Embedded, Options};
pub use error::OpenError;
pub use file::{calls, content, load_seed, reset};

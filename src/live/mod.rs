//! Reader → Live: the platform's answers as plain data that the pure stages understand.

mod answers;
mod convert;
mod directory;
mod error;
mod read;

pub use answers::gather;
pub use convert::live_tre;
pub use directory::fill;
pub use error::LiveError;
pub use read::{describe_one, read, requests};

#[cfg(test)]
mod tests;

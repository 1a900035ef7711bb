//! Reader → Live: the platform's answers as plain data that the pure stages understand.

mod answers;
mod convert;
mod directory;
mod error;
mod read;

pub use convert::live_tre;
pub use directory::fill;
pub use error::LiveError;
pub use read::{FEW, describe_one, read, read_some, requests};

#[cfg(test)]
mod tests;

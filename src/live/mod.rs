//! Reader → Live: the platform's answers as plain data that the pure stages understand.

mod answers;
mod convert;
mod directory;
mod error;
mod read;
mod snapshot;

pub use convert::live_tre;
pub use directory::fill;
pub use error::LiveError;
pub use read::{FEW, describe_one, read, read_some, requests};
pub use snapshot::{
    Content, Selection, Snapshot, SnapshotError, Uncovered, survey, without_strangers,
};

#[cfg(test)]
mod tests;

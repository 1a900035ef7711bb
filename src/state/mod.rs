//! What trectl must remember of a target: which run holds it, what every run did, and what was
//! last applied.
//!
//! ```text
//! .trectl/state/<target>/
//!   lock                  held by the run that may write
//!   journal/000001.jsonl  one append-only segment for each run
//!   applied.json          what all segments up to one number amount to
//! ```
//!
//! The journal is the truth: `applied.json` only spares reading all of it, and is made anew from
//! the segments where it is missing.

mod entry;
mod error;
mod files;
mod journal;
mod ledger;
mod lock;
mod segment;
mod snapshot;
mod store;
mod writer;

pub use entry::{Entry, RunInfo, RunResult, StepResult, StoredCall, StoredError, TreEnd};
pub use error::StateError;
pub use journal::{Clock, Journal};
pub use ledger::{Ledger, OrderError, Progress, Unsettled};
pub use lock::{Holder, Lock, Owner};
pub use snapshot::FORMAT_VERSION;
pub use store::{Loaded, Store};

#[cfg(test)]
mod tests;

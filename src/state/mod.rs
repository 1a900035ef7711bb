//! What trectl must remember of a target: which run holds it, what every run did, and what was
//! last applied.
//!
//! ```text
//! lock/000000000007-…              held by the run that may write; the number is its epoch
//! journal/000000000012.json        what happened, one immutable segment for each write
//! applied/000000000012.json        what all segments up to one number amount to
//! archive/…1-…9.jsonl              old segments, word for word, many in one object
//! live/20260501T100000Z-….json     what the platform looked like, for plans without an account
//! ```
//!
//! All of it is objects whose names are created once, in a folder or a bucket. The journal is the
//! truth, and a chain: each segment names the digest of the one before it. A snapshot only spares
//! reading all of it, and is made anew from the segments where it is missing.

mod archive;
mod chain;
mod entry;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzz;
mod gc;
mod journal;
mod ledger;
mod live;
mod lock;
mod objects;
mod past;
mod remote;
mod segment;
mod snapshot;
mod store;
mod takeover;
mod verify;
mod writer;

pub use entry::{
    Entry, ObservedField, RunInfo, RunResult, StepResult, StoredCall, StoredError, TakeReason,
    TreEnd,
};
pub use error::StateError;
pub use gc::Compacted;
pub use journal::{Clock, Journal};
pub use ledger::{Ledger, OrderError, Progress, Unsettled};
pub use lock::{LEASE, Lock, Owner, Patience, Process, Standing};
pub use objects::Location;
pub use past::{AsOf, Author, Sight, Sighting};
pub use remote::{BucketError, Problem};
pub use segment::{FORMAT_VERSION, Head, HeadError, Link, Segment, Stamped};
pub use store::{Loaded, Store};
pub use verify::Verified;

#[cfg(test)]
mod tests;

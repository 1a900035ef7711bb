//! Plan → platform: executes a plan step by step, each call between two entries of the journal.
//!
//! TREs are independent and run side by side; inside a TRE the steps run in order and stop at the
//! first failure. A TRE is read before its first step, so that nothing is done to one that moved
//! since it was planned, and again after its last.

mod compare;
mod event;
mod outcome;
mod resume;
mod run;
mod settle;
mod task;
mod window;

pub use compare::differences;
pub use event::{Event, Sink};
pub use outcome::{Counts, FailedStep, Outcome, StepError, Stop, TreReport, TreResult};
pub use resume::is_rest;
pub use run::{ApplyError, Input, Repetition, execute};

#[cfg(test)]
mod tests;

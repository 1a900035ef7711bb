//! What happens while a plan is executed: progress, logs and reports all consume this.

use std::sync::Arc;

use super::TreReport;
use crate::model::TreId;
use crate::platform::Operation;

/// Takes events as they happen, from many tasks at once.
pub type Sink = Arc<dyn Fn(&Event) + Send + Sync>;

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The run begins.
    RunStarted {
        /// How many TREs it will change.
        tres: usize,
        /// How many steps that takes.
        steps: usize,
    },
    /// The work on a TRE begins.
    TreStarted {
        /// The TRE.
        tre: TreId,
        /// How many steps it takes.
        steps: usize,
    },
    /// A TRE waits until another one has left Maintenance.
    WindowAwaited {
        /// The TRE.
        tre: TreId,
    },
    /// A call is about to be made.
    StepStarted {
        /// The TRE.
        tre: TreId,
        /// The step's id.
        step: String,
        /// What it does.
        operation: Operation,
    },
    /// A call took effect.
    StepDone {
        /// The TRE.
        tre: TreId,
        /// The step's id.
        step: String,
        /// What it did.
        operation: Operation,
    },
    /// A call failed.
    StepFailed {
        /// The TRE.
        tre: TreId,
        /// The step's id.
        step: String,
        /// What it was to do.
        operation: Operation,
        /// Why it failed.
        error: String,
    },
    /// The work on a TRE ends, or never began.
    TreDone {
        /// The TRE.
        tre: TreId,
        /// What became of it.
        report: TreReport,
    },
    /// The run ends.
    RunDone,
}

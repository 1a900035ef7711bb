//! What became of a run.

use std::collections::BTreeMap;

use crate::live::LiveError;
use crate::model::TreId;
use crate::platform::{Operation, PlatformError};
use crate::state::{Head, StateError};

/// Why a step, or the reading around the steps, failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StepError {
    /// The platform refused the call, or could not be reached.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The TRE could not be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The journal could not be written, so the call was not made, or is not known to be made.
    #[error(transparent)]
    State(#[from] StateError),
}

/// The step that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedStep {
    /// Its id.
    pub id: String,
    /// What it was to do.
    pub operation: Operation,
    /// The route.
    pub route: String,
    /// Nobody knows whether it took effect; the next run finds out.
    pub is_unknown: bool,
}

/// What became of a TRE.
#[derive(Debug, Clone)]
pub enum TreResult {
    /// Every step is done, and the platform shows what was planned.
    Applied,
    /// A step failed, or the reading before the first one (`step` is `None` then).
    Failed {
        /// The step.
        step: Option<FailedStep>,
        /// Why.
        error: StepError,
    },
    /// It moved since it was planned; nothing was done.
    Changed {
        /// What is different, as JSON Pointers.
        paths: Vec<String>,
    },
    /// Every step is done, and the platform shows something else.
    ReadBackDiffers {
        /// What is different, as JSON Pointers.
        paths: Vec<String>,
    },
    /// Every step is done, and the platform could not be read.
    ReadBackFailed {
        /// Why.
        error: LiveError,
    },
    /// The run was stopped while it was part-way.
    Interrupted,
    /// The run was stopped before it began.
    NotStarted,
    /// It needs Maintenance, and so many TREs stay there that no other one may.
    NoWindow,
}

/// What became of a TRE, with figures.
#[derive(Debug, Clone)]
pub struct TreReport {
    /// What became of it.
    pub result: TreResult,
    /// How many steps took effect in this run.
    pub done: usize,
    /// How many steps there were.
    pub steps: usize,
    /// It is in Maintenance, and should not be.
    pub is_left_in_maintenance: bool,
}

impl TreReport {
    /// Tells whether anything of it took effect, or may have.
    pub fn has_effect(&self) -> bool {
        let is_unknown = matches!(
            &self.result,
            TreResult::Failed { step: Some(FailedStep { is_unknown: true, .. }), .. }
        );
        self.done > 0 || is_unknown
    }

    /// Tells whether it was tried and is not as it should be.
    pub fn is_failure(&self) -> bool {
        match self.result {
            TreResult::Failed { .. }
            | TreResult::Changed { .. }
            | TreResult::ReadBackDiffers { .. }
            | TreResult::ReadBackFailed { .. } => true,
            TreResult::Applied
            | TreResult::Interrupted
            | TreResult::NotStarted
            | TreResult::NoWindow => false,
        }
    }
}

/// Why a run ended before all was tried.
#[derive(Debug, Clone)]
pub enum Stop {
    /// Somebody stopped it.
    Interrupted,
    /// The platform no longer accepts the account.
    Authentication(PlatformError),
    /// The journal can no longer be written.
    Journal(StateError),
}

/// How many TREs ended in which way, and how many steps took effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Applied.
    pub applied: usize,
    /// Failed at a step or before the first one.
    pub failed: usize,
    /// Moved since they were planned.
    pub changed: usize,
    /// Read back differently, or not at all.
    pub differing: usize,
    /// Stopped part-way.
    pub interrupted: usize,
    /// Never begun.
    pub not_started: usize,
    /// Kept from Maintenance by those that stay there.
    pub no_window: usize,
    /// Steps that took effect.
    pub steps: usize,
}

/// What became of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The TREs that were to be changed, by id.
    pub tres: BTreeMap<TreId, TreReport>,
    /// Why the run ended early, if it did.
    pub stopped: Option<Stop>,
    /// How many objects the journal wrote.
    pub writes: u64,
    /// The end of the journal as far as this run wrote it.
    pub head: Head,
}

impl Outcome {
    /// Returns the TREs that are in Maintenance and should not be.
    pub fn left_in_maintenance(&self) -> impl Iterator<Item = &TreId> {
        self.tres.iter().filter(|(_, report)| report.is_left_in_maintenance).map(|(id, _)| id)
    }

    /// Tells whether anything took effect, or may have.
    pub fn has_effect(&self) -> bool {
        self.tres.values().any(TreReport::has_effect)
    }

    /// Tells whether a TRE was tried and is not as it should be, or the run had to give up.
    pub fn has_failure(&self) -> bool {
        self.tres.values().any(TreReport::is_failure)
            || matches!(self.stopped, Some(Stop::Authentication(_) | Stop::Journal(_)))
    }

    /// Returns the figures.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for report in self.tres.values() {
            counts.steps += report.done;
            *match report.result {
                TreResult::Applied => &mut counts.applied,
                TreResult::Failed { .. } => &mut counts.failed,
                TreResult::Changed { .. } => &mut counts.changed,
                TreResult::ReadBackDiffers { .. } | TreResult::ReadBackFailed { .. } => {
                    &mut counts.differing
                }
                TreResult::Interrupted => &mut counts.interrupted,
                TreResult::NotStarted => &mut counts.not_started,
                TreResult::NoWindow => &mut counts.no_window,
            } += 1;
        }
        counts
    }
}

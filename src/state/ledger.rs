//! What a journal amounts to: a small state machine over its entries, used for writing them and
//! for reading them, so that both agree on what can have happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::{Entry, StepResult, StoredCall, TreEnd};
use crate::drift::{absorb, is_visible};
use crate::model::{Applied, AppliedTre, Live, TreId};
use crate::platform::{Call, CallError};

/// An entry that cannot have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// Something happens before a run has begun.
    #[error("the run has not begun")]
    NotStarted,
    /// A run goes on that has ended.
    #[error("the run has ended already")]
    NotOpen,
    /// A TRE is begun twice.
    #[error("`{0}` is begun twice")]
    TreTwice(TreId),
    /// A TRE goes on that was not begun.
    #[error("`{0}` was not begun")]
    TreNotStarted(TreId),
    /// A second intent while the outcome of one is open.
    #[error("step {step} of `{tre}` begins while step {open} is open")]
    IntentOpen {
        /// The TRE.
        tre: TreId,
        /// The step that begins.
        step: usize,
        /// The step that is open.
        open: usize,
    },
    /// A step that is not the next one, or not the call that was announced.
    #[error("step {step} of `{tre}` is not the one that comes next")]
    NotNext {
        /// The TRE.
        tre: TreId,
        /// The step.
        step: usize,
    },
    /// An outcome of a step that was not begun.
    #[error("step {step} of `{tre}` has an outcome and was not begun")]
    NoIntent {
        /// The TRE.
        tre: TreId,
        /// The step.
        step: usize,
    },
    /// A stored call that is none.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// How far a TRE came with a plan that is not finished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The digest of the plan.
    pub digest: String,
    /// All steps of the plan.
    pub steps: Vec<StoredCall>,
    /// How many of them took effect.
    pub confirmed: usize,
    /// The record that the steps are counted on.
    baseline: AppliedTre,
}

impl Progress {
    /// Returns the steps that are left.
    pub fn rest(&self) -> &[StoredCall] {
        self.steps.get(self.confirmed..).unwrap_or_default()
    }
}

/// A call that was begun, and of which nobody knows what became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsettled {
    /// The step, from 1.
    pub step: usize,
    /// The call.
    pub call: StoredCall,
}

/// What every entry so far amounts to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// What was last applied.
    pub applied: Applied,
    /// The TREs that are part-way.
    pub progress: BTreeMap<TreId, Progress>,
    /// The calls of which nobody knows what became.
    pub unsettled: BTreeMap<TreId, Unsettled>,
    /// The digests of the plans that were applied last, by TRE: applying the same saved plan again
    /// must find that it is done.
    pub done: BTreeMap<TreId, String>,
    run: Run,
}

#[derive(Debug, Clone, Default, PartialEq)]
enum Run {
    #[default]
    Before,
    Open {
        working: BTreeMap<TreId, Working>,
    },
    Ended,
}

/// Where the work on a TRE stands within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Working {
    Going,
    /// A step failed: nothing but the end can follow.
    Stopped,
}

impl Ledger {
    /// Returns the ledger before a run that follows others.
    pub(super) fn resume(
        applied: Applied,
        progress: BTreeMap<TreId, Progress>,
        unsettled: BTreeMap<TreId, Unsettled>,
        done: BTreeMap<TreId, String>,
    ) -> Self {
        Self { applied, progress, unsettled, done, run: Run::Before }
    }

    /// Closes what a run left open, ready for the next one: a run that died is over, and a TRE of
    /// which nothing was done is not part-way.
    pub(super) fn end_run(&mut self) {
        let Self { applied: _, progress, unsettled, done: _, run } = self;
        *run = Run::Before;
        progress.retain(|tre, progress| progress.confirmed > 0 || unsettled.contains_key(tre));
    }

    /// Settles every call of which nobody knows what became: one whose effect is visible took
    /// effect. Returns the entries that say so, for the journal of the next run.
    ///
    /// # Errors
    ///
    /// Where a stored call is none.
    pub(super) fn settle(&mut self, live: &Live) -> Result<Vec<Entry>, OrderError> {
        let mut entries = Vec::new();
        let before = std::mem::replace(&mut self.run, Run::Open { working: BTreeMap::new() });
        for (tre, Unsettled { step, call }) in self.unsettled.clone() {
            let live = live.tres.get(&tre).map(|live| &live.tre);
            let result = match is_visible(&call.call()?, live) {
                true => StepResult::Seen,
                false => StepResult::NotSeen,
            };
            let entry = Entry::Outcome { tre, step, result };
            self.accept(&entry)?;
            entries.push(entry);
        }
        self.run = before;
        Ok(entries)
    }

    /// Takes in one entry.
    ///
    /// # Errors
    ///
    /// Where the entry cannot follow those before it; the ledger is unchanged then.
    pub fn accept(&mut self, entry: &Entry) -> Result<(), OrderError> {
        match entry {
            Entry::LockTaken { from: _, by: _, reason: _ } => self.end_run(),
            Entry::RunStarted { info: _ } => {
                self.end_run();
                self.run = Run::Open { working: BTreeMap::new() };
            }
            Entry::TreStarted { tre, digest, steps, confirmed, baseline } => {
                let progress = Progress {
                    digest: digest.clone(),
                    steps: steps.clone(),
                    confirmed: *confirmed,
                    baseline: baseline.clone(),
                };
                self.start(tre, progress)?;
            }
            Entry::Intent { tre, step, route: _, call } => self.intend(tre, *step, call)?,
            Entry::Outcome { tre, step, result } => self.conclude(tre, *step, result)?,
            Entry::Recorded { tre, record } => self.record(tre, record.clone())?,
            Entry::Observed { tre: _, drift: _ } => {
                self.working()?;
            }
            Entry::TreEnded { tre, result } => self.end_tre(tre, *result)?,
            Entry::RunEnded { result: _ } => {
                self.working()?;
                self.run = Run::Ended;
            }
        }
        Ok(())
    }

    fn working(&mut self) -> Result<&mut BTreeMap<TreId, Working>, OrderError> {
        match &mut self.run {
            Run::Before => Err(OrderError::NotStarted),
            Run::Open { working } => Ok(working),
            Run::Ended => Err(OrderError::NotOpen),
        }
    }

    fn start(&mut self, tre: &TreId, progress: Progress) -> Result<(), OrderError> {
        if let Some(open) = self.unsettled.get(tre) {
            let (step, open) = (progress.confirmed + 1, open.step);
            return Err(OrderError::IntentOpen { tre: tre.clone(), step, open });
        }
        let working = self.working()?;
        if working.contains_key(tre) {
            return Err(OrderError::TreTwice(tre.clone()));
        }
        working.insert(tre.clone(), Working::Going);
        self.done.remove(tre);
        self.progress.insert(tre.clone(), progress);
        Ok(())
    }

    fn intend(&mut self, tre: &TreId, step: usize, call: &StoredCall) -> Result<(), OrderError> {
        let state = self.working()?.get(tre).copied();
        let progress = self.progress.get(tre);
        let (Some(state), Some(progress)) = (state, progress) else {
            return Err(OrderError::TreNotStarted(tre.clone()));
        };
        if let Some(open) = self.unsettled.get(tre) {
            return Err(OrderError::IntentOpen { tre: tre.clone(), step, open: open.step });
        }
        let is_next = step == progress.confirmed + 1 && progress.rest().first() == Some(call);
        if state == Working::Stopped || !is_next {
            return Err(OrderError::NotNext { tre: tre.clone(), step });
        }
        self.unsettled.insert(tre.clone(), Unsettled { step, call: call.clone() });
        Ok(())
    }

    /// An outcome may come in the run of its intent, or in a later one that found it out.
    fn conclude(
        &mut self,
        tre: &TreId,
        step: usize,
        result: &StepResult,
    ) -> Result<(), OrderError> {
        self.working()?;
        let open = self.unsettled.get(tre).filter(|open| open.step == step);
        let Some(open) = open else {
            return Err(OrderError::NoIntent { tre: tre.clone(), step });
        };
        match result {
            StepResult::Ok { request_id: _ } | StepResult::Seen => {
                let call = open.call.call()?;
                self.unsettled.remove(tre);
                self.confirm(tre, &call);
            }
            StepResult::NotSeen | StepResult::Error { .. } => {
                self.unsettled.remove(tre);
                self.stop(tre)?;
            }
            StepResult::Unknown { .. } => self.stop(tre)?,
        }
        Ok(())
    }

    fn stop(&mut self, tre: &TreId) -> Result<(), OrderError> {
        if let Some(working) = self.working()?.get_mut(tre) {
            *working = Working::Stopped;
        }
        Ok(())
    }

    fn confirm(&mut self, tre: &TreId, call: &Call) {
        let mut record = self.applied.remove(tre);
        if let Some(progress) = self.progress.get_mut(tre) {
            if progress.confirmed == 0 {
                record = Some(progress.baseline.clone());
            }
            progress.confirmed += 1;
        }
        if let Some(record) = absorb(record, call) {
            self.applied.insert(tre.clone(), record);
        }
    }

    fn record(&mut self, tre: &TreId, record: Option<AppliedTre>) -> Result<(), OrderError> {
        let is_working = self.working()?.contains_key(tre);
        if !is_working {
            self.progress.remove(tre);
            self.unsettled.remove(tre);
        }
        match record {
            Some(record) => self.applied.insert(tre.clone(), record),
            None => {
                self.done.remove(tre);
                self.applied.remove(tre)
            }
        };
        Ok(())
    }

    fn end_tre(&mut self, tre: &TreId, result: TreEnd) -> Result<(), OrderError> {
        if self.working()?.remove(tre).is_none() {
            return Err(OrderError::TreNotStarted(tre.clone()));
        }
        let is_over = match result {
            TreEnd::Applied | TreEnd::Differs => true,
            TreEnd::Failed | TreEnd::Interrupted => {
                let nothing_done =
                    self.progress.get(tre).is_some_and(|progress| progress.confirmed == 0);
                nothing_done && !self.unsettled.contains_key(tre)
            }
        };
        if is_over
            && let Some(progress) = self.progress.remove(tre)
            && result == TreEnd::Applied
        {
            self.done.insert(tre.clone(), progress.digest);
        }
        Ok(())
    }
}

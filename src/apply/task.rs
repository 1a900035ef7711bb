//! One TRE: read, step by step, read back.

use super::compare::differences;
use super::event::Event;
use super::outcome::{FailedStep, StepError, TreReport, TreResult};
use super::run::{Repetition, Shared};
use super::settle::{Settled, settle};
use super::window::{Place, Refused, Window, is_open, opens};
use crate::drift::baseline;
use crate::live::{LiveError, describe_one};
use crate::model::{LiveTre, TreId, TreState};
use crate::plan::{Step, TreChange};
use crate::platform::{Call, Operation, PlatformError, PlatformErrorKind, Receipt};
use crate::state::{Entry, StateError, StepResult, StoredCall, TreEnd};

/// How often a call whose answer was lost is made again, once its effect was looked for.
const REPEATS: u32 = 2;

/// The work on one TRE.
pub(super) struct Task<'a> {
    shared: &'a Shared,
    change: &'a TreChange,
    tre: TreId,
    /// Its place among those that are worked on; given back while it waits for a window.
    slot: Option<Place>,
    window: Option<Window>,
    /// Entries that are written together with the next intent.
    waiting: Vec<Entry>,
    /// How many steps of the same plan earlier runs have confirmed.
    earlier: usize,
    done: usize,
    state: Option<String>,
}

/// Why the steps ended early.
enum End {
    Stopped,
    NoWindow,
    Failed(TreResult),
}

impl From<Refused> for End {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Stopped => Self::Stopped,
            Refused::NoWindow => Self::NoWindow,
        }
    }
}

impl<'a> Task<'a> {
    pub(super) fn new(shared: &'a Shared, change: &'a TreChange, tre: TreId) -> Self {
        Self {
            shared,
            change,
            tre,
            slot: None,
            window: is_open(change).then(|| shared.windows.inherited()),
            waiting: Vec::new(),
            earlier: 0,
            done: 0,
            state: change.live_state.clone(),
        }
    }

    pub(super) async fn run(mut self) -> TreReport {
        let result = self.work().await;
        let maintenance = Some(TreState::Maintenance.as_str());
        // One that stays in Maintenance keeps its window to the end of the run.
        if self.state.as_deref() != maintenance
            && let Some(window) = self.window.take()
        {
            window.close();
        }
        TreReport {
            is_left_in_maintenance: self.state.as_deref() == maintenance
                && self.change.desired_state.as_deref() != maintenance,
            result,
            done: self.done,
            steps: self.change.steps.len(),
        }
    }

    async fn work(&mut self) -> TreResult {
        match self.begin().await {
            Ok(()) => {}
            Err(End::Stopped) => return TreResult::NotStarted,
            Err(End::NoWindow) => return TreResult::NoWindow,
            Err(End::Failed(result)) => return result,
        }
        match self.steps().await {
            Ok(()) => self.read_back().await,
            // Nothing was begun, so nothing is written either.
            Err(End::Stopped) if self.done == 0 => TreResult::NotStarted,
            Err(End::NoWindow) if self.done == 0 => TreResult::NoWindow,
            Err(end) => {
                let (result, end) = match end {
                    End::Stopped => (TreResult::Interrupted, TreEnd::Interrupted),
                    End::NoWindow => (TreResult::NoWindow, TreEnd::Interrupted),
                    End::Failed(result) => (result, TreEnd::Failed),
                };
                self.waiting.push(Entry::TreEnded { tre: self.tre.clone(), result: end });
                // A journal that cannot be written has stopped the run already.
                let _ = self.flush().await;
                result
            }
        }
    }

    /// Waits for its turn, and makes sure that the TRE is as it was when it was planned.
    async fn begin(&mut self) -> Result<(), End> {
        self.slot = Some(self.shared.slots.take(&self.shared.stop).await?);
        self.wait_for_window(0).await?;
        if self.shared.stop.is_cancelled() {
            return Err(End::Stopped);
        }
        let live = self
            .read()
            .await
            .map_err(|error| End::Failed(TreResult::Failed { step: None, error: error.into() }))?;
        let live = live.as_ref().map(|live| &live.tre);
        let paths = differences(self.change.change.before.as_deref(), live);
        if !paths.is_empty() {
            return Err(End::Failed(TreResult::Changed { paths }));
        }
        let calls: Vec<Call> = self.calls().cloned().collect();
        let record = self.shared.journal.applied(&self.tre);
        let baseline = baseline(record.as_ref(), live, &calls, &self.shared.operator);
        let steps: Vec<StoredCall> =
            calls.iter().map(|call| StoredCall::of(&self.tre, call)).collect();
        let progress = self.shared.journal.progress(&self.tre);
        let (digest, steps, confirmed) = match progress {
            Some(progress) if progress.rest() == steps => {
                (progress.digest, progress.steps, progress.confirmed)
            }
            _ => (self.change.digest.clone(), steps, 0),
        };
        self.earlier = confirmed;
        let tre = self.tre.clone();
        self.waiting.push(Entry::TreStarted { tre, digest, steps, confirmed, baseline });
        let (tre, steps) = (self.tre.clone(), self.change.steps.len());
        self.shared.tell(&Event::TreStarted { tre, steps });
        Ok(())
    }

    fn calls(&self) -> impl Iterator<Item = &'a Call> + use<'a> {
        self.change.steps.iter().filter_map(|step| step.call.as_ref()).map(|planned| &planned.call)
    }

    async fn read(&self) -> Result<Option<LiveTre>, LiveError> {
        let read = describe_one(&*self.shared.reader, &self.tre).await;
        if let Some(error) = read.as_ref().err().and_then(LiveError::platform) {
            self.shared.look_at(error);
        }
        read
    }

    async fn steps(&mut self) -> Result<(), End> {
        let change = self.change;
        for ((index, step), call) in change.steps.iter().enumerate().zip(self.calls()) {
            self.wait_for_window(index).await?;
            if self.shared.stop.is_cancelled() {
                return Err(End::Stopped);
            }
            self.step(self.earlier + index + 1, step, call).await?;
        }
        Ok(())
    }

    /// Waits until the window can be opened, and lets others work meanwhile.
    async fn wait_for_window(&mut self, index: usize) -> Result<(), End> {
        if self.window.is_some() || !opens(&self.change.steps, index) {
            return Ok(());
        }
        self.window = self.shared.windows.try_take();
        if self.window.is_none() {
            self.flush().await.map_err(|error| failed(None, error.into()))?;
            self.shared.tell(&Event::WindowAwaited { tre: self.tre.clone() });
            self.slot = None;
            self.window = Some(self.shared.windows.take(&self.shared.stop).await?);
            self.slot = Some(self.shared.slots.take(&self.shared.stop).await?);
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StateError> {
        match std::mem::take(&mut self.waiting) {
            entries if entries.is_empty() => Ok(()),
            entries => self.shared.append(entries).await,
        }
    }

    /// Makes one call between its intent and its outcome. The outcome of the step before and the
    /// intent of this one become durable together, before the call.
    async fn step(&mut self, number: usize, step: &Step, call: &Call) -> Result<(), End> {
        let about = || FailedStep {
            id: step.id.clone(),
            operation: step.operation,
            route: step.route.clone(),
            is_unknown: false,
        };
        self.waiting.push(Entry::Intent {
            tre: self.tre.clone(),
            step: number,
            route: call.route(&self.tre),
            call: StoredCall::of(&self.tre, call),
        });
        self.flush().await.map_err(|error| failed(Some(about()), error.into()))?;
        let (tre, id, operation) = (self.tre.clone(), step.id.clone(), step.operation);
        self.shared.tell(&Event::StepStarted { tre, step: id, operation });
        let (result, failure) = self.make(call).await;
        let is_unknown = matches!(result, StepResult::Unknown { .. });
        if is_unknown && operation == Operation::Deactivate {
            self.follow(operation);
        }
        self.waiting.push(Entry::Outcome { tre: self.tre.clone(), step: number, result });
        let (tre, id) = (self.tre.clone(), step.id.clone());
        match failure {
            None => {
                self.done += 1;
                self.follow(step.operation);
                self.shared.tell(&Event::StepDone { tre, step: id, operation });
                Ok(())
            }
            Some(error) => {
                let told = error.to_string();
                self.shared.tell(&Event::StepFailed { tre, step: id, operation, error: told });
                Err(failed(Some(FailedStep { is_unknown, ..about() }), error.into()))
            }
        }
    }

    /// Makes a call, and again where its answer was lost and its effect is not there: what may not
    /// be repeated blindly may be once the platform was asked.
    async fn make(&self, call: &Call) -> (StepResult, Option<PlatformError>) {
        let mut repeats = REPEATS;
        loop {
            let error = match self.call(call).await {
                Ok(Receipt { request_id }) => return (StepResult::Ok { request_id }, None),
                Err(error) => error,
            };
            let is_lost = error.kind == PlatformErrorKind::NoAnswer;
            match self.look_into(call, error).await {
                (StepResult::Error { .. }, Some(_))
                    if is_lost && repeats > 0 && !self.shared.stop.is_cancelled() =>
                {
                    repeats -= 1;
                }
                settled => return settled,
            }
        }
    }

    async fn call(&self, call: &Call) -> Result<Receipt, PlatformError> {
        let writer = &self.shared.writer;
        let receipt = writer.execute(&self.tre, call).await?;
        match self.shared.repetition {
            Repetition::Once => Ok(receipt),
            Repetition::Twice => writer.execute(&self.tre, call).await,
        }
    }

    /// Finds out what became of a failed call.
    async fn look_into(
        &self,
        call: &Call,
        error: PlatformError,
    ) -> (StepResult, Option<PlatformError>) {
        self.shared.look_at(&error);
        match settle(&*self.shared.reader, &self.tre, call, &error).await {
            Settled::Done => (StepResult::Seen, None),
            Settled::NotDone => (StepResult::Error { error: (&error).into() }, Some(error)),
            Settled::Unknown => (StepResult::Unknown { error: (&error).into() }, Some(error)),
        }
    }

    /// Follows the state, and closes the window.
    fn follow(&mut self, operation: Operation) {
        let state = match operation {
            Operation::Create => Some(TreState::Draft),
            Operation::Publish | Operation::Reactivate => Some(TreState::Active),
            Operation::Deactivate => Some(TreState::Maintenance),
            Operation::Delete => None,
            _ => return,
        };
        self.state = state.map(|state| state.as_str().to_owned());
        if self.state.as_deref() != Some(TreState::Maintenance.as_str())
            && let Some(window) = self.window.take()
        {
            window.close();
        }
    }

    /// Compares the platform with what was planned. The outcome of the last step becomes durable
    /// meanwhile.
    async fn read_back(&mut self) -> TreResult {
        let written = self.shared.journal.append(std::mem::take(&mut self.waiting));
        let read = self.read().await;
        if let Err(error) = written.await {
            self.shared.give_up(super::Stop::Journal(error.clone()));
            return TreResult::Failed { step: None, error: error.into() };
        }
        let result = match read {
            Err(error) => TreResult::ReadBackFailed { error },
            Ok(live) => {
                let live = live.as_ref().map(|live| &live.tre);
                let paths = differences(self.change.change.after.as_deref(), live);
                match paths.is_empty() {
                    true => TreResult::Applied,
                    false => TreResult::ReadBackDiffers { paths },
                }
            }
        };
        match self.end(&result).await {
            Ok(()) => result,
            Err(error) => TreResult::Failed { step: None, error: error.into() },
        }
    }

    async fn end(&mut self, result: &TreResult) -> Result<(), StateError> {
        let is_applied = matches!(result, TreResult::Applied);
        if is_applied && let Some(record) = self.shared.records.get(&self.tre) {
            let record = record.clone();
            self.waiting.push(Entry::Recorded { tre: self.tre.clone(), record });
        }
        let result = if is_applied { TreEnd::Applied } else { TreEnd::Differs };
        self.waiting.push(Entry::TreEnded { tre: self.tre.clone(), result });
        self.flush().await
    }
}

fn failed(step: Option<FailedStep>, error: StepError) -> End {
    End::Failed(TreResult::Failed { step, error })
}

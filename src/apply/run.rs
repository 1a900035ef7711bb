//! One run: its TREs side by side, and what became of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::event::{Event, Sink};
use super::outcome::{Outcome, Stop, TreReport, TreResult};
use super::task::Task;
use super::window::{Places, Windows, is_open};
use crate::model::{AppliedTre, TreId, UserId};
use crate::plan::{Plan, Status, TreChange};
use crate::platform::{PlatformError, PlatformErrorKind, Reader, Writer};
use crate::state::{Entry, Journal, RunResult, StateError};

/// How often each call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repetition {
    /// Once.
    #[default]
    Once,
    /// Twice, to show that a step that is executed twice has the effect of once.
    Twice,
}

/// All that a run needs.
pub struct Input {
    /// A plan that was just made. Only TREs that are ready are executed.
    pub plan: Arc<Plan>,
    /// The reading half of the platform.
    pub reader: Arc<dyn Reader>,
    /// The writing half.
    pub writer: Arc<dyn Writer>,
    /// The journal of this run, with everything settled that earlier runs left open.
    pub journal: Journal,
    /// The whole record of each TRE once it is as planned; also of those that need no step. `None`
    /// where nothing is to be remembered any more. A TRE that is missing here keeps what its steps
    /// amount to.
    pub records: BTreeMap<TreId, Option<AppliedTre>>,
    /// How many TREs are worked on at the same time.
    pub parallelism: usize,
    /// How many TREs are in Maintenance for a release at the same time.
    pub open_windows: usize,
    /// Takes what happens.
    pub events: Sink,
    /// Once cancelled, no step begins any more.
    pub cancel: CancellationToken,
    /// How often each call is made.
    pub repetition: Repetition,
}

/// A plan that cannot be executed at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The plan was read from a file: its steps are text, not calls.
    #[error("step `{step}` holds no call; a plan is made again before it is applied")]
    NoCall {
        /// The step.
        step: String,
    },
}

/// What all tasks of a run share.
pub(super) struct Shared {
    pub plan: Arc<Plan>,
    pub operator: UserId,
    pub reader: Arc<dyn Reader>,
    pub writer: Arc<dyn Writer>,
    pub journal: Journal,
    pub records: BTreeMap<TreId, Option<AppliedTre>>,
    pub slots: Places,
    pub windows: Windows,
    pub events: Sink,
    pub stop: CancellationToken,
    pub repetition: Repetition,
    reason: Mutex<Option<Stop>>,
}

impl Shared {
    /// Stops the run for all; the first reason counts.
    pub(super) fn give_up(&self, reason: Stop) {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
        self.stop.cancel();
    }

    /// Stops the run where the account is no longer accepted: every other call would fail too.
    pub(super) fn look_at(&self, error: &PlatformError) {
        if error.kind == PlatformErrorKind::InvalidAuthentication {
            self.give_up(Stop::Authentication(error.clone()));
        }
    }

    /// Writes to the journal; a journal that cannot be written stops the run.
    pub(super) async fn append(&self, entries: Vec<Entry>) -> Result<(), StateError> {
        let written = self.journal.append(entries).await;
        if let Err(error) = &written {
            self.give_up(Stop::Journal(error.clone()));
        }
        written
    }

    pub(super) fn tell(&self, event: &Event) {
        (self.events)(event);
    }
}

fn is_executed(change: &TreChange) -> bool {
    change.status == Status::Ready && !change.steps.is_empty()
}

/// Executes a plan. Whatever happens to a TRE is in the outcome; the journal is ended and the
/// lock let go when this returns.
///
/// # Errors
///
/// Where a step holds no call; nothing is done then.
pub async fn execute(input: Input) -> Result<Outcome, ApplyError> {
    let plan = input.plan.clone();
    let executed: Vec<usize> = (0..)
        .zip(&plan.resource_changes)
        .filter_map(|(place, change)| is_executed(change).then_some(place))
        .collect();
    let changes = || plan.resource_changes.iter().filter(|change| is_executed(change));
    if let Some(step) = changes().flat_map(|change| &change.steps).find(|step| step.call.is_none())
    {
        return Err(ApplyError::NoCall { step: step.id.clone() });
    }
    let cancel = input.cancel.clone();
    let shared = Arc::new(share(input));
    shared.tell(&Event::RunStarted {
        tres: executed.len(),
        steps: changes().map(|change| change.steps.len()).sum(),
    });
    let untouched: BTreeSet<&str> = changes().map(|change| change.name.as_str()).collect();
    record_untouched(&shared, &untouched).await;
    let tres = run_all(&shared, executed).await;
    Ok(end(&shared, tres, &cancel).await)
}

fn share(input: Input) -> Shared {
    let Input {
        plan,
        reader,
        writer,
        journal,
        records,
        parallelism,
        open_windows,
        events,
        cancel,
        repetition,
    } = input;
    let executed = plan.resource_changes.iter().filter(|change| is_executed(change));
    let open = executed.filter(|change| is_open(change)).count();
    Shared {
        operator: UserId::from_platform(&plan.target.operator),
        plan,
        reader,
        writer,
        journal,
        records,
        slots: Places::new(parallelism),
        windows: Windows::new(open_windows, open),
        events,
        stop: cancel.child_token(),
        repetition,
        reason: Mutex::new(None),
    }
}

/// Writes the records of TREs that need no step and whose record is not up to date, in one go.
/// A failure stops the run before any call is made.
async fn record_untouched(shared: &Shared, executed: &BTreeSet<&str>) {
    let entries: Vec<Entry> = shared
        .records
        .iter()
        .filter(|(tre, record)| {
            !executed.contains(tre.as_str())
                && shared.journal.applied(tre).as_ref() != record.as_ref()
        })
        .map(|(tre, record)| Entry::Recorded { tre: tre.clone(), record: record.clone() })
        .collect();
    if !entries.is_empty() {
        // The reason is kept where the run ends.
        let _ = shared.append(entries).await;
    }
}

async fn run_all(shared: &Arc<Shared>, executed: Vec<usize>) -> BTreeMap<TreId, TreReport> {
    let mut tasks = JoinSet::new();
    for place in executed {
        let shared = shared.clone();
        tasks.spawn(async move {
            let plan = shared.plan.clone();
            let change = plan.resource_changes.get(place)?;
            let tre = TreId::from_platform(&change.name);
            let report = Task::new(&shared, change, tre.clone()).run().await;
            shared.tell(&Event::TreDone { tre: tre.clone(), report: report.clone() });
            Some((tre, report))
        });
    }
    let mut tres = BTreeMap::new();
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(report) => tres.extend(report),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    tres
}

async fn end(
    shared: &Shared,
    tres: BTreeMap<TreId, TreReport>,
    cancel: &CancellationToken,
) -> Outcome {
    let is_stopped = tres
        .values()
        .any(|report| !matches!(report.result, TreResult::Applied) && !report.is_failure());
    let result = if is_stopped { RunResult::Interrupted } else { RunResult::Done };
    if let Err(error) = shared.journal.finish(result).await {
        shared.give_up(Stop::Journal(error));
    }
    let mut stopped = shared.reason.lock().unwrap_or_else(PoisonError::into_inner).take();
    if stopped.is_none() && cancel.is_cancelled() {
        stopped = Some(Stop::Interrupted);
    }
    shared.tell(&Event::RunDone);
    let (writes, head) = (shared.journal.writes(), shared.journal.head());
    Outcome { tres, stopped, writes, head }
}

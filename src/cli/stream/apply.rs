//! The lines of a run, as it goes on.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::line::{Event, Hook, Level};
use super::{Changes, Stream, action, is_refused, resource, verb};
use crate::apply::{Event as Happened, Outcome, TreReport, TreResult};
use crate::cli::exit::Status as Exit;
use crate::cli::report::{details, result_name};
use crate::model::TreId;
use crate::plan::{Action, Plan};
use crate::platform::Operation;

/// Watches a run and writes a line for whatever a program must know.
#[derive(Debug)]
pub struct Watch {
    stream: Stream,
    tres: Mutex<BTreeMap<TreId, Progress>>,
}

#[derive(Debug, Clone, Copy)]
struct Progress {
    action: Action,
    done: usize,
    steps: usize,
    begun: Option<Instant>,
}

impl Watch {
    /// Returns a watch over the run of a plan.
    pub fn new(stream: Stream, plan: &Plan) -> Self {
        let tres = plan.resource_changes.iter().map(|change| {
            let (action, steps) = (action(change), change.steps.len());
            let progress = Progress { action, done: 0, steps, begun: None };
            (TreId::from_platform(&change.name), progress)
        });
        Self { stream, tres: Mutex::new(tres.collect()) }
    }

    /// Takes what happened.
    pub fn event(&self, event: &Happened) {
        match event {
            Happened::TreStarted { tre, steps: _ } => {
                let hook = self.hook(tre, |progress| progress.begun = Some(Instant::now()));
                let message = format!("tre.{tre}: Begun ({})", verb(hook.action));
                self.stream.line(Level::Info, message, Event::ApplyStart { hook });
            }
            Happened::StepDone { tre, step, operation } => {
                let hook = self.hook(tre, |progress| progress.done += 1);
                self.step(hook, (step, *operation), None);
            }
            Happened::StepFailed { tre, step, operation, error } => {
                self.step(self.hook(tre, |_| ()), (step, *operation), Some(error));
            }
            Happened::TreDone { tre, report } => self.done(tre, report),
            Happened::RunStarted { .. }
            | Happened::WindowAwaited { .. }
            | Happened::StepStarted { .. }
            | Happened::RunDone => {}
        }
    }

    fn hook(&self, tre: &TreId, change: impl FnOnce(&mut Progress)) -> Hook {
        let mut tres = self.tres.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = Progress { action: Action::NoOp, done: 0, steps: 0, begun: None };
        let progress = tres.entry(tre.clone()).or_insert(nothing);
        change(progress);
        let Progress { action, done, steps, begun } = *progress;
        Hook {
            resource: resource(tre.as_str()),
            action,
            step: None,
            operation: None,
            steps_done: done,
            steps,
            result: None,
            error: None,
            elapsed_seconds: begun.map_or(0, |begun| begun.elapsed().as_secs()),
        }
    }

    fn step(&self, hook: Hook, (step, operation): (&str, Operation), error: Option<&String>) {
        let (level, words) = match error {
            None => (Level::Info, "done".to_owned()),
            Some(error) => (Level::Error, format!("failed: {error}")),
        };
        let Hook { steps_done, steps, .. } = hook;
        let addr = &hook.resource.addr;
        let message =
            format!("{addr}: {step} {operation} {words} ({steps_done} of {steps} steps done)");
        let hook = Hook {
            step: Some(step.to_owned()),
            operation: Some(operation),
            error: error.cloned(),
            ..hook
        };
        self.stream.line(level, message, Event::ApplyProgress { hook });
    }

    fn done(&self, tre: &TreId, report: &TreReport) {
        let hook = self.hook(tre, |progress| progress.done = report.done);
        let said = details(&report.result).join(" ");
        let result = result_name(&report.result);
        let hook = Hook {
            result: Some(result.to_owned()),
            error: (!said.is_empty()).then(|| said.clone()),
            ..hook
        };
        if matches!(report.result, TreResult::Applied) {
            let message = format!("tre.{tre}: Complete after {}s", hook.elapsed_seconds);
            self.stream.line(Level::Info, message, Event::ApplyComplete { hook });
            return;
        }
        let level = if report.is_failure() { Level::Error } else { Level::Warn };
        let message = format!("tre.{tre}: {} {said}", result.replace('_', " "));
        self.stream.line(level, message.trim_end(), Event::ApplyErrored { hook });
    }

    /// Writes the counts of a run that is over.
    pub fn summary(stream: &Stream, plan: &Plan, outcome: Option<&Outcome>, exit: Exit) {
        let applied = |wanted: Action| {
            let changes = plan.resource_changes.iter().filter(|change| action(change) == wanted);
            let is_applied = |name: &str| {
                let report = outcome?.tres.get(&TreId::from_platform(name))?;
                matches!(report.result, TreResult::Applied).then_some(())
            };
            changes.filter(|change| is_applied(&change.name).is_some()).count()
        };
        let tres = || outcome.into_iter().flat_map(|outcome| &outcome.tres);
        let is_other = |report: &TreReport| !matches!(report.result, TreResult::Applied);
        let left = outcome.into_iter().flat_map(Outcome::left_in_maintenance);
        let changes = Changes {
            add: applied(Action::Create),
            change: applied(Action::Update),
            remove: applied(Action::Delete),
            operation: "apply".to_owned(),
            refused: plan.resource_changes.iter().filter(|change| is_refused(change)).count(),
            failed: Some(tres().filter(|(_, report)| is_other(report)).count()),
            left_in_maintenance: left.map(ToString::to_string).collect(),
            journal_head: outcome.map(|outcome| outcome.head.to_string()),
            exit_status: Some(exit.code()),
            ..Changes::default()
        };
        let message = format!(
            "Applied: {} created, {} updated, {} deleted, {} refused, {} not as planned.",
            changes.add,
            changes.change,
            changes.remove,
            changes.refused,
            changes.failed.unwrap_or(0)
        );
        stream.summary(message, changes);
    }
}

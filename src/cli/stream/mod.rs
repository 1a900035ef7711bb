//! An event stream for programs that watch a long run: one JSON object a line, written at once.

mod apply;
mod line;

use serde_json::json;

pub use self::apply::Watch;
pub use self::line::{Changes, Line};
use self::line::{Drifted, Event, Level, Planned, Resource};
use super::clock;
use super::exit::Status as Exit;
use super::failure::Failure;
use super::output::Stdout;
use crate::diag::render::json::{self as findings, Finding};
use crate::diag::{Diagnostic, Severity, Sources, escape_control};
use crate::plan::render::{DriftReport, count};
use crate::plan::{Action, DriftClass, DriftItem, Plan, Status, TreChange};

/// The version of the format. Keys and types may be added within a major version.
const VERSION: &str = "1.0";

/// Where the lines go.
#[derive(Debug, Clone)]
pub struct Stream(Stdout);

impl Stream {
    /// Returns a stream to standard output.
    pub fn new(stdout: Stdout) -> Self {
        Self(stdout)
    }

    fn line(&self, level: Level, message: impl Into<String>, event: Event) {
        let line = Line {
            level,
            message: escape_control(&message.into()).into_owned(),
            module: "trectl.ui".to_owned(),
            timestamp: clock::instant().to_string(),
            event,
        };
        // One write for each line, so that those of many tasks never mix.
        self.0.write(&format!("{}\n", json!(line)));
    }

    /// Writes the first line.
    pub fn version(&self) {
        let trectl = env!("CARGO_PKG_VERSION").to_owned();
        let message = format!("trectl {trectl}");
        self.line(Level::Info, message, Event::Version { trectl, ui: VERSION.to_owned() });
    }

    /// Writes findings.
    pub fn findings(&self, found: &[Diagnostic], sources: &Sources) {
        for finding in found {
            let (level, label) = match finding.severity {
                Severity::Error => (Level::Error, "Error"),
                Severity::Warning => (Level::Warn, "Warning"),
            };
            let diagnostic = findings::finding(finding, sources);
            let message = format!("{label}: {}", finding.summary);
            self.line(level, message, Event::Diagnostic { diagnostic });
        }
    }

    /// Writes why the command failed.
    pub fn failure(&self, failure: &Failure) {
        let mut detail = failure.causes();
        detail.extend(failure.hints.iter().cloned());
        let diagnostic = Finding {
            severity: findings::Level::Error,
            code: failure.code().to_owned(),
            summary: failure.message.clone(),
            detail: detail.join("\n"),
            range: None,
            snippet: None,
            related: Vec::new(),
            help: None,
        };
        let message = format!("Error: {}", failure.message);
        self.line(Level::Error, message, Event::Diagnostic { diagnostic });
    }

    /// Writes what a plan holds; `exit` is the status of a run that ends with it.
    pub fn plan(&self, plan: &Plan, exit: Option<Exit>) {
        // What was not applied yet is what the plan is about.
        self.drift(plan.resource_drift.iter().filter(|item| item.class != DriftClass::Unapplied));
        let is_news = |change: &&TreChange| change.status != Status::NoOp;
        for change in plan.resource_changes.iter().filter(is_news) {
            self.planned(change);
        }
        let summary = plan.summary;
        let changes = Changes {
            add: summary.create,
            change: summary.update,
            remove: summary.delete,
            operation: "plan".to_owned(),
            refused: plan.resource_changes.iter().filter(|change| is_refused(change)).count(),
            exit_status: exit.map(Exit::code),
            ..Changes::default()
        };
        let message = format!(
            "Plan: {} to create, {} to update, {} to delete, {} refused.",
            changes.add, changes.change, changes.remove, changes.refused
        );
        self.summary(message, changes);
    }

    fn planned(&self, change: &TreChange) {
        let action = action(change);
        let mut refused: Vec<String> =
            change.blocked.iter().map(|blocked| blocked.message.clone()).collect();
        refused.extend(change.consent_requests.iter().map(|request| {
            format!("It needs the consent `{}`: {}", request.consent.as_str(), request.reason)
        }));
        let (level, words) = match change.status {
            Status::Ready => (Level::Info, format!("Plan to {}", verb(action))),
            Status::Blocked => (Level::Warn, "Blocked".to_owned()),
            Status::Unconsented => (Level::Warn, "A consent is missing".to_owned()),
            Status::Orphaned => (Level::Warn, "Its document is gone".to_owned()),
            Status::Released | Status::NoOp => (Level::Info, "No longer managed".to_owned()),
        };
        let planned = Planned {
            resource: resource(&change.name),
            action,
            status: change.status,
            steps: change.steps.len(),
            refused,
        };
        let message = format!("{}: {words}", change.address);
        self.line(level, message, Event::PlannedChange { change: planned });
    }

    fn drift<'a>(&self, items: impl IntoIterator<Item = &'a DriftItem>) {
        for item in items {
            let DriftItem {
                address,
                path,
                class,
                applied,
                live,
                desired,
                key: _,
                accepted,
                rejected: _,
                modified,
                first_seen,
                note: _,
            } = item;
            let (level, words) = match (accepted, class) {
                (Some(_), _) => (Level::Info, "accepted"),
                (None, DriftClass::OutOfBand) => (Level::Warn, "edited on the platform"),
                (None, DriftClass::Conflict) => (Level::Warn, "edited on the platform and here"),
                (None, DriftClass::Unapplied) => (Level::Info, "not applied yet"),
            };
            let drifted = Drifted {
                resource: resource(address.strip_prefix("tre.").unwrap_or(address)),
                action: Action::Update,
                path: path.clone(),
                class: *class,
                applied: applied.clone(),
                live: live.clone(),
                desired: desired.clone(),
                accepted: accepted.clone(),
                modified: modified.clone(),
                first_seen: first_seen.clone(),
            };
            let message = format!("{address}: {path} {words}");
            self.line(level, message, Event::ResourceDrift { change: Box::new(drifted) });
        }
    }

    /// Writes what `drift` found.
    pub fn drift_report(&self, report: &DriftReport, head: Option<String>, exit: Exit) {
        let DriftReport { drift, summary, orphaned, unmanaged, .. } = report;
        self.drift(drift);
        let changes = Changes {
            operation: "drift".to_owned(),
            drift: Some(*summary),
            orphaned: orphaned.clone(),
            unmanaged: unmanaged.clone(),
            journal_head: head,
            exit_status: Some(exit.code()),
            ..Changes::default()
        };
        let found = count(drift.len(), "setting", "settings");
        self.summary(format!("Drift: {found}."), changes);
    }

    fn summary(&self, message: String, changes: Changes) {
        self.line(Level::Info, message, Event::ChangeSummary { changes });
    }
}

fn resource(name: &str) -> Resource {
    Resource {
        addr: format!("tre.{name}"),
        resource_type: "tre".to_owned(),
        resource_name: name.to_owned(),
    }
}

fn action(change: &TreChange) -> Action {
    change.change.actions.first().copied().unwrap_or(Action::NoOp)
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::NoOp => "do nothing",
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
    }
}

fn is_refused(change: &TreChange) -> bool {
    matches!(change.status, Status::Blocked | Status::Unconsented)
}

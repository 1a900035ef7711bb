//! `drift`: who moved since the last apply: the repository, the platform, or both. Never writes,
//! but for what it saw and for the documents, where that is asked for.

mod adopting;
mod show;

use std::collections::BTreeSet;
use std::time::Instant;

use camino::Utf8Path;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::adopt::Adoption;
use crate::cli::args::Drift as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::history::{self, History};
use crate::cli::metrics::{self, DriftRun};
use crate::cli::output::Output;
use crate::cli::planning::{self, Planned, Request, state_failure};
use crate::cli::session::{Documents, Session};
use crate::cli::settings::Settings;
use crate::cli::{clock, files, journaling, pages, platform, runtime};
use crate::model::{TreId, UserId};
use crate::plan::render::DriftReport;
use crate::plan::{DriftItem, Plan, Status as Amount, TreChange};
use crate::state::{Entry, Head, Journal, Loaded, Lock, ObservedField, RunResult};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let begun = Instant::now();
    let session = Session::open(output, Documents::Needed)?;
    let request = Request::new(only(args), &[]);
    runtime::block_on(|interrupt| async move {
        let lock = match args.record {
            true => Some(journaling::lock(&session, output, &interrupt).await?),
            false => None,
        };
        let history = match is_told_of_the_past(args) {
            true => interrupt.or(History::read(&session.state()?)).await?.map_err(state_failure)?,
            false => History::default(),
        };
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let planned = interrupt.or(planning::make(&session, &*reader, &request)).await??;
        let Planned { plan, loaded, unmanaged, live } = planned;
        let head = match lock {
            Some(lock) => Some(record(&session, &plan, loaded, lock).await?),
            None => None,
        };
        let compared: BTreeSet<TreId> = compared(&plan).map(id).collect();
        let unmanaged = unmanaged.iter().map(ToString::to_string).collect();
        let options = pages::of_drift(output.settings());
        let mut report = report(plan, unmanaged).failing_on(&args.fail_on);
        report.only = only(args).iter().map(ToString::to_string).collect();
        history::note_modified(&mut report, &live);
        history.note(&mut report, &compared, field);
        if let Some(file) = &args.write_metrics {
            let last_apply = history.last_apply;
            let run = Measured { report: &report, compared: compared.len(), last_apply, begun };
            write_metrics(run, file, output)?;
        }
        let adoption = adopting::adopt(args, &session, &report)?;
        let report = match &adoption {
            Some(adoption) => adopting::left(report, adoption),
            None => report,
        };
        if let Some(file) = &args.out {
            save(&report, file, output.settings())?;
        }
        let status = if report.fails() { Status::DIFFERENT } else { Status::DONE };
        let found = Found { report: &report, adoption: adoption.as_ref(), head: head.as_ref() };
        show::all(&found, (&session, &options, status), output);
        Ok(status)
    })
}

/// Returns which TREs are looked at: those of `--only`, else those that are to be adopted.
fn only(args: &Args) -> &[TreId] {
    match &args.adopt {
        Some(ids) if args.scope.only.is_empty() => ids,
        _ => &args.scope.only,
    }
}

/// Tells whether the journal is read from its beginning: it can be long.
fn is_told_of_the_past(args: &Args) -> bool {
    args.record || args.out.is_some() || args.write_metrics.is_some()
}

/// What a run found.
struct Found<'a> {
    report: &'a DriftReport,
    adoption: Option<&'a Adoption>,
    /// The end of the journal, where it was written to.
    head: Option<&'a Head>,
}

/// What is measured of a run.
struct Measured<'a> {
    report: &'a DriftReport,
    compared: usize,
    last_apply: Option<Timestamp>,
    begun: Instant,
}

fn write_metrics(run: Measured<'_>, file: &Utf8Path, output: &Output) -> Result<(), Failure> {
    let Measured { report, compared, last_apply, begun } = run;
    let text = metrics::of_drift(DriftRun {
        report,
        compared,
        last_apply,
        calls: output.settings().calls.total(),
        ended: clock::instant(),
        duration: begun.elapsed(),
    });
    files::replace(&output.settings().path(file), text.as_bytes())
}

/// Saves a report, for `notify`.
fn save(report: &DriftReport, file: &Utf8Path, settings: &Settings) -> Result<(), Failure> {
    files::replace(&settings.path(file), format!("{:#}\n", json!(report)).as_bytes())
}

fn report(plan: Plan, unmanaged: Vec<String>) -> DriftReport {
    let orphaned = plan
        .resource_changes
        .iter()
        .filter(|change| change.status == Amount::Orphaned)
        .map(|change| change.name.clone())
        .collect();
    let mut report = DriftReport::new(plan.target, plan.resource_drift, orphaned, unmanaged);
    report.at = Some(plan.timestamp);
    report
}

/// Writes to the journal what was seen of each TRE that was compared; returns its end.
async fn record(
    session: &Session,
    plan: &Plan,
    loaded: Loaded,
    lock: Lock,
) -> Result<Head, Failure> {
    let operator = UserId::from_platform(&plan.target.operator);
    let commit = plan.source.git.as_ref().map(|git| git.commit.clone());
    let info = journaling::info(session, operator, commit);
    let run = journaling::run_id();
    let journal = Journal::begin(lock, loaded, &run, info, journaling::clock())
        .await
        .map_err(state_failure)?;
    journal.append(observed(plan)).await.map_err(state_failure)?;
    journal.finish(RunResult::Done).await.map_err(state_failure)?;
    Ok(journal.head())
}

/// Returns the TREs that were compared. An orphan has no document to be compared with.
fn compared(plan: &Plan) -> impl Iterator<Item = &TreChange> {
    plan.resource_changes.iter().filter(|change| change.status != Amount::Orphaned)
}

fn id(change: &TreChange) -> TreId {
    TreId::from_platform(&change.name)
}

/// Returns what was seen.
fn observed(plan: &Plan) -> Vec<Entry> {
    compared(plan)
        .map(|change| Entry::Observed {
            tre: id(change),
            drift: plan
                .resource_drift
                .iter()
                .filter(|item| item.address == change.address)
                .map(field)
                .collect(),
        })
        .collect()
}

fn field(item: &DriftItem) -> ObservedField {
    let DriftItem { path, class, applied, live, .. } = item;
    let kept = |value: &Value| has_ids_only(path).then(|| value.clone());
    let applied = kept(applied).filter(|applied| !applied.is_null());
    ObservedField { path: path.clone(), class: *class, live: kept(live), applied }
}

/// Tells whether a setting holds ids and words of a fixed set: free text can name people.
fn has_ids_only(path: &str) -> bool {
    let mut words = path.split('/').skip(1);
    match words.next() {
        Some(
            "state" | "visibility" | "policies" | "admins" | "authorizedUsers" | "inventory"
            | "billTo" | "region",
        ) => true,
        Some("reviewSteps") => words.any(|word| word == "reviewers"),
        _ => false,
    }
}

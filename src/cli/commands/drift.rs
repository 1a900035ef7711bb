//! `drift`: who moved since the last apply: the repository, the platform, or both. Never writes,
//! but for what it saw and for the documents, where that is asked for.

mod adopting;
mod reporting;
mod show;

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use crate::cli::adopt::Adoption;
use crate::cli::args::Drift as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::history::History;
use crate::cli::metrics::{self, DriftRun};
use crate::cli::output::Output;
use crate::cli::planning::{self, Request, state_failure};
use crate::cli::session::{Documents, Session};
use crate::cli::settings::quote;
use crate::cli::{clock, files, journaling, pages, platform, runtime};
use crate::model::{TreId, UserId};
use crate::plan::Plan;
use crate::plan::render::DriftReport;
use crate::state::{Entry, Head, Journal, Loaded, Lock, RunResult};

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
        let origin = Origin::of(&planned.plan);
        let compared: BTreeSet<TreId> = reporting::compared(&planned.plan).collect();
        let (report, loaded) = reporting::report((args, &session), planned, &compared, &history);
        // Before it is written down that all of it was seen: what is not saved is told by the next
        // run. Before anything is adopted, too: what is in a document is not on the platform.
        let last_apply = history.last_apply;
        let run = Measured { report: &report, compared: compared.len(), last_apply, begun };
        write_files(args, run, output)?;
        let head = match lock {
            Some(lock) => {
                let seen = reporting::observed(&report, compared);
                Some(record(&session, (origin, seen), loaded, lock).await?)
            }
            None => None,
        };
        let adoption = adopting::adopt(args, &session, &report)?;
        let report = match &adoption {
            Some(adoption) => adopting::left(report, adoption),
            None => report,
        };
        let options = pages::of_drift(output.settings());
        let status = if report.fails() { Status::DIFFERENT } else { Status::DONE };
        let found = Found { report: &report, adoption: adoption.as_ref(), head: head.as_ref() };
        show::all(&found, (&session, &options, status), output);
        if let Some(file) = &args.out {
            let file = quote(file.as_str());
            let invocation = &output.settings().invocation;
            output.say(&format!("Saved in `{file}`. `{invocation} notify {file}` tells others."));
        }
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

/// Writes the figures of a run, and its report for `notify`, where they are asked for.
fn write_files(args: &Args, run: Measured<'_>, output: &Output) -> Result<(), Failure> {
    let Measured { report, compared, last_apply, begun } = run;
    let settings = output.settings();
    if let Some(file) = &args.write_metrics {
        let text = metrics::of_drift(DriftRun {
            report,
            compared,
            last_apply,
            calls: settings.calls.total(),
            ended: clock::instant(),
            duration: begun.elapsed(),
        });
        files::replace(&settings.path(file), text.as_bytes())?;
    }
    if let Some(file) = &args.out {
        files::replace(&settings.path(file), format!("{:#}\n", json!(report)).as_bytes())?;
    }
    Ok(())
}

/// What a run was made from.
struct Origin {
    operator: UserId,
    commit: Option<String>,
}

impl Origin {
    fn of(plan: &Plan) -> Self {
        Self {
            operator: UserId::from_platform(&plan.target.operator),
            commit: plan.source.git.as_ref().map(|git| git.commit.clone()),
        }
    }
}

/// Writes to the journal what was seen; returns its end.
async fn record(
    session: &Session,
    (origin, seen): (Origin, Vec<Entry>),
    loaded: Loaded,
    lock: Lock,
) -> Result<Head, Failure> {
    let info = journaling::info(session, origin.operator, origin.commit);
    let run = journaling::run_id();
    let journal = Journal::begin(lock, loaded, &run, info, journaling::clock())
        .await
        .map_err(state_failure)?;
    journal.append(seen).await.map_err(state_failure)?;
    journal.finish(RunResult::Done).await.map_err(state_failure)?;
    Ok(journal.head())
}

//! `notify`: tells others what a drift run found. It reads what that run saved, so whoever may
//! write to the forge needs no account of the platform.

mod hooks;
mod issues;

use serde_json::{Map, Value, json};

use crate::cli::args::Notify as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, FailureKind, Outcome};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{clock, runtime, saved};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::DriftReport;

/// What became of one way to tell.
#[derive(Default)]
struct Told {
    /// For people.
    lines: Vec<String>,
    /// For programs; null where nothing was done.
    json: Value,
    /// What was not done, and why.
    failures: Vec<Failure>,
}

impl Told {
    fn failed(failure: Failure) -> Self {
        Self { failures: vec![failure], ..Self::default() }
    }
}

/// What is told, and what holds for it.
struct Notice<'a> {
    report: &'a DriftReport,
    settings: &'a Settings,
    interrupt: &'a Interrupt,
}

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let report = saved::read_drift(&output.settings().path(&args.report))?;
    is_meant(&report, args, output.settings())?;
    runtime::block_on(|interrupt| async move {
        let notice = Notice { report: &report, settings: output.settings(), interrupt: &interrupt };
        let told = all(args, &notice).await;
        conclude(told, interrupt.received(), output)
    })
}

/// Refuses a report of another target, and one that may not be so any more: what it does not find
/// is taken for put right.
fn is_meant(report: &DriftReport, args: &Args, settings: &Settings) -> Result<(), Failure> {
    let name = &report.target.name;
    if let Some(asked) = settings.target.as_ref().filter(|asked| *asked != name) {
        return Err(Failure::usage(format!(
            "The report is of the target `{name}`, and `--target` names `{asked}`."
        ))
        .hint("Look which file it is."));
    }
    let age = report.at.as_deref().and_then(clock::age);
    let is_young = age.and_then(|age| age.try_into().ok()).is_some_and(|age| args.max_age >= age);
    if is_young {
        return Ok(());
    }
    let message = match (age, &report.at) {
        (Some(_), Some(at)) => format!("The report is too old: it was made at {at}."),
        (_, Some(at)) => {
            format!("The report says that it was made at {at}, which is no time past.")
        }
        (_, None) => "The report does not say when it was made.".to_owned(),
    };
    Err(Failure::usage(message)
        .because(format!("`--max-age` asks for one of the last {:#}", args.max_age))
        .hint("Look for drift again, with `drift -o FILE`."))
}

/// Tells by every way that is asked for; one that fails keeps no other from being tried.
async fn all(args: &Args, notice: &Notice<'_>) -> Vec<(&'static str, Told)> {
    let mut told = Vec::new();
    // The issues come last: there are many of them, and a forge may ask to slow down.
    if args.webhook && notice.interrupt.received().is_none() {
        told.push(("webhook", hooks::report(notice).await));
    }
    if args.slack && notice.interrupt.received().is_none() {
        told.push(("slack", hooks::news(notice).await));
    }
    if args.issues && notice.interrupt.received().is_none() {
        told.push(("issues", issues::keep(args, notice).await));
    }
    told
}

fn conclude(
    told: Vec<(&'static str, Told)>,
    interrupted: Option<Status>,
    output: &mut Output,
) -> Outcome {
    let mut done = Map::from_iter([("format_version".to_owned(), json!(FORMAT_VERSION))]);
    let mut lines = String::new();
    let mut failed = Vec::new();
    for (way, Told { lines: said, json, failures }) in told {
        lines.extend(said.iter().map(|line| format!("{line}\n")));
        if !json.is_null() {
            done.insert(way.to_owned(), json);
        }
        failed.extend(failures.into_iter().map(|failure| (way, failure)));
    }
    let is_json = output.settings().is_json();
    if !is_json && !lines.is_empty() {
        output.result(&lines);
    }
    if let Some(status) = interrupted {
        let kind = match status {
            Status::TERMINATED => FailureKind::Terminated,
            _ => FailureKind::Interrupted,
        };
        return Err(Failure::new(kind, "The run was interrupted. What it says above is done.")
            .hint("Run it again with the same file for the rest.")
            .with("told", Value::Object(done))
            .into());
    }
    if failed.is_empty() {
        if is_json {
            output.json(&Value::Object(done));
        }
        return Ok(Status::DONE);
    }
    Err(incomplete(&failed, done, output).into())
}

/// Returns the failure of a notice that did not reach everybody.
fn incomplete(failed: &[(&str, Failure)], told: Map<String, Value>, output: &Output) -> Failure {
    let mut ways: Vec<String> = failed.iter().map(|(way, _)| format!("`--{way}`")).collect();
    ways.dedup();
    let mut failures: Map<String, Value> = Map::new();
    for (way, failure) in failed {
        let mut reason = vec![failure.message.clone()];
        reason.extend(failure.causes());
        // The first one tells the way's story; the issues tell their own above.
        failures.entry((*way).to_owned()).or_insert_with(|| json!(reason.join(" ")));
        output.warn_of(failure);
    }
    let message = format!("Not everybody was told: {} failed.", ways.join(" and "));
    Failure::new(FailureKind::Platform, message)
        .hint(
            "Run it again with these flags and the same file: a later drift run that records takes \
             what is in it for told.",
        )
        .with("told", Value::Object(told))
        .with("failed", Value::Object(failures))
}

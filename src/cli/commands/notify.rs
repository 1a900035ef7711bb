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
use crate::cli::{runtime, saved};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::DriftReport;

/// What became of one way to tell.
struct Told {
    way: &'static str,
    outcome: Result<Done, Failure>,
}

/// What was told, for people and for programs.
struct Done {
    lines: Vec<String>,
    json: Value,
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
    runtime::block_on(|interrupt| async move {
        let notice = Notice { report: &report, settings: output.settings(), interrupt: &interrupt };
        let told = interrupt.or(all(args, &notice)).await?;
        conclude(told, output)
    })
}

/// Tells by every way that is asked for; one that fails keeps no other from being tried.
async fn all(args: &Args, notice: &Notice<'_>) -> Vec<Told> {
    let mut told = Vec::new();
    if args.issues {
        told.push(Told { way: "issues", outcome: issues::keep(args, notice).await });
    }
    if args.webhook {
        told.push(Told { way: "webhook", outcome: hooks::report(notice).await });
    }
    if args.slack {
        told.push(Told { way: "slack", outcome: hooks::news(notice).await });
    }
    told
}

fn conclude(told: Vec<Told>, output: &mut Output) -> Outcome {
    let mut keys = Map::from_iter([("format_version".to_owned(), json!(FORMAT_VERSION))]);
    let mut lines = String::new();
    let mut failed = Vec::new();
    for Told { way, outcome } in told {
        match outcome {
            Ok(done) => {
                keys.insert(way.to_owned(), done.json);
                lines.extend(done.lines.iter().map(|line| format!("{line}\n")));
            }
            Err(failure) => failed.push((way, failure)),
        }
    }
    let is_json = output.settings().is_json();
    if !is_json && !lines.is_empty() {
        output.result(&lines);
    }
    if failed.is_empty() {
        if is_json {
            output.json(&Value::Object(keys));
        }
        return Ok(Status::DONE);
    }
    Err(incomplete(&failed, keys, output).into())
}

/// Returns the failure of a notice that did not reach everybody.
fn incomplete(failed: &[(&str, Failure)], told: Map<String, Value>, output: &Output) -> Failure {
    let ways: Vec<String> = failed.iter().map(|(way, _)| format!("`--{way}`")).collect();
    let message = format!("Not everybody was told: {} failed.", ways.join(" and "));
    let failures = failed.iter().map(|(way, failure)| {
        let mut reason = vec![failure.message.clone()];
        reason.extend(failure.causes());
        ((*way).to_owned(), json!(reason.join(" ")))
    });
    let failures: Map<String, Value> = failures.collect();
    for (_, failure) in failed {
        output.warn_of(failure);
    }
    Failure::new(FailureKind::Platform, message)
        .hint("Run it again with these flags: issues that are there are known again.")
        .with("told", Value::Object(told))
        .with("failed", Value::Object(failures))
}

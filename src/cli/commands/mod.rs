//! One file for each command, each read in a minute.

mod apply;
mod audit;
mod comment;
mod completions;
mod doctor;
mod drift;
pub mod explain;
mod import;
mod man;
mod new;
mod notify;
mod plan;
pub mod schema;
mod serve;
mod show;
mod sim;
mod snapshot;
mod state;
mod targets;
mod validate;
mod who;

use super::args::{Command, Format, Show};
use super::failure::{Failure, Outcome};
use super::output::Output;

/// Runs a command.
pub fn run(command: &Command, output: &mut Output) -> Outcome {
    takes(command, output.settings().format)?;
    if let Some(stream) = output.stream() {
        stream.version();
    }
    match command {
        Command::Validate(args) => validate::run(args, output),
        Command::Plan(args) => plan::run(args, output),
        Command::Apply(args) => apply::run(args, output),
        Command::Drift(args) => drift::run(args, output),
        Command::Import(args) => import::run(args, output),
        Command::Snapshot(args) => snapshot::run(args, output),
        Command::Doctor => doctor::run(output),
        Command::Show(args) => show::run(args, output),
        Command::Who(args) => who::run(args, output),
        Command::Explain(args) => explain::run(args, output),
        Command::Schema(args) => schema::run(args, output),
        Command::New(args) => new::run(args, output),
        Command::Sim(args) => sim::run(args, output),
        Command::State(args) => state::run(args, output),
        Command::Audit(args) => audit::run(args, output),
        Command::Comment(args) => comment::run(args, output),
        Command::Notify(args) => notify::run(args, output),
        Command::Targets => targets::run(output),
        Command::Completions(args) => completions::run(args, output),
        Command::Man => man::run(output),
    }
}

/// Refuses the formats that a command does not have.
fn takes(command: &Command, format: Format) -> Result<(), Failure> {
    match (command, format) {
        (_, Format::Human | Format::Json)
        | (Command::Validate(_), Format::Github | Format::Gitlab | Format::Sarif | Format::Junit)
        | (
            Command::Plan(_)
            | Command::Apply(_)
            | Command::Drift(_)
            | Command::Show(Show { plan: Some(_), .. }),
            Format::Markdown,
        ) => Ok(()),
        (Command::Plan(_) | Command::Apply(_) | Command::Drift(_), Format::Jsonl) => Ok(()),
        (_, Format::Jsonl) => Err(Failure::usage(
            "The format `jsonl` is for what goes on: only `plan`, `apply` and `drift` have it.",
        )
        .hint("Take `--format human` or `--format json`.")),
        (_, Format::Markdown) => Err(Failure::usage(
            "The format `markdown` is for plans, runs and drift: only `plan`, `apply`, `drift` and \
             `show --plan FILE` have it.",
        )
        .hint("Take `--format human` or `--format json`.")),
        (_, Format::Github | Format::Gitlab | Format::Sarif | Format::Junit) => {
            Err(Failure::usage(
                "The formats `github`, `gitlab`, `sarif` and `junit` are for findings: only \
                 `validate` has them.",
            )
            .hint("Take `--format human` or `--format json`."))
        }
    }
}

/// Returns the name of a command whose result is a page of Markdown too.
pub fn with_a_page(command: &Command) -> Option<&'static str> {
    match command {
        Command::Plan(_) => Some("plan"),
        Command::Apply(_) => Some("apply"),
        Command::Drift(_) => Some("drift"),
        _ => None,
    }
}

/// Tells whether a command changes something, so that its status counts even where nobody reads.
pub fn has_effects(command: &Command) -> bool {
    match command {
        Command::Drift(args) => {
            let writes_files = args.out.is_some() || args.write_metrics.is_some();
            args.record || args.adopt.is_some() || writes_files
        }
        Command::Apply(_)
        | Command::Comment(_)
        | Command::Import(_)
        | Command::New(_)
        | Command::Notify(_)
        | Command::Snapshot(_)
        | Command::Sim(_)
        | Command::State(_) => true,
        _ => false,
    }
}

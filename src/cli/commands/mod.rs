//! One file for each command, each read in a minute.

mod completions;
mod explain;
mod man;
mod plan;
pub mod schema;
mod validate;

use super::args::Command;
use super::failure::{Failure, Outcome};
use super::output::Output;

/// Runs a command.
pub fn run(command: &Command, output: &mut Output) -> Outcome {
    match command {
        Command::Validate => validate::run(output),
        Command::Plan(args) => plan::run(args, output),
        Command::Completions(args) => completions::run(args, output),
        Command::Explain(args) => explain::run(args, output),
        Command::Schema(args) => schema::run(args, output),
        Command::Man => man::run(output),
        _ => Err(Failure::usage("This command is not built yet.").into()),
    }
}

/// Tells whether a command changes something, so that its status counts even where nobody reads.
pub fn has_effects(command: &Command) -> bool {
    matches!(
        command,
        Command::Apply(_)
            | Command::Import(_)
            | Command::New(_)
            | Command::Sim(_)
            | Command::State(_)
    )
}

//! `completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory;

use crate::cli::args::{Args, Completions};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;

/// Prints the script.
pub fn run(args: &Completions, output: &mut Output) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "trectl", &mut script);
    let script = String::from_utf8(script)
        .map_err(|error| Failure::files("The completion script is not text.").because(error))?;
    output.text("script", &script);
    Ok(Status::DONE)
}

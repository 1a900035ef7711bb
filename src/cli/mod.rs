//! The command line: what is asked for, resolved once; one file for each command; one place that
//! prints; and what the exit status means.

mod adopt;
mod args;
mod calls;
mod changed;
mod ci;
mod clock;
mod commands;
mod doctor;
mod document;
pub mod exit;
mod failure;
mod files;
mod generated;
mod git;
mod history;
mod interrupt;
mod journaling;
mod metrics;
mod output;
mod outside;
mod pages;
mod planning;
mod platform;
mod progress;
mod recorded;
mod report;
mod runtime;
mod saved;
mod session;
mod settings;
mod sharing;
mod step_summary;
mod stream;
mod who;

use std::ffi::OsString;

use clap::Parser;

use args::Args;
use exit::Status;
pub use generated::{GeneratedFile, Part, generated_files};
use output::{Output, Reader};
use settings::{Environment, Settings};

/// Runs a command line and returns its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Status {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => return wrong_command_line(&error),
    };
    let has_effects = commands::has_effects(&args.command);
    let mut output = Output::new(Settings::resolve(&args.global, Environment::read()));
    let status = match commands::run(&args.command, &mut output) {
        Ok(status) => status,
        Err(stop) => {
            output.stop(&stop);
            if let Some(name) = commands::with_a_page(&args.command)
                && !stop.has_page()
            {
                step_summary::append(&output, || report::stopped(name, &stop, output.settings()));
            }
            stop.status()
        }
    };
    if output.settings().trace > 0
        && let Some(line) = output.settings().calls.line()
    {
        output.stderr(&line);
    }
    let palette = output.settings().stderr;
    match output.finish() {
        Ok(Reader::LeftEarly) if !has_effects => Status::DONE,
        Ok(_) => status,
        Err(failure) => {
            output::print_failure(&failure, palette);
            if status == Status::DONE { failure.status() } else { status }
        }
    }
}

/// Prints help, the version, or what is wrong with the command line. Clap's own status for the
/// latter is 2, which means differences here.
fn wrong_command_line(error: &clap::Error) -> Status {
    let _ = error.print();
    if error.use_stderr() { Status::ERROR } else { Status::DONE }
}

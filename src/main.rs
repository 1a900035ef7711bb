//! Runs the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    trectl::cli::run(std::env::args_os()).into()
}

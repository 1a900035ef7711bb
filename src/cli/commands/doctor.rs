//! `doctor`: target, credentials, permissions, and the platform's answers against the contract.

use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;

/// Runs the command.
pub fn run(_output: &mut Output) -> Outcome {
    Err(Failure::usage("`doctor` is not built yet.").into())
}

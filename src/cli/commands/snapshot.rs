//! `snapshot`: the live state in one file.

use crate::cli::args::Snapshot as Args;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;

/// Runs the command.
pub fn run(_args: &Args, _output: &mut Output) -> Outcome {
    Err(Failure::usage("`snapshot` is not built yet.").into())
}

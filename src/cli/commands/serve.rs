//! `sim serve`: the embedded platform over HTTP.

use crate::cli::args::Serve as Args;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::session::Session;

/// Runs the command.
pub fn run(_args: &Args, _session: &Session, _output: &mut Output) -> Outcome {
    Err(Failure::usage("`sim serve` is not built yet.").into())
}

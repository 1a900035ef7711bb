//! `audit`: what was done, by whom, when and from which commit; and whether that can be relied on.

mod as_of;
mod log;
mod row;
mod spool;
mod verify;

use crate::cli::args::Audit as Args;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::session::{Documents, Session};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::apart(output, Documents::Optional)?;
    match args {
        Args::Log(args) => log::run(args, &session, output),
        Args::Verify(args) => verify::run(args, &session, output),
        Args::AsOf(args) => as_of::run(args, &session, output),
    }
}

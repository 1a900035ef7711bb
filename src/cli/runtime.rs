//! The asynchronous runtime, for the commands that speak to a platform.

use super::failure::{Failure, Outcome, Stop};
use super::interrupt::Interrupt;

/// Runs a command's work until it ends or, where it lets itself be interrupted, a signal comes.
///
/// # Errors
///
/// What the work returns, and where the runtime cannot be started.
pub fn block_on<F>(work: impl FnOnce(Interrupt) -> F) -> Outcome
where
    F: Future<Output = Outcome>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            Failure::files("The threads of the run cannot be started.").because(error)
        })?;
    let outcome = runtime.block_on(async {
        let interrupt = Interrupt::listen().map_err(|error| {
            Stop::from(Failure::files("The run cannot listen to signals.").because(error))
        })?;
        work(interrupt).await
    });
    // A question that nobody answers must not hold the run.
    runtime.shutdown_background();
    outcome
}

//! `state unlock`: takes the lock from a run that did not let go, and says so in the journal.

use std::time::Duration;

use serde_json::json;

use super::locks;
use crate::cli::args::Unlock as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::{Answer, Output, ask};
use crate::cli::planning::state_failure;
use crate::cli::session::Session;
use crate::cli::{clock, journaling, pages, report, runtime};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Role};
use crate::state::{Standing, StateError};

/// Runs the command.
pub fn run(args: &Args, session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|interrupt| async move {
        let store = session.state()?;
        let standing = interrupt.or(store.standing()).await?.map_err(state_failure)?;
        if matches!(standing, Standing::Free { .. }) {
            return Err(nobody(session).into());
        }
        approve(args, session, &standing, &interrupt, output).await?;
        // From here on nothing is broken off: the journal must say what was done.
        let head = match store.unlock(&journaling::owner(session), &standing).await {
            Ok(head) => head,
            Err(StateError::Busy { standing, .. })
                if matches!(*standing, Standing::Free { .. }) =>
            {
                return Err(nobody(session).into());
            }
            Err(error) => return Err(state_failure(error).into()),
        };
        if output.settings().is_json() {
            output.json(&json!({
                "format_version": FORMAT_VERSION,
                "target": session.target.name,
                "unlocked": { "token": standing.epoch(), "command": standing.owner().map(|owner| &owner.command) },
                "journal_head": head.to_string(),
            }));
            return Ok(Status::DONE);
        }
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        let text = format!(
            "The lock of `{}` is free. Whoever held it can write no more to its state; a call that \
             it had begun may still reach the platform, and the next run finds out.",
            session.target.name
        );
        page.words(Role::Plain, &text, 0);
        report::head(&mut page, &head, output.settings());
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

fn nobody(session: &Session) -> Failure {
    Failure::usage(format!("Nobody holds the lock of `{}`.", session.target.name))
        .hint("There is nothing to unlock: run what you wanted to run.")
}

async fn approve(
    args: &Args,
    session: &Session,
    standing: &Standing,
    interrupt: &Interrupt,
    output: &Output,
) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    let mut page = Page::new(output.settings().width, output.settings().stderr);
    pages::heading(&mut page, "Lock of", &session.target);
    let Standing::Held { seen_ms, .. } = standing else { return Ok(()) };
    let age = clock::millis().saturating_sub(*seen_ms);
    let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
    locks::describe(&mut page, standing, age);
    page.blank();
    let warning = "If it is still at work, it stops at its next step, part-way through a plan. \
                   Ask whoever started it.";
    page.words(Role::Attention, warning, 0);
    output.stderr(&page.finish());
    let interaction = output.settings().interaction;
    let question = "Take the lock away? Only `yes` does it:".to_owned();
    match interrupt.blocking(move || ask(interaction, &question)).await? {
        Some(Answer::Yes) => Ok(()),
        Some(Answer::No) => Err(Failure::usage("The lock was left alone.")),
        None => Err(Failure::usage(
            "Taking the lock away waits for approval and nobody can be \
                                    asked here.",
        )
        .hint("Pass `--yes`, or run it on a terminal.")),
    }
}

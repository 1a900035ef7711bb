//! `audit verify`: whether the journal is what was written.

use serde_json::json;

use crate::cli::args::Verify as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::Session;
use crate::cli::{pages, report, runtime};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Role};
use crate::state::{StateError, Verified};

/// Runs the command.
pub fn run(args: &Args, session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|interrupt| async move {
        let store = session.state()?;
        let verified = interrupt.or(store.verify(args.anchor.as_ref())).await?.map_err(failure)?;
        let Verified { segments, archived, entries, head } = &verified;
        if output.settings().is_json() {
            output.json(&json!({
                "format_version": FORMAT_VERSION,
                "target": session.target.name,
                "verified": true,
                "segments": segments,
                "archived": archived,
                "entries": entries,
                "anchor": args.anchor.as_ref().map(ToString::to_string),
                "journal_head": head.to_string(),
            }));
            return Ok(Status::DONE);
        }
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        pages::heading(&mut page, "Journal of", &session.target);
        if *segments == 0 {
            page.words(Role::Plain, "Nothing was written yet.", 0);
            output.result(&page.finish());
            return Ok(Status::DONE);
        }
        let archived = match archived {
            0 => String::new(),
            archived => format!(", {archived} of them in archives"),
        };
        let text = format!(
            "The journal is whole: {segments} segments{archived}, with {entries} entries. Each is \
             as it was written and follows the one before it."
        );
        page.words(Role::Plain, &text, 0);
        let anchor = match &args.anchor {
            Some(anchor) => format!(
                "It holds the head that you kept: nothing up to segment {} was removed or \
                 rewritten since.",
                anchor.segment
            ),
            None => "Without `--anchor` nothing tells whether its end was cut, or all of it \
                     written anew."
                .to_owned(),
        };
        page.words(Role::Plain, &anchor, 0);
        report::head(&mut page, head, output.settings());
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

fn failure(error: StateError) -> Failure {
    match error {
        StateError::Corrupted { .. } | StateError::Anchor { .. } => {
            let hint = error.hint();
            Failure::files("The journal is not what was written.").because(error).hint(hint)
        }
        error => state_failure(error),
    }
}

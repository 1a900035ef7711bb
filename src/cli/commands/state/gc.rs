//! `state gc`: old segments of the journal go into few archives.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::cli::args::Gc as Args;
use crate::cli::exit::Status;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::Session;
use crate::cli::{clock, journaling, runtime};
use crate::plan::FORMAT_VERSION;
use crate::state::Compacted;

/// Runs the command.
pub fn run(args: &Args, session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|interrupt| async move {
        let lock = journaling::lock(session, output, &interrupt).await?;
        let kept = SignedDuration::from_hours(24 * i64::from(args.keep_days));
        let now = Timestamp::from_millisecond(clock::millis()).unwrap_or(Timestamp::MIN);
        let before = now.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let done = interrupt.or(session.state()?.compact(&lock, before)).await?;
        let done = done.map_err(state_failure)?;
        drop(lock);
        let Compacted { archives, archived, removed, left } = done;
        if output.settings().is_json() {
            output.json(&json!({
                "format_version": FORMAT_VERSION,
                "target": session.target.name,
                "archives": archives,
                "archived": archived,
                "removed": removed,
                "left": left,
            }));
        } else {
            let text = match (archived, removed) {
                (0, 0) => "Nothing is old enough to be archived.".to_owned(),
                _ => format!(
                    "{archived} segments went into {archives} more {}; {removed} objects were \
                     removed, {left} are left.",
                    if archives == 1 { "archive" } else { "archives" }
                ),
            };
            output.result(&format!("{text} The journal is as whole as before.\n"));
        }
        Ok(Status::DONE)
    })
}

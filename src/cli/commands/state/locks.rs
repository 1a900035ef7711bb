//! `state locks`: who holds the lock of a target, and whether it still lives.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::exit::Status;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::Session;
use crate::cli::{clock, pages, runtime};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Para, Role};
use crate::state::{Owner, Standing};

/// Runs the command.
pub fn run(session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|interrupt| async move {
        let store = session.state()?;
        let standing = interrupt.or(store.standing()).await?.map_err(state_failure)?;
        let age = age(&standing, clock::millis());
        if output.settings().is_json() {
            output.json(&json!({
                "format_version": FORMAT_VERSION,
                "target": session.target.name,
                "location": store.location().to_string(),
                "lock": as_json(&standing, age),
            }));
            return Ok(Status::DONE);
        }
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        pages::heading(&mut page, "Lock of", &session.target);
        describe(&mut page, &standing, age);
        if matches!(standing, Standing::Held { .. }) {
            page.blank();
            let unlock = format!("`{} state unlock`", output.settings().invocation);
            page.words(Role::Plain, &next(&standing, age, &unlock), 0);
        }
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

/// Returns how long ago the last sign of life was, as far as the clocks of this machine and of the
/// store agree.
fn age(standing: &Standing, now: i64) -> Duration {
    let seen = match standing {
        Standing::Free { epoch: _ } => now,
        Standing::Held { seen_ms, .. } => *seen_ms,
    };
    Duration::from_millis(u64::try_from(now.saturating_sub(seen)).unwrap_or(0))
}

fn as_json(standing: &Standing, age: Duration) -> Value {
    let Standing::Held { epoch, owner, lease, beat, seen_ms } = standing else {
        return Value::Null;
    };
    let field = |field: fn(&Owner) -> Value| owner.as_ref().map_or(Value::Null, field);
    let seen = jiff::Timestamp::from_millisecond(*seen_ms).ok();
    json!({
        "token": epoch,
        "command": field(|owner| json!(owner.command)),
        "host": field(|owner| json!(owner.host)),
        "pid": field(|owner| json!(owner.pid)),
        "job_url": field(|owner| json!(owner.job_url)),
        "commit": field(|owner| json!(owner.commit)),
        "since": field(|owner| json!(owner.started)),
        "signs_of_life": beat,
        "last_sign_of_life": seen.map(|seen| seen.to_string()),
        "silent_seconds": age.as_secs(),
        "lease_seconds": lease.as_secs(),
        "is_known_dead": standing.is_dead(),
    })
}

/// Writes who holds a lock, as `state unlock` shows it too.
pub fn describe(page: &mut Page, standing: &Standing, age: Duration) {
    let Standing::Held { epoch, owner, lease, beat: _, seen_ms: _ } = standing else {
        page.words(Role::Plain, "Nobody holds it.", 0);
        return;
    };
    let mut row = |label: &str, text: String| {
        page.row((Role::Plain, label), &[Para::words(text).hang(2)]);
    };
    match owner {
        Some(Owner { pid, host, started, command, job_url, commit, process: _ }) => {
            row("Held by", format!("`{command}`"));
            row("Where", format!("process {pid} on {host}"));
            row("Since", started.clone());
            if let Some(commit) = commit {
                row("Commit", commit.chars().take(7).collect());
            }
            if let Some(url) = job_url {
                row("Job", url.clone());
            }
        }
        None => row("Held by", "somebody whose claim cannot be read".to_owned()),
    }
    row("Token", epoch.to_string());
    let (age, lease) = (age.as_secs(), lease.as_secs());
    row("Sign of life", format!("{age} s ago; it may be silent for {lease} s"));
    if standing.is_dead() {
        row("Known dead", "its process on this machine has ended".to_owned());
    }
}

/// Returns what somebody should do who is in the way of a lock.
fn next(standing: &Standing, age: Duration, unlock: &str) -> String {
    let lease = match standing {
        Standing::Held { lease, .. } => *lease,
        Standing::Free { epoch: _ } => Duration::ZERO,
    };
    if standing.is_dead() {
        "The next run that needs the lock gets it at once: there is nothing to do.".to_owned()
    } else if age > lease {
        format!(
            "It has been silent for longer than it may: whoever waits for {} s more gets the lock, \
             with `--lock-timeout`. {unlock} takes it at once.",
            lease.as_secs()
        )
    } else {
        format!("It is alive: wait until it has ended. {unlock} is for one that never will.")
    }
}

//! What a run that writes is: who it is, what it was made from, and the lock that it holds.

use std::sync::Arc;
use std::time::Duration;

use super::ci;
use super::clock as time;
use super::failure::Failure;
use super::git;
use super::interrupt::Interrupt;
use super::output::Output;
use super::planning::state_failure;
use super::session::Session;
use super::settings::quote;
use crate::model::UserId;
use crate::state::{Clock, Lock, Owner, Patience, Process, RunInfo, StateError};

/// Takes the lock of the target's state, waiting as long as the settings say.
///
/// # Errors
///
/// Where another run holds it, the folder cannot be written, or a signal comes first.
pub async fn lock(
    session: &Session,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<Lock, Failure> {
    let owner = owner(session);
    let (wait, lease) = (output.settings().lock_timeout, output.settings().lock_lease);
    let store = session.state()?;
    let at_once = Patience { wait: Duration::ZERO, lease };
    match interrupt.or(store.lock(&owner, at_once)).await? {
        Err(StateError::Busy { .. }) if !wait.is_zero() => {}
        taken => return taken.map_err(state_failure),
    }
    output.say(&format!("Another run holds the lock: waiting for up to {} s.", wait.as_secs()));
    interrupt.or(store.lock(&owner, Patience { wait, lease })).await?.map_err(state_failure)
}

/// Returns who this run is, for whoever finds the lock taken.
pub fn owner(session: &Session) -> Owner {
    let pid = std::process::id();
    Owner {
        pid,
        host: host(),
        started: time::now(),
        command: command(),
        job_url: ci::job_url(),
        commit: git::commit(&session.repository.root),
        process: Process::of(pid),
    }
}

/// Returns the name of this run.
pub fn run_id() -> String {
    let digits: String = time::now().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{digits}-{}", std::process::id())
}

/// Returns what the journal says of this run.
pub fn info(session: &Session, operator: UserId, commit: Option<String>) -> RunInfo {
    RunInfo {
        command: command(),
        target: session.target.name.clone(),
        operator,
        commit,
        digest: session.repository.digest.clone(),
    }
}

/// Returns the clock of the journal.
pub fn clock() -> Clock {
    Arc::new(time::now)
}

fn command() -> String {
    std::env::args().map(|word| quote(&word)).collect::<Vec<_>>().join(" ")
}

/// Returns the machine's name, for whoever finds the lock taken.
fn host() -> String {
    let named = std::env::var("HOSTNAME").ok().or_else(|| {
        let name = fs_err::read_to_string("/proc/sys/kernel/hostname").ok()?;
        Some(name.trim().to_owned())
    });
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "an unnamed machine".to_owned())
}

mod compaction;
mod durability;
mod faults;
mod fencing;
mod mutations;
mod order;
mod past;
mod remote;
mod storage;
#[expect(dead_code, reason = "the benchmark needs more of it")]
mod stores;
mod verification;

#[cfg(target_os = "linux")]
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::model::{AppliedTre, TreId, TreState, UserId};
use crate::platform::Operation;

/// A state folder of its own, which is not there yet.
struct Folder {
    root: TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { root: TempDir::new().unwrap() }
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.root.path()).unwrap().join("state/local")
    }

    fn store(&self) -> Store {
        Store::local(self.path())
    }

    fn segment(&self, number: u64) -> Utf8PathBuf {
        self.path().join(segment::name(number))
    }

    async fn begin(&self) -> Journal {
        let loaded = self.store().load().await.unwrap();
        self.begin_with(loaded).await
    }

    async fn begin_with(&self, loaded: Loaded) -> Journal {
        let lock = self.store().lock(&owner(), patience()).await.unwrap();
        Journal::begin(lock, loaded, "run-1", info(), clock()).await.unwrap()
    }

    /// Writes a run that ends as a process does that is killed.
    async fn crash_after(&self, entries: Vec<Entry>) {
        let journal = self.begin().await;
        journal.append(entries).await.unwrap();
    }
}

fn owner() -> Owner {
    Owner {
        pid: 7,
        host: "host".to_owned(),
        started: "2026-05-01T10:00:00Z".to_owned(),
        command: "trectl apply".to_owned(),
        job_url: None,
        commit: None,
        process: None,
    }
}

/// Returns an owner whose process has ended: what it leaves locked is free for the next.
#[cfg(target_os = "linux")]
fn ended_owner() -> Owner {
    let (mut child, owner) = living_owner();
    child.kill().unwrap();
    child.wait().unwrap();
    owner
}

/// Returns a process that lives until it is killed, and an owner that is that process.
#[cfg(target_os = "linux")]
fn living_owner() -> (Child, Owner) {
    let child = Command::new("cat").stdin(Stdio::piped()).spawn().expect("`cat` runs");
    let owner = Owner { pid: child.id(), process: Process::of(child.id()), ..owner() };
    (child, owner)
}

/// Waits for nobody.
fn patience() -> Patience {
    Patience::of(Duration::ZERO)
}

fn info() -> RunInfo {
    RunInfo {
        command: "trectl apply".to_owned(),
        target: "local".to_owned(),
        operator: UserId::from_platform("user-local"),
        commit: None,
        digest: "sha256:0".to_owned(),
    }
}

fn clock() -> Clock {
    Arc::new(|| "2026-05-01T10:00:00Z".to_owned())
}

fn tre(id: &str) -> TreId {
    TreId::from_platform(id)
}

fn stored(operation: Operation) -> StoredCall {
    StoredCall { operation, input: json!({}) }
}

/// Runs from the beginning of a minute of 1 May 2026 to its end.
async fn run_at(store: &Store, minute: u8, entries: Vec<Entry>) -> Head {
    let time = format!("2026-05-01T10:{minute:02}:00Z");
    let lock = store.lock(&owner(), patience()).await.unwrap();
    let loaded = store.load().await.unwrap();
    let clock: Clock = Arc::new(move || time.clone());
    let run = format!("run-{minute}");
    let journal = Journal::begin(lock, loaded, &run, info(), clock).await.unwrap();
    journal.append(entries).await.unwrap();
    journal.finish(RunResult::Done).await.unwrap();
    journal.head()
}

/// Deactivates and reactivates.
fn started(id: &str, confirmed: usize) -> Entry {
    Entry::TreStarted {
        tre: tre(id),
        digest: "sha256:1".to_owned(),
        steps: vec![stored(Operation::Deactivate), stored(Operation::Reactivate)],
        confirmed,
        baseline: AppliedTre::of_state(TreState::Active),
    }
}

fn intent(id: &str, step: usize) -> Entry {
    let operation = [Operation::Deactivate, Operation::Reactivate][step - 1];
    Entry::Intent { tre: tre(id), step, route: "/route".to_owned(), call: stored(operation) }
}

fn outcome(id: &str, step: usize, result: StepResult) -> Entry {
    Entry::Outcome { tre: tre(id), step, result }
}

/// The platform confirmed it, and said how it calls the call.
fn ok() -> StepResult {
    StepResult::Ok { request_id: Some("1".to_owned()) }
}

fn ended(id: &str, result: TreEnd) -> Entry {
    Entry::TreEnded { tre: tre(id), result }
}

fn recorded(id: &str, state: TreState) -> Entry {
    Entry::Recorded { tre: tre(id), record: Some(AppliedTre::of_state(state)) }
}

fn refusal() -> StoredError {
    StoredError {
        kind: "InvalidState".to_owned(),
        message: "It is not active.".to_owned(),
        request_id: Some("1".to_owned()),
    }
}

//! What the state costs: a start and a step by the length of the journal, side by side in one run,
//! with the requests to the store counted; and an apply with its state in a folder and in memory.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use trectl::model::{AppliedTre, TreId, TreState, UserId};
use trectl::state::{Entry, Journal, Location, Owner, Patience, RunInfo, RunResult, Store};

use super::gauge::{Timings, ms};
use super::repository::Fleet;
use super::stores::{Flaw, Flawed};

const LENGTHS: [usize; 3] = [10, 1_000, 100_000];
const STARTS: usize = 15;
const STEPS: usize = 60;
/// The TREs that entries are about: what was applied does not grow with the journal.
const TRES: usize = 10;
const APPLIED: usize = 1_000;

/// A state with a long past, kept twice.
struct Past {
    entries: usize,
    memory: Flawed,
    folder: TempDir,
}

#[derive(Default)]
struct Cost {
    start: Timings,
    step: Timings,
}

/// Measures starts and steps, then whole applies.
pub fn measure() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let pasts = LENGTHS.map(|entries| Past::of(entries, &runtime));
    println!(
        "state       entries      start        step   requests of a start: all  objects listed"
    );
    for kind in ["memory", "folder"] {
        let mut costs = LENGTHS.map(|_| Cost::default());
        // One after the other in each round, so that what disturbs the machine disturbs all.
        for _ in 0..STARTS {
            for (past, cost) in pasts.iter().zip(&mut costs) {
                let location = if kind == "memory" { past.memory() } else { past.on_disk() };
                runtime.block_on(run(location, cost));
            }
        }
        for (past, Cost { start, step }) in pasts.iter().zip(costs) {
            let (requests, listed) = past.requests(&runtime);
            println!(
                "{kind:<8} {:>10} {:>7.2} ms {:>8.3} ms {requests:>26} {listed:>15}",
                past.entries,
                ms(start.median().unwrap()),
                ms(step.median().unwrap()),
            );
        }
    }
    applies();
}

/// Begins a run, takes some steps, and ends it.
async fn run(location: Location, cost: &mut Cost) {
    let store = Store::at(location);
    let begin = Instant::now();
    let lock = store.lock(&owner(), Patience::of(Duration::ZERO)).await.unwrap();
    let loaded = store.load().await.unwrap();
    cost.start.add(begin.elapsed());
    let journal = Journal::begin(lock, loaded, "bench", info(), Arc::new(now)).await.unwrap();
    for number in 0..STEPS / STARTS {
        let begin = Instant::now();
        journal.append(vec![entry(number)]).await.unwrap();
        cost.step.add(begin.elapsed());
    }
    journal.finish(RunResult::Done).await.unwrap();
}

impl Past {
    /// Writes so many entries, each as a segment of its own.
    fn of(entries: usize, runtime: &Runtime) -> Self {
        let memory = Flawed::new(Flaw::None);
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let past = Self { entries, memory, folder };
        runtime.block_on(async {
            let store = Store::at(past.memory());
            let lock = store.lock(&owner(), Patience::of(Duration::ZERO)).await.unwrap();
            let loaded = store.load().await.unwrap();
            let journal = Journal::begin(lock, loaded, "bench", info(), Arc::new(now));
            let journal = journal.await.unwrap();
            for number in 0..entries {
                journal.append(vec![entry(number)]).await.unwrap();
            }
            journal.finish(RunResult::Done).await.unwrap();
            drop(journal);
            past.copy().await;
        });
        past
    }

    fn memory(&self) -> Location {
        let store = Arc::new(self.memory.clone());
        Location::Opened(store, Path::default(), "memory".to_owned())
    }

    fn on_disk(&self) -> Location {
        Location::Folder(Utf8Path::from_path(self.folder.path()).unwrap().to_owned())
    }

    /// Copies all objects to the folder; nobody measures that.
    async fn copy(&self) {
        let objects: Vec<_> = self.memory.inner.list(None).try_collect().await.unwrap();
        for object in objects {
            let bytes = self.memory.inner.get(&object.location).await.unwrap().bytes();
            let path = self.folder.path().join(object.location.as_ref());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes.await.unwrap()).unwrap();
        }
    }

    /// Returns the requests of one start, and how many objects its listings named.
    fn requests(&self, runtime: &Runtime) -> (usize, usize) {
        let counts = &self.memory.counts;
        let before = (counts.requests(), counts.listed.load(Ordering::Relaxed));
        runtime.block_on(async {
            let store = Store::at(self.memory());
            let lock = store.lock(&owner(), Patience::of(Duration::ZERO)).await.unwrap();
            store.load().await.unwrap();
            drop(lock);
        });
        let listed = counts.listed.load(Ordering::Relaxed);
        (counts.requests() - before.0, listed - before.1)
    }
}

/// Compares an apply that keeps its state in a folder with one that keeps it in memory, and both
/// with the same calls alone, without lock and journal.
fn applies() {
    println!("apply of {APPLIED} TREs        time    objects of the journal");
    for _ in 0..3 {
        for kind in ["calls alone", "memory", "folder"] {
            let fleet = Fleet::of(APPLIED);
            let applied = match kind {
                "calls alone" => fleet.call(),
                "folder" => fleet.apply(),
                _ => {
                    let store = Arc::new(Flawed::new(Flaw::None));
                    fleet.apply_with(Location::Opened(store, Path::default(), String::new()))
                }
            };
            println!("{kind:<22} {:>6.0} ms {:>12}", ms(applied.time), applied.journal_syncs);
        }
    }
}

fn entry(number: usize) -> Entry {
    let tre = TreId::from_platform(&format!("tre-{}", number % TRES));
    Entry::Recorded { tre, record: Some(AppliedTre::of_state(TreState::Active)) }
}

/// Returns the time.
pub fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Returns who this run is.
pub fn owner() -> Owner {
    Owner {
        pid: std::process::id(),
        host: String::new(),
        started: now(),
        command: "bench".to_owned(),
        job_url: None,
        commit: None,
        process: None,
    }
}

/// Returns what this run is.
pub fn info() -> RunInfo {
    RunInfo {
        command: "bench".to_owned(),
        target: "local".to_owned(),
        operator: UserId::from_platform("user-local"),
        commit: None,
        digest: String::new(),
    }
}

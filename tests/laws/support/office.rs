//! A state store of its own for a few real runs, and the runtime that they are made in.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8Path;
use tempfile::TempDir;
use tokio::runtime::Builder;
use trectl::model::UserId;
use trectl::state::{Journal, Loaded, Owner, Patience, RunInfo, Store};

/// The state store.
pub struct Office {
    folder: TempDir,
}

impl Office {
    pub fn new() -> Self {
        Self { folder: folder_in_memory() }
    }

    fn store(&self) -> Store {
        Store::local(Utf8Path::from_path(self.folder.path()).unwrap().join("state"))
    }

    /// Returns what the state holds.
    pub fn load(&self) -> Loaded {
        in_a_runtime(self.store().load()).unwrap()
    }

    /// Begins a run.
    pub fn journal(&self, loaded: Loaded) -> Journal {
        let owner = Owner {
            pid: 1,
            host: String::new(),
            started: String::new(),
            command: String::new(),
            job_url: None,
            commit: None,
            process: None,
        };
        let info = RunInfo {
            command: "trectl apply".to_owned(),
            target: "local".to_owned(),
            operator: UserId::from_platform("user-olga"),
            commit: None,
            digest: String::new(),
        };
        in_a_runtime(async {
            let patience = Patience::of(Duration::from_secs(10));
            let lock = self.store().lock(&owner, patience).await.unwrap();
            Journal::begin(lock, loaded, "run", info, Arc::new(String::new)).await.unwrap()
        })
    }
}

/// Returns a folder that need not outlive the machine: no law asks whether the disk keeps what it
/// was told to.
pub fn folder_in_memory() -> TempDir {
    let in_memory = Utf8Path::new("/dev/shm");
    let folder = match in_memory.is_dir() {
        true => tempfile::tempdir_in(in_memory),
        false => tempfile::tempdir(),
    };
    folder.unwrap()
}

/// Works to its end; what is left over goes with the runtime.
pub fn in_a_runtime<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

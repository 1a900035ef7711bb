//! One run with all around it: a repository, a state, and the platform that survives the run.
//!
//! Where the state is kept is one setting: `TRECTL_TEST_STATE=s3://bucket/prefix` puts the state of
//! every stage below that address instead of into the repository's own folder. Then runs are killed
//! at calls only: no file is changed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use trectl::desired::{BucketUrl, Cloud};
use trectl::sim::World;
use trectl::state::{Entry, Head, Location, Segment, Store};

use crate::disk::{self, Tree};
use crate::documents;
use crate::harness::{Repo, Run};
use crate::platform::{Gate, Platform, open};
use crate::shim;

/// What hangs must not hold the tests for ever.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Returns the command of a run. Its lease is longer than any run, unless it is told otherwise, so
/// that no sign of life falls into one by chance: what happens is the same every time.
pub fn flags(parallelism: usize, lease: &str) -> Vec<String> {
    let consents = "maintenance,delete,loosen,publish,mass-removal,revert";
    let words = format!(
        "apply --auto-approve --allow {consents} --parallelism {parallelism} --rate-limit 10000 \
         --lock-lease {lease} --lock-timeout 100"
    );
    words.split(' ').map(str::to_owned).collect()
}

/// One call after the other, with a lease that never runs out.
pub fn steady() -> Vec<String> {
    flags(1, "600s")
}

/// What a state holds before the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Nothing: the first run makes all of it.
    None,
    /// What three runs have left.
    Kept,
}

/// A platform and a state to begin from.
struct Origin {
    world: World,
    /// The files of the state, where it is a folder.
    state: Option<Tree>,
}

static ORIGIN: LazyLock<Origin> = LazyLock::new(|| {
    let stage = Stage::bare(World::unseeded(), open());
    for name in ["First", "Second", "Draft"] {
        stage.write(documents::before());
        stage.repo.edit("tres/draft.yaml", "name: Draft", &format!("name: {name}"));
        stage.apply().expect(0);
    }
    let state = match &stage.state {
        Kept::Folder(folder) => Some(disk::read(folder)),
        Kept::Url(_) => None,
    };
    Origin { world: stage.platform.memory.world(), state }
});

/// One run and all around it.
pub struct Stage {
    pub repo: Repo,
    pub platform: Platform,
    /// What took effect before this stage began.
    pub earlier: Vec<Effect>,
    state: Kept,
}

/// What took effect on the platform: the route, and the digest of the input.
pub type Effect = (String, String);

/// Where a state is kept.
enum Kept {
    Folder(PathBuf),
    /// The address of a bucket and a prefix of its own.
    Url(String),
}

impl Stage {
    /// Returns a stage on which the wanted documents wait to be applied.
    pub fn new(past: Past, gate: Gate) -> Self {
        Self::on(ORIGIN.world.clone(), past, gate)
    }

    /// Returns a stage with a platform of its own.
    pub fn on(world: World, past: Past, gate: Gate) -> Self {
        let stage = Self::bare(world, gate);
        if past == Past::Kept {
            match (&ORIGIN.state, &stage.state) {
                (Some(files), Kept::Folder(folder)) => disk::write(files, folder),
                _ => stage.remember(),
            }
        }
        stage.write(documents::after());
        stage
    }

    fn bare(world: World, gate: Gate) -> Self {
        static STAGES: AtomicUsize = AtomicUsize::new(0);
        let repo = Repo::within(&place());
        let platform = Platform::new(world, gate);
        let number = STAGES.fetch_add(1, Ordering::Relaxed);
        let state = match std::env::var("TRECTL_TEST_STATE") {
            Ok(url) => Kept::Url(format!("{url}/{}-{number}", std::process::id())),
            Err(_) => Kept::Folder(repo.at(".trectl/state/served")),
        };
        let line = match &state {
            Kept::Folder(_) => String::new(),
            Kept::Url(url) => format!(", state: \"{url}\""),
        };
        let port = platform.port;
        let project = format!(
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  served: {{platform: {{dnanexus: \
             {{host: 127.0.0.1, port: {port}, protocol: http}}}}{line}}}\n"
        );
        repo.write("trectl.yaml", project);
        Self { repo, platform, earlier: Vec::new(), state }
    }

    /// Fills a state that cannot be copied: by a run that finds the platform as it is to be.
    fn remember(&self) {
        self.write(documents::before());
        self.apply().expect(0);
    }

    /// Replaces the documents.
    pub fn write(&self, files: Vec<(String, String)>) {
        for (path, text) in files {
            self.repo.write(&path, text);
        }
    }

    /// Returns the repository's folder.
    pub fn root(&self) -> &Path {
        self.repo.path()
    }

    /// Returns a command with the account of the tests.
    pub fn command(&self, args: &[String]) -> Command {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = self.repo.command(&args);
        let context = r#"{"auth_token_type":"Bearer","auth_token":"user-local"}"#;
        command.env("DX_SECURITY_CONTEXT", context);
        if let Kept::Url(_) = &self.state {
            let store = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
            command.envs(store);
        }
        command
    }

    /// Returns the command with the shim below it.
    pub fn shimmed(&self, args: &[String], settings: &[(&str, String)]) -> Command {
        let mut command = self.command(args);
        shim::preload(&mut command, self.root());
        for (name, value) in settings {
            command.env(name, value);
        }
        command
    }

    /// Applies, and lets nothing go wrong.
    pub fn apply(&self) -> Run {
        self.run(self.command(&steady()))
    }

    /// Runs a command to its end.
    pub fn run(&self, mut command: Command) -> Run {
        Run::of(&["apply"], command.output().unwrap())
    }

    /// Returns what took effect on the platform, in order.
    pub fn effects(&self) -> Vec<Effect> {
        [self.earlier.clone(), self.platform.effects()].concat()
    }

    /// Returns the state.
    pub fn store(&self) -> Store {
        match &self.state {
            Kept::Folder(folder) => {
                Store::local(Utf8PathBuf::from_path_buf(folder.clone()).unwrap())
            }
            Kept::Url(url) => Store::at(Location::Bucket(bucket(url))),
        }
    }

    /// Returns the folder of the state.
    pub fn folder(&self) -> &Path {
        match &self.state {
            Kept::Folder(folder) => folder,
            Kept::Url(url) => panic!("the state at {url} is no folder"),
        }
    }

    /// Reads the whole journal, which must be a chain from its beginning to its end.
    pub fn journal(&self) -> Result<Journal, String> {
        let mut entries = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let store = self.store();
        let each = |segment: &Segment| {
            entries.extend(segment.entries.iter().map(|stamped| stamped.entry.clone()));
        };
        let head = runtime.block_on(store.history(each)).map_err(|error| error.to_string())?;
        let loaded = runtime.block_on(store.load()).map_err(|error| error.to_string())?;
        if *loaded.head() != head {
            return Err(format!("the snapshot leads to {}, the chain to {head}", loaded.head()));
        }
        Ok(Journal { head, entries })
    }
}

/// A journal as it was read.
pub struct Journal {
    pub head: Head,
    pub entries: Vec<Entry>,
}

impl Journal {
    /// Returns the routes of all calls that were announced.
    pub fn intents(&self) -> Vec<&str> {
        let routes = self.entries.iter().filter_map(|entry| match entry {
            Entry::Intent { route, .. } => Some(route.as_str()),
            _ => None,
        });
        routes.collect()
    }

    /// Returns how often a lock was taken from a run that did not let go.
    pub fn takeovers(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry, Entry::LockTaken { .. })).count()
    }
}

/// What a run does that nothing disturbs.
pub struct Undisturbed {
    /// What takes effect, in order.
    pub effects: Vec<Effect>,
    /// How many calls it makes, reading calls included.
    pub calls: usize,
    /// What it changes in the file system, in order.
    pub changes: Vec<shim::Change>,
}

/// Runs a stage that nothing disturbs.
pub fn undisturbed(past: Past) -> Undisturbed {
    let stage = Stage::new(past, open());
    let record = stage.repo.at("record");
    let settings = [("SHIM_RECORD", record.display().to_string())];
    stage.run(stage.shimmed(&steady(), &settings)).expect(0);
    let effects = stage.platform.effects();
    assert!(effects.len() >= 40, "only {} steps: {effects:#?}", effects.len());
    Undisturbed { effects, calls: stage.platform.calls(), changes: shim::read(&record) }
}

/// Checks that the next run finishes the work of one that was disturbed: it ends well, the journal
/// is a chain, and on the platform each step took effect once, as if nothing had happened.
pub fn converges(stage: &Stage, expected: &[Effect]) -> Result<(), String> {
    let run = stage.apply();
    if run.status != Some(0) {
        return Err(format!(
            "the next run ends with {:?}\n{}{}",
            run.status, run.stdout, run.stderr
        ));
    }
    is_done_once(stage, expected)
}

/// Checks that the journal is a chain, and that each step took effect once.
pub fn is_done_once(stage: &Stage, expected: &[Effect]) -> Result<(), String> {
    let journal = stage.journal()?;
    let effects = by_tre(&stage.effects());
    if effects != by_tre(expected) {
        return Err(format!("the platform was told {effects:#?}"));
    }
    announces(&journal, &effects)
}

/// Checks that no effect lacks its intent in the journal.
pub fn announces(journal: &Journal, effects: &[Effect]) -> Result<(), String> {
    let mut intents = journal.intents();
    for (route, _) in effects {
        let Some(at) = intents.iter().position(|intent| intent == route) else {
            return Err(format!("`{route}` took effect, and the journal knows nothing of it"));
        };
        intents.swap_remove(at);
    }
    Ok(())
}

/// Returns effects in the order within each TRE: TREs are worked on side by side.
fn by_tre(effects: &[Effect]) -> Vec<Effect> {
    let mut effects = effects.to_vec();
    // What is created has its id in the input, and comes first in its TRE.
    effects.sort_by_key(|(route, input)| match route.as_str() {
        "/tre/new" => (String::new(), input.clone()),
        route => (route.split('/').nth(1).unwrap_or_default().to_owned(), String::new()),
    });
    effects
}

fn bucket(url: &str) -> BucketUrl {
    let rest = url.strip_prefix("s3://").unwrap();
    let (bucket, prefix) = rest.split_once('/').unwrap();
    BucketUrl { cloud: Cloud::S3, bucket: bucket.to_owned(), prefix: prefix.to_owned() }
}

/// Returns where stages stand: in memory where the system offers that. What a disk loses is worked
/// out from the changes that the shim saw, so that the disk itself need not be waited for.
fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let is_ours = tempfile::TempDir::new_in(&memory).is_ok();
    if is_ours { memory } else { std::env::temp_dir() }
}

/// Waits until a process has ended, or kills it and fails.
pub fn wait(mut child: Child) -> Output {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            panic!("the run did not end: {}", String::from_utf8_lossy(&output.stderr));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output().unwrap()
}

/// Starts a command whose output is kept.
pub fn start(mut command: Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

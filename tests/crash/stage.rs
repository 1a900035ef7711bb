//! One run with all around it: a repository, a state, and the platform that survives the run.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use trectl::sim::World;
use trectl::state::{Entry, Head, Segment};

use crate::disk::Tree;
use crate::documents;
use crate::harness::{Repo, Run};
use crate::place::{Folder, Place};
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
    /// What one run has left that found the platform as it was to be: few objects.
    #[cfg_attr(
        not(feature = "remote-state"),
        expect(dead_code, reason = "only buckets ask for it")
    )]
    Found,
    /// What three runs have left.
    Kept,
}

/// A platform and a state to begin from.
struct Origin {
    world: World,
    state: Tree,
}

static ORIGIN: LazyLock<Origin> = LazyLock::new(|| {
    let stage = Stage::bare(World::unseeded(), open(), Folder::of);
    for name in ["First", "Second", "Draft"] {
        stage.write(documents::before());
        stage.repo.edit("tres/draft.yaml", "name: Draft", &format!("name: {name}"));
        stage.apply().expect(0);
    }
    Origin { world: stage.platform.memory.world(), state: stage.place.objects() }
});

/// What a run leaves that finds the world of the origin.
static FOUND: LazyLock<Tree> = LazyLock::new(|| {
    let stage = Stage::bare(ORIGIN.world.clone(), open(), Folder::of);
    stage.write(documents::before());
    stage.apply().expect(0);
    stage.place.objects()
});

/// One run and all around it.
pub struct Stage {
    pub repo: Repo,
    pub platform: Platform,
    /// What took effect before this stage began.
    pub earlier: Vec<Effect>,
    /// Where its state is kept.
    pub place: Box<dyn Place>,
}

/// What took effect on the platform: the route, and the digest of the input.
pub type Effect = (String, String);

impl Stage {
    /// Returns a stage on which the wanted documents wait to be applied.
    pub fn new(past: Past, gate: Gate) -> Self {
        Self::at(Folder::of, past, gate)
    }

    /// Returns a stage whose state is kept somewhere.
    pub fn at(place: impl FnOnce(&Repo) -> Box<dyn Place>, past: Past, gate: Gate) -> Self {
        let stage = Self::bare(ORIGIN.world.clone(), gate, place);
        match past {
            Past::None => {}
            Past::Found => stage.place.fill(&FOUND),
            Past::Kept => stage.place.fill(&ORIGIN.state),
        }
        stage.write(documents::after());
        stage
    }

    /// Returns a stage with a platform of its own, and no state.
    pub fn on(world: World, gate: Gate) -> Self {
        let stage = Self::bare(world, gate, Folder::of);
        stage.write(documents::after());
        stage
    }

    fn bare(world: World, gate: Gate, place: impl FnOnce(&Repo) -> Box<dyn Place>) -> Self {
        let repo = Repo::within(&memory());
        let platform = Platform::new(world, gate);
        let place = place(&repo);
        let (port, setting) = (platform.port, place.setting());
        let project = format!(
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  served: {{platform: {{dnanexus: \
             {{host: 127.0.0.1, port: {port}, protocol: http}}}}{setting}}}\n"
        );
        repo.write("trectl.yaml", project);
        Self { repo, platform, earlier: Vec::new(), place }
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
        let is_steady = args == steady();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = self.repo.command(&args);
        let context = r#"{"auth_token_type":"Bearer","auth_token":"user-local"}"#;
        command.env("DX_SECURITY_CONTEXT", context);
        self.place.reach(&mut command);
        if is_steady {
            // One thread takes one TRE after the other in the same order every time.
            command.env("TOKIO_WORKER_THREADS", "1");
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

    /// Reads the whole journal, which must be a chain from its beginning to its end.
    pub fn journal(&self) -> Result<Journal, String> {
        let mut entries = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let store = self.place.store();
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
    let (effects, calls) = goes_well(&stage, stage.shimmed(&steady(), &settings));
    Undisturbed { effects, calls, changes: shim::read(&record) }
}

/// Runs a command on a stage that nothing disturbs; returns what took effect, and how many calls
/// there were.
pub fn goes_well(stage: &Stage, command: Command) -> (Vec<Effect>, usize) {
    stage.run(command).expect(0);
    let effects = stage.platform.effects();
    assert!(effects.len() >= 40, "only {} steps: {effects:#?}", effects.len());
    (effects, stage.platform.calls())
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

/// Returns where stages stand: in memory where the system offers that. What a disk loses is worked
/// out from the changes that the shim saw, so that the disk itself need not be waited for.
fn memory() -> PathBuf {
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

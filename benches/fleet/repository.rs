//! A repository of many TREs with fifty people each, on an embedded platform in a folder of its
//! own, through the same stages as the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use futures_util::stream::{self, StreamExt as _};
use jiff::civil::{Date, date};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use trectl::apply::{self, Input, Repetition};
use trectl::desired::Desired;
use trectl::model::{Directory, TreId};
use trectl::plan::{self, Context, Extent, Plan, PlannedCall, Source};
use trectl::platform::{Reader, Wire, Writer};
use trectl::sim::{Access, Embedded, Options};
use trectl::source::Repository;
use trectl::state::{Journal, Loaded, Location, Patience, Store};
use trectl::{diff, live, rules, source};

use super::state::{info, now, owner};

const TODAY: Date = date(2026, 5, 1);
/// How many TREs are worked on at once.
const AT_ONCE: usize = 16;

/// The project file of a fleet on its embedded platform.
pub const PROJECT: &str = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local: {platform: \
                           {embedded: .trectl/platform.db}}\n";

/// A repository with its platform and its state.
pub struct Fleet {
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
}

/// What applying cost.
pub struct Applied {
    /// From the first call to the last durable entry.
    pub time: Duration,
    /// The calls that changed something.
    pub steps: usize,
    /// Syncs of the journal.
    pub journal_syncs: u64,
    /// Syncs of the embedded platform.
    pub platform_syncs: u64,
}

impl Fleet {
    /// Writes a repository of so many TREs, none of which is on the platform yet.
    pub fn of(count: usize) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let tres = folder.path().join("tres");
        fs::create_dir(&tres).unwrap();
        for index in 0..count {
            fs::write(tres.join(format!("fleet-{index:05}.yaml")), document(index)).unwrap();
        }
        fs::write(folder.path().join("trectl.yaml"), PROJECT).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        Self { folder, runtime }
    }

    /// Returns the folder of the repository.
    pub fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    /// Returns the texts of the documents.
    pub fn texts(&self) -> Vec<String> {
        let files = fs::read_dir(self.root().join("tres")).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    /// Reads and checks every document.
    pub fn validate(&self) -> (Repository, Desired) {
        let repository = source::load(self.root()).unwrap();
        let built = rules::build(&repository, TODAY);
        (repository, built.desired.unwrap())
    }

    /// Reads and checks every document, reads the platform and the state, and plans.
    pub fn plan(&self) -> Plan {
        let (_, desired) = self.validate();
        let platform = self.open(Access::Read);
        self.runtime.block_on(async {
            let loaded = Store::local(self.state()).load().await.unwrap();
            planned(&desired, &Wire(platform), &loaded).await
        })
    }

    /// Does all that is planned; every effect and every entry of the journal is durable.
    pub fn apply(&self) -> Applied {
        self.apply_with(Location::Folder(self.state()))
    }

    /// Does all that is planned, with the state in a place of its own.
    pub fn apply_with(&self, state: Location) -> Applied {
        let (_, desired) = self.validate();
        let platform = self.open(Access::Write);
        let wire = Arc::new(Wire(platform.clone()));
        let state = Store::at(state);
        self.runtime.block_on(async {
            let lock = state.lock(&owner(), Patience::of(Duration::ZERO)).await.unwrap();
            let loaded = state.load().await.unwrap();
            let plan = Arc::new(planned(&desired, &*wire, &loaded).await);
            let records: BTreeMap<_, _> = desired
                .tres
                .iter()
                .map(|(id, tre)| (id.clone(), diff::record(tre, &desired.policies)))
                .collect();
            let begin = (Instant::now(), platform.commits());
            let journal = Journal::begin(lock, loaded, "bench", info(), Arc::new(now));
            let journal = journal.await.unwrap();
            let input = Input {
                plan: Arc::clone(&plan),
                reader: wire.clone(),
                writer: wire,
                journal,
                records,
                parallelism: AT_ONCE,
                open_windows: 1,
                events: Arc::new(|_| {}),
                cancel: CancellationToken::new(),
                repetition: Repetition::Once,
            };
            let outcome = apply::execute(input).await.unwrap();
            assert!(!outcome.has_failure() && outcome.counts().steps == plan.summary.steps);
            Applied {
                time: begin.0.elapsed(),
                steps: plan.summary.steps,
                journal_syncs: outcome.writes,
                platform_syncs: platform.commits() - begin.1,
            }
        })
    }

    /// Makes the same calls as `apply`, as many TREs at once, and keeps nothing: no lock, no
    /// journal. Each TRE is read before its first call and after its last, as `apply` does.
    pub fn call(&self) -> Applied {
        let (_, desired) = self.validate();
        let platform = self.open(Access::Write);
        let wire = Arc::new(Wire(platform.clone()));
        self.runtime.block_on(async {
            let loaded = Store::local(self.state()).load().await.unwrap();
            let plan = planned(&desired, &*wire, &loaded).await;
            let (steps, begin) = (plan.summary.steps, (Instant::now(), platform.commits()));
            let changes = plan.resource_changes.into_iter().map(|change| {
                let wire = Arc::clone(&wire);
                tokio::spawn(async move {
                    let calls = change.steps.iter().filter_map(|step| step.call.as_ref());
                    let id = TreId::from_platform(&change.name);
                    drop(wire.describe_tre(&id).await);
                    for PlannedCall { tre, call } in calls {
                        wire.execute(tre, call).await.unwrap();
                    }
                    wire.describe_tre(&id).await.unwrap()
                })
            });
            let called = stream::iter(changes).buffer_unordered(AT_ONCE);
            called.for_each(async |done| drop(done.unwrap())).await;
            Applied {
                time: begin.0.elapsed(),
                steps,
                journal_syncs: 0,
                platform_syncs: platform.commits() - begin.1,
            }
        })
    }

    fn open(&self, access: Access) -> Embedded {
        let path = self.root().join(".trectl/platform.db").into();
        let (seed, lock_timeout) = (None, Duration::ZERO);
        let clock = Arc::new(|| jiff::Timestamp::now().as_millisecond());
        Embedded::open(Options { path, seed, access, lock_timeout, clock }).unwrap()
    }

    fn state(&self) -> Utf8PathBuf {
        self.root().join(".trectl/state/local")
    }
}

async fn planned(desired: &Desired, reader: &dyn Reader, loaded: &Loaded) -> Plan {
    let operator = reader.whoami().await.unwrap();
    let live = live::read(reader, None).await.unwrap();
    let nobody = Directory::of(operator.clone());
    let context = Context {
        desired,
        target: desired.project.targets.values().next().unwrap(),
        live: &live,
        applied: loaded.applied(),
        directory: &nobody,
        only: None,
        allow: &[],
        extent: Extent::Full,
        today: TODAY,
    };
    let questions = plan::questions(&context);
    let directory = live::fill(reader, &operator, &questions, &live).await.unwrap();
    let context = Context { directory: &directory, ..context };
    plan::plan(&context, now(), Source { digest: String::new(), git: None })
}

/// A TRE that takes eight calls to create: two admins, three reviewers of two steps, and
/// forty-five authorized users.
fn document(index: usize) -> String {
    let user = |number: usize| format!("user-{:05}", (index * 17 + number) % 20_000);
    let asset = |kind: &str, number: usize| format!("{kind}-{:024}", index * 10 + number);
    let mut text = format!(
        "apiVersion: trectl/v1\n\
         kind: TrustedResearchEnvironment\n\
         id: tre-fleet-{index:05}\n\
         state: active\n\
         name: Research Environment {index}\n\
         description: Whole-genome sequences of the cohort number {index}.\n\
         visibility: private\n\
         policies: {{downloadRestricted: true, externalUploadRestricted: true}}\n\
         admins: [{}, {}]\n\
         authorizedUsers:\n",
        user(0),
        user(1)
    );
    for number in 5..50 {
        writeln!(text, "  - {}", user(number)).unwrap();
    }
    write!(
        text,
        "inventory:\n  \
           version: \"2026.1\"\n  \
           tabularData: {}\n  \
           dataShowcase: {}\n\
         billTo: org-biobank\n\
         region: aws:eu-west-2\n\
         reviewSteps:\n  \
           - {{id: governance, name: Data Governance Review, description: Checks policies., \
         reviewers: [{}, {}]}}\n  \
           - {{id: science, name: Scientific Review, description: Checks the question., \
         reviewers: [{}]}}\n",
        asset("record", 1),
        asset("record", 2),
        user(2),
        user(3),
        user(4),
    )
    .unwrap();
    text
}

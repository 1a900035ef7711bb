//! A platform behind HTTP, a client in front of it, a repository and a state: all that a run needs.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use camino::Utf8PathBuf;
use jiff::civil::{Date, date};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use trectl::api::config::{Config, Endpoint};
use trectl::api::{Backoff, Client, Limits, Origin, Setting, Token};
use trectl::apply::{self, Input, Outcome, Repetition};
use trectl::desired::{Desired, Protocol};
use trectl::model::{Directory, UserId};
use trectl::plan::{self, Allow, Context, Extent, Plan, Source};
use trectl::platform::{Reader, Wire};
use trectl::sim::serve::{Options, Server};
use trectl::sim::{InMemory, World};
use trectl::source::Repository;
use trectl::state::{Journal, Loaded, Owner, Patience, RunInfo, Store};
use trectl::{desired::ConsentKind, diff, live, rules};

const TODAY: Date = date(2026, 5, 1);

/// A TRE that is there already, in the version before.
const RELEASED: &str = include_str!("released.yaml");
const NEW: &str = include_str!("new.yaml");
const DRAFT: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-draft
state: draft
name: Draft
billTo: org-biobank
region: aws:eu-west-2
";

/// All of it.
pub struct Stage {
    platform: InMemory,
    /// How many calls were made before the faults began.
    before: usize,
    desired: Desired,
    state: TempDir,
    served: Option<Served>,
    runtime: Runtime,
}

struct Served {
    client: Wire<Client>,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Stage {
    /// Returns a platform that holds the TRE to be released, applied by a run that met no fault.
    pub fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let mut stage = Self {
            platform: InMemory::new(World::unseeded()),
            before: 0,
            desired: desired(&[&RELEASED.replace("2026.1", "2025.2")]),
            state: TempDir::with_prefix("trectl-http-").unwrap(),
            served: None,
            runtime: runtime.unwrap(),
        };
        stage.serve(&[], 0);
        assert!(!stage.apply().unwrap().has_failure());
        stage.before = stage.platform.calls().len();
        stage.desired = desired(&[RELEASED, NEW, DRAFT]);
        stage
    }

    /// Serves the platform with these faults, at an address of its own.
    pub fn serve(&mut self, faults: &[String], fault_seed: u64) {
        self.stop();
        let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        let options = Options { limit: 0, faults, fault_seed, ..Options::default() };
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        let server = Server::new(self.platform.clone(), options);
        let serving = self.runtime.spawn(server.serve(listener, stop.clone().cancelled_owned()));
        self.served = Some(Served { client: Wire(client(port)), stop, serving });
    }

    fn stop(&mut self) {
        if let Some(Served { client, stop, serving }) = self.served.take() {
            drop(client);
            stop.cancel();
            self.runtime.block_on(serving).unwrap().unwrap();
        }
    }

    fn wire(&self) -> Wire<Client> {
        self.served.as_ref().unwrap().client.clone()
    }

    /// Plans.
    pub fn plan(&self) -> Result<Plan, String> {
        self.runtime.block_on(async {
            let mut loaded = self.store().load().await.unwrap();
            planned(&self.desired, &self.wire(), &mut loaded).await
        })
    }

    /// Plans and applies. An error means that not even the plan could be made.
    pub fn apply(&self) -> Result<Outcome, String> {
        let store = self.store();
        let wire = self.wire();
        self.runtime.block_on(async {
            let lock = store.lock(&owner(), Patience::of(Duration::ZERO)).await.unwrap();
            let mut loaded = store.load().await.unwrap();
            let plan = Arc::new(planned(&self.desired, &wire, &mut loaded).await?);
            let records: BTreeMap<_, _> = self
                .desired
                .tres
                .iter()
                .map(|(id, tre)| (id.clone(), diff::record(tre, &self.desired.policies)))
                .collect();
            let clock = Arc::new(|| "2026-05-01T00:00:00Z".to_owned());
            let journal = Journal::begin(lock, loaded, "run", info(), clock).await.unwrap();
            let input = Input {
                plan,
                reader: Arc::new(wire.clone()),
                writer: Arc::new(wire),
                journal,
                records,
                parallelism: 3,
                open_windows: 1,
                events: Arc::new(|_| {}),
                cancel: CancellationToken::new(),
                repetition: Repetition::Once,
            };
            Ok(apply::execute(input).await.unwrap())
        })
    }

    /// Returns what took effect since the faults began: the routes with the digests of the inputs.
    pub fn effects(&self) -> Vec<(String, String)> {
        let calls = self.platform.calls().into_iter().skip(self.before);
        calls.filter(|call| call.changes > Some(0)).map(|call| (call.route, call.input)).collect()
    }

    fn store(&self) -> Store {
        Store::local(Utf8PathBuf::from_path_buf(self.state.path().join("state")).unwrap())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns what takes effect where nothing goes wrong.
pub fn expected() -> &'static [(String, String)] {
    static EXPECTED: OnceLock<Vec<(String, String)>> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let mut stage = Stage::new();
        stage.serve(&[], 0);
        assert!(!stage.apply().unwrap().has_failure());
        let effects = stage.effects();
        assert!(effects.len() > 8, "{effects:?}");
        effects
    })
}

fn client(port: u16) -> Client {
    fn set<T>(value: T) -> Setting<T> {
        Setting { value, origin: Origin::Target }
    }
    let config = Config {
        endpoint: Endpoint {
            protocol: set(Protocol::Http),
            host: set("127.0.0.1".to_owned()),
            port: set(port),
        },
        token: set(Token::new("user-local").unwrap()),
        ca: None,
        proxy: None,
        no_proxy: None,
    };
    let limits = Limits {
        rate: 100_000,
        at_once: 16,
        // The rule itself is tested with a clock that stands still; here it only must not take long.
        backoff: Backoff { unit: Duration::from_micros(100), limit: Duration::from_secs(20) },
        cancel: CancellationToken::new(),
    };
    Client::new(&config, None, limits, Arc::new(|_| {})).unwrap()
}

fn desired(documents: &[&str]) -> Desired {
    let names = ["a.yaml", "b.yaml", "c.yaml"];
    let repository =
        Repository::from_memory("repository", names.into_iter().zip(documents.iter().copied()));
    let built = rules::build(&repository, TODAY);
    built.desired.unwrap_or_else(|| panic!("{:?}", built.diagnostics))
}

async fn planned(
    desired: &Desired,
    reader: &dyn Reader,
    loaded: &mut Loaded,
) -> Result<Plan, String> {
    let operator = reader.whoami().await.map_err(|error| error.to_string())?;
    let live = live::read(reader, None).await.map_err(|error| error.to_string())?;
    loaded.settle(&live).map_err(|error| error.to_string())?;
    let nobody = Directory::of(operator.clone());
    let allow = ConsentKind::ALL.map(|consent| Allow { consent, tre: None });
    let context = Context {
        desired,
        target: desired.project.targets.values().next().unwrap(),
        live: &live,
        applied: loaded.applied(),
        directory: &nobody,
        only: None,
        allow: &allow,
        extent: Extent::Full,
        today: TODAY,
    };
    let questions = plan::questions(&context);
    let directory = live::fill(reader, &operator, &questions, &live)
        .await
        .map_err(|error| error.to_string())?;
    let context = Context { directory: &directory, ..context };
    let source = Source { digest: String::new(), git: None };
    Ok(plan::plan(&context, "2026-05-01T00:00:00Z".to_owned(), source))
}

fn owner() -> Owner {
    Owner {
        pid: std::process::id(),
        host: String::new(),
        started: "2026-05-01T00:00:00Z".to_owned(),
        command: "test".to_owned(),
        job_url: None,
        commit: None,
        process: None,
    }
}

fn info() -> RunInfo {
    RunInfo {
        command: "test".to_owned(),
        target: "local".to_owned(),
        operator: UserId::from_platform("user-local"),
        commit: None,
        digest: String::new(),
    }
}

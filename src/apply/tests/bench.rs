//! A platform in memory behind a transport that can go wrong, and plans made by trying the calls
//! on a copy of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use camino::Utf8Path;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::super::*;
use crate::live::describe_one;
use crate::model::{
    AppliedTre, AssetRef, Inventory, OrgId, PolicyValue, Principal, Region, StepId, Tre, TreId,
    UserId, Visibility,
};
use crate::plan::{
    Action, ChangeValues, FORMAT_VERSION, Impact, Plan, PlannedCall, Source, Status, Step, Summary,
    TargetInfo, TreChange,
};
use crate::platform::{
    Call, NewStep, NewTre, Pending, PlatformError, PlatformErrorKind, Transport, TreUpdate, Wire,
    Writer,
};
use crate::sim::{InMemory, World};
use crate::state::{Journal, Loaded, Lock, Owner, Patience, RunInfo, Store};

/// What goes wrong with one call.
#[derive(Debug, Clone)]
pub enum Fault {
    None,
    /// The platform answers this, and nothing takes effect.
    Refuse(PlatformErrorKind),
    /// The call takes effect, and the answer is this.
    Garble(PlatformErrorKind),
    /// The call never reaches the platform, nor does an answer ever come.
    HangBefore,
    /// The call takes effect, and the answer never comes.
    HangAfter,
}

/// Decides about a call by its route.
pub type Rule = Box<dyn Fn(&str) -> Fault + Send + Sync>;

/// The platform behind a network that can go wrong.
pub struct Faulty {
    pub platform: InMemory,
    rule: Rule,
    /// The routes of the calls that changed something, in order.
    pub effects: Mutex<Vec<String>>,
}

impl Faulty {
    /// Makes a call directly, as somebody else would.
    pub fn make(platform: &InMemory, tre: &str, call: &Call) {
        platform.call(&call.route(&id(tre)), &call.input(&id(tre))).unwrap();
    }
}

pub fn is_reading(route: &str) -> bool {
    route.starts_with("/system/") || route.ends_with("/describe")
}

impl Transport for Arc<Faulty> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let fault = (self.rule)(route);
            match &fault {
                Fault::Refuse(kind) => {
                    return Err(PlatformError::new(route, kind.clone(), "It refuses."));
                }
                Fault::HangBefore => std::future::pending::<()>().await,
                Fault::None | Fault::Garble(_) | Fault::HangAfter => {}
            }
            let answer = self.platform.call(route, &input)?;
            if !is_reading(route) {
                self.effects.lock().unwrap().push(route.to_owned());
            }
            match fault {
                Fault::Garble(kind) => Err(PlatformError::new(route, kind, "The answer is lost.")),
                Fault::HangAfter => std::future::pending().await,
                _ => Ok(answer),
            }
        })
    }
}

pub struct Bench {
    folder: TempDir,
    pub platform: InMemory,
}

impl Bench {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), platform: InMemory::new(World::unseeded()) }
    }

    /// Returns a platform on which these calls have been made.
    pub async fn after(calls: &[(&str, Vec<Call>)]) -> Self {
        let bench = Self::new();
        for (tre, calls) in calls {
            for call in calls {
                Wire(bench.platform.clone()).execute(&id(tre), call).await.unwrap();
            }
        }
        bench
    }

    pub fn store(&self) -> Store {
        Store::local(Utf8Path::from_path(self.folder.path()).unwrap().join("state"))
    }

    pub async fn live(&self, tre: &str) -> Option<Tre> {
        let live = describe_one(&Wire(self.platform.clone()), &id(tre)).await.unwrap();
        live.map(|live| live.tre)
    }

    pub fn transport(&self, rule: Rule) -> Arc<Faulty> {
        let platform = self.platform.clone();
        Arc::new(Faulty { platform, rule, effects: Mutex::default() })
    }

    /// Reads the state, once whoever holds the lock has let go.
    pub async fn load(&self) -> Loaded {
        drop(self.lock().await);
        self.store().load().await.unwrap()
    }

    async fn lock(&self) -> Lock {
        let owner = Owner {
            pid: 1,
            host: String::new(),
            started: String::new(),
            command: String::new(),
            job_url: None,
            commit: None,
            process: None,
        };
        self.store().lock(&owner, Patience::of(Duration::from_secs(10))).await.unwrap()
    }

    pub async fn begin(&self, loaded: Loaded) -> Journal {
        let info = RunInfo {
            command: "trectl apply".to_owned(),
            target: "local".to_owned(),
            operator: UserId::from_platform("user-local"),
            commit: None,
            digest: String::new(),
        };
        let lock = self.lock().await;
        Journal::begin(lock, loaded, "run", info, Arc::new(String::new)).await.unwrap()
    }

    /// Plans calls: `after` is what they do to a copy of the platform.
    pub async fn plan(&self, wanted: &[(&str, Vec<Call>)]) -> Plan {
        let mut changes = Vec::new();
        for (tre, calls) in wanted {
            changes.push(self.change(tre, calls).await);
        }
        plan_of(changes)
    }

    async fn change(&self, tre: &str, calls: &[Call]) -> TreChange {
        let before = self.live(tre).await;
        let copy = Wire(InMemory::new(self.platform.world()));
        for call in calls {
            copy.execute(&id(tre), call).await.unwrap();
        }
        let after = describe_one(&copy, &id(tre)).await.unwrap().map(|live| live.tre);
        change(tre, calls, before.as_ref(), after.as_ref())
    }

    pub async fn run(&self, wanted: &[(&str, Vec<Call>)], rule: Rule) -> Outcome {
        let plan = self.plan(wanted).await;
        self.execute(plan, rule).await
    }

    pub async fn execute(&self, plan: Plan, rule: Rule) -> Outcome {
        execute(self.input(plan, &self.transport(rule)).await).await.unwrap()
    }

    /// Returns all that a run needs; what earlier runs left open stays open.
    pub async fn input(&self, plan: Plan, transport: &Arc<Faulty>) -> Input {
        let loaded = self.load().await;
        self.input_after(loaded, plan, transport).await
    }

    /// Returns all that a run needs that goes on from what was loaded.
    pub async fn input_after(&self, loaded: Loaded, plan: Plan, transport: &Arc<Faulty>) -> Input {
        Input {
            plan: Arc::new(plan),
            reader: Arc::new(Wire(transport.clone())),
            writer: Arc::new(Wire(transport.clone())),
            journal: self.begin(loaded).await,
            records: BTreeMap::new(),
            parallelism: 1,
            open_windows: 1,
            events: Arc::new(|_| {}),
            cancel: CancellationToken::new(),
            repetition: Repetition::Once,
        }
    }
}

fn change(name: &str, calls: &[Call], before: Option<&Tre>, after: Option<&Tre>) -> TreChange {
    let tre = id(name);
    let steps = calls.iter().enumerate().map(|(index, call)| Step {
        id: format!("{name}/{}", index + 1),
        operation: call.operation(),
        route: call.route(&tre),
        input: call.input(&tre),
        consents: Vec::new(),
        reason: String::new(),
        call: Some(PlannedCall { tre: tre.clone(), call: call.clone() }),
    });
    let value = |tre: &Tre| std::sync::Arc::new(serde_json::to_value(tre).unwrap());
    TreChange {
        address: format!("tre.{name}"),
        kind: "tre".to_owned(),
        name: name.to_owned(),
        status: if calls.is_empty() { Status::NoOp } else { Status::Ready },
        digest: format!("sha256:{name}"),
        change: ChangeValues {
            actions: vec![Action::Update],
            before: before.map(value),
            after: after.map(value),
        },
        live_state: before.map(|tre| tre.state.to_string()),
        desired_state: Some(after.map_or("deleted".to_owned(), |tre| tre.state.to_string())),
        fields: Vec::new(),
        steps: steps.collect(),
        blocked: Vec::new(),
        missing_consents: Vec::new(),
        consent_requests: Vec::new(),
        given_consents: Vec::new(),
        impact: Impact::default(),
        released: Vec::new(),
        warnings: Vec::new(),
        range: None,
    }
}

fn plan_of(resource_changes: Vec<TreChange>) -> Plan {
    Plan {
        format_version: FORMAT_VERSION.to_owned(),
        trectl_version: String::new(),
        timestamp: String::new(),
        applyable: true,
        complete: true,
        errored: false,
        source: Source { digest: String::new(), git: None },
        target: TargetInfo {
            name: "local".to_owned(),
            platform: "embedded".to_owned(),
            operator: "user-local".to_owned(),
        },
        expires_at: None,
        live: None,
        changed: None,
        summary: Summary::default(),
        resource_changes,
        resource_drift: Vec::new(),
    }
}

pub fn id(tre: &str) -> TreId {
    TreId::from_platform(tre)
}

pub fn users(ids: &[&str]) -> Vec<UserId> {
    ids.iter().map(|id| UserId::from_platform(id)).collect()
}

pub fn create() -> Call {
    Call::Create(NewTre {
        name: "Genomics".to_owned(),
        description: Some("Sequences".to_owned()),
        bill_to: OrgId::from_platform("org-biobank"),
        region: Region::from_platform("aws:eu-west-2"),
        customized_rate_card: None,
        customized_url: None,
    })
}

pub fn rename(name: &str) -> Call {
    Call::Update(TreUpdate { name: Some(name.to_owned()), ..TreUpdate::default() })
}

fn set_inventory(version: &str) -> Call {
    let record = |last: char| AssetRef::from_platform(&format!("record-{}{last}", "0".repeat(23)));
    Call::SetInventory(Inventory {
        version: version.to_owned(),
        tabular_data: Some(record('1')),
        data_showcase: Some(record('2')),
        file_inventory: None,
        data_collections: None,
    })
}

/// From nothing to an active TRE.
pub fn whole_life() -> Vec<Call> {
    let governance = || StepId::from_platform("governance");
    let ethics = || StepId::from_platform("ethics");
    let policies = [("downloadRestricted".to_owned(), PolicyValue::Bool(true))];
    vec![
        create(),
        Call::SetPolicies(policies.into()),
        set_inventory("2026.1"),
        Call::AddReviewStep(NewStep {
            id: governance(),
            name: "Governance".to_owned(),
            description: String::new(),
            reviewers: users(&["user-priya"]),
        }),
        Call::AddReviewStep(NewStep {
            id: ethics(),
            name: "Ethics".to_owned(),
            description: String::new(),
            reviewers: users(&["user-priya"]),
        }),
        Call::UpdateReviewStep {
            id: governance(),
            name: Some("Data Governance".to_owned()),
            description: None,
        },
        Call::RemoveReviewStep(ethics()),
        Call::AddReviewers(governance(), users(&["user-ada"])),
        Call::RemoveReviewers(governance(), users(&["user-priya"])),
        Call::AddAdmins(users(&["user-amara", "user-jonas"])),
        Call::RemoveAdmins(users(&["user-jonas"])),
        Call::Update(TreUpdate { visibility: Some(Visibility::Public), ..TreUpdate::default() }),
        Call::AddAuthorizedUsers(vec![Principal::from_platform("org-university")]),
        Call::RemoveAuthorizedUsers(vec![Principal::from_platform("org-university")]),
        Call::Publish,
    ]
}

/// A new inventory for an active TRE.
pub fn release() -> Vec<Call> {
    vec![Call::Deactivate, set_inventory("2026.2"), Call::Reactivate]
}

/// Returns what is on the platform, and what the journal says.
pub async fn end_state(bench: &Bench, tre: &str) -> (Option<Value>, Option<AppliedTre>) {
    let live = bench.live(tre).await.map(|tre| json!(tre));
    (live, bench.load().await.applied().get(&id(tre)).cloned())
}

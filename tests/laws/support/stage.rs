//! A platform on which a plan is made and played, call by call.

use std::future::Future;
use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use jiff::civil::{Date, date};
use serde_json::{Value, json};
use trectl::desired::{ConsentKind, Desired, DesiredTre};
use trectl::live::{self, LiveError};
use trectl::model::{Applied, AppliedTre, Directory, TreId};
use trectl::plan::{self, Allow, Context, Extent, Plan, Step, TreChange};
use trectl::platform::wire::TreDescription;
use trectl::platform::{PlatformError, PlatformErrorKind, Reader, Wire};
use trectl::sim::{InMemory, World};

use super::directory::{GHOST, TRE, USERS};
use super::document::{Document, repository, target};

/// The day on which every plan is made.
pub const TODAY: Date = date(2026, 5, 1);

/// What a plan is made under, besides the document.
#[derive(Clone)]
pub struct Terms {
    pub allow: Vec<Allow>,
    pub applied: Option<AppliedTre>,
    pub extent: Extent,
    pub ask_consent: Vec<ConsentKind>,
}

impl Terms {
    /// Everything is allowed.
    pub fn consented() -> Self {
        let allow = |consent| Allow { consent, tre: None };
        Self { allow: ConsentKind::ALL.map(allow).into(), ..Self::unconsented() }
    }

    /// Nothing is allowed, and nothing was applied before.
    pub fn unconsented() -> Self {
        Self {
            allow: Vec::new(),
            applied: None,
            extent: Extent::Full,
            ask_consent: vec![ConsentKind::Publish],
        }
    }

    /// Something was applied before.
    pub fn after(self, applied: Option<AppliedTre>) -> Self {
        Self { applied, ..self }
    }

    /// Only what tightens.
    pub fn tighten_only(self) -> Self {
        Self { extent: Extent::TightenOnly, ..self }
    }
}

/// The platform, played by its actor.
pub struct Stage {
    platform: InMemory,
}

impl Stage {
    /// Returns a platform that begins with a world.
    pub fn of(world: World) -> Self {
        Self { platform: InMemory::new(world) }
    }

    /// Returns another platform that is as this one is now.
    pub fn fork(&self) -> Self {
        Self::of(self.platform.world())
    }

    /// Makes a call as the acting account.
    pub fn call(&self, route: &str, input: &Value) -> Result<(), PlatformError> {
        self.platform.call(route, input).map(drop)
    }

    /// Makes the call of a step.
    pub fn play(&self, step: &Step) -> Result<(), PlatformError> {
        self.call(&step.route, &step.input)
    }

    /// Returns the TRE as the acting account sees it.
    pub fn seen(&self) -> Option<TreDescription> {
        description(&self.platform)
    }

    /// Returns the TRE as it is, whoever may see it.
    pub fn describe(&self) -> Option<TreDescription> {
        self.seen().or_else(|| {
            let others = USERS.iter().filter(|user| **user != GHOST);
            others
                .copied()
                .find_map(|user| description(&self.platform.acting_as(user.parse().unwrap())))
        })
    }

    /// Tells whether the acting account can see the TRE, if there is one, and all that it gives
    /// out: a plan is only as sound as what can be read.
    pub fn is_in_sight(&self) -> bool {
        let Some(tre) = self.describe() else { return true };
        let assets = tre.inventory.active.iter().flat_map(|inventory| {
            [
                &inventory.tabular_data,
                &inventory.data_showcase,
                &inventory.file_inventory,
                &inventory.data_collections,
            ]
        });
        let can_see = |asset: &String| {
            let object = asset.rsplit(':').next().unwrap_or(asset);
            self.platform.call(&format!("/{object}/describe"), &json!({})).is_ok()
        };
        self.seen().is_some() && assets.flatten().all(can_see)
    }

    /// Plans a document, with all that the planner asks for read from the platform.
    pub fn plan(&self, document: &Document, terms: &Terms) -> Plan {
        self.plan_all([document.resolved(TRE)], terms)
    }

    /// Plans documents of several TREs.
    pub fn plan_all(&self, documents: impl IntoIterator<Item = DesiredTre>, terms: &Terms) -> Plan {
        self.try_plan(&repository(documents), terms).unwrap()
    }

    fn try_plan(&self, desired: &Desired, terms: &Terms) -> Result<Plan, LiveError> {
        let reader = Wire(self.platform.clone());
        let operator = now(reader.whoami())?;
        let live = now(live::read(&reader, None))?;
        let target = target(&terms.ask_consent);
        let id = TreId::from_platform(TRE);
        let applied: Applied = terms.applied.iter().map(|tre| (id.clone(), tre.clone())).collect();
        let nobody = Directory::of(operator.clone());
        let context = Context {
            desired,
            target: &target,
            live: &live,
            applied: &applied,
            directory: &nobody,
            only: None,
            allow: &terms.allow,
            extent: terms.extent,
            today: TODAY,
        };
        let directory = now(live::fill(&reader, &operator, &plan::questions(&context), &live))?;
        let context = Context { directory: &directory, ..context };
        let source = plan::Source { digest: "sha256:0".to_owned(), git: None };
        Ok(plan::plan(&context, "2026-05-01T00:00:00Z".to_owned(), source))
    }

    /// Makes the calls of a plan, and returns the TRE before and after each of them.
    pub fn play_all(&self, change: &TreChange) -> Result<Vec<Option<TreDescription>>, String> {
        let mut states = vec![self.describe()];
        for step in &change.steps {
            self.play(step).map_err(|error| format!("step {}: {error}", step.id))?;
            states.push(self.describe());
        }
        Ok(states)
    }
}

fn description(platform: &InMemory) -> Option<TreDescription> {
    match platform.call(&format!("/{TRE}/describe"), &json!({})) {
        Ok(answer) => Some(serde_json::from_value(answer).unwrap()),
        Err(error) => {
            assert_eq!(error.kind, PlatformErrorKind::ResourceNotFound);
            None
        }
    }
}

/// Returns the part of a plan that is about the TRE.
pub fn change(plan: &Plan) -> &TreChange {
    let mut of_tre = plan.resource_changes.iter().filter(|change| change.name == TRE);
    let change = of_tre.next().unwrap();
    assert!(of_tre.next().is_none(), "a TRE is planned twice");
    change
}

/// Returns the operations of a plan.
pub fn operations(change: &TreChange) -> Vec<String> {
    change.steps.iter().map(|step| step.operation.to_string()).collect()
}

/// Returns what a future gives that never waits: the embedded platform answers at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a platform in memory never waits"),
    }
}

//! A platform on which a plan is made and played, call by call.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};
use trectl::desired::{ConsentKind, Desired, DesiredTre, Target};
use trectl::live::{self, Content, LiveError, Snapshot};
use trectl::model::{Applied, AppliedTre, Directory, Live, Questions, TreId};
use trectl::plan::{self, Allow, Context, Extent, Plan, Source, Step, TreChange};
use trectl::platform::wire::TreDescription;
use trectl::platform::{PlatformError, PlatformErrorKind, Reader, Wire};
use trectl::sim::{InMemory, World};

use crate::world::directory::{GHOST, TRE, USERS};
use crate::world::document::{Document, repository, target};
use crate::world::{TODAY, now};

/// What a plan is made under, besides the document.
#[derive(Clone)]
pub struct Terms {
    pub allow: Vec<Allow>,
    pub applied: Option<AppliedTre>,
    pub extent: Extent,
    pub ask_consent: Vec<ConsentKind>,
    pub today: Date,
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
            today: TODAY,
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

/// What a snapshot was taken with.
#[derive(Clone, Copy)]
pub enum Taken {
    /// The document: its questions are answered too.
    BesideIt,
    /// Nothing: only what any document may ask is answered.
    WithoutIt,
}

impl Terms {
    fn records(&self) -> Applied {
        self.applied.iter().map(|tre| (TreId::from_platform(TRE), tre.clone())).collect()
    }

    fn context<'a>(
        &'a self,
        desired: &'a Desired,
        target: &'a Target,
        (live, applied, directory): (&'a Live, &'a Applied, &'a Directory),
    ) -> Context<'a> {
        Context {
            desired,
            target,
            live,
            applied,
            directory,
            only: None,
            allow: &self.allow,
            extent: self.extent,
            today: self.today,
        }
    }
}

fn source() -> Source {
    Source { digest: "sha256:0".to_owned(), git: None }
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

    /// Returns the platform itself.
    pub fn platform(&self) -> &InMemory {
        &self.platform
    }

    /// Returns another platform that is as this one is now.
    pub fn fork(&self) -> Self {
        Self::of(self.platform.world())
    }

    /// Returns the platform as it is now.
    pub fn world(&self) -> World {
        self.platform.world()
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

    /// Returns what the acting account reads of the platform.
    pub fn live(&self) -> Live {
        now(live::read(&Wire(self.platform.clone()), None)).unwrap()
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

    /// Plans a document against a snapshot that was taken beside it or without it, written and
    /// read back; tells what the snapshot leaves open.
    pub fn plan_recorded(
        &self,
        document: &Document,
        terms: &Terms,
        taken: Taken,
    ) -> (Plan, Vec<String>) {
        let desired = repository([document.resolved(TRE)]);
        self.try_plan_recorded(&desired, terms, taken).unwrap()
    }

    fn try_plan_recorded(
        &self,
        desired: &Desired,
        terms: &Terms,
        taken: Taken,
    ) -> Result<(Plan, Vec<String>), LiveError> {
        let reader = Wire(self.platform.clone());
        let operator = now(reader.whoami())?;
        let live = now(live::read(&reader, None))?;
        let target = target(&terms.ask_consent);
        let applied = terms.records();
        let nobody = Directory::of(operator.clone());
        let context = terms.context(desired, &target, (&live, &applied, &nobody));
        let asked = match taken {
            Taken::BesideIt => plan::questions(&context),
            Taken::WithoutIt => Questions::default(),
        };
        let questions = live::survey(&live, None, asked.clone());
        let directory = now(live::fill(&reader, &operator, &questions, &live))?;
        let snapshot = Snapshot::of(Content {
            taken_at: "2026-05-01T00:00:00Z".to_owned(),
            target: plan::target_info(&target, &operator),
            select_bill_to: None,
            live: &live,
            requests: BTreeMap::new(),
            directory: live::without_strangers(directory, &live, None, &asked),
            applied: &applied,
        });

        let snapshot = Snapshot::read(snapshot.to_text().as_bytes()).unwrap();
        let live = snapshot.live(None)?;
        let nobody = Directory::of(snapshot.directory.operator.clone());
        let context = terms.context(desired, &target, (&live, &snapshot.applied, &nobody));
        let directory = snapshot.directory(&plan::questions(&context), &live);
        let context = Context { directory: &directory, ..context };
        let open = plan::unanswered(&context).into_values().flatten().collect();
        Ok((plan::plan(&context, snapshot.taken_at.clone(), source()), open))
    }

    fn try_plan(&self, desired: &Desired, terms: &Terms) -> Result<Plan, LiveError> {
        plan_through(&Wire(self.platform.clone()), desired, terms, &terms.records())
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

/// Plans a repository with what a reader tells, and with what was applied before.
pub fn plan_through(
    reader: &dyn Reader,
    desired: &Desired,
    terms: &Terms,
    applied: &Applied,
) -> Result<Plan, LiveError> {
    let operator = now(reader.whoami())?;
    let live = now(live::read(reader, None))?;
    let target = target(&terms.ask_consent);
    let nobody = Directory::of(operator.clone());
    let context = terms.context(desired, &target, (&live, applied, &nobody));
    let directory = now(live::fill(reader, &operator, &plan::questions(&context), &live))?;
    let context = Context { directory: &directory, ..context };
    Ok(plan::plan(&context, "2026-05-01T00:00:00Z".to_owned(), source()))
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

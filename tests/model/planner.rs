//! The one door to the planner. Everything else of the model check knows plans as plain data, and
//! nothing of how they are made.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use trectl::desired::{Desired, Target};
use trectl::lifecycle::{LOCKS, TRANSITIONS};
use trectl::live;
use trectl::model::{Applied, ConsentKind, Directory, Live, Questions, TreState, UserId};
use trectl::plan::{self, Allow, Context, Extent, Plan, Source};
use trectl::platform::Wire;
use trectl::sim::{InMemory, World};

use super::call::Call;
use super::consent::GUARD;
use crate::world::directory::TRE;
use crate::world::document::{Document, repository, target};
use crate::world::{TODAY, now};

/// How much of a change is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    TightenOnly,
}

/// What a plan says of the TRE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ready,
    Unconsented,
    NoOp,
    Blocked,
    Other,
}

/// A change that a plan forbids.
#[derive(Debug)]
pub struct Blocked {
    pub path: String,
    pub rule: String,
    pub remedy: String,
    pub evidence: String,
}

/// A plan, as far as the checks need it.
pub struct Answer {
    pub status: Status,
    pub calls: Vec<Call>,
    pub blocked: Vec<Blocked>,
    pub missing: BTreeSet<ConsentKind>,
    plan: Plan,
}

impl Answer {
    /// Tells whether two plans are the same in every part, digests included.
    pub fn is_same(&self, other: &Self) -> bool {
        self.plan == other.plan
    }

    /// Returns the plan as it is saved.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.plan).unwrap()
    }
}

/// What the planner is asked about a slice, built once.
pub struct Planner {
    desired: Vec<Desired>,
    nodes: Vec<OnceLock<(Live, Directory)>>,
    questions: Questions,
    operator: UserId,
    target: Target,
    applied: Applied,
}

/// One state and one document, with the answers to what their plan asks.
pub struct Inquiry<'a> {
    planner: &'a Planner,
    desired: &'a Desired,
    live: &'a Live,
    directory: Directory,
}

impl Planner {
    /// Prepares documents, and room for what is read of `nodes` states. `questions` are all that
    /// may be asked in the slice.
    pub fn of(documents: &[Document], nodes: usize, questions: Questions, actor: &str) -> Self {
        let desired = documents.iter().map(|document| {
            let mut desired = repository([document.resolved(TRE)]);
            let guards = &mut desired.project.guards;
            guards.mass_removal_percent = u32::try_from(GUARD.percent).unwrap();
            guards.mass_removal_least_people = u32::try_from(GUARD.least_people).unwrap();
            desired
        });
        Self {
            desired: desired.collect(),
            nodes: (0..nodes).map(|_| OnceLock::new()).collect(),
            questions,
            operator: UserId::from_platform(actor),
            target: target(&[ConsentKind::Publish]),
            applied: Applied::new(),
        }
    }

    /// Reads what the plan of a document on a state of the platform asks.
    pub fn inquire(&self, (node, world): (usize, &World), document: usize) -> Inquiry<'_> {
        let (live, all) = self.nodes[node].get_or_init(|| self.read(world));
        let directory = Directory::of(self.operator.clone());
        let mut inquiry =
            Inquiry { planner: self, desired: &self.desired[document], live, directory };
        let questions = plan::questions(&inquiry.context(&[], Part::Whole));
        inquiry.directory = asked(all, &questions);
        inquiry
    }

    /// Reads what is live, and all that a plan of the slice may ask.
    fn read(&self, world: &World) -> (Live, Directory) {
        let reader = Wire(InMemory::new(world.clone()));
        let live = now(live::read(&reader, None)).unwrap();
        let directory = now(live::fill(&reader, &self.operator, &self.questions, &live)).unwrap();
        (live, directory)
    }
}

impl Inquiry<'_> {
    /// Plans it with these consents.
    pub fn plan(&self, consents: &BTreeSet<ConsentKind>, part: Part) -> Answer {
        let allow: Vec<Allow> =
            consents.iter().map(|consent| Allow { consent: *consent, tre: None }).collect();
        let source = Source { digest: "sha256:0".to_owned(), git: None };
        let context = self.context(&allow, part);
        answer(plan::plan(&context, "2026-05-01T00:00:00Z".to_owned(), source))
    }

    fn context<'a>(&'a self, allow: &'a [Allow], part: Part) -> Context<'a> {
        Context {
            desired: self.desired,
            target: &self.planner.target,
            live: self.live,
            applied: &self.planner.applied,
            directory: &self.directory,
            only: None,
            allow,
            extent: match part {
                Part::Whole => Extent::Full,
                Part::TightenOnly => Extent::TightenOnly,
            },
            today: TODAY,
        }
    }
}

/// Returns the answers to the questions of one plan: it is made from no others.
fn asked(all: &Directory, questions: &Questions) -> Directory {
    let Questions { members, listings, people, objects } = questions;
    let mut directory = Directory::of(all.operator.clone());
    for (org, users) in members {
        let Some(known) = all.members.get(org) else { continue };
        let listed = known.iter().filter(|(user, found)| found.is_some() || users.contains(*user));
        let listed = listed.map(|(user, found)| (user.clone(), *found)).collect();
        directory.members.insert(org.clone(), listed);
    }
    for org in listings {
        let Some(known) = all.members.get(org) else { continue };
        let listed = known.iter().filter(|(_, found)| found.is_some());
        let listed = listed.map(|(user, found)| (user.clone(), *found));
        directory.members.entry(org.clone()).or_default().extend(listed);
        directory.whole.insert(org.clone());
    }
    for person in people {
        let known = all.people.get(person).map(|exists| (person.clone(), *exists));
        directory.people.extend(known);
    }
    for object in objects.keys() {
        let Some(found) = all.objects.get(object) else { continue };
        if let Some(project) = found.as_ref().map(|found| &found.project) {
            let known = all.projects.get(project).map(|known| (project.clone(), known.clone()));
            directory.projects.extend(known);
        }
        directory.objects.insert(object.clone(), found.clone());
    }
    directory
}

fn answer(plan: Plan) -> Answer {
    let mut changes = plan.resource_changes.iter().filter(|change| change.name == TRE);
    let (Some(of_tre), None) = (changes.next(), changes.next()) else {
        panic!("a plan speaks of the TRE once")
    };
    let call = |step: &plan::Step| Call { route: step.route.clone(), input: step.input.clone() };
    let blocked = |it: &plan::Blocked| Blocked {
        path: it.path.clone(),
        rule: it.rule.clone(),
        remedy: it.remedy.clone(),
        evidence: it.evidence.clone(),
    };
    Answer {
        status: match of_tre.status {
            plan::Status::Ready => Status::Ready,
            plan::Status::Unconsented => Status::Unconsented,
            plan::Status::NoOp => Status::NoOp,
            plan::Status::Blocked => Status::Blocked,
            plan::Status::Orphaned | plan::Status::Released => Status::Other,
        },
        calls: of_tre.steps.iter().map(call).collect(),
        blocked: of_tre.blocked.iter().map(blocked).collect(),
        missing: of_tre.missing_consents.iter().copied().collect(),
        plan,
    }
}

/// Returns every cell of the lock table that a document can ask for: the setting by its key, and
/// the state. A document cannot ask for another id: that is another TRE.
pub fn lock_cells() -> BTreeSet<(String, String)> {
    let states = [TreState::Draft, TreState::Active, TreState::Maintenance];
    let keys = LOCKS.iter().map(|row| row.key).filter(|key| *key != "id");
    keys.flat_map(|key| states.map(|state| (key.to_owned(), state.to_string()))).collect()
}

/// Returns every row of the table of transitions: the live state, if any, and the desired one.
pub fn transitions() -> BTreeSet<(String, String)> {
    let live = |state: Option<TreState>| state.map_or("none".to_owned(), |it| it.to_string());
    TRANSITIONS.iter().map(|(from, to, _)| (live(*from), to.to_string())).collect()
}

//! Cases: a TRE as it is, a document that asks for something of it, and what was applied before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use serde_json::{Value, json};
use trectl::model::{DesiredState, Visibility};
use trectl::platform::seed::{
    Seed, SeedInventories, SeedInventory, SeedStep, SeedTre, SeedVisibility,
};
use trectl::platform::wire::WireState;
use trectl::sim::World;

use super::stage::Stage;
use crate::world::directory::{
    ACTORS, BILLING, LISTED, LIVE_INVENTORIES, REGIONS, TRE, USERS, inventories, seed,
};
use crate::world::document::{Document, Step, assets};

/// A case.
#[derive(Clone)]
pub struct Scene {
    pub actor: &'static str,
    pub live: Option<SeedTre>,
    pub document: Document,
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = serde_json::to_string(&self.live).map_err(|_| fmt::Error)?;
        writeln!(f, "{} acts", self.actor)?;
        writeln!(f, "live:     {live}")?;
        write!(f, "document: {:?}", self.document)
    }
}

impl Scene {
    /// Returns what the platform begins with.
    pub fn seed(&self) -> Seed {
        Seed { tres: self.live.iter().cloned().collect(), ..seed(self.actor) }
    }

    /// Returns a platform as it is in the beginning.
    pub fn stage(&self) -> Stage {
        Stage::of(World::seeded(&self.seed()).unwrap())
    }
}

/// The policies that cases use, each with values from the loosest on.
pub fn policies() -> [(&'static str, Vec<Value>); 6] {
    let any_of = |items: &[&str]| json!(items);
    [
        ("downloadRestricted", vec![json!(null), json!(false), json!(true)]),
        ("restricted", vec![json!(null), json!(true)]),
        ("containsPHI", vec![json!(null), json!(false), json!(true)]),
        ("databaseResultsRestricted", vec![json!(null), json!(5), json!(20)]),
        (
            "allowedExecutables",
            vec![json!(null), any_of(&["app-a", "app-b"]), any_of(&["app-b"]), any_of(&["app-c"])],
        ),
        ("ofTheVendor", vec![json!(null), json!("one"), json!("two")]),
    ]
}

const STEPS: [&str; 4] = ["first", "second", "third", "fourth"];
const TEXTS: [&str; 3] = ["", "One", "Two"];

/// Returns cases of every kind.
pub fn scenes() -> impl Strategy<Value = Scene> {
    let actor = prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => Just(2)];
    (actor, weighted(0.87, live()), wishes()).prop_map(|(actor, live, wishes)| {
        let actor = ACTORS[actor];
        let live = live.map(|live| live.tre(actor));
        let document = wishes.document(live.as_ref(), actor);
        Scene { actor, live, document }
    })
}

/// Returns what a few documents in a row ask for.
pub fn rows() -> impl Strategy<Value = Vec<Wishes>> {
    vec(wishes(), 1..=4)
}

/// What a live TRE is drawn from.
#[derive(Debug, Clone)]
struct Drawn {
    state: usize,
    is_admin: bool,
    admins: u16,
    users: u16,
    is_public: bool,
    policies: Vec<usize>,
    active: Option<usize>,
    pending: Option<usize>,
    steps: Vec<u16>,
    texts: [usize; 4],
    places: [usize; 2],
}

fn live() -> impl Strategy<Value = Drawn> {
    (
        0_usize..3,
        prop::bool::weighted(0.95),
        0_u16..16,
        sparse(LISTED.len() - 1),
        any::<bool>(),
        vec(0_usize..4, 6),
        weighted(0.93, likely(LIVE_INVENTORIES)),
        weighted(0.4, likely(LIVE_INVENTORIES)),
        vec(prop_oneof![5 => sparse_some(8), 1 => sparse(8)], 0..=3),
        [0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3],
        [seldom(2), seldom(2)],
    )
        .prop_map(
            |(
                state,
                is_admin,
                admins,
                users,
                is_public,
                policies,
                active,
                pending,
                steps,
                texts,
                places,
            )| {
                Drawn {
                    state,
                    is_admin,
                    admins,
                    users,
                    is_public,
                    policies,
                    active,
                    pending,
                    steps,
                    texts,
                    places,
                }
            },
        )
}

/// Numbers below `end`, the low ones more likely.
fn likely(end: usize) -> impl Strategy<Value = usize> + Clone {
    prop_oneof![3 => 0..end.min(5), 1 => 0..end]
}

/// Numbers below `end`, nearly always zero.
fn seldom(end: usize) -> impl Strategy<Value = usize> + Clone {
    prop_oneof![8 => Just(0), 1 => 0..end]
}

/// Sets of few members out of `size`.
fn sparse(size: usize) -> impl Strategy<Value = u16> + Clone {
    vec(0..size, 0..=3).prop_map(|members| members.iter().fold(0, |set, member| set | 1 << member))
}

fn sparse_some(size: usize) -> impl Strategy<Value = u16> + Clone {
    vec(0..size, 1..=3).prop_map(|members| members.iter().fold(0, |set, member| set | 1 << member))
}

fn chosen(pool: &[&str], set: u16) -> BTreeSet<String> {
    let chosen = pool.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
    chosen.map(|(_, name)| (*name).to_owned()).collect()
}

impl Drawn {
    fn tre(&self, actor: &str) -> SeedTre {
        let state = [WireState::Draft, WireState::Active, WireState::Amending][self.state];
        let mut admins = chosen(&USERS, self.admins);
        // What nobody may see is told of apart: every draft is one that the operator sees.
        if self.is_admin || admins.is_empty() || state == WireState::Draft {
            admins.insert(actor.to_owned());
        } else {
            admins.remove(actor);
        }
        if admins.is_empty() {
            admins.insert("user-ben".to_owned());
        }
        let policies = policies();
        let set = policies.iter().zip(&self.policies).filter_map(|((name, values), at)| {
            // One in four is never set.
            values.get(*at).map(|value| ((*name).to_owned(), value.clone()))
        });
        let inventories = inventories();
        let inventories = |index: &usize| inventories[*index].clone();
        let active = self.active.as_ref().map(inventories);
        let pending = self.pending.as_ref().map(inventories);
        let is_pending =
            state == WireState::Amending && !is_same(active.as_ref(), pending.as_ref());
        SeedTre {
            id: TRE.to_owned(),
            state,
            name: Some(TEXTS[self.texts[0]].to_owned()),
            description: TEXTS[self.texts[1]].to_owned(),
            bill_to: BILLING[self.places[0]].to_owned(),
            region: REGIONS[self.places[1]].to_owned(),
            customized_rate_card: [None, Some(json!({"hour": 1})), None][self.texts[2]].clone(),
            customized_url: [None, Some("https://one.example".to_owned()), None][self.texts[3]]
                .clone(),
            visibility: if self.is_public {
                SeedVisibility::Public
            } else {
                SeedVisibility::Private
            },
            admins: admins.into_iter().collect(),
            authorized_users: chosen(&LISTED, self.users).into_iter().collect(),
            policies: set.collect(),
            inventory: SeedInventories { active, pending: pending.filter(|_| is_pending) },
            application_review_steps: self
                .steps
                .iter()
                .zip(STEPS)
                .map(|(reviewers, id)| SeedStep {
                    id: id.to_owned(),
                    name: Some(id.to_owned()),
                    description: String::new(),
                    reviewers: chosen(&USERS, *reviewers).into_iter().collect(),
                })
                .collect(),
            created: 0,
            modified: None,
            created_by: None,
        }
    }
}

/// Setting what is given out already leaves nothing pending.
fn is_same(active: Option<&SeedInventory>, pending: Option<&SeedInventory>) -> bool {
    match (active, pending) {
        (Some(active), Some(pending)) => assets(active).is_same(&assets(pending)),
        _ => false,
    }
}

/// What a document wants of one setting: nothing, what is live, or something else.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Unmanaged,
    Same,
    Other(usize),
}

fn wish(end: usize) -> impl Strategy<Value = Wish> + Clone {
    prop_oneof![
        3 => Just(Wish::Unmanaged),
        2 => Just(Wish::Same),
        2 => likely(end).prop_map(Wish::Other),
    ]
}

impl Wish {
    fn of<T>(self, live: Option<T>, other: impl FnOnce(usize) -> T) -> Option<T> {
        match self {
            Self::Unmanaged => None,
            Self::Same => live,
            Self::Other(index) => Some(other(index)),
        }
    }
}

/// What a document wants of a list: nothing, or the live one with these members flipped.
type Flips = Option<u16>;

fn flips(size: usize) -> impl Strategy<Value = Flips> + Clone {
    weighted(0.6, sparse(size))
}

/// What a document is drawn from.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Asks for what publishing froze, too.
    is_stubborn: bool,
    state: usize,
    texts: [Wish; 2],
    visibility: Wish,
    policies: Vec<Wish>,
    admins: Flips,
    users: Flips,
    inventory: Wish,
    frozen: [Wish; 4],
    steps: Option<StepWishes>,
}

/// What a document wants of the review pipeline.
#[derive(Debug, Clone)]
struct StepWishes {
    order: usize,
    removed: u16,
    added: Option<(bool, u16)>,
    steps: Vec<([bool; 2], Flips)>,
}

fn wishes() -> impl Strategy<Value = Wishes> {
    let state = prop_oneof![4 => Just(1_usize), 2 => Just(0), 2 => Just(2), 1 => Just(3)];
    (
        prop::bool::weighted(0.25),
        state,
        [wish(3), wish(3)],
        wish(2),
        vec(wish(4), 6),
        prop_oneof![9 => flips(4), 1 => flips(9)],
        prop_oneof![9 => flips(7), 1 => flips(8)],
        wish(LIVE_INVENTORIES + 2),
        [wish(BILLING.len()), wish(2), wish(2), wish(2)],
        weighted(0.6, step_wishes()),
    )
        .prop_map(
            |(
                is_stubborn,
                state,
                texts,
                visibility,
                policies,
                admins,
                users,
                inventory,
                frozen,
                steps,
            )| {
                Wishes {
                    is_stubborn,
                    state,
                    texts,
                    visibility,
                    policies,
                    admins,
                    users,
                    inventory,
                    frozen,
                    steps,
                }
            },
        )
}

fn step_wishes() -> impl Strategy<Value = StepWishes> {
    let reworded = || prop::bool::weighted(0.1);
    (
        prop_oneof![4 => Just(0_usize), 1 => 0..6_usize],
        prop_oneof![4 => Just(0_u16), 1 => 0..8_u16],
        weighted(0.2, (any::<bool>(), sparse_some(9))),
        vec(([reworded(), reworded()], prop_oneof![12 => flips(8), 1 => flips(9)]), 4),
    )
        .prop_map(|(order, removed, added, steps)| StepWishes { order, removed, added, steps })
}

impl Wishes {
    /// Returns the document that asks for it.
    pub fn document(&self, live: Option<&SeedTre>, actor: &str) -> Document {
        use DesiredState::{Active, Deleted, Draft, Maintenance};
        let is_published = live.is_some_and(|live| live.state != WireState::Draft);
        let state = match ([Draft, Active, Maintenance, Deleted][self.state], is_published) {
            (Draft, true) | (Maintenance, false) if !self.is_stubborn => Active,
            (state, _) => state,
        };
        let frozen = |wish: Wish| match wish {
            Wish::Other(_) if is_published && !self.is_stubborn => Wish::Same,
            wish => wish,
        };
        let inventories = inventories();
        let flipped = |pool: &[&str], live: Option<&[String]>, flips: Flips| {
            let flipped = chosen(pool, flips?);
            let live: BTreeSet<String> = live.unwrap_or_default().iter().cloned().collect();
            Some(live.symmetric_difference(&flipped).cloned().collect::<BTreeSet<_>>())
        };
        let text = |index: usize| TEXTS[index].to_owned();
        let mut document = Document {
            name: self.texts[0].of(live.and_then(|live| live.name.clone()), text),
            description: self.texts[1].of(live.map(|live| live.description.clone()), text),
            visibility: self
                .visibility
                .of(live.map(visibility), |index| [Visibility::Private, Visibility::Public][index]),
            policies: self.policies(live),
            admins: flipped(&USERS, live.map(|live| live.admins.as_slice()), self.admins)
                .filter(|admins| !admins.is_empty()),
            users: flipped(&LISTED, live.map(|live| live.authorized_users.as_slice()), self.users),
            inventory: self
                .inventory
                .of(live.and_then(compared), |index| inventories[index].clone()),
            bill_to: frozen(self.frozen[0])
                .of(live.map(|live| live.bill_to.clone()), |index| BILLING[index].to_owned()),
            region: frozen(self.frozen[1])
                .of(live.map(|live| live.region.clone()), |index| REGIONS[index].to_owned()),
            url: frozen(self.frozen[2])
                .of(live.and_then(|live| live.customized_url.clone()), |index| {
                    ["https://one.example", "https://two.example"][index].to_owned()
                }),
            rate_card: frozen(self.frozen[3]).of(
                live.and_then(|live| live.customized_rate_card.clone()),
                |index| json!({ "hour": index + 1 }),
            ),
            steps: self.steps.as_ref().map(|wishes| match is_published && !self.is_stubborn {
                true => wishes.reviewers().steps(live),
                false => wishes.steps(live),
            }),
            ..Document::of(state)
        };
        if live.is_none() {
            complete(&mut document, actor);
        }
        if !is_published && state == Active && !self.is_stubborn {
            publishable(&mut document, live);
        }
        document
    }

    fn policies(&self, live: Option<&SeedTre>) -> BTreeMap<String, Value> {
        let wishes = policies().into_iter().zip(&self.policies);
        let wanted = wishes.filter_map(|((name, values), wish)| {
            let live = live.and_then(|live| live.policies.get(name)).cloned();
            let value = wish.of(live, |index| values[index % values.len()].clone())?;
            Some((name.to_owned(), value))
        });
        wanted.collect()
    }
}

/// Most documents of new TREs say what creating needs.
fn complete(document: &mut Document, actor: &str) {
    if document.description.is_none() && document.users.is_some() {
        return;
    }
    document.name.get_or_insert_with(|| "New".to_owned());
    document.bill_to.get_or_insert_with(|| "org-ash".to_owned());
    document.region.get_or_insert_with(|| "aws:eu-west-2".to_owned());
    if document.visibility.is_none() {
        document.admins.get_or_insert_default().insert(actor.to_owned());
    }
}

/// Most documents that publish say what publishing needs, unless it is there.
fn publishable(document: &mut Document, live: Option<&SeedTre>) {
    if live.is_none_or(|live| live.inventory.active.is_none()) {
        document.inventory.get_or_insert_with(|| inventories().swap_remove(0));
    }
    let live_steps = live.map_or(&[][..], |live| &live.application_review_steps);
    if live_steps.is_empty() || document.steps.is_some() {
        let steps = document.steps.get_or_insert_default();
        if steps.is_empty() {
            steps.push(Step {
                id: STEPS[0].to_owned(),
                name: None,
                description: None,
                reviewers: None,
            });
        }
        for step in steps {
            let is_live = live_steps.iter().any(|live| live.id == step.id);
            if step.reviewers.as_ref().map_or(!is_live, BTreeSet::is_empty) {
                step.reviewers.get_or_insert_default().insert("user-eve".to_owned());
            }
        }
    }
}

fn visibility(live: &SeedTre) -> Visibility {
    match live.visibility {
        SeedVisibility::Private => Visibility::Private,
        SeedVisibility::Public => Visibility::Public,
    }
}

fn compared(live: &SeedTre) -> Option<SeedInventory> {
    live.inventory.pending.clone().or_else(|| live.inventory.active.clone())
}

impl StepWishes {
    /// Returns what of it can change at any time.
    fn reviewers(&self) -> Self {
        let steps = self.steps.iter().map(|(_, flips)| ([false; 2], *flips)).collect();
        Self { order: 0, removed: 0, added: None, steps }
    }

    fn steps(&self, live: Option<&SeedTre>) -> Vec<Step> {
        let live: &[SeedStep] = live.map_or(&[], |live| &live.application_review_steps);
        let mut steps: Vec<Step> = live
            .iter()
            .zip(&self.steps)
            .enumerate()
            .filter(|(index, _)| self.removed >> index & 1 == 0)
            .map(|(_, (step, (texts, flips)))| Step {
                id: step.id.clone(),
                name: if texts[0] { Some("Renamed".to_owned()) } else { step.name.clone() },
                description: texts[1].then(|| "Reworded".to_owned()),
                reviewers: flips.map(|flips| {
                    let live: BTreeSet<String> = step.reviewers.iter().cloned().collect();
                    live.symmetric_difference(&chosen(&USERS, flips)).cloned().collect()
                }),
            })
            .collect();
        permute(&mut steps, self.order);
        let is_new = live.is_empty().then_some((false, 1));
        let added = self.added.filter(|_| live.iter().all(|step| step.id != STEPS[3]));
        if let Some((is_first, reviewers)) = added.or(is_new) {
            let step = Step {
                id: STEPS[3].to_owned(),
                name: Some("Fourth".to_owned()),
                description: None,
                reviewers: Some(chosen(&USERS, reviewers)),
            };
            steps.insert(if is_first { 0 } else { steps.len() }, step);
        }
        steps
    }
}

/// Puts up to three steps into the order of that number.
fn permute(steps: &mut [Step], order: usize) {
    if steps.len() > 1 {
        steps.rotate_left(order % steps.len());
        if order >= 3 {
            steps.swap(0, 1);
        }
    }
}

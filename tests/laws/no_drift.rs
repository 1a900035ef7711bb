//! No false drift: once documents are applied, `drift` finds nothing, whatever the platform filled
//! in by itself and in whatever words it answers.
//!
//! Each case is a fleet: TREs that somebody else left behind in any state, or none, and a few
//! rounds of documents for them. The documents are written as files, with lists in any order,
//! people who come through groups, by name or both, policies out of profiles, policies that ask
//! for the default, and settings left out. They are read, planned and applied with a journal, by
//! a client to whom the platform tells everything in other words each time: see
//! [`crate::support::telling`] for what is varied, what is not, and how well that is known.
//!
//! The case of letters means something everywhere, so that documents differ from the last ones in
//! nothing but that from time to time; such a change is made, and is no drift afterwards. Somebody
//! else's edit of it is drift.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fastrand::Rng;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use trectl::apply::{self, Input, Repetition, TreResult};
use trectl::desired::Desired;
use trectl::diff;
use trectl::model::{Applied, TreId};
use trectl::plan::render::DriftReport;
use trectl::plan::{DriftClass, Plan, Status};
use trectl::platform::Wire;
use trectl::platform::seed::{Seed, SeedRecord, SeedTre};
use trectl::sim::{InMemory, World};

use crate::support::check;
use crate::support::office::{Office, in_a_runtime};
use crate::support::paper;
use crate::support::scene::{Scene, Wishes, rows, scenes};
use crate::support::stage::{Terms, plan_through};
use crate::support::telling::{Teller, Told};
use crate::world::directory::seed;
use crate::world::document::Document;
use crate::world::goal::is_loosest;

const OPERATOR: &str = "user-olga";

/// What happened in all cases, so that none of it is held to nothing.
const ALL: [&str; 21] = [
    "a case alone of a name",
    "a case alone of an asset",
    "a case alone of an id in a policy",
    "a default asked for",
    "a default left out",
    "a default that nobody set",
    "active",
    "an asset spelled another way",
    "an edit in between",
    "an entry twice",
    "another order in a policy",
    "another order of a listing",
    "another order of people",
    "another order of reviewers",
    "applied without a step",
    "created",
    "deleted",
    "draft",
    "maintenance",
    "not described in the listing",
    "taken over",
];

/// A fleet, and what becomes of it.
#[derive(Debug, Clone)]
struct Fleet {
    /// What each TRE was, and the rows of what is asked of it.
    tres: Vec<(Scene, Vec<Wishes>)>,
    seed: u64,
}

fn fleets() -> impl Strategy<Value = Fleet> {
    (vec((scenes(), rows()), 2..=4), any::<u64>()).prop_map(|(tres, seed)| Fleet { tres, seed })
}

#[test]
fn after_apply_there_is_no_drift() {
    let met = RefCell::new(Told::new());
    check(45, fleets(), |fleet| {
        let mut course = Course::begin(&fleet);
        for round in 0..2 {
            course.edit_by_hand(round);
            let documents = course.documents(round);
            course.apply(&documents)?;
            // The same is asked for in other words, of which most is there.
            course.edit_by_hand(round + 1);
            course.apply(&documents)?;
        }
        course.edit_the_case()?;
        let mut met = met.borrow_mut();
        for (what, times) in course.met.into_iter().chain(course.teller.told()) {
            *met.entry(what).or_insert(0) += times;
        }
        Ok(())
    });
    let met = met.into_inner();
    for what in ALL {
        assert!(met.get(what).is_some_and(|times| *times > 3), "seldom or never: {what}\n{met:#?}");
    }
}

/// A fleet on its way.
struct Course<'a> {
    fleet: &'a Fleet,
    platform: InMemory,
    teller: Teller,
    office: Office,
    rng: Rng,
    /// The documents that were applied last, and hold.
    held: BTreeMap<String, Document>,
    desired: Option<Desired>,
    met: Told,
}

impl<'a> Course<'a> {
    fn begin(fleet: &'a Fleet) -> Self {
        let mut beginning = with_twins(seed(OPERATOR));
        for (index, (scene, _)) in fleet.tres.iter().enumerate() {
            let Some(mut tre) = scene.live.clone() else { continue };
            tre.id = id(index);
            if !tre.admins.iter().any(|admin| admin == OPERATOR) {
                tre.admins.push(OPERATOR.to_owned());
            }
            beginning.tres.push(tre);
        }
        let platform = InMemory::new(World::seeded(&beginning).unwrap());
        Self {
            fleet,
            teller: Teller::of(&platform, projects(&beginning), fleet.seed),
            platform,
            office: Office::new(),
            rng: Rng::with_seed(fleet.seed),
            held: BTreeMap::new(),
            desired: None,
            met: Told::new(),
        }
    }

    fn meet(&mut self, what: &'static str) {
        *self.met.entry(what).or_insert(0) += 1;
    }

    /// Returns a TRE as the platform has it.
    fn describe(&self, id: &str) -> Option<Value> {
        self.platform.call(&format!("/{id}/describe"), &json!({})).ok()
    }

    /// Another admin changes something before the next documents come.
    fn edit_by_hand(&mut self, round: usize) {
        let id = id(round % self.fleet.tres.len());
        let edits = [
            ("setPolicies", json!({ "policies": { "restricted": null, "protected": false } })),
            ("addAdmins", json!({ "admins": ["user-ann", "user-ben"] })),
            ("setPolicies", json!({ "policies": { "allowedExecutables": ["app-b", "app-a"] } })),
            ("update", json!({ "description": "Two " })),
        ];
        let (method, input) = &edits[self.rng.usize(..edits.len())];
        if self.platform.call(&format!("/{id}/{method}"), input).is_ok() {
            self.meet("an edit in between");
        }
    }

    /// Returns the documents of a round.
    fn documents(&mut self, round: usize) -> Vec<(String, Document)> {
        let mut documents = Vec::new();
        for (index, (_, rows)) in self.fleet.tres.iter().enumerate() {
            let id = id(index);
            let live = self.describe(&id);
            let live: Option<SeedTre> = live.map(|tre| serde_json::from_value(tre).unwrap());
            let mut document = rows[round % rows.len()].document(live.as_ref(), OPERATOR);
            if self.rng.bool() {
                in_the_other_case(&mut document);
            }
            documents.push((id, document));
        }
        documents
    }

    /// Applies documents, and sees that there is no drift in what was applied.
    fn apply(&mut self, documents: &[(String, Document)]) -> Result<(), TestCaseError> {
        let desired = paper::read_back(documents, &mut self.rng);
        let before: BTreeMap<String, Option<Value>> =
            documents.iter().map(|(id, _)| (id.clone(), self.describe(id))).collect();
        let plan = self.plan(&desired, self.office.load().applied());
        let applied = self.run(&plan, &desired)?;
        self.held = documents.iter().filter(|(id, _)| applied.contains(id)).cloned().collect();
        self.desired = Some(desired.clone());

        let record = self.office.load().applied().clone();
        // Twice, since no two tellings are the same; then as if nothing had ever been applied.
        for record in [&record, &record, &Applied::new()] {
            let again = self.plan(&desired, record);
            let mut report = report(&again);
            let is_held = |address: &str| {
                address.strip_prefix("tre.").is_some_and(|id| self.held.contains_key(id))
            };
            report.drift.retain(|item| is_held(&item.address));
            prop_assert!(report.drift.is_empty(), "{:#?}\nof {:?}", report.drift, self.held);
            for change in again.resource_changes.iter().filter(|it| is_held(&it.address)) {
                prop_assert_eq!(change.status, Status::NoOp, "{:?}", change);
                prop_assert!(change.fields.is_empty() && change.steps.is_empty(), "{:?}", change);
            }
            let is_whole = self.held.len() == self.fleet.tres.len();
            prop_assert!(!is_whole || (!fails(&again) && again.resource_drift.is_empty()));
        }
        self.count(&before, &plan);
        Ok(())
    }

    fn plan(&self, desired: &Desired, applied: &Applied) -> Plan {
        let terms = Terms::consented();
        plan_through(&Wire(self.teller.clone()), desired, &terms, applied).unwrap()
    }

    /// Makes a run; returns the TREs that are as their documents ask.
    fn run(&self, plan: &Plan, desired: &Desired) -> Result<BTreeSet<String>, TestCaseError> {
        let is_settled = |status| matches!(status, Status::Ready | Status::NoOp | Status::Released);
        let settled = plan.resource_changes.iter().filter(|change| is_settled(change.status));
        let records = settled.map(|change| {
            let id = TreId::from_platform(&change.name);
            let record = diff::record(&desired.tres[&id], &desired.policies);
            (id, record)
        });
        let input = Input {
            plan: Arc::new(plan.clone()),
            reader: Arc::new(Wire(self.teller.clone())),
            writer: Arc::new(Wire(self.teller.clone())),
            journal: self.office.journal(self.office.load()),
            records: records.collect(),
            parallelism: 4,
            open_windows: 4,
            events: Arc::new(|_| {}),
            cancel: CancellationToken::new(),
            repetition: Repetition::Once,
        };
        let outcome = in_a_runtime(apply::execute(input)).unwrap();
        let mut applied = BTreeSet::new();
        for change in &plan.resource_changes {
            let is_done = match outcome.tres.get(&TreId::from_platform(&change.name)) {
                Some(report) => match &report.result {
                    TreResult::Applied => true,
                    // What the operator cannot see may stand in the way of a plan.
                    TreResult::Failed { step: Some(_), .. } => false,
                    other => return Err(TestCaseError::fail(format!("{change:?}\n{other:?}"))),
                },
                None => matches!(change.status, Status::NoOp | Status::Released),
            };
            if is_done {
                applied.insert(change.name.clone());
            }
        }
        Ok(applied)
    }

    fn count(&mut self, before: &BTreeMap<String, Option<Value>>, plan: &Plan) {
        let held = self.held.clone();
        for (id, document) in &held {
            let (old, new) = (before[id].as_ref(), self.describe(id));
            let is_default = document.policies.values().any(is_loosest);
            let change = plan.resource_changes.iter().find(|change| change.name == *id).unwrap();
            let (Some(new), old) = (new, old) else {
                self.meet("deleted");
                continue;
            };
            self.meet(match new["state"].as_str() {
                Some("draft") => "draft",
                Some("active") => "active",
                _ => "maintenance",
            });
            if is_default {
                self.meet("a default asked for");
            }
            if change.steps.is_empty() {
                self.meet("applied without a step");
            }
            let Some(old) = old else {
                self.meet("created");
                continue;
            };
            if !change.steps.is_empty() {
                self.meet("taken over");
            }
            for (what, place) in [
                ("a case alone of a name", "/name"),
                ("a case alone of an asset", "/inventory/active/tabularData"),
                ("a case alone of an id in a policy", "/policies/allowedExecutables"),
            ] {
                let [old, new] = [old, &new].map(|tre| tre.pointer(place).map(Value::to_string));
                if let (Some(old), Some(new)) = (old, new)
                    && old != new
                    && old.eq_ignore_ascii_case(&new)
                {
                    self.meet(what);
                }
            }
        }
    }

    /// Somebody else changes the case of a name and nothing more: that is drift, and all of it.
    fn edit_the_case(&mut self) -> Result<(), TestCaseError> {
        let is_there = |(id, document): &(&String, &Document)| {
            document.name.as_ref().is_some_and(|name| !name.is_empty())
                && self.describe(id).is_some()
        };
        let Some((id, document)) = self.held.iter().find(is_there) else { return Ok(()) };
        let name = other_case(document.name.as_ref().unwrap());
        self.platform.call(&format!("/{id}/update"), &json!({ "name": name })).unwrap();
        let Some(desired) = &self.desired else { return Ok(()) };
        let plan = self.plan(desired, self.office.load().applied());
        let address = format!("tre.{id}");
        let drift = plan.resource_drift.iter().filter(|item| item.address == address);
        let drift: Vec<_> = drift.map(|item| (item.key.as_str(), item.class)).collect();
        prop_assert_eq!(drift, [("/name", DriftClass::OutOfBand)]);
        prop_assert!(fails(&plan));
        Ok(())
    }
}

fn report(plan: &Plan) -> DriftReport {
    let drift = plan.resource_drift.clone();
    DriftReport::new(plan.target.clone(), drift, Vec::new(), Vec::new())
}

fn fails(plan: &Plan) -> bool {
    report(plan).fails()
}

fn id(index: usize) -> String {
    format!("tre-{index}")
}

/// Adds a twin to each record, the id of which differs in the case of its letters alone.
fn with_twins(mut seed: Seed) -> Seed {
    let twin = |record: &SeedRecord| SeedRecord { id: twin(&record.id), ..record.clone() };
    let twins: Vec<SeedRecord> = seed.records.iter().map(twin).collect();
    seed.records.extend(twins);
    seed
}

/// Returns an id with the letters behind its class in the other case.
fn twin(id: &str) -> String {
    let (class, letters) = id.split_once('-').unwrap();
    format!("{class}-{}", other_case(letters))
}

fn projects(seed: &Seed) -> BTreeMap<String, String> {
    let records = seed.records.iter().map(|record| (record.id.clone(), record.project.clone()));
    let files = seed.files.iter().map(|file| (file.id.clone(), file.project.clone()));
    records.chain(files).collect()
}

fn other_case(text: &str) -> String {
    let other = |letter: char| match letter.is_ascii_lowercase() {
        true => letter.to_ascii_uppercase(),
        false => letter.to_ascii_lowercase(),
    };
    text.chars().map(other).collect()
}

/// Writes what a document asks for in the other case, where it has letters of both.
fn in_the_other_case(document: &mut Document) {
    for text in [&mut document.name, &mut document.description].into_iter().flatten() {
        *text = other_case(text);
    }
    if let Some(Value::Array(ids)) = document.policies.get_mut("allowedExecutables") {
        for id in ids {
            *id = json!(other_case(id.as_str().unwrap()));
        }
    }
    let inventory = document.inventory.iter_mut();
    for record in inventory.flat_map(|it| [&mut it.tabular_data, &mut it.data_showcase]).flatten() {
        *record = match record.split_once(':') {
            Some((project, object)) => format!("{project}:{}", twin(object)),
            None => twin(record),
        };
    }
}

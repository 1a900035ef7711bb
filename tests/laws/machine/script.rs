//! What is known before anything is played: the document, whether it is there, and the day.

use jiff::ToSpan as _;
use jiff::civil::Date;
use proptest::prelude::*;
use serde_json::{Value, json};
use trectl::desired::{Consent, ConsentKind};
use trectl::model::DesiredState;

use super::edits::{ByHand, Edit, by_hand, edits, whole};
use crate::world::TODAY;
use crate::world::document::{Document, range};

/// The repository, and the day.
#[derive(Debug, Clone)]
pub struct Script {
    pub document: Document,
    /// Whether the document is in the repository.
    pub is_there: bool,
    pub today: Date,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Act {
    Edit(Edit),
    /// The document goes, or comes back.
    TakeOut,
    PutBack,
    /// Somebody else calls the platform.
    ByHand(ByHand),
    Consent(Given),
    /// The consents are taken out of the document.
    Withdraw,
    Day(i64),
    /// The plan is saved.
    Save,
    Apply(Apply),
}

/// An entry under `consents:`.
#[derive(Debug, Clone)]
pub struct Given {
    pub kind: ConsentKind,
    /// Bound to what the document asks for, or to something else, or to nothing.
    pub binding: Binding,
    /// How many days from today on it holds.
    pub days: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
pub enum Binding {
    Right,
    Wrong,
    None,
}

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Apply {
    pub how: How,
    /// Every consent is given on the command line.
    pub allows: bool,
}

#[derive(Debug, Clone, Copy)]
pub enum How {
    Whole,
    /// Stopped after so many calls.
    Stopped(usize),
    /// Killed while that call was made, before or behind its effect; then made again.
    Killed(usize, Side),
    TightenOnly,
    /// The plan that was saved.
    Saved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    Behind,
}

/// Returns how every life begins: with a whole document, and nothing on the platform.
pub fn opening() -> Script {
    Script { document: whole(), is_there: true, today: TODAY }
}

pub fn acts(script: &Script) -> BoxedStrategy<Act> {
    let document = match script.is_there {
        true => Act::TakeOut,
        false => Act::PutBack,
    };
    let is_missed = !script.is_there;
    prop_oneof![
        30 => edits().prop_map(Act::Edit),
        if is_missed { 30 } else { 2 } => Just(document),
        18 => by_hand().prop_map(Act::ByHand),
        12 => given().prop_map(Act::Consent),
        2 => Just(Act::Withdraw),
        4 => (1..4_i64).prop_map(Act::Day),
        6 => Just(Act::Save),
        40 => apply().prop_map(Act::Apply),
    ]
    .boxed()
}

fn given() -> impl Strategy<Value = Given> {
    let binding =
        prop_oneof![6 => Just(Binding::Right), 1 => Just(Binding::Wrong), 1 => Just(Binding::None)];
    let days = prop::option::weighted(0.5, -1..4_i64);
    (prop::sample::select(&ConsentKind::ALL[..]), binding, days)
        .prop_map(|(kind, binding, days)| Given { kind, binding, days })
}

fn apply() -> impl Strategy<Value = Apply> {
    let side = prop_oneof![Just(Side::Before), Just(Side::Behind)];
    let how = prop_oneof![
        6 => Just(How::Whole),
        3 => (1..5_usize).prop_map(How::Stopped),
        3 => (1..6_usize, side).prop_map(|(call, side)| How::Killed(call, side)),
        2 => Just(How::TightenOnly),
        3 => Just(How::Saved),
    ];
    (how, prop::bool::weighted(0.6)).prop_map(|(how, allows)| Apply { how, allows })
}

impl Script {
    pub fn after(mut self, act: &Act) -> Self {
        match act {
            Act::Edit(edit) => edit.make(&mut self.document),
            Act::TakeOut => self.is_there = false,
            Act::PutBack => self.is_there = true,
            Act::Consent(given) => {
                let consent = self.consent(given);
                self.document.consents.push(consent);
            }
            Act::Withdraw => self.document.consents.clear(),
            Act::Day(days) => self.today = self.today.saturating_add((*days).days()),
            Act::ByHand(_) | Act::Save | Act::Apply(_) => {}
        }
        self
    }

    fn consent(&self, given: &Given) -> Consent {
        let Given { kind, binding, days } = given;
        let bound = match binding {
            Binding::Right => self.bound(*kind),
            Binding::Wrong => {
                let mut bound = self.bound(*kind);
                bound.iter_mut().take(1).for_each(|(_, value)| *value = json!("another"));
                bound
            }
            Binding::None => Vec::new(),
        };
        Consent {
            allow: *kind,
            values: bound.into_iter().collect(),
            until: days.map(|days| self.today.saturating_add(days.days())),
            ticket: None,
            range: range(),
        }
    }

    /// Returns the values that a consent of that kind may be about.
    fn bound(&self, kind: ConsentKind) -> Vec<(String, Value)> {
        let values = values(&self.document);
        let is_about = |pointer: &str| match kind {
            ConsentKind::Maintenance if self.document.state == DesiredState::Maintenance => {
                pointer == "/state"
            }
            ConsentKind::Maintenance => pointer == "/inventory/version",
            ConsentKind::Delete | ConsentKind::Publish => pointer == "/state",
            ConsentKind::Loosen => pointer == "/visibility" || pointer.starts_with("/policies/"),
            ConsentKind::MassRemoval => pointer == "/authorizedUsers",
            ConsentKind::Revert => pointer != "/inventory/version",
        };
        values.into_iter().filter(|(pointer, _)| is_about(pointer)).collect()
    }
}

/// Returns the values of a document that a consent can be bound to, by JSON Pointer.
pub fn values(document: &Document) -> Vec<(String, Value)> {
    let policies = document.policies.iter();
    let policies = policies.map(|(name, value)| (format!("/policies/{name}"), value.clone()));
    let mut values = vec![("/state".to_owned(), json!(document.state))];
    let version = document.inventory.as_ref().map(|inventory| json!(inventory.version));
    values.extend(version.map(|version| ("/inventory/version".to_owned(), version)));
    values.extend(document.visibility.map(|it| ("/visibility".to_owned(), json!(it))));
    values.extend(document.users.as_ref().map(|it| ("/authorizedUsers".to_owned(), json!(it))));
    values.extend(document.admins.as_ref().map(|it| ("/admins".to_owned(), json!(it))));
    values.extend(policies);
    values
}

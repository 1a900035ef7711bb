//! What somebody may write into a document, and what somebody else may do on the platform.

use std::collections::BTreeSet;

use proptest::option::weighted;
use proptest::prelude::*;
use serde_json::{Value, json};
use trectl::model::{DesiredState, Visibility};

use crate::support::cast;
use crate::support::scene::policies;
use crate::world::directory::{LISTED, TRE, USERS, inventories};
use crate::world::document::{Document, Step};

/// A change of a document; `None` takes the key out.
#[derive(Debug, Clone)]
pub enum Edit {
    State(DesiredState),
    Name(Option<&'static str>),
    Description(Option<&'static str>),
    Visibility(Option<Visibility>),
    Policy(&'static str, Option<Value>),
    Admins(Option<BTreeSet<String>>),
    Users(Option<BTreeSet<String>>),
    Inventory(Option<usize>),
    Region(Option<&'static str>),
    Steps(Option<Vec<Reviewed>>),
    /// Everything that creating and publishing take, again.
    Whole,
}

/// A review step by its id, and its reviewers where they are managed.
type Reviewed = (&'static str, Option<BTreeSet<String>>);

/// Returns a document that manages most of what there is.
pub fn whole() -> Document {
    Document {
        name: Some("One".to_owned()),
        visibility: Some(Visibility::Private),
        policies: cast::policies(&[("restricted", json!(true))]),
        users: cast::people(&["user-eve"]),
        bill_to: Some("org-ash".to_owned()),
        region: Some("aws:eu-west-2".to_owned()),
        inventory: Some(inventories().swap_remove(0)),
        steps: Some(vec![
            cast::step("first", cast::people(&["user-dan"])),
            cast::step("second", cast::people(&["user-fay"])),
        ]),
        ..Document::of(DesiredState::Active)
    }
}

impl Edit {
    pub fn make(&self, document: &mut Document) {
        let text = |text: &Option<&'static str>| text.map(str::to_owned);
        match self {
            Self::State(state) => document.state = *state,
            Self::Name(name) => document.name = text(name),
            Self::Description(description) => document.description = text(description),
            Self::Visibility(visibility) => document.visibility = *visibility,
            Self::Policy(name, Some(value)) => {
                document.policies.insert((*name).to_owned(), value.clone());
            }
            Self::Policy(name, None) => drop(document.policies.remove(*name)),
            Self::Admins(admins) => document.admins.clone_from(admins),
            Self::Users(users) => document.users.clone_from(users),
            Self::Inventory(index) => {
                document.inventory = index.map(|index| inventories().swap_remove(index));
            }
            Self::Region(region) => document.region = text(region),
            Self::Steps(steps) => {
                let step = |(id, reviewers): &Reviewed| Step {
                    id: (*id).to_owned(),
                    name: None,
                    description: None,
                    reviewers: reviewers.clone(),
                };
                document.steps = steps.as_ref().map(|steps| steps.iter().map(step).collect());
            }
            Self::Whole => {
                let consents = std::mem::take(&mut document.consents);
                *document = Document { consents, ..whole() };
            }
        }
    }
}

const TEXTS: [&str; 3] = ["One", "Two", "Three"];

fn text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&TEXTS[..])
}

fn state() -> impl Strategy<Value = DesiredState> {
    prop_oneof![
        8 => Just(DesiredState::Active),
        3 => Just(DesiredState::Maintenance),
        1 => Just(DesiredState::Draft),
        2 => Just(DesiredState::Deleted),
    ]
}

fn some_of(pool: &'static [&'static str], least: usize) -> impl Strategy<Value = BTreeSet<String>> {
    let most = pool.len().min(4);
    let chosen = prop::sample::subsequence(pool, least..=most);
    chosen.prop_map(|ids| ids.into_iter().map(str::to_owned).collect())
}

fn admins() -> impl Strategy<Value = BTreeSet<String>> {
    some_of(&USERS[..4], 1)
}

fn listed(least: usize) -> impl Strategy<Value = BTreeSet<String>> {
    some_of(&LISTED[..7], least)
}

fn reviewers(least: usize) -> impl Strategy<Value = BTreeSet<String>> {
    some_of(&USERS[..8], least)
}

fn policy() -> impl Strategy<Value = (&'static str, Value)> {
    let all: Vec<_> = policies()
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name, value)))
        .collect();
    prop::sample::select(all)
}

fn visibility() -> impl Strategy<Value = Visibility> {
    prop_oneof![Just(Visibility::Private), Just(Visibility::Public)]
}

/// Returns changes of a document.
pub fn edits() -> impl Strategy<Value = Edit> {
    let steps = (weighted(0.8, reviewers(1)), weighted(0.8, reviewers(1)), 0..8_u8);
    let steps = steps.prop_map(|(first, second, order)| match order {
        0 => vec![("second", second), ("first", first)],
        1 => vec![("first", first)],
        _ => vec![("first", first), ("second", second)],
    });
    prop_oneof![
        4 => state().prop_map(Edit::State),
        2 => weighted(0.8, text()).prop_map(Edit::Name),
        1 => weighted(0.8, text()).prop_map(Edit::Description),
        2 => weighted(0.8, visibility()).prop_map(Edit::Visibility),
        4 => (policy(), prop::bool::weighted(0.2)).prop_map(|((name, value), is_gone)| {
            Edit::Policy(name, (!is_gone).then_some(value))
        }),
        3 => weighted(0.8, admins()).prop_map(Edit::Admins),
        4 => weighted(0.8, listed(0)).prop_map(Edit::Users),
        3 => weighted(0.9, 0..5_usize).prop_map(Edit::Inventory),
        1 => weighted(0.8, prop::sample::select(vec!["aws:eu-west-2", "aws:us-east-1"]))
            .prop_map(Edit::Region),
        3 => weighted(0.8, steps).prop_map(Edit::Steps),
        6 => Just(Edit::Whole),
    ]
}

/// A call that somebody else makes.
pub type ByHand = (String, Value);

/// Returns calls that somebody else makes, some of which the platform refuses.
pub fn by_hand() -> impl Strategy<Value = ByHand> {
    let call = |method: &str, input: Value| (format!("/{TRE}/{method}"), input);
    let people = |name: &'static str, key: &'static str, pool: BoxedStrategy<BTreeSet<String>>| {
        (any::<bool>(), pool).prop_map(move |(adds, people)| {
            let verb = if adds { "add" } else { "remove" };
            (format!("/{TRE}/{verb}{name}"), json!({ key: people }))
        })
    };
    let of_step = (any::<bool>(), any::<bool>(), reviewers(1));
    let of_step = of_step.prop_map(move |(adds, is_first, people)| {
        let verb = if adds { "addApplicationReviewers" } else { "removeApplicationReviewers" };
        let step = if is_first { "first" } else { "second" };
        call(verb, json!({ "stepId": step, "reviewers": people }))
    });
    prop_oneof![
        3 => text().prop_map(move |name| call("update", json!({ "name": name }))),
        3 => visibility().prop_map(move |it| call("update", json!({ "visibility": it }))),
        4 => policy().prop_map(move |(name, value)| {
            call("setPolicies", json!({ "policies": { name: value } }))
        }),
        3 => people("Admins", "admins", some_of(&USERS[1..4], 1).boxed()),
        4 => people("AuthorizedUsers", "authorizedUsers", listed(1).boxed()),
        3 => of_step,
        3 => Just(call("deactivate", json!({}))),
        3 => Just(call("activate", json!({}))),
        2 => (0..5_usize).prop_map(move |index| {
            call("setInventory", json!(inventories().swap_remove(index)))
        }),
        1 => Just(call("destroy", json!({}))),
        1 => Just(call("removeAdmins", json!({ "admins": ["user-olga"] }))),
        2 => Just(call("addAdmins", json!({ "admins": ["user-olga"] }))),
    ]
}

//! What slices are put together from.

use std::collections::BTreeSet;

use trectl::model::DesiredState;
use trectl::platform::seed::{SeedInventories, SeedInventory, SeedStep, SeedTre, SeedVisibility};
use trectl::platform::wire::WireState;

use super::super::rename::Exchange;
use crate::world::directory::{BILLING, REGIONS, TRE, inventories};
use crate::world::document::{Document, Step};

/// Who acts, unless a slice is about that.
pub const OPERATOR: &str = "user-olga";

/// The inventories of a release by their places in the directory: the second is the first with
/// other data. The third is neither.
pub const FIRST: usize = 0;
pub const SECOND: usize = 1;

/// Returns everything with everything: each of `all` with each value set.
pub fn cross<T: Clone, V>(all: Vec<T>, values: &[V], set: impl Fn(&mut T, &V)) -> Vec<T> {
    let with = |one: &T, value: &V| {
        let mut one = one.clone();
        set(&mut one, value);
        one
    };
    all.iter()
        .flat_map(|one| values.iter().map(move |value| (one, value)))
        .map(|(one, value)| with(one, value))
        .collect()
}

/// Returns the TRE that every slice varies: a draft with one step, one reviewer and one inventory.
pub fn live() -> SeedTre {
    SeedTre {
        id: TRE.to_owned(),
        state: WireState::Draft,
        name: Some("Genomics".to_owned()),
        description: String::new(),
        bill_to: BILLING[0].to_owned(),
        region: REGIONS[0].to_owned(),
        customized_rate_card: None,
        customized_url: None,
        visibility: SeedVisibility::Private,
        admins: vec![OPERATOR.to_owned()],
        authorized_users: Vec::new(),
        policies: [].into(),
        inventory: SeedInventories { active: inventory(Some(FIRST)), pending: None },
        application_review_steps: vec![live_step("first", &["user-dan"])],
        created: 0,
        modified: None,
        created_by: None,
    }
}

/// Returns the documents that every slice varies, one for each state: what a new TRE needs is in
/// them. One asks for the TRE to be deleted.
pub fn documents(of: impl FnOnce(Vec<Document>) -> Vec<Document>) -> Vec<Document> {
    let states = [DesiredState::Draft, DesiredState::Active, DesiredState::Maintenance];
    let mut documents = of(states
        .map(|state| Document {
            name: Some("Genomics".to_owned()),
            bill_to: Some(BILLING[0].to_owned()),
            region: Some(REGIONS[0].to_owned()),
            steps: Some(vec![step("first", Some(&["user-dan"]))]),
            ..Document::of(state)
        })
        .into());
    documents.push(Document::of(DesiredState::Deleted));
    documents
}

/// Returns a live review step.
pub fn live_step(id: &str, reviewers: &[&str]) -> SeedStep {
    SeedStep {
        id: id.to_owned(),
        name: Some(id.to_owned()),
        description: String::new(),
        reviewers: reviewers.iter().map(|it| (*it).to_owned()).collect(),
    }
}

/// Returns a review step of a document; without reviewers it leaves them as they are.
pub fn step(id: &str, reviewers: Option<&[&str]>) -> Step {
    let reviewers = reviewers.map(people);
    Step { id: id.to_owned(), name: None, description: None, reviewers }
}

/// Returns a list of people.
pub fn people(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Returns every part of a list, the empty one first.
pub fn parts<'a>(of: &[&'a str]) -> Vec<Vec<&'a str>> {
    let part = |set: usize| {
        let part = of.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
        part.map(|(_, item)| *item).collect()
    };
    (0..1_usize << of.len()).map(part).collect()
}

/// Returns "unmanaged", and each value.
pub fn or_unmanaged<T: Clone>(values: &[T]) -> Vec<Option<T>> {
    std::iter::once(None).chain(values.iter().cloned().map(Some)).collect()
}

/// Returns an inventory by its place in the directory.
pub fn inventory(place: Option<usize>) -> Option<SeedInventory> {
    place.map(|place| inventories().swap_remove(place))
}

/// Returns a TRE in every state with every inventory, pending ones included.
pub fn in_every_state(lives: Vec<SeedTre>, places: &[Option<usize>]) -> Vec<SeedTre> {
    let mut stages = Vec::new();
    for active in places {
        let states = [WireState::Draft, WireState::Active, WireState::Amending];
        stages.extend(states.map(|state| (state, *active, None)));
        let pending = places.iter().filter(|pending| pending.is_some() && *pending != active);
        stages.extend(pending.map(|pending| (WireState::Amending, *active, *pending)));
    }
    cross(lives, &stages, |tre, (state, active, pending)| {
        tre.state = *state;
        tre.inventory =
            SeedInventories { active: inventory(*active), pending: inventory(*pending) };
    })
}

/// Returns names that are exchanged at once.
pub fn exchange(pairs: &[(&str, &str)]) -> Exchange {
    pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

/// Returns the exchange of the first two inventories.
pub fn exchange_versions() -> Exchange {
    let [one, other] = [FIRST, SECOND].map(|place| inventory(Some(place)).unwrap());
    let data = |inventory: &SeedInventory| inventory.tabular_data.clone().unwrap();
    vec![(data(&one), data(&other)), (one.version, other.version)]
}

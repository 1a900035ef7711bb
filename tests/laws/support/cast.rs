//! The players of the tables: a TRE as it mostly is, and the parts of documents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use trectl::model::DesiredState;
use trectl::platform::seed::{Seed, SeedInventories, SeedStep, SeedTre, SeedVisibility};
use trectl::platform::wire::WireState;
use trectl::sim::World;

use super::stage::Stage;
use crate::world::directory::{TRE, inventories, seed};
use crate::world::document::{Document, Step};

/// A TRE in a state, with two reviewed steps, a few people, and the first inventory.
pub fn tre(state: WireState) -> SeedTre {
    let step = |id: &str, reviewer: &str| SeedStep {
        id: id.to_owned(),
        name: Some(id.to_owned()),
        description: String::new(),
        reviewers: vec![reviewer.to_owned()],
    };
    SeedTre {
        id: TRE.to_owned(),
        state,
        name: Some("Genomics".to_owned()),
        description: String::new(),
        bill_to: "org-ash".to_owned(),
        region: "aws:eu-west-2".to_owned(),
        customized_rate_card: None,
        customized_url: None,
        visibility: SeedVisibility::Private,
        admins: vec!["user-olga".to_owned(), "user-ben".to_owned()],
        authorized_users: vec!["user-eve".to_owned()],
        policies: [("restricted".to_owned(), json!(true))].into(),
        inventory: SeedInventories { active: Some(inventories().swap_remove(0)), pending: None },
        application_review_steps: vec![step("first", "user-dan"), step("second", "user-fay")],
        created: 0,
        modified: None,
        created_by: None,
    }
}

/// Returns a document that manages nothing but the state.
pub fn document(state: DesiredState) -> Document {
    Document::of(state)
}

/// Returns a list of people.
pub fn people(ids: &[&str]) -> Option<BTreeSet<String>> {
    Some(ids.iter().map(|id| (*id).to_owned()).collect())
}

/// Returns a review step that manages its reviewers, if any are given.
pub fn step(id: &str, reviewers: Option<BTreeSet<String>>) -> Step {
    Step { id: id.to_owned(), name: None, description: None, reviewers }
}

/// Returns policies by name.
pub fn policies(rows: &[(&str, Value)]) -> BTreeMap<String, Value> {
    rows.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Returns a document that asks an active TRE for its next inventory.
pub fn release() -> Document {
    Document { inventory: Some(inventories().swap_remove(1)), ..document(DesiredState::Active) }
}

/// Returns a platform that holds a TRE, or none.
pub fn stage(live: Option<SeedTre>) -> Stage {
    let seed = Seed { tres: live.into_iter().collect(), ..seed("user-olga") };
    Stage::of(World::seeded(&seed).unwrap())
}

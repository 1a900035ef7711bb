//! What a document amounts to, read from the contract: the TRE as the platform will describe it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trectl::model::{DesiredState, Visibility};
use trectl::platform::seed::SeedInventory;
use trectl::platform::wire::{TreDescription, WireInventories, WireInventory, WireState, WireStep};

use super::directory::TRE;
use super::document::{Document, Step};

/// Returns the TRE that a document asks for, given the one that is there; `None` where there is to
/// be none. What the document leaves out stays as it is, and the operator stays the admin it is.
pub fn goal(
    before: Option<&TreDescription>,
    document: &Document,
    operator: &str,
) -> Option<TreDescription> {
    let mut tre = before.cloned().unwrap_or_else(|| fresh(operator));
    let was = tre.state;
    tre.state = match document.state {
        DesiredState::Draft => WireState::Draft,
        DesiredState::Active => WireState::Active,
        DesiredState::Maintenance => WireState::Amending,
        DesiredState::Deleted => return None,
    };
    set(&mut tre.name, document.name.as_ref());
    set(&mut tre.description, document.description.as_ref());
    set(&mut tre.bill_to, document.bill_to.as_ref());
    set(&mut tre.region, document.region.as_ref());
    if let Some(visibility) = document.visibility {
        tre.visibility = match visibility {
            Visibility::Private => "private".to_owned(),
            Visibility::Public => "public".to_owned(),
        };
    }
    tre.customized_url = document.url.clone().or(tre.customized_url);
    tre.customized_rate_card = document.rate_card.clone().or(tre.customized_rate_card);
    tre.policies.extend(document.policies.clone());
    if let Some(admins) = &document.admins {
        let mut wanted = admins.clone();
        wanted.extend(tre.admins.iter().filter(|admin| *admin == operator).cloned());
        tre.admins = wanted.into_iter().collect();
    }
    if let Some(users) = &document.users {
        tre.authorized_users = users.iter().cloned().collect();
    }
    tre.inventory = inventories(&tre.inventory, document.inventory.as_ref(), (was, tre.state));
    if let Some(steps) = &document.steps {
        tre.application_review_steps =
            steps.iter().map(|step| review_step(step, &tre.application_review_steps)).collect();
    }
    Some(tre)
}

/// A new TRE is private, with no users, no policies set, no inventory; its creator is its admin.
fn fresh(operator: &str) -> TreDescription {
    TreDescription {
        id: TRE.to_owned(),
        state: WireState::Draft,
        name: String::new(),
        description: String::new(),
        bill_to: String::new(),
        region: String::new(),
        customized_rate_card: None,
        customized_url: None,
        visibility: "private".to_owned(),
        admins: vec![operator.to_owned()],
        authorized_users: Vec::new(),
        policies: BTreeMap::new(),
        inventory: WireInventories::default(),
        application_review_steps: Vec::new(),
        created: 0,
        modified: 0,
        created_by: operator.to_owned(),
    }
}

fn set(field: &mut String, wanted: Option<&String>) {
    if let Some(wanted) = wanted {
        field.clone_from(wanted);
    }
}

/// In a draft an inventory is set, in Maintenance it waits, and leaving Maintenance gives it out.
fn inventories(
    live: &WireInventories,
    wanted: Option<&SeedInventory>,
    (was, will_be): (WireState, WireState),
) -> WireInventories {
    let compared = live.pending.as_ref().or(live.active.as_ref());
    let wanted = match wanted.map(wire) {
        Some(wanted) if !compared.is_some_and(|live| is_same(live, &wanted)) => Some(wanted),
        _ => compared.cloned(),
    };
    let stays_closed = was != WireState::Draft && will_be == WireState::Amending;
    if !stays_closed {
        return WireInventories { active: wanted, pending: None };
    }
    let is_given_out = match (&live.active, &wanted) {
        (Some(active), Some(wanted)) => is_same(active, wanted),
        (None, None) => true,
        _ => false,
    };
    let pending = if is_given_out { None } else { wanted };
    WireInventories { active: live.active.clone(), pending }
}

fn wire(inventory: &SeedInventory) -> WireInventory {
    let SeedInventory { version, tabular_data, data_showcase, file_inventory, data_collections } =
        inventory.clone();
    WireInventory { version, tabular_data, data_showcase, file_inventory, data_collections }
}

/// Tells whether two inventories give out the same; a project that is not written fits any.
pub fn is_same(one: &WireInventory, other: &WireInventory) -> bool {
    let is_same_asset = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => match (one.split_once(':'), other.split_once(':')) {
            (Some(_), Some(_)) | (None, None) => one == other,
            (Some((_, object)), None) => object == other,
            (None, Some((_, object))) => object == one,
        },
        (None, None) => true,
        _ => false,
    };
    one.version == other.version
        && is_same_asset(&one.tabular_data, &other.tabular_data)
        && is_same_asset(&one.data_showcase, &other.data_showcase)
        && is_same_asset(&one.file_inventory, &other.file_inventory)
        && is_same_asset(&one.data_collections, &other.data_collections)
}

fn review_step(wanted: &Step, live: &[WireStep]) -> WireStep {
    let Step { id, name, description, reviewers } = wanted;
    let mut step = live.iter().find(|step| step.id == *id).cloned().unwrap_or_else(|| WireStep {
        id: id.clone(),
        name: id.clone(),
        description: String::new(),
        reviewers: Vec::new(),
    });
    set(&mut step.name, name.as_ref());
    set(&mut step.description, description.as_ref());
    if let Some(reviewers) = reviewers {
        step.reviewers = reviewers.iter().cloned().collect();
    }
    step
}

/// Returns a description in one spelling: lists are sets, a policy's loosest value is none, and
/// times do not count.
pub fn normal(tre: &TreDescription) -> TreDescription {
    let mut tre = tre.clone();
    sort(&mut tre.admins);
    sort(&mut tre.authorized_users);
    tre.application_review_steps.iter_mut().for_each(|step| sort(&mut step.reviewers));
    tre.policies.retain(|_, value| !is_loosest(value));
    for value in tre.policies.values_mut() {
        if let Value::Array(items) = value {
            items.sort_by_key(Value::to_string);
        }
    }
    (tre.created, tre.modified) = (0, 0);
    tre
}

fn sort(list: &mut Vec<String>) {
    let set: BTreeSet<String> = list.drain(..).collect();
    list.extend(set);
}

/// A policy that was never set counts as its loosest value: off, no limit, any.
pub fn is_loosest(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

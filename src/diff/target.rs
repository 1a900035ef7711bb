//! The TRE as it will be: what is live, with everything managed replaced by what is asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{DesiredStep, DesiredTre};
use crate::model::{
    OrgId, PolicyTable, PolicyValue, Region, ReviewStep, Strictness, Tre, TreState, UserId,
    Visibility,
};

/// Returns the TRE as it will be, or `None` where it is to be gone.
///
/// The operator stays the admin that it is, and is one of a TRE that it creates: it need not be
/// listed and cannot remove itself (D).
pub fn target(
    desired: &DesiredTre,
    live: Option<&Tre>,
    operator: &UserId,
    policies: &PolicyTable,
) -> Option<Tre> {
    let state = desired.state.value.live()?;
    let mut after = live.cloned().unwrap_or_else(|| fresh(desired, operator));
    after.state = state;
    set(&mut after.name, desired.name.as_ref().map(|at| &at.value));
    set(&mut after.description, desired.description.as_ref().map(|at| &at.value));
    set(&mut after.visibility, desired.visibility.as_ref().map(|at| &at.value));
    set(&mut after.bill_to, desired.bill_to.as_ref().map(|at| &at.value));
    set(&mut after.region, desired.region.as_ref().map(|at| &at.value));
    if let Some(url) = &desired.customized_url {
        after.customized_url = Some(url.value.clone());
    }
    if let Some(card) = &desired.customized_rate_card {
        after.customized_rate_card = Some(card.value.clone());
    }
    for (name, value) in &desired.policies {
        set_policy(&mut after.policies, name, &value.value, policies);
    }
    if let Some(admins) = &desired.admins {
        let keep_operator = after.admins.contains(operator).then(|| operator.clone());
        after.admins = admins.members.keys().cloned().chain(keep_operator).collect();
    }
    if let Some(users) = &desired.authorized_users {
        after.authorized_users = users.members.keys().cloned().collect();
    }
    if let Some(wanted) = &desired.inventory
        && !after.inventory.as_ref().is_some_and(|live| live.is_same(&wanted.inventory))
    {
        after.inventory = Some(wanted.inventory.clone());
    }
    if let Some(steps) = &desired.review_steps {
        after.review_steps = steps.value.iter().map(|step| review_step(step, live)).collect();
    }
    Some(after)
}

/// A new TRE is private, with no users, no policies set, no inventory; its creator is its admin (A).
fn fresh(desired: &DesiredTre, operator: &UserId) -> Tre {
    Tre {
        id: desired.id.value.clone(),
        state: TreState::Draft,
        name: String::new(),
        description: String::new(),
        visibility: Visibility::Private,
        policies: BTreeMap::new(),
        admins: BTreeSet::from([operator.clone()]),
        authorized_users: BTreeSet::new(),
        inventory: None,
        bill_to: OrgId::from_platform(""),
        region: Region::from_platform(""),
        customized_url: None,
        customized_rate_card: None,
        review_steps: Vec::new(),
    }
}

fn set<T: Clone>(field: &mut T, wanted: Option<&T>) {
    if let Some(wanted) = wanted {
        field.clone_from(wanted);
    }
}

/// Sets a policy, unless what is there means the same: a policy that was never set counts as its
/// loosest value (A), so writing that value changes nothing.
fn set_policy(
    live: &mut BTreeMap<String, PolicyValue>,
    name: &str,
    wanted: &PolicyValue,
    table: &PolicyTable,
) {
    let now = live.get(name).unwrap_or(&PolicyValue::Default);
    if table.compare(name, now, wanted) != Strictness::Same {
        live.insert(name.to_owned(), wanted.clone());
    }
}

fn review_step(wanted: &DesiredStep, live: Option<&Tre>) -> ReviewStep {
    let DesiredStep { range: _, id, name, description, reviewers } = wanted;
    let mut step =
        live.and_then(|live| live.review_step(&id.value)).cloned().unwrap_or_else(|| ReviewStep {
            id: id.value.clone(),
            name: id.value.to_string(),
            description: String::new(),
            reviewers: BTreeSet::new(),
        });
    set(&mut step.name, name.as_ref().map(|at| &at.value));
    set(&mut step.description, description.as_ref().map(|at| &at.value));
    if let Some(reviewers) = reviewers {
        step.reviewers = reviewers.members.keys().cloned().collect();
    }
    step
}

//! The record of what trectl last applied, kept true call by call, so that an interrupted run
//! leaves behind exactly what it did.

use std::collections::BTreeSet;

use crate::model::{
    AppliedStep, AppliedTre, PolicyValue, ReviewStep, StepId, Tre, TreState, UserId,
};
use crate::platform::{Call, NewStep, NewTre, TreUpdate};

/// Returns the record that `calls` are counted on: the one there is, with every list that they
/// touch and that was not managed before taken as it is now.
///
/// Calls name only what they add and remove. Without the list that they start from, an entry that
/// was there all along would look like somebody's edit once the record names the list.
/// The operator is left out, since it is never managed unless it is listed.
pub fn baseline(
    record: Option<&AppliedTre>,
    before: Option<&Tre>,
    calls: &[Call],
    operator: &UserId,
) -> AppliedTre {
    let state = before.map_or(TreState::Draft, |tre| tre.state);
    let mut record = record.cloned().unwrap_or_else(|| AppliedTre::of_state(state));
    for call in calls {
        match call {
            Call::AddAdmins(_) | Call::RemoveAdmins(_) => {
                record.admins.get_or_insert_with(|| {
                    let admins = before.map(|tre| tre.admins.clone()).unwrap_or_default();
                    admins.into_iter().filter(|admin| admin != operator).collect()
                });
            }
            Call::AddAuthorizedUsers(_) | Call::RemoveAuthorizedUsers(_) => {
                record.authorized_users.get_or_insert_with(|| {
                    before.map(|tre| tre.authorized_users.clone()).unwrap_or_default()
                });
            }
            Call::AddReviewStep(_) | Call::UpdateReviewStep { .. } | Call::RemoveReviewStep(_) => {
                review_steps(&mut record, before);
            }
            Call::AddReviewers(step, _) | Call::RemoveReviewers(step, _) => {
                review_steps(&mut record, before);
                reviewers(&mut record, before, step);
            }
            Call::Create(_)
            | Call::Update(_)
            | Call::SetPolicies(_)
            | Call::SetInventory(_)
            | Call::Publish
            | Call::Deactivate
            | Call::Reactivate
            | Call::Delete => {}
        }
    }
    record
}

fn review_steps(record: &mut AppliedTre, before: Option<&Tre>) {
    record.review_steps.get_or_insert_with(|| {
        let live = before.map(|tre| tre.review_steps.as_slice()).unwrap_or_default();
        live.iter().map(|step| bare_step(step.id.clone())).collect()
    });
}

fn reviewers(record: &mut AppliedTre, before: Option<&Tre>, id: &StepId) {
    let Some(step) = step_mut(record, id) else { return };
    step.reviewers.get_or_insert_with(|| {
        let live = before.and_then(|tre| tre.review_step(id));
        live.map(|step| step.reviewers.clone()).unwrap_or_default()
    });
}

fn bare_step(id: StepId) -> AppliedStep {
    AppliedStep { id, name: None, description: None, reviewers: None }
}

fn step_mut<'a>(record: &'a mut AppliedTre, id: &StepId) -> Option<&'a mut AppliedStep> {
    record.review_steps.as_mut()?.iter_mut().find(|step| step.id == *id)
}

/// Returns the record after a call of ours took effect; only what the call touched changes.
/// A deleted TRE has none.
pub fn absorb(record: Option<AppliedTre>, call: &Call) -> Option<AppliedTre> {
    let mut record = record.unwrap_or_else(|| AppliedTre::of_state(state_before(call)));
    match call {
        Call::Create(new) => absorb_create(&mut record, new),
        Call::Update(update) => absorb_update(&mut record, update),
        Call::SetPolicies(policies) => record.policies.extend(policies.clone()),
        Call::SetInventory(inventory) => record.inventory = Some(inventory.clone()),
        Call::AddReviewStep(step) => absorb_new_step(&mut record, step),
        Call::UpdateReviewStep { id, name, description } => {
            if let Some(step) = step_mut(&mut record, id) {
                replace(&mut step.name, name);
                replace(&mut step.description, description);
            }
        }
        Call::RemoveReviewStep(id) => {
            if let Some(steps) = &mut record.review_steps {
                steps.retain(|step| step.id != *id);
            }
        }
        Call::AddReviewers(step, people) => {
            if let Some(step) = step_mut(&mut record, step) {
                step.reviewers.get_or_insert_default().extend(people.iter().cloned());
            }
        }
        Call::RemoveReviewers(step, people) => {
            remove(step_mut(&mut record, step).and_then(|step| step.reviewers.as_mut()), people);
        }
        Call::AddAdmins(people) => {
            record.admins.get_or_insert_default().extend(people.iter().cloned());
        }
        Call::RemoveAdmins(people) => remove(record.admins.as_mut(), people),
        Call::AddAuthorizedUsers(people) => {
            record.authorized_users.get_or_insert_default().extend(people.iter().cloned());
        }
        Call::RemoveAuthorizedUsers(people) => remove(record.authorized_users.as_mut(), people),
        Call::Publish | Call::Reactivate => record.state = TreState::Active,
        Call::Deactivate => record.state = TreState::Maintenance,
        Call::Delete => return None,
    }
    Some(record)
}

/// Returns the state that a TRE must have been in for the call to succeed, where there is just
/// one; else Draft, the state of which least is assumed.
fn state_before(call: &Call) -> TreState {
    match call {
        Call::Deactivate => TreState::Active,
        Call::Reactivate => TreState::Maintenance,
        _ => TreState::Draft,
    }
}

fn absorb_create(record: &mut AppliedTre, new: &NewTre) {
    let NewTre { name, description, bill_to, region, customized_rate_card, customized_url } = new;
    record.state = TreState::Draft;
    record.name = Some(name.clone());
    record.bill_to = Some(bill_to.clone());
    record.region = Some(region.clone());
    replace(&mut record.description, description);
    replace(&mut record.customized_rate_card, customized_rate_card);
    replace(&mut record.customized_url, customized_url);
}

fn absorb_update(record: &mut AppliedTre, update: &TreUpdate) {
    let TreUpdate {
        name,
        description,
        visibility,
        bill_to,
        region,
        customized_rate_card,
        customized_url,
    } = update;
    replace(&mut record.name, name);
    replace(&mut record.description, description);
    replace(&mut record.visibility, visibility);
    replace(&mut record.bill_to, bill_to);
    replace(&mut record.region, region);
    replace(&mut record.customized_rate_card, customized_rate_card);
    replace(&mut record.customized_url, customized_url);
}

fn absorb_new_step(record: &mut AppliedTre, new: &NewStep) {
    let NewStep { id, name, description, reviewers } = new;
    let step = AppliedStep {
        id: id.clone(),
        name: Some(name.clone()),
        description: Some(description.clone()),
        reviewers: Some(reviewers.iter().cloned().collect()),
    };
    let steps = record.review_steps.get_or_insert_default();
    steps.retain(|other| other.id != *id);
    steps.push(step);
}

fn replace<T: Clone>(field: &mut Option<T>, value: &Option<T>) {
    if value.is_some() {
        field.clone_from(value);
    }
}

fn remove<T: Ord>(list: Option<&mut BTreeSet<T>>, people: &[T]) {
    if let Some(list) = list {
        for person in people {
            list.remove(person);
        }
    }
}

/// Tells whether the effect of a call can be seen on the platform.
pub fn is_visible(call: &Call, live: Option<&Tre>) -> bool {
    let Some(live) = live else { return *call == Call::Delete };
    match call {
        Call::Create(new) => is_created(new, live),
        Call::Update(update) => is_updated(update, live),
        Call::SetPolicies(policies) => policies.iter().all(|(name, value)| {
            loosest_as_default(live.policies.get(name)) == loosest_as_default(Some(value))
        }),
        Call::SetInventory(inventory) => {
            live.inventory.as_ref().is_some_and(|live| live.is_same(inventory))
        }
        Call::AddReviewStep(new) => {
            live.review_step(&new.id).is_some_and(|step| is_step_added(new, step))
        }
        Call::UpdateReviewStep { id, name, description } => {
            live.review_step(id).is_some_and(|step| {
                is_wanted(name.as_ref(), &step.name)
                    && is_wanted(description.as_ref(), &step.description)
            })
        }
        Call::RemoveReviewStep(id) => live.review_step(id).is_none(),
        Call::AddReviewers(step, people) => live
            .review_step(step)
            .is_some_and(|step| people.iter().all(|person| step.reviewers.contains(person))),
        Call::RemoveReviewers(step, people) => live
            .review_step(step)
            .is_some_and(|step| !people.iter().any(|person| step.reviewers.contains(person))),
        Call::AddAdmins(people) => people.iter().all(|person| live.admins.contains(person)),
        Call::RemoveAdmins(people) => !people.iter().any(|person| live.admins.contains(person)),
        Call::AddAuthorizedUsers(people) => {
            people.iter().all(|person| live.authorized_users.contains(person))
        }
        Call::RemoveAuthorizedUsers(people) => {
            !people.iter().any(|person| live.authorized_users.contains(person))
        }
        Call::Publish | Call::Reactivate => live.state == TreState::Active,
        Call::Deactivate => live.state == TreState::Maintenance,
        Call::Delete => false,
    }
}

/// A policy that was never set, one set to null and one switched off count the same (A).
fn loosest_as_default(value: Option<&PolicyValue>) -> &PolicyValue {
    match value {
        None | Some(PolicyValue::Bool(false)) => &PolicyValue::Default,
        Some(value) => value,
    }
}

fn is_wanted<T: PartialEq>(wanted: Option<&T>, live: &T) -> bool {
    wanted.is_none_or(|wanted| wanted == live)
}

fn is_created(new: &NewTre, live: &Tre) -> bool {
    let NewTre { name, description, bill_to, region, customized_rate_card, customized_url } = new;
    is_updated(
        &TreUpdate {
            name: Some(name.clone()),
            description: description.clone(),
            visibility: None,
            bill_to: Some(bill_to.clone()),
            region: Some(region.clone()),
            customized_rate_card: customized_rate_card.clone(),
            customized_url: customized_url.clone(),
        },
        live,
    )
}

fn is_updated(update: &TreUpdate, live: &Tre) -> bool {
    let TreUpdate {
        name,
        description,
        visibility,
        bill_to,
        region,
        customized_rate_card,
        customized_url,
    } = update;
    is_wanted(name.as_ref(), &live.name)
        && is_wanted(description.as_ref(), &live.description)
        && is_wanted(visibility.as_ref(), &live.visibility)
        && is_wanted(bill_to.as_ref(), &live.bill_to)
        && is_wanted(region.as_ref(), &live.region)
        && (customized_rate_card.is_none() || *customized_rate_card == live.customized_rate_card)
        && (customized_url.is_none() || *customized_url == live.customized_url)
}

fn is_step_added(new: &NewStep, step: &ReviewStep) -> bool {
    let NewStep { id, name, description, reviewers } = new;
    step.id == *id
        && step.name == *name
        && step.description == *description
        && reviewers.iter().all(|reviewer| step.reviewers.contains(reviewer))
}

/// Returns the record after an interrupted run: an intent whose effect is visible counts as ours,
/// one whose effect is not counts as never made.
pub fn settle(
    record: Option<AppliedTre>,
    unsettled: &[Call],
    live: Option<&Tre>,
) -> Option<AppliedTre> {
    unsettled.iter().filter(|call| is_visible(call, live)).fold(record, absorb)
}

#[cfg(test)]
mod tests;

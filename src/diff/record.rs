//! What to remember of a document once it is applied, and what it no longer manages.

use crate::desired::{DesiredStep, DesiredTre};
use crate::model::{AppliedStep, AppliedTre, PolicyTable};

use super::field::escape;

/// Returns the record of a document that the platform now agrees with; `None` where the TRE is to
/// be gone or is not managed.
pub fn record(desired: &DesiredTre, policies: &PolicyTable) -> Option<AppliedTre> {
    let state = desired.state.value.live().filter(|_| desired.is_managed)?;
    Some(AppliedTre {
        state,
        name: desired.name.as_ref().map(|at| at.value.clone()),
        description: desired.description.as_ref().map(|at| at.value.clone()),
        visibility: desired.visibility.as_ref().map(|at| at.value),
        policies: desired
            .policies
            .iter()
            .map(|(name, at)| (name.clone(), policies.normalize(name, &at.value)))
            .collect(),
        admins: desired.admins.as_ref().map(|people| people.members.keys().cloned().collect()),
        authorized_users: desired
            .authorized_users
            .as_ref()
            .map(|people| people.members.keys().cloned().collect()),
        inventory: desired.inventory.as_ref().map(|written| written.inventory.clone()),
        bill_to: desired.bill_to.as_ref().map(|at| at.value.clone()),
        region: desired.region.as_ref().map(|at| at.value.clone()),
        customized_url: desired.customized_url.as_ref().map(|at| at.value.clone()),
        customized_rate_card: desired.customized_rate_card.as_ref().map(|at| at.value.clone()),
        review_steps: desired
            .review_steps
            .as_ref()
            .map(|steps| steps.value.iter().map(applied_step).collect()),
    })
}

fn applied_step(step: &DesiredStep) -> AppliedStep {
    let DesiredStep { range: _, id, name, description, reviewers } = step;
    AppliedStep {
        id: id.value.clone(),
        name: name.as_ref().map(|at| at.value.clone()),
        description: description.as_ref().map(|at| at.value.clone()),
        reviewers: reviewers.as_ref().map(|people| people.members.keys().cloned().collect()),
    }
}

/// Returns the fields that the record manages and the document no longer does, as JSON Pointers
/// (steps by their ids).
pub fn released(applied: &AppliedTre, desired: &DesiredTre) -> Vec<String> {
    let AppliedTre {
        state: _,
        name,
        description,
        visibility,
        policies,
        admins,
        authorized_users,
        inventory,
        bill_to,
        region,
        customized_url,
        customized_rate_card,
        review_steps,
    } = applied;
    let scalars = [
        ("/name", name.is_some(), desired.name.is_some()),
        ("/description", description.is_some(), desired.description.is_some()),
        ("/visibility", visibility.is_some(), desired.visibility.is_some()),
        ("/admins", admins.is_some(), desired.admins.is_some()),
        ("/authorizedUsers", authorized_users.is_some(), desired.authorized_users.is_some()),
        ("/inventory", inventory.is_some(), desired.inventory.is_some()),
        ("/billTo", bill_to.is_some(), desired.bill_to.is_some()),
        ("/region", region.is_some(), desired.region.is_some()),
        ("/customizedURL", customized_url.is_some(), desired.customized_url.is_some()),
        (
            "/customizedRateCard",
            customized_rate_card.is_some(),
            desired.customized_rate_card.is_some(),
        ),
        ("/reviewSteps", review_steps.is_some(), desired.review_steps.is_some()),
    ];
    let mut paths: Vec<String> = scalars
        .into_iter()
        .filter(|(_, was, is)| *was && !*is)
        .map(|(path, _, _)| path.to_owned())
        .collect();
    paths.extend(
        policies
            .keys()
            .filter(|name| !desired.policies.contains_key(*name))
            .map(|name| format!("/policies/{}", escape(name))),
    );
    if let (Some(old), Some(new)) = (review_steps, &desired.review_steps) {
        for (index, step) in new.value.iter().enumerate() {
            if let Some(old) = old.iter().find(|old| old.id == step.id.value) {
                paths.extend(released_of_step(old, step, index));
            }
        }
    }
    paths.sort();
    paths
}

fn released_of_step(
    old: &AppliedStep,
    new: &DesiredStep,
    index: usize,
) -> impl Iterator<Item = String> {
    [
        ("name", old.name.is_some(), new.name.is_some()),
        ("description", old.description.is_some(), new.description.is_some()),
        ("reviewers", old.reviewers.is_some(), new.reviewers.is_some()),
    ]
    .into_iter()
    .filter(|(_, was, is)| *was && !*is)
    .map(move |(key, _, _)| format!("/reviewSteps/{index}/{key}"))
}

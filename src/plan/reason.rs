//! Why a step is there, in words for people.

use super::subject::Subject;
use crate::model::{DesiredState, PolicyValue, Visibility};
use crate::platform::{Call, TreUpdate};

/// Returns why a call is part of the plan of a TRE.
pub(crate) fn of(call: &Call, subject: &Subject<'_>) -> String {
    match call {
        Call::Create(_) => "Create the draft: there is no such TRE yet.".to_owned(),
        Call::Update(update) => settings(update),
        Call::SetPolicies(policies) => {
            let words: Vec<String> = policies.iter().map(policy).collect();
            format!("Set {}.", words.join(", "))
        }
        Call::SetInventory(inventory) if subject.live_state().is_some_and(|s| s.is_published()) => {
            let version = &inventory.version;
            if subject.given_out_before().is_some_and(|active| active.is_same(inventory)) {
                format!("Drop the pending inventory and stay with {version}.")
            } else {
                format!("Install {version} as the pending inventory.")
            }
        }
        Call::SetInventory(inventory) => format!("Set the inventory {}.", inventory.version),
        Call::AddReviewStep(step) => {
            let position = subject
                .after
                .as_ref()
                .and_then(|after| after.review_steps.iter().position(|other| other.id == step.id));
            format!("Append the review step `{}`{}.", step.id, ordinal(position))
        }
        Call::UpdateReviewStep { id, .. } => format!("Change the wording of the step `{id}`."),
        Call::RemoveReviewStep(id) => {
            let comes_back =
                subject.after.as_ref().is_some_and(|after| after.review_step(id).is_some());
            if comes_back {
                format!("Take out the step `{id}`, to append it in its new place.")
            } else {
                format!("Remove the step `{id}`.")
            }
        }
        Call::AddReviewers(step, people) => {
            format!("Let {} decide `{step}`.", count(people.len(), "more reviewer"))
        }
        Call::RemoveReviewers(step, people) => {
            format!("Take {} out of `{step}`.", count(people.len(), "reviewer"))
        }
        Call::AddAdmins(people) => format!("Add {}.", count(people.len(), "admin")),
        Call::RemoveAdmins(people) => format!("Remove {}.", count(people.len(), "admin")),
        Call::AddAuthorizedUsers(people) => {
            format!("Let {} in.", count(people.len(), "authorized user"))
        }
        Call::RemoveAuthorizedUsers(people) => {
            format!("Take {} off the list.", count(people.len(), "authorized user"))
        }
        Call::Publish => "Publish: it opens for requests, for good.".to_owned(),
        Call::Deactivate => deactivate(subject),
        Call::Reactivate => reactivate(subject),
        Call::Delete => "Delete the TRE, for good.".to_owned(),
    }
}

fn settings(update: &TreUpdate) -> String {
    let TreUpdate {
        name,
        description,
        visibility,
        bill_to,
        region,
        customized_rate_card,
        customized_url,
    } = update;
    let parts = [
        (name.is_some(), "name"),
        (description.is_some(), "description"),
        (bill_to.is_some(), "billing org"),
        (region.is_some(), "region"),
        (customized_rate_card.is_some(), "rate card"),
        (customized_url.is_some(), "address"),
    ];
    let mut words: Vec<String> = parts
        .into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, word)| format!("set the {word}"))
        .collect();
    match visibility {
        Some(Visibility::Public) => words.push("make it public".to_owned()),
        Some(Visibility::Private) => words.push("make it private".to_owned()),
        None => {}
    }
    let mut sentence = words.join(", ");
    if let Some(first) = sentence.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    format!("{sentence}.")
}

fn policy((name, value): (&String, &PolicyValue)) -> String {
    format!("{name} to {value}")
}

fn ordinal(position: Option<usize>) -> String {
    position.map_or_else(String::new, |index| format!(", number {}", index + 1))
}

fn count(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn deactivate(subject: &Subject<'_>) -> String {
    match subject.desired.state.value {
        DesiredState::Deleted => "Deactivate: an active TRE cannot be deleted.".to_owned(),
        DesiredState::Maintenance => "Deactivate: it takes no new requests.".to_owned(),
        DesiredState::Draft | DesiredState::Active => {
            "Deactivate: only in Maintenance the inventory can change.".to_owned()
        }
    }
}

fn reactivate(subject: &Subject<'_>) -> String {
    let version = subject
        .after
        .as_ref()
        .filter(|_| subject.given_out_changes())
        .and_then(|after| after.inventory.as_ref())
        .map(|inventory| &inventory.version);
    match version {
        Some(version) => format!("Reactivate: {version} goes live, and requests are taken again."),
        None => "Reactivate: requests are taken again.".to_owned(),
    }
}

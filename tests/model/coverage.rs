//! Which rule of the platform a case decides: the setting that alone changes, and the states.

use trectl::model::DesiredState;
use trectl::platform::wire::{TreDescription, WireState, WireStep};

use super::case::{Case, settings};
use crate::world::goal::normal;

/// A setting, by its key in a document, or a live state; and a state.
pub type Pair = (String, String);

/// Returns the cell of the lock rules that a case decides, if it does, and its two states.
pub fn decided(case: &Case<'_>) -> (Option<Pair>, Pair) {
    let live = case.before().map_or("none", |tre| word(tre.state));
    let wanted = match case.document().state {
        DesiredState::Draft => "draft",
        DesiredState::Active => "active",
        DesiredState::Maintenance => "maintenance",
        DesiredState::Deleted => "deleted",
    };
    let cell = case.before().zip(case.goal.as_ref()).and_then(|(before, goal)| {
        if before.state != goal.state {
            return None;
        }
        let changed = changed(&normal(before), &normal(goal));
        let [setting] = changed[..] else { return None };
        Some((setting.to_owned(), live.to_owned()))
    });
    (cell, (live.to_owned(), wanted.to_owned()))
}

fn word(state: WireState) -> &'static str {
    match state {
        WireState::Draft => "draft",
        WireState::Active => "active",
        WireState::Amending => "maintenance",
    }
}

/// Returns the settings that differ, by their keys in a document.
fn changed(before: &TreDescription, goal: &TreDescription) -> Vec<&'static str> {
    let pairs = settings(before).into_iter().zip(settings(goal));
    let mut changed: Vec<&'static str> =
        pairs.filter(|((_, old), (_, new))| old != new).map(|((key, _), _)| key).collect();
    let whole = [
        ("policies", before.policies != goal.policies),
        ("admins", before.admins != goal.admins),
        ("authorizedUsers", before.authorized_users != goal.authorized_users),
        ("inventory", before.inventory != goal.inventory),
    ];
    changed.extend(whole.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key));
    changed.extend(pipeline(&before.application_review_steps, &goal.application_review_steps));
    changed
}

fn pipeline(before: &[WireStep], goal: &[WireStep]) -> Vec<&'static str> {
    let ids = |steps: &[WireStep]| steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>();
    if ids(before) != ids(goal) {
        return vec!["reviewSteps"];
    }
    let mut changed = Vec::new();
    let mut pairs = before.iter().zip(goal);
    if pairs
        .clone()
        .any(|(old, new)| (&old.name, &old.description) != (&new.name, &new.description))
    {
        changed.push("reviewSteps[].name, reviewSteps[].description");
    }
    if pairs.any(|(old, new)| old.reviewers != new.reviewers) {
        changed.push("reviewSteps[].reviewers");
    }
    changed
}

//! Which consents a change needs, read from contract 4 alone, where nothing was applied before.

use std::collections::BTreeSet;

use trectl::model::{ConsentKind, DesiredState};
use trectl::platform::wire::{TreDescription, WireState};

use super::case::Case;
use crate::world::exposure::is_at_least_as_strict;
use crate::world::goal::{is_loosest, is_same};

/// The guard against removing many people at once, low enough for a small world.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    pub percent: usize,
    pub least_people: usize,
}

/// More than this share of at least so many people.
pub const GUARD: Guard = Guard { percent: 30, least_people: 4 };

/// Returns the consents that a case needs, if it can be done at all.
pub fn needed(case: &Case<'_>) -> BTreeSet<ConsentKind> {
    let before = case.before().filter(|_| !case.is_hidden());
    let document = case.document();
    if document.state == DesiredState::Deleted {
        return before.map(|_| ConsentKind::Delete).into_iter().collect();
    }
    let Some(goal) = &case.goal else { return BTreeSet::new() };
    let mut needed = BTreeSet::new();
    let is_draft = before.is_none_or(|tre| tre.state == WireState::Draft);
    if is_draft && goal.state == WireState::Active {
        needed.insert(ConsentKind::Publish);
    }
    // A new TRE lets in nobody whom it kept out before: creating a draft needs no consent.
    let Some(before) = before else { return needed };
    if before.state == WireState::Active && closes(before, goal) {
        needed.insert(ConsentKind::Maintenance);
    }
    let goes_public = before.visibility == "private" && goal.visibility == "public";
    let is_looser = |name: &String| {
        let of = |tre: &TreDescription| {
            tre.policies.get(name).filter(|value| !is_loosest(value)).cloned()
        };
        !is_at_least_as_strict(of(goal).as_ref(), of(before).as_ref())
    };
    if goes_public || document.policies.keys().any(is_looser) {
        needed.insert(ConsentKind::Loosen);
    }
    if empties_a_list(before, goal, case.slice.actor)
        || removes_many(before, goal, case.slice.actor)
    {
        needed.insert(ConsentKind::MassRemoval);
    }
    needed
}

/// Tells whether an active TRE has to be deactivated: for good, or for a release.
fn closes(before: &TreDescription, goal: &TreDescription) -> bool {
    let is_same_inventory = match (&before.inventory.active, &goal.inventory.active) {
        (Some(old), Some(new)) => is_same(old, new),
        (old, new) => old.is_some() == new.is_some(),
    };
    goal.state == WireState::Amending || !is_same_inventory
}

/// Tells whether a list that has people is emptied. The acting account, which stays an admin
/// whether it is listed or not, makes no list of admins; a step that goes has no list any more. The
/// contract names neither, and this is how plans read it.
fn empties_a_list(before: &TreDescription, goal: &TreDescription, operator: &str) -> bool {
    let others = |admins: &[String]| admins.iter().any(|admin| admin != operator);
    let is_emptied = |old: &[String], new: &[String]| !old.is_empty() && new.is_empty();
    let mut steps = goal.application_review_steps.iter().filter_map(|step| {
        let old = before.application_review_steps.iter().find(|old| old.id == step.id)?;
        Some((old, step))
    });
    (others(&before.admins) && !others(&goal.admins))
        || is_emptied(&before.authorized_users, &goal.authorized_users)
        || steps.any(|(old, new)| is_emptied(&old.reviewers, &new.reviewers))
}

/// Tells whether more than the guard's share of people and orgs lose their last role. The acting
/// account, which cannot lose its part as an admin, does not count as one.
fn removes_many(before: &TreDescription, goal: &TreDescription, operator: &str) -> bool {
    let everybody = |tre: &TreDescription| -> BTreeSet<String> {
        let admins = tre.admins.iter().filter(|admin| *admin != operator);
        let reviewers = tre.application_review_steps.iter().flat_map(|step| &step.reviewers);
        admins.chain(&tre.authorized_users).chain(reviewers).cloned().collect()
    };
    let (had, have) = (everybody(before), everybody(goal));
    let lost = had.difference(&have).count();
    had.len() >= GUARD.least_people && lost * 100 > had.len() * GUARD.percent
}

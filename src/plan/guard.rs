//! Guards: figures above which a change needs a consent although each part of it is allowed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::consent::Need;
use super::subject::Subject;
use crate::access;
use crate::desired::ConsentKind;
use crate::model::{Principal, Tre, UserId};
use crate::platform::Operation;

/// Returns the needs for `mass-removal`: many people lose their last role, or a list that has
/// people on the platform is emptied.
pub(crate) fn mass_removal(subject: &Subject<'_>) -> Vec<Need> {
    let (Some(before), Some(after)) = (subject.before(), &subject.after) else { return Vec::new() };
    let lists = lists(subject, before, after);
    let mut needs: Vec<Need> = lists
        .iter()
        .filter(|list| list.before > 0 && list.after.is_empty())
        .map(|list| Need {
            kind: ConsentKind::MassRemoval,
            reason: format!(
                "`{}` has {} on the platform and is emptied.",
                list.pointer,
                people(list.before)
            ),
            values: BTreeMap::from([(list.pointer.clone(), json!(list.after))]),
            operations: BTreeSet::from([list.operation]),
        })
        .collect();
    needs.extend(share(subject, (before, after), &lists));
    needs
}

/// Checks the share of the people of a TRE that lose their last role in it.
fn share(subject: &Subject<'_>, (before, after): (&Tre, &Tre), lists: &[List]) -> Option<Need> {
    let guards = subject.ctx.desired.project.guards;
    let had = everybody(before, subject.operator());
    let have = everybody(after, subject.operator());
    let lost = had.difference(&have).count();
    let percent = guards.mass_removal_percent as usize;
    let is_small = had.len() < guards.mass_removal_least_people as usize;
    if is_small || lost * 100 <= had.len() * percent {
        return None;
    }
    let shrinking = lists.iter().filter(|list| list.shrinks);
    let takes_step_out =
        before.review_steps.iter().any(|step| after.review_step(&step.id).is_none());
    let step = takes_step_out.then_some(Operation::RemoveReviewStep);
    Some(Need {
        kind: ConsentKind::MassRemoval,
        reason: format!(
            "{lost} of {} lose their last role in this TRE. The guard `massRemoval` lets {percent} \
             percent go without a consent, which is {} here.",
            people(had.len()),
            had.len() * percent / 100
        ),
        operations: shrinking.clone().map(|list| list.operation).chain(step).collect(),
        values: shrinking.map(|list| (list.pointer.clone(), json!(list.after))).collect(),
    })
}

fn people(count: usize) -> String {
    if count == 1 { "1 person or org".to_owned() } else { format!("{count} people and orgs") }
}

/// A list of people: how many it has, and what it will hold.
struct List {
    pointer: String,
    before: usize,
    after: Vec<Value>,
    shrinks: bool,
    operation: Operation,
}

fn lists(subject: &Subject<'_>, before: &Tre, after: &Tre) -> Vec<List> {
    let operator = subject.operator();
    let others = |admins: &BTreeSet<UserId>| -> BTreeSet<UserId> {
        admins.iter().filter(|admin| *admin != operator).cloned().collect()
    };
    let mut lists = vec![
        list("/admins", &others(&before.admins), &others(&after.admins), Operation::RemoveAdmins),
        list(
            "/authorizedUsers",
            &before.authorized_users,
            &after.authorized_users,
            Operation::RemoveAuthorizedUsers,
        ),
    ];
    for change in subject.reviewer_changes() {
        let index = after.review_steps.iter().position(|step| step.id == change.after.id);
        let pointer = format!("/reviewSteps/{}/reviewers", index.unwrap_or(0));
        lists.push(list(
            &pointer,
            &change.before.reviewers,
            &change.after.reviewers,
            Operation::RemoveReviewers,
        ));
    }
    lists
}

fn list<T: Ord + serde::Serialize>(
    pointer: &str,
    before: &BTreeSet<T>,
    after: &BTreeSet<T>,
    operation: Operation,
) -> List {
    List {
        pointer: pointer.to_owned(),
        before: before.len(),
        after: after.iter().map(|person| json!(person)).collect(),
        shrinks: !before.is_subset(after),
        operation,
    }
}

/// Returns everybody who has a role in a TRE, the operator apart.
pub(crate) fn everybody(tre: &Tre, operator: &UserId) -> BTreeSet<Principal> {
    let is_operator = |id: &Principal| matches!(id, Principal::User(user) if user == operator);
    let mut roles = access::roles(tre);
    roles.retain(|id, paths| {
        !is_operator(id) || paths.iter().any(|path| *path != access::Path::Admin)
    });
    roles.into_keys().collect()
}

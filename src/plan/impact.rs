//! What a change means for people: who comes in, who is out, who stays in by another way.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Impact, PersonImpact};
use super::subject::Subject;
use crate::desired::{DesiredTre, Origin};
use crate::diff::Effect;
use crate::model::{Lookup, Principal, Tre, Visibility};

/// Returns what the change of one TRE means for people.
pub(crate) fn impact(subject: &Subject<'_>) -> Impact {
    let before = subject.before().map(|tre| roles(tre, subject)).unwrap_or_default();
    let after = subject.after.as_ref().map(|tre| roles(tre, subject)).unwrap_or_default();
    let mut impact = Impact {
        requests: subject
            .ctx
            .live
            .requests
            .get(&subject.desired.id.value)
            .copied()
            .unwrap_or_default(),
        ..Impact::default()
    };
    for (person, ways) in &after {
        if !before.contains_key(person) {
            let mut via: Vec<String> = ways.iter().cloned().collect();
            via.extend(groups_of(subject.desired, person));
            impact.gain_access.push(PersonImpact { id: person.to_string(), via });
        }
    }
    for (person, ways) in &before {
        let now = after.get(person);
        let lost: Vec<String> =
            ways.iter().filter(|way| !now.is_some_and(|now| now.contains(*way))).cloned().collect();
        if lost.is_empty() {
            continue;
        }
        let left: Vec<String> =
            now.into_iter().flatten().cloned().chain(other_ways(subject, person)).collect();
        if left.is_empty() {
            impact.lose_access.push(PersonImpact { id: person.to_string(), via: lost });
        } else {
            impact.keep_access.push(PersonImpact { id: person.to_string(), via: left });
        }
    }
    for change in &subject.changes {
        match change.effect {
            Effect::Loosens => impact.loosened.push(change.path.clone()),
            Effect::Tightens => impact.tightened.push(change.path.clone()),
            Effect::Neutral | Effect::Incomparable => {}
        }
    }
    impact.unknown = unknown(subject, &impact);
    impact
}

/// Returns everybody who has a role, with the roles; the operator apart.
fn roles(tre: &Tre, subject: &Subject<'_>) -> BTreeMap<Principal, BTreeSet<String>> {
    let mut roles: BTreeMap<Principal, BTreeSet<String>> = BTreeMap::new();
    for admin in tre.admins.iter().filter(|admin| *admin != subject.operator()) {
        roles.entry(Principal::User(admin.clone())).or_default().insert("admin".to_owned());
    }
    for person in &tre.authorized_users {
        roles.entry(person.clone()).or_default().insert("authorized user".to_owned());
    }
    for step in &tre.review_steps {
        for reviewer in &step.reviewers {
            roles
                .entry(Principal::User(reviewer.clone()))
                .or_default()
                .insert(format!("reviewer of {}", step.id));
        }
    }
    roles
}

/// Returns the groups through which somebody is listed.
fn groups_of(desired: &DesiredTre, person: &Principal) -> Vec<String> {
    let users = desired.authorized_users.iter().filter_map(|people| people.members.get(person));
    let mut ways: Vec<&Origin> = users.flatten().collect();
    if let Principal::User(user) = person {
        let steps = desired.review_steps.iter().flat_map(|steps| &steps.value);
        let lists = desired.admins.iter().chain(steps.filter_map(|step| step.reviewers.as_ref()));
        ways.extend(lists.filter_map(|people| people.members.get(user)).flatten());
    }
    let groups: BTreeSet<String> =
        ways.iter().flat_map(|way| &way.path).map(|group| format!("group:{group}")).collect();
    groups.into_iter().collect()
}

/// Returns the ways in that need no listing: everybody in a public TRE, members of a listed org.
fn other_ways(subject: &Subject<'_>, person: &Principal) -> Vec<String> {
    let Some(after) = &subject.after else { return Vec::new() };
    let mut ways = Vec::new();
    if after.visibility == Visibility::Public {
        ways.push("public".to_owned());
    }
    let Principal::User(user) = person else { return ways };
    for listed in &after.authorized_users {
        if let Principal::Org(org) = listed
            && matches!(subject.ctx.directory.member(org, user), Lookup::Known(_))
        {
            ways.push(org.to_string());
        }
    }
    ways
}

fn unknown(subject: &Subject<'_>, impact: &Impact) -> Vec<String> {
    let mut unknown = Vec::new();
    if subject.live_state().is_some_and(crate::model::TreState::is_published)
        && !impact.lose_access.is_empty()
    {
        unknown.push("existing projects".to_owned());
    }
    let orgs = impact.gain_access.iter().filter(|person| person.id.starts_with("org-"));
    unknown.extend(orgs.map(|org| format!("members of {}", org.id)));
    unknown
}

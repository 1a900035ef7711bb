//! Who comes in, who leaves, who stays in by another way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Verbosity;
use super::field::{Part, count, entries, is_people, name, part};
use super::text::{Page, Para, Role};
use crate::access::{self, Grant, Right};
use crate::plan::{
    EVERYBODY, EXISTING_PROJECTS, FieldChange, Impact, PersonImpact, Place, TreChange,
    UNCOUNTED_REQUESTS,
};

/// Up to so many people are named without being asked.
const NAMED: usize = 8;

/// Writes the rows about people.
pub fn rows(page: &mut Page, change: &TreChange, verbosity: Verbosity) {
    let Impact { gain_access, lose_access, keep_access, more_access, .. } = &change.impact;
    let label = head_label("+", gain_access, ("comes in", "come in"));
    listing(page, change, (Role::Add, &label), gain_access, (verbosity, Some("They can")));
    let label = head_label("+", more_access, ("gets more", "get more"));
    listing(page, change, (Role::Add, &label), more_access, (verbosity, Some("They can also")));
    let label = head_label("−", lose_access, ("leaves", "leave"));
    listing(page, change, (Role::Remove, &label), lose_access, (verbosity, None));
    let label = head_label(" ", keep_access, ("stays in", "stay in"));
    listing(page, change, (Role::Plain, &label), keep_access, (verbosity, None));
    if change.impact.unknown.iter().any(|unknown| unknown == EXISTING_PROJECTS) {
        let text = not_undone(change);
        if !lose_access.is_empty() {
            page.row((Role::Strong, "  Not undone"), &[Para::words(text)]);
        }
    }
    other_roles(page, change, verbosity);
    not_visible(page, change);
}

/// Returns how many people a list stands for: users, and members of orgs where they are known.
pub fn heads(people: &[PersonImpact]) -> u64 {
    people.iter().map(heads_of).sum()
}

fn heads_of(person: &PersonImpact) -> u64 {
    match person.id.strip_prefix("user-") {
        Some(_) => 1,
        None => person.members.unwrap_or_default(),
    }
}

/// Tells whether it is about nobody in particular.
pub fn is_everybody(people: &[PersonImpact]) -> bool {
    people.iter().any(|person| person.id == EVERYBODY)
}

/// Returns the label of a list: how many people, or orgs where nobody can tell how many people.
fn head_label(sign: &str, people: &[PersonImpact], (one, many): (&str, &str)) -> String {
    if is_everybody(people) {
        return format!("{sign} everybody");
    }
    match heads(people) {
        0 => format!(
            "{sign} {}",
            count(people.len(), &format!("org {one}"), &format!("orgs {many}"))
        ),
        1 => format!("{sign} 1 {one}"),
        heads => format!("{sign} {heads} {many}"),
    }
}

/// Writes people by the way they come, go or stay, and what a way gives behind the last one that
/// gives the same.
fn listing(
    page: &mut Page,
    change: &TreChange,
    label: (Role, &str),
    people: &[PersonImpact],
    (verbosity, gives): (Verbosity, Option<&str>),
) {
    let ways = ways(people);
    let given = |way: &Way<'_>| gives.and_then(|lead| consequence(lead, way, change));
    for (index, way) in ways.iter().enumerate() {
        let heads = way.heads();
        let share = if ways.len() > 1 && heads > 0 { format!("{heads} ") } else { String::new() };
        let names: Vec<String> = way.people.iter().copied().map(named).collect();
        let text = format!("{share}{}: {}.", way.words(), name_some(&names, verbosity));
        let ids: Vec<String> = way.people.iter().map(|person| person.id.clone()).collect();
        let label = if index == 0 { label } else { (Role::Plain, "") };
        page.row(label, &[Para::words(text).at(place_of(change, &ids))]);
        let text = given(way);
        if let Some(text) = &text
            && ways.get(index + 1).and_then(given).as_ref() != Some(text)
        {
            page.row((Role::Plain, ""), &[Para::words(text)]);
        }
    }
}

/// Names somebody; an org with how many members come or go by it.
fn named(person: &PersonImpact) -> String {
    let PersonImpact { id, via: _, gives: _, members } = person;
    match members {
        _ if id == EVERYBODY => "everybody on the platform".to_owned(),
        _ if !id.starts_with("org-") => id.clone(),
        None => format!("{id} and all its members"),
        Some(0) => format!("{id}, nobody by it alone"),
        Some(members) => {
            let members = usize::try_from(*members).unwrap_or(usize::MAX);
            format!("{id} with {}", count(members, "member", "members"))
        }
    }
}

/// Says what each way gives, once where several give the same.
pub fn consequences(lead: &str, people: &[PersonImpact], change: &TreChange) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for text in ways(people).iter().filter_map(|way| consequence(lead, way, change)) {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

/// Says what a way gives.
fn consequence(lead: &str, way: &Way<'_>, change: &TreChange) -> Option<String> {
    let gives = &way.people.first()?.gives;
    let waits = change.desired_state.as_deref() == Some("maintenance")
        && !gives.iter().any(|grant| grant.right == Right::ChangeTre);
    let rest = if waits { " No new requests until it is active again." } else { "" };
    Some(format!("{lead} {}.{rest}", access::words(gives)?))
}

/// Says what taking somebody off a list does not take away.
pub fn not_undone(change: &TreChange) -> String {
    let beyond = "Projects that they already have are beyond trectl: close those on the platform.";
    match change.impact.requests.approved {
        // Nobody counted them, or there is none: either way there is no figure to give.
        0 => beyond.to_owned(),
        1 => format!("This TRE has 1 approved request; trectl does not read whose it is. {beyond}"),
        n => format!("This TRE has {n} approved requests; trectl does not read whose. {beyond}"),
    }
}

/// People who change a list that leads nowhere, such as one of a draft.
fn other_roles(page: &mut Page, change: &TreChange, verbosity: Verbosity) {
    let mut roles: BTreeMap<(Moved, String), Vec<String>> = BTreeMap::new();
    for (id, moved, role) in list_changes(change) {
        roles.entry((moved, role)).or_default().push(id.to_owned());
    }
    for ((moved, role), people) in &roles {
        let sign = if *moved == Moved::In { "+ list" } else { "− list" };
        let verb = moved.verb();
        let names = name_some(people, verbosity);
        let text = format!("{names}: {verb} {role}.");
        page.row((Role::Change, sign), &[Para::words(text).at(place_of(change, people))]);
    }
    let is_draft = change.desired_state.as_deref() == Some("draft");
    if is_draft && roles.keys().any(|(moved, _)| *moved == Moved::In) {
        let text = "A draft is visible to its admins only †: others get in at publishing.";
        page.row((Role::Plain, ""), &[Para::words(text)]);
    }
}

/// Says what nobody could tell about these people.
fn not_visible(page: &mut Page, change: &TreChange) {
    let is_said = |unknown: &str| {
        let mut said = change.warnings.iter().map(|warning| warning.replace('`', ""));
        said.any(|warning| warning.contains(unknown))
    };
    let is_of_others = |unknown: &&String| {
        *unknown != EXISTING_PROJECTS && *unknown != UNCOUNTED_REQUESTS && !is_said(unknown)
    };
    let unknown: Vec<&str> =
        change.impact.unknown.iter().filter(is_of_others).map(String::as_str).collect();
    if !unknown.is_empty() {
        let text = format!("{}.", unknown.join("; "));
        page.row((Role::Attention, "Not visible"), &[Para::words(text)]);
    }
}

/// Returns who comes to or leaves a list without coming in, leaving, staying or getting more by it.
pub fn list_changes(change: &TreChange) -> Vec<(&str, Moved, String)> {
    let Impact { gain_access, lose_access, keep_access, more_access, .. } = &change.impact;
    let told: BTreeSet<&str> = [gain_access, lose_access, keep_access, more_access]
        .into_iter()
        .flatten()
        .map(|person| person.id.as_str())
        .collect();
    let mut changes = Vec::new();
    for (role, (added, removed)) in moved(change) {
        for (moved, ids) in [(Moved::In, added), (Moved::Out, removed)] {
            let ids = ids.into_iter().filter(|id| !told.contains(id));
            changes.extend(ids.map(|id| (id, moved, role.clone())));
        }
    }
    changes
}

/// To a list, or from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moved {
    In,
    Out,
}

impl Moved {
    /// Returns what is said between somebody and the list.
    pub fn verb(self) -> &'static str {
        match self {
            Self::In => "listed as",
            Self::Out => "no longer listed as",
        }
    }
}

fn role(part: &Part) -> String {
    match part {
        Part::Admins => "TRE admin".to_owned(),
        Part::AuthorizedUsers => "authorized user".to_owned(),
        Part::Reviewers(step) => format!("reviewer of {step}"),
        other => name(other),
    }
}

/// Returns who comes to or leaves which list; the reviewers of a step that comes or goes too.
fn moved(change: &TreChange) -> impl Iterator<Item = (String, (Vec<&str>, Vec<&str>))> {
    let is_of_people =
        |field: &&FieldChange| is_people(&field.path) || field.path.starts_with("/reviewSteps/");
    change.fields.iter().filter(is_of_people).filter_map(|field| match part(change, &field.path) {
        part @ (Part::Admins | Part::AuthorizedUsers | Part::Reviewers(_)) => {
            Some((role(&part), entries(field)))
        }
        Part::ReviewStep(Some(step), None) => {
            let of = |value| reviewers(value).collect();
            Some((format!("reviewer of {step}"), (of(&field.after), of(&field.before))))
        }
        _ => None,
    })
}

fn reviewers(step: &Value) -> impl Iterator<Item = &str> {
    step.get("reviewers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Returns the fields that are lists of people.
fn lists(change: &TreChange) -> impl Iterator<Item = &FieldChange> {
    change.fields.iter().filter(|field| is_people(&field.path))
}

/// People who share a way in and what it gives.
pub struct Way<'a> {
    via: &'a [String],
    pub people: Vec<&'a PersonImpact>,
}

impl Way<'_> {
    /// Returns how many people it stands for, as far as that is known.
    pub fn heads(&self) -> u64 {
        self.people.iter().copied().map(heads_of).sum()
    }

    /// Says the roles, and the groups on the way.
    pub fn words(&self) -> String {
        let (groups, roles): (Vec<&str>, Vec<&str>) =
            self.via.iter().map(String::as_str).partition(|via| is_way(via));
        match (roles.as_slice(), groups.as_slice()) {
            ([], ["public"]) => "as visitors of a public TRE".to_owned(),
            ([], []) => "listed by name".to_owned(),
            ([], groups) => format!("through {}", groups.join(" and ")),
            (roles, []) => format!("as {}", roles.join(" and ")),
            (roles, groups) => {
                format!("as {}, through {}", roles.join(" and "), groups.join(" and "))
            }
        }
    }
}

/// Tells whether this is a way on which somebody comes in, and not what they are then.
fn is_way(via: &str) -> bool {
    via.starts_with("group:") || via.starts_with("org-") || via == "public"
}

/// Returns people by the way they come, go or stay.
pub fn ways(people: &[PersonImpact]) -> Vec<Way<'_>> {
    let mut ways: BTreeMap<(&[String], &[Grant]), Vec<&PersonImpact>> = BTreeMap::new();
    for person in people {
        ways.entry((&person.via, &person.gives)).or_default().push(person);
    }
    ways.into_iter().map(|((via, _), people)| Way { via, people }).collect()
}

/// Names people; where they are many, a few of them unless all are asked for.
pub fn name_some(people: &[String], verbosity: Verbosity) -> String {
    let most = if verbosity >= Verbosity::Verbose { usize::MAX } else { NAMED };
    if people.len() <= most {
        return people.join(", ");
    }
    let named = people.iter().take(NAMED - 2).cloned().collect::<Vec<_>>().join(", ");
    format!("{named} and {} more (-v names all)", people.len() + 2 - NAMED)
}

/// Returns the one stretch of one file where these people are written, if it is one.
fn place_of(change: &TreChange, people: &[String]) -> Option<String> {
    let wanted: BTreeSet<&str> = people.iter().map(String::as_str).collect();
    let places = lists(change)
        .filter(|field| {
            let (added, removed) = entries(field);
            added.iter().chain(&removed).any(|id| wanted.contains(id))
        })
        .filter_map(|field| field.range.as_ref());
    Place::stretch(places)
}

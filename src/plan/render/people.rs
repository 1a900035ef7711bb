//! Who comes in, who leaves, who stays in by another way.

use std::collections::{BTreeMap, BTreeSet};

use super::Verbosity;
use super::field::{Part, count, entries, name, part};
use super::text::{Page, Para, Role};
use crate::plan::{FieldChange, Impact, PersonImpact, Place, TreChange};

/// Up to so many people are named without being asked.
const NAMED: usize = 8;

/// Writes the rows about people.
pub fn rows(page: &mut Page, change: &TreChange, verbosity: Verbosity) {
    let Impact { gain_access, lose_access, keep_access, .. } = &change.impact;
    let label = format!("+ {}", count(gain_access.len(), "comes in", "come in"));
    listing(page, change, (Role::Add, &label), gain_access, verbosity);
    if !gain_access.is_empty() {
        page.row((Role::Plain, ""), &[Para::words(consequence(change))]);
    }
    let label = format!("− {}", count(lose_access.len(), "leaves", "leave"));
    listing(page, change, (Role::Remove, &label), lose_access, verbosity);
    let label = format!("  {}", count(keep_access.len(), "stays in", "stay in"));
    listing(page, change, (Role::Plain, &label), keep_access, verbosity);
    if !lose_access.is_empty() {
        page.row((Role::Strong, "  Not undone"), &[Para::words(not_undone(change))]);
    }
    other_roles(page, change, verbosity);
}

/// Writes people by the way they come, go or stay.
fn listing(
    page: &mut Page,
    change: &TreChange,
    label: (Role, &str),
    people: &[PersonImpact],
    verbosity: Verbosity,
) {
    let ways = ways(people);
    for (index, way) in ways.iter().enumerate() {
        let share = if ways.len() > 1 { format!("{} ", way.people.len()) } else { String::new() };
        let text = format!("{share}{}: {}.", way.words(), name_some(&way.people, verbosity));
        let label = if index == 0 { label } else { (Role::Plain, "") };
        page.row(label, &[Para::words(text).at(place_of(change, &way.people))]);
    }
}

/// Says what coming in means, by the state that the TRE ends in.
pub fn consequence(change: &TreChange) -> String {
    let mut text = match change.desired_state.as_deref() {
        Some("active") => "Listed users can send requests.",
        Some("maintenance") => {
            "They see the TRE flagged as in Maintenance; no new requests until it is active again."
        }
        _ => "A draft is visible to its admins only †: listed users get in at publishing.",
    }
    .to_owned();
    let after = change.change.after.as_deref();
    let showcase = after.and_then(|tre| tre.get("inventory")?.get("dataShowcase"));
    let is_draft = change.desired_state.as_deref() == Some("draft");
    if !is_draft && showcase.is_some_and(|asset| !asset.is_null()) {
        text.push_str(" Users and reviewers can read the whole project of the Data Showcase.");
    }
    if change.impact.gain_access.iter().any(|person| person.id.starts_with("org-")) {
        text.push_str(" An org stands for all its members.");
    }
    text
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

/// People who change a role and neither come in nor leave.
fn other_roles(page: &mut Page, change: &TreChange, verbosity: Verbosity) {
    let impact = &change.impact;
    let told: BTreeSet<&str> = [&impact.gain_access, &impact.lose_access, &impact.keep_access]
        .into_iter()
        .flatten()
        .map(|person| person.id.as_str())
        .collect();
    let mut roles: BTreeMap<(String, Moved), Vec<String>> = BTreeMap::new();
    for (part, field) in lists(change) {
        let (added, removed) = entries(field);
        for (moved, ids) in [(Moved::In, added), (Moved::Out, removed)] {
            let ids = ids.into_iter().filter(|id| !told.contains(id)).map(str::to_owned);
            roles.entry((role(&part), moved)).or_default().extend(ids);
        }
    }
    for ((role, moved), people) in roles.iter().filter(|(_, people)| !people.is_empty()) {
        let (sign, verb) = match moved {
            Moved::In => ("+ role", "also listed as"),
            Moved::Out => ("− role", "no longer listed as"),
        };
        let names = name_some(people, verbosity);
        let text = format!("{names}: {verb} {role}.");
        page.row((Role::Change, sign), &[Para::words(text).at(place_of(change, people))]);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moved {
    In,
    Out,
}

/// Returns what somebody on a list is.
pub fn role(part: &Part) -> String {
    match part {
        Part::Admins => "TRE admin".to_owned(),
        Part::AuthorizedUsers => "authorized user".to_owned(),
        Part::Reviewers(step) => format!("reviewer of {step}"),
        other => name(other),
    }
}

/// Returns the fields that are lists of people.
fn lists(change: &TreChange) -> impl Iterator<Item = (Part, &FieldChange)> {
    change.fields.iter().map(|field| (part(change, &field.path), field)).filter(|(part, _)| {
        matches!(part, Part::Admins | Part::AuthorizedUsers | Part::Reviewers(_))
    })
}

/// People who share a way in.
pub struct Way<'a> {
    via: &'a [String],
    /// Their ids.
    pub people: Vec<String>,
}

impl Way<'_> {
    /// Says the roles, and the groups on the way.
    pub fn words(&self) -> String {
        let (groups, roles): (Vec<&str>, Vec<&str>) =
            self.via.iter().map(String::as_str).partition(|via| is_way(via));
        match (roles.as_slice(), groups.as_slice()) {
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
    let mut ways: BTreeMap<&[String], Vec<String>> = BTreeMap::new();
    for person in people {
        ways.entry(&person.via).or_default().push(person.id.clone());
    }
    ways.into_iter().map(|(via, people)| Way { via, people }).collect()
}

fn name_some(people: &[String], verbosity: Verbosity) -> String {
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
    let mut places = lists(change)
        .filter(|(_, field)| {
            let (added, removed) = entries(field);
            added.iter().chain(&removed).any(|id| wanted.contains(id))
        })
        .filter_map(|(_, field)| field.range.as_ref());
    let first = places.next()?;
    let mut span = (first.line, first.end_line);
    for Place { filename, line, end_line, .. } in places {
        if *filename != first.filename {
            return Some(format!("{first} and elsewhere"));
        }
        span = (span.0.min(*line), span.1.max(*end_line));
    }
    Some(lines(&first.filename, span))
}

/// Writes `file:line`, or `file:first-last`.
fn lines(file: &str, (first, last): (u32, u32)) -> String {
    if first >= last { format!("{file}:{first}") } else { format!("{file}:{first}-{last}") }
}

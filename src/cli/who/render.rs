//! What `who` tells, for people.

use std::collections::BTreeMap;

use super::report::{Entry, Report, Standing, TreAccess, Written};
use crate::access::{Grant, Path, words};
use crate::model::DesiredState;
use crate::plan::Place;
use crate::plan::render::{Page, Para, Role, Verbosity, count, name_some};

/// What the mark of an assumed fact means.
const FOOTNOTE: &str = "† assumed, not documented by the vendor: see docs/platform-contract.md";

/// Writes everything below the heading.
pub fn human(page: &mut Page, report: &Report, verbosity: Verbosity) {
    for tre in &report.tres {
        block(page, tre, report.about.as_deref(), verbosity);
        page.blank();
    }
    if report.tres.is_empty() {
        let whom = report.about.as_ref().map_or("Nobody".to_owned(), |id| format!("`{id}`"));
        page.words(Role::Plain, &format!("{whom} has no part in any TRE of this target."), 0);
        page.blank();
    }
    page.words(Role::Strong, &summary(report), 0);
    page.words(
        Role::Plain,
        &format!("Not visible from here: {}.", report.not_visible.join("; ")),
        0,
    );
    if page.has('†') {
        page.words(Role::Muted, FOOTNOTE, 0);
    }
}

fn summary(report: &Report) -> String {
    let entries = || report.tres.iter().flat_map(|tre| &tre.access);
    let of = |standing| entries().filter(|entry| entry.standing == standing).count();
    let (live, asked) = (of(Standing::Live), of(Standing::Asked));
    let tres = count(report.tres.len(), "TRE", "TREs");
    let entries = count(entries().count(), "entry", "entries");
    match (live, asked) {
        (0, 0) if of(Standing::Both) == 0 => format!("{tres}, {entries}."),
        (0, 0) => format!("{tres}, {entries}: the lists that are managed are live as asked for."),
        _ => format!(
            "{tres}, {entries}. {live} live only, {asked} asked for only: not applied yet, or edited \
             on the platform. `plan` and `drift` tell which."
        ),
    }
}

fn block(page: &mut Page, tre: &TreAccess, about: Option<&str>, verbosity: Verbosity) {
    let state = match (tre.live_state, tre.desired_state) {
        (None, Some(DesiredState::Draft)) => "not there yet, to be a draft".to_owned(),
        (None, Some(asked)) => format!("not there yet, to be {asked}"),
        (Some(live), Some(asked)) if asked.live() != Some(live) => format!("{live}, to be {asked}"),
        (Some(live), Some(_)) => live.to_string(),
        (Some(live), None) => format!("{live}, not managed here"),
        (None, None) => String::new(),
    };
    let people = match (tre.people_live, tre.people_asked) {
        (live, asked) if live == asked => people(live),
        (live, asked) => format!("{} live, {asked} asked for", people(live)),
    };
    page.line(&[
        (Role::Strong, tre.id.as_str()),
        (Role::Plain, &format!("  {state} · ")),
        (Role::Plain, &people),
    ]);
    let groups = grouped(&tre.access);
    let mut last = "";
    for (index, group) in groups.iter().enumerate() {
        let label = label(&group.first.path);
        let shown = if label == last { "" } else { label };
        last = label;
        page.row((Role::Strong, shown), &[line(group, about, verbosity)]);
        let given = sentence(group.first);
        if groups.get(index + 1).is_none_or(|next| sentence(next.first) != given) {
            page.row((Role::Plain, ""), &[Para::words(given)]);
        }
    }
}

fn people(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "person", "people")
}

/// Entries that differ in nothing but who and where.
struct Group<'a> {
    first: &'a Entry,
    all: Vec<&'a Entry>,
}

/// What entries of one line have in common.
type Shared<'a> = (&'a Path, Standing, bool, Vec<&'a [String]>);

fn grouped(entries: &[Entry]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<Shared<'_>, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let ways = entry.from.iter().map(|written| written.groups.as_slice()).collect();
        let key = (&entry.path, entry.standing, entry.id.starts_with("org-"), ways);
        groups.entry(key).or_default().push(entry);
    }
    let groups = groups.into_values();
    groups.filter_map(|all| Some(Group { first: *all.first()?, all })).collect()
}

/// Returns the list that a path is.
pub(super) fn label(path: &Path) -> &'static str {
    match path {
        Path::Admin => "Admins",
        Path::Listed => "Users",
        Path::Reviewer { .. } => "Reviewers",
        Path::Member { .. } => "Members",
        Path::Public => "Public",
    }
}

fn line(group: &Group<'_>, about: Option<&str>, verbosity: Verbosity) -> Para {
    let Group { first, all } = group;
    let of = match &first.path {
        Path::Reviewer { step } => format!("of {step}, "),
        Path::Member { org } => format!("of {org}, "),
        Path::Admin | Path::Listed | Path::Public => String::new(),
    };
    let mut text = format!("{of}{}{}", standing(first), through(&first.from));
    // Whoever is asked about need not be named again.
    if about != Some(first.id.as_str()) {
        let names: Vec<String> = all.iter().map(|entry| name(entry)).collect();
        text.push_str(&format!(": {}", name_some(&names, verbosity)));
    } else if let Some(members) = first.members {
        text.push_str(&format!(": {}", members_of(members)));
    }
    let places = all.iter().flat_map(|entry| &entry.from).map(|written| &written.range);
    Para::words(text + ".").at(Place::stretch(places))
}

fn name(entry: &Entry) -> String {
    match (&entry.path, entry.members) {
        (Path::Public, _) => "everybody on the platform".to_owned(),
        (_, Some(members)) => format!("{} with {}", entry.id, members_of(members)),
        (_, None) if entry.id.starts_with("org-") => format!("{} and all its members", entry.id),
        (_, None) => entry.id.clone(),
    }
}

fn members_of(members: u64) -> String {
    count(usize::try_from(members).unwrap_or(usize::MAX), "member", "members")
}

fn standing(entry: &Entry) -> &'static str {
    match entry.standing {
        Standing::Both => "live and asked for",
        Standing::Live => "live only",
        Standing::Asked => "asked for only",
        Standing::Unmanaged => "live, not managed here",
        Standing::Operator => "the acting account",
    }
}

/// Says the groups on the way, each way once.
fn through(from: &[Written]) -> String {
    let mut ways: Vec<String> = Vec::new();
    for written in from.iter().filter(|written| !written.groups.is_empty()) {
        let way = written.groups.join(" → ");
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    if ways.is_empty() { String::new() } else { format!(", through {}", ways.join(" and ")) }
}

/// Says what a path gives, now and once the repository is applied.
fn sentence(entry: &Entry) -> String {
    let said = |gives: &[Grant]| words(gives);
    match (said(&entry.gives), said(&entry.will_give)) {
        (Some(now), Some(then)) if now == then => format!("They can {now}."),
        (Some(now), Some(then)) => format!("They can {now}. Once applied, they can {then}."),
        (Some(now), None) => format!("They can {now}. Once applied, nothing by this."),
        (None, Some(then)) => format!("Once applied, they can {then}."),
        (None, None) => "Nothing yet: a draft is visible to its admins only †.".to_owned(),
    }
}

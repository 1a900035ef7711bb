//! What `who --as-of` tells, for people.

use std::collections::{BTreeMap, BTreeSet};

use super::past::{Look, PastEntry, PastReport, PastTre};
use super::render::label;
use crate::access::{Path, words};
use crate::plan::render::{Page, Para, Role, Verbosity, count, name_some};

/// Writes everything below the heading.
pub fn past_human(page: &mut Page, report: &PastReport, verbosity: Verbosity) {
    for tre in &report.tres {
        block(page, tre, verbosity);
        page.blank();
    }
    if report.tres.is_empty() {
        let text = match report.about.as_deref() {
            Some(id) if id.starts_with("tre-") => format!("The journal knows nothing of `{id}`."),
            Some(id) => format!("The journal knows of no TRE in which `{id}` had a part then."),
            None => "The journal knows nothing of that time.".to_owned(),
        };
        page.words(Role::Plain, &text, 0);
        page.blank();
    }
    let entries = report.tres.iter().map(|tre| tre.access.len()).sum::<usize>();
    let tres = count(report.tres.len(), "TRE", "TREs");
    let text = format!(
        "{tres}, {}. This is what the journal says; nobody was asked now.",
        count(entries, "entry", "entries")
    );
    page.words(Role::Strong, &text, 0);
    let text = format!("Not recorded: {}.", report.not_recorded.join("; "));
    page.words(Role::Plain, &text, 0);
}

fn block(page: &mut Page, tre: &PastTre, verbosity: Verbosity) {
    let state = tre.state.map_or("not there", |state| state.as_str());
    page.line(&[(Role::Strong, tre.id.as_str()), (Role::Plain, &format!("  {state}"))]);
    let mut groups: BTreeMap<(&Path, bool, Option<bool>), Vec<&PastEntry>> = BTreeMap::new();
    for entry in &tre.access {
        groups.entry((&entry.path, entry.before, entry.after)).or_default().push(entry);
    }
    let mut last = "";
    for ((path, before, after), entries) in groups {
        let this = label(path);
        let shown = if this == last { "" } else { this };
        last = this;
        let names: Vec<String> = entries.iter().map(|entry| name(entry)).collect();
        let of = match path {
            Path::Reviewer { step } => format!("of {step}, "),
            _ => String::new(),
        };
        let text = format!("{of}{}: {}.", standing(before, after), name_some(&names, verbosity));
        page.row((Role::Strong, shown), &[Para::words(text).hang(2)]);
        if let Some(gave) = entries.first().and_then(|entry| words(&entry.gave)) {
            page.row((Role::Plain, ""), &[Para::words(format!("They could {gave}."))]);
        }
    }
    let mut row = |label: &str, text: String| {
        page.row((Role::Plain, label), &[Para::words(text).hang(2)]);
    };
    if !tre.unmanaged.is_empty() {
        row("Unmanaged", format!("{}: nobody wrote down who.", tre.unmanaged.join(", ")));
    }
    row("Looked at", tre.seen_before.as_ref().map_or("never before".to_owned(), seen));
    row("Next look", tre.seen_after.as_ref().map_or("none yet".to_owned(), seen));
}

/// Returns the list that an entry stands in, and any other setting as it is.
fn list_of(path: &str) -> &str {
    let is_place = |last: &str| last.bytes().all(|byte| byte.is_ascii_digit());
    path.rsplit_once('/').filter(|(_, last)| is_place(last)).map_or(path, |(list, _)| list)
}

fn name(entry: &PastEntry) -> String {
    match entry.path {
        Path::Public => "everybody on the platform".to_owned(),
        _ if entry.id.starts_with("org-") => format!("{} and all its members", entry.id),
        _ => entry.id.clone(),
    }
}

/// Says what the two looks tell of the time between them.
fn standing(before: bool, after: Option<bool>) -> &'static str {
    match (before, after) {
        (true, Some(true)) => "at both looks",
        (true, Some(false)) => "at the look before, gone at the next one",
        (true, None) => "at the look before",
        (false, Some(true)) => "not at the look before, there at the next one",
        (false, Some(false) | None) => "at neither look",
    }
}

fn seen(look: &Look) -> String {
    let Look { time, command, actor, commit, differed } = look;
    let by = command.as_ref().map_or_else(String::new, |command| format!(" by `{command}`"));
    let actor = actor.as_ref().map_or_else(String::new, |actor| format!(" as {actor}"));
    let commit = commit.as_ref().map_or_else(String::new, |commit| {
        format!(", commit {}", commit.chars().take(7).collect::<String>())
    });
    let what = match differed.as_slice() {
        [] => "as recorded".to_owned(),
        paths => {
            let lists: BTreeSet<&str> = paths.iter().map(|path| list_of(path)).collect();
            let lists: Vec<&str> = lists.into_iter().collect();
            format!("not as recorded: {}", lists.join(", "))
        }
    };
    format!("{time}{by}{actor}{commit}; {what}")
}

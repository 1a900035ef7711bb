//! Groups and profiles that nothing uses.

use std::collections::BTreeSet;

use super::Context;
use super::context::all_lists;
use crate::desired::nested_at;
use crate::diag::{Code, Diagnostic, Range, did_you_mean};

pub static CODE: Code = Code {
    id: "TRE061",
    title: "Unused group or profile",
    cause: "No TRE, group or profile refers to this document.",
    cure: "Refer to it, or remove it.",
};

pub const DOC: &str = "Somebody may believe that editing it changes who has access, or under which \
                       policies.";

pub const GOOD: &str = super::unknown_group::GOOD;

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Group
id: leeds
members: [user-li]
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    // What refers to it may stand in a document that could not be read.
    if !context.is_complete() {
        return Vec::new();
    }
    let documents = context.documents();
    let named: BTreeSet<&str> = all_lists(context)
        .flat_map(|list| nested_at(&list.entries.value).map(|(id, _)| id.as_str()))
        .collect();
    let groups = documents.groups.iter().map(|group| &group.value.id);
    let groups: Vec<_> = groups.map(|id| (id.value.0.as_str(), &id.range)).collect();
    let mut found = unused("group", &groups, &named, |id| {
        format!("Name it in a list of people, as `group:{id}`, or remove it.")
    });

    let tres = context.kept_tres().map(|tre| &tre.value.extends);
    let extends = documents.profiles.iter().map(|profile| &profile.value.extends);
    let named: BTreeSet<&str> = tres
        .chain(extends)
        .flatten()
        .flat_map(|list| &list.value)
        .map(|id| id.value.0.as_str())
        .collect();
    let profiles = documents.profiles.iter().map(|profile| &profile.value.id);
    let profiles: Vec<_> = profiles.map(|id| (id.value.0.as_str(), &id.range)).collect();
    found.extend(unused("profile", &profiles, &named, |_| {
        "Name it under `extends`, or remove it.".to_owned()
    }));
    found
}

/// Returns a finding for everything that nothing names. A misspelt name counts for what it was
/// probably meant to be, so that one slip is told once.
fn unused(
    what: &str,
    all: &[(&str, &Range)],
    named: &BTreeSet<&str>,
    help: impl Fn(&str) -> String,
) -> Vec<Diagnostic> {
    let known: BTreeSet<&str> = all.iter().map(|(id, _)| *id).collect();
    let misspelt = named.difference(&known);
    let meant: BTreeSet<&str> =
        misspelt.filter_map(|name| did_you_mean(name, known.iter().copied())).collect();
    all.iter()
        .filter(|(id, _)| !named.contains(id) && !meant.contains(id))
        .map(|(id, range)| {
            Diagnostic::warning(&CODE, format!("Nothing uses the {what} `{id}`."))
                .at(range)
                .help(help(id))
        })
        .collect()
}

//! Groups and profiles that nothing uses.

use std::collections::BTreeSet;

use super::Context;
use super::context::all_lists;
use crate::desired::nested_at;
use crate::diag::{Code, Diagnostic};

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
    let used_groups: BTreeSet<_> = all_lists(context)
        .flat_map(|list| nested_at(&list.entries.value).map(|(id, _)| id))
        .collect();
    let tres = context.kept_tres().map(|tre| &tre.value.extends);
    let profiles = documents.profiles.iter().map(|profile| &profile.value.extends);
    let used_profiles: BTreeSet<_> =
        tres.chain(profiles).flatten().flat_map(|list| &list.value).map(|id| &id.value.0).collect();
    let groups = documents.groups.iter().map(|group| &group.value.id);
    let mut found: Vec<Diagnostic> = groups
        .filter(|id| !used_groups.contains(&id.value.0))
        .map(|id| {
            Diagnostic::warning(&CODE, format!("Nothing uses the group `{}`.", id.value.0))
                .at(&id.range)
                .help(format!(
                    "Name it in a list of people, as `group:{}`, or remove it.",
                    id.value.0
                ))
        })
        .collect();
    let profiles = documents.profiles.iter().map(|profile| &profile.value.id);
    found.extend(profiles.filter(|id| !used_profiles.contains(&id.value.0)).map(|id| {
        Diagnostic::warning(&CODE, format!("Nothing uses the profile `{}`.", id.value.0))
            .at(&id.range)
            .help("Name it under `extends`, or remove it.")
    }));
    found
}

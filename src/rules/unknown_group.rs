//! A list that names a group which is not there.

use super::Context;
use super::context::{MOST_SUGGESTIONS, all_lists, some_of};
use crate::desired::nested_at;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::model::GroupId;
use crate::source::Kind;

pub static CODE: Code = Code {
    id: "TRE041",
    title: "Unknown group",
    cause: "A list of people names a group, and no document of kind `Group` has that id.",
    cure: "Correct the spelling, or write the group. `group:leeds` is the group with `id: leeds`.",
};

pub const DOC: &str = "If trectl passed over a group that it does not know, everybody in that \
                       group would lose access because of a misspelling.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
authorizedUsers: [group:leeds]
---
apiVersion: trectl/v1
kind: Group
id: leeds
members: [user-li]
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
authorizedUsers: [group:leeds, group:leads]
---
apiVersion: trectl/v1
kind: Group
id: leeds
members: [user-li]
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let groups = context.groups();
    let mut found = Vec::new();
    for list in all_lists(context) {
        for (id, range) in nested_at(&list.entries.value) {
            if groups.members(id).is_none() && !context.may_exist(Kind::Group, id.as_str()) {
                let summary = format!("There is no group `{id}`.");
                let help =
                    if found.len() < MOST_SUGGESTIONS { help(context, id) } else { write(id) };
                found.push(Diagnostic::error(&CODE, summary).at(range).help(help));
            }
        }
    }
    found
}

fn help(context: &Context<'_>, id: &GroupId) -> String {
    let known = || context.groups().ids().map(GroupId::as_str);
    if let Some(meant) = did_you_mean(id.as_str(), known()) {
        return format!("Did you mean `group:{meant}`?");
    }
    match known().next() {
        Some(_) => format!(
            "Write a document of kind `Group` with `id: {id}`, or name one of these groups: {}.",
            some_of(known())
        ),
        None => write(id),
    }
}

fn write(id: &GroupId) -> String {
    format!("Write a document of kind `Group` with `id: {id}`.")
}

//! The same entry twice in one list.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::Context;
use super::context::all_lists;
use crate::diag::{Code, Diagnostic, Range};
use crate::schema::document::Id;

pub static CODE: Code = Code {
    id: "TRE046",
    title: "Entry twice in one list",
    cause: "A list of people, or `extends`, names the same entry twice.",
    cure: "Remove one of the two. That somebody is listed by name and also comes in through a \
           group is fine.",
};

pub const DOC: &str = "Whoever removes one of the two entries believes that the person is out, and \
                       is wrong.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
authorizedUsers: [user-li, group:leeds]
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
authorizedUsers:
  - user-li
  - user-okafor
  - user-li
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for list in all_lists(context) {
        find(&list.entries.value, &mut found);
    }
    let tres = context.kept_tres().map(|tre| &tre.value.extends);
    let profiles = context.documents().profiles.iter().map(|profile| &profile.value.extends);
    for extends in tres.chain(profiles).flatten() {
        find(&extends.value, &mut found);
    }
    found
}

fn find<T: Ord + Display>(list: &[Id<T>], found: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<_, &Range> = BTreeMap::new();
    for entry in list {
        let name = &entry.value.0;
        if let Some(other) = first.get(name) {
            found.push(
                Diagnostic::error(&CODE, format!("`{name}` is twice in this list."))
                    .at(&entry.range)
                    .with(other, "it is already here")
                    .help("Remove one of the two entries."),
            );
        } else {
            first.insert(name, &entry.range);
        }
    }
}

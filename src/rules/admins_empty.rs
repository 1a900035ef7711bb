//! A TRE without admins.

use super::Context;
use super::context::{List, Role, lists};
use crate::diag::{Code, Diagnostic};
use crate::schema::document::{Id, Person};

pub static CODE: Code = Code {
    id: "TRE049",
    title: "No admins",
    cause: "`admins` is an empty list, or names only groups that nobody is in.",
    cure: "List at least one user, or remove the key so that the admins are not managed.",
};

pub const DOC: &str = "A TRE without admins can be changed by nobody, and nobody could undo that.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
admins: [user-amara]
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
admins: []
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let all = context.kept_tres().flat_map(lists);
    all.filter(|list| list.role == Role::Admins && is_empty(context, &list.entries.value))
        .map(|List { entries, key_range, .. }| {
            let (summary, range) = if entries.value.is_empty() {
                ("`admins` is empty.", key_range)
            } else {
                ("Nobody is in the groups that are the admins of this TRE.", &entries.range)
            };
            Diagnostic::error(&CODE, summary)
                .at(range)
                .because("A TRE without admins can be changed by nobody.")
                .help("List at least one user, or remove the key so that it is not managed.")
        })
        .collect()
}

/// Tells whether a list names nobody. Groups that are not there are another rule's finding.
pub fn is_empty(context: &Context<'_>, entries: &[Id<Person>]) -> bool {
    entries.iter().all(|entry| match &entry.value.0 {
        Person::Principal(_) => false,
        Person::Group(group) => {
            context.groups().members(group).is_some_and(|members| members.is_empty())
        }
    })
}

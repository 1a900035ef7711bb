//! More people than the platform takes.

use super::Context;
use super::context::{List, Role, lists};
use crate::diag::{Code, Diagnostic};
use crate::schema::document::Person;

pub static CODE: Code = Code {
    id: "TRE048",
    title: "Too many people",
    cause: "Once groups are resolved, a TRE has more than 100 admins or more than 1,000 authorized \
            users. An org counts as one.",
    cure: "List fewer, or list an org in place of its members: it stands for all of them.",
};

pub const DOC: &str = "The platform takes at most 100 TRE admins and 1,000 authorized users \
                       (documented). It would refuse the change half-way.";

const MOST_ADMINS: usize = 100;
const MOST_AUTHORIZED_USERS: usize = 1_000;

pub const GOOD: &str = super::org_for_person::GOOD;

/// A hundred and one admins do not fit on a page.
pub const BAD: &str = "";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.kept_tres().flat_map(lists).filter_map(|list| in_list(context, &list)).collect()
}

fn in_list(context: &Context<'_>, list: &List<'_>) -> Option<Diagnostic> {
    let (most, who, help) = match list.role {
        Role::Admins => (MOST_ADMINS, "TRE admins", "Leave in those who administer this TRE."),
        Role::AuthorizedUsers => (
            MOST_AUTHORIZED_USERS,
            "authorized users",
            "List an org in place of its members: it counts as one and stands for all of them.",
        ),
        Role::Reviewers(_) | Role::Members => return None,
    };
    // Distinct people can only be fewer than this, so most lists need not be resolved again.
    let groups = context.groups();
    let size = |person: &Person| match person {
        Person::Principal(_) => 1,
        Person::Group(group) => groups.members(group).map_or(0, |members| members.len()),
    };
    let entries = &list.entries.value;
    if entries.iter().map(|entry| size(&entry.value.0)).sum::<usize>() <= most {
        return None;
    }
    let count = groups.people(entries).len();
    if count <= most {
        return None;
    }
    let summary = format!("These are {count} {who}, and the platform takes at most {most}.");
    let mut found = Diagnostic::error(&CODE, summary).at(list.key_range).help(help);
    for entry in entries {
        if let Person::Group(group) = &entry.value.0 {
            let people = size(&entry.value.0);
            found = found.with(&entry.range, format!("`group:{group}` brings {people} of them"));
        }
    }
    Some(found)
}

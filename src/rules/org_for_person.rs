//! Orgs where only individual users can be.

use super::Context;
use super::context::{List, Role, lists};
use crate::diag::{Code, Diagnostic, Range};
use crate::model::{GroupId, Principal};
use crate::schema::document::Person;

pub static CODE: Code = Code {
    id: "TRE047",
    title: "Org where only users can be",
    cause: "An org is among the TRE admins or the reviewers of a step, directly or through a \
            group. Both are individual users; only authorized users may be orgs.",
    cure: "List the users, or a group that holds users only.",
};

pub const DOC: &str = "The platform takes only individual users as TRE admins (documented), and as \
                       reviewers (assumed).";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
admins: [user-amara]
authorizedUsers: [org-university]
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
admins: [user-amara, org-university]
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.kept_tres().flat_map(lists).flat_map(|list| in_list(context, &list)).collect()
}

fn in_list(context: &Context<'_>, list: &List<'_>) -> Vec<Diagnostic> {
    let who = match list.role {
        Role::Admins => "a TRE admin",
        Role::Reviewers(_) => "a reviewer",
        Role::AuthorizedUsers | Role::Members => return Vec::new(),
    };
    let entries = list.entries.value.iter();
    entries
        .filter_map(|entry| match &entry.value.0 {
            Person::Principal(Principal::Org(org)) => Some(
                Diagnostic::error(&CODE, format!("`{org}` is an org, and {who} must be a user."))
                    .at(&entry.range)
                    .help("List the users of the org that are meant."),
            ),
            Person::Principal(Principal::User(_)) => None,
            Person::Group(group) => through_group(context, group, who, &entry.range),
        })
        .collect()
}

fn through_group(
    context: &Context<'_>,
    group: &GroupId,
    who: &str,
    range: &Range,
) -> Option<Diagnostic> {
    let members = context.groups().members(group)?;
    let mut orgs = members.iter().filter(|(member, _)| matches!(member, Principal::Org(_)));
    let (org, ways) = orgs.next()?;
    let others = match orgs.count() {
        0 => String::new(),
        1 => " and one more org".to_owned(),
        more => format!(" and {more} more orgs"),
    };
    let summary = format!("The group `{group}` holds `{org}`{others}, and {who} must be a user.");
    let mut found = Diagnostic::error(&CODE, summary)
        .at(range)
        .help("Name a group that holds users only, or list the users that are meant.");
    if let Some(way) = ways.first() {
        found = found.with(&way.range, format!("`{org}` is listed here"));
    }
    Some(found)
}

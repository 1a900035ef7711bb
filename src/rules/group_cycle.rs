//! Groups that contain each other.

use super::Context;
use crate::desired::{group_edges, nested_at, walk};
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE043",
    title: "Groups in a circle",
    cause: "A group contains itself, directly or through other groups.",
    cure: "Take one of the groups out of the other.",
};

pub const DOC: &str = "Who is in such a group cannot be said.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Group
id: leeds
members: [user-li, group:cardiology]
---
apiVersion: trectl/v1
kind: Group
id: cardiology
members: [user-okafor]
---
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
authorizedUsers: [group:leeds]
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Group
id: leeds
members: [user-li, group:cardiology]
---
apiVersion: trectl/v1
kind: Group
id: cardiology
members: [user-okafor, group:leeds]
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let documents = &context.documents().groups;
    let cycles = walk(&group_edges(documents)).cycles;
    cycles
        .iter()
        .filter_map(|cycle| {
            let groups: Vec<_> =
                cycle.iter().filter_map(|index| documents.get(*index)).map(|d| &d.value).collect();
            let ids: Vec<_> = groups.iter().map(|group| &group.id.value.0).collect();
            let mut places = groups.iter().enumerate().filter_map(|(at, group)| {
                let next = ids.get((at + 1) % ids.len())?;
                let (_, range) = nested_at(&group.members.value).find(|(id, _)| id == next)?;
                Some((range, format!("`{}` contains `{next}` here", group.id.value.0)))
            });
            let (first, _) = places.next()?;
            let summary = match ids.as_slice() {
                [only] => format!("The group `{only}` contains itself."),
                [one, ..] => format!("The group `{one}` contains itself through other groups."),
                [] => return None,
            };
            let found =
                Diagnostic::error(&CODE, summary).at(first).help("Take one of these entries out.");
            // A circle of thousands is not shown in full.
            Some(places.take(8).fold(found, |found, (range, message)| found.with(range, message)))
        })
        .collect()
}

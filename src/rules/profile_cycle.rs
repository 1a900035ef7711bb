//! Profiles that extend each other.

use super::Context;
use crate::desired::{profile_edges, walk};
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE044",
    title: "Profiles in a circle",
    cause: "A profile extends itself, directly or through other profiles.",
    cure: "Take one of the profiles out of the other's `extends`.",
};

pub const DOC: &str = "Which of their values wins cannot be said.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Profile
id: strict
extends: [baseline]
policies: {restricted: true}
---
apiVersion: trectl/v1
kind: Profile
id: baseline
policies: {downloadRestricted: true}
---
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
extends: [strict]
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Profile
id: strict
extends: [baseline]
policies: {restricted: true}
---
apiVersion: trectl/v1
kind: Profile
id: baseline
extends: [strict]
policies: {downloadRestricted: true}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let documents = &context.documents().profiles;
    let cycles = walk(&profile_edges(documents)).cycles;
    cycles
        .iter()
        .filter_map(|cycle| {
            let profiles: Vec<_> =
                cycle.iter().filter_map(|index| documents.get(*index)).map(|d| &d.value).collect();
            let ids: Vec<_> = profiles.iter().map(|profile| &profile.id.value.0).collect();
            let mut places = profiles.iter().enumerate().filter_map(|(at, profile)| {
                let next = ids.get((at + 1) % ids.len())?;
                let mut extends = profile.extends.iter().flat_map(|list| &list.value);
                let entry = extends.find(|entry| entry.value.0 == **next)?;
                Some((&entry.range, format!("`{}` extends `{next}` here", profile.id.value.0)))
            });
            let (first, _) = places.next()?;
            let summary = match ids.as_slice() {
                [only] => format!("The profile `{only}` extends itself."),
                [one, ..] => format!("The profile `{one}` extends itself through other profiles."),
                [] => return None,
            };
            let found =
                Diagnostic::error(&CODE, summary).at(first).help("Take one of these entries out.");
            // A circle of thousands is not shown in full.
            Some(places.take(8).fold(found, |found, (range, message)| found.with(range, message)))
        })
        .collect()
}

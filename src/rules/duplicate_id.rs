//! Two documents with one id.

use std::collections::BTreeMap;

use super::Context;
use crate::diag::{Code, Diagnostic, Range};

pub static CODE: Code = Code {
    id: "TRE040",
    title: "Id used twice",
    cause: "Two documents of one kind have the same `id`, in one file or in two.",
    cure: "Give one of them another id, or remove it. Another id of a TRE is another TRE.",
};

pub const DOC: &str = "Two documents for one TRE would undo each other's changes at every run, and \
                       which of two groups counts would depend on the names of files.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
---
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-genomics
state: draft
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
---
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let documents = context.documents();
    let tres = documents.tres.iter().map(|document| &document.value.id);
    let groups = documents.groups.iter().map(|document| &document.value.id);
    let profiles = documents.profiles.iter().map(|document| &document.value.id);
    let mut found = twice("TRE", tres.map(|id| (id.value.0.as_str(), &id.range)));
    found.extend(twice("group", groups.map(|id| (id.value.0.as_str(), &id.range))));
    found.extend(twice("profile", profiles.map(|id| (id.value.0.as_str(), &id.range))));
    found
}

fn twice<'a>(what: &str, ids: impl Iterator<Item = (&'a str, &'a Range)>) -> Vec<Diagnostic> {
    let mut first: BTreeMap<_, &Range> = BTreeMap::new();
    let mut found = Vec::new();
    for (id, range) in ids {
        if let Some(other) = first.get(id) {
            let summary = format!("There are two documents for the {what} `{id}`.");
            found.push(
                Diagnostic::error(&CODE, summary)
                    .at(range)
                    .with(other, "the first one is here")
                    .help("Remove one of them, or give it an id of its own."),
            );
        } else {
            first.insert(id, range);
        }
    }
    found
}

//! The rules on their own examples, and every code on its fixture.

mod behaviour;
mod examples;
mod fixtures;
mod reference;

use jiff::civil::{Date, date};

use super::{Built, build};
use crate::source::Repository;

/// The day on which the tests judge consents.
const TODAY: Date = date(2026, 5, 1);

/// Builds one file's documents; as the project file, so that examples may hold its document too.
fn built(text: &str) -> Built {
    build(&Repository::from_memory("repository", [("trectl.yaml", text)]), TODAY)
}

/// Returns the findings of a build as `CODE line: summary`.
fn told(built: &Built) -> Vec<String> {
    let found = built.diagnostics.iter();
    found
        .map(|found| {
            let line = found.range.as_ref().map_or(0, |range| range.start.line);
            format!("{} {line}: {}", found.code.id, found.summary)
        })
        .collect()
}

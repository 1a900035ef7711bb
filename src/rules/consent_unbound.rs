//! A consent to no change in particular.

use super::Context;
use crate::desired::ConsentKind;
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE059",
    title: "Consent that is not bound",
    cause: "A consent lacks `for`. It may be left out only where the new value is a list, and \
            `until` is needed then; `maintenance`, `delete` and `publish` are never about a list.",
    cure: "Write `for` with the exact new value, as in `for: {/inventory/version: \"2026.1\"}`, or \
           add `until` where the consent is about a list.",
};

pub const DOC: &str = "A consent is to one change that somebody has looked at. One that is bound \
                       to nothing and never lapses would allow all later changes too.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
authorizedUsers: []
consents:
  - {allow: mass-removal, until: 2099-12-31, ticket: DAC-2026-114}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: maintenance
consents:
  - {allow: maintenance, until: 2099-12-31}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in &context.documents().tres {
        for consent in tre.value.consents.iter().flatten() {
            let bound = consent.value.values.as_ref().filter(|values| !values.value.is_empty());
            if bound.is_some() {
                continue;
            }
            let allow = &consent.value.allow;
            let name = allow.value.as_str();
            match example(allow.value) {
                Some(example) => {
                    let summary = format!("The consent `{name}` does not say to which change.");
                    found.push(
                        Diagnostic::error(&CODE, summary).at(&allow.range).help(format!(
                            "Bind it to the exact new value, as in `for: {example}`."
                        )),
                    );
                }
                None if consent.value.until.is_none() => {
                    let summary = format!("The consent `{name}` would hold for ever.");
                    found.push(Diagnostic::error(&CODE, summary).at(&allow.range).help(
                        "Write the last day on which it holds, as in `until: 2026-05-20`, or bind \
                         it to the exact new value with `for`.",
                    ));
                }
                None => {}
            }
        }
    }
    found
}

/// Returns how to bind a consent that is never about a list.
fn example(kind: ConsentKind) -> Option<&'static str> {
    match kind {
        ConsentKind::Maintenance => Some("{/inventory/version: \"2026.1\"}"),
        ConsentKind::Delete => Some("{/state: deleted}"),
        ConsentKind::Publish => Some("{/state: active}"),
        ConsentKind::Loosen | ConsentKind::MassRemoval | ConsentKind::Revert => None,
    }
}

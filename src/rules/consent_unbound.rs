//! A consent to no change in particular.

use super::Context;
use crate::desired::ConsentKind;
use crate::diag::{Code, Diagnostic};
use crate::model::DesiredState;
use crate::schema::document::{ConsentDocument, TreDocument};

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
            let values = consent.value.values.as_ref();
            if values.is_none_or(|values| values.value.is_empty()) {
                found.extend(unbound(&tre.value, &consent.value));
            }
        }
    }
    found
}

fn unbound(tre: &TreDocument, consent: &ConsentDocument) -> Option<Diagnostic> {
    let ConsentDocument { allow, until, .. } = consent;
    let name = allow.value.as_str();
    let (summary, help) = match example(tre, allow.value) {
        Some(example) => (
            format!("The consent `{name}` does not say to which change."),
            format!("Bind it to the exact new value, as in `for: {example}`."),
        ),
        None if until.is_none() => (
            format!("The consent `{name}` would hold for ever."),
            "Bind it to the exact new value with `for`; where that is a list, write the last day \
             on which it holds instead, as in `until: 2026-05-20`."
                .to_owned(),
        ),
        None => return None,
    };
    Some(Diagnostic::error(&CODE, summary).at(&allow.range).help(help))
}

/// Returns how to bind a consent that is never about a list, in this document.
fn example(tre: &TreDocument, kind: ConsentKind) -> Option<String> {
    match kind {
        ConsentKind::Maintenance if tre.state.value == DesiredState::Maintenance => {
            Some("{/state: maintenance}".to_owned())
        }
        ConsentKind::Maintenance => {
            let inventory = tre.inventory.as_ref();
            let version = inventory.map_or("2026.1", |inventory| &inventory.value.version.value);
            Some(format!("{{/inventory/version: \"{version}\"}}"))
        }
        ConsentKind::Delete => Some("{/state: deleted}".to_owned()),
        ConsentKind::Publish => Some("{/state: active}".to_owned()),
        ConsentKind::Loosen | ConsentKind::MassRemoval | ConsentKind::Revert => None,
    }
}

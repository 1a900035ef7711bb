//! A consent to a value that the document does not ask for.

use serde_json::Value;

use super::Context;
use crate::desired::{DesiredTre, Typed};
use crate::diag::{Code, Diagnostic};
use crate::model::DesiredState;
use crate::schema::document::{ConsentDocument, TreDocument};
use crate::source::Spanned;

pub static CODE: Code = Code {
    id: "TRE060",
    title: "Consent that matches nothing",
    cause: "`for` of a consent names a setting that the document does not have, or another value \
            than the document has. Such a consent can never count.",
    cure: "Correct the path or the value; remove the consent where its change is done.",
};

pub const DOC: &str = "A consent is bound to the exact new value, so that a later edit of that \
                       value needs a new one. A slip in either would only show when the plan \
                       asks for the consent that seems to be there.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
inventory: {version: \"2026.1\"}
consents:
  - {allow: maintenance, for: {/inventory/version: \"2026.1\"}}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
inventory: {version: \"2026.2\"}
consents:
  - {allow: maintenance, for: {/inventory/version: \"2026.1\"}}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in &context.documents().tres {
        let Some(consents) = &tre.value.consents else { continue };
        let Some(desired) = context.resolved.desired.tres.get(&tre.value.id.value.0) else {
            continue;
        };
        let asked = asked(tre, desired);
        for consent in consents {
            found.extend(in_consent(&consent.value, &asked));
        }
    }
    found
}

/// Returns what a document asks for: itself, with the policies of its profiles.
fn asked(tre: &Typed<'_, TreDocument>, desired: &DesiredTre) -> Value {
    let mut asked = tre.source.node.to_json();
    if let Value::Object(settings) = &mut asked {
        if desired.state.value == DesiredState::Deleted {
            settings.retain(|key, _| key == "id" || key == "state");
        } else {
            let policies = desired
                .policies
                .iter()
                .map(|(name, policy)| (name.clone(), Value::from(policy.value.clone())));
            settings.insert("policies".to_owned(), Value::Object(policies.collect()));
        }
    }
    asked
}

fn in_consent(consent: &ConsentDocument, asked: &Value) -> Vec<Diagnostic> {
    let kind = consent.allow.value.as_str();
    let values = consent.values.iter().flat_map(|values| &values.value);
    values
        .filter_map(|(Spanned { value: pointer, range }, wanted)| {
            let path = pointer.0.as_str();
            match asked.pointer(path) {
                // Lists are sets, and paths to their entries are the plan's, not the document's.
                _ if is_in_list(path) => None,
                Some(Value::Array(_)) => None,
                Some(value) if *value == wanted.value => None,
                Some(value) => Some(
                    Diagnostic::warning(
                        &CODE,
                        format!(
                            "The consent `{kind}` allows `{}`, and the document asks for `{}`.",
                            plain(&wanted.value),
                            plain(value)
                        ),
                    )
                    .at(&wanted.range)
                    .help("Write the value that the document asks for, or remove the consent."),
                ),
                None => Some(
                    Diagnostic::warning(
                        &CODE,
                        format!(
                            "The consent `{kind}` is for `{path}`, which this document does not set."
                        ),
                    )
                    .at(range)
                    .help(
                        "Write the path of a setting that changes, as in `/inventory/version`, or \
                         remove the consent.",
                    ),
                ),
            }
        })
        .collect()
}

fn is_in_list(path: &str) -> bool {
    ["/admins/", "/authorizedUsers/", "/reviewSteps/", "/policies/allowedExecutables/"]
        .iter()
        .any(|list| path.starts_with(list))
}

/// Returns a value as it is written: text without quotes, as the eye compares it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

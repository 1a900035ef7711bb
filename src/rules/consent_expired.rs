//! A consent that holds no more.

use super::Context;
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE058",
    title: "Expired consent",
    cause: "The day in `until` of a consent is past (UTC).",
    cure: "Remove the consent. Where its change is still to come, have it decided again.",
};

pub const DOC: &str = "A consent holds to the end of that day. An expired one allows nothing; it \
                       is no error, since its change may long be done.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: maintenance
consents:
  - {allow: maintenance, for: {/state: maintenance}, until: 2099-12-31}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: maintenance
consents:
  - {allow: maintenance, for: {/state: maintenance}, until: 2024-12-31}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in &context.documents().tres {
        for consent in tre.value.consents.iter().flatten() {
            let Some(until) = &consent.value.until else { continue };
            if until.value.0 < context.today {
                let kind = consent.value.allow.value.as_str();
                let summary = format!("The consent `{kind}` has expired on {}.", until.value.0);
                found.push(
                    Diagnostic::warning(&CODE, summary)
                        .at(&until.range)
                        .help("Remove it, or have the change decided again and write the new day."),
                );
            }
        }
    }
    found
}

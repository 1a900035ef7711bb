//! An acceptance that holds no more.

use super::Context;
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE069",
    title: "Accepted drift that has expired",
    cause: "The day in `until` of an entry under `acceptedDrift` is past (UTC).",
    cure: "Remove the entry; where the drift is still there, undo it, adopt it, or have it decided \
           again.",
};

pub const DOC: &str = "An entry holds to the end of that day. After it the drift counts again.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
policies: {downloadRestricted: true}
acceptedDrift:
  - {path: /policies/downloadRestricted, live: false, owner: user-amara, reason: A supervised download., ticket: DAC-7, until: 2099-12-31}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
policies: {downloadRestricted: true}
acceptedDrift:
  - {path: /policies/downloadRestricted, live: false, owner: user-amara, reason: A supervised download., ticket: DAC-7, until: 2024-12-31}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in context.kept_tres() {
        for entry in tre.value.accepted_drift.iter().flatten() {
            let (path, until) = (&entry.value.path.value.0, &entry.value.until);
            if until.value.0 < context.today {
                let summary = format!("Drift of `{path}` was accepted until {}.", until.value.0);
                found.push(
                    Diagnostic::warning(&CODE, summary)
                        .at(&until.range)
                        .help("Remove the entry, or have it decided again and write the new day."),
                );
            }
        }
    }
    found
}

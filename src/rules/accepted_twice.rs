//! Two entries that accept drift of one setting.

use std::collections::BTreeMap;

use super::Context;
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE068",
    title: "Drift accepted twice",
    cause: "Two entries under `acceptedDrift` have the same `path`.",
    cure: "Keep the one that holds.",
};

pub const DOC: &str = "Which of the two counts, and who answers for it, would not be clear.";

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
  - {path: /policies/downloadRestricted, live: false, owner: user-amara, reason: A supervised download., ticket: DAC-7, until: 2099-12-31}
  - {path: /policies/downloadRestricted, live: null, owner: user-amara, reason: A supervised download., ticket: DAC-7, until: 2099-12-31}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in context.kept_tres() {
        let mut first = BTreeMap::new();
        for entry in tre.value.accepted_drift.iter().flatten() {
            let path = &entry.value.path;
            match first.get(&path.value.0) {
                None => _ = first.insert(&path.value.0, &path.range),
                Some(before) => {
                    let summary = format!("Drift of `{}` is accepted twice.", path.value.0);
                    found.push(
                        Diagnostic::error(&CODE, summary)
                            .at(&path.range)
                            .with(before, "the first one")
                            .help("Remove one of them."),
                    );
                }
            }
        }
    }
    found
}

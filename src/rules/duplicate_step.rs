//! Two review steps with one id.

use std::collections::BTreeMap;

use super::Context;
use crate::diag::{Code, Diagnostic, Range};

pub static CODE: Code = Code {
    id: "TRE051",
    title: "Review step twice",
    cause: "Two review steps of one TRE have the same `id`.",
    cure: "Give one of them another id, or remove it.",
};

pub const DOC: &str = "The platform knows a step by its id, unique in the TRE (documented).";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
reviewSteps:
  - {id: datagovernance, name: Data Governance Review}
  - {id: ethics, name: Ethics Review}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
reviewSteps:
  - {id: datagovernance, name: Data Governance Review}
  - {id: datagovernance, name: Ethics Review}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in context.kept_tres() {
        let mut first: BTreeMap<_, &Range> = BTreeMap::new();
        for step in tre.value.review_steps.iter().flat_map(|steps| &steps.value) {
            let id = &step.value.id;
            if let Some(other) = first.get(&id.value) {
                let summary = format!("There are two review steps `{}` in this TRE.", id.value.0);
                found.push(
                    Diagnostic::error(&CODE, summary)
                        .at(&id.range)
                        .with(other, "the first one is here")
                        .help("Give one of them another id, or remove it."),
                );
            } else {
                first.insert(&id.value, &id.range);
            }
        }
    }
    found
}

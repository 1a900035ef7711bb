//! A published TRE that nobody reviews.

use super::Context;
use super::admins_empty::is_empty;
use super::context::{Role, key_range, lists};
use crate::desired::Typed;
use crate::diag::{Code, Diagnostic};
use crate::model::DesiredState;
use crate::schema::document::TreDocument;

pub static CODE: Code = Code {
    id: "TRE050",
    title: "No reviewer",
    cause: "A TRE is to be active or in maintenance, and its `reviewSteps` are empty, or a step's \
            `reviewers` are.",
    cure: "Give every step at least one reviewer; or remove the key so that it is not managed; or \
           keep the TRE a draft.",
};

pub const DOC: &str = "Requests to a step without reviewers would wait for ever. Publishing needs a \
                       step with a reviewer (documented); that every step keeps one is assumed.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
reviewSteps:
  - id: datagovernance
    reviewers: [user-priya]
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
reviewSteps:
  - id: datagovernance
    reviewers: [user-priya]
  - id: ethics
    reviewers: []
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let published = |state| matches!(state, DesiredState::Active | DesiredState::Maintenance);
    let tres = context.kept_tres().filter(|tre| published(tre.value.state.value));
    tres.flat_map(|tre| {
        let mut found = without_steps(tre);
        found.extend(without_reviewers(context, tre));
        found
    })
    .collect()
}

fn without_steps(tre: &Typed<'_, TreDocument>) -> Vec<Diagnostic> {
    let Some(steps) = &tre.value.review_steps else { return Vec::new() };
    if !steps.value.is_empty() {
        return Vec::new();
    }
    let range = key_range(&tre.source.node, "reviewSteps").unwrap_or(&steps.range);
    let found = Diagnostic::error(&CODE, "A published TRE must have a review step.")
        .at(range)
        .with(&tre.value.state.range, format!("`{}` is asked for here", tre.value.state.value))
        .help("Write a step with a reviewer, or remove the key so that it is not managed.");
    vec![found]
}

fn without_reviewers(context: &Context<'_>, tre: &Typed<'_, TreDocument>) -> Vec<Diagnostic> {
    let state = &tre.value.state;
    let mut found = Vec::new();
    for list in lists(tre) {
        let Role::Reviewers(step) = list.role else { continue };
        if is_empty(context, &list.entries.value) {
            let summary = format!("The review step `{step}` of a published TRE has no reviewer.");
            found.push(
                Diagnostic::error(&CODE, summary)
                    .at(list.key_range)
                    .with(&state.range, format!("`{}` is asked for here", state.value))
                    .help("List at least one user, or remove the key so that it is not managed."),
            );
        }
    }
    found
}

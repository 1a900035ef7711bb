//! The digest of one TRE's plan: what must be equal for a saved plan to be applied.
//!
//! It covers target, id, changed fields, steps and consents; not commit, time, tool version,
//! impact, unmanaged fields or other TREs. So it survives a squash merge and a neighbour's change.
//! That of a whole plan is over its target and the digests of its TREs.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::consent::Consents;
use super::model::{Plan, Step};
use super::subject::Subject;
use crate::model::{ConsentKind, DesiredState, TreId};
use crate::platform::Operation;

/// What a digest covers, in the order in which it is written.
#[derive(Serialize)]
struct Covered<'a> {
    target: &'a str,
    id: &'a TreId,
    desired_state: DesiredState,
    fields: Vec<(String, &'a Value, &'a Value)>,
    steps: Vec<(Operation, &'a str, &'a Value, &'a [ConsentKind])>,
    consents: &'a [Value],
}

/// Returns `sha256:…` over what the change of one TRE is.
pub(crate) fn of_tre(subject: &Subject<'_>, steps: &[Step], consents: &Consents) -> String {
    let fields =
        subject.changes.iter().map(|change| (change.field.key(), &change.before, &change.after));
    let steps =
        steps.iter().map(|step| (step.operation, &*step.route, &step.input, &*step.consents));
    of(&Covered {
        target: &subject.ctx.target.name,
        id: &subject.desired.id.value,
        desired_state: subject.desired.state.value,
        fields: fields.collect(),
        steps: steps.collect(),
        consents: &consents.used,
    })
}

/// Returns `sha256:…` over a value as it is written in JSON.
///
/// # Panics
///
/// Where the value cannot be written, as a map whose keys are no texts: a digest of something else
/// would make two changes look alike.
#[expect(clippy::expect_used, reason = "every value that is digested has texts as keys")]
pub fn of(value: &impl Serialize) -> String {
    let text = serde_json::to_vec(value).expect("keys are texts");
    let hash = Sha256::digest(text);
    format!("sha256:{hash:x}")
}

/// Returns `sha256:…` of a whole plan: equal where nothing that is applied differs.
pub fn of_plan(plan: &Plan) -> String {
    let mut hasher = Sha256::new();
    hasher.update(&plan.target.name);
    for change in &plan.resource_changes {
        hasher.update([0]);
        hasher.update(&change.name);
        hasher.update([0]);
        hasher.update(&change.digest);
    }
    format!("sha256:{:x}", hasher.finalize())
}

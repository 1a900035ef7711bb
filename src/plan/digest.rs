//! The digest of one TRE's plan: what must be equal for a saved plan to be applied.
//!
//! It covers target, id, changed fields, steps and consents; not commit, time, tool version,
//! impact, unmanaged fields or other TREs. So it survives a squash merge and a neighbour's change.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::consent::Consents;
use super::model::Step;
use super::subject::Subject;

/// Returns `sha256:…` over what the change of one TRE is.
pub(crate) fn of_tre(subject: &Subject<'_>, steps: &[Step], consents: &Consents) -> String {
    let fields: Vec<Value> = subject
        .changes
        .iter()
        .map(|change| json!([change.field.key(), change.before, change.after]))
        .collect();
    let steps: Vec<Value> = steps
        .iter()
        .map(|step| json!([step.operation, step.route, step.input, step.consents]))
        .collect();
    of(&json!({
        "target": subject.ctx.target.name,
        "id": subject.desired.id.value,
        "desired_state": subject.desired.state.value,
        "fields": fields,
        "steps": steps,
        "consents": consents.used,
    }))
}

/// Returns `sha256:…` over a JSON value as it is written.
pub fn of(value: &Value) -> String {
    let hash = Sha256::digest(value.to_string().as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

//! Which steps of a plan make a change.

use serde_json::Value;

use crate::lifecycle::Verdict;
use crate::plan::render::{Part, part};
use crate::plan::{FieldChange, Step, TreChange};
use crate::platform::Operation as O;

/// Tells whether a step is there for a change.
pub fn carries(step: &Step, field: &FieldChange, change: &TreChange) -> bool {
    let holds = |key: &str| step.input.get(key).is_some();
    let is_of = |key: &str, id: &str| step.input.get(key).and_then(Value::as_str) == Some(id);
    match (part(change, &field.path), step.operation) {
        (Part::Policy(name), O::SetPolicies) => {
            step.input.get("policies").is_some_and(|policies| policies.get(&name).is_some())
        }
        (Part::Admins, O::AddAdmins) => names_one(step, "admins", &field.after),
        (Part::Admins, O::RemoveAdmins) => names_one(step, "admins", &field.before),
        (Part::AuthorizedUsers, O::AddAuthorizedUsers) => {
            names_one(step, "authorizedUsers", &field.after)
        }
        (Part::AuthorizedUsers, O::RemoveAuthorizedUsers) => {
            names_one(step, "authorizedUsers", &field.before)
        }
        (Part::Reviewers(id), O::AddReviewers) => {
            is_of("stepId", &id) && names_one(step, "reviewers", &field.after)
        }
        (Part::Reviewers(id), O::RemoveReviewers) => {
            is_of("stepId", &id) && names_one(step, "reviewers", &field.before)
        }
        // A step that is appended anew brings its reviewers and its wording along.
        (Part::Reviewers(id), O::AddReviewStep) => is_of("id", &id),
        (Part::ReviewStep(Some(id), _), O::AddReviewStep) => is_of("id", &id),
        (Part::ReviewStep(Some(id), None), O::RemoveReviewStep) => is_of("id", &id),
        (Part::ReviewStep(Some(id), Some(key)), O::UpdateReviewStep) => {
            is_of("id", &id) && holds(&key)
        }
        (Part::ReviewStep(None, _), O::AddReviewStep | O::RemoveReviewStep) => true,
        (Part::Inventory(_), O::SetInventory) => true,
        (Part::Inventory(_), O::Deactivate | O::Reactivate) => {
            field.lock == Verdict::ViaMaintenance
        }
        (Part::Visibility, O::Update) => holds("visibility"),
        (
            Part::Setting(key),
            O::Create | O::Publish | O::Deactivate | O::Reactivate | O::Delete,
        ) if key == "state" => true,
        (Part::Setting(key), O::Create | O::Update) => holds(&key),
        _ => false,
    }
}

/// Tells whether a list of a step's input holds a person, or one of several.
fn names_one(step: &Step, key: &str, people: &Value) -> bool {
    let listed = step.input.get(key).and_then(Value::as_array);
    let is_listed = |person: &Value| listed.is_some_and(|listed| listed.contains(person));
    match people {
        Value::Null => false,
        Value::Array(people) => people.iter().any(is_listed),
        person => is_listed(person),
    }
}

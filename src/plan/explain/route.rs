//! The way there is, the cheapest first, with the live values to write back.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ChangeVerdict, Subject, rule, steps_of};
use crate::diff::Effect;
use crate::lifecycle::{self, Rule};
use crate::plan::render::{Part, part};
use crate::plan::{Blocked, FieldChange, Status, TreChange};

/// Returns what to do about a change; nothing where the plan does it by itself.
pub fn routes(subject: &Subject<'_>, verdict: ChangeVerdict) -> Vec<String> {
    let Subject { change, field, blocked } = subject;
    if verdict == ChangeVerdict::Blocked {
        let mut routes: Vec<String> = Vec::new();
        for blocked in blocked {
            let ways = around(blocked, field.as_ref(), change);
            let new: Vec<String> = ways.into_iter().filter(|way| !routes.contains(way)).collect();
            routes.extend(new);
        }
        return routes;
    }
    match (change.status, field) {
        (Status::Blocked, Some(field)) => held_back(change, field),
        _ => Vec::new(),
    }
}

/// Nothing stands in the way of the change itself.
fn held_back(change: &TreChange, field: &FieldChange) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for blocked in &change.blocked {
        let path = format!("`{}`", blocked.path);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let mut routes = Vec::new();
    if field.effect == Effect::Tightens && change.live_state.is_some() {
        routes.push(format!(
            "Taking access away need not wait: `trectl apply --tighten-only --only {}`.",
            change.name
        ));
    }
    let consent = match field.lock {
        lifecycle::Verdict::ViaMaintenance => {
            ", through Maintenance and with the consent `maintenance`"
        }
        _ => "",
    };
    routes.push(format!(
        "Take back what blocks the TRE: {}. Then the plan does this one{consent}.",
        paths.join(", ")
    ));
    routes
}

/// Returns the ways around one obstacle.
fn around(blocked: &Blocked, field: Option<&FieldChange>, change: &TreChange) -> Vec<String> {
    let is = |rule: Rule| blocked.rule == rule.id;
    let part = part(change, &blocked.path);
    let ways = match (part, field) {
        (Part::Setting(key), Some(field)) if is(lifecycle::FROZEN_AT_PUBLISHING) => {
            vec![write_back(&key, &field.before, blocked), beside(change)]
        }
        (Part::ReviewStep(Some(id), None), Some(field))
            if is(lifecycle::REVIEW_PIPELINE_LOCKED) =>
        {
            vec![pipeline(&id, field, change), beside(change)]
        }
        (Part::ReviewStep(None, _), Some(_)) if is(lifecycle::REVIEW_PIPELINE_LOCKED) => {
            let order = ids(change.change.before.as_ref()).join(", ");
            vec![format!("Write the steps in the live order again: {order}."), beside(change)]
        }
        (Part::ReviewStep(Some(_), Some(key)), Some(field))
            if is(lifecycle::REVIEW_STEP_TEXT_LOCKED) =>
        {
            vec![write_back(&key, &field.before, blocked), leave_out(&key)]
        }
        (Part::Setting(key), Some(field)) if is(lifecycle::NO_RETURN_TO_DRAFT) => vec![
            write_back(&key, &field.before, blocked),
            "Write `state: maintenance`, with the consent `maintenance`: it takes no new requests, \
             and its inventory can change."
                .to_owned(),
            beside(change),
        ],
        (Part::Policy(name), Some(field)) if is(lifecycle::POLICY_ONE_WAY) => {
            vec![write_back(&name, &field.before, blocked), leave_out(&name)]
        }
        (Part::Reviewers(step), _) if is(lifecycle::STEP_WITHOUT_REVIEWER) => {
            reviewers(&step, change)
        }
        (Part::Inventory(_), _) if is(lifecycle::PENDING_INVENTORY_UNMANAGED) => pending(change),
        (Part::Setting(key), None) if is(lifecycle::CREATE_INCOMPLETE) => {
            vec![format!("Add `{key}:` to the document{}.", at(blocked))]
        }
        _ => Vec::new(),
    };
    if ways.is_empty() { remedy(blocked, change) } else { ways }
}

/// The rule's own words, with the ids that are known. Numbered steps are one way.
fn remedy(blocked: &Blocked, change: &TreChange) -> Vec<String> {
    let words = match (blocked.remedy.as_str(), rule(&blocked.rule)) {
        ("", Some(rule)) => rule.remedy.replace("THIS-ID", &change.name),
        (words, _) => words.to_owned(),
    };
    vec![words]
}

fn at(blocked: &Blocked) -> String {
    blocked.range.as_ref().map(|range| format!(" ({range})")).unwrap_or_default()
}

/// JSON is YAML, so that what is pasted means what is shown.
fn write_back(key: &str, live: &Value, blocked: &Blocked) -> String {
    let place = at(blocked);
    match live {
        Value::Null => format!("Remove the key `{key}`{place}: there is none on the platform."),
        Value::String(state) if key == "state" => {
            format!("Write the live value again{place}: `{key}: {state}`")
        }
        live => format!("Write the live value again{place}: `{key}: {live}`"),
    }
}

fn leave_out(key: &str) -> String {
    format!("Leave `{key}` out, so that it is not managed: the platform keeps what it has.")
}

fn beside(change: &TreChange) -> String {
    format!(
        "Start a TRE beside this one, as a draft in which everything is open: \
         `trectl new NEW-ID --from {}`",
        change.name
    )
}

fn ids(tre: Option<&Arc<Value>>) -> Vec<&str> {
    steps_of(tre).iter().filter_map(|step| step.get("id")?.as_str()).collect()
}

/// A review step that is asked for, or that is to go.
fn pipeline(id: &str, field: &FieldChange, change: &TreChange) -> String {
    if !field.before.is_null() {
        let mut step = field.before.clone();
        if let Value::Object(step) = &mut step {
            // Who decides stays free, so it need not be written back.
            step.shift_remove("reviewers");
        }
        return format!("Write the step again, in its place: `- {step}`");
    }
    let reviewers: Vec<&str> = field
        .after
        .get("reviewers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let who = match reviewers.as_slice() {
        [] => "the reviewers".to_owned(),
        some => some.join(", "),
    };
    match ids(change.change.before.as_ref()).as_slice() {
        [] => format!("Take the step `{id}` out."),
        there => format!(
            "Take the step `{id}` out, and list {who} among the reviewers of a step that is there: \
             {}. Reviewers may change at any time.",
            there.join(", ")
        ),
    }
}

fn reviewers(step: &str, change: &TreChange) -> Vec<String> {
    let live = steps_of(change.change.before.as_ref())
        .iter()
        .find(|live| live.get("id").and_then(Value::as_str) == Some(step))
        .and_then(|live| live.get("reviewers"))
        .map_or_else(|| json!([]), Value::clone);
    vec![
        format!("Keep one of those who decide `{step}` now: `reviewers: {live}`"),
        "Name somebody else in their place: who comes in is added before anybody leaves."
            .to_owned(),
    ]
}

fn pending(change: &TreChange) -> Vec<String> {
    let before = change.change.before.as_ref();
    let Some(inventory) = before.and_then(|tre| tre.get("inventory")) else { return Vec::new() };
    vec![
        format!("Name the pending version, if it shall be given out: `inventory: {inventory}`"),
        "Name the inventory that shall be given out in its place under `inventory:`.".to_owned(),
        "Write `state: maintenance` again: then nothing is given out yet.".to_owned(),
    ]
}

//! Changed fields in the words of the field.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::plan::{FieldChange, TreChange};

/// Which part of a TRE a path points into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// One policy.
    Policy(String),
    /// The list of admins, or one of them.
    Admins,
    /// The list of authorized users, or one of them.
    AuthorizedUsers,
    /// The reviewers of a step, or one of them; the id where it is known.
    Reviewers(String),
    /// The inventory or one of its parts.
    Inventory(Option<String>),
    /// The review pipeline, or a step of it.
    ReviewStep(Option<String>, Option<String>),
    /// Who can find it.
    Visibility,
    /// Any other setting, by its key.
    Setting(String),
}

/// Returns the part of the TRE that a path points into.
pub fn part(change: &TreChange, path: &str) -> Part {
    let keys: Vec<&str> = path.split('/').skip(1).collect();
    match keys.as_slice() {
        ["policies", name, ..] => Part::Policy(key(name)),
        ["admins", ..] => Part::Admins,
        ["authorizedUsers", ..] => Part::AuthorizedUsers,
        ["inventory"] => Part::Inventory(None),
        ["inventory", asset, ..] => Part::Inventory(Some(key(asset))),
        ["reviewSteps"] => Part::ReviewStep(None, None),
        ["reviewSteps", index, "reviewers", ..] => Part::Reviewers(step_id(change, &key(index))),
        ["reviewSteps", index, rest @ ..] => {
            Part::ReviewStep(Some(step_id(change, &key(index))), rest.first().map(|rest| key(rest)))
        }
        ["visibility"] => Part::Visibility,
        [setting, ..] => Part::Setting(key(setting)),
        [] => Part::Setting("document".to_owned()),
    }
}

/// Tells whether a path points into a list of people; cheaper than asking for the part.
pub fn is_people(path: &str) -> bool {
    let mut keys = path.split('/').skip(1);
    match keys.next() {
        Some("admins" | "authorizedUsers") => true,
        Some("reviewSteps") => keys.nth(1) == Some("reviewers"),
        _ => false,
    }
}

/// Returns the keys of a JSON Pointer.
pub fn segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(key).collect()
}

/// Returns a key as it is, out of a JSON Pointer.
fn key(written: &str) -> String {
    match written.contains('~') {
        true => written.replace("~1", "/").replace("~0", "~"),
        false => written.to_owned(),
    }
}

/// Returns a review step's id from the TRE after, else before; else the index itself.
fn step_id(change: &TreChange, index: &str) -> String {
    let find = |tre: &Option<Arc<Value>>| {
        let steps = tre.as_ref()?.get("reviewSteps")?.as_array()?;
        let step = match index.parse::<usize>() {
            Ok(index) => steps.get(index)?,
            Err(_) => steps.iter().find(|step| step["id"] == *index)?,
        };
        Some(step.get("id")?.as_str()?.to_owned())
    };
    find(&change.change.after)
        .or_else(|| find(&change.change.before))
        .unwrap_or_else(|| index.to_owned())
}

/// Returns the people that a field adds and removes, whether it is one entry or a whole list.
pub fn entries(field: &FieldChange) -> (Vec<&str>, Vec<&str>) {
    let (before, after) = (people(&field.before), people(&field.after));
    let (had, have): (BTreeSet<&str>, BTreeSet<&str>) =
        (before.iter().copied().collect(), after.iter().copied().collect());
    let added = after.into_iter().filter(|id| !had.contains(id)).collect();
    let removed = before.into_iter().filter(|id| !have.contains(id)).collect();
    (added, removed)
}

fn people(value: &Value) -> Vec<&str> {
    match value {
        Value::String(id) => vec![id],
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Returns what a field is called.
pub fn name(part: &Part) -> String {
    match part {
        Part::Policy(name) => format!("policy {name}"),
        Part::Admins => "TRE admins".to_owned(),
        Part::AuthorizedUsers => "authorized users".to_owned(),
        Part::Reviewers(step) => format!("reviewers of step {step}"),
        Part::Inventory(None) => "inventory".to_owned(),
        Part::Inventory(Some(key)) => asset(key).to_owned(),
        Part::ReviewStep(None, _) => "review steps".to_owned(),
        Part::ReviewStep(Some(step), None) => format!("review step {step}"),
        Part::ReviewStep(Some(step), Some(key)) => format!("{key} of review step {step}"),
        Part::Visibility => "visibility".to_owned(),
        Part::Setting(key) => setting(key).to_owned(),
    }
}

/// Returns what an inventory's key stands for.
pub fn asset(key: &str) -> &str {
    match key {
        "version" => "inventory version",
        "tabularData" => "Tabular Data Inventory",
        "dataShowcase" => "Data Showcase",
        "fileInventory" => "File Inventory",
        "dataCollections" => "Data Collections",
        other => other,
    }
}

fn setting(key: &str) -> &str {
    match key {
        "billTo" => "billed to",
        "customizedURL" => "address of its own (customizedURL)",
        "customizedRateCard" => "rate card of its own (customizedRateCard)",
        other => other,
    }
}

/// Returns a value in the words of its part.
pub fn value(part: &Part, value: &Value) -> String {
    match (part, value) {
        (Part::Policy(_), Value::Null) => "not set".to_owned(),
        (Part::ReviewStep(_, None), Value::Object(step)) => {
            step.get("id").and_then(Value::as_str).unwrap_or("a step").to_owned()
        }
        (Part::ReviewStep(None, None), Value::Array(steps)) => {
            let id = |step: &Value| step.get("id").unwrap_or(step).as_str().map(str::to_owned);
            list(steps.iter().filter_map(id))
        }
        (Part::Inventory(None), Value::Object(inventory)) => {
            match inventory.get("version").and_then(Value::as_str) {
                Some(version) => format!("version {version}"),
                None => "a version without a name".to_owned(),
            }
        }
        (_, Value::Null) => "none".to_owned(),
        (Part::Setting(key), Value::String(text)) if key == "name" || key == "description" => {
            format!("\"{}\"", shorten(text, 200))
        }
        (Part::ReviewStep(..), Value::String(text)) => format!("\"{}\"", shorten(text, 200)),
        (_, Value::String(text)) => shorten(text, 200),
        (_, Value::Array(items)) if items.iter().all(Value::is_string) => {
            list(items.iter().filter_map(|item| item.as_str().map(str::to_owned)))
        }
        (_, other) => shorten(&other.to_string(), 200),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

/// Keeps a text to a length that a reader takes in.
fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(['…']).collect()
}

/// Returns a changed field in a phrase: what it is, before and after.
pub fn phrase(change: &TreChange, field: &FieldChange) -> String {
    let part = part(change, &field.path);
    if matches!(part, Part::Admins | Part::AuthorizedUsers | Part::Reviewers(_)) {
        return people_phrase(&part, field);
    }
    let (before, after) = (value(&part, &field.before), value(&part, &field.after));
    match (&part, &field.before, &field.after) {
        (Part::ReviewStep(Some(step), None), Value::Null, _) => {
            format!("a new review step, {step}")
        }
        (Part::ReviewStep(Some(step), None), _, Value::Null) => {
            format!("the review step {step} removed")
        }
        (_, Value::Null, _) if !matches!(part, Part::Policy(_)) => {
            format!("{} {after}", name(&part))
        }
        _ => format!("{} {before} → {after}", name(&part)),
    }
}

fn people_phrase(part: &Part, field: &FieldChange) -> String {
    let (added, removed) = entries(field);
    let list = name(part);
    let clause = |ids: &[&str], verb: &str| match ids {
        [] => None,
        ids if ids.len() > 5 => Some(format!("{} {verb} the {list}", ids.len())),
        ids => Some(format!("{} {verb} the {list}", ids.join(", "))),
    };
    let clauses: Vec<String> =
        [clause(&added, "added to"), clause(&removed, "taken off")].into_iter().flatten().collect();
    if clauses.is_empty() { format!("nobody among the {list}") } else { clauses.join(", ") }
}

/// Writes numbers with what they are of, the first of them with its noun; those that are 0 are left
/// out.
pub fn counted(numbers: &[(usize, &str)], one: &str, many: &str) -> String {
    let said = numbers.iter().filter(|(number, _)| *number > 0).enumerate();
    let said = said.map(|(index, (number, word))| match index {
        0 => format!("{} {word}", count(*number, one, many)),
        _ => format!("{number} {word}"),
    });
    said.collect::<Vec<_>>().join(", ")
}

/// Writes a number with its noun.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

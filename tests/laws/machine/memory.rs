//! What was last applied, field by field, and who moved: a second, simple reading of the contract.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use trectl::model::DesiredState;
use trectl::plan::{FieldChange, Step};
use trectl::platform::wire::{TreDescription, WireState};

use super::script::values;
use crate::world::document::Document;
use crate::world::goal::is_loosest;

/// The lists of people that are remembered, each with the operations that change it.
const LISTS: [(&str, &str, &str, &str); 2] = [
    ("/admins", "admins", "add_admins", "remove_admins"),
    ("/authorizedUsers", "authorizedUsers", "add_authorized_users", "remove_authorized_users"),
];

/// The applied values by JSON Pointer; lists of people are sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory(BTreeMap<String, Value>);

impl Memory {
    /// Returns what is remembered of a document that was applied whole.
    pub fn of(document: &Document) -> Option<Self> {
        if document.state == DesiredState::Deleted {
            return None;
        }
        let texts = [
            ("/name", &document.name),
            ("/description", &document.description),
            ("/billTo", &document.bill_to),
            ("/region", &document.region),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), json!(text.as_ref()?))));
        Some(Self(values(document).into_iter().chain(texts).collect()))
    }

    /// Returns what is remembered before the calls of a plan: a list that was not managed before
    /// and that they change is taken as it is.
    pub fn before(memory: Option<Self>, live: Option<&TreDescription>, steps: &[Step]) -> Self {
        let state = json!(live.map_or("draft", |tre| word(tre.state)));
        let mut memory = memory.unwrap_or_else(|| Self([("/state".to_owned(), state)].into()));
        for (pointer, key, adds, removes) in LISTS {
            let is_changed = steps.iter().any(|step| {
                let operation = step.operation.as_str();
                operation == adds || operation == removes
            });
            if is_changed {
                let listed = live.map(|tre| json!(tre)[key].clone()).unwrap_or(json!([]));
                let mut people = set(&listed);
                people.remove("user-olga");
                memory.0.entry(pointer.to_owned()).or_insert(json!(people));
            }
        }
        memory
    }

    /// Takes a call of ours that took effect; nothing is remembered of what was deleted.
    pub fn absorb(mut self, step: &Step) -> Option<Self> {
        let input = step.input.as_object().unwrap();
        match step.operation.as_str() {
            "create" | "update" => {
                let settings = input.iter().filter(|(key, _)| *key != "handle" && *key != "nonce");
                self.0.extend(settings.map(|(key, value)| (format!("/{key}"), value.clone())));
            }
            "set_policies" => {
                let policies = input["policies"].as_object().unwrap().iter();
                self.0.extend(policies.map(|(name, it)| (format!("/policies/{name}"), it.clone())));
            }
            "set_inventory" => {
                self.0.insert("/inventory/version".to_owned(), input["version"].clone());
            }
            "publish" | "reactivate" => drop(self.0.insert("/state".to_owned(), json!("active"))),
            "deactivate" => drop(self.0.insert("/state".to_owned(), json!("maintenance"))),
            "delete" => return None,
            operation => {
                for (pointer, key, adds, removes) in LISTS {
                    let mut people = self.0.get(pointer).map(set).unwrap_or_default();
                    let named = input.get(key).map(set).unwrap_or_default();
                    if operation == adds {
                        people.extend(named);
                    } else if operation == removes {
                        people.retain(|person| !named.contains(person));
                    } else {
                        continue;
                    }
                    self.0.insert(pointer.to_owned(), json!(people));
                }
            }
        }
        Some(self)
    }

    /// Returns what is remembered and no longer managed, review steps aside.
    pub fn released(&self, document: &Document) -> BTreeSet<String> {
        let managed = Self::of(document).map(|it| it.0).unwrap_or_default();
        let gone = self.0.keys().filter(|pointer| !managed.contains_key(*pointer));
        // An inventory is managed as a whole.
        gone.map(|pointer| pointer.trim_end_matches("/version").to_owned()).collect()
    }
}

fn word(state: WireState) -> &'static str {
    match state {
        WireState::Draft => "draft",
        WireState::Active => "active",
        WireState::Amending => "maintenance",
    }
}

fn set(list: &Value) -> BTreeSet<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns where a changed field is remembered, as far as this reading goes.
pub fn pointer(field: &FieldChange) -> Option<String> {
    let path = field.path.as_str();
    let list = LISTS.iter().find(|(list, ..)| path.starts_with(&format!("{list}/")));
    match list {
        Some((list, ..)) => Some((*list).to_owned()),
        None if path.starts_with("/policies/") => Some(path.to_owned()),
        None => ["/state", "/name", "/description", "/visibility", "/inventory/version"]
            .contains(&path)
            .then(|| path.to_owned()),
    }
}

/// Returns who moved: only the repository (`change`), only the platform (`revert`), or both.
pub fn origin(memory: Option<&Memory>, field: &FieldChange) -> Option<&'static str> {
    let pointer = pointer(field)?;
    let Some(Memory(memory)) = memory else { return Some("first") };
    let Some(applied) = memory.get(&pointer) else { return Some("change") };
    let is_list = LISTS.iter().any(|(list, ..)| *list == pointer);
    let applied = if is_list {
        let person = if field.after.is_null() { &field.before } else { &field.after };
        if set(applied).contains(person.as_str().unwrap()) { person.clone() } else { json!(null) }
    } else {
        applied.clone()
    };
    let [applied, before, after] = [&applied, &field.before, &field.after].map(plain);
    Some(match (applied == after, applied == before) {
        (true, _) => "revert",
        (false, true) => "change",
        (false, false) => "conflict",
    })
}

/// Returns a value in one spelling: what a policy has where it was never set is none.
fn plain(value: &Value) -> Value {
    match value {
        value if is_loosest(value) => json!(null),
        Value::Array(_) => json!(set(value)),
        value => value.clone(),
    }
}

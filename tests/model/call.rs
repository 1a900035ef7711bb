//! Calls, and what each of them writes.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::world::directory::TRE;

/// One call of the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub route: String,
    pub input: Value,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route = self.route.trim_start_matches(&format!("/{TRE}/"));
        match self.input.as_object() {
            Some(input) if input.is_empty() => f.write_str(route),
            _ => write!(f, "{route} {}", self.input),
        }
    }
}

impl Call {
    /// Returns a call on the TRE.
    pub fn on_tre(method: &str, input: Value) -> Self {
        Self { route: format!("/{TRE}/{method}"), input }
    }

    /// Returns what the call does, without the TRE.
    pub fn method(&self) -> &str {
        self.route.rsplit_once('/').map_or("", |(_, method)| method)
    }

    /// Returns the one spelling of the call: lists of ids are sets, and what is null where a TRE
    /// is created or an inventory is set is not there.
    pub fn spelled(&self) -> String {
        let mut input = in_order(&self.input);
        if let Some(fields) = input.as_object_mut() {
            let is_new = matches!(self.method(), "new" | "setInventory");
            fields.retain(|key, value| {
                let is_left_out = is_new && value.is_null();
                let is_nobody = key == "reviewers" && *value == json!([]);
                !is_left_out && !is_nobody
            });
        }
        format!("{} {input}", self.route)
    }

    /// Returns what the call writes, one word for each value, person or step.
    pub fn words(&self) -> Vec<String> {
        let none = Map::new();
        let input = self.input.as_object().unwrap_or(&none);
        let people = |sign: &str, role: &str, key: &str| {
            let people = input[key].as_array().into_iter().flatten().filter_map(Value::as_str);
            people.map(|person| person_word(sign, role, person)).collect()
        };
        match self.method() {
            "new" => {
                let given =
                    input.iter().filter(|(key, value)| *key != "handle" && !value.is_null());
                let settings = given.map(|(key, value)| setting_word(key, value));
                settings.chain(["create".to_owned()]).collect()
            }
            "update" => input.iter().map(|(key, value)| setting_word(key, value)).collect(),
            "setPolicies" => {
                let policies = input["policies"].as_object().unwrap_or(&none);
                policies.iter().map(|(name, value)| policy_word(name, value)).collect()
            }
            "setInventory" => vec![inventory_word(&self.input)],
            "addAdmins" => people("+", "admin", "admins"),
            "removeAdmins" => people("-", "admin", "admins"),
            "addAuthorizedUsers" => people("+", "user", "authorizedUsers"),
            "removeAuthorizedUsers" => people("-", "user", "authorizedUsers"),
            "addApplicationReviewers" => people("+", &reviewer_of(&input["stepId"]), "reviewers"),
            "removeApplicationReviewers" => {
                people("-", &reviewer_of(&input["stepId"]), "reviewers")
            }
            "addApplicationReviewStep" => vec![append_word(&self.input)],
            "removeApplicationReviewStep" => vec![removal_word(&input["id"])],
            "updateApplicationReviewStep" => {
                let texts = input.iter().filter(|(key, _)| *key != "id");
                texts.map(|(key, value)| text_word(&input["id"], key, value)).collect()
            }
            method => vec![method.to_owned()],
        }
    }
}

/// Returns the word for a setting.
pub fn setting_word(key: &str, value: &Value) -> String {
    format!("{key} = {value}")
}

/// Returns the word for a policy.
pub fn policy_word(name: &str, value: &Value) -> String {
    format!("policy {name} = {}", in_order(value))
}

/// Returns the word for an inventory.
pub fn inventory_word(inventory: &Value) -> String {
    let mut inventory = in_order(inventory);
    if let Some(assets) = inventory.as_object_mut() {
        assets.retain(|_, asset| !asset.is_null());
    }
    format!("inventory {inventory}")
}

/// Returns the word for somebody who comes in or goes.
pub fn person_word(sign: &str, role: &str, person: &str) -> String {
    format!("{sign}{role} {person}")
}

/// Returns the role of a step's reviewers.
pub fn reviewer_of(step: &Value) -> String {
    format!("reviewer of {step}")
}

/// Returns the word for a step that is appended.
pub fn append_word(step: &Value) -> String {
    let key = |key: &str| in_order(&step[key]);
    let reviewers = Some(key("reviewers")).filter(|list| !list.is_null()).unwrap_or(json!([]));
    format!("append {} {} {} {reviewers}", key("id"), key("name"), key("description"))
}

/// Returns the word for a step that is taken out.
pub fn removal_word(step: &Value) -> String {
    format!("take out {step}")
}

/// Returns the word for a step's name or description.
pub fn text_word(step: &Value, key: &str, value: &Value) -> String {
    format!("step {step} {key} = {value}")
}

/// Returns a value in one order: keys by their names, lists of ids as sets.
pub fn in_order(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(in_order).collect();
            if items.iter().all(Value::is_string) {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            Value::Array(items)
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            Value::from_iter(fields.into_iter().map(|(key, value)| (key.clone(), in_order(value))))
        }
        other => other.clone(),
    }
}

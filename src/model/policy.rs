//! Policies: their names, types, and which of two values is stricter.
//!
//! The platform's list for TREs is not public; the project controls it works like are (D), so the
//! default table is assumed (A) and open to more names through the project file.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What values a policy takes, and which direction is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PolicyKind {
    /// `true` is stricter.
    Bool,
    /// A positive whole number, or null for no limit; larger is stricter.
    Number,
    /// A list of ids, or null for any; fewer is stricter.
    List,
}

/// One policy that trectl knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySpec {
    /// What values it takes.
    pub kind: PolicyKind,
    /// Tells whether it can only be switched on, never off (D for `containsPHI`).
    pub one_way: bool,
    /// What it does, in a sentence for people.
    pub meaning: String,
}

/// The policies that trectl knows, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTable(BTreeMap<String, PolicySpec>);

impl Default for PolicyTable {
    fn default() -> Self {
        use PolicyKind::{Bool, List, Number};
        let rows = [
            ("downloadRestricted", Bool, false, "Data cannot be downloaded off the platform."),
            ("externalUploadRestricted", Bool, false, "Nothing can be uploaded from outside."),
            ("restricted", Bool, false, "Data cannot be copied to other projects."),
            ("protected", Bool, false, "Only project administrators may delete data."),
            ("containsPHI", Bool, true, "PHI protection; it cannot be switched off."),
            ("databaseUIViewOnly", Bool, false, "Database data only through the UI."),
            ("databaseResultsRestricted", Number, false, "The smallest result a viewer may see."),
            ("previewViewerRestricted", Bool, false, "File preview is off."),
            ("allowedExecutables", List, false, "Only these may be run."),
            ("httpsAppIsolatedBrowsing", Bool, false, "Web apps only in isolated browsing."),
        ];
        Self(
            rows.into_iter()
                .map(|(name, kind, one_way, meaning)| {
                    (name.to_owned(), PolicySpec { kind, one_way, meaning: meaning.to_owned() })
                })
                .collect(),
        )
    }
}

impl PolicyTable {
    /// Returns what is known of a policy.
    pub fn get(&self, name: &str) -> Option<&PolicySpec> {
        self.0.get(name)
    }

    /// Adds a policy, or replaces what was known of it.
    pub fn insert(&mut self, name: String, spec: PolicySpec) {
        self.0.insert(name, spec);
    }

    /// Returns every policy in the order of its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PolicySpec)> {
        self.0.iter().map(|(name, spec)| (name.as_str(), spec))
    }

    /// Compares two values of a policy. A policy that trectl does not know is incomparable.
    pub fn compare(&self, name: &str, before: &PolicyValue, after: &PolicyValue) -> Strictness {
        if before == after {
            return Strictness::Same;
        }
        let Some(spec) = self.get(name) else { return Strictness::Incomparable };
        match spec.kind {
            PolicyKind::Bool | PolicyKind::Number => order(strength(before), strength(after)),
            PolicyKind::List => compare_lists(before, after),
        }
    }

    /// Returns the value in the one spelling that is compared and stored: what is the loosest
    /// value anyway is `Default` (A: a policy that was never set counts as its loosest value).
    pub fn normalize(&self, name: &str, value: &PolicyValue) -> PolicyValue {
        match (self.get(name).map(|spec| spec.kind), value) {
            (Some(PolicyKind::Bool), PolicyValue::Bool(false)) => PolicyValue::Default,
            _ => value.clone(),
        }
    }
}

/// How the value after relates to the value before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Neither is stricter.
    Same,
    /// The value after is stricter.
    Stricter,
    /// The value after is less strict.
    Looser,
    /// Some of what was forbidden is allowed, or it cannot be told.
    Incomparable,
}

/// Orders two strengths; `None` is a value of another type than the policy's.
fn order(before: Option<u64>, after: Option<u64>) -> Strictness {
    match (before, after) {
        (Some(before), Some(after)) => match after.cmp(&before) {
            Ordering::Equal => Strictness::Same,
            Ordering::Greater => Strictness::Stricter,
            Ordering::Less => Strictness::Looser,
        },
        _ => Strictness::Incomparable,
    }
}

/// Returns how strong a restriction is: a policy that was never set has no strength (A).
fn strength(value: &PolicyValue) -> Option<u64> {
    match value {
        PolicyValue::Default => Some(0),
        PolicyValue::Bool(value) => Some((*value).into()),
        PolicyValue::Number(value) => Some(*value),
        PolicyValue::List(_) | PolicyValue::Other(_) => None,
    }
}

fn compare_lists(before: &PolicyValue, after: &PolicyValue) -> Strictness {
    match (before, after) {
        (PolicyValue::Default, PolicyValue::List(_)) => Strictness::Stricter,
        (PolicyValue::List(_), PolicyValue::Default) => Strictness::Looser,
        (PolicyValue::List(before), PolicyValue::List(after)) => {
            if before == after {
                Strictness::Same
            } else if after.is_subset(before) {
                Strictness::Stricter
            } else if before.is_subset(after) {
                Strictness::Looser
            } else {
                Strictness::Incomparable
            }
        }
        _ => Strictness::Incomparable,
    }
}

/// A policy's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(from = "Value", into = "Value")]
pub enum PolicyValue {
    /// `null`: the platform's default, which counts as the loosest value (A).
    Default,
    /// On or off.
    Bool(bool),
    /// A positive whole number.
    Number(u64),
    /// A list of ids, as a set.
    List(BTreeSet<String>),
    /// What the platform answered and trectl does not know how to write.
    Other(Value),
}

impl From<Value> for PolicyValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Default,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(ref number) => {
                number.as_u64().map_or_else(|| Self::Other(value.clone()), Self::Number)
            }
            Value::Array(ref items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<BTreeSet<_>>>()
                .map_or_else(|| Self::Other(value.clone()), Self::List),
            other => Self::Other(other),
        }
    }
}

impl From<PolicyValue> for Value {
    fn from(value: PolicyValue) -> Self {
        match value {
            PolicyValue::Default => Self::Null,
            PolicyValue::Bool(value) => Self::Bool(value),
            PolicyValue::Number(value) => Self::from(value),
            PolicyValue::List(items) => Self::from_iter(items),
            PolicyValue::Other(value) => value,
        }
    }
}

impl fmt::Display for PolicyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the platform's default"),
            other => write!(f, "{}", Value::from(other.clone())),
        }
    }
}

//! TREs as YAML documents in the canonical order of their keys. What trectl would refuse is left
//! out and named, so that a document that is written here is always one that is read.

mod layout;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::sharing::{Listed, NewGroup, Role};
use crate::diag::{Diagnostic, Range, Severity, escape_control};
use crate::model::{LiveTre, Tre};
use crate::rules;
use crate::source::{Entry, Node, NodeValue, Repository};

/// Keys without which a document is none.
const REQUIRED: [&str; 4] = ["apiVersion", "kind", "id", "state"];
/// The file that a document is checked as.
const FILE: &str = "~new.yaml";

/// So many TREs are named in the comment of a group.
const NAMED: usize = 4;

/// A document to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    keys: Map<String, Value>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
}

/// A setting that trectl would refuse, so that it is not managed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The key, with what stands above it.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Document {
    /// Returns the document of a live TRE.
    pub fn of_live(live: &LiveTre) -> Self {
        Self::of_keys(live_keys(&live.tre))
    }

    /// Returns a document of these keys, in canonical order; others stand at the end.
    pub fn of_keys(mut given: Map<String, Value>) -> Self {
        given.insert("apiVersion".to_owned(), json!(crate::source::API_VERSION));
        given.insert("kind".to_owned(), json!("TrustedResearchEnvironment"));
        Self { keys: layout::in_order(given), left_out: Vec::new() }
    }

    /// Returns the lists of people that are managed, each with what it is for.
    pub fn people(&self) -> Vec<(Role, &Vec<Value>)> {
        let lists = [("admins", Role::Admins), ("authorizedUsers", Role::Users)];
        let lists = lists.into_iter().filter_map(|(key, role)| Some((role, self.keys.get(key)?)));
        let steps = self.keys.get("reviewSteps").and_then(Value::as_array);
        let steps = steps.into_iter().flatten().filter_map(|step| {
            let role = Role::Reviewers(step.get("id")?.as_str()?.to_owned());
            Some((role, step.get("reviewers")?))
        });
        lists.chain(steps).filter_map(|(role, list)| Some((role, list.as_array()?))).collect()
    }

    /// Returns the same lists, to be changed.
    pub fn people_mut(&mut self) -> Vec<(Role, &mut Vec<Value>)> {
        let mut lists = Vec::new();
        for (key, value) in &mut self.keys {
            match (key.as_str(), value) {
                ("admins", Value::Array(list)) => lists.push((Role::Admins, list)),
                ("authorizedUsers", Value::Array(list)) => lists.push((Role::Users, list)),
                ("reviewSteps", Value::Array(steps)) => {
                    for step in steps.iter_mut().filter_map(Value::as_object_mut) {
                        let id = step.get("id").and_then(Value::as_str).map(str::to_owned);
                        if let (Some(id), Some(Value::Array(list))) =
                            (id, step.get_mut("reviewers"))
                        {
                            lists.push((Role::Reviewers(id), list));
                        }
                    }
                }
                _ => {}
            }
        }
        lists
    }

    /// Returns the keys.
    pub fn into_keys(self) -> Map<String, Value> {
        self.keys
    }

    /// Leaves out what trectl would refuse beside these files, which it may refer to.
    ///
    /// # Errors
    ///
    /// What is refused and cannot be left out.
    pub fn without_refused<'a>(
        mut self,
        beside: impl IntoIterator<Item = (&'a str, &'a str)>,
        today: Date,
    ) -> Result<Self, Box<Diagnostic>> {
        let beside: Vec<_> = beside.into_iter().collect();
        while let Some((refused, node)) = self.refused(&beside, today) {
            let Some(left_out) = self.leave_out(&refused, node.as_ref()) else {
                return Err(Box::new(refused));
            };
            self.left_out.push(left_out);
        }
        Ok(self)
    }

    /// Returns the first error of the document, with its tree.
    fn refused(&self, beside: &[(&str, &str)], today: Date) -> Option<(Diagnostic, Option<Node>)> {
        let text = self.body().unwrap_or_default();
        let files = std::iter::once((FILE, text.as_str())).chain(beside.iter().copied());
        let repository = Repository::from_memory(".", files);
        let built = rules::build(&repository, today);
        let refused = built.diagnostics.into_iter().find(|found| {
            let is_here = found.range.as_ref().is_none_or(|range| range.file.as_ref() == FILE);
            found.severity == Severity::Error && is_here
        })?;
        let document = repository.documents.into_iter().find(|doc| doc.file.as_ref() == FILE);
        Some((refused, document.map(|document| document.node)))
    }

    /// Removes the smallest part of the document that can be left out and holds an error.
    fn leave_out(&mut self, refused: &Diagnostic, node: Option<&Node>) -> Option<LeftOut> {
        let range = refused.range.as_ref()?;
        let top = entry_at(node?, range)?;
        let path = match top.key.as_str() {
            key if REQUIRED.contains(&key) => return None,
            "policies" => match entry_at(&top.value, range) {
                Some(policy) => {
                    self.keys.get_mut("policies")?.as_object_mut()?.shift_remove(&policy.key)?;
                    format!("policies.{}", policy.key)
                }
                None => self.whole("policies")?,
            },
            "reviewSteps" => match self.step_key(&top.value, range) {
                Some(path) => path,
                None => self.whole("reviewSteps")?,
            },
            key => self.whole(key)?,
        };
        Some(LeftOut { path, reason: refused.summary.clone() })
    }

    fn whole(&mut self, key: &str) -> Option<String> {
        self.keys.shift_remove(key).map(|_| key.to_owned())
    }

    /// Removes one key of a review step, if it is one that a step can do without.
    fn step_key(&mut self, steps: &Node, range: &Range) -> Option<String> {
        let index = steps.items()?.iter().position(|step| holds(&step.range, range))?;
        let step = self.keys.get_mut("reviewSteps")?.get_mut(index)?.as_object_mut()?;
        let id = step.get("id")?.as_str()?.to_owned();
        let key = entry_at(steps.items()?.get(index)?, range)?.key.clone();
        if key == "id" {
            return None;
        }
        step.shift_remove(&key)?;
        Some(format!("reviewSteps.{id}.{key}"))
    }

    fn body(&self) -> Result<String, Failure> {
        layout::of_tre(&self.keys).map_err(unwritable)
    }

    /// Returns the YAML, with a comment for everything that was left out.
    ///
    /// # Errors
    ///
    /// Where a value has no form in YAML.
    pub fn text(&self, comments: &[String]) -> Result<String, Failure> {
        let left_out = self.left_out.iter().map(|LeftOut { path, reason }| {
            format!("`{path}` is not managed here, since trectl would refuse it: {reason}")
        });
        let mut text = String::new();
        for comment in comments.iter().cloned().chain(left_out) {
            text.push_str(&format!("# {}\n", escape_control(&comment)));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        Ok(text + &self.body()?)
    }
}

/// Returns the YAML of a group, with a comment that says why it is there.
///
/// # Errors
///
/// Where a value has no form in YAML.
pub fn group(group: &NewGroup) -> Result<String, Failure> {
    let NewGroup { id, members, lists } = group;
    let mut tres: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for Listed { tre, role } in lists {
        tres.entry(role.to_string()).or_default().push(tre.as_str());
    }
    let keys = json!({
        "apiVersion": crate::source::API_VERSION, "kind": "Group", "id": id, "members": members,
    });
    let mut text = "# One list in several TREs when it was imported:\n".to_owned();
    for (role, tres) in tres {
        let named = tres.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = tres.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        text.push_str(&escape_control(&format!("# {role} in {named}{more}")));
        text.push('\n');
    }
    let keys = keys.as_object().cloned().unwrap_or_default();
    Ok(text + &layout::plain(&keys).map_err(unwritable)?)
}

fn unwritable(error: serde_saphyr::ser::Error) -> Failure {
    Failure::files("The document cannot be written.").because(error)
}

/// Returns the entry of a mapping whose key or value holds a place.
fn entry_at<'a>(node: &'a Node, range: &Range) -> Option<&'a Entry> {
    let NodeValue::Map(entries) = &node.value else { return None };
    entries.iter().find(|entry| {
        holds(&entry.key_range, range)
            || holds(&entry.value.range, range)
            || (entry.key_range.start <= range.start && range.start < entry.value.range.end)
    })
}

fn holds(outer: &Range, inner: &Range) -> bool {
    outer.start <= inner.start && inner.start < outer.end
}

/// Returns the keys of a live TRE in the names of the YAML.
fn live_keys(tre: &Tre) -> Map<String, Value> {
    let Tre {
        id,
        state,
        name,
        description,
        visibility,
        policies,
        admins,
        authorized_users,
        inventory,
        bill_to,
        region,
        customized_url,
        customized_rate_card,
        review_steps,
    } = tre;
    let mut keys = Map::new();
    let mut insert = |key: &str, value: Value| keys.insert(key.to_owned(), value);
    insert("id", json!(id));
    insert("state", json!(state));
    insert("name", json!(name));
    insert("description", json!(description));
    insert("visibility", json!(visibility));
    insert("policies", json!(policies));
    insert("admins", json!(admins));
    insert("authorizedUsers", json!(authorized_users));
    insert("billTo", json!(bill_to));
    insert("region", json!(region));
    insert("reviewSteps", json!(review_steps));
    if let Some(inventory) = inventory {
        insert("inventory", json!(inventory));
    }
    if let Some(url) = customized_url {
        insert("customizedURL", json!(url));
    }
    if let Some(card) = customized_rate_card {
        insert("customizedRateCard", card.clone());
    }
    keys
}

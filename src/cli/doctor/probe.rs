//! Calls whose answers are read as they come, and compared with the wire contract.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::platform::wire::Page;
use crate::platform::wire::contract::{Deviation, DeviationKind, Mark, Need, Route, TRE};
use crate::platform::{PlatformError, PlatformErrorKind, Transport};

/// How many results a page is asked to have.
const PAGE: usize = 1_000;

/// Makes calls and keeps how their answers differ from the contract.
pub struct Probe {
    transport: Arc<dyn Transport>,
    seen: Mutex<Seen>,
}

/// What the answers were like.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// How many calls were made.
    pub calls: usize,
    /// Everything that was described, by id.
    pub compared: BTreeSet<String>,
    /// The deviations, each with what it was found in.
    pub deviations: BTreeMap<Key, Group>,
}

/// What makes two deviations the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// In which way.
    pub kind: DeviationKind,
    /// Where, whatever the index or the key.
    pub pattern: String,
    /// What the contract says.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// The same deviation in several answers.
#[derive(Debug, Clone)]
pub struct Group {
    /// How well the contract knows it.
    pub mark: Option<Mark>,
    /// Whether trectl depends on it.
    pub need: Need,
    /// The routes.
    pub routes: BTreeSet<String>,
    /// What was described: TREs, orgs, projects.
    pub subjects: BTreeSet<String>,
}

impl Probe {
    /// Returns a probe that calls over a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, seen: Mutex::default() }
    }

    /// Returns what the answers were like so far.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a call and returns its answer, whatever its shape.
    pub async fn call(&self, path: &str, input: Value) -> Result<Value, PlatformError> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).calls += 1;
        let answer = self.transport.post(path, input).await?;
        if let Some(route) = Route::of(path) {
            self.note(&route.at.to_string(), subject(path), &route.compare(&answer));
        }
        Ok(answer)
    }

    /// Reads a listing of TREs or members to its end.
    pub async fn list(&self, path: &str, input: &Value) -> Result<Vec<Value>, PlatformError> {
        let mut all = Vec::new();
        let mut starting = Value::Null;
        loop {
            let mut input = input.clone();
            if let Some(fields) = input.as_object_mut() {
                fields.insert("limit".to_owned(), json!(PAGE));
                if !starting.is_null() {
                    fields.insert("starting".to_owned(), starting.clone());
                }
            }
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).calls += 1;
            let page = self.transport.post(path, input).await?;
            self.compare_page(path, &page);
            let page: Page<Value> = serde_json::from_value(page).map_err(|error| {
                let message = format!("The answer is no page of a listing: {error}.");
                PlatformError::new(path, PlatformErrorKind::UnexpectedAnswer, message)
            })?;
            let Page { results, next } = page;
            all.extend(results);
            match next {
                // A page that begins where the last one began would never end.
                Some(next) if next != starting => starting = next,
                _ => return Ok(all),
            }
        }
    }

    /// Compares a page without the descriptions in it, and these as what they describe.
    fn compare_page(&self, path: &str, page: &Value) {
        let Some(route) = Route::of(path) else { return };
        let at = route.at.to_string();
        let mut bare = page.clone();
        for result in bare.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(fields) = result.as_object_mut() else { continue };
            let id = fields.get("id").and_then(Value::as_str).unwrap_or(path).to_owned();
            if let Some(description @ Value::Object(_)) = fields.shift_remove("describe") {
                self.note(&at, &id, &TRE.compare(&description, route.mark));
            }
        }
        self.note(&at, path, &route.compare(&bare));
    }

    fn note(&self, route: &str, subject: &str, deviations: &[Deviation]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.compared.insert(subject.to_owned());
        for deviation in deviations {
            let Deviation { kind, path: _, pattern, expected, found, mark, need } = deviation;
            let key = Key {
                kind: *kind,
                pattern: pattern.clone(),
                expected: expected.clone(),
                found: found.clone(),
            };
            let group = seen.deviations.entry(key).or_insert_with(|| Group {
                mark: *mark,
                need: *need,
                routes: BTreeSet::new(),
                subjects: BTreeSet::new(),
            });
            group.routes.insert(route.to_owned());
            group.subjects.insert(subject.to_owned());
        }
    }
}

/// Returns the entity that a path speaks to.
fn subject(path: &str) -> &str {
    let entity = path.trim_start_matches('/').split('/').next().unwrap_or(path);
    if entity.contains('-') { entity } else { path }
}

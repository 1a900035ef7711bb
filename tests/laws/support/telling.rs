//! The same platform, told in other words: what an answer may say differently each time it is given
//! without saying anything else.
//!
//! The embedded platform answers in one way: lists sorted, ids and texts letter for letter as they
//! were written, and of the policies those that were ever set. How the real one answers is not
//! documented. What is varied here is our reading of what means the same:
//!
//! - lists of people are sets (A), so are lists of ids in a policy (A), and listings have no order;
//! - a policy that nobody set counts as its loosest value (A), so an answer may leave it out, or
//!   fill in the default: null, or `false` where it is a switch;
//! - an asset may be named with its project or without it (A);
//! - a listing need not describe what it lists (A).
//!
//! The order of review steps is that in which they are decided (D), and stays. So does the case of
//! every letter: handles are lower case (S), so that there is no other way to tell them, the
//! characters of an object's id stand for other values in the other case (S), and nothing says that
//! the platform folds texts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use fastrand::Rng;
use serde_json::{Map, Value, json};
use trectl::model::{PolicyKind, PolicyTable};
use trectl::platform::{Pending, Transport};
use trectl::sim::InMemory;

/// How often answers were given in other words.
pub type Told = BTreeMap<&'static str, usize>;

/// A platform, each answer of which is told in words of its own.
#[derive(Clone)]
pub struct Teller {
    platform: InMemory,
    /// The project of each asset.
    projects: Arc<BTreeMap<String, String>>,
    words: Arc<Mutex<Words>>,
}

struct Words {
    rng: Rng,
    told: Told,
}

impl Teller {
    pub fn of(platform: &InMemory, projects: BTreeMap<String, String>, seed: u64) -> Self {
        let words = Words { rng: Rng::with_seed(seed), told: Told::new() };
        Self {
            platform: platform.clone(),
            projects: Arc::new(projects),
            words: Arc::new(Mutex::new(words)),
        }
    }

    /// Returns how often something was told in other words.
    pub fn told(&self) -> Told {
        self.words.lock().unwrap().told.clone()
    }
}

impl Transport for Teller {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            let mut answer = self.platform.call(route, &input)?;
            let words = &mut *self.words.lock().unwrap();
            words.listing(&mut answer, &self.projects);
            if route.starts_with("/tre-") && route.ends_with("/describe") {
                words.tre(&mut answer, &self.projects);
            }
            Ok(answer)
        })
    }
}

impl Words {
    fn tell(&mut self, what: &'static str) {
        *self.told.entry(what).or_insert(0) += 1;
    }

    /// Tells a listing of TREs, of members or of anything else.
    fn listing(&mut self, answer: &mut Value, projects: &BTreeMap<String, String>) {
        let Some(Value::Array(results)) = answer.get_mut("results") else { return };
        self.shuffle(results, "another order of a listing");
        for result in results {
            match result.get_mut("describe") {
                Some(Value::Object(_)) if self.rng.u8(..) < 32 => {
                    self.tell("not described in the listing");
                    result["describe"] = Value::Null;
                }
                Some(description @ Value::Object(_)) => self.tre(description, projects),
                _ => {}
            }
        }
    }

    fn tre(&mut self, tre: &mut Value, projects: &BTreeMap<String, String>) {
        for list in ["admins", "authorizedUsers"] {
            self.set(&mut tre[list], "another order of people");
        }
        for step in tre["applicationReviewSteps"].as_array_mut().unwrap() {
            self.set(&mut step["reviewers"], "another order of reviewers");
        }
        for inventory in ["active", "pending"] {
            let assets = tre["inventory"][inventory].as_object_mut().into_iter().flatten();
            for (_, asset) in assets.filter(|(key, _)| *key != "version") {
                self.asset(asset, projects);
            }
        }
        self.policies(tre["policies"].as_object_mut().unwrap());
    }

    fn policies(&mut self, policies: &mut Map<String, Value>) {
        for (name, spec) in PolicyTable::default().iter() {
            let is_loosest = match policies.get_mut(name) {
                None | Some(Value::Null | Value::Bool(false)) => true,
                Some(list @ Value::Array(_)) => {
                    self.set(list, "another order in a policy");
                    false
                }
                Some(_) => false,
            };
            if !is_loosest {
                continue;
            }
            let (is_set, words) = (policies.contains_key(name), self.rng.u8(..3));
            match words {
                0 => drop(policies.remove(name)),
                1 if spec.kind == PolicyKind::Bool => {
                    policies.insert(name.to_owned(), json!(false));
                }
                _ => drop(policies.insert(name.to_owned(), Value::Null)),
            }
            match (is_set, policies.contains_key(name)) {
                (false, true) => self.tell("a default that nobody set"),
                (true, false) => self.tell("a default left out"),
                _ => {}
            }
        }
    }

    /// Tells a list that is a set: in another order, and somebody twice.
    fn set(&mut self, list: &mut Value, what: &'static str) {
        let items = list.as_array_mut().unwrap();
        if !items.is_empty() && self.rng.u8(..) < 32 {
            items.push(items[self.rng.usize(..items.len())].clone());
            self.tell("an entry twice");
        }
        self.shuffle(items, what);
    }

    fn shuffle(&mut self, items: &mut Vec<Value>, what: &'static str) {
        let before = items.clone();
        self.rng.shuffle(items);
        if *items != before {
            self.tell(what);
        }
    }

    fn asset(&mut self, asset: &mut Value, projects: &BTreeMap<String, String>) {
        let Some(text) = asset.as_str() else { return };
        let (project, object) = match text.split_once(':') {
            Some((project, object)) => (Some(project), object),
            None => (projects.get(text).map(String::as_str), text),
        };
        let words = match project.filter(|_| self.rng.bool()) {
            Some(project) => format!("{project}:{object}"),
            None => object.to_owned(),
        };
        if words != text {
            self.tell("an asset spelled another way");
        }
        *asset = json!(words);
    }
}

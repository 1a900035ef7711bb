//! Documents as people write them: files of a repository, with people in groups and by name,
//! policies in profiles and of their own, and every list in some order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use camino::Utf8Path;
use fastrand::Rng;
use serde_json::{Value, json};
use trectl::desired::{self, Desired};
use trectl::source;

use super::office::folder_in_memory;
use crate::world::document::Document;

/// Writes documents of TREs into files and reads them again, as `validate` would.
pub fn read_back(documents: &[(String, Document)], rng: &mut Rng) -> Desired {
    let folder = folder_in_memory();
    let mut pad = Pad { root: folder.path(), files: 0, rng };
    let target = json!({ "platform": { "embedded": "platform.db" } });
    let project = json!({ "kind": "Project", "targets": { "local": target } });
    pad.write("trectl".to_owned(), project);
    for (id, document) in documents {
        let tre = pad.tre(id, document);
        pad.write(id.clone(), tre);
    }
    let repository = source::load(Utf8Path::from_path(folder.path()).unwrap()).unwrap();
    assert!(repository.diagnostics.is_empty(), "{:?}", repository.diagnostics);
    let resolved = desired::resolve(&repository);
    assert!(resolved.diagnostics.is_empty(), "{:?}", resolved.diagnostics);
    resolved.desired
}

/// Files, as they are written one after the other.
struct Pad<'a> {
    root: &'a Path,
    files: usize,
    rng: &'a mut Rng,
}

impl Pad<'_> {
    /// Writes a document; its JSON is YAML too.
    fn write(&mut self, name: String, mut document: Value) {
        document["apiVersion"] = json!("trectl/v1");
        fs::write(self.root.join(name + ".yaml"), document.to_string()).unwrap();
        self.files += 1;
    }

    fn tre(&mut self, id: &str, document: &Document) -> Value {
        let mut tre = json!(document);
        let tre_keys = tre.as_object_mut().unwrap();
        for (from, to) in [
            ("users", "authorizedUsers"),
            ("bill_to", "billTo"),
            ("url", "customizedURL"),
            ("rate_card", "customizedRateCard"),
            ("steps", "reviewSteps"),
        ] {
            if let Some(value) = tre_keys.remove(from) {
                tre_keys.insert(to.to_owned(), value);
            }
        }
        if let Some(inventory) = tre_keys.get_mut("inventory") {
            inventory.as_object_mut().unwrap().retain(|_, asset| !asset.is_null());
        }
        for list in ["admins", "authorizedUsers"] {
            if let Some(list) = tre_keys.get_mut(list) {
                self.people(list);
            }
        }
        for step in
            tre_keys.get_mut("reviewSteps").and_then(Value::as_array_mut).into_iter().flatten()
        {
            if let Some(list) = step.get_mut("reviewers") {
                self.people(list);
            }
        }
        self.policies(tre_keys.get_mut("policies").unwrap(), &document.policies);
        let profiles = tre_keys["policies"].take();
        tre_keys.extend(profiles.as_object().unwrap().clone());
        tre["kind"] = json!("TrustedResearchEnvironment");
        tre["id"] = json!(id);
        tre
    }

    /// Puts some of a list into a group, some of them besides by name, in any order.
    fn people(&mut self, list: &mut Value) {
        let members: BTreeSet<String> = serde_json::from_value(list.take()).unwrap();
        let (mut named, mut grouped) = (Vec::new(), Vec::new());
        for member in members {
            let ways = self.rng.u8(..6);
            if ways < 4 {
                named.push(member.clone());
            }
            if ways > 2 {
                grouped.push(member);
            }
        }
        if !grouped.is_empty() {
            self.rng.shuffle(&mut grouped);
            let id = format!("group{}", self.files);
            named.push(format!("group:{id}"));
            self.write(id.clone(), json!({ "kind": "Group", "id": id, "members": grouped }));
        }
        self.rng.shuffle(&mut named);
        *list = json!(named);
    }

    /// Puts some policies into a profile, some of them with a value that the TRE overrides.
    fn policies(&mut self, place: &mut Value, policies: &BTreeMap<String, Value>) {
        let mut own = serde_json::Map::new();
        let mut shared = serde_json::Map::new();
        for (name, value) in policies {
            let mut value = value.clone();
            if let Value::Array(items) = &mut value {
                items.push(items[0].clone());
                self.rng.shuffle(items);
            }
            let ways = self.rng.u8(..4);
            if ways < 2 {
                own.insert(name.clone(), value.clone());
            }
            match ways {
                0 => {}
                1 => drop(shared.insert(name.clone(), Value::Null)),
                _ => drop(shared.insert(name.clone(), value)),
            }
        }
        *place = json!({ "policies": own });
        if !shared.is_empty() {
            let id = format!("profile{}", self.files);
            place["extends"] = json!([id]);
            self.write(id.clone(), json!({ "kind": "Profile", "id": id, "policies": shared }));
        }
    }
}

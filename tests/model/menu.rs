//! The finite menu of calls of a slice: every subset of the settings, policies and people that its
//! TREs and documents name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use trectl::model::Visibility;
use trectl::platform::seed::SeedTre;

use super::call::{Call, in_order};
use crate::world::directory::TRE;
use crate::world::document::{Document, Step};

/// Values by key, each once.
type Choices = BTreeMap<String, Vec<Value>>;

/// Returns every call of a slice.
pub fn menu(lives: &[SeedTre], documents: &[Document]) -> Vec<Call> {
    let mut calls: Vec<Call> =
        ["activate", "deactivate", "destroy"].map(|it| Call::on_tre(it, json!({}))).into();
    calls.extend(creations(documents));
    let parts = parts(&settings(documents));
    calls.extend(parts.into_iter().map(|part| Call::on_tre("update", Value::Object(part))));
    let policies = self::parts(&policies(documents));
    let set = |part| Call::on_tre("setPolicies", json!({ "policies": Value::Object(part) }));
    calls.extend(policies.into_iter().map(set));
    calls.extend(inventories(documents));
    calls.extend(people(lives, documents));
    calls.extend(pipelines(lives, documents));
    let mut seen = BTreeSet::new();
    calls.retain(|call| seen.insert(call.spelled()));
    calls
}

fn note(choices: &mut Choices, key: &str, value: Option<Value>) {
    let Some(value) = value else { return };
    let known = choices.entry(key.to_owned()).or_default();
    if !known.contains(&value) {
        known.push(value);
    }
}

/// Returns the values of settings that documents ask for.
fn settings(documents: &[Document]) -> Choices {
    let mut choices = Choices::new();
    for document in documents {
        let visibility = document.visibility.map(|it| match it {
            Visibility::Private => json!("private"),
            Visibility::Public => json!("public"),
        });
        note(&mut choices, "visibility", visibility);
        for (key, value) in texts(document) {
            note(&mut choices, key, value);
        }
    }
    choices
}

/// Returns the settings that a TRE can be created with.
fn texts(document: &Document) -> [(&'static str, Option<Value>); 6] {
    let Document { name, description, bill_to, region, url, rate_card, .. } = document;
    [
        ("name", name.as_ref().map(|it| json!(it))),
        ("description", description.as_ref().map(|it| json!(it))),
        ("billTo", bill_to.as_ref().map(|it| json!(it))),
        ("region", region.as_ref().map(|it| json!(it))),
        ("customizedURL", url.as_ref().map(|it| json!(it))),
        ("customizedRateCard", rate_card.clone()),
    ]
}

fn creations(documents: &[Document]) -> Vec<Call> {
    let mut choices = settings(documents);
    choices.remove("visibility");
    let is_whole = |part: &Map<String, Value>| {
        ["name", "billTo", "region"].iter().all(|key| part.contains_key(*key))
    };
    let whole = parts(&choices).into_iter().filter(is_whole);
    whole
        .map(|mut input| {
            input.insert("handle".to_owned(), json!(TRE.trim_start_matches("tre-")));
            Call { route: "/tre/new".to_owned(), input: Value::Object(input) }
        })
        .collect()
}

fn policies(documents: &[Document]) -> Choices {
    let mut choices = Choices::new();
    for (name, value) in documents.iter().flat_map(|document| &document.policies) {
        note(&mut choices, name, Some(in_order(value)));
    }
    choices
}

/// Returns every choice of at least one key, each with each of its values.
fn parts(choices: &Choices) -> Vec<Map<String, Value>> {
    let mut parts = vec![Map::new()];
    for (key, values) in choices {
        let with = |part: &Map<String, Value>, value: &Value| {
            let mut part = part.clone();
            part.insert(key.clone(), value.clone());
            part
        };
        let more: Vec<_> =
            parts.iter().flat_map(|part| values.iter().map(|value| with(part, value))).collect();
        parts.extend(more);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn inventories(documents: &[Document]) -> Vec<Call> {
    let asked = documents.iter().filter_map(|document| document.inventory.as_ref());
    asked.map(|inventory| Call::on_tre("setInventory", json!(inventory))).collect()
}

fn people(lives: &[SeedTre], documents: &[Document]) -> Vec<Call> {
    let admins = lives.iter().flat_map(|live| &live.admins);
    let wanted_admins = documents.iter().filter_map(|document| document.admins.as_ref()).flatten();
    let users = lives.iter().flat_map(|live| &live.authorized_users);
    let wanted_users = documents.iter().filter_map(|document| document.users.as_ref()).flatten();
    let mut calls = Vec::new();
    for part in subsets(admins.chain(wanted_admins)) {
        calls.push(Call::on_tre("addAdmins", json!({ "admins": part })));
        calls.push(Call::on_tre("removeAdmins", json!({ "admins": part })));
    }
    for part in subsets(users.chain(wanted_users)) {
        calls.push(Call::on_tre("addAuthorizedUsers", json!({ "authorizedUsers": part })));
        calls.push(Call::on_tre("removeAuthorizedUsers", json!({ "authorizedUsers": part })));
    }
    calls
}

/// Returns every subset of some people, the empty one apart.
fn subsets<'a>(people: impl Iterator<Item = &'a String>) -> Vec<Vec<&'a String>> {
    let people: Vec<&String> = people.collect::<BTreeSet<_>>().into_iter().collect();
    assert!(people.len() <= 6, "{people:?} are too many for all subsets");
    let part = |set: usize| {
        let part = people.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
        part.map(|(_, person)| *person).collect()
    };
    (1..1_usize << people.len()).map(part).collect()
}

fn pipelines(lives: &[SeedTre], documents: &[Document]) -> Vec<Call> {
    let wanted: Vec<&Step> =
        documents.iter().filter_map(|document| document.steps.as_ref()).flatten().collect();
    let live = || lives.iter().flat_map(|live| &live.application_review_steps);
    let ids: BTreeSet<&String> =
        wanted.iter().map(|step| &step.id).chain(live().map(|step| &step.id)).collect();
    let reviewers = live().flat_map(|step| &step.reviewers);
    let wanted_reviewers = wanted.iter().filter_map(|step| step.reviewers.as_ref()).flatten();
    let people = subsets(reviewers.chain(wanted_reviewers));
    let mut calls = Vec::new();
    for id in ids {
        calls.push(Call::on_tre("removeApplicationReviewStep", json!({ "id": id })));
        for part in &people {
            let input = json!({ "stepId": id, "reviewers": part });
            calls.push(Call::on_tre("addApplicationReviewers", input.clone()));
            calls.push(Call::on_tre("removeApplicationReviewers", input));
        }
        let asked = |text: fn(&Step) -> Option<&String>| -> BTreeSet<&String> {
            wanted.iter().filter(|step| step.id == *id).filter_map(|step| text(step)).collect()
        };
        let (names, descriptions) =
            (asked(|step| step.name.as_ref()), asked(|step| step.description.as_ref()));
        let mut texts = Choices::new();
        names.iter().for_each(|name| note(&mut texts, "name", Some(json!(name))));
        descriptions.iter().for_each(|it| note(&mut texts, "description", Some(json!(it))));
        for mut part in parts(&texts) {
            part.insert("id".to_owned(), json!(id));
            calls.push(Call::on_tre("updateApplicationReviewStep", Value::Object(part)));
        }
        let of_id = || live().filter(|step| step.id == *id);
        let live_names = of_id().filter_map(|step| step.name.as_ref());
        let names: BTreeSet<&String> = names.into_iter().chain(live_names).chain([id]).collect();
        let nothing = String::new();
        let live_descriptions = of_id().map(|step| &step.description);
        let descriptions: BTreeSet<&String> =
            descriptions.into_iter().chain(live_descriptions).chain([&nothing]).collect();
        for name in &names {
            for description in &descriptions {
                for reviewers in people.iter().chain([&Vec::new()]) {
                    let step = json!({
                        "id": id,
                        "name": name,
                        "description": description,
                        "reviewers": reviewers,
                    });
                    calls.push(Call::on_tre("addApplicationReviewStep", step));
                }
            }
        }
    }
    calls
}

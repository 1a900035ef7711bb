//! The direct calls towards a goal: each field, policy and list entry goes once from what it is to
//! what is asked for, nothing wanted at both ends is taken away, nothing is deleted unasked.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use trectl::model::DesiredState;
use trectl::platform::wire::{TreDescription, WireStep};

use crate::world::directory::TRE;
use crate::world::document::Document;
use crate::world::goal::{is_loosest, is_same};

/// One call: its route and its input.
pub type Move = (String, Value);

/// Returns every direct call from a TRE towards the one that is asked for.
pub fn moves(
    before: Option<&TreDescription>,
    goal: Option<&TreDescription>,
    document: &Document,
) -> Vec<Move> {
    let call = |method: &str, input: Value| (format!("/{TRE}/{method}"), input);
    if document.state == DesiredState::Deleted {
        return vec![call("deactivate", json!({})), call("destroy", json!({}))];
    }
    let Some(goal) = goal else { return Vec::new() };
    let mut moves = vec![call("activate", json!({})), call("deactivate", json!({}))];
    let mut settings = settings(before, goal);
    if before.is_none() {
        moves.push(("/tre/new".to_owned(), new(document, &settings)));
        settings.retain(|key, _| key == "visibility");
    }
    let parts = settings.into_iter().collect::<Vec<_>>();
    moves.extend(subsets(&parts).into_iter().map(|part| call("update", Value::from_iter(part))));

    let policies: Vec<(String, Value)> = goal
        .policies
        .iter()
        .filter(|(name, value)| {
            let live = before.and_then(|before| before.policies.get(*name));
            let live = live.filter(|live| !is_loosest(live));
            live != Some(*value) && !(live.is_none() && is_loosest(value))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    moves.extend(
        subsets(&policies)
            .into_iter()
            .map(|part| call("setPolicies", json!({ "policies": Value::from_iter(part) }))),
    );

    let none = Vec::new();
    let lists = [
        ("admins", "Admins", before.map_or(&none, |before| &before.admins), &goal.admins),
        (
            "authorizedUsers",
            "AuthorizedUsers",
            before.map_or(&none, |before| &before.authorized_users),
            &goal.authorized_users,
        ),
    ];
    for (key, name, live, wanted) in lists {
        for part in subsets(&without(live, wanted)) {
            moves.push(call(&format!("remove{name}"), json!({ key: part })));
        }
        for part in subsets(&without(wanted, live)) {
            moves.push(call(&format!("add{name}"), json!({ key: part })));
        }
    }

    let compared =
        before.and_then(|it| it.inventory.pending.as_ref().or(it.inventory.active.as_ref()));
    let wanted = goal.inventory.pending.as_ref().or(goal.inventory.active.as_ref());
    if let (Some(wanted), Some(_)) = (wanted, &document.inventory)
        && !compared.is_some_and(|live| is_same(live, wanted))
    {
        moves.push(call("setInventory", json!(wanted)));
    }
    moves.extend(pipeline(before, goal).into_iter().map(|(method, input)| call(method, input)));
    moves
}

/// Returns the settings that differ, each with the value that is asked for.
fn settings(before: Option<&TreDescription>, goal: &TreDescription) -> Map<String, Value> {
    let of = |tre: &TreDescription| {
        let all = json!(tre);
        [
            "name",
            "description",
            "visibility",
            "billTo",
            "region",
            "customizedURL",
            "customizedRateCard",
        ]
        .map(|key| (key.to_owned(), all[key].clone()))
    };
    let live = before.map(of);
    let differs = |(index, (key, value)): (usize, (String, Value))| {
        let is_live = match &live {
            Some(live) => live[index].1 == value,
            None => value.is_null() || value == "" || value == "private",
        };
        (!is_live).then_some((key, value))
    };
    of(goal).into_iter().enumerate().filter_map(differs).collect()
}

fn new(document: &Document, settings: &Map<String, Value>) -> Value {
    let mut input = settings.clone();
    input.remove("visibility");
    input.insert("handle".to_owned(), json!(TRE.trim_start_matches("tre-")));
    input.extend(document.name.iter().map(|name| ("name".to_owned(), json!(name))));
    Value::Object(input)
}

/// Returns the calls on review steps: what stays in its order stays, the rest goes and comes.
fn pipeline(before: Option<&TreDescription>, goal: &TreDescription) -> Vec<(&'static str, Value)> {
    let none = Vec::new();
    let live: &Vec<WireStep> = before.map_or(&none, |before| &before.application_review_steps);
    let wanted = &goal.application_review_steps;
    let mut rest = live.iter();
    let kept: Vec<(&WireStep, &WireStep)> = wanted
        .iter()
        .map_while(|step| Some((rest.find(|live| live.id == step.id)?, step)))
        .collect();
    let mut calls = Vec::new();
    for step in live.iter().filter(|step| kept.iter().all(|(live, _)| live.id != step.id)) {
        calls.push(("removeApplicationReviewStep", json!({ "id": step.id })));
    }
    for step in wanted.iter().skip(kept.len()) {
        calls.push(("addApplicationReviewStep", json!(step)));
    }
    for (live, step) in kept {
        let mut texts = Map::from_iter([("id".to_owned(), json!(step.id))]);
        if live.name != step.name {
            texts.insert("name".to_owned(), json!(step.name));
        }
        if live.description != step.description {
            texts.insert("description".to_owned(), json!(step.description));
        }
        if texts.len() > 1 {
            calls.push(("updateApplicationReviewStep", Value::Object(texts)));
        }
        for part in subsets(&without(&live.reviewers, &step.reviewers)) {
            let input = json!({ "stepId": step.id, "reviewers": part });
            calls.push(("removeApplicationReviewers", input));
        }
        for part in subsets(&without(&step.reviewers, &live.reviewers)) {
            let input = json!({ "stepId": step.id, "reviewers": part });
            calls.push(("addApplicationReviewers", input));
        }
    }
    calls
}

fn without(of: &[String], others: &[String]) -> Vec<String> {
    let others: BTreeSet<&String> = others.iter().collect();
    of.iter().filter(|item| !others.contains(item)).cloned().collect()
}

/// Returns every part of a list, the empty one apart; of a long one only the whole and each item.
fn subsets<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let part = |set: usize| -> Vec<T> {
        let part = items.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
        part.map(|(_, item)| item.clone()).collect()
    };
    let whole = (1_usize << items.len()) - 1;
    let is_long = items.len() > 3;
    (1..=whole).filter(|set| !is_long || *set == whole || set.is_power_of_two()).map(part).collect()
}

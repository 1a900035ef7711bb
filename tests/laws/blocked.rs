//! What a plan says is blocked is truly refused by the platform when its call is made directly.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use trectl::model::DesiredState;
use trectl::plan::{Blocked, Status};
use trectl::platform::wire::{TreDescription, WireState};

use crate::support::check;
use crate::support::moves::{Move, moves};
use crate::support::scene::{Scene, scenes};
use crate::support::stage::{Stage, Terms, change};
use crate::world::directory::TRE;
use crate::world::document::Document;
use crate::world::goal::goal;

/// Every rule that a small world can meet; the limits of lists have a test of their own.
const RULES: [&str; 23] = [
    "admin-lacks-tre-management",
    "asset-elsewhere",
    "asset-missing",
    "asset-not-closed",
    "asset-not-dataset",
    "billing-org-not-held",
    "create-incomplete",
    "frozen-at-publishing",
    "maintenance-needs-publishing",
    "no-return-to-draft",
    "operator-lacks-tre-management",
    "operator-not-admin",
    "pending-inventory-unmanaged",
    "policy-one-way",
    "publish-needs-inventory",
    "publish-needs-review-step",
    "publish-needs-reviewers",
    "review-pipeline-locked",
    "review-step-text-locked",
    "showcase-administer",
    "showcase-shares-project",
    "step-without-reviewer",
    "unknown-person",
];

#[test]
fn every_blocked_change_is_refused_when_its_call_is_made() {
    let rules = RefCell::new(BTreeSet::new());
    check(3_000, scenes(), |scene| {
        let stage = scene.stage();
        let plan = stage.plan(&scene.document, &Terms::consented());
        let planned = change(&plan);
        prop_assert_eq!(planned.status == Status::Blocked, !planned.blocked.is_empty());
        if stage.seen().is_none() && stage.describe().is_some() {
            return Ok(());
        }
        let is_stranger = |blocked: &&Blocked| blocked.rule == "operator-not-admin";
        let stranger = planned.blocked.iter().find(is_stranger);
        for blocked in stranger.map_or(&planned.blocked[..], std::slice::from_ref) {
            refused(&scene, blocked)?;
            rules.borrow_mut().insert(blocked.rule.clone());
        }
        Ok(())
    });
    // A rule that no case meets would be held to nothing.
    let met: Vec<String> = rules.into_inner().into_iter().collect();
    assert_eq!(met, RULES);
}

/// Makes the other calls of the document as far as the platform accepts them, then those that the
/// blocked change asks for: they do not all get through.
fn refused(scene: &Scene, blocked: &Blocked) -> Result<(), TestCaseError> {
    let stage = scene.stage();
    let before = stage.describe();
    let goal = goal(before.as_ref(), &scene.document, scene.actor);
    let all = moves(before.as_ref(), goal.as_ref(), &scene.document);
    let forbidden = forbidden(blocked, &all, (before.as_ref(), goal.as_ref()), &scene.document);
    prop_assert!(!forbidden.is_empty(), "there is no call for {blocked:?}");
    let is_active = before.as_ref().is_some_and(|tre| tre.state == WireState::Active);
    if blocked.path.starts_with("/inventory") && is_active {
        let _ = stage.call(&format!("/{TRE}/deactivate"), &json!({}));
    }
    let mut others: Vec<&Move> =
        all.iter().filter(|other| !forbidden.contains(other) && turn(&other.0) > 0).collect();
    others.sort_by_key(|(route, _)| turn(route));
    others.iter().for_each(|(route, input)| drop(stage.call(route, input)));
    if blocked.rule == "pending-inventory-unmanaged" {
        return gives_out(&stage);
    }
    let refusals = forbidden.iter().filter(|(route, input)| stage.call(route, input).is_err());
    let needed = if blocked.rule == "operator-not-admin" { forbidden.len() } else { 1 };
    prop_assert!(refusals.count() >= needed, "{forbidden:?} get through, and yet {blocked:?}");
    Ok(())
}

/// Returns when a call is made to prepare another one; 0 is never.
fn turn(route: &str) -> u8 {
    match route.rsplit('/').next() {
        Some("new") => 1,
        Some(method) if method.starts_with("remove") => 2,
        Some("update") => 3,
        Some("setInventory") => 4,
        Some(method) if method.starts_with("add") => 5,
        _ => 0,
    }
}

/// Returns the calls that a blocked change asks for.
fn forbidden(
    blocked: &Blocked,
    all: &[Move],
    (before, goal): (Option<&TreDescription>, Option<&TreDescription>),
    document: &Document,
) -> Vec<Move> {
    let of = |method: &str, is_it: &dyn Fn(&Value) -> bool| -> Vec<Move> {
        let is_it = |(route, input): &&Move| route.ends_with(&format!("/{method}")) && is_it(input);
        all.iter().filter(is_it).cloned().collect()
    };
    let call = |method: &str, input: Value| vec![(format!("/{TRE}/{method}"), input)];
    let any: &dyn Fn(&Value) -> bool = &|_| true;
    let place = of("update", &|input| {
        let keys = input.as_object().unwrap();
        keys.keys().all(|key| key == "billTo" || key == "region")
    });
    let is_published = before.is_some_and(|tre| tre.state != WireState::Draft);
    let path: Vec<&str> = blocked.path.split('/').skip(1).collect();
    let item = |list: &Vec<String>, index: &str| json!([list[index.parse::<usize>().unwrap()]]);
    match (blocked.rule.as_str(), &path[..]) {
        ("operator-not-admin", _) => all.to_vec(),
        ("create-incomplete" | "operator-lacks-tre-management", _) => of("new", any),
        (_, ["billTo"]) if before.is_none() => of("new", any),
        (_, ["state"]) if document.state == DesiredState::Maintenance => {
            call("deactivate", json!({}))
        }
        (_, ["state"]) => call("update", json!({ "state": "draft" })),
        (_, [key @ ("billTo" | "region" | "customizedURL" | "customizedRateCard")]) => {
            of("update", &|input| {
                input.get(*key).is_some() && input.as_object().unwrap().len() == 1
            })
        }
        (_, ["policies", name]) => {
            let is_it = |input: &Value| {
                let policies = input["policies"].as_object().unwrap();
                policies.contains_key(*name)
            };
            of("setPolicies", &is_it)
        }
        // Who may be an admin and where an asset may lie depends on where the TRE itself is to go.
        (_, ["admins", index]) => {
            let people = item(&goal.unwrap().admins, index);
            [place, call("addAdmins", json!({ "admins": people }))].concat()
        }
        (_, ["authorizedUsers", index]) => {
            let people = item(&goal.unwrap().authorized_users, index);
            call("addAuthorizedUsers", json!({ "authorizedUsers": people }))
        }
        ("showcase-administer", _) => {
            [of("setInventory", any), of("addAuthorizedUsers", any)].concat()
        }
        ("asset-elsewhere", _) => {
            let publishes = document.state == DesiredState::Active && !is_published;
            let publish = if publishes { call("activate", json!({})) } else { Vec::new() };
            [place, of("setInventory", any), publish].concat()
        }
        (_, ["inventory", _]) if document.inventory.is_some() => {
            let set = of("setInventory", any);
            if set.is_empty() { call("activate", json!({})) } else { set }
        }
        ("publish-needs-reviewers" | "publish-needs-review-step", _) | (_, ["inventory", ..]) => {
            call("activate", json!({}))
        }
        (_, ["reviewSteps"]) => of("removeApplicationReviewStep", any),
        (_, ["reviewSteps", index, rest @ ..]) => {
            let steps = |tre: Option<&TreDescription>| {
                let steps = &tre.unwrap().application_review_steps;
                steps.get(index.parse::<usize>().unwrap()).map(|step| step.id.clone())
            };
            let ids = [steps(before.or(goal)), steps(goal)];
            let is_it = |input: &Value| {
                let id = input.get("id").or(input.get("stepId")).unwrap().as_str().unwrap();
                ids.iter().flatten().any(|known| known == id)
            };
            // A step that moves is taken out and appended with all that it has.
            let change = match rest {
                [] => "addApplicationReviewStep",
                ["reviewers"] => "removeApplicationReviewers",
                ["reviewers", ..] => "addApplicationReviewers",
                _ => "updateApplicationReviewStep",
            };
            let methods = ["removeApplicationReviewStep", "addApplicationReviewStep", change];
            methods.iter().flat_map(|method| of(method, &is_it)).collect()
        }
        _ => Vec::new(),
    }
}

/// The platform would give out a pending version: the contract alone forbids it.
fn gives_out(stage: &Stage) -> Result<(), TestCaseError> {
    let pending = stage.describe().and_then(|tre| tre.inventory.pending);
    let answer = stage.call(&format!("/{TRE}/activate"), &json!({}));
    prop_assert!(answer.is_ok());
    let given_out = stage.describe().and_then(|tre| tre.inventory.active);
    prop_assert!(pending.is_some() && given_out == pending);
    Ok(())
}

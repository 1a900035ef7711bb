//! The exact calls of the changes that people ask for most.

use serde_json::{Value, json};
use trectl::model::{DesiredState, Visibility};
use trectl::plan::{Status, Step, TreChange};
use trectl::platform::seed::{Seed, SeedInventories, SeedStep, SeedTre, SeedVisibility};
use trectl::platform::wire::WireState;
use trectl::sim::World;

use crate::support::cast::{document, people, policies, release, stage, step, tre};
use crate::support::stage::{Stage, Terms, change};
use crate::world::directory::{TRE, inventories, seed};
use crate::world::document::Document;

/// Plans with everything allowed, plays the plan, and returns the calls.
fn calls(live: Option<SeedTre>, document: &Document) -> Vec<String> {
    let stage = stage(live);
    let plan = stage.plan(document, &Terms::consented());
    let planned = change(&plan);
    assert!(planned.blocked.is_empty(), "{:?}", planned.blocked);
    stage.play_all(planned).unwrap();
    let again = stage.plan(document, &Terms::consented());
    assert_eq!(change(&again).status, Status::NoOp, "{:?}", change(&again).fields);
    planned.steps.iter().map(words).collect()
}

/// Returns the rules that block a document.
fn rules(live: SeedTre, document: &Document) -> Vec<String> {
    let plan = stage(Some(live)).plan(document, &Terms::consented());
    let TreChange { status, blocked, steps, .. } = change(&plan);
    assert_eq!((*status, steps.len()), (Status::Blocked, 0));
    blocked.iter().map(|blocked| format!("{} {}", blocked.path, blocked.rule)).collect()
}

/// Writes a step as its operation and what matters of its input.
fn words(step: &Step) -> String {
    let input = step.input.as_object().unwrap();
    let values = input.iter().map(|(key, value)| match (key.as_str(), value) {
        ("policies", Value::Object(policies)) => policies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join(" "),
        (_, Value::Array(ids)) => {
            ids.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        ("version" | "id" | "stepId", Value::String(text)) => text.clone(),
        _ => key.clone(),
    });
    let is_inventory = input.contains_key("version");
    let values: Vec<String> = values.take(if is_inventory { 1 } else { usize::MAX }).collect();
    format!("{} {}", step.operation, values.join(" ")).trim().to_owned()
}

#[test]
fn a_release_passes_through_maintenance() {
    assert_eq!(
        calls(Some(tre(WireState::Active)), &release()),
        ["deactivate", "set_inventory 2", "reactivate"]
    );
}

#[test]
fn a_release_takes_away_first_and_gives_last() {
    let release = Document {
        name: Some("Genomics 2".to_owned()),
        visibility: Some(Visibility::Public),
        policies: policies(&[("restricted", json!(false)), ("downloadRestricted", json!(true))]),
        admins: people(&["user-ann"]),
        users: people(&["org-cedar"]),
        inventory: Some(inventories().swap_remove(1)),
        steps: Some(vec![
            step("first", people(&["user-dan", "user-gus"])),
            step("second", people(&["user-cat"])),
        ]),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        calls(Some(tre(WireState::Active)), &release),
        [
            "remove_authorized_users user-eve",
            "remove_admins user-ben",
            "set_policies downloadRestricted=true",
            "deactivate",
            "set_inventory 2",
            "add_reviewers second user-cat",
            "remove_reviewers second user-fay",
            "reactivate",
            "set_policies restricted=false",
            "add_reviewers first user-gus",
            "add_admins user-ann",
            "add_authorized_users org-cedar",
            "update name visibility",
        ]
    );
}

#[test]
fn one_call_sets_mixed_policies_where_no_release_stands_between() {
    let mixed = Document {
        policies: policies(&[("restricted", json!(null)), ("downloadRestricted", json!(true))]),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        calls(Some(tre(WireState::Active)), &mixed),
        ["set_policies downloadRestricted=true restricted=null"]
    );
}

#[test]
fn going_private_comes_first() {
    let live = SeedTre { visibility: SeedVisibility::Public, ..tre(WireState::Active) };
    let private = Document {
        name: Some("Hidden".to_owned()),
        visibility: Some(Visibility::Private),
        users: people(&["user-gus"]),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        calls(Some(live), &private),
        [
            "update name visibility",
            "remove_authorized_users user-eve",
            "add_authorized_users user-gus"
        ]
    );
}

#[test]
fn a_pending_inventory_goes_live_only_if_it_is_named() {
    let [first, second, third] = [0, 1, 2].map(|index| inventories().swap_remove(index));
    let live = SeedTre {
        inventory: SeedInventories { active: Some(first.clone()), pending: Some(second.clone()) },
        ..tre(WireState::Amending)
    };
    let asks = |inventory, state| Document { inventory, ..document(state) };
    let reactivated = |inventory| calls(Some(live.clone()), &asks(inventory, DesiredState::Active));
    assert_eq!(reactivated(Some(second.clone())), ["reactivate"]);
    assert_eq!(reactivated(Some(first.clone())), ["set_inventory 1", "reactivate"]);
    assert_eq!(reactivated(Some(third)), ["set_inventory 3", "reactivate"]);
    assert_eq!(
        rules(live.clone(), &asks(None, DesiredState::Active)),
        ["/inventory pending-inventory-unmanaged"]
    );
    let stays = |inventory| calls(Some(live.clone()), &asks(inventory, DesiredState::Maintenance));
    assert_eq!(stays(None), [""; 0]);
    assert_eq!(stays(Some(second)), [""; 0]);
    assert_eq!(stays(Some(first)), ["set_inventory 1"]);
}

#[test]
fn publishing_comes_last() {
    let new = Document {
        name: Some("New".to_owned()),
        visibility: Some(Visibility::Public),
        policies: policies(&[("restricted", json!(true)), ("protected", json!(false))]),
        admins: people(&["user-ann"]),
        users: people(&["org-cedar"]),
        inventory: Some(inventories().swap_remove(0)),
        bill_to: Some("org-ash".to_owned()),
        region: Some("aws:eu-west-2".to_owned()),
        steps: Some(vec![step("first", people(&["user-dan"]))]),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        calls(None, &new),
        [
            "create handle name billTo region",
            "set_policies restricted=true",
            "set_inventory 1",
            "add_review_step first name description user-dan",
            "add_admins user-ann",
            "add_authorized_users org-cedar",
            "update visibility",
            "publish",
        ]
    );
    assert_eq!(calls(Some(tre(WireState::Draft)), &document(DesiredState::Active)), ["publish"]);
}

#[test]
fn users_wait_for_publishing_where_the_showcase_is_not_administered() {
    let mut live = tre(WireState::Draft);
    live.authorized_users.clear();
    let publish = |showcase: usize| Document {
        users: people(&["user-eve"]),
        inventory: Some(inventories().swap_remove(showcase)),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        calls(Some(live.clone()), &publish(0)),
        ["add_authorized_users user-eve", "publish"]
    );
    assert_eq!(
        calls(Some(live.clone()), &publish(3)),
        ["set_inventory 4", "publish", "add_authorized_users user-eve"]
    );
    let draft = Document { state: DesiredState::Draft, ..publish(3) };
    assert_eq!(rules(live, &draft), ["/inventory/dataShowcase showcase-administer"]);
}

#[test]
fn an_active_tre_is_deactivated_before_it_is_deleted() {
    let gone = document(DesiredState::Deleted);
    assert_eq!(calls(Some(tre(WireState::Active)), &gone), ["deactivate", "delete"]);
    assert_eq!(calls(Some(tre(WireState::Amending)), &gone), ["delete"]);
    assert_eq!(calls(Some(tre(WireState::Draft)), &gone), ["delete"]);
    assert_eq!(calls(None, &gone), [""; 0]);
}

#[test]
fn what_a_document_leaves_out_stays_as_it_is() {
    let partial = Document {
        description: Some("Ours".to_owned()),
        policies: policies(&[("protected", json!(true))]),
        steps: Some(vec![step("first", None), step("second", None)]),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        calls(Some(tre(WireState::Active)), &partial),
        ["update description", "set_policies protected=true"]
    );
}

#[test]
fn the_operator_need_not_be_listed() {
    let others = Document { admins: people(&["user-ben"]), ..document(DesiredState::Active) };
    assert_eq!(calls(Some(tre(WireState::Active)), &others), [""; 0]);
    let another = Document { admins: people(&["user-ann"]), ..document(DesiredState::Active) };
    assert_eq!(
        calls(Some(tre(WireState::Active)), &another),
        ["remove_admins user-ben", "add_admins user-ann"]
    );
}

#[test]
fn the_only_reviewer_is_replaced_without_a_gap() {
    let replaced = |state| Document {
        steps: Some(vec![step("first", people(&["user-gus"])), step("second", None)]),
        ..document(state)
    };
    let swapped = ["add_reviewers first user-gus", "remove_reviewers first user-dan"];
    let calls = |state, wanted| calls(Some(tre(state)), &replaced(wanted));
    assert_eq!(calls(WireState::Active, DesiredState::Active), swapped);
    assert_eq!(calls(WireState::Amending, DesiredState::Maintenance), swapped);
    assert_eq!(
        calls(WireState::Amending, DesiredState::Active),
        [&swapped[..], &["reactivate"]].concat()
    );
    assert_eq!(
        calls(WireState::Draft, DesiredState::Draft),
        ["remove_reviewers first user-dan", "add_reviewers first user-gus"]
    );
    let emptied = Document {
        steps: Some(vec![step("first", people(&[])), step("second", None)]),
        ..document(DesiredState::Active)
    };
    assert_eq!(
        rules(tre(WireState::Active), &emptied),
        ["/reviewSteps/0/reviewers step-without-reviewer"]
    );
}

#[test]
fn steps_of_a_draft_are_reordered_by_taking_out_and_appending() {
    let mut live = tre(WireState::Draft);
    live.application_review_steps.push(SeedStep {
        id: "third".to_owned(),
        name: Some("third".to_owned()),
        reviewers: vec!["user-gus".to_owned()],
        ..SeedStep::default()
    });
    let ordered = |ids: &[&str], state| Document {
        steps: Some(ids.iter().map(|id| step(id, None)).collect()),
        ..document(state)
    };
    let calls = |ids: &[&str]| calls(Some(live.clone()), &ordered(ids, DesiredState::Draft));
    assert_eq!(
        calls(&["first", "third", "second"]),
        ["remove_review_step second", "add_review_step second name description user-fay"]
    );
    assert_eq!(
        calls(&["third", "first", "second"]),
        [
            "remove_review_step first",
            "remove_review_step second",
            "add_review_step first name description user-dan",
            "add_review_step second name description user-fay",
        ]
    );
    assert_eq!(
        calls(&["first", "fourth", "third"]),
        [
            "remove_review_step second",
            "remove_review_step third",
            "add_review_step fourth name description",
            "add_review_step third name description user-gus",
        ]
    );
    live.state = WireState::Active;
    assert_eq!(
        rules(live, &ordered(&["first", "third", "second"], DesiredState::Active)),
        ["/reviewSteps review-pipeline-locked"]
    );
}

#[test]
fn a_blocked_tre_does_not_hold_up_another_one() {
    let other = "tre-other";
    let seed = Seed {
        tres: vec![
            tre(WireState::Active),
            SeedTre { id: other.to_owned(), ..tre(WireState::Active) },
        ],
        ..seed("user-olga")
    };
    let stage = Stage::of(World::seeded(&seed).unwrap());
    let moved = Document {
        name: Some("Moved".to_owned()),
        region: Some("aws:us-east-1".to_owned()),
        ..document(DesiredState::Active)
    };
    let renamed = Document { name: Some("Renamed".to_owned()), ..document(DesiredState::Active) };
    let plan = stage.plan_all([moved.resolved(TRE), renamed.resolved(other)], &Terms::consented());
    let [blocked, ready] = &plan.resource_changes[..] else { panic!("two TREs are planned") };
    assert_eq!((blocked.status, blocked.steps.len()), (Status::Blocked, 0));
    assert_eq!((ready.status, ready.steps.len()), (Status::Ready, 1));
    assert!(plan.applyable && !plan.complete);
    assert_eq!((plan.summary.blocked, plan.summary.update, plan.summary.steps), (1, 1, 1));
    stage.play_all(ready).unwrap();
}

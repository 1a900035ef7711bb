//! Who moved: the repository, the platform, or both, field by field, as a plan and as drift.

use serde_json::json;
use trectl::drift;
use trectl::model::{AppliedStep, AppliedTre, DesiredState, TreId, TreState, Visibility};
use trectl::plan::{DriftClass, Plan, Status};
use trectl::platform::Call;
use trectl::platform::seed::SeedTre;
use trectl::platform::wire::WireState;

use crate::support::cast::{document, people, policies, stage, step, tre};
use crate::support::stage::{Stage, Terms, change};
use crate::world::directory::{TRE, inventories};
use crate::world::document::Document;

fn plan(live: Option<SeedTre>, asked: &Document, applied: Option<AppliedTre>) -> Plan {
    stage(live).plan(asked, &Terms::consented().after(applied))
}

/// Returns each changed field with its origin, and each item of drift with its class.
fn moves(plan: &Plan) -> (Vec<String>, Vec<String>) {
    let name = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let fields = change(plan).fields.iter();
    let drift = plan.resource_drift.iter();
    (
        fields.map(|field| format!("{} {}", field.path, name(json!(field.origin)))).collect(),
        drift.map(|item| format!("{} {}", item.path, name(json!(item.class)))).collect(),
    )
}

/// A record that manages what `fill` puts into it.
fn applied(fill: impl FnOnce(&mut AppliedTre)) -> Option<AppliedTre> {
    let mut applied = AppliedTre::of_state(TreState::Active);
    fill(&mut applied);
    Some(applied)
}

#[test]
fn one_value_has_moved_on_one_side_or_on_both() {
    // The live name is `Genomics`.
    let rows = [
        (None, "New", "first", "unapplied"),
        (Some("Genomics"), "New", "change", "unapplied"),
        (Some("New"), "New", "revert", "out_of_band"),
        (Some("Old"), "New", "conflict", "conflict"),
    ];
    for (record, wanted, origin, class) in rows {
        let asked = Document { name: Some(wanted.to_owned()), ..document(DesiredState::Active) };
        let record =
            record.and_then(|name: &str| applied(|applied| applied.name = Some(name.to_owned())));
        let plan = plan(Some(tre(WireState::Active)), &asked, record);
        let expected = (vec![format!("/name {origin}")], vec![format!("/name {class}")]);
        assert_eq!(moves(&plan), expected);
    }
}

#[test]
fn what_was_not_managed_before_is_the_repositorys_move() {
    let asked = Document { name: Some("New".to_owned()), ..document(DesiredState::Active) };
    let plan = plan(Some(tre(WireState::Active)), &asked, applied(|_| {}));
    assert_eq!(moves(&plan), (vec!["/name change".to_owned()], vec!["/name unapplied".to_owned()]));
}

#[test]
fn agreement_is_neither_a_change_nor_drift() {
    let asked = Document { name: Some("Genomics".to_owned()), ..document(DesiredState::Active) };
    let stale = applied(|applied| applied.name = Some("Old".to_owned()));
    let plan = plan(Some(tre(WireState::Active)), &asked, stale);
    assert_eq!(moves(&plan), (vec![], vec![]));
    assert_eq!(change(&plan).status, Status::NoOp);
}

#[test]
fn entries_of_a_list_move_one_by_one() {
    // Live: `user-eve`; recorded: `user-dan` and `user-gus`; asked for: `user-gus`, `user-fay`.
    let asked =
        Document { users: people(&["user-gus", "user-fay"]), ..document(DesiredState::Active) };
    let record = applied(|applied| {
        let users = ["user-dan", "user-gus"];
        applied.authorized_users = Some(users.map(|user| user.parse().unwrap()).into());
    });
    let plan = plan(Some(tre(WireState::Active)), &asked, record);
    let origins: Vec<(Option<String>, String)> = change(&plan)
        .fields
        .iter()
        .map(|field| {
            let person = if field.after.is_null() { &field.before } else { &field.after };
            (person.as_str().map(str::to_owned), json!(field.origin).as_str().unwrap().to_owned())
        })
        .collect();
    let row = |person: &str, origin: &str| (Some(person.to_owned()), origin.to_owned());
    // Somebody let `user-eve` in and took `user-gus` out there; `user-fay` is ours.
    let mut origins = origins;
    origins.sort();
    assert_eq!(
        origins,
        [row("user-eve", "revert"), row("user-fay", "change"), row("user-gus", "revert")]
    );
}

#[test]
fn every_kind_of_field_tells_an_edit_made_on_the_platform() {
    let live = SeedTre { description: "Edited".to_owned(), ..tre(WireState::Amending) };
    let asked = Document {
        description: Some("Ours".to_owned()),
        visibility: Some(Visibility::Public),
        policies: policies(&[("restricted", json!(false)), ("protected", json!(true))]),
        admins: people(&["user-ann"]),
        steps: Some(vec![step("first", people(&["user-dan", "user-gus"])), step("second", None)]),
        ..document(DesiredState::Active)
    };
    let record = applied(|applied| {
        applied.description = Some("Ours".to_owned());
        applied.visibility = Some(Visibility::Public);
        // Never set and switched off are the same.
        applied.policies.insert("restricted".to_owned(), json!(null).into());
        applied.policies.insert("protected".to_owned(), json!(true).into());
        applied.admins = Some(["user-ann".parse().unwrap()].into());
        let step = |id: &str, reviewers: Option<&[&str]>| AppliedStep {
            id: id.parse().unwrap(),
            name: None,
            description: None,
            reviewers: reviewers
                .map(|people| people.iter().map(|user| user.parse().unwrap()).collect()),
        };
        applied.review_steps =
            Some(vec![step("first", Some(&["user-dan", "user-gus"])), step("second", None)]);
    });
    let plan = plan(Some(live), &asked, record);
    let (fields, drift) = moves(&plan);
    assert_eq!(fields.len(), 8, "{fields:?}");
    assert!(fields.iter().all(|field| field.ends_with(" revert")), "{fields:?}");
    assert!(drift.iter().all(|item| item.ends_with(" out_of_band")), "{drift:?}");
    assert_eq!(drift.len(), fields.len());
}

#[test]
fn a_tre_that_is_gone_from_the_platform_is_drift_and_created_anew_with_a_warning() {
    let asked = Document {
        name: Some("New".to_owned()),
        bill_to: Some("org-ash".to_owned()),
        region: Some("aws:eu-west-2".to_owned()),
        ..document(DesiredState::Draft)
    };
    let gone = plan(None, &asked, applied(|applied| applied.name = Some("New".to_owned())));
    assert_eq!(gone.resource_drift.len(), 1);
    assert_eq!(gone.resource_drift[0].class, DriftClass::OutOfBand);
    assert_eq!(change(&gone).status, Status::Ready);
    assert_eq!(change(&gone).warnings.len(), 1);
    let never = plan(None, &asked, None);
    assert_eq!(never.resource_drift.len(), 1);
    assert_eq!(never.resource_drift[0].class, DriftClass::Unapplied);
    assert_eq!(change(&never).warnings, [""; 0]);
}

#[test]
fn what_is_no_longer_managed_is_released() {
    let record = applied(|applied| {
        applied.name = Some("Genomics".to_owned());
        applied.policies.insert("restricted".to_owned(), json!(true).into());
    });
    let asked = document(DesiredState::Active);
    let plan = plan(Some(tre(WireState::Active)), &asked, record);
    assert_eq!(change(&plan).status, Status::Released);
    assert_eq!(change(&plan).released, ["/name", "/policies/restricted"]);
    assert_eq!((plan.summary.released, plan.summary.no_op), (1, 0));
    assert!(plan.complete && !plan.applyable);
}

#[test]
fn every_call_of_ours_is_remembered() {
    let asked = Document {
        name: Some("Genomics 2".to_owned()),
        visibility: Some(Visibility::Public),
        policies: policies(&[("restricted", json!(false)), ("protected", json!(true))]),
        admins: people(&["user-ann"]),
        users: people(&["org-cedar"]),
        inventory: Some(inventories().swap_remove(1)),
        steps: Some(vec![
            step("first", people(&["user-dan", "user-gus"])),
            step("second", people(&["user-cat"])),
        ]),
        ..document(DesiredState::Active)
    };
    let stage = stage(Some(tre(WireState::Active)));
    let record = remembered(&stage, &asked);
    // Somebody undid each of them, so doing them again undoes that.
    let again = stage.plan(&asked, &Terms::consented().after(record));
    let (fields, _) = moves(&again);
    assert!(fields.len() > 10, "{fields:?}");
    assert!(fields.iter().all(|field| field.ends_with(" revert")), "{fields:?}");
}

/// Returns what is remembered of the calls of a plan that nothing was applied before.
fn remembered(stage: &Stage, asked: &Document) -> Option<AppliedTre> {
    let plan = stage.plan(asked, &Terms::consented());
    let steps = change(&plan).steps.iter();
    let calls: Vec<Call> = steps.map(|step| step.call.clone().unwrap().call).collect();
    let live = stage.live().tres.remove(&TreId::from_platform(TRE)).unwrap();
    let begin = drift::baseline(None, Some(&live.tre), &calls, &"user-olga".parse().unwrap());
    calls.iter().fold(Some(begin), drift::absorb)
}

#[test]
fn who_was_listed_all_along_is_nobodys_edit() {
    let listed =
        |users: &[&str]| Document { users: people(users), ..document(DesiredState::Active) };
    let stage = stage(Some(tre(WireState::Active)));
    let more = listed(&["user-eve", "user-gus"]);
    let record = remembered(&stage, &more);
    stage.play_all(change(&stage.plan(&more, &Terms::consented()))).unwrap();
    let fewer = stage.plan(&listed(&["user-gus"]), &Terms::consented().after(record));
    assert_eq!(moves(&fewer).0, ["/authorizedUsers/0 change"]);
}

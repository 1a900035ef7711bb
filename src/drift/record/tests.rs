use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::{AssetRef, Inventory, OrgId, Principal, Region, TreId, Visibility};

fn user(id: &str) -> UserId {
    UserId::from_platform(id)
}

fn users(ids: &[&str]) -> BTreeSet<UserId> {
    ids.iter().map(|id| user(id)).collect()
}

fn principals(ids: &[&str]) -> Vec<Principal> {
    ids.iter().map(|id| Principal::from_platform(id)).collect()
}

fn step_id(id: &str) -> StepId {
    StepId::from_platform(id)
}

fn review_step(id: &str, reviewers: &[&str]) -> ReviewStep {
    ReviewStep {
        id: step_id(id),
        name: "Governance".to_owned(),
        description: String::new(),
        reviewers: users(reviewers),
    }
}

fn live() -> Tre {
    Tre {
        id: TreId::from_platform("tre-x"),
        state: TreState::Active,
        name: "X".to_owned(),
        description: String::new(),
        visibility: Visibility::Private,
        policies: BTreeMap::new(),
        admins: users(&["user-amara", "user-operator"]),
        authorized_users: principals(&["user-li", "org-university"]).into_iter().collect(),
        inventory: None,
        bill_to: OrgId::from_platform("org-biobank"),
        region: Region::from_platform("aws:eu-west-2"),
        customized_url: None,
        customized_rate_card: None,
        review_steps: vec![review_step("governance", &["user-priya", "user-ada"])],
    }
}

fn new_tre() -> NewTre {
    NewTre {
        name: "X".to_owned(),
        description: None,
        bill_to: OrgId::from_platform("org-biobank"),
        region: Region::from_platform("aws:eu-west-2"),
        customized_rate_card: None,
        customized_url: None,
    }
}

fn inventory(version: &str) -> Inventory {
    Inventory {
        version: version.to_owned(),
        tabular_data: None,
        data_showcase: Some(AssetRef::from_platform("record-1")),
        file_inventory: None,
        data_collections: None,
    }
}

#[test]
fn a_create_records_what_it_set_and_nothing_else() {
    let record = absorb(None, &Call::Create(new_tre())).unwrap();
    let expected = AppliedTre {
        name: Some("X".to_owned()),
        bill_to: Some(OrgId::from_platform("org-biobank")),
        region: Some(Region::from_platform("aws:eu-west-2")),
        ..AppliedTre::of_state(TreState::Draft)
    };
    assert_eq!(record, expected);
}

#[test]
fn a_call_changes_only_what_it_touches() {
    let before = AppliedTre {
        name: Some("X".to_owned()),
        admins: Some(users(&["user-amara"])),
        policies: BTreeMap::from([("restricted".to_owned(), PolicyValue::Bool(true))]),
        ..AppliedTre::of_state(TreState::Active)
    };
    let policies = BTreeMap::from([("protected".to_owned(), PolicyValue::Default)]);
    let mut both = before.policies.clone();
    both.extend(policies.clone());
    let cases = [
        (Call::Deactivate, AppliedTre { state: TreState::Maintenance, ..before.clone() }),
        (Call::Publish, AppliedTre { state: TreState::Active, ..before.clone() }),
        (Call::SetPolicies(policies), AppliedTre { policies: both, ..before.clone() }),
        (
            Call::SetInventory(inventory("2")),
            AppliedTre { inventory: Some(inventory("2")), ..before.clone() },
        ),
        (
            Call::Update(TreUpdate { name: Some("Y".to_owned()), ..TreUpdate::default() }),
            AppliedTre { name: Some("Y".to_owned()), ..before.clone() },
        ),
        (
            Call::AddAdmins(vec![user("user-li")]),
            AppliedTre { admins: Some(users(&["user-amara", "user-li"])), ..before.clone() },
        ),
        (
            Call::RemoveAdmins(vec![user("user-amara")]),
            AppliedTre { admins: Some(users(&[])), ..before.clone() },
        ),
        (Call::RemoveAuthorizedUsers(principals(&["user-li"])), before.clone()),
    ];
    for (call, after) in cases {
        assert_eq!(absorb(Some(before.clone()), &call), Some(after), "{call:?}");
    }
    assert_eq!(absorb(Some(before), &Call::Delete), None);
}

#[test]
fn review_steps_are_followed_one_by_one() {
    let add = Call::AddReviewStep(NewStep {
        id: step_id("ethics"),
        name: "Ethics".to_owned(),
        description: String::new(),
        reviewers: vec![user("user-ada")],
    });
    let name = Some("Board".to_owned());
    let calls = [
        add,
        Call::UpdateReviewStep { id: step_id("ethics"), name, description: None },
        Call::AddReviewers(step_id("ethics"), vec![user("user-li")]),
        Call::RemoveReviewers(step_id("ethics"), vec![user("user-ada")]),
    ];
    let record = calls.iter().fold(None, absorb).unwrap();
    let expected = AppliedStep {
        id: step_id("ethics"),
        name: Some("Board".to_owned()),
        description: Some(String::new()),
        reviewers: Some(users(&["user-li"])),
    };
    assert_eq!(record.review_steps, Some(vec![expected]));
    let record = absorb(Some(record), &Call::RemoveReviewStep(step_id("ethics"))).unwrap();
    assert_eq!(record.review_steps, Some(Vec::new()));
}

#[test]
fn a_list_that_was_not_managed_is_counted_from_what_is_there() {
    let calls = [
        Call::AddAdmins(vec![user("user-new")]),
        Call::RemoveReviewers(step_id("governance"), vec![user("user-ada")]),
    ];
    let base = baseline(None, Some(&live()), &calls, &user("user-operator"));
    assert_eq!(base.admins, Some(users(&["user-amara"])), "the operator is not managed");
    assert_eq!(base.authorized_users, None, "no call touches it");
    let record = calls.iter().fold(Some(base), absorb).unwrap();
    assert_eq!(record.admins, Some(users(&["user-amara", "user-new"])));
    let steps = record.review_steps.unwrap();
    assert_eq!(steps[0].reviewers, Some(users(&["user-priya"])));
    assert_eq!(steps[0].name, None, "the name is not managed");
}

#[test]
fn a_list_that_was_managed_is_counted_from_its_record() {
    let record = AppliedTre {
        admins: Some(users(&["user-jonas"])),
        ..AppliedTre::of_state(TreState::Active)
    };
    let calls = [Call::AddAdmins(vec![user("user-new")])];
    let base = baseline(Some(&record), Some(&live()), &calls, &user("user-operator"));
    assert_eq!(base, record);
}

#[test]
fn only_a_visible_effect_counts_as_ours() {
    let there = live();
    let step = || step_id("governance");
    let restricted = |value| Call::SetPolicies([("restricted".to_owned(), value)].into());
    let visible = [
        Call::Create(new_tre()),
        Call::Publish,
        Call::AddAdmins(vec![user("user-amara")]),
        Call::RemoveAdmins(vec![user("user-gone")]),
        Call::AddAuthorizedUsers(principals(&["org-university"])),
        Call::AddReviewers(step(), vec![user("user-ada")]),
        Call::RemoveReviewStep(step_id("ethics")),
        restricted(PolicyValue::Default),
        restricted(PolicyValue::Bool(false)),
        Call::Update(TreUpdate { visibility: Some(Visibility::Private), ..TreUpdate::default() }),
    ];
    let invisible = [
        Call::Create(NewTre { name: "Other".to_owned(), ..new_tre() }),
        Call::Deactivate,
        Call::Delete,
        Call::AddAdmins(vec![user("user-amara"), user("user-new")]),
        Call::RemoveAdmins(vec![user("user-amara"), user("user-gone")]),
        Call::AddReviewers(step_id("ethics"), vec![user("user-ada")]),
        Call::RemoveReviewers(step(), vec![user("user-ada")]),
        Call::RemoveReviewStep(step()),
        Call::SetInventory(inventory("2")),
        restricted(PolicyValue::Bool(true)),
    ];
    for call in visible {
        assert!(is_visible(&call, Some(&there)), "{call:?}");
        assert!(!is_visible(&call, None), "{call:?} on a TRE that is gone");
        assert!(settle(None, &[call], Some(&there)).is_some());
    }
    for call in invisible {
        assert!(!is_visible(&call, Some(&there)), "{call:?}");
        assert_eq!(settle(None, &[call], Some(&there)), None);
    }
    let record = Some(AppliedTre::of_state(TreState::Draft));
    assert_eq!(settle(record, &[Call::Delete], None), None);
}

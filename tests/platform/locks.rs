//! §2: what may change in which state.

use serde_json::{Value, json};

use super::support::{Caller, inventory, rows};

rows! {
    "L2.id" A "The id never changes." => the_id_never_changes;
    "L2.name" D "Name and description change in every state." => texts_change_in_every_state;
    "L2.frozen.draft" D "Region, billTo, rate card and URL change in a draft."
        => a_draft_changes_what_freezes;
    "L2.frozen.published" D "Region, billTo, rate card and URL are frozen by publishing."
        => publishing_freezes;
    "L2.frozen.same" A "Naming a frozen setting is refused, even with the value it has."
        => naming_a_frozen_setting_is_refused;
    "L2.inventory.draft" D "The inventory changes in a draft." => a_draft_takes_an_inventory;
    "L2.inventory.active" D "The inventory is frozen while active." => active_freezes_the_inventory;
    "L2.inventory.amending" D "The inventory changes while amending, as a pending version."
        => amending_takes_a_pending_inventory;
    "L2.steps.draft" D "Review steps come and go in a draft." => a_draft_changes_its_steps;
    "L2.steps.published" D "Review steps are locked for good by publishing."
        => publishing_locks_the_steps;
    "L2.step-text" A "A review step's name and description change in a draft only."
        => step_texts_change_in_a_draft_only;
    "L2.reviewers" D "Reviewers of existing steps change in every state."
        => reviewers_change_in_every_state;
    "L2.last-reviewer" A "A step of a published TRE is never left without reviewer."
        => the_last_reviewer_stays;
    "L2.policies" D "Policies change in every state." => policies_change_in_every_state;
    "L2.people" D "TRE admins and authorized users change in every state."
        => people_change_in_every_state;
    "L2.visibility" D "Visibility changes in every state (while amending: A)."
        => visibility_changes_in_every_state;
}

const ALL: [&str; 3] = ["draft", "active", "amending"];
const PUBLISHED: [&str; 2] = ["active", "amending"];

fn route(state: &str, method: &str) -> String {
    format!("/tre-{state}/{method}")
}

/// What freezes, each with a value other than the seed's.
fn freezing() -> [(&'static str, Value); 4] {
    [
        ("region", json!("aws:us-east-1")),
        ("billTo", json!("org-clinic")),
        ("customizedRateCard", json!({ "compute": 2 })),
        ("customizedURL", json!("genomics.example.org")),
    ]
}

#[test]
fn the_id_never_changes() {
    let amara = Caller::amara();
    for state in ALL {
        let refusal = amara.refused(&route(state, "update"), json!({ "id": "tre-other" }));
        assert_eq!(refusal, "InvalidInput");
        let refusal = amara.refused(&route(state, "update"), json!({ "handle": "other" }));
        assert_eq!(refusal, "InvalidInput");
    }
}

#[test]
fn texts_change_in_every_state() {
    let amara = Caller::amara();
    for state in ALL {
        amara.ok(&route(state, "update"), json!({ "name": "N", "description": "D" }));
        let tre = amara.tre(&format!("tre-{state}"));
        assert_eq!((&tre["name"], &tre["description"]), (&json!("N"), &json!("D")));
    }
}

#[test]
fn a_draft_changes_what_freezes() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/removeAdmins", json!({ "admins": ["user-jonas"] }));
    for (field, value) in freezing() {
        amara.ok("/tre-draft/update", json!({ field: value }));
        assert_eq!(amara.tre("tre-draft")[field], value);
    }
    for field in ["customizedRateCard", "customizedURL"] {
        amara.ok("/tre-draft/update", json!({ field: null }));
        assert_eq!(amara.tre("tre-draft")[field], Value::Null);
    }
}

#[test]
fn publishing_freezes() {
    let amara = Caller::amara();
    for state in PUBLISHED {
        for (field, value) in freezing() {
            let refusal = amara.refused(&route(state, "update"), json!({ field: value }));
            assert_eq!(refusal, "InvalidState", "{field} while {state}");
        }
    }
}

#[test]
fn naming_a_frozen_setting_is_refused() {
    let amara = Caller::amara();
    for field in ["region", "billTo", "customizedRateCard", "customizedURL"] {
        let value = amara.tre("tre-active")[field].clone();
        let refusal = amara.refused("/tre-active/update", json!({ "name": "N", field: value }));
        assert_eq!(refusal, "InvalidState", "{field}");
    }
}

#[test]
fn a_draft_takes_an_inventory() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/setInventory", inventory("2026.1"));
    let expected = json!({ "active": inventory("2026.1"), "pending": null });
    assert_eq!(amara.tre("tre-draft")["inventory"], expected);
}

#[test]
fn active_freezes_the_inventory() {
    let amara = Caller::amara();
    for version in ["2025.2", "2026.1"] {
        let refusal = amara.refused("/tre-active/setInventory", inventory(version));
        assert_eq!(refusal, "InvalidState");
    }
}

#[test]
fn amending_takes_a_pending_inventory() {
    let amara = Caller::amara();
    amara.ok("/tre-amending/setInventory", inventory("2026.1"));
    let expected = json!({ "active": inventory("2025.2"), "pending": inventory("2026.1") });
    assert_eq!(amara.tre("tre-amending")["inventory"], expected);
}

fn step() -> Value {
    json!({ "id": "ethics", "name": "Ethics", "description": "", "reviewers": ["user-priya"] })
}

#[test]
fn a_draft_changes_its_steps() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/addApplicationReviewStep", step());
    amara.ok("/tre-draft/removeApplicationReviewStep", json!({ "id": "governance" }));
    assert_eq!(amara.tre("tre-draft")["applicationReviewSteps"], json!([step()]));
}

#[test]
fn publishing_locks_the_steps() {
    let amara = Caller::amara();
    for state in PUBLISHED {
        let refusal = amara.refused(&route(state, "addApplicationReviewStep"), step());
        assert_eq!(refusal, "InvalidState");
        let id = json!({ "id": "governance" });
        let refusal = amara.refused(&route(state, "removeApplicationReviewStep"), id);
        assert_eq!(refusal, "InvalidState");
    }
}

#[test]
fn step_texts_change_in_a_draft_only() {
    let amara = Caller::amara();
    let input = json!({ "id": "governance", "name": "N", "description": "D" });
    amara.ok("/tre-draft/updateApplicationReviewStep", input.clone());
    let step = amara.tre("tre-draft")["applicationReviewSteps"][0].clone();
    assert_eq!((&step["name"], &step["description"]), (&json!("N"), &json!("D")));
    assert_eq!(step["reviewers"], json!(["user-priya"]));
    for state in PUBLISHED {
        let refusal = amara.refused(&route(state, "updateApplicationReviewStep"), input.clone());
        assert_eq!(refusal, "InvalidState");
    }
}

fn reviewers(users: &[&str]) -> Value {
    json!({ "stepId": "governance", "reviewers": users })
}

#[test]
fn reviewers_change_in_every_state() {
    let amara = Caller::amara();
    for state in ALL {
        amara.ok(&route(state, "addApplicationReviewers"), reviewers(&["user-sol"]));
        amara.ok(&route(state, "removeApplicationReviewers"), reviewers(&["user-priya"]));
        let step = amara.tre(&format!("tre-{state}"))["applicationReviewSteps"][0].clone();
        assert_eq!(step["reviewers"], json!(["user-sol"]));
    }
}

#[test]
fn the_last_reviewer_stays() {
    let amara = Caller::amara();
    for state in PUBLISHED {
        let remove = route(state, "removeApplicationReviewers");
        assert_eq!(amara.refused(&remove, reviewers(&["user-priya"])), "InvalidState");
        amara.ok(&route(state, "addApplicationReviewers"), reviewers(&["user-sol"]));
        let both = reviewers(&["user-priya", "user-sol"]);
        assert_eq!(amara.refused(&remove, both), "InvalidState");
        amara.ok(&remove, reviewers(&["user-priya"]));
    }
    amara.ok("/tre-draft/removeApplicationReviewers", reviewers(&["user-priya"]));
}

#[test]
fn policies_change_in_every_state() {
    let amara = Caller::amara();
    for state in ALL {
        amara.ok(&route(state, "setPolicies"), json!({ "policies": { "restricted": true } }));
        assert_eq!(amara.tre(&format!("tre-{state}"))["policies"]["restricted"], true);
    }
}

#[test]
fn people_change_in_every_state() {
    let amara = Caller::amara();
    for state in ALL {
        let (admin, users) =
            (json!({ "admins": ["user-jonas"] }), json!({ "authorizedUsers": ["user-sol"] }));
        amara.ok(&route(state, "removeAdmins"), admin.clone());
        amara.ok(&route(state, "addAdmins"), admin);
        amara.ok(&route(state, "addAuthorizedUsers"), users.clone());
        assert!(
            amara.tre(&format!("tre-{state}"))["authorizedUsers"]
                .as_array()
                .is_some_and(|users| users.contains(&json!("user-sol")))
        );
        amara.ok(&route(state, "removeAuthorizedUsers"), users);
    }
}

#[test]
fn visibility_changes_in_every_state() {
    let amara = Caller::amara();
    for state in ALL {
        for visibility in ["public", "private"] {
            amara.ok(&route(state, "update"), json!({ "visibility": visibility }));
            assert_eq!(amara.tre(&format!("tre-{state}"))["visibility"], visibility);
        }
    }
}

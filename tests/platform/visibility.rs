//! Who sees what, and who may change it.

use serde_json::{Value, json};

use super::support::{Caller, inventory, rows};

rows! {
    "L3.draft.hidden" A "A draft is visible to its admins only, whatever its visibility."
        => a_draft_is_seen_by_its_admins;
    "L3.private" D "A private TRE is seen by its listed users, and by those who have a part in it."
        => a_private_tre_is_seen_by_those_in_it;
    "L3.public" D "A public TRE is seen by every user." => a_public_tre_is_seen_by_all;
    "L3.org" D "An org among the authorized users stands for all its members."
        => an_org_stands_for_its_members;
    "L3.hidden" A "What the caller may not see answers `ResourceNotFound`, on every route."
        => the_unseen_does_not_exist;
    "L3.only-admins" A "Only TRE admins change a TRE; who sees it gets `PermissionDenied`."
        => only_admins_change;
}

#[test]
fn a_draft_is_seen_by_its_admins() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/update", json!({ "visibility": "public" }));
    assert!(amara.sees("tre-draft"));
    assert!(amara.user("jonas").sees("tre-draft"));
    for name in ["priya", "li", "mei", "sol"] {
        assert!(!amara.user(name).sees("tre-draft"), "{name} sees a draft");
    }
}

#[test]
fn a_private_tre_is_seen_by_those_in_it() {
    let amara = Caller::amara();
    for tre in ["tre-active", "tre-amending"] {
        for name in ["amara", "jonas", "priya", "li", "mei"] {
            assert!(amara.user(name).sees(tre), "{name} does not see {tre}");
        }
        assert!(!amara.user("sol").sees(tre), "user-sol sees {tre}");
    }
}

#[test]
fn a_public_tre_is_seen_by_all() {
    let sol = Caller::amara().user("sol");
    assert!(sol.sees("tre-public"));
    let found = sol.ok("/system/findTres", json!({}));
    assert_eq!(found["results"], json!([{ "id": "tre-public" }]));
}

#[test]
fn an_org_stands_for_its_members() {
    let amara = Caller::amara();
    let mei = amara.user("mei");
    assert!(mei.sees("tre-active"));
    let university = json!({ "authorizedUsers": ["org-university"] });
    amara.ok("/tre-active/removeAuthorizedUsers", university);
    assert!(!mei.sees("tre-active"));
}

/// Every way to change a TRE, with input that its admin may use.
fn changes() -> Vec<(&'static str, Value)> {
    let step = json!({ "id": "ethics", "name": "E", "description": "" });
    let people = json!({ "stepId": "governance", "reviewers": ["user-sol"] });
    vec![
        ("update", json!({ "name": "Mine" })),
        ("activate", json!({})),
        ("deactivate", json!({})),
        ("destroy", json!({})),
        ("setPolicies", json!({ "policies": { "restricted": true } })),
        ("setInventory", inventory("2026.1")),
        ("addApplicationReviewStep", step),
        ("updateApplicationReviewStep", json!({ "id": "governance", "name": "N" })),
        ("removeApplicationReviewStep", json!({ "id": "governance" })),
        ("addApplicationReviewers", people.clone()),
        ("removeApplicationReviewers", people),
        ("addAdmins", json!({ "admins": ["user-jonas"] })),
        ("removeAdmins", json!({ "admins": ["user-jonas"] })),
        ("addAuthorizedUsers", json!({ "authorizedUsers": ["user-sol"] })),
        ("removeAuthorizedUsers", json!({ "authorizedUsers": ["user-li"] })),
    ]
}

#[test]
fn the_unseen_does_not_exist() {
    let amara = Caller::amara();
    let reads = [("describe", json!({})), ("getDataTypeGroups", json!({}))];
    for (method, input) in changes().into_iter().chain(reads) {
        for (user, tre) in [("sol", "tre-active"), ("li", "tre-draft"), ("amara", "tre-none")] {
            let refusal = amara.user(user).refused(&format!("/{tre}/{method}"), input.clone());
            assert_eq!(refusal, "ResourceNotFound", "{method} of {tre} by {user}");
        }
    }
    let refusal =
        amara.user("sol").refused("/system/findTreApplications", json!({ "tre": "tre-active" }));
    assert_eq!(refusal, "ResourceNotFound");
}

#[test]
fn only_admins_change() {
    let amara = Caller::amara();
    for (method, input) in changes() {
        for (user, tre) in [("li", "tre-active"), ("priya", "tre-amending"), ("sol", "tre-public")]
        {
            let refusal = amara.user(user).refused(&format!("/{tre}/{method}"), input.clone());
            assert_eq!(refusal, "PermissionDenied", "{method} of {tre} by {user}");
        }
    }
}

//! Seeds: what they give, and what is wrong with one that contradicts itself.

use serde_json::{Value, json};
use trectl::model::UserId;
use trectl::platform::seed::Seed;
use trectl::sim::World;

use crate::support::{DATA, HIDDEN, SHOWROOM, TABULAR, seed};

/// The seed with one value replaced, at a JSON pointer.
fn edited(pointer: &str, value: Value) -> Seed {
    let mut json = serde_json::to_value(seed()).unwrap();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_contradiction_says_which() {
    let cases = [
        ("/kind", json!("Seed"), "`kind` is `Seed`; a seed has `PlatformSeed`"),
        ("/apiVersion", json!("v2"), "`apiVersion` is `v2`; a seed has `trectl/v1`"),
        ("/actor", json!("user-x"), "actor: `user-x` is not listed under `users`"),
        ("/users/5", json!("sol"), "users: `sol` is not a user id"),
        ("/users/5", json!("user-li"), "users: `user-li` is listed twice"),
        ("/orgs/0/members/0/id", json!("user-x"), "org-biobank: `user-x` is not listed"),
        ("/orgs/1/id", json!("org-biobank"), "orgs: `org-biobank` is listed twice"),
        ("/projects/0/billTo", json!("org-x"), "`org-x` is not listed under `orgs`"),
        ("/projects/0/region", json!("moon"), "`moon` is not a region"),
        ("/projects/0/access", json!({ "user-x": "VIEW" }), "`user-x` is not listed"),
        ("/records/0/project", json!(DATA.replace('1', "8")), "is not listed under `projects`"),
        ("/records/1/id", json!(TABULAR), "is listed twice"),
        ("/files/0/id", json!(HIDDEN), "files: `record-"),
        ("/tres/0/id", json!("tre-active"), "tres: `tre-active` is listed twice"),
        ("/tres/0/billTo", json!("org-x"), "tre-draft: `org-x` is not listed under `orgs`"),
        ("/tres/0/admins/0", json!("user-x"), "tre-draft: `user-x` is not listed under `users`"),
        ("/tres/0/admins/1", json!("user-amara"), "tre-draft: `user-amara` is listed twice"),
        ("/tres/0/authorizedUsers/0", json!("org-x"), "tre-draft: `org-x` is not listed"),
        (
            "/tres/0/applicationReviewSteps/0/reviewers/0",
            json!("user-x"),
            "tre-draft: `user-x` is not listed under `users`",
        ),
        ("/tres/0/applicationReviewSteps/0/id", json!("A"), "tre-draft: `A` is not a review step"),
        (
            "/tres/0/inventory/active/tabularData",
            json!("record-999999999999999999999999"),
            "is not listed under `records`",
        ),
        (
            "/tres/0/inventory/active/tabularData",
            json!(format!("{SHOWROOM}:{TABULAR}")),
            "does not lie in that project",
        ),
        (
            "/tres/1/inventory/pending",
            json!({ "version": "2" }),
            "`tre-active`: only a TRE that is amending has a pending inventory",
        ),
        ("/requests/0/tre", json!("tre-x"), "`tre-x` is not listed under `tres`"),
        ("/requests/0/createdBy", json!("user-x"), "`user-x` is not listed under `users`"),
    ];
    for (pointer, value, expected) in cases {
        let error = World::seeded(&edited(pointer, value)).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(expected), "{pointer}: {message}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let mut seed = seed();
    seed.actor = "user-x".to_owned();
    seed.tres[0].bill_to = "org-x".to_owned();
    assert_eq!(World::seeded(&seed).unwrap_err().problems.len(), 2);
}

#[test]
fn a_token_stands_for_a_user_and_stays_secret() {
    let world = World::seeded(&seed()).unwrap();
    assert_eq!(world.user_of_token("secret-of-jonas"), Some(UserId::from_platform("user-jonas")));
    for token in ["other", "user-jonas", ""] {
        assert_eq!(world.user_of_token(token), None, "{token}");
    }
    let mut bad = seed();
    bad.tokens.insert("hunter2".to_owned(), "user-x".to_owned());
    let message = World::seeded(&bad).unwrap_err().to_string();
    assert!(message.contains("tokens: `user-x`") && !message.contains("hunter2"), "{message}");
}

#[test]
fn without_tokens_the_name_of_a_user_is_one() {
    let mut tokenless = seed();
    tokenless.tokens.clear();
    for world in [World::seeded(&tokenless).unwrap(), World::unseeded()] {
        let jonas = UserId::from_platform("user-jonas");
        assert_eq!(world.user_of_token("user-jonas"), Some(jonas));
        for token in ["jonas", "user-Jonas", "org-biobank", ""] {
            assert_eq!(world.user_of_token(token), None, "{token}");
        }
    }
}

#[test]
fn most_of_a_tre_has_defaults() {
    let json = json!({
        "actor": "user-a",
        "users": ["user-a"],
        "orgs": [{ "id": "org-a" }],
        "tres": [{
            "id": "tre-a", "state": "draft", "billTo": "org-a", "region": "aws:eu-west-2",
            "class": "tre",
        }],
    });
    let seed: Seed = serde_json::from_value(json).unwrap();
    let mut world = World::seeded(&seed).unwrap();
    let actor = world.actor().clone();
    let tre = world.handle(&actor, "/tre-a/describe", &json!({}), 0).unwrap();
    assert_eq!(tre["name"], "tre-a");
    assert_eq!(tre["admins"], json!(["user-a"]));
    assert_eq!(tre["visibility"], "private");
}

#[test]
fn unknown_keys_are_refused_except_in_tres() {
    for (pointer, key) in [("", "users2"), ("/orgs/0", "name"), ("/records/0", "size")] {
        let mut json = serde_json::to_value(seed()).unwrap();
        let object = json.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap();
        object.insert(key.to_owned(), json!(1));
        let error = serde_json::from_value::<Seed>(json).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown field `{key}`")), "{error}");
    }
}

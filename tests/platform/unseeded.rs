//! The platform without a seed.

use serde_json::{Value, json};

use super::support::{COLLECTIONS, Caller, FILES, SHOWCASE, TABULAR, rows};

rows! {
    "U.actor" A "Without a seed, `user-local` acts, with ADMINISTER everywhere." => the_local_user;
    "U.exists" A "Without a seed, every well-formed id of a person, org or asset exists."
        => everything_exists;
    "U.members" A "Without a seed, every user is a member with `treManagement` of every org."
        => everybody_manages;
    "U.assets" A "Without a seed, each asset lies closed in a project of its own; records are Datasets."
        => assets_lie_alone;
    "U.fit" A "Without a seed, assets fit any region and billing org." => assets_fit;
    "U.rules" A "Without a seed, all rules that need no directory hold." => the_rules_hold;
}

fn new(handle: &str) -> Value {
    json!({ "handle": handle, "name": "N", "billTo": "org-any", "region": "aws:eu-west-2" })
}

fn inventory() -> Value {
    json!({
        "version": "1",
        "tabularData": TABULAR,
        "dataShowcase": SHOWCASE,
        "fileInventory": FILES,
        "dataCollections": COLLECTIONS,
    })
}

#[test]
fn the_local_user() {
    let local = Caller::local();
    assert_eq!(local.ok("/system/whoami", json!({})), json!({ "id": "user-local" }));
    assert_eq!(local.level("project-000000000000000000000001"), "ADMINISTER");
}

#[test]
fn everything_exists() {
    let local = Caller::local();
    for id in ["user-anyone", "org-any", TABULAR, FILES, "project-999999999999999999999999"] {
        local.ok(&format!("/{id}/describe"), json!({}));
    }
    assert_eq!(local.refused("/user-Anyone/describe", json!({})), "ResourceNotFound");
    assert!(!local.sees("tre-any"));
}

#[test]
fn everybody_manages() {
    let local = Caller::local();
    let route = "/org-any/findMembers";
    let member = |id| json!([{ "id": id, "level": "MEMBER", "treManagement": true }]);
    assert_eq!(local.ok(route, json!({ "id": "user-x" }))["results"], member("user-x"));
    assert_eq!(local.ok(route, json!({}))["results"], member("user-local"));
    local.ok("/tre/new", new("one"));
    local.ok("/tre-one/addAdmins", json!({ "admins": ["user-kim"] }));
    let listed = local.ok(route, json!({}));
    assert_eq!(listed["results"].as_array().map(Vec::len), Some(2));
    local.user("kim").ok("/tre-one/update", json!({ "name": "Kim's" }));
}

#[test]
fn assets_lie_alone() {
    let local = Caller::local();
    // A record and a file of the same characters lie apart too.
    let assets = ["record-00000000000000000000000B", "file-00000000000000000000000B", TABULAR];
    let projects = assets.map(|id| {
        let object = local.ok(&format!("/{id}/describe"), json!({}));
        assert_eq!(object["state"], "closed");
        let types = if id.starts_with("record") { json!(["Dataset"]) } else { json!([]) };
        assert_eq!(object["types"], types);
        object["project"].as_str().unwrap().to_owned()
    });
    assert_ne!(projects[0], projects[1]);
    assert_ne!(projects[0], projects[2]);
    let written = "project-99999999999999999999999B";
    let object = local.ok(&format!("/{TABULAR}/describe"), json!({ "project": written }));
    assert_eq!(object["project"], written);
    local.ok(&format!("/{}/describe", projects[1]), json!({}));
}

#[test]
fn assets_fit() {
    let local = Caller::local();
    let route = format!("/project-{}/describe", "0".repeat(24));
    let project = local.ok(&route, json!({}));
    assert_eq!((&project["region"], &project["billTo"]), (&Value::Null, &Value::Null));
    local.ok("/tre/new", new("one"));
    local.ok("/tre-one/setInventory", inventory());
    let step = json!({ "id": "a", "name": "A", "description": "", "reviewers": ["user-kim"] });
    local.ok("/tre-one/addApplicationReviewStep", step);
    local.ok("/tre-one/update", json!({ "region": "azure:westus", "billTo": "org-other" }));
    local.ok("/tre-one/activate", json!({}));
    local.ok("/tre-one/addAuthorizedUsers", json!({ "authorizedUsers": ["org-x", "user-y"] }));
}

#[test]
fn the_rules_hold() {
    let local = Caller::local();
    local.ok("/tre/new", new("one"));
    assert_eq!(local.refused("/tre-one/activate", json!({})), "InvalidState");
    let project = "project-000000000000000000000001";
    let shared = json!({
        "version": "1",
        "tabularData": format!("{project}:{TABULAR}"),
        "dataShowcase": format!("{project}:{SHOWCASE}"),
    });
    assert_eq!(local.refused("/tre-one/setInventory", shared), "InvalidInput");
    let wrong = json!({ "version": "1", "tabularData": FILES });
    assert_eq!(local.refused("/tre-one/setInventory", wrong), "InvalidType");
    let refusal = local.refused("/tre-one/removeAdmins", json!({ "admins": ["user-local"] }));
    assert_eq!(refusal, "PermissionDenied");
    assert!(!local.user("kim").sees("tre-one"));
}

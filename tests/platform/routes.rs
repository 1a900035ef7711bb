//! §7: the routes and the shapes of their answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::{COLLECTIONS, Caller, DATA, FILES, IN_REVIEW, OPEN, PLAIN, TABULAR, rows};

rows! {
    "L7.whoami" D "`whoami` names the account that calls." => whoami;
    "L7.describe" S "`describe` of a TRE has the fields of the wire contract (names: A)."
        => describe_of_a_tre;
    "L7.fields" A "`fields` selects fields of a description." => fields_are_selected;
    "L7.data-type-groups" S "`getDataTypeGroups` lists groups." => data_type_groups;
    "L7.id" A "Every change of a TRE answers with its id." => changes_answer_with_the_id;
    "L7.find-tres" S "`findTres` lists what the caller sees, filtered by billTo, state and id."
        => find_tres;
    "L7.find-tres.describe" A "`findTres` with `describe` adds each description."
        => find_tres_describes;
    "L7.find-requests" S "`findTreApplications` lists a TRE's requests, filtered by state."
        => find_requests;
    "L7.find-members" D "`findMembers` lists an org's members, filtered by id and level."
        => find_members;
    "L7.paging" D "Listings come in pages: `limit`, `starting`, `results`, `next`." => paging;
    "L7.project" D "`describe` of a project tells region, billing and the caller's level."
        => describe_of_a_project;
    "L7.record" D "`describe` of a record tells project, state and types." => describe_of_a_record;
    "L7.file" D "`describe` of a file tells project and state." => describe_of_a_file;
    "L7.person" A "`describe` of a user or org tells whether it exists." => describe_of_a_person;
}

#[test]
fn whoami() {
    let amara = Caller::amara();
    assert_eq!(amara.ok("/system/whoami", json!({})), json!({ "id": "user-amara" }));
    let sol = amara.user("sol");
    assert_eq!(sol.ok("/system/whoami", json!({})), json!({ "id": "user-sol" }));
}

#[test]
fn describe_of_a_tre() {
    let expected = [
        "id",
        "class",
        "state",
        "name",
        "description",
        "billTo",
        "region",
        "customizedRateCard",
        "customizedURL",
        "visibility",
        "admins",
        "authorizedUsers",
        "policies",
        "inventory",
        "applicationReviewSteps",
        "created",
        "modified",
        "createdBy",
    ];
    let tre = Caller::amara().tre("tre-active");
    let fields: Vec<_> = tre.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, expected);
    assert_eq!(tre["class"], "tre");
}

#[test]
fn fields_are_selected() {
    let amara = Caller::amara();
    let input = json!({ "fields": { "name": true, "state": false } });
    let tre = amara.ok("/tre-active/describe", input);
    assert_eq!(tre, json!({ "id": "tre-active", "name": "tre-active" }));
    for fields in [json!({ "colour": true }), json!({ "name": 1 }), json!(["name"])] {
        let refusal = amara.refused("/tre-active/describe", json!({ "fields": fields }));
        assert_eq!(refusal, "InvalidInput");
    }
}

#[test]
fn data_type_groups() {
    let answer = Caller::amara().ok("/tre-active/getDataTypeGroups", json!({}));
    assert!(answer["groups"].is_array());
}

#[test]
fn changes_answer_with_the_id() {
    let amara = Caller::amara();
    let calls = [
        ("update", json!({})),
        ("setPolicies", json!({ "policies": {} })),
        ("addAdmins", json!({ "admins": [] })),
        ("activate", json!({})),
        ("deactivate", json!({})),
        ("destroy", json!({})),
    ];
    for (method, input) in calls {
        let answer = amara.ok(&format!("/tre-draft/{method}"), input);
        assert_eq!(answer, json!({ "id": "tre-draft" }), "{method}");
    }
}

fn ids(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().unwrap();
    results.iter().map(|result| result["id"].as_str().unwrap()).collect()
}

#[test]
fn find_tres() {
    let amara = Caller::amara();
    let all = amara.ok("/system/findTres", json!({}));
    let expected = ["tre-active", "tre-amending", "tre-draft", "tre-empty", "tre-public"];
    assert_eq!(ids(&all), expected);
    assert_eq!(all["next"], Value::Null);
    let active = amara.ok("/system/findTres", json!({ "state": "active" }));
    assert_eq!(ids(&active), ["tre-active", "tre-public"]);
    let one = amara.ok("/system/findTres", json!({ "id": "tre-draft" }));
    assert_eq!(ids(&one), ["tre-draft"]);
    let none = amara.ok("/system/findTres", json!({ "billTo": "org-clinic" }));
    assert_eq!(ids(&none), [""; 0]);
    let li = amara.user("li").ok("/system/findTres", json!({ "billTo": "org-biobank" }));
    assert_eq!(ids(&li), ["tre-active", "tre-amending", "tre-public"]);
    assert_eq!(
        amara.refused("/system/findTres", json!({ "state": "maintenance" })),
        "InvalidInput"
    );
}

#[test]
fn find_tres_describes() {
    let amara = Caller::amara();
    let found = amara.ok("/system/findTres", json!({ "describe": true, "id": "tre-active" }));
    assert_eq!(found["results"][0]["describe"], amara.tre("tre-active"));
    let some = json!({ "describe": { "fields": { "state": true } }, "id": "tre-active" });
    let found = amara.ok("/system/findTres", some);
    let expected = json!({ "id": "tre-active", "state": "active" });
    assert_eq!(found["results"][0]["describe"], expected);
    let found = amara.ok("/system/findTres", json!({ "describe": false, "id": "tre-active" }));
    assert_eq!(found["results"], json!([{ "id": "tre-active" }]));
}

#[test]
fn find_requests() {
    let amara = Caller::amara();
    let route = "/system/findTreApplications";
    let found = amara.ok(route, json!({ "tre": "tre-active", "state": "in-review" }));
    assert_eq!(ids(&found), [IN_REVIEW]);
    let found = amara.ok(route, json!({ "tre": "tre-active" }));
    assert_eq!(ids(&found).len(), 2);
    let found = amara.user("mei").ok(route, json!({ "tre": "tre-active" }));
    assert_eq!(ids(&found), [""; 0], "whoever sees the TRE does not see what others ask");
    let found = amara.ok(route, json!({ "tre": "tre-draft" }));
    assert_eq!(ids(&found), [""; 0]);
    assert_eq!(amara.refused(route, json!({})), "InvalidInput");
}

#[test]
fn find_members() {
    let amara = Caller::amara();
    let route = "/org-biobank/findMembers";
    let admin = json!({ "id": "user-amara", "level": "ADMIN", "treManagement": true });
    let manager = json!({ "id": "user-jonas", "level": "MEMBER", "treManagement": true });
    let member = json!({ "id": "user-priya", "level": "MEMBER", "treManagement": false });
    let all = amara.ok(route, json!({}));
    assert_eq!(all["results"], json!([admin, manager, member]));
    let admins = amara.ok(route, json!({ "level": "ADMIN" }));
    assert_eq!(admins["results"], json!([admin]));
    let one = amara.ok(route, json!({ "id": "user-jonas" }));
    assert_eq!(one["results"], json!([manager]));
    let nobody = amara.ok(route, json!({ "id": "user-sol" }));
    assert_eq!(nobody["results"], json!([]));
    let neither = amara.ok(route, json!({ "id": "user-jonas", "level": "ADMIN" }));
    assert_eq!(neither["results"], json!([]));
    assert_eq!(amara.refused("/org-nowhere/findMembers", json!({})), "ResourceNotFound");
}

#[test]
fn paging() {
    let amara = Caller::amara();
    let listings = [
        ("/system/findTres", json!({}), 5),
        ("/system/findTreApplications", json!({ "tre": "tre-active" }), 2),
        ("/org-biobank/findMembers", json!({}), 3),
    ];
    for (route, input, count) in listings {
        let mut seen = BTreeSet::new();
        let mut input = super::support::with(input, json!({ "limit": 1 }));
        loop {
            let page = amara.ok(route, input.clone());
            let ids = ids(&page);
            assert_eq!(ids.len(), 1, "{route}");
            assert!(seen.insert(ids[0].to_owned()), "{route} gives {} twice", ids[0]);
            if page["next"].is_null() {
                break;
            }
            input["starting"] = page["next"].clone();
        }
        assert_eq!(seen.len(), count, "{route}");
        for limit in [json!(0), json!(-1), json!(1_001), json!("1")] {
            input["limit"] = limit;
            assert_eq!(amara.refused(route, input.clone()), "InvalidInput");
        }
    }
}

#[test]
fn describe_of_a_project() {
    let amara = Caller::amara();
    let priya = amara.user("priya").ok(&format!("/{DATA}/describe"), json!({}));
    assert_eq!(priya["class"], "project");
    assert_eq!(priya["region"], "aws:eu-west-2");
    assert_eq!(priya["billTo"], "org-biobank");
    assert_eq!(priya["level"], "VIEW");
    let sol = amara.user("sol").refused(&format!("/{DATA}/describe"), json!({}));
    assert_eq!(sol, "ResourceNotFound");
}

#[test]
fn describe_of_a_record() {
    let amara = Caller::amara();
    let expected = json!({
        "id": TABULAR,
        "class": "record",
        "project": DATA,
        "name": TABULAR,
        "state": "closed",
        "types": ["Dataset"],
    });
    assert_eq!(amara.ok(&format!("/{TABULAR}/describe"), json!({})), expected);
    assert_eq!(amara.ok(&format!("/{OPEN}/describe"), json!({}))["state"], "open");
    assert_eq!(amara.ok(&format!("/{PLAIN}/describe"), json!({}))["types"], json!(["Report"]));
    let in_project = json!({ "project": DATA });
    assert_eq!(amara.ok(&format!("/{TABULAR}/describe"), in_project), expected);
    let elsewhere = json!({ "project": super::support::SHOWROOM });
    assert_eq!(amara.refused(&format!("/{TABULAR}/describe"), elsewhere), "ResourceNotFound");
}

#[test]
fn describe_of_a_file() {
    let amara = Caller::amara();
    for id in [FILES, COLLECTIONS] {
        let file = amara.ok(&format!("/{id}/describe"), json!({}));
        assert_eq!((&file["class"], &file["project"]), (&json!("file"), &json!(DATA)));
        assert_eq!(file["state"], "closed");
    }
}

#[test]
fn describe_of_a_person() {
    let amara = Caller::amara();
    let sol = amara.ok("/user-sol/describe", json!({}));
    assert_eq!(sol, json!({ "id": "user-sol", "class": "user" }));
    let clinic = amara.ok("/org-clinic/describe", json!({}));
    assert_eq!(clinic, json!({ "id": "org-clinic", "class": "org" }));
    for id in ["user-nobody", "org-nowhere"] {
        let refusal = amara.refused(&format!("/{id}/describe"), json!({}));
        assert_eq!(refusal, "ResourceNotFound");
    }
}

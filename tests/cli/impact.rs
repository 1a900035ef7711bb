//! What a plan says of people and of their requests.

use serde_json::{Value, json};

use crate::harness::{ACTIVE, Repo};
use crate::snapshot::biobank;

fn impact(repo: &Repo) -> Value {
    let args = ["plan", "--format", "json", "--allow", "loosen,mass-removal,publish,delete"];
    repo.run(&args).expect(0).json().pointer("/resource_changes/0/impact").unwrap().clone()
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|person| person["id"].as_str().unwrap()).collect()
}

/// user-li is listed and a member, user-novak and user-silva are members only.
#[test]
fn an_org_stands_for_its_members_and_those_with_another_way_stay() {
    let repo = biobank();
    repo.edit("tres/live.yaml", "[org-leeds, user-li, user-okafor]", "[user-li, user-okafor]");
    let impact = impact(&repo);
    assert_eq!(ids(&impact["lose_access"]), ["org-leeds"]);
    assert_eq!(impact["lose_access"][0]["members"], 2);
    assert_eq!(impact["keep_access"][0]["id"], "user-li");
    assert_eq!(impact["keep_access"][0]["via"], json!(["authorized user"]));
    assert_eq!(impact["unknown"], json!(["existing projects"]));
    repo.run(&["plan", "--allow", "mass-removal"])
        .expect(0)
        .says("− 2 leave      as authorized user: org-leeds with 2 members.")
        .says("  1 stays in   as authorized user: user-li.");
}

#[test]
fn whoever_was_in_already_does_not_come_in_again() {
    let repo = biobank();
    repo.edit("tres/live.yaml", "user-okafor]", "user-okafor, user-silva, user-jonas]");
    let impact = impact(&repo);
    assert_eq!(ids(&impact["gain_access"]), ["user-jonas"]);
    // A member of a listed org gets nothing new by being named.
    assert_eq!(ids(&impact["more_access"]), ["user-silva"]);
    assert_eq!(impact["more_access"][0]["gives"], json!([]));
}

#[test]
fn a_step_whose_reviewers_are_all_replaced_says_what_waits() {
    let repo = biobank();
    let steps = "reviewSteps: [{id: governance, reviewers: [user-silva]}]\n";
    repo.write("tres/live.yaml", repo.read("tres/live.yaml") + steps);
    let impact = impact(&repo);
    assert_eq!(
        impact["review"],
        json!([{
            "step": "governance", "path": "/reviewSteps/0/reviewers", "reviewers_before": 1,
            "reviewers_after": 1, "leaves": ["user-priya"], "comes": ["user-silva"], "in_review": 1
        }])
    );
    assert_eq!(impact["new_requests"], "unchanged");
    repo.run(&["plan"]).expect(0).says("`governance` loses its only reviewer and gets 1 other. 1");
}

#[test]
fn lists_of_a_draft_let_nobody_in_until_it_is_published() {
    let draft = ACTIVE.replace("state: active", "state: draft");
    let repo = Repo::with(&[("tres/one.yaml", &draft)]);
    assert_eq!(ids(&impact(&repo)["gain_access"]), ["user-amara"]);
    repo.run(&["apply", "--auto-approve"]).expect(0).says("visible to its admins only †");
    repo.edit("tres/one.yaml", "state: draft", "state: active");
    let published = impact(&repo);
    assert_eq!(ids(&published["gain_access"]), ["user-li", "user-okafor", "user-priya"]);
    assert_eq!(published["new_requests"], "opens");
    repo.run(&["apply", "--auto-approve"]).expect(0);
    // Public lets everybody in, which is nobody in particular.
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    let public = impact(&repo);
    assert_eq!(ids(&public["gain_access"]), ["everybody"]);
    assert_eq!(public["gain_access"][0]["via"], json!(["public"]));
    repo.run(&["plan", "--allow", "loosen"])
        .expect(0)
        .says("+ everybody")
        .says("find it and send requests †");
    repo.write("tres/one.yaml", draft.replace("state: draft", "state: deleted"));
    let gone = impact(&repo);
    assert_eq!(ids(&gone["lose_access"]), ["user-amara", "user-li", "user-okafor", "user-priya"]);
    assert_eq!(gone["new_requests"], "ends");
}

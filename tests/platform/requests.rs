//! §6: data access requests.

use serde_json::{Value, json};

use super::support::{APPROVED, Caller, IN_REVIEW, rows};

rows! {
    "L6.states" D "A request is draft, in review, approved or in revision." => a_whole_life;
    "L6.submit.active" D "Submitting takes an active TRE." => submitting_takes_an_active_tre;
    "L6.approve" D "A request is approved when every review step approved it."
        => every_step_approves;
    "L6.reject" D "Any step that rejects sends a request back for revision." => any_step_rejects;
    "L6.resubmit" D "A request in revision can be submitted again, and every step decides again."
        => resubmitting;
    "L6.reviewer" A "A step is decided by one of its reviewers." => only_reviewers_decide;
    "L6.submit.own" A "Who made a request submits it, once." => only_the_maker_submits;
    "L6.new" A "Who sees an active TRE can make a request." => who_sees_can_ask;
    "L6.seen" A "A request is seen by its maker, the TRE's admins and its reviewers."
        => who_sees_a_request;
    "L6.gone" A "A deleted TRE's requests are gone." => requests_go_with_their_tre;
}

fn state(caller: &Caller, id: &str) -> Value {
    caller.ok(&format!("/{id}/describe"), json!({}))["state"].clone()
}

fn decide(caller: &Caller, id: &str, verb: &str, step: &str) {
    caller.ok(&format!("/{id}/{verb}"), json!({ "stepId": step }));
}

fn ask(caller: &Caller) -> String {
    let answer = caller.ok("/treApplication/new", json!({ "tre": "tre-active", "name": "Asthma" }));
    answer["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_whole_life() {
    let amara = Caller::amara();
    let (li, priya) = (amara.user("li"), amara.user("priya"));
    let id = ask(&li);
    let refused = || priya.refused(&format!("/{id}/approve"), json!({ "stepId": "governance" }));
    assert_eq!(state(&li, &id), "draft");
    assert_eq!(refused(), "InvalidState");
    li.ok(&format!("/{id}/submit"), json!({}));
    assert_eq!(state(&li, &id), "in-review");
    decide(&priya, &id, "reject", "governance");
    assert_eq!(state(&li, &id), "in-revision");
    assert_eq!(refused(), "InvalidState");
    li.ok(&format!("/{id}/submit"), json!({}));
    decide(&priya, &id, "approve", "governance");
    assert_eq!(state(&li, &id), "approved");
    assert_eq!(refused(), "InvalidState");
}

#[test]
fn submitting_takes_an_active_tre() {
    let amara = Caller::amara();
    let li = amara.user("li");
    let id = ask(&li);
    amara.ok("/tre-active/deactivate", json!({}));
    assert_eq!(li.refused(&format!("/{id}/submit"), json!({})), "InvalidState");
    amara.ok("/tre-active/activate", json!({}));
    li.ok(&format!("/{id}/submit"), json!({}));
}

/// Publishes `tre-draft` with two steps and submits a request of Li's to it.
fn two_steps() -> (Caller, Caller, String) {
    let amara = Caller::amara();
    let ethics = json!({
        "id": "ethics", "name": "Ethics", "description": "", "reviewers": ["user-priya"],
    });
    amara.ok("/tre-draft/addApplicationReviewStep", ethics);
    amara.ok("/tre-draft/activate", json!({}));
    let li = amara.user("li");
    let answer = li.ok("/treApplication/new", json!({ "tre": "tre-draft" }));
    let id = answer["id"].as_str().unwrap().to_owned();
    li.ok(&format!("/{id}/submit"), json!({}));
    (amara.user("priya"), li, id)
}

#[test]
fn every_step_approves() {
    let (priya, li, id) = two_steps();
    decide(&priya, &id, "approve", "ethics");
    assert_eq!(state(&li, &id), "in-review");
    decide(&priya, &id, "approve", "governance");
    assert_eq!(state(&li, &id), "approved");
}

#[test]
fn any_step_rejects() {
    let (priya, li, id) = two_steps();
    decide(&priya, &id, "approve", "governance");
    decide(&priya, &id, "reject", "ethics");
    assert_eq!(state(&li, &id), "in-revision");
}

#[test]
fn resubmitting() {
    let (priya, li, id) = two_steps();
    decide(&priya, &id, "approve", "governance");
    decide(&priya, &id, "reject", "ethics");
    li.ok(&format!("/{id}/submit"), json!({}));
    decide(&priya, &id, "approve", "ethics");
    assert_eq!(state(&li, &id), "in-review");
    decide(&priya, &id, "approve", "governance");
    assert_eq!(state(&li, &id), "approved");
}

#[test]
fn only_reviewers_decide() {
    let amara = Caller::amara();
    let step = json!({ "stepId": "governance" });
    for verb in ["approve", "reject"] {
        let route = format!("/{IN_REVIEW}/{verb}");
        for name in ["amara", "li"] {
            assert_eq!(amara.user(name).refused(&route, step.clone()), "PermissionDenied");
        }
        let priya = amara.user("priya");
        let unknown = json!({ "stepId": "ethics" });
        assert_eq!(priya.refused(&route, unknown), "ResourceNotFound");
        let refusal = priya.refused(&format!("/{APPROVED}/{verb}"), step.clone());
        assert_eq!(refusal, "InvalidState");
    }
}

#[test]
fn only_the_maker_submits() {
    let amara = Caller::amara();
    let li = amara.user("li");
    let id = ask(&li);
    let route = format!("/{id}/submit");
    assert_eq!(amara.refused(&route, json!({})), "PermissionDenied");
    li.ok(&route, json!({}));
    assert_eq!(li.refused(&route, json!({})), "InvalidState");
    assert_eq!(li.refused(&format!("/{APPROVED}/submit"), json!({})), "InvalidState");
}

#[test]
fn who_sees_can_ask() {
    let sol = Caller::amara().user("sol");
    sol.ok("/treApplication/new", json!({ "tre": "tre-public" }));
    let refusal = sol.refused("/treApplication/new", json!({ "tre": "tre-active" }));
    assert_eq!(refusal, "ResourceNotFound");
}

#[test]
fn who_sees_a_request() {
    let amara = Caller::amara();
    let find = json!({ "tre": "tre-active" });
    for name in ["li", "amara", "jonas", "priya"] {
        let user = amara.user(name);
        user.ok(&format!("/{IN_REVIEW}/describe"), json!({}));
        let found = user.ok("/system/findTreApplications", find.clone());
        assert_eq!(found["results"].as_array().map(Vec::len), Some(2), "{name}");
    }
    let mei = amara.user("mei");
    let refusal = mei.refused(&format!("/{IN_REVIEW}/describe"), json!({}));
    assert_eq!(refusal, "ResourceNotFound");
    assert_eq!(mei.ok("/system/findTreApplications", find)["results"], json!([]));
}

#[test]
fn requests_go_with_their_tre() {
    let amara = Caller::amara();
    amara.ok("/tre-active/deactivate", json!({}));
    amara.ok("/tre-active/destroy", json!({}));
    let refusal = amara.user("li").refused(&format!("/{APPROVED}/describe"), json!({}));
    assert_eq!(refusal, "ResourceNotFound");
    let new = json!({
        "handle": "active", "name": "N", "billTo": "org-biobank", "region": "aws:eu-west-2",
    });
    amara.ok("/tre/new", new);
    let found = amara.ok("/system/findTreApplications", json!({ "tre": "tre-active" }));
    assert_eq!(found["results"], json!([]));
}

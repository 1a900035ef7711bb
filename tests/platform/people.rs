//! §3: TRE admins and authorized users.

use serde_json::{Value, json};

use super::support::{Caller, SHOWCASE_2, inventory, rows, with};

rows! {
    "L3.admins.users" D "TRE admins are individual users." => admins_are_users;
    "L3.admins.exist" A "A TRE admin who does not exist answers `ResourceNotFound`."
        => admins_exist;
    "L3.admins.management" A "Admins hold `treManagement` in `billTo`." => admins_manage;
    "L3.admins.bill-to" A "A draft moves only to an org in which all its admins hold `treManagement`."
        => all_admins_manage_a_new_bill_to;
    "L3.admins.self" D "Nobody removes themself from the admins." => nobody_removes_themself;
    "L3.admins.other" D "Another admin removes an admin." => another_admin_does;
    "L3.users.kinds" D "Authorized users are users or orgs." => users_and_orgs;
    "L3.users.exist" A "An authorized user or org that does not exist answers `ResourceNotFound`."
        => authorized_users_exist;
    "L3.users.administer" D "Adding authorized users takes ADMINISTER on the showcase's project."
        => adding_users_takes_administer;
    "L3.users.showcase" A "Without a Data Showcase, adding authorized users takes no ADMINISTER."
        => no_showcase_no_administer;
    "L3.users.new" A "Adding authorized users that are there takes no ADMINISTER."
        => only_new_users_take_administer;
    "L3.users.remove" A "Removing authorized users takes no ADMINISTER."
        => removing_takes_no_administer;
    "L3.showcase.rights" A "With authorized users, a new showcase takes ADMINISTER on its project."
        => a_new_showcase_takes_administer;
    "L3.showcase.rights.same" A "A showcase that is active or pending already takes no ADMINISTER."
        => a_known_showcase_takes_none;
    "L3.held" D "Admins hold ADMINISTER on the inventory's projects while active or amending."
        => admins_hold_administer;
    "L3.held.use" A "What admins so hold counts wherever ADMINISTER or a view is needed."
        => what_admins_hold_counts;
    "L3.reviewers.users" A "Reviewers are individual users." => reviewers_are_users;
    "L3.reviewers.exist" A "A reviewer who does not exist answers `ResourceNotFound`."
        => reviewers_exist;
    "L3.idempotent" A "Adding what is there, or removing what is not, succeeds without effect."
        => twice_is_once;
}

fn users(ids: &[&str]) -> Value {
    json!({ "authorizedUsers": ids })
}

fn admins(ids: &[&str]) -> Value {
    json!({ "admins": ids })
}

/// Jonas, admin of drafts only: no TRE gives him a level in a project.
fn jonas() -> Caller {
    let amara = Caller::amara();
    for tre in ["tre-active", "tre-amending", "tre-public"] {
        amara.ok(&format!("/{tre}/removeAdmins"), admins(&["user-jonas"]));
    }
    amara.user("jonas")
}

#[test]
fn admins_are_users() {
    let refusal = Caller::amara().refused("/tre-active/addAdmins", admins(&["org-biobank"]));
    assert_eq!(refusal, "InvalidType");
}

#[test]
fn admins_exist() {
    let refusal = Caller::amara().refused("/tre-active/addAdmins", admins(&["user-nobody"]));
    assert_eq!(refusal, "ResourceNotFound");
}

#[test]
fn admins_manage() {
    let amara = Caller::amara();
    for user in ["user-priya", "user-sol"] {
        let refusal = amara.refused("/tre-active/addAdmins", admins(&[user]));
        assert_eq!(refusal, "InvalidInput");
    }
    amara.ok("/tre-active/removeAdmins", admins(&["user-jonas"]));
    amara.ok("/tre-active/addAdmins", admins(&["user-jonas"]));
    assert_eq!(amara.tre("tre-active")["admins"], json!(["user-amara", "user-jonas"]));
}

#[test]
fn all_admins_manage_a_new_bill_to() {
    let amara = Caller::amara();
    let clinic = json!({ "billTo": "org-clinic" });
    assert_eq!(amara.refused("/tre-draft/update", clinic.clone()), "InvalidInput");
    let jonas = amara.user("jonas");
    assert_eq!(jonas.refused("/tre-draft/update", clinic.clone()), "PermissionDenied");
    let nowhere = json!({ "billTo": "org-nowhere" });
    assert_eq!(amara.refused("/tre-draft/update", nowhere), "ResourceNotFound");
    amara.ok("/tre-draft/removeAdmins", admins(&["user-jonas"]));
    amara.ok("/tre-draft/update", clinic);
}

#[test]
fn nobody_removes_themself() {
    let amara = Caller::amara();
    for list in [&["user-amara"][..], &["user-jonas", "user-amara"]] {
        let refusal = amara.refused("/tre-active/removeAdmins", admins(list));
        assert_eq!(refusal, "PermissionDenied");
    }
}

#[test]
fn another_admin_does() {
    let amara = Caller::amara();
    amara.user("jonas").ok("/tre-draft/removeAdmins", admins(&["user-amara"]));
    assert!(!amara.sees("tre-draft"));
}

#[test]
fn users_and_orgs() {
    let amara = Caller::amara();
    amara.ok("/tre-active/addAuthorizedUsers", users(&["org-clinic", "user-sol"]));
    let expected = json!(["org-clinic", "org-university", "user-li", "user-sol"]);
    assert_eq!(amara.tre("tre-active")["authorizedUsers"], expected);
    let refusal = amara.refused("/tre-active/addAuthorizedUsers", users(&["group:leeds"]));
    assert_eq!(refusal, "InvalidInput");
}

#[test]
fn authorized_users_exist() {
    let amara = Caller::amara();
    for id in ["user-nobody", "org-nowhere"] {
        let refusal = amara.refused("/tre-active/addAuthorizedUsers", users(&[id]));
        assert_eq!(refusal, "ResourceNotFound");
    }
}

#[test]
fn adding_users_takes_administer() {
    let refusal = jonas().refused("/tre-draft/addAuthorizedUsers", users(&["user-sol"]));
    assert_eq!(refusal, "PermissionDenied");
    Caller::amara().ok("/tre-draft/addAuthorizedUsers", users(&["user-sol"]));
}

#[test]
fn no_showcase_no_administer() {
    jonas().ok("/tre-empty/addAuthorizedUsers", users(&["user-sol"]));
    let jonas = jonas();
    let without = with(inventory("1"), json!({ "dataShowcase": null }));
    jonas.ok("/tre-empty/setInventory", without);
    jonas.ok("/tre-empty/addAuthorizedUsers", users(&["user-sol"]));
}

#[test]
fn only_new_users_take_administer() {
    let jonas = jonas();
    jonas.no_op("/tre-draft/addAuthorizedUsers", users(&["user-li", "org-university"]));
    let refusal = jonas.refused("/tre-draft/addAuthorizedUsers", users(&["user-li", "user-sol"]));
    assert_eq!(refusal, "PermissionDenied");
}

#[test]
fn removing_takes_no_administer() {
    let jonas = jonas();
    jonas.ok("/tre-draft/removeAuthorizedUsers", users(&["user-li"]));
    assert_eq!(jonas.tre("tre-draft")["authorizedUsers"], json!(["org-university"]));
}

#[test]
fn a_new_showcase_takes_administer() {
    let amara = Caller::amara();
    let new = with(inventory("2026.1"), json!({ "dataShowcase": SHOWCASE_2 }));
    for tre in ["tre-draft", "tre-amending"] {
        let route = format!("/{tre}/setInventory");
        assert_eq!(amara.refused(&route, new.clone()), "PermissionDenied");
        amara.ok(&format!("/{tre}/removeAuthorizedUsers"), users(&["user-li", "org-university"]));
        amara.ok(&route, new.clone());
    }
    let jonas = jonas();
    jonas.ok("/tre-empty/addAuthorizedUsers", users(&["user-sol"]));
    assert_eq!(jonas.refused("/tre-empty/setInventory", inventory("1")), "PermissionDenied");
}

#[test]
fn a_known_showcase_takes_none() {
    let jonas = jonas();
    jonas.ok("/tre-draft/setInventory", inventory("2026.1"));

    let amara = Caller::amara();
    let pending = |version| with(inventory(version), json!({ "dataShowcase": SHOWCASE_2 }));
    amara.ok("/tre-amending/removeAuthorizedUsers", users(&["user-li", "org-university"]));
    amara.ok("/tre-amending/setInventory", pending("2026.1"));
    amara.ok("/tre-amending/addAuthorizedUsers", users(&["user-li"]));
    amara.ok("/tre-amending/setInventory", pending("2026.2"));
}

#[test]
fn admins_hold_administer() {
    let amara = Caller::amara();
    let jonas = amara.user("jonas");
    let (data, showroom) = (super::support::DATA, super::support::SHOWROOM);
    assert_eq!(jonas.level(data), "ADMINISTER");
    assert_eq!(jonas.level(showroom), "ADMINISTER");
    // Only published TREs give it: take the active ones away, one after the other.
    for tre in ["tre-active", "tre-public"] {
        amara.ok(&format!("/{tre}/removeAdmins"), admins(&["user-jonas"]));
        assert_eq!(jonas.level(showroom), "ADMINISTER");
    }
    amara.ok("/tre-amending/removeAdmins", admins(&["user-jonas"]));
    assert!(jonas.sees("tre-draft"));
    assert_eq!(jonas.level(data), "VIEW");
    assert_eq!(jonas.level(showroom), "VIEW");
    amara.ok("/tre-draft/activate", json!({}));
    assert_eq!(jonas.level(showroom), "ADMINISTER");
    amara.ok("/tre-draft/deactivate", json!({}));
    assert_eq!(jonas.level(showroom), "ADMINISTER");
    amara.ok("/tre-draft/destroy", json!({}));
    assert_eq!(jonas.level(showroom), "VIEW");
}

#[test]
fn what_admins_hold_counts() {
    let jonas = Caller::amara().user("jonas");
    jonas.ok("/tre-active/addAuthorizedUsers", users(&["user-sol"]));
}

#[test]
fn reviewers_are_users() {
    let amara = Caller::amara();
    let input = json!({ "stepId": "governance", "reviewers": ["org-biobank"] });
    let refusal = amara.refused("/tre-active/addApplicationReviewers", input);
    assert_eq!(refusal, "InvalidType");
}

#[test]
fn reviewers_exist() {
    let amara = Caller::amara();
    let input = json!({ "stepId": "governance", "reviewers": ["user-nobody"] });
    let refusal = amara.refused("/tre-active/addApplicationReviewers", input);
    assert_eq!(refusal, "ResourceNotFound");
    let step = json!({
        "id": "ethics", "name": "E", "description": "", "reviewers": ["user-nobody"],
    });
    let refusal = amara.refused("/tre-draft/addApplicationReviewStep", step);
    assert_eq!(refusal, "ResourceNotFound");
}

#[test]
fn twice_is_once() {
    let amara = Caller::amara();
    let step = amara.tre("tre-draft")["applicationReviewSteps"][0].clone();
    amara.no_op("/tre-draft/addApplicationReviewStep", step);
    amara.no_op("/tre-draft/removeApplicationReviewStep", json!({ "id": "unknown" }));
    let priya = json!({ "stepId": "governance", "reviewers": ["user-priya"] });
    amara.no_op("/tre-active/addApplicationReviewers", priya);
    let sol = json!({ "stepId": "governance", "reviewers": ["user-sol"] });
    amara.no_op("/tre-active/removeApplicationReviewers", sol);
    amara.no_op("/tre-active/addAdmins", admins(&["user-jonas"]));
    amara.no_op("/tre-active/removeAdmins", admins(&["user-sol"]));
    amara.no_op("/tre-active/addAuthorizedUsers", users(&["user-li"]));
    amara.no_op("/tre-active/removeAuthorizedUsers", users(&["user-sol", "org-clinic"]));
    amara.no_op("/tre-active/setPolicies", json!({ "policies": { "downloadRestricted": true } }));
    amara.no_op("/tre-active/update", json!({ "visibility": "private" }));
}

//! §1: the states and the ways between them.

use serde_json::json;

use super::support::{APPROVED, Caller, OPEN, inventory, rows, with};

rows! {
    "L1.states" D "A TRE is `draft`, `active` or `amending` on the wire." => three_states;
    "L1.create" D "Creating takes membership in the billing org with `treManagement`."
        => creating_takes_tre_management;
    "L1.create.org" A "Creating for an org that does not exist answers `ResourceNotFound`."
        => creating_takes_an_org;
    "L1.create.taken" A "A handle that is taken, by a TRE unseen too, answers `InvalidInput`."
        => a_taken_handle_is_refused;
    "L1.publish" D "Publishing turns a draft active." => publishing_a_draft;
    "L1.publish.reviewer" D "Publishing takes a review step with a reviewer."
        => publishing_takes_a_reviewer;
    "L1.publish.every-step" A "Publishing takes a reviewer in every review step."
        => publishing_takes_a_reviewer_in_every_step;
    "L1.publish.inventory" A "Publishing takes an inventory." => publishing_takes_an_inventory;
    "L1.publish.fit" A "Publishing takes an inventory that still fits region and billing."
        => publishing_takes_an_inventory_that_fits;
    "L1.publish.once" D "An active TRE cannot be activated." => active_is_not_activated;
    "L1.deactivate" D "Deactivating turns an active TRE amending, and nothing else."
        => only_active_is_deactivated;
    "L1.reactivate" D "Reactivating turns an amending TRE active." => reactivating;
    "L1.reactivate.pending" A "Reactivating makes the pending inventory the active one."
        => reactivating_takes_the_pending_inventory;
    "L1.delete" D "A draft or amending TRE can be deleted, an active one never."
        => active_is_never_deleted;
    "L1.no-way-back" D "Nothing returns to draft." => nothing_returns_to_draft;
    "L1.amending.visible" D "An amending TRE is still visible to researchers."
        => researchers_see_an_amending_tre;
    "L1.amending.requests" D "An amending TRE takes no new access requests."
        => an_amending_tre_takes_no_requests;
    "L1.amending.approved" D "Deactivating leaves approved requests as they are."
        => approved_requests_stay;
}

fn new(handle: &str) -> serde_json::Value {
    json!({ "handle": handle, "name": "New", "billTo": "org-biobank", "region": "aws:eu-west-2" })
}

#[test]
fn three_states() {
    let amara = Caller::amara();
    for state in ["draft", "active", "amending"] {
        assert_eq!(amara.tre(&format!("tre-{state}"))["state"], state);
    }
}

#[test]
fn creating_takes_tre_management() {
    let amara = Caller::amara();
    assert_eq!(amara.ok("/tre/new", new("one")), json!({ "id": "tre-one" }));
    assert_eq!(amara.user("priya").refused("/tre/new", new("two")), "PermissionDenied");
    assert_eq!(amara.user("sol").refused("/tre/new", new("two")), "PermissionDenied");
}

#[test]
fn creating_takes_an_org() {
    let input = with(new("one"), json!({ "billTo": "org-nowhere" }));
    assert_eq!(Caller::amara().refused("/tre/new", input), "ResourceNotFound");
}

#[test]
fn a_taken_handle_is_refused() {
    let amara = Caller::amara();
    amara.ok("/tre-empty/removeAdmins", json!({ "admins": ["user-jonas"] }));
    let jonas = amara.user("jonas");
    assert!(!jonas.sees("tre-empty"));
    assert_eq!(jonas.refused("/tre/new", new("empty")), "InvalidInput");
}

#[test]
fn publishing_a_draft() {
    let amara = Caller::amara();
    assert_eq!(amara.ok("/tre-draft/activate", json!({})), json!({ "id": "tre-draft" }));
    assert_eq!(amara.tre("tre-draft")["state"], "active");
}

#[test]
fn publishing_takes_a_reviewer() {
    let amara = Caller::amara();
    amara.ok("/tre-empty/setInventory", inventory("1"));
    assert_eq!(amara.refused("/tre-empty/activate", json!({})), "InvalidState");
    let step = json!({ "id": "ethics", "name": "Ethics", "description": "" });
    amara.ok("/tre-empty/addApplicationReviewStep", step);
    assert_eq!(amara.refused("/tre-empty/activate", json!({})), "InvalidState");
    let reviewers = json!({ "stepId": "ethics", "reviewers": ["user-priya"] });
    amara.ok("/tre-empty/addApplicationReviewers", reviewers);
    amara.ok("/tre-empty/activate", json!({}));
}

#[test]
fn publishing_takes_a_reviewer_in_every_step() {
    let amara = Caller::amara();
    let step = json!({ "id": "ethics", "name": "Ethics", "description": "" });
    amara.ok("/tre-draft/addApplicationReviewStep", step);
    assert_eq!(amara.refused("/tre-draft/activate", json!({})), "InvalidState");
}

#[test]
fn publishing_takes_an_inventory() {
    let amara = Caller::amara();
    let step = json!({
        "id": "ethics", "name": "Ethics", "description": "", "reviewers": ["user-priya"],
    });
    amara.ok("/tre-empty/addApplicationReviewStep", step);
    assert_eq!(amara.refused("/tre-empty/activate", json!({})), "InvalidState");
}

#[test]
fn publishing_takes_an_inventory_that_fits() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/update", json!({ "region": "aws:us-east-1" }));
    assert_eq!(amara.refused("/tre-draft/activate", json!({})), "InvalidInput");
    amara.ok("/tre-draft/update", json!({ "region": "aws:eu-west-2" }));
    amara.ok("/tre-draft/removeAdmins", json!({ "admins": ["user-jonas"] }));
    amara.ok("/tre-draft/update", json!({ "billTo": "org-clinic" }));
    assert_eq!(amara.refused("/tre-draft/activate", json!({})), "InvalidInput");
}

#[test]
fn active_is_not_activated() {
    assert_eq!(Caller::amara().refused("/tre-active/activate", json!({})), "InvalidState");
}

#[test]
fn only_active_is_deactivated() {
    let amara = Caller::amara();
    assert_eq!(amara.refused("/tre-draft/deactivate", json!({})), "InvalidState");
    assert_eq!(amara.refused("/tre-amending/deactivate", json!({})), "InvalidState");
    amara.ok("/tre-active/deactivate", json!({}));
    assert_eq!(amara.tre("tre-active")["state"], "amending");
}

#[test]
fn reactivating() {
    let amara = Caller::amara();
    let before = amara.tre("tre-amending")["inventory"].clone();
    amara.ok("/tre-amending/activate", json!({}));
    assert_eq!(amara.tre("tre-amending")["state"], "active");
    assert_eq!(amara.tre("tre-amending")["inventory"], before);
}

#[test]
fn reactivating_takes_the_pending_inventory() {
    let amara = Caller::amara();
    amara.ok("/tre-amending/setInventory", inventory("2026.1"));
    assert_eq!(amara.tre("tre-amending")["inventory"]["active"], inventory("2025.2"));
    amara.ok("/tre-amending/activate", json!({}));
    let expected = json!({ "active": inventory("2026.1"), "pending": null });
    assert_eq!(amara.tre("tre-amending")["inventory"], expected);
}

#[test]
fn active_is_never_deleted() {
    let amara = Caller::amara();
    assert_eq!(amara.refused("/tre-active/destroy", json!({})), "InvalidState");
    for id in ["tre-draft", "tre-amending"] {
        amara.ok(&format!("/{id}/destroy"), json!({}));
        assert!(!amara.sees(id));
    }
}

#[test]
fn nothing_returns_to_draft() {
    let amara = Caller::amara();
    for id in ["tre-active", "tre-amending"] {
        let input = json!({ "state": "draft" });
        assert_eq!(amara.refused(&format!("/{id}/update"), input), "InvalidInput");
    }
    amara.ok("/tre-active/deactivate", json!({}));
    assert_eq!(amara.refused("/tre-active/deactivate", json!({})), "InvalidState");
    assert_eq!(amara.tre("tre-active")["state"], "amending");
}

#[test]
fn researchers_see_an_amending_tre() {
    assert!(Caller::amara().user("li").sees("tre-amending"));
}

#[test]
fn an_amending_tre_takes_no_requests() {
    let li = Caller::amara().user("li");
    li.ok("/treApplication/new", json!({ "tre": "tre-active" }));
    let refusal = li.refused("/treApplication/new", json!({ "tre": "tre-amending" }));
    assert_eq!(refusal, "InvalidState");
}

#[test]
fn approved_requests_stay() {
    let amara = Caller::amara();
    amara.ok("/tre-active/deactivate", json!({}));
    assert_eq!(amara.ok(&format!("/{APPROVED}/describe"), json!({}))["state"], "approved");
}

#[test]
fn publishing_takes_closed_assets() {
    let mut seed = super::support::seed();
    for tre in &mut seed.tres {
        if let Some(inventory) = &mut tre.inventory.active {
            inventory.tabular_data = Some(OPEN.to_owned());
        }
    }
    let world = trectl::sim::World::seeded(&seed).unwrap();
    let amara = Caller::on(world);
    assert_eq!(amara.refused("/tre-draft/activate", json!({})), "InvalidState");
}

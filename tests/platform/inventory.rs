//! §4: the assets, where they may lie, and the versions.

use serde_json::{Value, json};

use super::support::{
    BESIDE_SHOWCASE, BILLED_ELSEWHERE, COLLECTIONS, Caller, DATA, FAR, FILES, HIDDEN, OPEN, PLAIN,
    SHOWCASE, SHOWCASE_2, SHOWROOM, SHOWROOM_2, TABULAR, inventory, rows, with,
};

rows! {
    "L4.region" D "Every asset lies in a project of the TRE's region." => assets_lie_in_the_region;
    "L4.billing" D "Every asset lies in a project billed to the TRE's org."
        => assets_are_billed_alike;
    "L4.tabular" D "The Tabular Data Inventory is a Dataset record." => tabular_data_is_a_dataset;
    "L4.showcase" D "The Data Showcase is a Dataset record." => the_showcase_is_a_dataset;
    "L4.files" D "File Inventory and Data Collections are files." => the_rest_are_files;
    "L4.showcase.separate" D "The showcase lies in a project apart from the other assets."
        => the_showcase_lies_apart;
    "L4.showcase.readable" D "Authorized users and reviewers read the showcase's whole project."
        => the_showcase_project_is_readable;
    "L4.optional" S "Tabular data and showcase are optional." => assets_are_optional;
    "L4.whole" A "The inventory is set as a whole: an asset that is not named is none."
        => the_inventory_is_set_as_a_whole;
    "L4.version" A "A version is a text that is not empty." => a_version_is_needed;
    "L4.closed" A "Assets are closed." => assets_are_closed;
    "L4.exists" A "An asset that does not exist answers `ResourceNotFound`." => assets_exist;
    "L4.seen" A "An asset that the caller may not see answers `ResourceNotFound`."
        => assets_are_seen;
    "L4.project" A "An asset is looked for in the project it is written with."
        => assets_lie_in_the_named_project;
    "L4.echo" A "`describe` gives asset references as they were set." => references_are_echoed;
    "L4.pending.replace" A "Setting while amending replaces the pending version."
        => pending_is_replaced;
    "L4.pending.clear" A "Setting what is active already clears the pending version."
        => the_active_version_clears_pending;
}

/// The error type that `tre-draft` answers for an inventory with one field replaced.
fn refusal(fields: Value) -> String {
    Caller::amara().refused("/tre-draft/setInventory", with(inventory("2026.1"), fields))
}

#[test]
fn assets_lie_in_the_region() {
    assert_eq!(refusal(json!({ "tabularData": FAR })), "InvalidInput");
    assert_eq!(refusal(json!({ "dataShowcase": FAR })), "InvalidInput");
}

#[test]
fn assets_are_billed_alike() {
    assert_eq!(refusal(json!({ "tabularData": BILLED_ELSEWHERE })), "InvalidInput");
}

#[test]
fn tabular_data_is_a_dataset() {
    assert_eq!(refusal(json!({ "tabularData": PLAIN })), "InvalidType");
    assert_eq!(refusal(json!({ "tabularData": FILES })), "InvalidType");
}

#[test]
fn the_showcase_is_a_dataset() {
    assert_eq!(refusal(json!({ "dataShowcase": PLAIN })), "InvalidType");
    assert_eq!(refusal(json!({ "dataShowcase": FILES })), "InvalidType");
}

#[test]
fn the_rest_are_files() {
    assert_eq!(refusal(json!({ "fileInventory": TABULAR })), "InvalidType");
    assert_eq!(refusal(json!({ "dataCollections": TABULAR })), "InvalidType");
}

#[test]
fn the_showcase_lies_apart() {
    assert_eq!(refusal(json!({ "tabularData": BESIDE_SHOWCASE })), "InvalidInput");
    assert_eq!(refusal(json!({ "dataShowcase": TABULAR })), "InvalidInput");
}

#[test]
fn the_showcase_project_is_readable() {
    let amara = Caller::amara();
    let route = format!("/{BESIDE_SHOWCASE}/describe");
    for name in ["li", "mei", "priya"] {
        let user = amara.user(name);
        assert_eq!(user.level(SHOWROOM), "VIEW", "{name}");
        assert_eq!(user.ok(&route, json!({}))["project"], SHOWROOM, "{name}");
    }
    assert_eq!(amara.user("li").level(DATA), Value::Null);
    // Being able to find a public TRE does not open its showcase.
    assert!(amara.user("sol").sees("tre-public"));
    assert_eq!(amara.user("sol").refused(&route, json!({})), "ResourceNotFound");
}

#[test]
fn assets_are_optional() {
    let amara = Caller::amara();
    let neither = json!({ "version": "1", "fileInventory": FILES, "dataCollections": COLLECTIONS });
    amara.ok("/tre-draft/setInventory", neither);
    amara.ok("/tre-draft/activate", json!({}));
}

#[test]
fn the_inventory_is_set_as_a_whole() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/setInventory", json!({ "version": "1", "fileInventory": FILES }));
    let expected = json!({
        "version": "1",
        "tabularData": null,
        "dataShowcase": null,
        "fileInventory": FILES,
        "dataCollections": null,
    });
    assert_eq!(amara.tre("tre-draft")["inventory"]["active"], expected);
}

#[test]
fn a_version_is_needed() {
    let amara = Caller::amara();
    let missing = json!({ "fileInventory": FILES });
    assert_eq!(amara.refused("/tre-draft/setInventory", missing), "InvalidInput");
    for version in [json!(""), json!(2026.1), json!(null)] {
        assert_eq!(refusal(json!({ "version": version })), "InvalidInput");
    }
}

#[test]
fn assets_are_closed() {
    assert_eq!(refusal(json!({ "tabularData": OPEN })), "InvalidState");
}

#[test]
fn assets_exist() {
    let nowhere = "record-999999999999999999999999";
    assert_eq!(refusal(json!({ "tabularData": nowhere })), "ResourceNotFound");
}

#[test]
fn assets_are_seen() {
    let amara = Caller::amara();
    assert_eq!(refusal(json!({ "tabularData": HIDDEN })), "ResourceNotFound");
    let route = format!("/{HIDDEN}/describe");
    assert_eq!(amara.refused(&route, json!({})), "ResourceNotFound");
    amara.user("sol").ok(&route, json!({}));
}

#[test]
fn assets_lie_in_the_named_project() {
    let elsewhere = format!("{SHOWROOM}:{TABULAR}");
    assert_eq!(refusal(json!({ "tabularData": elsewhere })), "ResourceNotFound");
    let there = with(inventory("1"), json!({ "tabularData": format!("{DATA}:{TABULAR}") }));
    Caller::amara().ok("/tre-draft/setInventory", there);
}

#[test]
fn references_are_echoed() {
    let amara = Caller::amara();
    let written = with(
        inventory("1"),
        json!({ "tabularData": format!("{DATA}:{TABULAR}"), "dataShowcase": SHOWCASE }),
    );
    amara.ok("/tre-draft/setInventory", written.clone());
    assert_eq!(amara.tre("tre-draft")["inventory"]["active"], written);
}

#[test]
fn pending_is_replaced() {
    let amara = Caller::amara();
    amara.ok("/tre-amending/setInventory", inventory("2026.1"));
    amara.ok("/tre-amending/setInventory", inventory("2026.2"));
    let expected = json!({ "active": inventory("2025.2"), "pending": inventory("2026.2") });
    assert_eq!(amara.tre("tre-amending")["inventory"], expected);
}

#[test]
fn the_active_version_clears_pending() {
    let amara = Caller::amara();
    amara.ok("/tre-amending/setInventory", inventory("2026.1"));
    let written = format!("{DATA}:{TABULAR}");
    let same = with(inventory("2025.2"), json!({ "tabularData": written }));
    amara.ok("/tre-amending/setInventory", same);
    let expected = json!({ "active": inventory("2025.2"), "pending": null });
    assert_eq!(amara.tre("tre-amending")["inventory"], expected);
}

#[test]
fn a_showcase_becomes_readable_when_it_becomes_active() {
    let amara = Caller::amara();
    amara.ok(
        "/tre-amending/removeAuthorizedUsers",
        json!({ "authorizedUsers": ["user-li", "org-university"] }),
    );
    let new = with(inventory("2026.1"), json!({ "dataShowcase": SHOWCASE_2 }));
    amara.ok("/tre-amending/setInventory", new);
    let priya = amara.user("priya");
    assert_eq!(priya.level(SHOWROOM_2), Value::Null);
    assert_eq!(amara.level(SHOWROOM_2), "VIEW");
    amara.ok("/tre-amending/activate", json!({}));
    assert_eq!(priya.level(SHOWROOM_2), "VIEW");
    assert_eq!(amara.level(SHOWROOM_2), "ADMINISTER");
}

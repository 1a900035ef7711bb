//! §5: policies.

use serde_json::json;

use super::support::{Caller, rows};

rows! {
    "L5.partial" S "`setPolicies` sets what is named and leaves the rest." => only_what_is_named;
    "L5.types" A "Known policies take values of their type, or null." => known_types;
    "L5.open" A "Other policies are taken with any value." => other_names;
    "L5.name" A "A policy's name is well formed." => names_are_well_formed;
    "L5.one-way" A "`containsPHI` is never switched off." => phi_stays;
    "L5.never-set" A "A policy that was never set is not described; null counts as set."
        => what_was_set_is_described;
}

fn set(name: &str, value: serde_json::Value) -> serde_json::Value {
    json!({ "policies": { name: value } })
}

#[test]
fn only_what_is_named() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/setPolicies", json!({ "policies": { "restricted": true } }));
    amara.no_op("/tre-draft/setPolicies", json!({ "policies": {} }));
    let expected = json!({ "downloadRestricted": true, "restricted": true });
    assert_eq!(amara.tre("tre-draft")["policies"], expected);
}

#[test]
fn known_types() {
    let amara = Caller::amara();
    let bools = [
        "downloadRestricted",
        "externalUploadRestricted",
        "restricted",
        "protected",
        "containsPHI",
        "databaseUIViewOnly",
        "previewViewerRestricted",
        "httpsAppIsolatedBrowsing",
    ];
    let bad_bools = bools.map(|name| (name, json!("yes")));
    let bad = [
        ("databaseResultsRestricted", json!(0)),
        ("databaseResultsRestricted", json!(-3)),
        ("databaseResultsRestricted", json!(2.5)),
        ("databaseResultsRestricted", json!(true)),
        ("allowedExecutables", json!("app-x")),
        ("allowedExecutables", json!([1])),
    ];
    for (name, value) in bad_bools.into_iter().chain(bad) {
        let refusal = amara.refused("/tre-draft/setPolicies", set(name, value));
        assert_eq!(refusal, "InvalidInput", "{name}");
    }
    let good = [
        ("databaseResultsRestricted", json!(25)),
        ("databaseResultsRestricted", json!(null)),
        ("allowedExecutables", json!(["app-x"])),
        ("allowedExecutables", json!(null)),
        ("downloadRestricted", json!(false)),
        ("downloadRestricted", json!(null)),
    ];
    for (name, value) in good {
        amara.ok("/tre-draft/setPolicies", set(name, value.clone()));
        assert_eq!(amara.tre("tre-draft")["policies"][name], value, "{name}");
    }
}

#[test]
fn other_names() {
    let amara = Caller::amara();
    for value in [json!(true), json!("weekly"), json!(7), json!(["a"]), json!(null)] {
        amara.ok("/tre-draft/setPolicies", set("egressReview", value.clone()));
        assert_eq!(amara.tre("tre-draft")["policies"]["egressReview"], value);
    }
}

#[test]
fn names_are_well_formed() {
    let amara = Caller::amara();
    for name in ["", "1st", "with space", "naïve"] {
        let refusal = amara.refused("/tre-draft/setPolicies", set(name, json!(true)));
        assert_eq!(refusal, "InvalidInput", "{name}");
    }
}

#[test]
fn phi_stays() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/setPolicies", set("containsPHI", json!(false)));
    amara.ok("/tre-draft/setPolicies", set("containsPHI", json!(true)));
    for value in [json!(false), json!(null)] {
        let refusal = amara.refused("/tre-draft/setPolicies", set("containsPHI", value));
        assert_eq!(refusal, "InvalidInput");
    }
    amara.no_op("/tre-draft/setPolicies", set("containsPHI", json!(true)));
}

#[test]
fn what_was_set_is_described() {
    let amara = Caller::amara();
    assert_eq!(amara.tre("tre-draft")["policies"].get("restricted"), None);
    amara.ok("/tre-draft/setPolicies", set("restricted", json!(null)));
    assert_eq!(amara.tre("tre-draft")["policies"].get("restricted"), Some(&json!(null)));
}

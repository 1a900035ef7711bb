//! A plan's JSON: every key of the contract with its type, paths that lead somewhere, and the same
//! bytes for the same input.

use proptest::prelude::*;
use serde_json::Value;
use trectl::plan::Plan;

use crate::support::check;
use crate::support::scene::{Scene, scenes};
use crate::support::stage::Terms;
use crate::world::directory::TRE;

#[test]
fn the_same_input_gives_the_same_bytes() {
    check(600, scenes(), |scene| {
        for terms in [Terms::consented(), Terms::unconsented(), Terms::consented().tighten_only()] {
            let bytes = || serde_json::to_string(&scene.stage().plan(&scene.document, &terms));
            prop_assert_eq!(bytes().unwrap(), bytes().unwrap());
        }
        Ok(())
    });
}

#[test]
fn a_plan_can_be_read_back() {
    check(600, scenes(), |scene| {
        let plan = json(&scene);
        let read: Plan = serde_json::from_value(plan.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(read).unwrap(), plan);
        Ok(())
    });
}

#[test]
fn a_plan_fits_its_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/plan.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    check(600, scenes(), |scene| {
        let plan = json(&scene);
        let errors: Vec<String> = validator.iter_errors(&plan).map(|e| e.to_string()).collect();
        prop_assert_eq!(errors, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn a_plan_has_every_key_with_its_type() {
    check(1_500, scenes(), |scene| {
        let plan = json(&scene);
        has(&plan, PLAN)?;
        has(&plan["source"], &[("digest", S)])?;
        has(&plan["target"], &[("name", S), ("platform", S), ("operator", S)])?;
        has(&plan["summary"], SUMMARY)?;
        for change in items(&plan["resource_changes"]) {
            has(change, CHANGE)?;
            among(&change["status"], &["ready", "unconsented", "no_op", "blocked"])?;
            for action in items(&change["change"]["actions"]) {
                among(action, &["no-op", "create", "update", "delete"])?;
            }
            prop_assert_eq!(items(&change["change"]["actions"]).len(), 1);
            has(&change["impact"], IMPACT)?;
            has(&change["impact"]["requests"], &[("in_review", N), ("approved", N)])?;
            for field in items(&change["fields"]) {
                has(field, &[("path", S), ("lock", S), ("effect", S), ("origin", S)])?;
                among(&field["lock"], &["open", "via_maintenance", "locked", "immutable"])?;
                among(&field["effect"], &["loosens", "tightens", "neutral", "incomparable"])?;
                among(&field["origin"], &["change", "revert", "conflict", "first"])?;
                leads_somewhere(field, &change["change"])?;
                prop_assert_eq!(&field["lock"], lock(field, change), "{}", field);
                let is_inventory = field["path"].as_str().unwrap().starts_with("/inventory");
                prop_assert!(!is_inventory || field["effect"] != "neutral");
            }
            if change["status"] == "blocked" {
                prop_assert_eq!(&change["change"]["actions"][0], "no-op");
                prop_assert!(items(&change["steps"]).is_empty());
            }
            for (index, step) in items(&change["steps"]).iter().enumerate() {
                has(step, STEP)?;
                prop_assert_eq!(&step["id"], &Value::from(format!("{TRE}/{}", index + 1)));
            }
            for blocked in items(&change["blocked"]) {
                has(blocked, BLOCKED)?;
                among(&blocked["evidence"], &["documented", "second_hand", "assumed"])?;
            }
        }
        for item in items(&plan["resource_drift"]) {
            has(item, &[("address", S), ("path", S), ("class", S)])?;
            among(&item["class"], &["unapplied", "out_of_band", "conflict"])?;
        }
        Ok(())
    });
}

/// A check of a value's type.
type Type = fn(&Value) -> bool;

const S: Type = Value::is_string;
const N: Type = Value::is_u64;
const B: Type = Value::is_boolean;
const A: Type = Value::is_array;
const O: Type = Value::is_object;
const S_OR_NULL: Type = |value| value.is_string() || value.is_null();

const PLAN: &[(&str, Type)] = &[
    ("format_version", S),
    ("trectl_version", S),
    ("timestamp", S),
    ("applyable", B),
    ("complete", B),
    ("errored", B),
    ("source", O),
    ("target", O),
    ("summary", O),
    ("resource_changes", A),
    ("resource_drift", A),
];

const SUMMARY: &[(&str, Type)] = &[
    ("create", N),
    ("update", N),
    ("delete", N),
    ("no_op", N),
    ("blocked", N),
    ("orphaned", N),
    ("unmanaged", N),
    ("released", N),
    ("steps", N),
];

const CHANGE: &[(&str, Type)] = &[
    ("address", S),
    ("type", S),
    ("name", S),
    ("status", S),
    ("digest", S),
    ("change", O),
    ("live_state", S_OR_NULL),
    ("desired_state", S_OR_NULL),
    ("fields", A),
    ("steps", A),
    ("blocked", A),
    ("missing_consents", A),
    ("impact", O),
];

const STEP: &[(&str, Type)] =
    &[("id", S), ("operation", S), ("route", S), ("input", O), ("consents", A), ("reason", S)];

const BLOCKED: &[(&str, Type)] =
    &[("path", S), ("rule", S), ("message", S), ("remedy", S), ("evidence", S), ("range", O)];

const IMPACT: &[(&str, Type)] = &[
    ("gain_access", A),
    ("lose_access", A),
    ("keep_access", A),
    ("loosened", A),
    ("tightened", A),
    ("requests", O),
    ("unknown", A),
];

fn json(scene: &Scene) -> Value {
    let plan = scene.stage().plan(&scene.document, &Terms::unconsented());
    serde_json::to_value(plan).unwrap()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn has(value: &Value, keys: &[(&str, Type)]) -> Result<(), TestCaseError> {
    for (key, is_type) in keys {
        let of = value.get(key);
        prop_assert!(of.is_some_and(is_type), "`{key}` is {of:?} in {value}");
    }
    Ok(())
}

fn among(value: &Value, names: &[&str]) -> Result<(), TestCaseError> {
    prop_assert!(names.iter().any(|name| value == *name), "{value} is none of {names:?}");
    Ok(())
}

/// Returns what the platform's reference says of a setting in the live state.
fn lock(field: &Value, change: &Value) -> &'static str {
    let path: Vec<&str> = field["path"].as_str().unwrap().split('/').skip(1).collect();
    let live = change["live_state"].as_str();
    let is_published = matches!(live, Some("active" | "maintenance"));
    let way = (live, change["desired_state"].as_str().unwrap());
    match path[..] {
        ["state"] => match way {
            (Some("active" | "maintenance"), "draft") => "locked",
            (None | Some("draft"), "maintenance") => "locked",
            (Some("active"), "deleted") => "via_maintenance",
            _ => "open",
        },
        ["inventory", ..] if live == Some("active") => "via_maintenance",
        ["billTo" | "region" | "customizedURL" | "customizedRateCard"] if is_published => "locked",
        ["reviewSteps", _, "reviewers", ..] => "open",
        ["reviewSteps", ..] if is_published => "locked",
        _ => "open",
    }
}

/// A path indexes `after`, and for what is removed `before`; it holds the value that is told.
fn leads_somewhere(field: &Value, ends: &Value) -> Result<(), TestCaseError> {
    let path = field["path"].as_str().unwrap();
    if ends["after"].is_null() {
        prop_assert_eq!(path, "/state", "{}", field);
        return Ok(());
    }
    let (end, told) = if field["after"].is_null() && !path.starts_with("/policies/") {
        ("before", &field["before"])
    } else {
        ("after", &field["after"])
    };
    let Some(found) = ends[end].pointer(path) else {
        // A policy that falls back to its default need not be spelled.
        prop_assert!(told.is_null() && path.starts_with("/policies/"), "{field} in {ends}");
        return Ok(());
    };
    // The order of steps is told by their ids.
    prop_assert!(found == told || path == "/reviewSteps", "{field} in {ends}");
    Ok(())
}

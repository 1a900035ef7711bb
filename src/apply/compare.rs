//! What differs between a TRE as it was planned and as it is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::{Asset, AssetRef, Tre};

/// Returns what differs between a TRE of a plan (`change.before` or `change.after`) and a live one,
/// as JSON Pointers; nothing where they agree.
///
/// A policy that was never set, one set to null and one switched off agree (A), and an asset
/// without its project agrees with the same asset in any.
pub fn differences(expected: Option<&Value>, live: Option<&Tre>) -> Vec<String> {
    let found = live.map(|tre| serde_json::to_value(tre).unwrap_or_default());
    match (expected.filter(|value| !value.is_null()), found) {
        (None, None) => Vec::new(),
        (Some(expected), Some(found)) => {
            let mut paths = Vec::new();
            compare("", expected, &found, &mut paths);
            paths
        }
        (Some(_), None) | (None, Some(_)) => vec!["/id".to_owned()],
    }
}

fn compare(path: &str, expected: &Value, found: &Value, paths: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for key in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
                let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                compare(&path, at(expected, key), at(found, key), paths);
            }
        }
        (Value::Array(expected), Value::Array(found))
            if expected.len() == found.len() && expected.iter().all(Value::is_object) =>
        {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{path}/{index}"), expected, found, paths);
            }
        }
        _ if agree(path, expected, found) => {}
        _ => paths.push(path.to_owned()),
    }
}

fn at<'a>(object: &'a Map<String, Value>, key: &str) -> &'a Value {
    object.get(key).unwrap_or(&Value::Null)
}

fn agree(path: &str, expected: &Value, found: &Value) -> bool {
    if path.starts_with("/policies/") {
        return loosest_as_null(expected) == loosest_as_null(found);
    }
    if let Some(key) = path.strip_prefix("/inventory/")
        && Asset::ALL.iter().any(|asset| asset.key() == key)
        && let (Some(expected), Some(found)) = (expected.as_str(), found.as_str())
    {
        return AssetRef::from_platform(expected).is_same(&AssetRef::from_platform(found));
    }
    expected == found
}

fn loosest_as_null(value: &Value) -> &Value {
    match value {
        Value::Bool(false) => &Value::Null,
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::model::{OrgId, PolicyValue, Region, TreId, TreState, UserId, Visibility};

    fn tre() -> Tre {
        Tre {
            id: TreId::from_platform("tre-x"),
            state: TreState::Draft,
            name: "X".to_owned(),
            description: String::new(),
            visibility: Visibility::Private,
            policies: BTreeMap::from([("restricted".to_owned(), PolicyValue::Bool(false))]),
            admins: [UserId::from_platform("user-a")].into(),
            authorized_users: BTreeSet::new(),
            inventory: None,
            bill_to: OrgId::from_platform("org-x"),
            region: Region::from_platform("aws:eu-west-2"),
            customized_url: None,
            customized_rate_card: None,
            review_steps: Vec::new(),
        }
    }

    #[test]
    fn only_what_means_something_else_differs() {
        let same = serde_json::to_value(tre()).unwrap();
        let cases: [(&str, Value, &[&str]); 8] = [
            ("/name", json!("X"), &[]),
            ("/name", json!("Y"), &["/name"]),
            ("/policies", json!({}), &[]),
            ("/policies", json!({"restricted": null}), &[]),
            ("/policies", json!({"restricted": true}), &["/policies/restricted"]),
            ("/admins", json!(["user-a", "user-b"]), &["/admins"]),
            ("/inventory", json!({"version": "1"}), &["/inventory"]),
            ("/reviewSteps", json!([{"id": "a"}]), &["/reviewSteps"]),
        ];
        for (path, value, expected) in cases {
            let mut planned = same.clone();
            *planned.pointer_mut(path).unwrap() = value;
            assert_eq!(differences(Some(&planned), Some(&tre())), expected, "{path}");
        }
    }

    #[test]
    fn a_tre_that_is_gone_or_there_differs_as_a_whole() {
        let value = serde_json::to_value(tre()).unwrap();
        assert_eq!(differences(Some(&value), None), ["/id"]);
        assert_eq!(differences(None, Some(&tre())), ["/id"]);
        assert!(differences(None, None).is_empty());
        assert!(differences(Some(&Value::Null), None).is_empty());
    }
}

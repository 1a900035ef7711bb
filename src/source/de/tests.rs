use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::diag::Position;
use crate::source::Spanned;

/// Gives every node and key a place of its own: column = running number.
fn tree(value: &Value) -> Node {
    fn place(count: &mut u32) -> Range {
        *count += 1;
        let start = Position { line: 1, column: *count, byte: *count - 1 };
        Range { file: Arc::from("a.yaml"), start, end: start }
    }
    fn build(value: &Value, count: &mut u32) -> Node {
        let range = place(count);
        let value = match value {
            Value::Null => NodeValue::Null,
            Value::Bool(value) => NodeValue::Bool(*value),
            Value::Number(number) => NodeValue::Number(number.clone()),
            Value::String(text) => NodeValue::String(text.clone()),
            Value::Array(items) => {
                NodeValue::List(items.iter().map(|item| build(item, count)).collect())
            }
            Value::Object(entries) => NodeValue::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let key_range = place(count);
                        Entry { key: key.clone(), key_range, value: build(value, count) }
                    })
                    .collect(),
            ),
        };
        Node { range, value }
    }
    build(value, &mut 0)
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sample {
    name: Spanned<String>,
    state: Option<Spanned<State>>,
    #[serde(default)]
    admins: Vec<Spanned<String>>,
    #[serde(default)]
    policies: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    named: BTreeMap<Spanned<String>, i64>,
    choice: Option<Choice>,
    share: Option<f64>,
}

#[derive(Debug, Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum State {
    Draft,
    Active,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Unit,
    Number(Spanned<u8>),
    Struct { a: u8 },
}

#[test]
fn values_keep_their_places() {
    let node = tree(&json!({
        "name": "x",
        "state": "active",
        "admins": ["user-a", "user-b"],
        "policies": {"p": [1, {"q": null}]},
        "named": {"k": -5},
        "choice": {"number": 7},
        "share": 0.5,
    }));
    let sample: Sample = from_node(&node).unwrap();
    assert_eq!(sample.name.value, "x");
    assert_eq!(sample.name.range.start.column, 3);
    assert_eq!(sample.state.unwrap().value, State::Active);
    let columns: Vec<_> = sample.admins.iter().map(|admin| admin.range.start.column).collect();
    assert_eq!(columns, [8, 9]);
    assert_eq!(sample.policies["p"].value, json!([1, {"q": null}]));
    assert_eq!(sample.policies["p"].range.start.column, 13);
    let (key, value) = sample.named.first_key_value().unwrap();
    assert_eq!((key.value.as_str(), key.range.start.column, *value), ("k", 20, -5));
    assert!(matches!(sample.choice, Some(Choice::Number(Spanned { value: 7, .. }))));
    assert_eq!(sample.share, Some(0.5));
}

#[test]
fn a_wrong_value_is_reported_at_its_narrowest_place() {
    let cases = [
        (json!({"name": 1}), 3, "invalid type: integer `1`, expected a string"),
        (json!({"nam": "x"}), 2, "unknown field `nam`, expected one of"),
        (json!({}), 1, "missing field `name`"),
        (json!({"name": "x", "admins": ["a", []]}), 7, "invalid type: sequence"),
        (json!({"name": "x", "state": "open"}), 5, "unknown variant `open`, expected `draft`"),
        (json!({"name": "x", "choice": {"struct": {"b": 1}}}), 7, "missing field `a`"),
        (json!({"name": "x", "choice": {"other": 1}}), 6, "unknown variant `other`"),
        (json!({"name": "x", "choice": [1]}), 5, "expected a name, or a mapping"),
        (json!({"name": "x", "choice": {"number": 700}}), 7, "invalid value: integer `700`"),
    ];
    for (value, column, message) in cases {
        let error = from_node::<Sample>(&tree(&value)).unwrap_err();
        assert!(error.message.starts_with(message), "{value}: {}", error.message);
        assert_eq!(error.range.start.column, column, "{value}: {}", error.message);
    }
}

#[test]
fn null_is_none_and_a_place_can_hold_an_option() {
    let value: Option<Spanned<String>> = from_node(&tree(&Value::Null)).unwrap();
    assert_eq!(value, None);
    let value: Spanned<Option<String>> = from_node(&tree(&Value::Null)).unwrap();
    assert_eq!((value.value, value.range.start.column), (None, 1));
}

#[test]
fn a_place_needs_a_parsed_document() {
    let error = serde_json::from_str::<Spanned<String>>("\"x\"").unwrap_err();
    assert!(error.to_string().contains("parsed documents only"), "{error}");
}

#[test]
fn the_schema_is_that_of_the_value() {
    let plain = schemars::schema_for!(Vec<String>);
    let spanned = schemars::schema_for!(Vec<Spanned<String>>);
    assert_eq!(plain, spanned);
}

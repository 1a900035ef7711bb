//! How a document is laid out: sections by what can still be changed, short lists in one line,
//! one line for each entry of a long one, so that a change of people is a change of lines.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use serde_saphyr::{FlowSeq, SerializerOptions};

/// The sections of a document: what stands above each, and its keys. Keys of none stand at the end.
const SECTIONS: [(&str, &[&str]); 4] = [
    ("", &["apiVersion", "kind", "id", "state"]),
    (
        "Can change at any time:",
        &["name", "description", "visibility", "extends", "policies", "admins", "authorizedUsers"],
    ),
    ("Changes through Maintenance, once published:", &["inventory"]),
    (
        "Frozen for good by publishing, reviewers apart:",
        &["billTo", "region", "customizedURL", "customizedRateCard", "reviewSteps"],
    ),
];

/// Lists of up to so many entries stand in one line, where there is room.
const SHORT: usize = 3;
const WIDTH: usize = 80;

/// Returns the keys in canonical order; others stand at the end.
pub fn in_order(mut given: Map<String, Value>) -> Map<String, Value> {
    let mut keys = Map::new();
    for key in SECTIONS.iter().flat_map(|(_, keys)| keys.iter()) {
        keys.extend(given.shift_remove(*key).map(|value| ((*key).to_owned(), value)));
    }
    keys.extend(given);
    keys
}

/// Returns a document of a TRE as YAML, with a comment above each section.
///
/// # Errors
///
/// Where a value has no form in YAML.
pub fn of_tre(keys: &Map<String, Value>) -> Result<String, serde_saphyr::ser::Error> {
    let mut rest = keys.clone();
    let mut text = String::new();
    for (comment, names) in SECTIONS {
        let mut section = Map::new();
        for name in names {
            section.extend(rest.shift_remove(*name).map(|value| ((*name).to_owned(), value)));
        }
        if section.is_empty() {
            continue;
        }
        if !comment.is_empty() {
            text.push_str(&format!("\n# {comment}\n"));
        }
        text.push_str(&plain(&section)?);
    }
    if !rest.is_empty() {
        text.push('\n');
        text.push_str(&plain(&rest)?);
    }
    Ok(text)
}

/// Returns a mapping as YAML.
///
/// # Errors
///
/// Where a value has no form in YAML.
pub fn plain(keys: &Map<String, Value>) -> Result<String, serde_saphyr::ser::Error> {
    let mut options = SerializerOptions::default();
    options.compact_list_indent = false;
    let document = Value::Object(keys.clone());
    let laid = Laid { value: &document, indent: 0, lead: 0 };
    serde_saphyr::to_string_with_options(&laid, options)
}

/// A value with its place: how far a block is indented, and where a single line begins.
struct Laid<'a> {
    value: &'a Value,
    indent: usize,
    lead: usize,
}

impl Serialize for Laid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { value, indent, lead } = *self;
        match value {
            Value::Object(entries) => serializer.collect_map(entries.iter().map(|(key, value)| {
                let lead = indent + key.chars().count() + 2;
                (key, Laid { value, indent: indent + 2, lead })
            })),
            Value::Array(items) if fits(items, lead) => FlowSeq(items).serialize(serializer),
            Value::Array(items) => {
                let indent = indent + 2;
                serializer.collect_seq(items.iter().map(|value| Laid {
                    value,
                    indent,
                    lead: indent,
                }))
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// Tells whether a list of scalars stands in one line.
fn fits(items: &[Value], lead: usize) -> bool {
    let is_scalar = |item: &Value| !item.is_array() && !item.is_object();
    let length: usize = items.iter().map(|item| item.to_string().chars().count() + 2).sum();
    items.len() <= SHORT && items.iter().all(is_scalar) && lead + length <= WIDTH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::source::Repository;

    fn laid(value: Value) -> String {
        of_tre(&in_order(value.as_object().unwrap().clone())).unwrap()
    }

    #[test]
    fn sections_follow_what_can_still_be_changed() {
        let people: Vec<String> = (1..=5).map(|n| format!("user-{n}")).collect();
        let text = laid(json!({
            "kind": "TrustedResearchEnvironment", "apiVersion": "trectl/v1", "state": "active",
            "id": "tre-one", "region": "aws:eu-west-2", "name": "no", "admins": ["user-amara"],
            "authorizedUsers": people, "policies": {}, "description": "",
            "reviewSteps": [{"id": "one", "name": "One: first", "reviewers": ["user-a", "user-b"]}],
            "inventory": {"version": "2026.1"}, "somethingElse": [],
        }));
        insta::assert_snapshot!(text);
    }

    /// Any JSON of the shapes that documents have.
    fn values() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<u32>().prop_map(Value::from),
            "[ -~äß\\n]{0,30}".prop_map(Value::from),
            "(user-[a-z]{1,8}|yes|no|null|~|[0-9.]{1,6}|[,:#&*!?%@`{}'-]{1,3})"
                .prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-zA-Z/]{1,12}", inner, 0..5)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_laid_out_reads_the_same(
            entries in prop::collection::btree_map("[a-zA-Z]{1,12}", values(), 1..6)
        ) {
            let mut keys: Map<String, Value> = entries.into_iter().collect();
            for (key, value) in [("apiVersion", "trectl/v1"), ("kind", "Group"), ("id", "x")] {
                keys.insert(key.to_owned(), value.into());
            }
            let text = of_tre(&keys).unwrap();
            let repository = Repository::from_memory(".", [("x.yaml", text.as_str())]);
            prop_assert!(repository.diagnostics.is_empty(), "{text}\n{:?}", repository.diagnostics);
            let read = repository.documents[0].node.to_json();
            prop_assert_eq!(read, Value::Object(keys), "{}", text);
        }
    }
}

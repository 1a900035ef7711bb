//! JSON Schemas out of the document types.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

pub use schemars::Schema;

use super::document::{GroupDocument, ProfileDocument, ProjectDocument, TreDocument};
use crate::platform::seed::Seed;

/// A schema's name with what generates it.
pub type NamedSchema = (&'static str, fn() -> Schema);

/// Every schema, by the name that `trectl schema` takes and that its file in `schemas/` has.
pub const SCHEMAS: &[NamedSchema] = &[
    ("tre", schema_of::<TreDocument>),
    ("group", schema_of::<GroupDocument>),
    ("profile", schema_of::<ProfileDocument>),
    ("project", schema_of::<ProjectDocument>),
    ("seed", answer_schema_of::<Seed>),
];

/// Returns the schema of that name, if there is one.
pub fn generate(name: &str) -> Option<Value> {
    SCHEMAS.iter().find(|(known, _)| *known == name).map(|(_, schema)| schema().to_value())
}

/// Returns a schema as text, as it is printed and committed.
pub fn to_text(schema: &Schema) -> String {
    // Values without a custom `Serialize` cannot fail to be written.
    let text = serde_json::to_string_pretty(schema).unwrap_or_default();
    text + "\n"
}

/// Returns the schema of a type that people write: a key is present with a value, or absent.
pub fn schema_of<T: JsonSchema>() -> Schema {
    let mut schema = generator().into_root_schema_for::<T>();
    StripNulls.transform(&mut schema);
    UnwrapLines.transform(&mut schema);
    schema
}

/// Returns the schema of a type in the shape of the platform's answers, where a key may be null.
fn answer_schema_of<T: JsonSchema>() -> Schema {
    let mut schema = generator().into_root_schema_for::<T>();
    UnwrapLines.transform(&mut schema);
    schema
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

/// Takes back the `null` that an optional key would allow. Only what stands directly behind a key
/// is touched: the null of a policy's value is written on purpose.
struct StripNulls;

impl Transform for StripNulls {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            for property in properties.values_mut() {
                strip_null(property);
            }
        }
        transform_subschemas(self, schema);
    }
}

/// Takes back the line breaks of doc comments: whoever shows a description wraps it.
struct UnwrapLines;

impl Transform for UnwrapLines {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(text)) = schema.get_mut("description") {
            let paragraphs: Vec<String> =
                text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
            *text = paragraphs.join("\n\n");
        }
        transform_subschemas(self, schema);
    }
}

fn strip_null(property: &mut Value) {
    let Value::Object(property) = property else { return };
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = property.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let Some(Value::Array(branches)) = property.get_mut("anyOf") else { return };
    branches.retain(|branch| *branch != json!({ "type": "null" }));
    if let [Value::Object(only)] = branches.as_slice() {
        let only = only.clone();
        property.remove("anyOf");
        for (keyword, value) in only {
            property.entry(keyword).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Map;

    use super::*;

    fn file(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.schema.json"))
    }

    #[test]
    fn committed_schemas_are_fresh() {
        for (name, schema) in SCHEMAS {
            let fresh = to_text(&schema());
            let committed = std::fs::read_to_string(file(name)).unwrap_or_default();
            assert!(
                committed == fresh,
                "schemas/{name}.schema.json is stale; refresh it with `cargo xtask`"
            );
        }
    }

    #[test]
    fn no_key_may_be_null_but_a_policy() {
        for (name, _) in SCHEMAS.iter().filter(|(name, _)| *name != "seed") {
            let schema = generate(name).unwrap();
            let mut allowing = Vec::new();
            nulls(&schema, name, &mut allowing);
            assert_eq!(allowing, [""; 0]);
        }
    }

    /// Collects the paths of subschemas that name the type null.
    fn nulls(schema: &Value, path: &str, found: &mut Vec<String>) {
        match schema {
            Value::Object(keywords) => {
                for (keyword, value) in keywords {
                    nulls(value, &format!("{path}/{keyword}"), found);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    nulls(item, &format!("{path}/{index}"), found);
                }
            }
            Value::String(text) if text == "null" => found.push(path.to_owned()),
            _ => {}
        }
    }

    #[test]
    fn every_key_is_described() {
        for (name, _) in SCHEMAS.iter().filter(|(name, _)| *name != "seed") {
            let schema = generate(name).unwrap();
            let definitions = schema.get("$defs").and_then(Value::as_object);
            for mapping in definitions.into_iter().flat_map(Map::values).chain([&schema]) {
                let properties = mapping.get("properties").and_then(Value::as_object);
                for (key, property) in properties.into_iter().flatten() {
                    assert!(property.get("description").is_some(), "{name}: {key}");
                }
            }
        }
    }

    #[test]
    fn an_unknown_name_has_no_schema() {
        assert_eq!(generate("nonsense"), None);
    }
}

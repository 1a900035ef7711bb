//! JSON Schemas out of the document types.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

pub use schemars::Schema;

use super::document::{GroupDocument, ProfileDocument, ProjectDocument, TreDocument};

/// Every schema, by the name that `trectl schema` takes and that its file in `schemas/` has.
pub const SCHEMAS: &[(&str, fn() -> Schema)] = &[
    ("tre", schema_of::<TreDocument>),
    ("group", schema_of::<GroupDocument>),
    ("profile", schema_of::<ProfileDocument>),
    ("project", schema_of::<ProjectDocument>),
];

/// Returns the schema of that name, if there is one.
pub fn generate(name: &str) -> Option<Value> {
    SCHEMAS.iter().find(|(known, _)| *known == name).map(|(_, schema)| schema().to_value())
}

/// Returns the schema of a type that people write: a key is present with a value, or absent.
pub fn schema_of<T: JsonSchema>() -> Schema {
    let mut schema = generator().into_root_schema_for::<T>();
    StripNulls.transform(&mut schema);
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
    use super::*;

    #[test]
    fn dump() {
        for (n, _) in SCHEMAS {
            std::fs::write(
                format!("schemas/{n}.schema.json"),
                serde_json::to_string_pretty(&generate(n).unwrap()).unwrap() + "\n",
            )
            .unwrap();
        }
    }
}

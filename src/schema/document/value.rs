//! Values that are neither plain text nor an id.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::{Id, Parsed};
use crate::model::{AssetRef, IdError, PolicyTable, PolicyValue, ProjectId};
use crate::source::Spanned;

/// Defines the one value that a key may have.
macro_rules! only {
    ($(#[$doc:meta])* $name:ident, $variant:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[schemars(inline)]
        pub enum $name {
            #[expect(missing_docs, reason = "a doc comment here would shadow that of the key")]
            #[serde(rename = $text)]
            $variant,
        }
    };
}

only!(
    /// The version of the format.
    ApiVersion, V1, "trectl/v1");
only!(
    /// The kind of a TRE.
    TreKind, Tre, "TrustedResearchEnvironment");
only!(
    /// The kind of a group.
    GroupKind, Group, "Group");
only!(
    /// The kind of a profile.
    ProfileKind, Profile, "Profile");
only!(
    /// The kind of the project file.
    ProjectKind, Project, "Project");

/// A day of the calendar: `2026-05-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Date::strptime("%Y-%m-%d", &text)
            .map(Self)
            .map_err(|_| de::Error::custom(format_args!("`{text}` is not a day")))
    }
}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "examples": ["2026-05-20"] })
    }
}

/// A JSON Pointer into a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Pointer {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.starts_with('/') {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError {
                text: text.to_owned(),
                what: "a JSON Pointer",
                expected: "begin with `/` and put `/` between the keys, as in `/inventory/version`",
            })
        }
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The name of a target; it becomes part of a path, hence its narrow form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName(String);

impl TargetName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TargetName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError {
                text: text.to_owned(),
                what: "the name of a target",
                expected: "use letters, digits, `.`, `_` and `-`, and begin with a letter or digit",
            })
        }
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A rate card: the platform does not publish its form, so text and mappings are passed on.
#[derive(Debug, Clone, PartialEq)]
pub struct RateCard(pub Value);

impl<'de> Deserialize<'de> for RateCard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for RateCard {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RateCard".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "object"] })
    }
}

/// Where the content of a file asset is.
#[derive(Debug, Clone, PartialEq)]
pub enum AssetSource {
    /// On the platform.
    Platform(AssetRef),
    /// In the repository, to be uploaded.
    Upload,
}

impl<'de> Deserialize<'de> for AssetSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = AssetSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file id, or a mapping with `path` and `project`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AssetSource, E> {
                text.parse().map(AssetSource::Platform).map_err(E::custom)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<AssetSource, A::Error> {
                UploadDocument::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(AssetSource::Upload)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for AssetSource {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AssetSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                generator.subschema_for::<Parsed<AssetRef>>(),
                generator.subschema_for::<UploadDocument>(),
            ]
        })
    }
}

/// A file of this repository that is uploaded when the TRE is released. Uploads are not built
/// yet: use the id of a file that is on the platform.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "read for its form only, until uploads are built")]
struct UploadDocument {
    /// The file, relative to the root of the repository.
    #[schemars(example = "inventory/genomics/files.tsv")]
    path: String,
    /// The project that it is uploaded to.
    project: Id<ProjectId>,
}

/// The value of a policy: `true` or `false`, a positive whole number, or a list of ids, as the
/// policy asks; `null` is the platform's default.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenPolicy(pub PolicyValue);

impl<'de> Deserialize<'de> for WrittenPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PolicyValue::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for WrittenPolicy {
    fn schema_name() -> Cow<'static, str> {
        "PolicyValue".into()
    }

    /// States no type: which one is right depends on the policy, and that may be declared in the
    /// project file. The meaning rules know.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`true` or `false`, a positive whole number, or a list of ids, as the \
                            policy asks; `null` is the platform's default.",
        })
    }
}

/// Policies by name, each with the places of the name and of the value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Policies(pub BTreeMap<Spanned<String>, Spanned<WrittenPolicy>>);

impl JsonSchema for Policies {
    fn schema_name() -> Cow<'static, str> {
        "Policies".into()
    }

    /// Names the policies that trectl knows without a project file, so that editors offer them.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<WrittenPolicy>();
        let table = PolicyTable::default();
        let properties: Map<String, Value> = table
            .iter()
            .map(|(name, spec)| {
                let mut property = value.clone();
                property.insert("description".to_owned(), spec.meaning.clone().into());
                (name.to_owned(), property.to_value())
            })
            .collect();
        json_schema!({
            "type": "object",
            "properties": properties,
            "additionalProperties": value,
        })
    }
}

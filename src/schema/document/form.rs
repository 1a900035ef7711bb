//! Text with a form: the pattern of the schema and the parser of the model, side by side.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::{Person, Pointer, StatePlace, TargetName};
use crate::model::{
    AssetRef, GroupId, IdError, OrgId, ProfileId, ProjectId, Region, StepId, TreId,
};
use crate::source::Spanned;

/// Text of a fixed form: what the schema's pattern accepts is exactly what the parser accepts.
pub trait Form: FromStr<Err = IdError> {
    /// A name for the schema's own use.
    const NAME: &'static str;
    /// The form as a regular expression.
    const PATTERN: &'static str;
    /// What it looks like.
    const EXAMPLE: &'static str;
}

/// A value that was written as text of its [`Form`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parsed<T>(pub T);

/// A parsed value with its place.
pub type Id<T> = Spanned<Parsed<T>>;

impl<'de, T: Form> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<T>(std::marker::PhantomData<T>);
        impl<T: Form> de::Visitor<'_> for Text<T> {
            type Value = Parsed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "text such as `{}`", T::EXAMPLE)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Parsed<T>, E> {
                text.parse().map(Parsed).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text(std::marker::PhantomData))
    }
}

impl<T: Form> JsonSchema for Parsed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": T::PATTERN, "examples": [T::EXAMPLE] })
    }
}

/// A form as the checker knows it: by its pattern, with the parser's own words on what is wrong.
pub struct KnownForm {
    /// The regular expression in the schema.
    pub pattern: &'static str,
    /// What it looks like.
    pub example: &'static str,
    /// Says what is wrong with a text, or `None` where it has the form.
    pub judge: fn(&str) -> Option<IdError>,
}

fn known<T: Form>() -> KnownForm {
    KnownForm { pattern: T::PATTERN, example: T::EXAMPLE, judge: |text| text.parse::<T>().err() }
}

/// Returns every form that a document may hold. Groups and profiles share one.
pub fn forms() -> Vec<KnownForm> {
    vec![
        known::<TreId>(),
        known::<Person>(),
        known::<OrgId>(),
        KnownForm {
            pattern: GroupId::PATTERN,
            example: GroupId::EXAMPLE,
            judge: |text| {
                let error = text.parse::<GroupId>().err()?;
                Some(IdError { what: "the id of a group or profile", ..error })
            },
        },
        known::<StepId>(),
        known::<ProjectId>(),
        known::<AssetRef>(),
        known::<Region>(),
        known::<Pointer>(),
        known::<TargetName>(),
        known::<StatePlace>(),
    ]
}

macro_rules! form {
    ($type:ty, $name:literal, $pattern:literal, $example:literal) => {
        impl Form for $type {
            const NAME: &'static str = $name;
            const PATTERN: &'static str = $pattern;
            const EXAMPLE: &'static str = $example;
        }
    };
}

form!(TreId, "TreId", "^tre-[a-z0-9][a-z0-9._-]*$", "tre-genomics");
form!(
    Person,
    "Person",
    "^((user|org)-[a-z0-9][a-z0-9._-]*|group:[a-z0-9][a-z0-9-]*)$",
    "user-amara"
);
form!(OrgId, "OrgId", "^org-[a-z0-9][a-z0-9._-]*$", "org-biobank");
form!(GroupId, "GroupId", "^[a-z0-9][a-z0-9-]*$", "leeds");
form!(ProfileId, "ProfileId", "^[a-z0-9][a-z0-9-]*$", "baseline");
form!(StepId, "StepId", "^[a-z0-9]+$", "datagovernance");
form!(
    ProjectId,
    "ProjectId",
    "^project-[0-9BFGJKPQVXYZbfgjkpqvxyz]{24}$",
    "project-0123456789BFGJKPQVXYZbfg"
);
form!(
    AssetRef,
    "AssetRef",
    "^(project-[0-9BFGJKPQVXYZbfgjkpqvxyz]{24}:)?(record|file)-[0-9BFGJKPQVXYZbfgjkpqvxyz]{24}$",
    "record-0123456789BFGJKPQVXYZbfg"
);
form!(Region, "Region", "^[a-z0-9-]+:[a-z0-9-]+$", "aws:eu-west-2");
form!(Pointer, "Pointer", "^/", "/inventory/version");
form!(TargetName, "TargetName", "^[A-Za-z0-9][A-Za-z0-9._-]*$", "production");
form!(
    StatePlace,
    "StatePlace",
    "^((s3|gs|az)://[a-z0-9][a-z0-9._-]*(/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*/?|(?![A-Za-z][A-Za-z0-9+.-]+:)[\\s\\S]+)$",
    "s3://bucket/trectl/production"
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts around the edges of every form; whatever the pattern says, the parser must say too.
    const TEXTS: &[&str] = &[
        "",
        "-",
        "a",
        "A",
        "a-b",
        "a_b",
        "a.b",
        "a b",
        "a\n",
        "é",
        "tre-a",
        "tre-",
        "tre-.a",
        "tre-a.b_c-d",
        "tre-A",
        "user-a",
        "user-",
        "user-A",
        "org-a",
        "org-a\n",
        "group:a",
        "group:a_b",
        "group:",
        "group:-a",
        "user:a",
        "record-0123456789BFGJKPQVXYZbfg",
        "record-0123456789BFGJKPQVXYZbf",
        "record-0123456789BFGJKPQVXYZbfA",
        "file-0123456789BFGJKPQVXYZbfg",
        "project-0123456789BFGJKPQVXYZbfg",
        "project-0123456789BFGJKPQVXYZbfg:file-0123456789BFGJKPQVXYZbfg",
        "project-x:file-0123456789BFGJKPQVXYZbfg",
        "file-0123456789BFGJKPQVXYZbfg:file-0123456789BFGJKPQVXYZbfg",
        "aws:eu-west-2",
        "aws:",
        ":eu",
        "aws:eu:west",
        "/inventory/version",
        "inventory",
        "/",
        "..",
        "production.eu_2",
        "../x",
        "s3://bucket",
        "s3://bucket/",
        "s3://bucket/a/b.c",
        "s3://bucket/a/",
        "s3://bucket//",
        "s3://bucket//a",
        "s3://bucket/../a",
        "s3://Bucket/a",
        "s3:///a",
        "s3://",
        "s3:/bucket/a",
        "S3://bucket/a",
        "s3://key:secret@bucket/a",
        "s3://bucket/a?region=eu-west-2",
        "gs://bucket/a_b=c",
        "az://container/a",
        "https://bucket.s3.amazonaws.com/a",
        "c:/state",
        "/var/state",
        "state/a:b",
    ];

    #[test]
    fn pattern_and_parser_agree() {
        for form in forms() {
            let schema = serde_json::json!({ "pattern": form.pattern });
            let validator = jsonschema::validator_for(&schema).unwrap();
            for text in TEXTS.iter().chain([&form.example]) {
                let accepted = validator.is_valid(&serde_json::json!(text));
                assert_eq!(
                    accepted,
                    (form.judge)(text).is_none(),
                    "pattern `{}` and parser disagree on {text:?}",
                    form.pattern
                );
            }
            assert!((form.judge)(form.example).is_none(), "the example `{}` is bad", form.example);
        }
    }

    #[test]
    fn every_form_is_known_by_its_own_pattern() {
        let patterns: Vec<_> = forms().iter().map(|form| form.pattern).collect();
        let mut distinct = patterns.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), patterns.len(), "two forms share a pattern: {patterns:?}");
    }
}

//! Identifiers of everything trectl names: one newtype each, with one parser.
//!
//! What people write is parsed strictly (`FromStr`). What the platform answers is taken as it is
//! (`from_platform`): trectl must be able to show a TRE even where it would refuse its spelling.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: {expected}")]
pub struct IdError {
    /// The text as it was written.
    pub text: String,
    /// What was wanted, with its article: "a user id".
    pub what: &'static str,
    /// The form that was expected, in words.
    pub expected: &'static str,
}

/// Characters of the 24-character hashes in `record-…`, `file-…`, `project-…` (S).
const HASH_ALPHABET: &str = "0123456789BFGJKPQVXYZbfgjkpqvxyz";
const HASH_LENGTH: usize = 24;

/// Tells whether `text` is a handle of people, orgs and TREs: `[a-z0-9][a-z0-9._-]*`.
fn is_handle(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'))
}

/// Tells whether `text` is a group's or profile's id: `^[a-z0-9][a-z0-9-]*$`.
fn is_name(text: &str) -> bool {
    is_handle(text) && !text.contains(['.', '_'])
}

fn is_hash(text: &str) -> bool {
    text.len() == HASH_LENGTH && text.chars().all(|c| HASH_ALPHABET.contains(c))
}

fn has_prefix(text: &str, prefix: &str, rest: fn(&str) -> bool) -> bool {
    text.strip_prefix(prefix).is_some_and(rest)
}

/// Describes an identifier to JSON Schema: it is text.
macro_rules! text_schema {
    ($name:ident) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string" })
            }
        }
    };
}

/// Defines a newtype over text with a strict parser and a lenient constructor.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes an identifier as the platform spells it, without judging it.
            pub fn from_platform(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError { text: text.to_owned(), what: $what, expected: $expected })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// Reads platform answers and our own stored formats, hence without judging.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self(text.into()))
            }
        }

        text_schema!($name);
    };
}

id!(
    /// A TRE: `tre-<handle>`, for ever.
    TreId, "a TRE id", "write `tre-` and a handle of lower-case letters, digits, `.`, `_` and `-`",
    |text| has_prefix(text, "tre-", is_handle)
);
id!(
    /// A person: `user-<handle>`.
    UserId, "a user id", "write `user-` and a handle of lower-case letters, digits, `.`, `_` and `-`",
    |text| has_prefix(text, "user-", is_handle)
);
id!(
    /// An organisation: `org-<handle>`.
    OrgId, "an org id", "write `org-` and a handle of lower-case letters, digits, `.`, `_` and `-`",
    |text| has_prefix(text, "org-", is_handle)
);
id!(
    /// A named list of people in the repository, without its `group:` prefix.
    GroupId, "a group id", "use lower-case letters, digits and `-`, and begin with a letter or digit",
    is_name
);
id!(
    /// A named set of policies in the repository.
    ProfileId, "a profile id", "use lower-case letters, digits and `-`, and begin with a letter or digit",
    is_name
);
id!(
    /// A review step within one TRE: lower-case letters and digits only (D).
    StepId, "a review step id", "use lower-case letters and digits only",
    |text| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
);
id!(
    /// A project that holds assets: `project-` and 24 characters (S).
    ProjectId, "a project id", "write `project-` and its 24 characters",
    |text| has_prefix(text, "project-", is_hash)
);
id!(
    /// A record or a file: `record-…` or `file-…` and 24 characters (S).
    ObjectId, "an object id", "write `record-` or `file-` and its 24 characters",
    |text| has_prefix(text, "record-", is_hash) || has_prefix(text, "file-", is_hash)
);
id!(
    /// A data access request: `treApplication-…` and 24 characters (S).
    RequestId, "a data access request id", "write `treApplication-` and its 24 characters",
    |text| has_prefix(text, "treApplication-", is_hash)
);
id!(
    /// A cloud region: `aws:eu-west-2` (D).
    Region, "a region", "write the cloud, a colon and the region, as in `aws:eu-west-2`",
    |text| text.split_once(':').is_some_and(|(cloud, place)| {
        let word = |w: &str| !w.is_empty()
            && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        word(cloud) && word(place)
    })
);

impl ObjectId {
    /// Tells whether this is a record (the only object a Dataset can be).
    pub fn is_record(&self) -> bool {
        self.as_str().starts_with("record-")
    }
}

/// A user, or an org that stands for all its members (D).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An organisation.
    Org(OrgId),
    /// One person.
    User(UserId),
}

impl Principal {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Org(id) => id.as_str(),
            Self::User(id) => id.as_str(),
        }
    }

    /// Takes an id as the platform spells it: what begins with `org-` is an org, all else a user.
    pub fn from_platform(text: &str) -> Self {
        if text.starts_with("org-") {
            Self::Org(OrgId::from_platform(text))
        } else {
            Self::User(UserId::from_platform(text))
        }
    }
}

impl FromStr for Principal {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let what = |error: IdError| IdError { what: "a user or org id", ..error };
        if text.starts_with("org-") {
            text.parse().map(Self::Org).map_err(what)
        } else {
            text.parse().map(Self::User).map_err(what)
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from_platform(&text))
    }
}

text_schema!(Principal);

/// An asset as it is written: `record-…`, or with its project `project-…:record-…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetRef {
    /// The project, where it was written.
    pub project: Option<ProjectId>,
    /// The record or file.
    pub object: ObjectId,
}

impl AssetRef {
    /// Takes a reference as the platform spells it, without judging it.
    pub fn from_platform(text: &str) -> Self {
        match text.split_once(':') {
            Some((project, object)) => Self {
                project: Some(ProjectId::from_platform(project)),
                object: ObjectId::from_platform(object),
            },
            None => Self { project: None, object: ObjectId::from_platform(text) },
        }
    }

    /// Tells whether two references name the same asset; a project that is not written fits any.
    pub fn is_same(&self, other: &Self) -> bool {
        self.object == other.object
            && match (&self.project, &other.project) {
                (Some(mine), Some(theirs)) => mine == theirs,
                _ => true,
            }
    }
}

impl FromStr for AssetRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let what = |_| IdError {
            text: text.to_owned(),
            what: "an asset",
            expected: "write `record-…` or `file-…` with 24 characters, or `project-…:` before it",
        };
        match text.split_once(':') {
            Some((project, object)) => Ok(Self {
                project: Some(project.parse().map_err(what)?),
                object: object.parse().map_err(what)?,
            }),
            None => Ok(Self { project: None, object: text.parse().map_err(what)? }),
        }
    }
}

impl fmt::Display for AssetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.project {
            Some(project) => write!(f, "{project}:{}", self.object),
            None => self.object.fmt(f),
        }
    }
}

impl Serialize for AssetRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AssetRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from_platform(&text))
    }
}

text_schema!(AssetRef);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_lower_case_and_prefixed() {
        assert!("tre-genomics".parse::<TreId>().is_ok());
        assert!("user-amara.diallo_2".parse::<UserId>().is_ok());
        for bad in ["genomics", "tre-", "tre-Genomics", "tre--x", "tre-a b", "user-x"] {
            assert!(bad.parse::<TreId>().is_err(), "{bad} is taken for a TRE id");
        }
    }

    #[test]
    fn an_asset_may_carry_its_project() {
        let with: AssetRef =
            "project-0123456789BFGJKPQVXYZbfg:record-0123456789BFGJKPQVXYZbfg".parse().unwrap();
        let without: AssetRef = "record-0123456789BFGJKPQVXYZbfg".parse().unwrap();
        assert!(with.is_same(&without));
        assert_ne!(with, without);
        assert!("record-short".parse::<AssetRef>().is_err());
        assert!("record-0123456789BFGJKPQVXYZbfA".parse::<AssetRef>().is_err());
    }
}

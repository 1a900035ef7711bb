//! An entry in a list of people.

use std::fmt;
use std::str::FromStr;

use crate::model::{GroupId, IdError, Principal};

/// An entry in a list of people: somebody, or a group of this repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// A user or an org.
    Principal(Principal),
    /// A named list in the repository: `group:leeds`.
    Group(GroupId),
}

impl FromStr for Person {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let what = |error: IdError| IdError {
            text: text.to_owned(),
            what: "a user, an org or a group",
            expected: match error.what {
                "a group id" => "write `group:` and an id of lower-case letters, digits and `-`",
                _ => {
                    "write `user-…`, `org-…` or `group:…`, with lower-case letters, digits, `.`, \
                     `_` and `-`"
                }
            },
        };
        match text.strip_prefix("group:") {
            Some(group) => group.parse().map(Self::Group).map_err(what),
            None => text.parse().map(Self::Principal).map_err(what),
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal(principal) => principal.fmt(f),
            Self::Group(group) => write!(f, "group:{group}"),
        }
    }
}

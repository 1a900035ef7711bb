//! What `who` is asked about.

use std::fmt;

use crate::model::{GroupId, OrgId, Principal, TreId, UserId};

/// What `who` is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Every TRE.
    All,
    /// One TRE, with everybody in it.
    Tre(TreId),
    /// One person.
    User(UserId),
    /// One org.
    Org(OrgId),
    /// Everybody who comes in through a group.
    Group(GroupId),
}

impl Query {
    /// Reads what was written; `None` where it is the id of nothing.
    pub fn parse(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else { return Some(Self::All) };
        if let Some(group) = text.strip_prefix("group:") {
            return group.parse().ok().map(Self::Group);
        }
        match text.split_once('-')?.0 {
            "tre" => text.parse().ok().map(Self::Tre),
            "user" => text.parse().ok().map(Self::User),
            "org" => text.parse().ok().map(Self::Org),
            _ => None,
        }
    }

    /// Returns the person or org that it is about.
    pub fn principal(&self) -> Option<Principal> {
        match self {
            Self::User(user) => Some(Principal::User(user.clone())),
            Self::Org(org) => Some(Principal::Org(org.clone())),
            Self::All | Self::Tre(_) | Self::Group(_) => None,
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("every TRE"),
            Self::Tre(id) => write!(f, "{id}"),
            Self::User(id) => write!(f, "{id}"),
            Self::Org(id) => write!(f, "{id}"),
            Self::Group(id) => write!(f, "group:{id}"),
        }
    }
}

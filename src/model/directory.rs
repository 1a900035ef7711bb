//! Who acts, who belongs where, and what the assets are: all that a plan must know of the
//! platform besides the TREs themselves. Plain data; `live` fills it, the planner reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ids::{ObjectId, OrgId, Principal, ProjectId, Region, UserId};

/// What a look-up in the directory found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<T> {
    /// The platform told us.
    Known(T),
    /// The platform says that it does not exist, or that the operator may not see it.
    Missing,
    /// Nobody asked, or the answer could not be read: no claim is made.
    Unknown,
}

impl<T: Copy> Lookup<T> {
    /// Tells whether the platform told us, and what it told passes `test`.
    pub fn known_and(self, test: impl FnOnce(T) -> bool) -> bool {
        matches!(self, Self::Known(value) if test(value))
    }
}

/// An account's level in a project, lowest first (D).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// May see.
    View,
    /// May add.
    Upload,
    /// May change.
    Contribute,
    /// May do all, access included.
    Administer,
}

/// One membership in an org (D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Member {
    /// Tells whether the member is an admin of the org.
    pub is_admin: bool,
    /// The `treManagement` flag: may create TREs for the org and be their admin (D).
    pub tre_management: bool,
}

/// A project that holds assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Project {
    /// Where it lies.
    pub region: Region,
    /// The org or user that pays.
    pub bill_to: Principal,
    /// The operator's own level in it, apart from what being a TRE's admin gives.
    pub level: Option<Level>,
}

/// A record or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Object {
    /// The project it lies in.
    pub project: ProjectId,
    /// Tells whether it is closed, that is, final.
    pub is_closed: bool,
    /// Its types; a Dataset has `Dataset` among them.
    pub types: Vec<String>,
}

/// What a plan wants to know, gathered before the platform is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// Orgs whose memberships matter, each with the users that must be found in it, even where a
    /// listing of the org does not show them.
    pub members: BTreeMap<OrgId, BTreeSet<UserId>>,
    /// Orgs of which every member matters, whoever that is.
    pub listings: BTreeSet<OrgId>,
    /// People and orgs that must exist.
    pub people: BTreeSet<Principal>,
    /// Assets to look up, each with the project it was written with, if any.
    pub objects: BTreeMap<ObjectId, Option<ProjectId>>,
}

/// The answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Directory {
    /// The acting account (`whoami`).
    pub operator: UserId,
    /// Memberships by org; a user that was asked for and is no member is `None`.
    pub members: BTreeMap<OrgId, BTreeMap<UserId, Option<Member>>>,
    /// Orgs of which `members` holds everybody whom the platform shows.
    #[serde(default)]
    pub whole: BTreeSet<OrgId>,
    /// Whether people and orgs exist.
    pub people: BTreeMap<Principal, bool>,
    /// Objects; `None` where the platform knows none that the operator may see.
    pub objects: BTreeMap<ObjectId, Option<Object>>,
    /// Projects; `None` where the platform knows none that the operator may see.
    pub projects: BTreeMap<ProjectId, Option<Project>>,
}

impl Directory {
    /// Returns a directory that knows who acts and nothing else.
    pub fn of(operator: UserId) -> Self {
        Self {
            operator,
            members: BTreeMap::new(),
            whole: BTreeSet::new(),
            people: BTreeMap::new(),
            objects: BTreeMap::new(),
            projects: BTreeMap::new(),
        }
    }

    /// Returns a user's membership in an org.
    pub fn member(&self, org: &OrgId, user: &UserId) -> Lookup<Member> {
        lookup(self.members.get(org).and_then(|members| members.get(user)).copied())
    }

    /// Returns the members of an org, where the platform has shown all of them that it shows.
    pub fn all_members(&self, org: &OrgId) -> Option<impl Iterator<Item = &UserId>> {
        let members = self.members.get(org).filter(|_| self.whole.contains(org))?;
        Some(members.iter().filter(|(_, member)| member.is_some()).map(|(user, _)| user))
    }

    /// Tells whether a person or org exists.
    pub fn person(&self, id: &Principal) -> Lookup<()> {
        lookup(self.people.get(id).map(|exists| exists.then_some(())))
    }

    /// Returns an object.
    pub fn object(&self, id: &ObjectId) -> Lookup<&Object> {
        lookup(self.objects.get(id).map(Option::as_ref))
    }

    /// Returns a project.
    pub fn project(&self, id: &ProjectId) -> Lookup<&Project> {
        lookup(self.projects.get(id).map(Option::as_ref))
    }
}

fn lookup<T>(answer: Option<Option<T>>) -> Lookup<T> {
    match answer {
        Some(Some(value)) => Lookup::Known(value),
        Some(None) => Lookup::Missing,
        None => Lookup::Unknown,
    }
}

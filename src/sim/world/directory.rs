//! Who exists, who belongs where, and where assets lie: listed by a seed, or open, where every
//! well-formed id exists.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::ids::{AssetRef, ObjectId, OrgId, Principal, ProjectId, Region, UserId};
use crate::platform::seed::{AccessLevel, MemberLevel, ObjectState};

/// The characters of the ids of projects, records and files (S): thirty-two, so five bits each.
const ALPHABET: &[u8; 32] = b"0123456789BFGJKPQVXYZbfgjkpqvxyz";

/// Everything outside the TREs.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sim) enum Directory {
    /// Without a seed: everything exists, and the account that acts may do everything.
    Open,
    /// With a seed: only what it lists exists.
    Listed(Listed),
}

/// What a seed lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::sim) struct Listed {
    pub users: BTreeSet<UserId>,
    pub orgs: BTreeMap<OrgId, Org>,
    pub projects: BTreeMap<ProjectId, Project>,
    pub objects: BTreeMap<ObjectId, Object>,
}

/// An org's members.
pub(in crate::sim) type Org = BTreeMap<UserId, Membership>;

/// A membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct Membership {
    pub level: MemberLevel,
    pub tre_management: bool,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct Project {
    pub region: Region,
    pub bill_to: Principal,
    pub access: BTreeMap<Principal, AccessLevel>,
}

/// A record or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sim) struct Object {
    pub project: ProjectId,
    pub name: String,
    pub state: ObjectState,
    pub types: Vec<String>,
}

impl Directory {
    /// Tells whether a user exists.
    pub fn has_user(&self, user: &UserId) -> bool {
        match self {
            Self::Open => true,
            Self::Listed(listed) => listed.users.contains(user),
        }
    }

    /// Tells whether an org exists.
    pub fn has_org(&self, org: &OrgId) -> bool {
        match self {
            Self::Open => true,
            Self::Listed(listed) => listed.orgs.contains_key(org),
        }
    }

    /// Tells whether a user or org exists.
    pub fn has(&self, id: &Principal) -> bool {
        match id {
            Principal::User(user) => self.has_user(user),
            Principal::Org(org) => self.has_org(org),
        }
    }

    /// Returns a user's membership in an org.
    pub fn membership(&self, org: &OrgId, user: &UserId) -> Option<Membership> {
        match self {
            Self::Open => Some(Membership { level: MemberLevel::Member, tre_management: true }),
            Self::Listed(listed) => listed.orgs.get(org)?.get(user).copied(),
        }
    }

    /// Tells whether a user may create TREs for an org and be their admin.
    pub fn may_manage(&self, org: &OrgId, user: &UserId) -> bool {
        self.membership(org, user).is_some_and(|membership| membership.tre_management)
    }

    /// Returns an object, in the project that is written if one is.
    pub fn object(&self, asset: &AssetRef) -> Option<Object> {
        match self {
            Self::Open => Some(open_object(asset)),
            Self::Listed(listed) => listed
                .objects
                .get(&asset.object)
                .filter(|object| {
                    asset.project.as_ref().is_none_or(|project| *project == object.project)
                })
                .cloned(),
        }
    }

    /// Tells whether an object is listed.
    pub fn lists(&self, id: &ObjectId) -> bool {
        match self {
            Self::Open => false,
            Self::Listed(listed) => listed.objects.contains_key(id),
        }
    }

    /// Returns the level that a project's own access list gives a user, as themself or through an
    /// org.
    pub fn level(&self, actor: &UserId, user: &UserId, project: &ProjectId) -> Option<AccessLevel> {
        match self {
            Self::Open if user == actor => Some(AccessLevel::Administer),
            Self::Open => Some(AccessLevel::View),
            Self::Listed(listed) => listed
                .projects
                .get(project)?
                .access
                .iter()
                .filter(|(id, _)| self.stands_for(id, user))
                .map(|(_, level)| *level)
                .max(),
        }
    }

    /// Tells whether an id is that user, or an org that the user is a member of.
    pub fn stands_for(&self, id: &Principal, user: &UserId) -> bool {
        match id {
            Principal::User(listed) => listed == user,
            Principal::Org(org) => self.membership(org, user).is_some(),
        }
    }
}

/// Returns an object of a platform without a seed: closed, and a Dataset if it is a record.
fn open_object(asset: &AssetRef) -> Object {
    let AssetRef { project, object } = asset;
    Object {
        project: project.clone().unwrap_or_else(|| own_project(object)),
        name: object.to_string(),
        state: ObjectState::Closed,
        types: if object.is_record() { vec!["Dataset".to_owned()] } else { Vec::new() },
    }
}

/// Returns the project of an object's own: a record's has the record's characters; a file's are
/// scrambled, since a file may have the same characters as a record.
fn own_project(object: &ObjectId) -> ProjectId {
    match object.as_str().strip_prefix("record-") {
        Some(hash) => ProjectId::from_platform(&format!("project-{hash}")),
        None => ProjectId::from_platform(&format!("project-{}", scramble(object.as_str()))),
    }
}

/// Returns twenty-four characters that depend on a text and nothing else.
pub(super) fn scramble(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(24)
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|byte| char::from(*byte))
        .collect()
}

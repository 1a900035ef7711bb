//! Groups and profiles.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{ApiVersion, GroupKind, Id, Person, Policies, ProfileKind};
use crate::model::{GroupId, ProfileId};
use crate::source::Spanned;

/// A named list of people, used by many TREs as `group:<id>`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Group")]
pub struct GroupDocument {
    /// The version of the format: `trectl/v1`.
    pub api_version: ApiVersion,
    /// Tells that this document is a group.
    pub kind: GroupKind,
    /// The group's id, unique in the repository: lower-case letters, digits and `-`.
    pub id: Id<GroupId>,
    /// Users, orgs and further groups (`group:<id>`); write `[]` for nobody. Overlap through
    /// groups is fine; the same entry twice in one list is an error.
    #[schemars(example = ["user-li", "org-university", "group:visitors"])]
    pub members: Spanned<Vec<Id<Person>>>,
}

/// A named set of policies that TREs and other profiles extend.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Profile")]
pub struct ProfileDocument {
    /// The version of the format: `trectl/v1`.
    pub api_version: ApiVersion,
    /// Tells that this document is a profile.
    pub kind: ProfileKind,
    /// The profile's id, unique in the repository: lower-case letters, digits and `-`.
    pub id: Id<ProfileId>,
    /// Profiles that this one builds on. Later ones win over earlier ones, and this document wins
    /// over all, name by name.
    #[schemars(example = ["baseline"])]
    pub extends: Option<Spanned<Vec<Id<ProfileId>>>>,
    /// Policies by name. A name that is absent here and in every profile is not managed.
    #[schemars(example = policies_example())]
    pub policies: Option<Spanned<Policies>>,
}

/// Returns policies as an editor shows them.
pub(super) fn policies_example() -> serde_json::Value {
    serde_json::json!({ "downloadRestricted": true, "externalUploadRestricted": true })
}

//! What an embedded platform knows at the beginning: `kind: PlatformSeed`, as people write it.
//!
//! Ids are kept as text: whether they are well formed and agree with each other is checked by the
//! platform that loads the seed, which can name both places of a contradiction.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wire::WireState;

/// The directory and the TREs that an embedded platform begins with. With a seed, only what it
/// lists exists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seed {
    /// `trectl/v1`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `PlatformSeed`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The user that acts where no token says otherwise.
    pub actor: String,
    /// Which user a token stands for.
    #[serde(default)]
    pub tokens: BTreeMap<String, String>,
    /// Every user that exists: `user-…`.
    #[serde(default)]
    pub users: Vec<String>,
    /// Every org that exists, with its members.
    #[serde(default)]
    pub orgs: Vec<SeedOrg>,
    /// Every project that exists.
    #[serde(default)]
    pub projects: Vec<SeedProject>,
    /// Every record that exists.
    #[serde(default)]
    pub records: Vec<SeedRecord>,
    /// Every file that exists.
    #[serde(default)]
    pub files: Vec<SeedFile>,
    /// The TREs, in the shape of the platform's own description of them.
    #[serde(default)]
    pub tres: Vec<SeedTre>,
    /// Data access requests.
    #[serde(default)]
    pub requests: Vec<SeedRequest>,
}

/// An org.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedOrg {
    /// `org-…`
    pub id: String,
    /// Its members.
    #[serde(default)]
    pub members: Vec<SeedMember>,
}

/// A member of an org.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedMember {
    /// `user-…`
    pub id: String,
    /// `ADMIN` or `MEMBER`; `MEMBER` where it is not written.
    #[serde(default)]
    pub level: MemberLevel,
    /// Tells whether the member may create TREs for the org and be their admin.
    #[serde(default)]
    pub tre_management: bool,
}

/// A level in an org (D).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum MemberLevel {
    /// Not an admin of the org.
    #[default]
    Member,
    /// An admin of the org.
    Admin,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedProject {
    /// `project-` and 24 characters.
    pub id: String,
    /// Where it lies: `aws:eu-west-2`.
    pub region: String,
    /// The org or user that pays.
    pub bill_to: String,
    /// The level of users and orgs in it.
    #[serde(default)]
    pub access: BTreeMap<String, AccessLevel>,
}

/// A level in a project, lowest first (D).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccessLevel {
    /// May see.
    View,
    /// May add.
    Upload,
    /// May change.
    Contribute,
    /// May do all, access included.
    Administer,
}

/// Whether a record or file is final.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ObjectState {
    /// Still being written.
    Open,
    /// Being made final.
    Closing,
    /// Final.
    #[default]
    Closed,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedRecord {
    /// `record-` and 24 characters.
    pub id: String,
    /// The project it lies in.
    pub project: String,
    /// Its name; the id where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is final; `closed` where it is not written.
    #[serde(default)]
    pub state: ObjectState,
    /// Its types; `[Dataset]` where they are not written.
    #[serde(default = "dataset")]
    pub types: Vec<String>,
}

fn dataset() -> Vec<String> {
    vec!["Dataset".to_owned()]
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedFile {
    /// `file-` and 24 characters.
    pub id: String,
    /// The project it lies in.
    pub project: String,
    /// Its name; the id where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is final; `closed` where it is not written.
    #[serde(default)]
    pub state: ObjectState,
}

/// Who can find a TRE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeedVisibility {
    /// Listed people only.
    #[default]
    Private,
    /// Every user of the platform.
    Public,
}

/// A TRE, in the shape of the platform's description; keys that it does not know are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeedTre {
    /// `tre-…`
    pub id: String,
    /// `draft`, `active` or `amending`.
    pub state: WireState,
    /// Its name; the id where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// The org that pays.
    pub bill_to: String,
    /// Where the data lies.
    pub region: String,
    /// A rate card of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customized_rate_card: Option<Value>,
    /// An address of its own.
    #[serde(default, rename = "customizedURL", skip_serializing_if = "Option::is_none")]
    pub customized_url: Option<String>,
    /// `private` or `public`; `private` where it is not written.
    #[serde(default)]
    pub visibility: SeedVisibility,
    /// Users; the actor of the seed where none is written.
    #[serde(default)]
    pub admins: Vec<String>,
    /// Users and orgs.
    #[serde(default)]
    pub authorized_users: Vec<String>,
    /// Policies that were set.
    #[serde(default)]
    pub policies: BTreeMap<String, Value>,
    /// The inventories.
    #[serde(default)]
    pub inventory: SeedInventories,
    /// The review pipeline, in order.
    #[serde(default)]
    pub application_review_steps: Vec<SeedStep>,
    /// Milliseconds since the Unix epoch; 0 where it is not written.
    #[serde(default)]
    pub created: i64,
    /// Milliseconds since the Unix epoch; as `created` where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
    /// Who created it; the first admin where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
}

/// The two inventories of a TRE.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeedInventories {
    /// What is given out; in a draft, what was set.
    #[serde(default)]
    pub active: Option<SeedInventory>,
    /// What the next activation gives out; only while amending.
    #[serde(default)]
    pub pending: Option<SeedInventory>,
}

/// One inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeedInventory {
    /// The version.
    pub version: String,
    /// The Tabular Data Inventory: a Dataset record.
    #[serde(default)]
    pub tabular_data: Option<String>,
    /// The Data Showcase: a Dataset record in a project of its own.
    #[serde(default)]
    pub data_showcase: Option<String>,
    /// The File Inventory: a file.
    #[serde(default)]
    pub file_inventory: Option<String>,
    /// The Data Collections: a file.
    #[serde(default)]
    pub data_collections: Option<String>,
}

/// One review step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeedStep {
    /// Lower-case letters and digits.
    pub id: String,
    /// Its name; the id where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it decides.
    #[serde(default)]
    pub description: String,
    /// Users.
    #[serde(default)]
    pub reviewers: Vec<String>,
}

/// A data access request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedRequest {
    /// `treApplication-` and 24 characters.
    pub id: String,
    /// The TRE it asks.
    pub tre: String,
    /// Where it stands.
    pub state: RequestState,
    /// Its name; the id where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who asks; the actor of the seed where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Milliseconds since the Unix epoch; 0 where it is not written.
    #[serde(default)]
    pub created: i64,
    /// Milliseconds since the Unix epoch; as `created` where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
}

/// Where a data access request stands (D).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// Not submitted.
    Draft,
    /// Waits for a decision.
    InReview,
    /// Every review step approved.
    Approved,
    /// A review step rejected.
    InRevision,
}

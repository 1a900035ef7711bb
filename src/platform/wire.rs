//! The wire contract: every name that trectl shares with the platform stands here, with its mark.
//!
//! **D** documented, **S** second hand, **A** assumed. An afternoon with a licensed account
//! corrects this module without touching the model, the planner or anyone's YAML. [`contract`] has
//! the names, marks and types of everything as one table; the types here are what trectl reads of
//! it, and are checked against the table. Answers are read leniently (unknown fields are ignored)
//! but never defaulted silently: what may be null must be there all the same.

pub mod contract;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Routes (S, unless a line says otherwise).
pub mod route {
    /// Creates a TRE.
    pub const TRE_NEW: &str = "/tre/new";
    /// Lists TREs.
    pub const FIND_TRES: &str = "/system/findTres";
    /// Lists data access requests.
    pub const FIND_REQUESTS: &str = "/system/findTreApplications";
    /// Tells who acts (D).
    pub const WHOAMI: &str = "/system/whoami";
    /// Describes an entity.
    pub const DESCRIBE: &str = "describe";
    /// Publishes a draft, or reactivates a TRE in Maintenance.
    pub const ACTIVATE: &str = "activate";
    /// Takes an active TRE into Maintenance.
    pub const DEACTIVATE: &str = "deactivate";
    /// Deletes a TRE (A).
    pub const DESTROY: &str = "destroy";
    /// Changes settings (A).
    pub const UPDATE: &str = "update";
    /// Sets policies.
    pub const SET_POLICIES: &str = "setPolicies";
    /// Sets the inventory, or the pending one.
    pub const SET_INVENTORY: &str = "setInventory";
    /// Lists data type groups.
    pub const GET_DATA_TYPE_GROUPS: &str = "getDataTypeGroups";
    /// Appends a review step.
    pub const ADD_REVIEW_STEP: &str = "addApplicationReviewStep";
    /// Changes a review step's name or description.
    pub const UPDATE_REVIEW_STEP: &str = "updateApplicationReviewStep";
    /// Removes a review step.
    pub const REMOVE_REVIEW_STEP: &str = "removeApplicationReviewStep";
    /// Adds reviewers to a step.
    pub const ADD_REVIEWERS: &str = "addApplicationReviewers";
    /// Removes reviewers from a step.
    pub const REMOVE_REVIEWERS: &str = "removeApplicationReviewers";
    /// Adds TRE admins (A).
    pub const ADD_ADMINS: &str = "addAdmins";
    /// Removes TRE admins (A).
    pub const REMOVE_ADMINS: &str = "removeAdmins";
    /// Adds authorized users (A).
    pub const ADD_AUTHORIZED_USERS: &str = "addAuthorizedUsers";
    /// Removes authorized users (A).
    pub const REMOVE_AUTHORIZED_USERS: &str = "removeAuthorizedUsers";
    /// Lists the members of an org (D).
    pub const FIND_MEMBERS: &str = "findMembers";
    /// Creates a file (D).
    pub const FILE_NEW: &str = "/file/new";
    /// Tells where a part of a file goes (D).
    pub const UPLOAD: &str = "upload";
    /// Closes a file (D).
    pub const CLOSE: &str = "close";
    /// Makes a data access request.
    pub const REQUEST_NEW: &str = "/treApplication/new";
    /// Submits a data access request.
    pub const SUBMIT: &str = "submit";
    /// Approves a data access request for a step.
    pub const APPROVE: &str = "approve";
    /// Rejects a data access request for a step.
    pub const REJECT: &str = "reject";
}

/// A state's name on the wire (D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WireState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Maintenance in the UI and our YAML.
    Amending,
}

/// The answer of `/tre-xxxx/describe` (A).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TreDescription {
    /// The id.
    pub id: String,
    /// The state (D).
    pub state: WireState,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The org that pays.
    pub bill_to: String,
    /// The region.
    pub region: String,
    /// A rate card of its own.
    #[serde(deserialize_with = "nullable")]
    pub customized_rate_card: Option<Value>,
    /// An address of its own.
    #[serde(rename = "customizedURL", deserialize_with = "nullable")]
    pub customized_url: Option<String>,
    /// `private` or `public`.
    pub visibility: String,
    /// Users.
    pub admins: Vec<String>,
    /// Users and orgs.
    pub authorized_users: Vec<String>,
    /// Policies that were ever set.
    pub policies: BTreeMap<String, Value>,
    /// The inventory.
    pub inventory: WireInventories,
    /// The review pipeline, in order.
    pub application_review_steps: Vec<WireStep>,
    /// Milliseconds since the Unix epoch (D).
    pub created: i64,
    /// Milliseconds since the Unix epoch (D).
    pub modified: i64,
    /// Who created it.
    pub created_by: String,
}

/// The two inventories of a description (A); either may be null.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WireInventories {
    /// What is given out; in a draft, what was set.
    #[serde(deserialize_with = "nullable")]
    pub active: Option<WireInventory>,
    /// What the next activation gives out.
    #[serde(deserialize_with = "nullable")]
    pub pending: Option<WireInventory>,
}

/// One inventory on the wire (A).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireInventory {
    /// The version.
    pub version: String,
    /// The Tabular Data Inventory; optional (S).
    #[serde(default)]
    pub tabular_data: Option<String>,
    /// The Data Showcase; optional (S).
    #[serde(default)]
    pub data_showcase: Option<String>,
    /// The File Inventory.
    #[serde(deserialize_with = "nullable")]
    pub file_inventory: Option<String>,
    /// The Data Collections.
    #[serde(deserialize_with = "nullable")]
    pub data_collections: Option<String>,
}

/// One review step on the wire (A).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireStep {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// Users.
    pub reviewers: Vec<String>,
}

/// A page of `/system/findTres` and its like: `results` and `next`, null at the end (D).
#[derive(Debug, Clone, Deserialize)]
pub struct Page<T> {
    /// The results of this page.
    pub results: Vec<T>,
    /// Where the next page begins.
    #[serde(deserialize_with = "nullable")]
    pub next: Option<Value>,
}

/// One result of a listing with `describe` (A).
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// The id.
    pub id: String,
    /// The description, where it was asked for and given.
    #[serde(default)]
    pub describe: Option<Value>,
}

/// One result of `/org-xxxx/findMembers` (D).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgMember {
    /// The user.
    pub id: String,
    /// `ADMIN` or `MEMBER`.
    pub level: String,
    /// May create TREs for the org and be their admin.
    pub tre_management: bool,
}

/// The answer of `describe` for projects, records and files (D).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "AnyObject")]
pub struct ObjectDescription {
    /// The id.
    pub id: String,
    /// `project`, `record` or `file`.
    pub class: String,
    /// The project of a record or file.
    pub project: Option<String>,
    /// `open`, `closing` or `closed`, of a record or file.
    pub state: Option<String>,
    /// The types of a record or file.
    pub types: Option<Vec<String>>,
    /// Who pays, of a project.
    pub bill_to: Option<String>,
    /// Where it lies, of a project.
    pub region: Option<String>,
    /// The caller's level, of a project: `VIEW`, `UPLOAD`, `CONTRIBUTE`, `ADMINISTER` or null.
    pub level: Option<String>,
}

/// The fields of all classes. An outer `None` is a field that is not there; those without one are
/// never null.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnyObject {
    id: String,
    class: String,
    project: Option<String>,
    state: Option<String>,
    types: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    bill_to: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    region: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    level: Option<Option<String>>,
}

impl TryFrom<AnyObject> for ObjectDescription {
    type Error = String;

    /// Each class has fields of its own, and one that is not there is not the same as null: a level
    /// that is null means that the caller has none, and an embedded platform without a directory
    /// does not tell where a project lies.
    fn try_from(object: AnyObject) -> Result<Self, Self::Error> {
        let AnyObject { id, class, project, state, types, bill_to, region, level } = object;
        let is_project = class == "project";
        let lacking = [
            ("project", !is_project && project.is_none()),
            ("state", !is_project && state.is_none()),
            ("types", !is_project && types.is_none()),
            ("billTo", is_project && bill_to.is_none()),
            ("region", is_project && region.is_none()),
            ("level", is_project && level.is_none()),
        ];
        if let Some((field, _)) = lacking.into_iter().find(|(_, lacks)| *lacks) {
            return Err(format!("missing field `{field}`"));
        }
        Ok(Self {
            id,
            class,
            project,
            state,
            types,
            bill_to: bill_to.flatten(),
            region: region.flatten(),
            level: level.flatten(),
        })
    }
}

/// Reads a field that may be null and must be there all the same.
fn nullable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

/// Reads a field so that null and absence can be told apart.
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

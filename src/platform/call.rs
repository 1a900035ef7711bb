//! The calls that change something, typed: what a plan's steps are made of.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::wire::route;
use crate::model::{
    Inventory, OrgId, PolicyValue, Principal, Region, StepId, TreId, UserId, Visibility,
};

/// The operations of a plan, by the names of its JSON.
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
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Creates a draft.
    Create,
    /// Changes settings.
    Update,
    /// Sets policies.
    SetPolicies,
    /// Sets the inventory.
    SetInventory,
    /// Uploads a file of the repository.
    UploadFile,
    /// Appends a review step.
    AddReviewStep,
    /// Changes a review step's name or description.
    UpdateReviewStep,
    /// Removes a review step.
    RemoveReviewStep,
    /// Adds reviewers to a step.
    AddReviewers,
    /// Removes reviewers from a step.
    RemoveReviewers,
    /// Adds TRE admins.
    AddAdmins,
    /// Removes TRE admins.
    RemoveAdmins,
    /// Adds authorized users.
    AddAuthorizedUsers,
    /// Removes authorized users.
    RemoveAuthorizedUsers,
    /// Publishes a draft, for good.
    Publish,
    /// Takes an active TRE into Maintenance.
    Deactivate,
    /// Takes a TRE out of Maintenance.
    Reactivate,
    /// Deletes a TRE.
    Delete,
}

impl Operation {
    /// Returns the name in a plan's JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::SetPolicies => "set_policies",
            Self::SetInventory => "set_inventory",
            Self::UploadFile => "upload_file",
            Self::AddReviewStep => "add_review_step",
            Self::UpdateReviewStep => "update_review_step",
            Self::RemoveReviewStep => "remove_review_step",
            Self::AddReviewers => "add_reviewers",
            Self::RemoveReviewers => "remove_reviewers",
            Self::AddAdmins => "add_admins",
            Self::RemoveAdmins => "remove_admins",
            Self::AddAuthorizedUsers => "add_authorized_users",
            Self::RemoveAuthorizedUsers => "remove_authorized_users",
            Self::Publish => "publish",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What `/tre/new` takes (A), besides the handle.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTre {
    /// The name.
    pub name: String,
    /// The description, where there is one.
    pub description: Option<String>,
    /// The org that pays.
    pub bill_to: OrgId,
    /// Where the data lies.
    pub region: Region,
    /// A rate card of its own.
    pub customized_rate_card: Option<Value>,
    /// An address of its own.
    pub customized_url: Option<String>,
}

/// What `/tre-xxxx/update` takes (A): only what is `Some` changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreUpdate {
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Who can find it.
    pub visibility: Option<Visibility>,
    /// The org that pays.
    pub bill_to: Option<OrgId>,
    /// Where the data lies.
    pub region: Option<Region>,
    /// A rate card of its own.
    pub customized_rate_card: Option<Value>,
    /// An address of its own.
    pub customized_url: Option<String>,
}

impl TreUpdate {
    /// Tells whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What `addApplicationReviewStep` takes (A).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// The step's id.
    pub id: StepId,
    /// Its name.
    pub name: String,
    /// What it decides.
    pub description: String,
    /// Who decides it, in the order of their ids.
    pub reviewers: Vec<UserId>,
}

/// One call that changes one TRE.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// `/tre/new`
    Create(NewTre),
    /// `/tre-xxxx/update`
    Update(TreUpdate),
    /// `/tre-xxxx/setPolicies`; `PolicyValue::Default` sets null.
    SetPolicies(BTreeMap<String, PolicyValue>),
    /// `/tre-xxxx/setInventory`
    SetInventory(Inventory),
    /// `/tre-xxxx/addApplicationReviewStep`
    AddReviewStep(NewStep),
    /// `/tre-xxxx/updateApplicationReviewStep`
    UpdateReviewStep {
        /// The step.
        id: StepId,
        /// Its new name.
        name: Option<String>,
        /// Its new description.
        description: Option<String>,
    },
    /// `/tre-xxxx/removeApplicationReviewStep`
    RemoveReviewStep(StepId),
    /// `/tre-xxxx/addApplicationReviewers`
    AddReviewers(StepId, Vec<UserId>),
    /// `/tre-xxxx/removeApplicationReviewers`
    RemoveReviewers(StepId, Vec<UserId>),
    /// `/tre-xxxx/addAdmins`
    AddAdmins(Vec<UserId>),
    /// `/tre-xxxx/removeAdmins`
    RemoveAdmins(Vec<UserId>),
    /// `/tre-xxxx/addAuthorizedUsers`
    AddAuthorizedUsers(Vec<Principal>),
    /// `/tre-xxxx/removeAuthorizedUsers`
    RemoveAuthorizedUsers(Vec<Principal>),
    /// `/tre-xxxx/activate`, from draft
    Publish,
    /// `/tre-xxxx/deactivate`
    Deactivate,
    /// `/tre-xxxx/activate`, from Maintenance
    Reactivate,
    /// `/tre-xxxx/destroy`
    Delete,
}

impl Call {
    /// Returns the operation's name.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            Self::Update(_) => Operation::Update,
            Self::SetPolicies(_) => Operation::SetPolicies,
            Self::SetInventory(_) => Operation::SetInventory,
            Self::AddReviewStep(_) => Operation::AddReviewStep,
            Self::UpdateReviewStep { .. } => Operation::UpdateReviewStep,
            Self::RemoveReviewStep(_) => Operation::RemoveReviewStep,
            Self::AddReviewers(..) => Operation::AddReviewers,
            Self::RemoveReviewers(..) => Operation::RemoveReviewers,
            Self::AddAdmins(_) => Operation::AddAdmins,
            Self::RemoveAdmins(_) => Operation::RemoveAdmins,
            Self::AddAuthorizedUsers(_) => Operation::AddAuthorizedUsers,
            Self::RemoveAuthorizedUsers(_) => Operation::RemoveAuthorizedUsers,
            Self::Publish => Operation::Publish,
            Self::Deactivate => Operation::Deactivate,
            Self::Reactivate => Operation::Reactivate,
            Self::Delete => Operation::Delete,
        }
    }

    /// Returns the route that the call goes to.
    pub fn route(&self, tre: &TreId) -> String {
        let method = match self {
            Self::Create(_) => return route::TRE_NEW.to_owned(),
            Self::Update(_) => route::UPDATE,
            Self::SetPolicies(_) => route::SET_POLICIES,
            Self::SetInventory(_) => route::SET_INVENTORY,
            Self::AddReviewStep(_) => route::ADD_REVIEW_STEP,
            Self::UpdateReviewStep { .. } => route::UPDATE_REVIEW_STEP,
            Self::RemoveReviewStep(_) => route::REMOVE_REVIEW_STEP,
            Self::AddReviewers(..) => route::ADD_REVIEWERS,
            Self::RemoveReviewers(..) => route::REMOVE_REVIEWERS,
            Self::AddAdmins(_) => route::ADD_ADMINS,
            Self::RemoveAdmins(_) => route::REMOVE_ADMINS,
            Self::AddAuthorizedUsers(_) => route::ADD_AUTHORIZED_USERS,
            Self::RemoveAuthorizedUsers(_) => route::REMOVE_AUTHORIZED_USERS,
            Self::Publish | Self::Reactivate => route::ACTIVATE,
            Self::Deactivate => route::DEACTIVATE,
            Self::Delete => route::DESTROY,
        };
        format!("/{tre}/{method}")
    }

    /// Returns the JSON body of the call (field names: A).
    pub fn input(&self, tre: &TreId) -> Value {
        match self {
            Self::Create(new) => create_input(tre, new),
            Self::Update(update) => update_input(update),
            Self::SetPolicies(policies) => json!({ "policies": policies }),
            Self::SetInventory(inventory) => inventory_input(inventory),
            Self::AddReviewStep(step) => json!({
                "id": step.id,
                "name": step.name,
                "description": step.description,
                "reviewers": step.reviewers,
            }),
            Self::UpdateReviewStep { id, name, description } => {
                let mut input = Map::new();
                input.insert("id".to_owned(), json!(id));
                insert(&mut input, "name", name.as_ref());
                insert(&mut input, "description", description.as_ref());
                Value::Object(input)
            }
            Self::RemoveReviewStep(id) => json!({ "id": id }),
            Self::AddReviewers(step, people) | Self::RemoveReviewers(step, people) => {
                json!({ "stepId": step, "reviewers": people })
            }
            Self::AddAdmins(people) | Self::RemoveAdmins(people) => json!({ "admins": people }),
            Self::AddAuthorizedUsers(people) | Self::RemoveAuthorizedUsers(people) => {
                json!({ "authorizedUsers": people })
            }
            Self::Publish | Self::Deactivate | Self::Reactivate | Self::Delete => json!({}),
        }
    }
}

fn insert<T: Serialize>(input: &mut Map<String, Value>, key: &str, value: Option<T>) {
    if let Some(value) = value {
        input.insert(key.to_owned(), json!(value));
    }
}

fn create_input(tre: &TreId, new: &NewTre) -> Value {
    let NewTre { name, description, bill_to, region, customized_rate_card, customized_url } = new;
    let handle = tre.as_str().strip_prefix("tre-").unwrap_or(tre.as_str());
    let mut input = Map::new();
    insert(&mut input, "handle", Some(handle));
    insert(&mut input, "name", Some(name));
    insert(&mut input, "description", description.as_ref());
    insert(&mut input, "billTo", Some(bill_to));
    insert(&mut input, "region", Some(region));
    insert(&mut input, "customizedRateCard", customized_rate_card.as_ref());
    insert(&mut input, "customizedURL", customized_url.as_ref());
    Value::Object(input)
}

fn update_input(update: &TreUpdate) -> Value {
    let TreUpdate {
        name,
        description,
        visibility,
        bill_to,
        region,
        customized_rate_card,
        customized_url,
    } = update;
    let mut input = Map::new();
    insert(&mut input, "name", name.as_ref());
    insert(&mut input, "description", description.as_ref());
    insert(&mut input, "visibility", visibility.as_ref());
    insert(&mut input, "billTo", bill_to.as_ref());
    insert(&mut input, "region", region.as_ref());
    insert(&mut input, "customizedRateCard", customized_rate_card.as_ref());
    insert(&mut input, "customizedURL", customized_url.as_ref());
    Value::Object(input)
}

/// Every asset is named, null where it is none: the inventory is set as a whole.
fn inventory_input(inventory: &Inventory) -> Value {
    let Inventory { version, tabular_data, data_showcase, file_inventory, data_collections } =
        inventory;
    json!({
        "version": version,
        "tabularData": tabular_data,
        "dataShowcase": data_showcase,
        "fileInventory": file_inventory,
        "dataCollections": data_collections,
    })
}

//! What trectl last put on the platform, as plain data: the third side of a three-way comparison.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{OrgId, Principal, Region, StepId, TreId, UserId};
use super::policy::PolicyValue;
use super::tre::{Inventory, TreState, Visibility};

/// The managed settings of one TRE as they were last applied. What is `None` (or, among policies,
/// missing) was not managed then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppliedTre {
    /// The state that trectl last brought about.
    pub state: TreState,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who can find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Policies, name by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, PolicyValue>,
    /// The admins as declared, so without an operator that was not listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admins: Option<BTreeSet<UserId>>,
    /// The authorized users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_users: Option<BTreeSet<Principal>>,
    /// The inventory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Inventory>,
    /// The org that pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_to: Option<OrgId>,
    /// Where the data lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// An address of its own.
    #[serde(default, rename = "customizedURL", skip_serializing_if = "Option::is_none")]
    pub customized_url: Option<String>,
    /// A rate card of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customized_rate_card: Option<Value>,
    /// The review pipeline, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_steps: Option<Vec<AppliedStep>>,
}

impl AppliedTre {
    /// Returns a record that manages nothing but the state.
    pub fn of_state(state: TreState) -> Self {
        Self {
            state,
            name: None,
            description: None,
            visibility: None,
            policies: BTreeMap::new(),
            admins: None,
            authorized_users: None,
            inventory: None,
            bill_to: None,
            region: None,
            customized_url: None,
            customized_rate_card: None,
            review_steps: None,
        }
    }
}

/// One review step as it was last applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AppliedStep {
    /// The step's id.
    pub id: StepId,
    /// Its name, where it was managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description, where it was managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its reviewers, where they were managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewers: Option<BTreeSet<UserId>>,
}

/// What was last applied to a target, by TRE.
pub type Applied = BTreeMap<TreId, AppliedTre>;

//! One TRE as its document asks for it. A setting that is `None` is not managed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{AcceptedDrift, At, Consent, People};
use crate::diag::Range;
use crate::model::{
    Asset, DesiredState, Inventory, OrgId, PolicyValue, Principal, Region, StepId, TreId, UserId,
    Visibility,
};

/// A TRE's document, checked and resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct DesiredTre {
    /// The whole document.
    pub range: Range,
    /// The id, for ever.
    pub id: At<TreId>,
    /// The id that it is said to have had before.
    pub previously: Option<At<TreId>>,
    /// The state asked for.
    pub state: At<DesiredState>,
    /// False where the document says `managed: false`: management ends, quietly.
    pub is_managed: bool,
    /// The name.
    pub name: Option<At<String>>,
    /// The description.
    pub description: Option<At<String>>,
    /// Who can find it.
    pub visibility: Option<At<Visibility>>,
    /// Policies name by name, profiles included, each with the place that won.
    pub policies: BTreeMap<String, At<PolicyValue>>,
    /// The admins.
    pub admins: Option<People<UserId>>,
    /// The authorized users.
    pub authorized_users: Option<People<Principal>>,
    /// The inventory, managed as a whole.
    pub inventory: Option<DesiredInventory>,
    /// The org that pays.
    pub bill_to: Option<At<OrgId>>,
    /// Where the data lies.
    pub region: Option<At<Region>>,
    /// An address of its own.
    pub customized_url: Option<At<String>>,
    /// A rate card of its own.
    pub customized_rate_card: Option<At<Value>>,
    /// The review pipeline, managed as a whole; names, descriptions and reviewers one by one.
    pub review_steps: Option<At<Vec<DesiredStep>>>,
    /// Consents to one change.
    pub consents: Vec<Consent>,
    /// Values of the platform that may stand for a time.
    pub accepted_drift: Vec<AcceptedDrift>,
}

/// An inventory as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct DesiredInventory {
    /// The whole mapping.
    pub range: Range,
    /// What it asks for.
    pub inventory: Inventory,
    /// The place of the version.
    pub version_range: Range,
    /// The places of the assets that are written.
    pub asset_ranges: BTreeMap<Asset, Range>,
}

/// A review step as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct DesiredStep {
    /// The whole entry.
    pub range: Range,
    /// The id.
    pub id: At<StepId>,
    /// The name.
    pub name: Option<At<String>>,
    /// What it decides.
    pub description: Option<At<String>>,
    /// Who decides it.
    pub reviewers: Option<People<UserId>>,
}

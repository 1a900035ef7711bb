//! What the platform keeps: TREs, data access requests, and the nonces of recent creations.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::ids::{
    ObjectId, OrgId, Principal, ProjectId, Region, RequestId, StepId, TreId, UserId,
};
use crate::platform::seed::{RequestState, SeedVisibility};
use crate::platform::wire::WireState;

/// A TRE.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct Tre {
    pub id: TreId,
    pub state: WireState,
    pub name: String,
    pub description: String,
    pub bill_to: OrgId,
    pub region: Region,
    pub rate_card: Option<Value>,
    pub url: Option<String>,
    pub visibility: SeedVisibility,
    pub admins: BTreeSet<UserId>,
    pub authorized_users: BTreeSet<Principal>,
    pub policies: BTreeMap<String, Value>,
    pub active: Option<Inventory>,
    pub pending: Option<Inventory>,
    pub steps: Vec<Step>,
    pub created: i64,
    pub modified: i64,
    pub created_by: UserId,
}

impl Tre {
    /// Tells whether the TRE was published, in Maintenance or not.
    pub fn is_published(&self) -> bool {
        self.state != WireState::Draft
    }

    /// Tells whether a user decides a step of the review.
    pub fn has_reviewer(&self, user: &UserId) -> bool {
        self.steps.iter().any(|step| step.reviewers.contains(user))
    }

    /// Returns the answer of `describe`.
    pub fn describe(&self) -> Value {
        let Self {
            id,
            state,
            name,
            description,
            bill_to,
            region,
            rate_card,
            url,
            visibility,
            admins,
            authorized_users,
            policies,
            active,
            pending,
            steps,
            created,
            modified,
            created_by,
        } = self;
        json!({
            "id": id,
            "class": "tre",
            "state": state,
            "name": name,
            "description": description,
            "billTo": bill_to,
            "region": region,
            "customizedRateCard": rate_card,
            "customizedURL": url,
            "visibility": visibility,
            "admins": admins,
            "authorizedUsers": authorized_users,
            "policies": policies,
            "inventory": {
                "active": active.as_ref().map(Inventory::describe),
                "pending": pending.as_ref().map(Inventory::describe),
            },
            "applicationReviewSteps": steps,
            "created": created,
            "modified": modified,
            "createdBy": created_by,
        })
    }
}

/// One of the four assets of an inventory (D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) enum Slot {
    TabularData,
    DataShowcase,
    FileInventory,
    DataCollections,
}

impl Slot {
    pub const ALL: [Self; 4] =
        [Self::TabularData, Self::DataShowcase, Self::FileInventory, Self::DataCollections];

    /// Returns the field on the wire.
    pub fn key(self) -> &'static str {
        match self {
            Self::TabularData => "tabularData",
            Self::DataShowcase => "dataShowcase",
            Self::FileInventory => "fileInventory",
            Self::DataCollections => "dataCollections",
        }
    }

    /// Tells whether the asset is a Dataset record rather than a file (D).
    pub fn is_dataset(self) -> bool {
        matches!(self, Self::TabularData | Self::DataShowcase)
    }
}

/// One version of what a TRE gives out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sim) struct Inventory {
    pub version: String,
    pub assets: BTreeMap<Slot, Placed>,
}

/// An asset, the project it lies in, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sim) struct Placed {
    pub text: String,
    pub object: ObjectId,
    pub project: ProjectId,
}

impl Placed {
    /// Tells whether both are the same asset, however written.
    pub fn is_same(&self, other: &Self) -> bool {
        self.object == other.object && self.project == other.project
    }
}

impl Inventory {
    /// Tells whether both give out the same, however written.
    pub fn is_same(&self, other: &Self) -> bool {
        self.version == other.version
            && Slot::ALL.into_iter().all(|slot| {
                match (self.assets.get(&slot), other.assets.get(&slot)) {
                    (Some(mine), Some(theirs)) => mine.is_same(theirs),
                    (None, None) => true,
                    _ => false,
                }
            })
    }

    /// Returns the Data Showcase.
    pub fn showcase(&self) -> Option<&Placed> {
        self.assets.get(&Slot::DataShowcase)
    }

    fn describe(&self) -> Value {
        let text = |slot: Slot| self.assets.get(&slot).map(|placed| placed.text.as_str());
        json!({
            "version": self.version,
            "tabularData": text(Slot::TabularData),
            "dataShowcase": text(Slot::DataShowcase),
            "fileInventory": text(Slot::FileInventory),
            "dataCollections": text(Slot::DataCollections),
        })
    }
}

/// One step of the review pipeline; a row has the shape of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sim) struct Step {
    pub id: StepId,
    pub name: String,
    pub description: String,
    pub reviewers: BTreeSet<UserId>,
}

/// A data access request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct Request {
    pub id: RequestId,
    pub tre: TreId,
    pub name: String,
    pub state: RequestState,
    /// The steps that approved it since it was last submitted.
    pub approved: BTreeSet<StepId>,
    pub created: i64,
    pub modified: i64,
    pub created_by: UserId,
}

impl Request {
    /// Returns the answer of `describe`.
    pub fn describe(&self) -> Value {
        let Self { id, tre, name, state, approved, created, modified, created_by } = self;
        json!({
            "id": id,
            "class": "treApplication",
            "tre": tre,
            "name": name,
            "state": state,
            "approvedSteps": approved,
            "created": created,
            "modified": modified,
            "createdBy": created_by,
        })
    }
}

/// What a call with a nonce asked and got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::sim) struct Nonce {
    pub time: i64,
    pub input: Value,
    pub answer: Value,
}

//! A TRE as plain data, and the live state of a whole target.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{AssetRef, OrgId, Principal, Region, StepId, TreId, UserId};
use super::policy::PolicyValue;

/// A state of the lifecycle. `amending` on the wire is `maintenance` in the UI and our YAML (D).
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
#[serde(rename_all = "lowercase")]
pub enum TreState {
    /// After creation: everything can be configured (D).
    Draft,
    /// Deactivated: flagged to researchers, no new requests, the inventory can change (D).
    Maintenance,
    /// Open for requests and projects; inventory and review pipeline are frozen (D).
    Active,
}

impl TreState {
    /// Every state, least exposed first.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Maintenance, Self::Active];

    /// Returns the name used in YAML and in everything people read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Maintenance => "maintenance",
            Self::Active => "active",
        }
    }

    /// Tells whether the TRE has been published: its review pipeline is frozen for good (D).
    pub fn is_published(self) -> bool {
        self != Self::Draft
    }
}

impl fmt::Display for TreState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The state a document asks for.
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
#[serde(rename_all = "lowercase")]
pub enum DesiredState {
    /// To be configured, visible to its admins only.
    Draft,
    /// To be open for requests.
    Active,
    /// To be closed for new requests, its inventory open for change.
    Maintenance,
    /// To be deleted; needs the consent `delete`.
    Deleted,
}

impl DesiredState {
    /// Returns the live state this asks for, or `None` where the TRE is to be gone.
    pub fn live(self) -> Option<TreState> {
        match self {
            Self::Draft => Some(TreState::Draft),
            Self::Active => Some(TreState::Active),
            Self::Maintenance => Some(TreState::Maintenance),
            Self::Deleted => None,
        }
    }

    /// Returns the name used in YAML.
    pub fn as_str(self) -> &'static str {
        self.live().map_or("deleted", TreState::as_str)
    }
}

impl fmt::Display for DesiredState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who can find an active TRE: the listed authorized users, or every platform user (D).
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
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Listed authorized users only.
    Private,
    /// Discoverable by every platform user.
    Public,
}

impl Visibility {
    /// Returns the name used in YAML and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

/// One of the four assets of an inventory (D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// Full phenotypic or clinical data: a Dataset record.
    TabularData,
    /// The curated subset that can be seen before asking: a Dataset record in a project of its own.
    DataShowcase,
    /// Maps every bulk file to its dispensal rules: a TSV file.
    FileInventory,
    /// The collections that can be selected in a request: a JSON file.
    DataCollections,
}

impl Asset {
    /// The four assets in the order of the YAML.
    pub const ALL: [Self; 4] =
        [Self::TabularData, Self::DataShowcase, Self::FileInventory, Self::DataCollections];

    /// Returns the key in YAML and on the wire.
    pub fn key(self) -> &'static str {
        match self {
            Self::TabularData => "tabularData",
            Self::DataShowcase => "dataShowcase",
            Self::FileInventory => "fileInventory",
            Self::DataCollections => "dataCollections",
        }
    }

    /// Tells whether the asset must be a Dataset record rather than a file (D).
    pub fn is_dataset(self) -> bool {
        matches!(self, Self::TabularData | Self::DataShowcase)
    }
}

/// One version of what a TRE gives out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// The version's name; quoted text such as `2026.1`.
    pub version: String,
    /// The Tabular Data Inventory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tabular_data: Option<AssetRef>,
    /// The Data Showcase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_showcase: Option<AssetRef>,
    /// The File Inventory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_inventory: Option<AssetRef>,
    /// The Data Collections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_collections: Option<AssetRef>,
}

impl Inventory {
    /// Returns the reference of one asset, if it is set.
    pub fn asset(&self, asset: Asset) -> Option<&AssetRef> {
        match asset {
            Asset::TabularData => self.tabular_data.as_ref(),
            Asset::DataShowcase => self.data_showcase.as_ref(),
            Asset::FileInventory => self.file_inventory.as_ref(),
            Asset::DataCollections => self.data_collections.as_ref(),
        }
    }

    /// Returns the assets that are set, in the order of the YAML.
    pub fn assets(&self) -> impl Iterator<Item = (Asset, &AssetRef)> {
        Asset::ALL.into_iter().filter_map(|asset| Some((asset, self.asset(asset)?)))
    }

    /// Tells whether both give out the same: the version and every asset, a project that is not
    /// written fitting any.
    pub fn is_same(&self, other: &Self) -> bool {
        self.version == other.version
            && Asset::ALL.into_iter().all(|asset| match (self.asset(asset), other.asset(asset)) {
                (Some(mine), Some(theirs)) => mine.is_same(theirs),
                (None, None) => true,
                _ => false,
            })
    }
}

/// One step of the review pipeline, with who decides it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewStep {
    /// The step's id, unique in the TRE.
    pub id: StepId,
    /// The step's name.
    pub name: String,
    /// What the step decides.
    pub description: String,
    /// Individual users (A).
    pub reviewers: BTreeSet<UserId>,
}

/// A TRE's settings: as they are on the platform, or as they will be.
///
/// This is the shape of `before` and `after` in a plan's JSON, in YAML's names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tre {
    /// The TRE's id.
    pub id: TreId,
    /// Its state.
    pub state: TreState,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Who can find it.
    pub visibility: Visibility,
    /// The policies that were ever set; one that is missing has its loosest value (A).
    pub policies: BTreeMap<String, PolicyValue>,
    /// Individual users, the operator among them where it is an admin.
    pub admins: BTreeSet<UserId>,
    /// Users and orgs that may find it and send requests.
    pub authorized_users: BTreeSet<Principal>,
    /// The inventory that is compared: the pending one if there is one, else the active one.
    pub inventory: Option<Inventory>,
    /// The org that pays.
    pub bill_to: OrgId,
    /// Where the data lies.
    pub region: Region,
    /// An address of its own.
    #[serde(rename = "customizedURL", skip_serializing_if = "Option::is_none")]
    pub customized_url: Option<String>,
    /// A rate card of its own; its form is not public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_rate_card: Option<Value>,
    /// The review pipeline, in order.
    pub review_steps: Vec<ReviewStep>,
}

impl Tre {
    /// Returns the review step of that id.
    pub fn review_step(&self, id: &StepId) -> Option<&ReviewStep> {
        self.review_steps.iter().find(|step| step.id == *id)
    }
}

/// Data access requests of a TRE, counted by what matters to a change.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct RequestCounts {
    /// Requests that wait for a decision (`in-review`) (D).
    pub in_review: u64,
    /// Requests that were approved (D).
    pub approved: u64,
}

/// One TRE as the platform describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveTre {
    /// Its settings, with the inventory that is compared.
    pub tre: Tre,
    /// The inventory that researchers get now, where a pending one hides it in `tre.inventory`.
    pub active_inventory: Option<Inventory>,
    /// Tells whether `tre.inventory` is pending: set in Maintenance, not yet given out (D).
    pub is_pending: bool,
    /// The whole answer, fields we do not know included, for `show --format json`.
    pub raw: Value,
}

impl LiveTre {
    /// Returns when anybody last changed it, in milliseconds since the Unix epoch (A), where the
    /// platform tells.
    pub fn modified(&self) -> Option<i64> {
        self.raw.get("modified")?.as_i64()
    }
}

/// The live state of a target: every TRE of its selection that the operator can see.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The TREs by id.
    pub tres: BTreeMap<TreId, LiveTre>,
    /// Data access requests, for the TREs where they were asked for.
    pub requests: BTreeMap<TreId, RequestCounts>,
}

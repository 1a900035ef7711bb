//! A document in the shortest form, and the one that the planner takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use trectl::desired::{
    At, Consent, Desired, DesiredInventory, DesiredStep, DesiredTre, Guards, People,
    PlatformTarget, Project, StateTarget, Target,
};
use trectl::diag::{Position, Range};
use trectl::model::{
    Asset, AssetRef, DesiredState, Inventory, OrgId, PolicyTable, PolicyValue, Principal, Region,
    StepId, TreId, UserId, Visibility,
};
use trectl::platform::seed::SeedInventory;

/// What a document asks for; a setting that is `None` is not managed.
#[derive(Clone, PartialEq, Serialize)]
pub struct Document {
    pub state: DesiredState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    pub policies: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admins: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inventory: Option<SeedInventory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_card: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
    #[serde(skip)]
    pub consents: Vec<Consent>,
}

/// One review step of a document.
#[derive(Clone, PartialEq, Serialize)]
pub struct Step {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewers: Option<BTreeSet<String>>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Document {
    /// Returns a document that manages nothing but the state.
    pub fn of(state: DesiredState) -> Self {
        Self {
            state,
            name: None,
            description: None,
            visibility: None,
            policies: BTreeMap::new(),
            admins: None,
            users: None,
            inventory: None,
            bill_to: None,
            region: None,
            url: None,
            rate_card: None,
            steps: None,
            consents: Vec::new(),
        }
    }

    /// Returns the document as the planner takes it.
    pub fn resolved(&self, id: &str) -> DesiredTre {
        DesiredTre {
            range: range(),
            id: at(TreId::from_platform(id)),
            previously: None,
            state: at(self.state),
            is_managed: true,
            name: self.name.clone().map(at),
            description: self.description.clone().map(at),
            visibility: self.visibility.map(at),
            policies: self
                .policies
                .iter()
                .map(|(name, value)| (name.clone(), at(PolicyValue::from(value.clone()))))
                .collect(),
            admins: self.admins.as_ref().map(|list| people(list, UserId::from_platform)),
            authorized_users: self
                .users
                .as_ref()
                .map(|list| people(list, Principal::from_platform)),
            inventory: self.inventory.as_ref().map(|inventory| DesiredInventory {
                range: range(),
                inventory: assets(inventory),
                version_range: range(),
                asset_ranges: Asset::ALL.map(|asset| (asset, range())).into(),
            }),
            bill_to: self.bill_to.as_deref().map(|id| at(OrgId::from_platform(id))),
            region: self.region.as_deref().map(|id| at(Region::from_platform(id))),
            customized_url: self.url.clone().map(at),
            customized_rate_card: self.rate_card.clone().map(at),
            review_steps: self.steps.as_ref().map(|steps| at(steps.iter().map(step).collect())),
            consents: self.consents.clone(),
            accepted_drift: Vec::new(),
        }
    }
}

/// Returns a place; which one does not matter here.
pub fn range() -> Range {
    Range { file: Arc::from("case.yaml"), start: Position::default(), end: Position::default() }
}

fn at<T>(value: T) -> At<T> {
    At { value, range: range() }
}

fn people<T: Ord>(list: &BTreeSet<String>, id: impl Fn(&str) -> T) -> People<T> {
    People { range: range(), members: list.iter().map(|person| (id(person), Vec::new())).collect() }
}

/// Returns an inventory as the model has it.
pub fn assets(inventory: &SeedInventory) -> Inventory {
    let SeedInventory { version, tabular_data, data_showcase, file_inventory, data_collections } =
        inventory;
    let asset = |text: &Option<String>| text.as_deref().map(AssetRef::from_platform);
    Inventory {
        version: version.clone(),
        tabular_data: asset(tabular_data),
        data_showcase: asset(data_showcase),
        file_inventory: asset(file_inventory),
        data_collections: asset(data_collections),
    }
}

fn step(step: &Step) -> DesiredStep {
    let Step { id, name, description, reviewers } = step;
    DesiredStep {
        range: range(),
        id: at(StepId::from_platform(id)),
        name: name.clone().map(at),
        description: description.clone().map(at),
        reviewers: reviewers.as_ref().map(|list| people(list, UserId::from_platform)),
    }
}

/// Returns the target that every case is for; it asks for the consent to publish where told to.
pub fn target(ask_consent: &[trectl::desired::ConsentKind]) -> Target {
    Target {
        name: "local".to_owned(),
        platform: PlatformTarget::Embedded { path: "platform.db".into(), seed: None },
        state: StateTarget::Local("state".into()),
        select_bill_to: None,
        ask_consent: ask_consent.to_vec(),
    }
}

/// Returns a repository with these documents, of which each has an id of its own.
pub fn repository(documents: impl IntoIterator<Item = DesiredTre>) -> Desired {
    let target = target(&[]);
    Desired {
        project: Project {
            targets: BTreeMap::from([(target.name.clone(), target)]),
            default_target: None,
            guards: Guards::default(),
        },
        tres: documents.into_iter().map(|tre| (tre.id.value.clone(), tre)).collect(),
        policies: PolicyTable::default(),
    }
}

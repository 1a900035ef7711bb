//! What a path gives, by the state of the TRE, and how well that is known.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Path;
use crate::lifecycle::Evidence;
use crate::model::{StepId, TreState};

/// Something that somebody may do.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(tag = "right", rename_all = "snake_case")]
pub enum Right {
    /// Find the TRE and see its description.
    Find,
    /// Send new data access requests.
    SendRequests,
    /// Read the whole project that the Data Showcase lies in.
    ReadShowcaseProject,
    /// Decide data access requests at a review step.
    DecideStep {
        /// The step.
        step: StepId,
    },
    /// Change the TRE's settings.
    ChangeTre,
    /// Administer every project that the inventory lies in.
    AdministerInventoryProjects,
}

/// Something that somebody may do, with how well that is known.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Grant {
    /// What they may do.
    #[serde(flatten)]
    pub right: Right,
    /// How well it is known.
    pub evidence: Evidence,
}

/// What a TRE holds that a path can give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holds {
    pub state: TreState,
    pub has_inventory: bool,
    pub has_showcase: bool,
}

/// Returns what a path gives; nothing at all where it leads nowhere yet.
pub(super) fn grants(path: &Path, holds: Holds) -> Vec<Grant> {
    use Evidence::{Assumed, Documented};
    let Holds { state, has_inventory, has_showcase } = holds;
    let is_active = state == TreState::Active;
    let mut grants = Vec::new();
    let mut give = |holds: bool, right: Right, evidence| {
        if holds {
            grants.push(Grant { right, evidence });
        }
    };
    if state == TreState::Draft {
        // A draft is visible to its admins only (A), who configure all of it (D).
        give(*path == Path::Admin, Right::Find, Assumed);
        give(*path == Path::Admin, Right::ChangeTre, Documented);
        return grants;
    }
    match path {
        Path::Admin => {
            give(true, Right::Find, Documented);
            give(is_active, Right::SendRequests, Assumed);
            give(has_showcase, Right::ReadShowcaseProject, Documented);
            give(true, Right::ChangeTre, Documented);
            give(has_inventory, Right::AdministerInventoryProjects, Documented);
        }
        Path::Listed | Path::Member { .. } => {
            give(true, Right::Find, Documented);
            give(is_active, Right::SendRequests, Documented);
            give(has_showcase, Right::ReadShowcaseProject, Documented);
        }
        Path::Reviewer { step } => {
            give(true, Right::Find, Assumed);
            give(is_active, Right::SendRequests, Assumed);
            give(has_showcase, Right::ReadShowcaseProject, Documented);
            // Whether requests can be decided in Maintenance is not documented.
            let evidence = if is_active { Documented } else { Assumed };
            give(true, Right::DecideStep { step: step.clone() }, evidence);
        }
        Path::Public => {
            give(true, Right::Find, if is_active { Documented } else { Assumed });
            // Whether a mere visitor may send requests is not documented.
            give(is_active, Right::SendRequests, Assumed);
        }
    }
    grants
}

/// Returns what several paths give together: each right once, as well known as the best of them.
pub fn merged(grants: impl IntoIterator<Item = Grant>) -> Vec<Grant> {
    let mut best: BTreeMap<Right, Evidence> = BTreeMap::new();
    for Grant { right, evidence } in grants {
        best.entry(right).and_modify(|known| *known = evidence.min(*known)).or_insert(evidence);
    }
    best.into_iter().map(|(right, evidence)| Grant { right, evidence }).collect()
}

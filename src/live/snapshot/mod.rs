//! The live state of a target in one file: for plans without a platform, for audit and support.
//!
//! It holds ids, and what the platform says of TREs; no token, and nothing about people beyond
//! their ids. What it does not hold is unknown to whoever reads it, not missing on the platform.

mod file;
mod survey;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use file::SnapshotError;
pub use survey::{survey, without_strangers};

use super::convert::live_tre;
use super::{LiveError, directory};
use crate::model::{Applied, Directory, Live, OrgId, Questions, RequestCounts, TreId};
use crate::plan::{SnapshotInfo, TargetInfo};
use crate::platform::Described;
use crate::platform::wire::TreDescription;

/// What the key `kind` of a snapshot says.
const KIND: &str = "Snapshot";
/// The version of the format; a change of meaning changes the first number.
const FORMAT_VERSION: &str = "1.0";

/// The live state of one target at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// The version of this format.
    pub format_version: String,
    /// Always `Snapshot`.
    pub kind: String,
    /// The version of trectl that took it.
    pub trectl_version: String,
    /// When the live state was read, RFC 3339 in UTC.
    pub taken_at: String,
    /// `sha256:…` over every other key but `taken_at`, so that two snapshots of the same state have
    /// the same one.
    pub digest: String,
    /// What it was taken of.
    pub target: TargetInfo,
    /// Which TREs belong to it.
    pub select: Selection,
    /// Each TRE of the selection as the platform describes it, in the order of ids. Keys that
    /// trectl does not know are kept.
    pub tres: Vec<Value>,
    /// Data access requests by TRE, where the acting account may count them.
    pub requests: BTreeMap<TreId, RequestCounts>,
    /// What the platform told of people, orgs and assets. What is not here is unknown.
    pub directory: Directory,
    /// What trectl last applied, by TRE.
    pub applied: Applied,
}

/// Which TREs belong to a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// Those billed to these orgs, or null for every one that the acting account can see.
    pub bill_to: Option<Vec<OrgId>>,
}

/// What a snapshot is made from.
#[derive(Debug)]
pub struct Content<'a> {
    /// When the live state was read, RFC 3339 in UTC.
    pub taken_at: String,
    /// What it was taken of.
    pub target: TargetInfo,
    /// The orgs that the target selects, or `None` for all.
    pub select_bill_to: Option<&'a [OrgId]>,
    /// The TREs.
    pub live: &'a Live,
    /// Their data access requests, where they could be counted.
    pub requests: BTreeMap<TreId, RequestCounts>,
    /// What the platform told of people, orgs and assets.
    pub directory: Directory,
    /// What was last applied.
    pub applied: &'a Applied,
}

impl Snapshot {
    /// Returns a snapshot with its digest.
    pub fn of(content: Content<'_>) -> Self {
        let Content { taken_at, target, select_bill_to, live, requests, directory, applied } =
            content;
        let mut snapshot = Self {
            format_version: FORMAT_VERSION.to_owned(),
            kind: KIND.to_owned(),
            trectl_version: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            digest: String::new(),
            target,
            select: Selection { bill_to: select_bill_to.map(<[OrgId]>::to_vec) },
            tres: live.tres.values().map(|tre| tre.raw.clone()).collect(),
            requests,
            directory,
            applied: applied.clone(),
        };
        snapshot.seal();
        snapshot
    }

    /// Gives the snapshot the digest of what it holds.
    pub fn seal(&mut self) {
        self.digest = file::digest(&file::to_value(self));
    }

    /// Returns the TREs that are billed to one of the orgs, or all of them.
    ///
    /// # Errors
    ///
    /// Where a description is none by the wire contract.
    pub fn live(&self, select_bill_to: Option<&[OrgId]>) -> Result<Live, LiveError> {
        let mut live = Live::default();
        for raw in &self.tres {
            let tre = TreDescription::deserialize(raw).map_err(|error| LiveError::Recorded {
                tre: raw.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
                reason: error.to_string(),
            })?;
            let tre = live_tre(Described { tre, raw: raw.clone() })?;
            if select_bill_to.is_none_or(|orgs| orgs.contains(&tre.tre.bill_to)) {
                live.tres.insert(tre.tre.id.clone(), tre);
            }
        }
        Ok(live)
    }

    /// Returns what is known of people, orgs and assets, everybody included who is asked for and
    /// named somewhere in the snapshot.
    pub fn directory(&self, questions: &Questions, live: &Live) -> Directory {
        let mut known = self.directory.clone();
        directory::recognize(&questions.people, live, &mut known);
        known
    }

    /// Returns the orgs of a selection that the snapshot does not cover.
    pub fn uncovered<'a>(&self, select_bill_to: Option<&'a [OrgId]>) -> Uncovered<'a> {
        match (&self.select.bill_to, select_bill_to) {
            (None, _) => Uncovered::Nothing,
            (Some(_), None) => Uncovered::AllOthers,
            (Some(taken), Some(asked)) => {
                let missing: Vec<&OrgId> =
                    asked.iter().filter(|org| !taken.contains(org)).collect();
                if missing.is_empty() { Uncovered::Nothing } else { Uncovered::Orgs(missing) }
            }
        }
    }

    /// Returns which snapshot this is.
    pub fn info(&self) -> SnapshotInfo {
        SnapshotInfo { digest: self.digest.clone(), taken_at: self.taken_at.clone() }
    }
}

/// What of a selection is not in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncovered<'a> {
    /// Nothing: all of it is there.
    Nothing,
    /// The TREs billed to these orgs.
    Orgs(Vec<&'a OrgId>),
    /// Every TRE that is billed to other orgs than those of the snapshot.
    AllOthers,
}

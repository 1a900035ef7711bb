//! Which side moved, field by field.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::accept::{Acceptance, Judgement, judge};
use crate::desired::AcceptedDrift;
use crate::diff::{Change, Field, OriginClass};
use crate::model::{Tre, TreId};

/// One managed field where desired, applied and live do not agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DriftItem {
    /// `tre.<id>`.
    pub address: String,
    /// A JSON Pointer.
    pub path: String,
    /// The same with people and review steps by their ids, as `acceptedDrift` names it.
    #[serde(default)]
    pub key: String,
    /// Who moved.
    pub class: DriftClass,
    /// What was last applied; null without a record.
    pub applied: Value,
    /// What is on the platform.
    pub live: Value,
    /// What the repository asks for.
    pub desired: Value,
    /// Who accepts the live value for now; null where nobody does.
    pub accepted: Option<Acceptance>,
    /// Why an entry that accepts drift here does not count: expired, or the live value has moved.
    pub rejected: Option<String>,
    /// When anybody last changed the TRE on the platform, as the platform tells it (A), RFC 3339.
    /// `drift` says it of edits there; by whom the platform does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// When a drift run that wrote to the journal first saw this, RFC 3339, if each such run since
    /// then saw the same, counted it alike, and nothing was applied in between; absent where none
    /// did, or where the journal was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    /// What the journal tells besides: a full sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl DriftItem {
    /// Tells whether somebody edited the platform.
    pub fn is_edit(&self) -> bool {
        matches!(self.class, DriftClass::OutOfBand | DriftClass::Conflict)
    }
}

/// Who moved.
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
pub enum DriftClass {
    /// The repository moved and was not applied yet.
    Unapplied,
    /// The platform moved behind the repository's back.
    OutOfBand,
    /// Both moved.
    Conflict,
}

impl DriftClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Unapplied, Self::OutOfBand, Self::Conflict];

    /// Returns the name on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unapplied => "unapplied",
            Self::OutOfBand => "out_of_band",
            Self::Conflict => "conflict",
        }
    }
}

/// Returns the drift of one TRE from what differs between its document and what is live; the day
/// (UTC) is the one on which accepted drift is judged.
///
/// A TRE that is not there is one item: gone from the platform is out of band, never there is
/// unapplied.
pub fn items(
    tre: &TreId,
    live: Option<&Tre>,
    changes: &[Change],
    accepted: &[AcceptedDrift],
    today: Date,
) -> Vec<DriftItem> {
    changes
        .iter()
        // An earlier id is a wish about another TRE: nothing of it is live here.
        .filter(|change| change.field != Field::Id)
        .filter(|change| live.is_some() || change.field == Field::State)
        .map(|change| {
            let judgement = judge(accepted, change, today);
            item(tre, change, class(live, change.origin), judgement)
        })
        .collect()
}

fn class(live: Option<&Tre>, origin: OriginClass) -> DriftClass {
    match (live, origin) {
        (_, OriginClass::First) => DriftClass::Unapplied,
        (None, _) | (Some(_), OriginClass::Revert) => DriftClass::OutOfBand,
        (Some(_), OriginClass::Conflict) => DriftClass::Conflict,
        (Some(_), OriginClass::Change) => DriftClass::Unapplied,
    }
}

fn item(tre: &TreId, change: &Change, class: DriftClass, judgement: Judgement) -> DriftItem {
    let (accepted, rejected) = match judgement {
        Judgement::Unnamed => (None, None),
        Judgement::Accepted(acceptance) => (Some(acceptance), None),
        Judgement::Rejected(why) => (None, Some(why)),
    };
    DriftItem {
        address: format!("tre.{tre}"),
        path: change.path.clone(),
        key: change.field.key(),
        class,
        applied: applied(change),
        live: change.before.clone(),
        desired: change.after.clone(),
        accepted,
        rejected,
        modified: None,
        first_seen: None,
        note: None,
    }
}

fn applied(change: &Change) -> Value {
    if change.origin == OriginClass::First { json!(null) } else { change.applied.clone() }
}

//! Which side moved, field by field.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diff::{Change, Field, OriginClass};
use crate::model::{Tre, TreId};

/// One managed field where desired, applied and live do not agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DriftItem {
    /// `tre.<id>`.
    pub address: String,
    /// A JSON Pointer.
    pub path: String,
    /// Who moved.
    pub class: DriftClass,
    /// What was last applied; null without a record.
    pub applied: Value,
    /// What is on the platform.
    pub live: Value,
    /// What the repository asks for.
    pub desired: Value,
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

/// Returns the drift of one TRE from what differs between its document and what is live.
///
/// A TRE that is not there is one item: gone from the platform is out of band, never there is
/// unapplied.
pub fn items(tre: &TreId, live: Option<&Tre>, changes: &[Change]) -> Vec<DriftItem> {
    changes
        .iter()
        // An earlier id is a wish about another TRE: nothing of it is live here.
        .filter(|change| change.field != Field::Id)
        .filter(|change| live.is_some() || change.field == Field::State)
        .map(|change| DriftItem {
            address: format!("tre.{tre}"),
            path: change.path.clone(),
            class: match (live, change.origin) {
                (_, OriginClass::First) => DriftClass::Unapplied,
                (None, _) | (Some(_), OriginClass::Revert) => DriftClass::OutOfBand,
                (Some(_), OriginClass::Conflict) => DriftClass::Conflict,
                (Some(_), OriginClass::Change) => DriftClass::Unapplied,
            },
            applied: applied(change),
            live: change.before.clone(),
            desired: change.after.clone(),
        })
        .collect()
}

fn applied(change: &Change) -> Value {
    if change.origin == OriginClass::First { json!(null) } else { change.applied.clone() }
}

//! Desired × Live → changes, each labelled: what differs, who moved, and whether it lets more in.

mod compare;
mod field;
mod record;
mod target;

use std::fmt;

pub use compare::{Change, Sides, changes};
pub use field::Field;
pub use record::{record, released};
pub use target::target;

use serde::{Deserialize, Serialize};

/// Whether a change lets more in.
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
pub enum Effect {
    /// Less is allowed after it.
    Tightens,
    /// It governs no access.
    Neutral,
    /// Neither more nor less, or it cannot be told.
    Incomparable,
    /// More is allowed after it.
    Loosens,
}

/// Who moved, in a three-way comparison with what was last applied.
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
pub enum OriginClass {
    /// The repository moved.
    Change,
    /// Only the platform moved: applying undoes somebody's edit.
    Revert,
    /// Both moved.
    Conflict,
    /// There is no record yet.
    First,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tightens => "tightens",
            Self::Neutral => "neutral",
            Self::Incomparable => "incomparable",
            Self::Loosens => "loosens",
        })
    }
}

//! States, transitions, and the lock rules as one table.

use serde::{Deserialize, Serialize};

/// What the lock rules say of a change in the state that a TRE is in.
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
pub enum Verdict {
    /// It can change now.
    Open,
    /// It can change after deactivating.
    ViaMaintenance,
    /// It cannot change in this state, and no legal step leads to one where it can.
    Locked,
    /// It can never change.
    Immutable,
}

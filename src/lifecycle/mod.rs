//! States, transitions, and the lock rules as one table.
//!
//! `plan`, `explain` and the documentation read the table; the embedded platform must not, so that
//! each is the other's check.

mod explain;
mod rule;
mod table;
mod transition;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use explain::{Explanation, Passage, Ruling, explain, lock_at, passages, reference};
pub use rule::{
    ADMIN_LACKS_TRE_MANAGEMENT, ASSET_ELSEWHERE, ASSET_MISSING, ASSET_NOT_CLOSED,
    ASSET_NOT_DATASET, BILL_TO_NOT_HELD, CREATE_INCOMPLETE, FROZEN_AT_PUBLISHING, HANDLE_IMMUTABLE,
    NO_RETURN_TO_DRAFT, OPERATOR_NOT_ADMIN, OPERATOR_NOT_MEMBER, PENDING_INVENTORY_UNMANAGED,
    POLICY_ONE_WAY, PUBLISH_FIRST, PUBLISH_NEEDS_INVENTORY, PUBLISH_NEEDS_REVIEW_STEP,
    PUBLISH_NEEDS_REVIEWERS, REVIEW_PIPELINE_LOCKED, REVIEW_STEP_TEXT_LOCKED, SHOWCASE_ADMINISTER,
    SHOWCASE_SHARES_PROJECT, STEP_WITHOUT_REVIEWER, TOO_MANY_ADMINS, TOO_MANY_USERS,
    UNKNOWN_PERSON,
};
pub use rule::{Evidence, RULES, Rule};
pub use table::{LOCKS, Lock, Setting, lock};
pub use transition::{TRANSITIONS, Transition, Way, way};

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

impl Verdict {
    /// Returns the name in a plan's JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::ViaMaintenance => "via_maintenance",
            Self::Locked => "locked",
            Self::Immutable => "immutable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

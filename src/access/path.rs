//! The ways by which somebody has a part in a TRE.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{OrgId, StepId};

/// One way by which somebody has a part in a TRE.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(tag = "path", rename_all = "snake_case")]
pub enum Path {
    /// As a TRE admin.
    Admin,
    /// As an authorized user, by their own id.
    Listed,
    /// As a reviewer of a step.
    Reviewer {
        /// The step.
        step: StepId,
    },
    /// As a member of an org that is an authorized user.
    Member {
        /// The org.
        org: OrgId,
    },
    /// As anybody on the platform, since the TRE is public.
    Public,
}

impl Path {
    /// Returns the path as `via` in a plan's JSON has it.
    pub fn via(&self) -> String {
        match self {
            Self::Admin => "admin".to_owned(),
            Self::Listed => "authorized user".to_owned(),
            Self::Reviewer { step } => format!("reviewer of {step}"),
            Self::Member { org } => org.to_string(),
            Self::Public => "public".to_owned(),
        }
    }
}

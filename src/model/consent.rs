//! The consents that a change may need.

use serde::{Deserialize, Serialize};

/// What a consent allows.
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
#[serde(rename_all = "kebab-case")]
pub enum ConsentKind {
    /// Deactivating an active TRE.
    Maintenance,
    /// Deleting a TRE.
    Delete,
    /// A policy made less strict, private to public.
    Loosen,
    /// Many people losing their last role, or a list emptied.
    MassRemoval,
    /// Undoing an edit made on the platform, where that opens something.
    Revert,
    /// Publishing, which freezes settings for good.
    Publish,
}

impl ConsentKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Maintenance,
        Self::Delete,
        Self::Loosen,
        Self::MassRemoval,
        Self::Revert,
        Self::Publish,
    ];

    /// Returns the name in YAML, in `--allow` and in a plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Delete => "delete",
            Self::Loosen => "loosen",
            Self::MassRemoval => "mass-removal",
            Self::Revert => "revert",
            Self::Publish => "publish",
        }
    }
}

//! What the repository asks for: documents with groups, profiles and targets resolved, and the
//! place kept where each value came from. A [`Desired`] can only be built from checked input.

mod accepted;
mod consent;
mod documents;
mod graph;
mod groups;
mod people;
mod profiles;
mod project;
mod resolve;
mod targets;
mod tre;
mod usage;

pub use accepted::AcceptedDrift;
pub use consent::Consent;
pub use documents::{Documents, Typed};
pub use graph::{Walk, walk};
pub use groups::{DEEPEST, Groups, Ways, group_edges, nested_at};
pub use people::{GroupPath, Origin, People};
pub use profiles::{PolicySet, Profiles, profile_edges};
pub use project::{
    Address, BucketUrl, Cloud, DEFAULT_HOST, Guards, PlatformTarget, Project, Protocol,
    StateTarget, Target, is_loopback,
};
pub use resolve::{Resolved, resolve};
pub use tre::{DesiredInventory, DesiredStep, DesiredTre};
pub use usage::{Touched, Usage, is_among};

use std::collections::BTreeMap;

use crate::diag::Range;
pub use crate::model::ConsentKind;
use crate::model::{PolicyTable, TreId};

/// A value with the place where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub range: Range,
}

/// All that a repository asks for.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The project file, or what holds without one.
    pub project: Project,
    /// Every TRE that has a document, by id, those with `managed: false` included.
    pub tres: BTreeMap<TreId, DesiredTre>,
    /// The policies that are known here.
    pub policies: PolicyTable,
}

#[cfg(test)]
mod tests;

//! What the repository asks for: documents with groups, profiles and targets resolved, and the
//! place kept where each value came from. A [`Desired`] can only be built from checked input.

mod consent;
mod people;
mod project;
mod tre;

pub use consent::{Consent, ConsentKind};
pub use people::{GroupPath, Origin, People};
pub use project::{Guards, PlatformTarget, Project, StateTarget, Target};
pub use tre::{DesiredInventory, DesiredStep, DesiredTre};

use std::collections::BTreeMap;

use crate::diag::Range;
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

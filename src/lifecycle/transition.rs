//! Which way leads from the state a TRE is in to the one that is asked for.

use super::rule::{self, Rule};
use crate::model::{DesiredState, TreState};

/// An edge of the lifecycle (D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transition {
    /// Nothing to draft.
    Create,
    /// Draft to active, for good.
    Publish,
    /// Active to Maintenance.
    Deactivate,
    /// Maintenance to active.
    Reactivate,
    /// Draft or Maintenance to nothing.
    Delete,
}

/// A way between two states: the edges to take, or the rule that forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// These edges, in order; empty where the state stays.
    Open(&'static [Transition]),
    /// No way leads there.
    Forbidden(Rule),
}

/// A row: from a live state (`None`: there is no TRE) to a desired one.
pub type Row = (Option<TreState>, DesiredState, Way);

/// Every pair of live and desired state.
pub const TRANSITIONS: &[Row] = {
    use DesiredState as D;
    use Transition::{Create, Deactivate, Delete, Publish, Reactivate};
    use TreState as L;
    use Way::{Forbidden, Open};
    &[
        (None, D::Draft, Open(&[Create])),
        (None, D::Active, Open(&[Create, Publish])),
        (None, D::Maintenance, Forbidden(rule::PUBLISH_FIRST)),
        (None, D::Deleted, Open(&[])),
        (Some(L::Draft), D::Draft, Open(&[])),
        (Some(L::Draft), D::Active, Open(&[Publish])),
        (Some(L::Draft), D::Maintenance, Forbidden(rule::PUBLISH_FIRST)),
        (Some(L::Draft), D::Deleted, Open(&[Delete])),
        (Some(L::Active), D::Draft, Forbidden(rule::NO_RETURN_TO_DRAFT)),
        (Some(L::Active), D::Active, Open(&[])),
        (Some(L::Active), D::Maintenance, Open(&[Deactivate])),
        (Some(L::Active), D::Deleted, Open(&[Deactivate, Delete])),
        (Some(L::Maintenance), D::Draft, Forbidden(rule::NO_RETURN_TO_DRAFT)),
        (Some(L::Maintenance), D::Active, Open(&[Reactivate])),
        (Some(L::Maintenance), D::Maintenance, Open(&[])),
        (Some(L::Maintenance), D::Deleted, Open(&[Delete])),
    ]
};

/// Returns the way from a live state to a desired one.
pub fn way(live: Option<TreState>, desired: DesiredState) -> Way {
    TRANSITIONS
        .iter()
        .find(|(from, to, _)| *from == live && *to == desired)
        .map_or(Way::Open(&[]), |(_, _, way)| *way)
}

//! Saved plans: whether what was reviewed is still what would be done.
//!
//! No step is ever taken from a file. The plan is made again from the checkout and the live
//! platform, and a TRE is executed only if its digest is the one that was reviewed.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::model::{Plan, Status, TreChange};
use crate::model::TreId;

/// A TRE of a saved plan that would now be changed in another way, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Stale {
    /// What was reviewed.
    pub saved: Box<TreChange>,
    /// What would be done now; `None` where the TRE is no longer planned at all.
    pub fresh: Option<Box<TreChange>>,
}

/// Why a saved plan cannot be applied.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SavedPlanError {
    /// It was made for another target.
    #[error("the saved plan is for the target `{saved}`, and this run is for `{asked}`")]
    OtherTarget {
        /// The target of the saved plan.
        saved: String,
        /// The target of this run.
        asked: String,
    },
    /// `--only` names a TRE that the saved plan does not change.
    #[error("the saved plan does not change `{tre}`: `--only` can narrow it, never widen it")]
    Widened {
        /// The TRE.
        tre: TreId,
    },
    /// Its time is over.
    #[error("the saved plan could be applied until {at}")]
    Expired {
        /// The time.
        at: Timestamp,
    },
    /// Its time cannot be told.
    #[error("`{at}` is no time: `expires_at` is one in RFC 3339, or null")]
    NoTime {
        /// What stands there.
        at: String,
    },
    /// Something that it was made from has moved.
    #[error("the saved plan is stale")]
    Stale(Vec<Stale>),
}

/// Tells whether a saved plan may still be applied at a time, whatever became of what it was made
/// from.
///
/// # Errors
///
/// Where its time is over, or cannot be told.
pub fn in_time(saved: &Plan, now: Timestamp) -> Result<(), SavedPlanError> {
    let Some(written) = &saved.expires_at else { return Ok(()) };
    let at: Timestamp =
        written.parse().map_err(|_| SavedPlanError::NoTime { at: written.clone() })?;
    if now > at { Err(SavedPlanError::Expired { at }) } else { Ok(()) }
}

/// Returns the TREs that a saved plan is about, narrowed by `--only`.
///
/// # Errors
///
/// Where the plan is for another target, or `--only` names a TRE that it does not change.
pub fn named(
    saved: &Plan,
    target: &str,
    only: Option<&BTreeSet<TreId>>,
) -> Result<BTreeSet<TreId>, SavedPlanError> {
    if saved.target.name != target {
        return Err(SavedPlanError::OtherTarget {
            saved: saved.target.name.clone(),
            asked: target.to_owned(),
        });
    }
    let in_plan: BTreeSet<TreId> = saved
        .resource_changes
        .iter()
        .filter(|change| is_news(change))
        .map(|change| TreId::from_platform(&change.name))
        .collect();
    match only {
        None => Ok(in_plan),
        Some(only) => match only.iter().find(|tre| !in_plan.contains(*tre)) {
            Some(tre) => Err(SavedPlanError::Widened { tre: tre.clone() }),
            None => Ok(only.clone()),
        },
    }
}

/// Compares a saved plan with the one made again for the TREs that [`named`] returned.
///
/// `is_rest` tells whether a fresh entry is what is left of a saved one that the journal shows
/// part-way through.
///
/// # Errors
///
/// [`SavedPlanError::Stale`] with every TRE that moved, both sides of each.
pub fn compare(
    saved: &Plan,
    fresh: &Plan,
    named: &BTreeSet<TreId>,
    is_rest: impl Fn(&TreChange, &TreChange) -> bool,
) -> Result<(), SavedPlanError> {
    let is_named = |change: &&TreChange| named.iter().any(|tre| tre.as_str() == change.name);
    let stale: Vec<Stale> = saved
        .resource_changes
        .iter()
        .filter(|change| is_news(change))
        .filter(is_named)
        .filter_map(|old| {
            let new = fresh.resource_changes.iter().find(|new| new.name == old.name);
            let fits = new.is_some_and(|new| new.digest == old.digest || is_rest(old, new));
            (!fits).then(|| Stale {
                saved: Box::new(old.clone()),
                fresh: new.map(|new| Box::new(new.clone())),
            })
        })
        .collect();
    if stale.is_empty() { Ok(()) } else { Err(SavedPlanError::Stale(stale)) }
}

/// A TRE that was blocked counts too: what would be done once it no longer is was never reviewed.
fn is_news(change: &TreChange) -> bool {
    matches!(change.status, Status::Ready | Status::Unconsented | Status::Blocked)
}

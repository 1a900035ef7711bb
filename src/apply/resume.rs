//! Saved plans that an earlier run has begun.

use crate::model::TreId;
use crate::plan::{Status, TreChange};
use crate::state::{Loaded, StoredCall};

/// Tells whether `fresh` is what is left of `saved`: the journal shows the TRE part-way through
/// that very plan, and the steps planned now are those not yet confirmed. Nothing is left of a
/// plan that was applied whole.
///
/// What earlier runs left open must be settled in `loaded`.
pub fn is_rest(loaded: &Loaded, saved: &TreChange, fresh: &TreChange) -> bool {
    let tre = TreId::from_platform(&saved.name);
    let Some(progress) = loaded.progress().get(&tre) else {
        let is_as_planned = matches!(fresh.status, Status::NoOp | Status::Released);
        return is_as_planned && loaded.is_done(&tre, &saved.digest);
    };
    let planned = fresh.steps.iter().map(|step| (step.operation, &step.input));
    let rest = progress.rest().iter().map(|StoredCall { operation, input }| (*operation, input));
    saved.name == fresh.name && progress.digest == saved.digest && rest.eq(planned)
}

//! What became of a call that reported no success.

use crate::drift::is_visible;
use crate::live::describe_one;
use crate::model::TreId;
use crate::platform::{Call, PlatformError, PlatformErrorKind, Reader};

/// What became of it.
pub(super) enum Settled {
    /// Its effect is there.
    Done,
    /// Its effect is not there.
    NotDone,
    /// The platform does not tell.
    Unknown,
}

/// Finds out what became of a failed call by reading the TRE.
///
/// A refusal is looked into as well: where an answer was lost and the call was made again, the
/// platform refuses the second one because the first took effect.
pub(super) async fn settle(
    reader: &dyn Reader,
    tre: &TreId,
    call: &Call,
    error: &PlatformError,
) -> Settled {
    if error.kind == PlatformErrorKind::InvalidAuthentication {
        return Settled::NotDone;
    }
    match describe_one(reader, tre).await {
        Ok(live) if is_visible(call, live.as_ref().map(|live| &live.tre)) => Settled::Done,
        Ok(_) => Settled::NotDone,
        Err(_) if error.is_outcome_unknown() => Settled::Unknown,
        Err(_) => Settled::NotDone,
    }
}

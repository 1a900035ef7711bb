//! Who may work at the same time, and who may be in Maintenance at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::plan::Step;
use crate::platform::Operation;

/// The run was stopped while somebody waited.
pub(super) struct Stopped;

/// Places that are taken and given back.
#[derive(Debug, Clone)]
pub(super) struct Places(Arc<Semaphore>);

/// A place that is given back when it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

impl Places {
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Takes a place if one is free.
    pub(super) fn try_take(&self) -> Option<Place> {
        self.0.clone().try_acquire_owned().ok()
    }

    /// Waits for a place, in the order of asking.
    pub(super) async fn take(&self, stop: &CancellationToken) -> Result<Place, Stopped> {
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(Stopped),
            place = self.0.clone().acquire_owned() => place.map_err(|_| Stopped),
        }
    }
}

/// Tells whether a step opens a window: it deactivates, and a later step reactivates.
pub(super) fn opens(steps: &[Step], index: usize) -> bool {
    let mut rest = steps.iter().skip(index).map(|step| step.operation);
    rest.next() == Some(Operation::Deactivate) && rest.any(|next| next == Operation::Reactivate)
}

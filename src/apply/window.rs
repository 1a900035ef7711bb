//! Who may work at the same time, and who may be in Maintenance at the same time.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::model::TreState;
use crate::plan::{Step, TreChange};
use crate::platform::Operation;

/// Why somebody who waited got nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The run was stopped.
    Stopped,
    /// So many TREs stay in Maintenance that no other one may go there in this run.
    NoWindow,
}

/// Places that are taken and given back.
#[derive(Debug, Clone)]
pub(super) struct Places(Arc<Semaphore>);

/// A place that is given back when it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

impl Places {
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Waits for a place, in the order of asking.
    pub(super) async fn take(&self, stop: &CancellationToken) -> Result<Place, Refused> {
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(Refused::Stopped),
            place = self.0.clone().acquire_owned() => place.map_err(|_| Refused::Stopped),
        }
    }
}

/// How many TREs may be in Maintenance at once for releases.
///
/// A TRE that an earlier run left there counts from the beginning, and one that cannot leave it
/// counts to the end: what the limit is about is how many take no requests, not how many are being
/// worked on.
#[derive(Debug, Clone)]
pub(super) struct Windows(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    free: Semaphore,
    most: usize,
    count: Mutex<Count>,
}

#[derive(Debug)]
struct Count {
    /// Windows that were open in the beginning, beyond what is allowed.
    surplus: usize,
    /// Windows that nobody works on any more and that are open still.
    lost: usize,
}

/// A window: a TRE that is in Maintenance, or about to go there.
#[derive(Debug)]
pub(super) struct Window {
    windows: Windows,
    is_closed: bool,
}

impl Windows {
    /// Returns windows of which some are open from the beginning.
    pub(super) fn new(most: usize, open: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            free: Semaphore::new(most.saturating_sub(open)),
            most,
            count: Mutex::new(Count { surplus: open.saturating_sub(most), lost: 0 }),
        }))
    }

    /// Returns one of the windows that were open from the beginning.
    pub(super) fn inherited(&self) -> Window {
        Window { windows: self.clone(), is_closed: false }
    }

    /// Takes a window if one is free.
    pub(super) fn try_take(&self) -> Option<Window> {
        self.0.free.try_acquire().ok()?.forget();
        Some(self.inherited())
    }

    /// Waits for a window, in the order of asking.
    pub(super) async fn take(&self, stop: &CancellationToken) -> Result<Window, Refused> {
        let place = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(Refused::Stopped),
            place = self.0.free.acquire() => place.map_err(|_| Refused::NoWindow)?,
        };
        place.forget();
        Ok(self.inherited())
    }

    fn count(&self, change: impl FnOnce(&mut Count)) {
        change(&mut self.0.count.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Window {
    /// Closes the window: the TRE is no longer in Maintenance, or never went there.
    pub(super) fn close(mut self) {
        self.is_closed = true;
        let free = &self.windows.0.free;
        self.windows.count(|count| match count.surplus {
            0 => free.add_permits(1),
            _ => count.surplus -= 1,
        });
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if self.is_closed {
            return;
        }
        let Inner { free, most, .. } = &*self.windows.0;
        self.windows.count(|count| {
            count.lost += 1;
            if count.lost >= *most {
                free.close();
            }
        });
    }
}

/// Tells whether a step opens a window: it deactivates, and a later step reactivates.
pub(super) fn opens(steps: &[Step], index: usize) -> bool {
    let mut rest = steps.iter().skip(index).map(|step| step.operation);
    rest.next() == Some(Operation::Deactivate) && rest.any(|next| next == Operation::Reactivate)
}

/// Tells whether a TRE is in Maintenance and its steps take it out: an earlier run left it there,
/// or somebody else did.
pub(super) fn is_open(change: &TreChange) -> bool {
    change.live_state.as_deref() == Some(TreState::Maintenance.as_str())
        && change.steps.iter().any(|step| step.operation == Operation::Reactivate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_open_already_counts_and_is_paid_back_first() {
        let stop = CancellationToken::new();
        let windows = Windows::new(2, 3);
        let [first, second, third] = [(); 3].map(|()| windows.inherited());
        assert!(windows.try_take().is_none());
        first.close();
        assert!(windows.try_take().is_none(), "two are open still");
        second.close();
        let fourth = windows.take(&stop).await.unwrap();
        assert!(windows.try_take().is_none());
        third.close();
        fourth.close();
        assert!(windows.try_take().is_some());
    }

    #[tokio::test]
    async fn nobody_waits_for_what_is_never_closed() {
        let stop = CancellationToken::new();
        let windows = Windows::new(2, 0);
        drop(windows.try_take().unwrap());
        let last = windows.take(&stop).await.unwrap();
        let waits = windows.take(&stop);
        let (waited, ()) = tokio::join!(waits, async { drop(last) });
        assert_eq!(waited.err(), Some(Refused::NoWindow));
        stop.cancel();
        assert_eq!(windows.take(&stop).await.err(), Some(Refused::Stopped));
    }
}

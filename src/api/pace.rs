//! One pace for all calls of the process: evenly spaced, and only so many at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// A wait longer than this ends when the run is stopped.
const SHORT: Duration = Duration::from_secs(1);

/// Gives every attempt its turn.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    turns: Mutex<Turns>,
    slots: Semaphore,
}

#[derive(Debug, Default)]
struct Turns {
    /// When the next call may be made.
    next: Option<Instant>,
    /// Nobody calls before.
    held: Option<Instant>,
}

/// The run was stopped before it was the call's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped;

impl Pace {
    pub(super) fn new(calls_per_second: u32, at_once: usize) -> Self {
        Self {
            interval: Duration::from_secs(1) / calls_per_second.max(1),
            turns: Mutex::default(),
            slots: Semaphore::new(at_once.max(1)),
        }
    }

    /// Waits for a turn. The attempt lasts as long as the permit is held.
    pub(super) async fn turn(
        &self,
        cancel: &CancellationToken,
    ) -> Result<SemaphorePermit<'_>, Stopped> {
        let permit = tokio::select! {
            permit = self.slots.acquire() => permit.map_err(|_| Stopped)?,
            () = cancel.cancelled(), if !cancel.is_cancelled() => return Err(Stopped),
        };
        let mut turn = self.take_turn();
        loop {
            if turn > Instant::now() + SHORT {
                tokio::select! {
                    () = sleep_until(turn) => {}
                    () = cancel.cancelled() => return Err(Stopped),
                }
            } else {
                sleep_until(turn).await;
            }
            // Those who had their turn already when the platform asked for a pause wait as well.
            let held = self.turns().held;
            match held {
                Some(held) if held > Instant::now() => turn = self.take_turn(),
                _ => return Ok(permit),
            }
        }
    }

    /// The turns stand at fixed distances, so that a late waking does not slow down those after it.
    fn take_turn(&self) -> Instant {
        let now = Instant::now();
        let mut turns = self.turns();
        let turn = now.max(turns.next.unwrap_or(now)).max(turns.held.unwrap_or(now));
        turns.next = Some(turn + self.interval);
        turn
    }

    /// Lets nobody call for a while: the platform asked for it.
    pub(super) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut turns = self.turns();
        turns.held = turns.held.max(Some(until));
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn turn(pace: &Pace) -> Duration {
        let begin = Instant::now();
        drop(pace.turn(&CancellationToken::new()).await.unwrap());
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_evenly_spaced_over_a_second() {
        let pace = Pace::new(200, 16);
        let begin = Instant::now();
        for _ in 0..=400 {
            turn(&pace).await;
        }
        let taken = begin.elapsed();
        // The runtime's timer is exact to the millisecond.
        assert!(taken.abs_diff(Duration::from_secs(2)) <= Duration::from_millis(2), "{taken:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_are_on_their_way() {
        let pace = Pace::new(1_000, 2);
        let token = CancellationToken::new();
        let first = pace.turn(&token).await.unwrap();
        let _second = pace.turn(&token).await.unwrap();
        let third = pace.turn(&token);
        tokio::pin!(third);
        let waited = tokio::time::timeout(Duration::from_secs(60), &mut third).await;
        assert!(waited.is_err());
        drop(first);
        drop(third.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_waits_when_the_platform_asks_for_it() {
        let pace = Pace::new(200, 16);
        turn(&pace).await;
        pace.hold(Duration::from_secs(3));
        let waited = turn(&pace).await;
        assert!(waited.abs_diff(Duration::from_secs(3)) <= Duration::from_millis(2), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_for_those_as_well_who_had_their_turn() {
        let pace = Pace::new(1, 16);
        let token = CancellationToken::new();
        let begin = Instant::now();
        turn(&pace).await;
        let second = async {
            drop(pace.turn(&token).await.unwrap());
            begin.elapsed()
        };
        let third = async {
            drop(pace.turn(&token).await.unwrap());
            begin.elapsed()
        };
        let hold = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            pace.hold(Duration::from_secs(10));
        };
        let (second, third, ()) = tokio::join!(second, third, hold);
        assert!(second >= Duration::from_millis(10_500), "{second:?}");
        assert!(third >= second + Duration::from_secs(1), "{third:?} after {second:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stopped_run_does_not_wait_long() {
        let pace = Pace::new(200, 16);
        pace.hold(Duration::from_secs(60));
        let token = CancellationToken::new();
        let waiting = pace.turn(&token);
        tokio::pin!(waiting);
        assert!(tokio::time::timeout(Duration::from_secs(1), &mut waiting).await.is_err());
        token.cancel();
        assert_eq!(waiting.await.unwrap_err(), Stopped);
    }
}

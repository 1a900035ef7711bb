//! The thread that keeps a lock: it gives signs of life while the lock is held, and lets go at the
//! end, whatever the rest of the process does.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{End, look, name};
use crate::state::StateError;
use crate::state::objects::{Created, Location, Objects};
use crate::state::segment::FORMAT_VERSION;

/// So many signs of life go into one lease.
const BEATS: u32 = 4;

/// Whether a lock is still held, as far as its holder knows.
#[derive(Debug)]
pub(in crate::state) struct Hold {
    location: String,
    lease: Duration,
    alive: Mutex<Alive>,
}

#[derive(Debug, Clone, Copy)]
struct Alive {
    /// The last sign of life that the store has.
    seen: Instant,
    is_lost: bool,
}

impl Hold {
    /// Refuses where the lock is lost: nobody may rely on it past its lease.
    ///
    /// # Errors
    ///
    /// [`StateError::Lost`].
    pub fn check(&self) -> Result<(), StateError> {
        let alive = *self.alive();
        if alive.is_lost || alive.seen.elapsed() >= self.lease { Err(self.lost()) } else { Ok(()) }
    }

    /// Notes that the lock is lost, and returns the error that says so.
    pub fn lost(&self) -> StateError {
        self.alive().is_lost = true;
        StateError::Lost { location: self.location.clone() }
    }

    fn beaten(&self, at: Instant) {
        self.alive().seen = at;
    }

    fn alive(&self) -> std::sync::MutexGuard<'_, Alive> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a lock until it is dropped.
#[derive(Debug)]
pub(super) struct Keeper {
    hold: Arc<Hold>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins to keep the lock of an epoch that was just claimed.
    pub fn start(location: &Location, epoch: u64, lease: Duration) -> Result<Self, StateError> {
        let failed = |error| StateError::io("locked", location.to_string().as_str().into(), error);
        let alive = Mutex::new(Alive { seen: Instant::now(), is_lost: false });
        let hold = Arc::new(Hold { location: location.to_string(), lease, alive });
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let objects = Objects::open(location)?;
        let (stop, stopped) = channel();
        let kept = Arc::clone(&hold);
        let work = move || {
            let mut number = 0;
            let ending = loop {
                match stopped.recv_timeout(lease / BEATS) {
                    Err(RecvTimeoutError::Timeout) => number += 1,
                    ending => break ending,
                }
                let at = Instant::now();
                // A sign that cannot be given is given with the next one; the lease tells when it
                // is too late.
                match runtime.block_on(beat(&objects, epoch, number)) {
                    Ok(true) => kept.beaten(at),
                    Ok(false) => drop(kept.lost()),
                    Err(_) => {}
                }
            };
            if ending == Err(RecvTimeoutError::Disconnected) {
                // What cannot be said now, the lease says later.
                let _ = runtime.block_on(end(&objects, epoch));
            }
        };
        let thread =
            std::thread::Builder::new().name("lock".to_owned()).spawn(work).map_err(failed)?;
        Ok(Self { hold, stop: Some(stop), thread: Some(thread) })
    }

    pub fn hold(&self) -> Arc<Hold> {
        Arc::clone(&self.hold)
    }

    /// Ends without letting go: whoever comes next has to take the lock.
    pub fn leave(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Drop for Keeper {
    /// Lets go, and waits until the store knows it.
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Gives a sign of life; returns whether the lock is still this epoch's.
async fn beat(objects: &Objects, epoch: u64, number: u64) -> Result<bool, StateError> {
    let beat = |number: u64| name(epoch, &format!("beat-{number:06}"));
    if look(objects).await?.epoch() != epoch
        || objects.create(&beat(number), b"{}".to_vec()).await? == Created::Taken
    {
        return Ok(false);
    }
    // Who slept past its lease leaves no trace.
    let is_kept = look(objects).await?.epoch() == epoch;
    let old = if is_kept { number.checked_sub(2).filter(|old| *old > 0) } else { Some(number) };
    if let Some(old) = old {
        objects.remove(&beat(old)).await?;
    }
    Ok(is_kept)
}

/// Says that the holder let go, where nobody has taken the lock from it.
async fn end(objects: &Objects, epoch: u64) -> Result<(), StateError> {
    if look(objects).await?.epoch() != epoch {
        return Ok(());
    }
    let name = name(epoch, "end");
    let end = End { format_version: FORMAT_VERSION.to_owned() };
    let bytes = serde_json::to_vec(&end)
        .map_err(|error| StateError::io("written", &objects.place(&name), error.into()))?;
    objects.create(&name, bytes).await.map(drop)
}

//! The state of one target.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::chain::{self, Tail};
use super::entry::{Entry, RunInfo, RunResult};
use super::ledger::{Ledger, OrderError, Progress, Unsettled};
use super::lock::{self, Lock, Owner, Patience, Standing};
use super::objects::{Location, Objects};
use super::segment::{Head, Segment};
use super::{Clock, Journal, StateError, snapshot};
use crate::model::{Applied, Live, TreId};

/// The state of one target.
#[derive(Debug, Clone)]
pub struct Store {
    location: Location,
}

/// What a store held when it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    ledger: Ledger,
    settlements: Vec<Entry>,
    head: Head,
    token: u64,
}

impl Default for Loaded {
    fn default() -> Self {
        Self { ledger: Ledger::default(), settlements: Vec::new(), head: Head::none(), token: 0 }
    }
}

/// What a journal begins with.
pub(super) struct Parts {
    pub ledger: Ledger,
    pub settlements: Vec<Entry>,
    pub head: Head,
}

impl Loaded {
    /// Returns what was last applied.
    pub fn applied(&self) -> &Applied {
        &self.ledger.applied
    }

    /// Returns the TREs that are part-way through a plan.
    pub fn progress(&self) -> &BTreeMap<TreId, Progress> {
        &self.ledger.progress
    }

    /// Tells whether a plan of that digest was the last one applied to a TRE.
    pub fn is_done(&self, tre: &TreId, digest: &str) -> bool {
        self.ledger.done.get(tre).is_some_and(|done| done == digest)
    }

    /// Returns the calls of which nobody knows what became, by TRE.
    pub fn unsettled(&self) -> &BTreeMap<TreId, Unsettled> {
        &self.ledger.unsettled
    }

    /// Returns the end of the journal.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Settles every call of which nobody knows what became: where its effect is visible in
    /// `live`, it counts as ours. Nothing is written; the next run writes what was found.
    ///
    /// # Errors
    ///
    /// Where a stored call is none.
    pub fn settle(&mut self, live: &Live) -> Result<(), OrderError> {
        let Self { ledger, settlements, head: _, token: _ } = self;
        settlements.extend(ledger.settle(live)?);
        Ok(())
    }

    pub(super) fn into_parts(self) -> Parts {
        let Self { ledger, settlements, head, token: _ } = self;
        Parts { ledger, settlements, head }
    }
}

impl Store {
    /// Returns the store at a location.
    pub fn at(location: Location) -> Self {
        Self { location }
    }

    /// Returns the store of a folder, which need not exist.
    pub fn local(folder: impl Into<Utf8PathBuf>) -> Self {
        Self::at(Location::Folder(folder.into()))
    }

    /// Returns where it is kept.
    pub fn location(&self) -> &Location {
        &self.location
    }

    pub(super) fn objects(&self) -> Result<Objects, StateError> {
        Objects::open(&self.location)
    }

    /// Reads the state: the newest snapshot, and the few segments behind it. Writes and creates
    /// nothing; a store that is not there holds nothing.
    ///
    /// # Errors
    ///
    /// Where an object cannot be read, is damaged, or was written by a newer trectl.
    pub async fn load(&self) -> Result<Loaded, StateError> {
        let objects = self.objects()?;
        let snapshot::Snapshot { mut ledger, head, token } = snapshot::read(&objects).await?;
        let Tail { head, token } = chain::follow(&objects, Tail { head, token }, |stored| {
            for stamped in &stored.segment.entries {
                ledger.accept(&stamped.entry).map_err(|error| stored.corrupted(error))?;
            }
            Ok(())
        })
        .await?;
        ledger.end_run();
        Ok(Loaded { ledger, settlements: Vec::new(), head, token })
    }

    /// Reads the whole journal from its beginning, and hands over each segment; returns its end.
    /// The chain is checked on the way.
    ///
    /// # Errors
    ///
    /// Where a segment cannot be read, is damaged, or does not follow the one before it.
    pub async fn history(&self, mut each: impl FnMut(&Segment)) -> Result<Head, StateError> {
        let objects = self.objects()?;
        let tail = chain::follow(&objects, Tail::none(), |stored| {
            each(&stored.segment);
            Ok(())
        });
        Ok(tail.await?.head)
    }

    /// Takes the lock, as patiently as is asked.
    ///
    /// # Errors
    ///
    /// Where another run holds it all that time, or the store cannot be written.
    pub async fn lock(&self, owner: &Owner, patience: Patience) -> Result<Lock, StateError> {
        Lock::take(&self.location, owner, patience).await
    }

    /// Looks who holds the lock. Creates nothing.
    ///
    /// # Errors
    ///
    /// Where the lock cannot be looked at.
    pub async fn standing(&self) -> Result<Standing, StateError> {
        lock::look(&self.objects()?).await
    }

    /// Takes the lock away from whoever holds it as `seen` says, and lets go at once. The journal
    /// says who did that; whoever held the lock can write no more. Returns the journal's end.
    ///
    /// # Errors
    ///
    /// Where the lock changed hands meanwhile, or the store cannot be written.
    pub async fn unlock(&self, by: &Owner, seen: &Standing) -> Result<Head, StateError> {
        match Lock::seize(&self.location, seen, by).await? {
            Some((lock, head)) => {
                drop(lock);
                Ok(head)
            }
            None => Err(StateError::Busy {
                location: self.location.to_string(),
                standing: Box::new(self.standing().await?),
            }),
        }
    }

    /// Forgets a TRE: it was never applied, as far as trectl knows. Returns the journal's end, or
    /// `None` where there was nothing to forget.
    ///
    /// # Errors
    ///
    /// Where the state cannot be read or written.
    pub async fn forget(
        &self,
        lock: Lock,
        tre: &TreId,
        run: &str,
        info: RunInfo,
        clock: Clock,
    ) -> Result<Option<Head>, StateError> {
        let loaded = self.load().await?;
        let is_known = loaded.applied().contains_key(tre)
            || loaded.progress().contains_key(tre)
            || loaded.unsettled().contains_key(tre);
        if !is_known {
            return Ok(None);
        }
        let journal = Journal::begin(lock, loaded, run, info, clock).await?;
        journal.append(vec![Entry::Recorded { tre: tre.clone(), record: None }]).await?;
        journal.finish(RunResult::Done).await?;
        Ok(Some(journal.head()))
    }

    /// Forgets everything, the journal included: for a platform that begins again.
    ///
    /// # Errors
    ///
    /// Where an object cannot be removed.
    pub async fn reset(&self, lock: Lock) -> Result<(), StateError> {
        let objects = self.objects()?;
        // Snapshots first: a journal without them is whole, they without a journal are not.
        snapshot::clear(&objects).await?;
        chain::clear(&objects).await?;
        drop(lock);
        Ok(())
    }
}

//! The state of one target in a folder.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::entry::{Entry, RunInfo, RunResult};
use super::ledger::{Ledger, OrderError, Progress, Unsettled};
use super::{Clock, Holder, Journal, Lock, Owner, StateError, segment, snapshot};
use crate::model::{Applied, Live, TreId};

/// The state of one target, kept in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    folder: Utf8PathBuf,
}

/// What a store held when it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    ledger: Ledger,
    settlements: Vec<Entry>,
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

    /// Settles every call of which nobody knows what became: where its effect is visible in
    /// `live`, it counts as ours. Nothing is written; the next run writes what was found.
    ///
    /// # Errors
    ///
    /// Where a stored call is none.
    pub fn settle(&mut self, live: &Live) -> Result<(), OrderError> {
        let Self { ledger, settlements } = self;
        settlements.extend(ledger.settle(live)?);
        Ok(())
    }

    pub(super) fn into_parts(self) -> (Ledger, Vec<Entry>) {
        let Self { ledger, settlements } = self;
        (ledger, settlements)
    }
}

impl Store {
    /// Returns the store of a folder, which need not exist.
    pub fn local(folder: impl Into<Utf8PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }

    pub(super) fn snapshot_path(folder: &Utf8Path) -> Utf8PathBuf {
        folder.join("applied.json")
    }

    pub(super) fn journal_folder(folder: &Utf8Path) -> Utf8PathBuf {
        folder.join("journal")
    }

    /// Reads the state. Writes and creates nothing; a folder that is not there holds nothing.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read, is damaged, or was written by a newer trectl.
    pub fn load(&self) -> Result<Loaded, StateError> {
        let (mut ledger, mut last) = snapshot::read(&Self::snapshot_path(&self.folder))?;
        let folder = Self::journal_folder(&self.folder);
        for number in segment::list(&folder)? {
            if number <= last {
                continue;
            }
            let path = folder.join(segment::file_name(number));
            if number != last + 1 {
                let reason = format!("the segments before it, from {} on, are missing", last + 1);
                return Err(segment::corrupted(&path, 1, reason));
            }
            replay(&path, &mut ledger)?;
            last = number;
        }
        Ok(Loaded { ledger, settlements: Vec::new() })
    }

    /// Takes the lock, waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// Where another run holds it all that time, or the folder cannot be written.
    pub fn lock(&self, owner: &Owner, timeout: Duration) -> Result<Lock, StateError> {
        Lock::take(&self.folder, owner, timeout)
    }

    /// Looks who holds the lock. Creates nothing.
    ///
    /// # Errors
    ///
    /// Where the lock cannot be looked at.
    pub fn holder(&self) -> Result<Holder, StateError> {
        Lock::holder(&self.folder)
    }

    /// Forgets a TRE: it was never applied, as far as trectl knows. Returns whether there was
    /// anything to forget.
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
    ) -> Result<bool, StateError> {
        let loaded = self.load()?;
        let is_known = loaded.applied().contains_key(tre)
            || loaded.progress().contains_key(tre)
            || loaded.unsettled().contains_key(tre);
        if is_known {
            let journal = Journal::begin(lock, loaded, run, info, clock)?;
            journal.append(vec![Entry::Recorded { tre: tre.clone(), record: None }]).await?;
            journal.finish(RunResult::Done).await?;
        }
        Ok(is_known)
    }

    /// Forgets everything, the journal included: for a platform that begins again.
    ///
    /// # Errors
    ///
    /// Where a file cannot be removed.
    pub fn reset(&self, lock: Lock) -> Result<(), StateError> {
        let unless_missing = |path: Utf8PathBuf, removed: std::io::Result<()>| match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StateError::io("removed", &path, error))
            }
            _ => Ok(()),
        };
        let snapshot = Self::snapshot_path(lock.folder());
        let removed = std::fs::remove_file(&snapshot);
        unless_missing(snapshot, removed)?;
        let journal = Self::journal_folder(lock.folder());
        let removed = std::fs::remove_dir_all(&journal);
        unless_missing(journal, removed)
    }
}

fn replay(path: &Utf8Path, ledger: &mut Ledger) -> Result<(), StateError> {
    for (index, line) in segment::read(path)?.into_iter().enumerate() {
        if let Entry::RunStarted { format_version, .. } = &line.entry
            && !snapshot::is_known(format_version)
        {
            let version = format_version.clone();
            return Err(StateError::Newer { path: path.to_owned(), version });
        }
        ledger
            .accept(&line.entry)
            .map_err(|error| segment::corrupted(path, index + 1, error.to_string()))?;
    }
    ledger.end_segment();
    Ok(())
}

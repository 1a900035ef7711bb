//! Compacting the journal: segments that every snapshot covers go into archives, word for word.
//!
//! An archive is durable and was read back before the first of its segments is removed. Until then
//! a segment is there twice, and nobody minds: so this can break off anywhere and be done again.

use jiff::Timestamp;

use super::archive::{self, Archive};
use super::chain::{Stored, Tail, Walk};
use super::lock::Lock;
use super::objects::{Created, Objects};
use super::{StateError, Store, snapshot};

/// An archive is closed once it is so long, in bytes: it is held in memory as a whole.
const LONG: usize = 16 << 20;

/// What was compacted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// How many archives were written.
    pub archives: u64,
    /// How many segments went into them.
    pub archived: u64,
    /// How many segments were removed, since they are in an archive.
    pub removed: u64,
    /// How many segments still stand alone.
    pub left: u64,
}

/// Segments that go into one archive.
#[derive(Default)]
struct Batch {
    first: u64,
    last: u64,
    lines: Vec<u8>,
}

impl Batch {
    fn push(&mut self, stored: &Stored) {
        self.last = stored.segment.segment;
        if self.lines.is_empty() {
            self.first = self.last;
        }
        self.lines.extend_from_slice(&stored.bytes);
        self.lines.push(b'\n');
    }
}

impl Store {
    /// Moves the segments before a time into archives, as far as every snapshot covers them. What
    /// earlier runs left half done is finished.
    ///
    /// # Errors
    ///
    /// Where the journal is damaged, the lock is lost, or the store cannot be written. Nothing is
    /// lost then, and the same can be done again.
    pub async fn compact(&self, lock: &Lock, before: Timestamp) -> Result<Compacted, StateError> {
        let objects = self.objects()?;
        let mut done = Compacted::default();
        archive_old(&objects, lock, before, &mut done).await?;
        let listed = archive::standing(&objects).await?;
        for archive in archive::list(&objects).await? {
            prune(&objects, lock, &archive, &listed, &mut done).await?;
        }
        done.left = u64::try_from(listed.len()).unwrap_or(u64::MAX) - done.removed;
        Ok(done)
    }
}

async fn archive_old(
    objects: &Objects,
    lock: &Lock,
    before: Timestamp,
    done: &mut Compacted,
) -> Result<(), StateError> {
    let Some(covered) = snapshot::covered(objects).await? else { return Ok(()) };
    let archived = archive::end(&archive::list(objects).await?);
    let mut walk = Walk::behind(objects, Tail::none());
    let mut batch = Batch::default();
    while let Some(stored) = walk.next().await? {
        let number = stored.segment.segment;
        if number <= archived {
            continue;
        }
        if number > covered || !is_older(&stored, before) {
            break;
        }
        batch.push(&stored);
        if batch.lines.len() >= LONG {
            write(objects, lock, std::mem::take(&mut batch), done).await?;
        }
    }
    write(objects, lock, batch, done).await
}

/// Tells whether all of a segment happened before a time. What says no time is kept.
fn is_older(stored: &Stored, before: Timestamp) -> bool {
    let is_older = |at: &str| at.parse::<Timestamp>().is_ok_and(|at| at < before);
    stored.segment.entries.iter().all(|stamped| is_older(&stamped.at))
}

async fn write(
    objects: &Objects,
    lock: &Lock,
    batch: Batch,
    done: &mut Compacted,
) -> Result<(), StateError> {
    let Batch { first, last, lines } = batch;
    if lines.is_empty() {
        return Ok(());
    }
    lock.hold().check()?;
    let name = archive::name(first, last);
    if objects.create(&name, lines).await? == Created::Taken {
        let reason = "it does not hold the segments that its name says";
        return Err(StateError::damaged(objects.place(&name), reason));
    }
    done.archives += 1;
    done.archived += last - first + 1;
    Ok(())
}

/// Removes the segments of an archive, each once it was found there; those that keep a name taken
/// stay.
async fn prune(
    objects: &Objects,
    lock: &Lock,
    archive: &Archive,
    listed: &[super::objects::Listed],
    done: &mut Compacted,
) -> Result<(), StateError> {
    for copy in archive::copies(objects, archive, listed).await? {
        if !copy.is_fence {
            lock.hold().check()?;
            objects.remove(&copy.name).await?;
            done.removed += 1;
        }
    }
    Ok(())
}

//! The segments of a journal as the chain that they are.

use std::collections::VecDeque;

use camino::Utf8PathBuf;

use super::StateError;
use super::archive::{self, Archive};
use super::objects::Objects;
use super::segment::{self, Head, Segment};

/// The folder of the segments.
pub(super) const FOLDER: &str = "journal";
/// So many segments are asked for at once: what lies behind a snapshot is few.
const AT_ONCE: u64 = 8;

/// The end of a chain as far as it was read: the last segment, and the token it was written under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tail {
    pub head: Head,
    pub token: u64,
}

impl Tail {
    /// Returns where every journal begins.
    pub fn none() -> Self {
        Self { head: Head::none(), token: 0 }
    }
}

/// A segment, and where it is kept.
#[derive(Debug)]
pub(super) struct Stored {
    pub segment: Segment,
    /// Its stored form.
    pub bytes: Vec<u8>,
    /// The object, for people.
    pub place: Utf8PathBuf,
}

impl Stored {
    /// Returns the error that says why it cannot be what trectl wrote.
    pub fn corrupted(&self, reason: impl ToString) -> StateError {
        StateError::damaged(self.place.clone(), reason)
    }
}

/// Walks along the chain, segment by segment, and checks each link.
pub(super) struct Walk<'a> {
    objects: &'a Objects,
    tail: Tail,
    ready: VecDeque<(Utf8PathBuf, Vec<u8>)>,
    /// Only what no snapshot spares reading can be in an archive: who begins behind a snapshot
    /// never looks there.
    is_whole: bool,
    archives: Vec<Archive>,
}

impl<'a> Walk<'a> {
    /// Returns a walk that begins behind a tail.
    pub fn behind(objects: &'a Objects, tail: Tail) -> Self {
        let is_whole = tail.head.segment == 0;
        Self { objects, tail, ready: VecDeque::new(), is_whole, archives: Vec::new() }
    }

    /// Returns how far the walk came.
    pub fn tail(&self) -> &Tail {
        &self.tail
    }

    /// Returns the next segment, or `None` at the end of the chain.
    ///
    /// # Errors
    ///
    /// Where a segment cannot be read, is damaged, or does not follow the one before it.
    pub async fn next(&mut self) -> Result<Option<Stored>, StateError> {
        if self.ready.is_empty() {
            self.fetch().await?;
        }
        let Some((place, bytes)) = self.ready.pop_front() else { return Ok(None) };
        let (segment, link): (Segment, _) =
            segment::decode(&bytes).map_err(|why| why.at(place.clone(), false))?;
        segment
            .follows(&self.tail.head, self.tail.token)
            .map_err(|reason| StateError::damaged(place.clone(), reason))?;
        let head = Head { segment: segment.segment, link };
        self.tail = Tail { head, token: segment.token };
        Ok(Some(Stored { segment, bytes, place }))
    }

    async fn fetch(&mut self) -> Result<(), StateError> {
        let next = self.tail.head.segment + 1;
        if self.fetch_archived(next).await? {
            return Ok(());
        }
        let names: Vec<String> = (next..next + AT_ONCE).map(segment::name).collect();
        let found =
            futures_util::future::join_all(names.iter().map(|name| self.objects.read(name)));
        for (name, bytes) in names.iter().zip(found.await) {
            let Some(bytes) = bytes? else { break };
            self.ready.push_back((self.objects.place(name), bytes));
        }
        if self.ready.is_empty() && self.is_whole {
            // What was there a moment ago may be in an archive by now.
            self.archives = archive::list(self.objects).await?;
            self.fetch_archived(next).await?;
        }
        Ok(())
    }

    async fn fetch_archived(&mut self, next: u64) -> Result<bool, StateError> {
        let Some(archive) = archive::covering(&self.archives, next) else { return Ok(false) };
        let place = self.objects.place(&archive.name);
        let lines = archive::lines(self.objects, archive).await?;
        let skipped = usize::try_from(next - archive.first).unwrap_or(usize::MAX);
        self.ready.extend(lines.into_iter().skip(skipped).map(|line| (place.clone(), line)));
        Ok(true)
    }
}

/// Follows the chain from one end to the other, and hands over each segment.
///
/// # Errors
///
/// Where a segment cannot be read, is damaged, or does not follow the one before it.
pub(super) async fn follow(
    objects: &Objects,
    tail: Tail,
    mut each: impl FnMut(&Stored) -> Result<(), StateError>,
) -> Result<Tail, StateError> {
    let mut walk = Walk::behind(objects, tail);
    while let Some(stored) = walk.next().await? {
        each(&stored)?;
    }
    Ok(walk.tail)
}

/// Removes every segment.
pub(super) async fn clear(objects: &Objects) -> Result<(), StateError> {
    for folder in [FOLDER, archive::FOLDER] {
        for listed in objects.list(folder).await?.iter().rev() {
            objects.remove(&listed.name).await?;
        }
    }
    Ok(())
}

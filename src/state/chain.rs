//! The segments of a journal as the chain that they are.

use camino::Utf8PathBuf;

use super::StateError;
use super::objects::Objects;
use super::segment::{self, Head, Segment};

/// The folder of the segments.
const FOLDER: &str = "journal";
/// So many segments are asked for at once: what lies behind a snapshot is few.
const AT_ONCE: u64 = 8;

/// The end of a chain as far as it was read: the last segment, and the token it was written under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tail {
    pub head: Head,
    pub token: u64,
}

/// Follows the chain from one end to the other, and hands over each segment with its place.
///
/// # Errors
///
/// Where a segment cannot be read, is damaged, or does not follow the one before it.
pub(super) async fn follow(
    objects: &Objects,
    mut tail: Tail,
    mut each: impl FnMut(&Segment, &Utf8PathBuf) -> Result<(), StateError>,
) -> Result<Tail, StateError> {
    loop {
        let next = tail.head.segment + 1;
        let names: Vec<String> = (next..next + AT_ONCE).map(segment::name).collect();
        let found = futures_util::future::join_all(names.iter().map(|name| objects.read(name)));
        for (name, bytes) in names.iter().zip(found.await) {
            let Some(bytes) = bytes? else { return Ok(tail) };
            let place = objects.place(name);
            let (segment, link): (Segment, _) =
                segment::decode(&bytes).map_err(|why| why.at(place.clone(), false))?;
            segment.follows(&tail.head, tail.token).map_err(|reason| StateError::Corrupted {
                path: place.clone(),
                is_spare: false,
                reason,
            })?;
            each(&segment, &place)?;
            let head = Head { segment: segment.segment, link };
            tail = Tail { head, token: segment.token };
        }
    }
}

/// Removes every segment.
pub(super) async fn clear(objects: &Objects) -> Result<(), StateError> {
    for listed in objects.list(FOLDER).await?.iter().rev() {
        objects.remove(&listed.name).await?;
    }
    Ok(())
}

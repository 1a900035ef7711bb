//! Old segments, many in one object: each as it was sealed, one on a line. The chain goes through
//! them as if they stood alone.

use super::StateError;
use super::chain;
use super::entry::Entry;
use super::objects::{Listed, Objects};
use super::segment::{self, Segment};

/// The folder of the archives.
pub(super) const FOLDER: &str = "archive";

/// One archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Archive {
    pub name: String,
    /// Its first segment.
    pub first: u64,
    /// Its last segment.
    pub last: u64,
}

/// Returns the name of the archive of these segments.
pub(super) fn name(first: u64, last: u64) -> String {
    format!("{FOLDER}/{first:012}-{last:012}.jsonl")
}

/// Returns the archives, in order.
pub(super) async fn list(objects: &Objects) -> Result<Vec<Archive>, StateError> {
    let listed = objects.list(FOLDER).await?;
    Ok(listed.into_iter().filter_map(|listed| parse(listed.name)).collect())
}

fn parse(name: String) -> Option<Archive> {
    let range = name.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(".jsonl")?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first <= last).then_some(Archive { name, first, last })
}

/// Returns the archive that holds a segment.
pub(super) fn covering(archives: &[Archive], number: u64) -> Option<&Archive> {
    archives.iter().find(|archive| archive.first <= number && number <= archive.last)
}

/// Returns the last segment up to which everything is in archives; 0 where nothing is.
pub(super) fn end(archives: &[Archive]) -> u64 {
    let mut end = 0;
    while let Some(archive) = covering(archives, end + 1) {
        end = archive.last;
    }
    end
}

/// Returns the sealed segments of an archive.
///
/// # Errors
///
/// Where it cannot be read, or does not hold as many as its name says.
pub(super) async fn lines(
    objects: &Objects,
    archive: &Archive,
) -> Result<Vec<Vec<u8>>, StateError> {
    let bytes = objects.read(&archive.name).await?.unwrap_or_default();
    let lines: Vec<Vec<u8>> = bytes
        .strip_suffix(b"\n")
        .into_iter()
        .flat_map(|lines| lines.split(|byte| *byte == b'\n'))
        .map(<[u8]>::to_vec)
        .collect();
    let wanted = archive.last - archive.first + 1;
    if u64::try_from(lines.len()) != Ok(wanted) {
        let reason = format!("it holds {} whole segments and not {wanted}", lines.len());
        return Err(StateError::damaged(objects.place(&archive.name), reason));
    }
    Ok(lines)
}

/// A segment that is in an archive and still stands alone as well.
#[derive(Debug)]
pub(super) struct Copy {
    pub name: String,
    /// It says that the lock was taken from somebody. Its name must stay taken: whoever the lock
    /// was taken from would write there next.
    pub is_fence: bool,
}

/// Returns the segments of an archive that still stand alone, out of what the journal's folder
/// lists.
///
/// # Errors
///
/// Where one of them is another than the archive holds.
pub(super) async fn copies(
    objects: &Objects,
    archive: &Archive,
    journal: &[Listed],
) -> Result<Vec<Copy>, StateError> {
    let standing: Vec<(u64, &str)> = journal
        .iter()
        .filter_map(|listed| Some((segment::number(&listed.name)?, listed.name.as_str())))
        .filter(|(number, _)| archive.first <= *number && *number <= archive.last)
        .collect();
    if standing.is_empty() {
        return Ok(Vec::new());
    }
    let lines = lines(objects, archive).await?;
    let mut copies = Vec::new();
    for (number, name) in standing {
        let index = usize::try_from(number - archive.first).unwrap_or(usize::MAX);
        let Some(bytes) = objects.read(name).await? else { continue };
        let Some(line) = lines.get(index).filter(|line| **line == bytes) else {
            let reason = format!("`{}` holds another segment {number}", archive.name);
            return Err(StateError::damaged(objects.place(name), reason));
        };
        let (segment, _): (Segment, _) =
            segment::decode(line).map_err(|why| why.at(objects.place(name), false))?;
        let is_taking = |entry: &Entry| matches!(entry, Entry::LockTaken { .. });
        let is_fence = segment.entries.iter().any(|stamped| is_taking(&stamped.entry));
        copies.push(Copy { name: name.to_owned(), is_fence });
    }
    Ok(copies)
}

/// Returns the segments that stand alone.
pub(super) async fn standing(objects: &Objects) -> Result<Vec<Listed>, StateError> {
    objects.list(chain::FOLDER).await
}

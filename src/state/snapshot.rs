//! What all segments up to one amount to, so that nobody has to read all of them. Made anew from
//! the journal where it is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StateError;
use super::ledger::{Ledger, Progress, Unsettled};
use super::objects::Objects;
use super::segment::{self, FORMAT_VERSION, Head, Unreadable, seal};
use crate::model::{Applied, TreId};

/// The folder of the snapshots. It is kept small: see [`tidy`].
const FOLDER: &str = "applied";
/// So many are kept: the newest, and one that a reader may be reading.
const KEPT: usize = 2;

#[derive(Serialize, Deserialize)]
struct Stored {
    format_version: String,
    head: Head,
    token: u64,
    applied: Applied,
    #[serde(default)]
    progress: BTreeMap<TreId, Progress>,
    #[serde(default)]
    unsettled: BTreeMap<TreId, Unsettled>,
    #[serde(default)]
    done: BTreeMap<TreId, String>,
}

/// A ledger, the last segment that it includes, and the token that it was written under.
pub(super) struct Snapshot {
    pub ledger: Ledger,
    pub head: Head,
    pub token: u64,
}

fn name(segment: u64) -> String {
    format!("{FOLDER}/{segment:012}.json")
}

/// Returns the name and the stored form of a snapshot.
pub(super) fn encode(
    ledger: &Ledger,
    head: &Head,
    token: u64,
) -> Result<(String, Vec<u8>), serde_json::Error> {
    let stored = Stored {
        format_version: FORMAT_VERSION.to_owned(),
        head: head.clone(),
        token,
        applied: ledger.applied.clone(),
        progress: ledger.progress.clone(),
        unsettled: ledger.unsettled.clone(),
        done: ledger.done.clone(),
    };
    let (bytes, _) = seal(serde_json::to_vec(&stored)?);
    Ok((name(head.segment), bytes))
}

/// Returns the newest snapshot; an empty one where there is none.
pub(super) async fn read(objects: &Objects) -> Result<Snapshot, StateError> {
    loop {
        let names = objects.list(FOLDER).await?;
        if names.is_empty() {
            return Ok(Snapshot { ledger: Ledger::default(), head: Head::none(), token: 0 });
        }
        for listed in names.iter().rev() {
            // One that is gone was tidied away because newer ones are there.
            if let Some(bytes) = objects.read(&listed.name).await? {
                return decode(&bytes).map_err(|why| why.at(objects.place(&listed.name), true));
            }
        }
    }
}

/// Returns the segment that every snapshot that is kept covers; `None` where there is none. The
/// newest one is read, so that nothing is told of a state that cannot be loaded.
pub(super) async fn covered(objects: &Objects) -> Result<Option<u64>, StateError> {
    let Snapshot { ledger: _, head, token: _ } = read(objects).await?;
    let names = objects.list(FOLDER).await?;
    let oldest = names.iter().filter_map(|listed| number(&listed.name)).min();
    Ok(oldest.map(|oldest| oldest.min(head.segment)))
}

/// Returns every snapshot with its name, by the segment that it covers.
pub(super) async fn all(
    objects: &Objects,
) -> Result<BTreeMap<u64, (String, Snapshot)>, StateError> {
    let mut all = BTreeMap::new();
    for listed in objects.list(FOLDER).await? {
        if let Some(bytes) = objects.read(&listed.name).await? {
            let found = decode(&bytes).map_err(|why| why.at(objects.place(&listed.name), true))?;
            let number = number(&listed.name).unwrap_or(found.head.segment);
            all.insert(number, (listed.name, found));
        }
    }
    Ok(all)
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(".json")?.parse().ok()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Snapshot, Unreadable> {
    let (stored, _): (Stored, _) = segment::decode(bytes)?;
    let Stored { format_version: _, head, token, applied, progress, unsettled, done } = stored;
    if head.segment > segment::LAST {
        return Err(Unreadable::Damaged("no journal is that long".to_owned()));
    }
    Ok(Snapshot { ledger: Ledger::resume(applied, progress, unsettled, done), head, token })
}

/// Removes snapshots that newer ones replace.
pub(super) async fn tidy(objects: &Objects) -> Result<(), StateError> {
    let names = objects.list(FOLDER).await?;
    for listed in names.iter().rev().skip(KEPT) {
        objects.remove(&listed.name).await?;
    }
    Ok(())
}

/// Removes every snapshot.
pub(super) async fn clear(objects: &Objects) -> Result<(), StateError> {
    for listed in objects.list(FOLDER).await? {
        objects.remove(&listed.name).await?;
    }
    Ok(())
}

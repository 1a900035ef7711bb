//! `applied.json`: what all segments up to one number amount to.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::ledger::{Ledger, Progress, Unsettled};
use super::segment::{is_sealed, seal};
use super::{StateError, files};
use crate::model::{Applied, TreId};

/// The version of the state's formats; a change of meaning changes the first number.
pub const FORMAT_VERSION: &str = "1.0";

#[derive(Serialize, Deserialize)]
struct Stored {
    format_version: String,
    last_segment: u64,
    applied: Applied,
    #[serde(default)]
    progress: BTreeMap<TreId, Progress>,
    #[serde(default)]
    unsettled: BTreeMap<TreId, Unsettled>,
    #[serde(default)]
    done: BTreeMap<TreId, String>,
}

#[derive(Deserialize)]
struct Versioned {
    format_version: String,
}

/// Tells whether this trectl reads a format of that version.
pub(super) fn is_known(version: &str) -> bool {
    version.split('.').next() == FORMAT_VERSION.split('.').next()
}

/// Returns the stored form of a ledger.
pub(super) fn encode(ledger: &Ledger, last_segment: u64) -> Result<Vec<u8>, serde_json::Error> {
    let stored = Stored {
        format_version: FORMAT_VERSION.to_owned(),
        last_segment,
        applied: ledger.applied.clone(),
        progress: ledger.progress.clone(),
        unsettled: ledger.unsettled.clone(),
        done: ledger.done.clone(),
    };
    serde_json::to_vec(&stored).map(seal)
}

/// Writes a snapshot in the place of the one before.
pub(super) fn write(path: &Utf8Path, stored: &[u8]) -> Result<(), StateError> {
    files::replace(path, stored)
}

/// Returns the ledger of a snapshot and the last segment that it includes; the empty ledger and 0
/// where there is no file.
pub(super) fn read(path: &Utf8Path) -> Result<(Ledger, u64), StateError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((Ledger::default(), 0)),
        Err(error) => return Err(StateError::io("read", path, error)),
    };
    let corrupted =
        |reason: String| StateError::Corrupted { path: path.to_owned(), line: None, reason };
    if let Ok(Versioned { format_version }) = serde_json::from_slice(&bytes)
        && !is_known(&format_version)
    {
        return Err(StateError::Newer { path: path.to_owned(), version: format_version });
    }
    if !is_sealed(&bytes) {
        return Err(corrupted("the checksum does not fit".to_owned()));
    }
    let Stored { format_version: _, last_segment, applied, progress, unsettled, done } =
        serde_json::from_slice(&bytes).map_err(|error| corrupted(error.to_string()))?;
    Ok((Ledger::resume(applied, progress, unsettled, done), last_segment))
}

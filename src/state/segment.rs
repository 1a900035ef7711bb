//! One segment of the journal: lines of JSON, each sealed with a checksum.
//!
//! A line is written and synced together with its neighbours, so a power cut can lose or tear any
//! line of the last batch. Each line therefore tells up to which one the segment was durable when
//! it was made: a broken line that no later line vouches for was never confirmed to anybody and is
//! dropped with all that follows; any other broken line is damage.

use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::StateError;
use super::entry::Entry;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Counted from 1 in each segment.
    pub seq: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The run's id.
    pub run: String,
    /// The last line that was durable when this one was made; 0 for none.
    pub durable: u64,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Length of `,"sum":"xxxxxxxx"}`.
const SEAL: usize = 18;

/// Adds a checksum to a JSON object, as its last key.
pub(super) fn seal(mut json: Vec<u8>) -> Vec<u8> {
    json.pop();
    let sum = checksum(&json);
    json.extend_from_slice(format!(",\"sum\":\"{sum}\"}}").as_bytes());
    json
}

/// Tells whether the checksum of a sealed JSON object is right.
pub(super) fn is_sealed(json: &[u8]) -> bool {
    let Some((body, sealed)) =
        json.len().checked_sub(SEAL).and_then(|length| json.split_at_checked(length))
    else {
        return false;
    };
    sealed == format!(",\"sum\":\"{}\"}}", checksum(body)).as_bytes()
}

fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Appends a line in its stored form.
pub(super) fn encode(line: &Line, buffer: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    buffer.extend(seal(serde_json::to_vec(line)?));
    buffer.push(b'\n');
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<Line, String> {
    if !is_sealed(bytes) {
        return Err("the checksum does not fit".to_owned());
    }
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Returns the name of a segment.
pub(super) fn file_name(number: u64) -> String {
    format!("{number:06}.jsonl")
}

/// Returns the number of a segment by its name.
pub(super) fn number(file_name: &str) -> Option<u64> {
    let digits = file_name.strip_suffix(".jsonl")?;
    (digits.len() >= 6).then(|| digits.parse().ok()).flatten()
}

/// Returns the numbers of all segments in a folder, in order; none where there is no folder.
pub(super) fn list(folder: &Utf8Path) -> Result<Vec<u64>, StateError> {
    let entries = match folder.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StateError::io("read", folder, error)),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| StateError::io("read", folder, error))?;
        numbers.extend(number(entry.file_name()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Returns the entries of a segment.
///
/// # Errors
///
/// Where the file cannot be read, was written by a newer trectl, or is damaged otherwise than by
/// a torn end.
pub(super) fn read(path: &Utf8Path) -> Result<Vec<Line>, StateError> {
    let bytes = std::fs::read(path).map_err(|error| StateError::io("read", path, error))?;
    let mut pieces: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    pieces.pop();
    let mut lines = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let number = index + 1;
        let seq = number as u64;
        match decode(piece) {
            Ok(line) if line.seq == seq => lines.push(line),
            found => {
                let later = pieces.iter().skip(index);
                if later.filter_map(|piece| decode(piece).ok()).any(|line| line.durable >= seq) {
                    let reason = found.err().unwrap_or_else(|| "a line is missing".to_owned());
                    return Err(corrupted(path, number, reason));
                }
                break;
            }
        }
    }
    Ok(lines)
}

pub(super) fn corrupted(path: &Utf8Path, line: usize, reason: String) -> StateError {
    StateError::Corrupted { path: Utf8PathBuf::from(path), line: Some(line), reason }
}

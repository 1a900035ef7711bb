//! A snapshot as a file: written in one form, and read only where it is whole.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{FORMAT_VERSION, KIND, Snapshot};

/// The keys that the digest does not cover.
const UNCOVERED: [&str; 2] = ["digest", "taken_at"];

/// Why a file is no snapshot that can be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is no JSON document: another kind of file, or one that was cut.
    #[error("it is no JSON document")]
    Json(#[source] serde_json::Error),
    /// It is JSON, and no snapshot.
    #[error("it is JSON, and its `kind` is not `{KIND}`")]
    Kind,
    /// A newer trectl wrote it.
    #[error("it has the format version {0}, which this trectl does not know")]
    Version(String),
    /// Somebody changed it, or it was damaged.
    #[error("its content has the digest {found}, and it says {stated}")]
    Digest {
        /// What its key `digest` says.
        stated: String,
        /// What its content amounts to.
        found: String,
    },
    /// A key lacks, or holds another type.
    #[error("it lacks what a snapshot holds")]
    Content(#[source] serde_json::Error),
}

impl Snapshot {
    /// Returns the snapshot as a file holds it.
    pub fn to_text(&self) -> String {
        format!("{:#}\n", to_value(self))
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    ///
    /// Where it is no snapshot, of another version, or not as it was written.
    pub fn read(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let document: Value = serde_json::from_slice(bytes).map_err(SnapshotError::Json)?;
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("kind") != KIND {
            return Err(SnapshotError::Kind);
        }
        let version = text("format_version");
        if major(version) != major(FORMAT_VERSION) {
            return Err(SnapshotError::Version(version.to_owned()));
        }
        let (stated, found) = (text("digest").to_owned(), digest(&document));
        if stated != found {
            return Err(SnapshotError::Digest { stated, found });
        }
        Self::deserialize(document).map_err(SnapshotError::Content)
    }
}

fn major(version: &str) -> Option<&str> {
    version.split('.').next()
}

/// Returns the snapshot as JSON.
pub(super) fn to_value(snapshot: &Snapshot) -> Value {
    // Every map of a snapshot has text for keys, so that it always has a form in JSON.
    serde_json::to_value(snapshot).unwrap_or_default()
}

/// Returns `sha256:…` over the canonical form of a snapshot: without what is not covered, without
/// white space, and every object's keys in the order of their bytes. So laying the file out anew
/// leaves its digest alone.
pub(super) fn digest(document: &Value) -> String {
    let mut covered = document.clone();
    if let Some(keys) = covered.as_object_mut() {
        keys.retain(|key, _| !UNCOVERED.contains(&key.as_str()));
    }
    covered.sort_all_objects();
    let hash = Sha256::digest(covered.to_string().as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

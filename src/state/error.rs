//! Why the state of a target cannot be read or written.

use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{OrderError, Owner};

/// A failure of the state store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StateError {
    /// Another run holds the lock, and did not let go in time.
    #[error("the state in `{folder}` is in use{}", described(owner.as_ref()))]
    Busy {
        /// The folder of the state.
        folder: Utf8PathBuf,
        /// Who holds it, where that could be read.
        owner: Option<Owner>,
    },
    /// A file could not be read or written.
    #[error("`{path}` cannot be {action}: {source}")]
    Io {
        /// What was tried, as a participle: "written".
        action: &'static str,
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// A file is not what trectl wrote.
    #[error("`{path}`{} is damaged: {reason}", at_line(*line))]
    Corrupted {
        /// The file.
        path: Utf8PathBuf,
        /// The line, from 1, of a file that has lines.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
    /// A newer trectl wrote the file.
    #[error("`{path}` has the format version {version}, which this trectl does not know")]
    Newer {
        /// The file.
        path: Utf8PathBuf,
        /// Its version.
        version: String,
    },
    /// The journal was asked to write what cannot have happened.
    #[error("the journal refuses an entry: {0}")]
    Order(#[from] OrderError),
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
}

impl StateError {
    pub(super) fn io(action: &'static str, path: &Utf8Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source: Arc::new(source) }
    }

    /// Returns what to do about it, a full sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::Busy { .. } => "Wait until the other run has ended, or give it more time with \
                `--lock-timeout`. The lock of a run that died is free by itself."
                .to_owned(),
            Self::Io { path, source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => format!(
                    "The disk of `{path}` is full. Make room and run the same command again: \
                     nothing that was done is lost."
                ),
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => format!(
                    "Make `{path}` writable for this account, or name another folder with \
                     `state:` in `trectl.yaml`."
                ),
                _ => format!("Look at `{path}` and its folder, then run the same command again."),
            },
            Self::Corrupted { path, line: None, .. } => {
                format!("Move `{path}` away: it is made anew from the journal beside it.")
            }
            Self::Corrupted { path, line: Some(_), .. } => {
                format!("Restore `{path}` from a backup. Nothing was changed on the platform.")
            }
            Self::Newer { .. } => {
                "Use the trectl that wrote it, or a newer one, for this target.".to_owned()
            }
            Self::Order(_) | Self::Closed => {
                "This is a mistake in trectl; please report it with the journal.".to_owned()
            }
        }
    }
}

fn described(owner: Option<&Owner>) -> String {
    match owner {
        Some(Owner { pid, host, started, command }) => {
            format!(" by `{command}` (process {pid} on {host}, since {started})")
        }
        None => " by another run".to_owned(),
    }
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line},")).unwrap_or_default()
}

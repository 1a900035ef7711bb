//! Why the state of a target cannot be read or written.

use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{BucketError, Head, OrderError, Owner, Standing};

/// A failure of the state store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StateError {
    /// Another run holds the lock, and did not let go in time.
    #[error("the state in `{location}` is in use{}", described(standing.owner()))]
    Busy {
        /// Where the state is kept.
        location: String,
        /// How the lock stands.
        standing: Box<Standing>,
    },
    /// This run held the lock and holds it no more.
    #[error("the lock of the state in `{location}` is lost: another run may have taken it")]
    Lost {
        /// Where the state is kept.
        location: String,
    },
    /// An object could not be read or written.
    #[error("`{path}` cannot be {action}: {source}")]
    Io {
        /// What was tried, as a participle: "written".
        action: &'static str,
        /// The object or folder.
        path: Utf8PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// A bucket did not do its part.
    #[error("`{path}` cannot be {action}: {source}")]
    Bucket {
        /// What was tried, as a participle: "written".
        action: &'static str,
        /// The object.
        path: Utf8PathBuf,
        /// What is wrong.
        source: Box<BucketError>,
    },
    /// An object is not what trectl wrote.
    #[error("`{path}` is damaged: {reason}")]
    Corrupted {
        /// The object.
        path: Utf8PathBuf,
        /// It only spares work: what it holds is in other objects too.
        is_spare: bool,
        /// What is wrong.
        reason: String,
    },
    /// The journal does not hold what it held when somebody kept its head.
    #[error(
        "the journal in `{location}` is not the one that had the head `{anchor}`: {}",
        unlike(anchor, found)
    )]
    Anchor {
        /// Where the state is kept.
        location: String,
        /// The head that was kept.
        anchor: Box<Head>,
        /// The segment that is there in its place, or the last one.
        found: Box<Head>,
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
    /// Returns the error of an object that is not what trectl wrote.
    pub(super) fn damaged(path: Utf8PathBuf, reason: impl ToString) -> Self {
        Self::Corrupted { path, is_spare: false, reason: reason.to_string() }
    }

    pub(super) fn io(action: &'static str, path: &Utf8Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source: Arc::new(source) }
    }

    /// Returns what to do about it, a full sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::Busy { standing, .. } => busy(standing),
            Self::Lost { .. } => {
                "Run the same command again: it finds out what became of the last \
                call, and goes on."
                    .to_owned()
            }
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
            Self::Bucket { source, .. } => source.hint(),
            Self::Corrupted { path, is_spare: true, .. } => {
                format!("Move `{path}` away: it is made anew from the journal beside it.")
            }
            Self::Corrupted { path, is_spare: false, .. } => {
                format!("Restore `{path}` from a backup. Nothing was changed on the platform.")
            }
            Self::Anchor { .. } => "Somebody removed or rewrote entries, or the head is that of \
                another target. Compare with a backup of the state."
                .to_owned(),
            Self::Newer { .. } => {
                "Use the trectl that wrote it, or a newer one, for this target.".to_owned()
            }
            Self::Order(_) | Self::Closed => {
                "This is a mistake in trectl; please report it with the journal.".to_owned()
            }
        }
    }
}

fn unlike(anchor: &Head, found: &Head) -> String {
    if found.segment < anchor.segment {
        format!("it ends with segment {}, so its tail was cut", found.segment)
    } else {
        format!("its segment {} has another digest, so it was rewritten", found.segment)
    }
}

fn described(owner: Option<&Owner>) -> String {
    match owner {
        Some(Owner { pid, host, started, command, job_url, commit: _, process: _ }) => {
            let job = job_url.as_ref().map_or_else(String::new, |url| format!(", {url}"));
            format!(" by `{command}` (process {pid} on {host}, since {started}{job})")
        }
        None => " by another run".to_owned(),
    }
}

fn busy(standing: &Standing) -> String {
    let lease = match standing {
        Standing::Held { lease, .. } => lease.as_secs(),
        Standing::Free { .. } => 0,
    };
    format!(
        "Wait until the other run has ended, or give it more time with `--lock-timeout`. Where it \
         died on another machine, whoever waits for longer than its lease of {lease} s gets the \
         lock."
    )
}

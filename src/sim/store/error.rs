//! Why a store cannot be used.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sim::SeedError;

/// Why the embedded platform cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process works with the store, and went on for the whole time that was waited.
    #[error(
        "the embedded platform's store `{}` is in use by another process (waited {} s for it)",
        path.display(), waited.as_secs()
    )]
    Busy {
        /// The store.
        path: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The file is something else.
    #[error("`{}` is not a store of the embedded platform: {detail}", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The store is damaged.
    #[error(
        "the embedded platform's store `{}` is damaged ({detail}): \
         restore it from a copy, or empty it with `trectl sim reset`",
        path.display()
    )]
    Corrupted {
        /// The store.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A newer trectl wrote the store.
    #[error(
        "the embedded platform's store `{}` has format {found}, this trectl knows {known}: \
         use a newer trectl",
        path.display()
    )]
    Newer {
        /// The store.
        path: PathBuf,
        /// The format of the store.
        found: u64,
        /// The newest format that is known.
        known: u64,
    },
    /// A seed cannot be loaded where a store exists.
    #[error(
        "the embedded platform's store `{}` exists already: \
         empty it with `trectl sim reset` first",
        path.display()
    )]
    Exists {
        /// The store.
        path: PathBuf,
    },
    /// The seed contradicts itself.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The store, or its folder, cannot be read.
    #[error("the embedded platform's store `{}` cannot be read", path.display())]
    Unreadable {
        /// The store.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The store, or its folder, cannot be written: read-only, or the disk is full.
    #[error("the embedded platform's store `{}` cannot be written", path.display())]
    Unwritable {
        /// The store.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl OpenError {
    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }

    pub(super) fn unwritable(path: &Path, source: io::Error) -> Self {
        Self::Unwritable { path: path.to_owned(), source }
    }

    pub(super) fn corrupted(path: &Path, detail: impl ToString) -> Self {
        Self::Corrupted { path: path.to_owned(), detail: detail.to_string() }
    }

    pub(super) fn not_a_store(path: &Path, detail: impl ToString) -> Self {
        Self::NotAStore { path: path.to_owned(), detail: detail.to_string() }
    }

    /// Returns what a failure of an open store means.
    pub(super) fn of(path: &Path, error: redb::Error) -> Self {
        match error {
            redb::Error::Io(source) => match source.kind() {
                io::ErrorKind::InvalidData => Self::not_a_store(path, source),
                // A file says the one, a copy of it in memory the other.
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                    Self::corrupted(path, "the file is cut short")
                }
                _ => Self::unwritable(path, source),
            },
            redb::Error::TableDoesNotExist(table) => {
                Self::not_a_store(path, format!("it has no table `{table}`"))
            }
            redb::Error::UpgradeRequired(format) => {
                Self::not_a_store(path, format!("its file format {format} is too old"))
            }
            other => Self::corrupted(path, other),
        }
    }
}

//! The lock of a target's state: one run at a time may write.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::{StateError, files};

/// How long to wait before the next attempt.
const PAUSE: Duration = Duration::from_millis(25);

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The process.
    pub pid: u32,
    /// The machine.
    pub host: String,
    /// Since when, RFC 3339 in UTC.
    pub started: String,
    /// The command.
    pub command: String,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// It is free.
    Nobody,
    /// It is held, by a run that says who it is or not.
    Somebody(Option<Owner>),
}

/// A lock that is held, until it is dropped or the process ends in any way.
#[derive(Debug)]
pub struct Lock {
    folder: Utf8PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock of a folder, creating the folder, and waits for at most `timeout`.
    pub(super) fn take(
        folder: &Utf8Path,
        owner: &Owner,
        timeout: Duration,
    ) -> Result<Self, StateError> {
        files::create_folder(folder)?;
        let path = folder.join("lock");
        let failed = |error| StateError::io("locked", &path, error);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {
                    let left = timeout.saturating_sub(began.elapsed());
                    if left.is_zero() {
                        let owner = holder(&path);
                        return Err(StateError::Busy { folder: folder.to_owned(), owner });
                    }
                    std::thread::sleep(PAUSE.min(left));
                }
            }
        }
        write_owner(&file, owner).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), _file: file })
    }

    /// Looks who holds the lock of a folder.
    pub(super) fn holder(folder: &Utf8Path) -> Result<Holder, StateError> {
        let path = folder.join("lock");
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Holder::Nobody);
            }
            Err(error) => return Err(StateError::io("read", &path, error)),
        };
        // Whoever else wants the lock in this moment waits and tries again.
        match file.try_lock_shared() {
            Ok(()) => Ok(Holder::Nobody),
            Err(TryLockError::WouldBlock) => Ok(Holder::Somebody(holder(&path))),
            Err(TryLockError::Error(error)) => Err(StateError::io("locked", &path, error)),
        }
    }

    /// Returns the folder that is locked.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }
}

fn write_owner(mut file: &File, owner: &Owner) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    serde_json::to_writer(file, owner)?;
    file.flush()
}

fn holder(path: &Utf8Path) -> Option<Owner> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

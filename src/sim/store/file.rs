//! The file of a store: created whole or not at all, opened when nobody else works with it.

use std::fs::{File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, DatabaseError, StorageBackend};

use super::{OpenError, Options, rows};
use crate::model::ids::ObjectId;
use crate::platform::seed::Seed;
use crate::sim::{LoggedCall, World};

/// How often a store in use is asked for again.
const RETRY: Duration = Duration::from_millis(20);
/// The first bytes of every store.
const MAGIC: &[u8] = b"redb";

/// Returns the log of the calls that wanted to change something, oldest first.
///
/// # Errors
/// Where the store cannot be read.
pub fn calls(path: &Path, lock_timeout: Duration) -> Result<Vec<LoggedCall>, OpenError> {
    let db = open_copy(path, lock_timeout)?;
    rows::read_calls(path, &db)
}

/// Returns what was uploaded into a file, its parts one after the other; `None` where nothing was.
///
/// # Errors
/// Where the store cannot be read.
pub fn content(
    path: &Path,
    file: &ObjectId,
    lock_timeout: Duration,
) -> Result<Option<Vec<u8>>, OpenError> {
    let db = open_copy(path, lock_timeout)?;
    rows::read_content(&db, file).map_err(|error| OpenError::of(path, error))
}

/// Creates the store and loads a seed, or no directory at all where there is none.
///
/// # Errors
/// [`OpenError::Exists`] where there is a store already.
pub fn load_seed(options: &Options) -> Result<(), OpenError> {
    let world = world_of(options.seed.as_ref())?;
    if create(&options.path, &world)? {
        Ok(())
    } else {
        Err(OpenError::Exists { path: options.path.clone() })
    }
}

/// Removes the store, a damaged one too, and tells whether there was one.
///
/// # Errors
/// Where another process works with it, or the file is no store.
pub fn reset(path: &Path, lock_timeout: Duration) -> Result<bool, OpenError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(OpenError::unreadable(path, error)),
    };
    let mut head = Vec::new();
    let length = u64::try_from(MAGIC.len()).unwrap_or(u64::MAX);
    (&file)
        .take(length)
        .read_to_end(&mut head)
        .map_err(|error| OpenError::unreadable(path, error))?;
    if !head.is_empty() && head != MAGIC {
        return Err(OpenError::not_a_store(path, "remove it yourself if nobody needs it"));
    }
    wait(path, lock_timeout, || match file.try_lock() {
        Ok(()) => Ok(Some(())),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(OpenError::unreadable(path, error)),
    })?;
    fs_err::remove_file(path).map_err(|error| OpenError::unwritable(path, error))?;
    Ok(true)
}

/// Returns the world that a store begins with.
pub(super) fn world_of(seed: Option<&Seed>) -> Result<World, OpenError> {
    Ok(seed.map(World::seeded).transpose()?.unwrap_or_else(World::unseeded))
}

/// Tells whether there is a store.
pub(super) fn exists(path: &Path) -> Result<bool, OpenError> {
    path.try_exists().map_err(|error| OpenError::unreadable(path, error))
}

/// Creates a store that holds a world, and tells whether it did: it does not where one exists.
/// It is written beside its place and then moved there, so that no half of a store is ever seen.
pub(super) fn create(path: &Path, world: &World) -> Result<bool, OpenError> {
    let unwritable = |error: io::Error| OpenError::unwritable(path, error);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    fs_err::create_dir_all(&folder).map_err(unwritable)?;
    let draft = tempfile::Builder::new()
        .prefix(".platform-")
        .suffix(".tmp")
        .tempfile_in(&folder)
        .map_err(unwritable)?;
    fill(draft.path(), world).map_err(|error| OpenError::of(path, error))?;
    match draft.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(unwritable(error.error)),
    }
    sync_folder(&folder).map_err(unwritable)?;
    Ok(true)
}

fn fill(path: &Path, world: &World) -> Result<(), redb::Error> {
    let db = Builder::new().create(path)?;
    let txn = db.begin_write()?;
    rows::write_world(&txn, world)?;
    txn.commit()?;
    Ok(())
}

/// Makes the new name durable; a folder cannot be synced everywhere, and where it cannot, its
/// names are durable by themselves.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Opens a store to work with it, when nobody else does.
pub(super) fn open(path: &Path, lock_timeout: Duration) -> Result<Database, OpenError> {
    wait(path, lock_timeout, || {
        // A store that something else has altered is reported instead of trusted.
        let opened = Builder::new().set_check_integrity_on_open(true).open(path);
        match opened {
            Ok(db) => Ok(Some(db)),
            Err(DatabaseError::DatabaseAlreadyOpen) => Ok(None),
            Err(error) => Err(OpenError::of(path, error.into())),
        }
    })
}

/// Opens a copy of a store in memory: nothing on disk changes, not even to repair what a crash
/// left behind, and the store is free again at once.
pub(super) fn open_copy(path: &Path, lock_timeout: Duration) -> Result<Database, OpenError> {
    let unreadable = |error: io::Error| OpenError::unreadable(path, error);
    let mut file = File::open(path).map_err(unreadable)?;
    wait(path, lock_timeout, || match file.try_lock_shared() {
        Ok(()) => Ok(Some(())),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(unreadable(error)),
    })?;
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(unreadable)?;
    drop(file);
    if !content.starts_with(MAGIC) {
        return Err(OpenError::not_a_store(path, "it begins otherwise"));
    }
    let memory = InMemoryBackend::new();
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    memory
        .set_len(length)
        .and_then(|()| memory.write(0, &content))
        .map_err(|error| OpenError::corrupted(path, error))?;
    Builder::new()
        .set_check_integrity_on_open(true)
        .create_with_backend(memory)
        .map_err(|error| OpenError::of(path, error.into()))
}

/// Tries until something is free, or the time is over.
fn wait<T>(
    path: &Path,
    timeout: Duration,
    attempt: impl Fn() -> Result<Option<T>, OpenError>,
) -> Result<T, OpenError> {
    let start = Instant::now();
    loop {
        if let Some(value) = attempt()? {
            return Ok(value);
        }
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(OpenError::Busy { path: path.to_owned(), waited: timeout });
        }
        thread::sleep(RETRY.min(left));
    }
}

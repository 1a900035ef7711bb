//! The objects that a target's state is made of: names that are created once, in a folder or a
//! bucket. Nothing is ever overwritten, so that the same code is safe for both.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};

use super::StateError;

/// Where a state is kept.
#[derive(Debug, Clone)]
pub enum Location {
    /// A folder, which need not exist.
    Folder(Utf8PathBuf),
    /// A store that is opened already, below a prefix; the text names it for people.
    Opened(Arc<dyn ObjectStore>, Path, String),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => f.write_str(folder.as_str()),
            Self::Opened(_, _, name) => f.write_str(name),
        }
    }
}

/// The objects of one state.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    location: Arc<str>,
    /// The folder that the state is, where it is one.
    folder: Option<std::path::PathBuf>,
}

/// What became of an object that was to be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Created {
    /// It is there, and it is ours.
    New,
    /// Somebody else has taken the name.
    Taken,
}

/// One object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// The name below the prefix of the state.
    pub name: String,
    /// When it was created, by the clock of the store: milliseconds since the Unix epoch.
    pub created_ms: i64,
}

impl Objects {
    /// Opens the objects of a location. Nothing is read or created.
    ///
    /// # Errors
    ///
    /// Where the path of a folder cannot be told.
    pub fn open(location: &Location) -> Result<Self, StateError> {
        let name = Arc::from(location.to_string());
        match location {
            Location::Opened(store, prefix, _) => {
                let (store, prefix) = (store.clone(), prefix.clone());
                Ok(Self { store, prefix, location: name, folder: None })
            }
            Location::Folder(folder) => {
                let opened = std::path::absolute(folder).and_then(|path| {
                    let prefix = Path::from_absolute_path(&path).map_err(Error::from)?;
                    Ok((path, prefix))
                });
                let (path, prefix) =
                    opened.map_err(|error| StateError::io("opened", folder, error))?;
                // A name that is told to be there must be there after a power cut.
                let store = Arc::new(LocalFileSystem::new().with_fsync(true));
                Ok(Self { store, prefix, location: name, folder: Some(path) })
            }
        }
    }

    /// Creates an object whose name must be free. Where an answer was lost and the name is taken by
    /// the very same content, it is ours.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub async fn create(&self, name: &str, bytes: Vec<u8>) -> Result<Created, StateError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let payload = bytes.clone().into();
        match self.store.put_opts(&self.path(name), payload, options).await {
            Ok(_) => Ok(Created::New),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                match self.read(name).await? {
                    Some(found) if found == bytes => Ok(Created::New),
                    _ => Ok(Created::Taken),
                }
            }
            Err(error) => Err(self.failed("written", name, error)),
        }
    }

    /// Returns an object, or `None` where there is none.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        let read = async {
            match self.store.get(&self.path(name)).await {
                Ok(found) => found.bytes().await.map(Some),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        match read.await {
            Ok(bytes) => Ok(bytes.map(Vec::from)),
            Err(error) => Err(self.failed("read", name, error)),
        }
    }

    /// Returns the objects of a folder, in the order of their names. Only folders that stay small
    /// are ever listed.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub async fn list(&self, folder: &str) -> Result<Vec<Listed>, StateError> {
        let found = self.store.list(Some(&self.path(folder))).try_collect::<Vec<_>>();
        let found = match found.await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => Vec::new(),
            Err(error) => return Err(self.failed("read", folder, error)),
        };
        let mut listed: Vec<Listed> = found
            .into_iter()
            .filter_map(|meta| {
                let parts = meta.location.prefix_match(&self.prefix)?;
                let name = parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>();
                Some(Listed {
                    name: name.join("/"),
                    created_ms: meta.last_modified.timestamp_millis(),
                })
            })
            .collect();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    /// Removes an object; one that is gone already is fine.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub async fn remove(&self, name: &str) -> Result<(), StateError> {
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed("removed", name, error)),
        }
    }

    /// Makes the names of the folders themselves safe. Whoever makes a folder syncs it; a run that
    /// was killed in between has left that to the next one, which finds the folder there and would
    /// take it for safe.
    ///
    /// # Errors
    ///
    /// Where the state's own folder cannot be synced.
    pub fn settle_folders(&self) -> Result<(), StateError> {
        let Some(folder) = self.folder.as_deref().filter(|_| cfg!(unix)) else { return Ok(()) };
        let sync = |folder: &std::path::Path| std::fs::File::open(folder)?.sync_all();
        let failed = |error| StateError::io("synced", Utf8Path::new(&*self.location), error);
        sync(folder).map_err(failed)?;
        for above in folder.ancestors().skip(1) {
            match sync(above).map_err(|error| (error.kind(), error)) {
                Ok(()) => {}
                // What this account may not even read was not made by one of its runs.
                Err((ErrorKind::PermissionDenied, _)) => {}
                // Some file systems sync no folders; the one of the state does.
                Err((ErrorKind::InvalidInput | ErrorKind::Unsupported, _)) => {}
                Err((_, error)) => return Err(failed(error)),
            }
        }
        Ok(())
    }

    /// Returns an object's name for people.
    pub fn place(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::new(&*self.location).join(name)
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn failed(&self, action: &'static str, name: &str, error: Error) -> StateError {
        StateError::io(action, &self.place(name), innermost(error))
    }
}

/// Returns the error of the system behind an error of the store, so that a full disk is told to be
/// one.
fn innermost(error: Error) -> std::io::Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if let Some(system) = cause.downcast_ref::<std::io::Error>() {
            return match system.raw_os_error() {
                Some(code) => std::io::Error::from_raw_os_error(code),
                None => std::io::Error::new(system.kind(), system.to_string()),
            };
        }
        source = cause.source();
    }
    std::io::Error::other(error)
}

//! The objects that a target's state is made of: names that are created once, in a folder or a
//! bucket. Nothing is ever overwritten, so that the same code is safe for both.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};

use super::StateError;
use super::remote::{self, BucketError, Problem};
use crate::desired::BucketUrl;

/// So often an object is sent that the store may have or not.
const SENDINGS: usize = 3;
/// Before it is sent once more.
const PAUSE: Duration = Duration::from_millis(200);

/// Where a state is kept.
#[derive(Debug, Clone)]
pub enum Location {
    /// A folder, which need not exist.
    Folder(Utf8PathBuf),
    /// A bucket, which must exist.
    Bucket(BucketUrl),
    /// A store that is opened already, below a prefix; the text names it for people.
    Opened(Arc<dyn ObjectStore>, Path, String),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => f.write_str(folder.as_str()),
            Self::Bucket(url) => url.fmt(f),
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
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(std::path::PathBuf),
    Bucket(BucketUrl),
    Opened,
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
    /// Where the path of a folder cannot be told, or the environment does not fit the bucket.
    pub fn open(location: &Location) -> Result<Self, StateError> {
        let name = Arc::from(location.to_string());
        match location {
            Location::Opened(store, prefix, _) => {
                let (store, prefix) = (store.clone(), prefix.clone());
                Ok(Self { store, prefix, location: name, place: Place::Opened })
            }
            Location::Bucket(url) => {
                let store = remote::open(url).map_err(|source| StateError::Bucket {
                    action: "opened",
                    path: Utf8PathBuf::from(&*name),
                    source: Box::new(source),
                })?;
                let prefix = Path::from(url.prefix.as_str());
                Ok(Self { store, prefix, location: name, place: Place::Bucket(url.clone()) })
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
                Ok(Self { store, prefix, location: name, place: Place::Folder(path) })
            }
        }
    }

    /// Creates an object whose name must be free. Where an answer was lost and the name is taken by
    /// the very same content, it is ours: no two writers ever send the same.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub async fn create(&self, name: &str, bytes: Vec<u8>) -> Result<Created, StateError> {
        let mut sending = 1;
        loop {
            let Err(error) = self.put(name, &bytes).await else { return Ok(Created::New) };
            let is_taken = is_taken(&error);
            if !is_taken && !remote::is_uncertain(&error) {
                return Err(self.failed("written", name, error));
            }
            match self.read(name).await {
                Ok(Some(found)) if found == bytes => return Ok(Created::New),
                Ok(Some(_)) => return Ok(Created::Taken),
                // It did not arrive, or somebody writes it at this very moment and may yet fail.
                Ok(None) if sending < SENDINGS => tokio::time::sleep(PAUSE).await,
                Ok(None) if is_taken => return Ok(Created::Taken),
                Ok(None) => return Err(self.failed("written", name, error)),
                Err(unread) if is_taken => return Err(unread),
                Err(_) => return Err(self.failed("written", name, error)),
            }
            sending += 1;
        }
    }

    /// Refuses a store that overwrites what it was asked to create. `bytes` are what `name` holds.
    ///
    /// # Errors
    ///
    /// [`Problem::Overwrites`], and where the store cannot be written.
    pub async fn prove(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        let url = match &self.place {
            // The system itself creates files once.
            Place::Folder(_) | Place::Opened => return Ok(()),
            Place::Bucket(url) => url.clone(),
        };
        let mut sending = 1;
        loop {
            match self.put(name, bytes).await {
                Err(error) if is_taken(&error) => return Ok(()),
                // The answer was lost; asked once more, the store says the same.
                Err(error) if remote::is_uncertain(&error) && sending < SENDINGS => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(self.failed("written", name, error)),
                Ok(()) => {
                    let source = Box::new(BucketError { url, problem: Problem::Overwrites });
                    let path = self.place(name);
                    return Err(StateError::Bucket { action: "written", path, source });
                }
            }
            sending += 1;
        }
    }

    async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.store.put_opts(&self.path(name), bytes.to_vec().into(), options).await.map(drop)
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
                Err(error) if is_absent(&error) => Ok(None),
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
            Err(error) if is_absent(&error) => Vec::new(),
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
            Ok(()) => Ok(()),
            Err(error) if is_absent(&error) => Ok(()),
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
        let folder = match &self.place {
            Place::Folder(folder) if cfg!(unix) => folder.as_path(),
            _ => return Ok(()),
        };
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
        let path = self.place(name);
        match &self.place {
            Place::Bucket(url) => {
                StateError::Bucket { action, path, source: Box::new(BucketError::of(url, &error)) }
            }
            Place::Folder(_) | Place::Opened => StateError::io(action, &path, innermost(error)),
        }
    }
}

fn is_taken(error: &Error) -> bool {
    matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. })
}

fn is_absent(error: &Error) -> bool {
    matches!(error, Error::NotFound { .. }) && !remote::is_missing_bucket(error)
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

//! Files that are on the disk when a function returns.

use std::fs::{self, File};
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};

use super::StateError;

/// Creates a folder and those above it.
pub(super) fn create_folder(folder: &Utf8Path) -> Result<(), StateError> {
    if folder.is_dir() {
        return Ok(());
    }
    let missing: Vec<&Utf8Path> = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.as_str().is_empty() && !ancestor.is_dir())
        .collect();
    fs::create_dir_all(folder).map_err(|error| StateError::io("created", folder, error))?;
    for created in missing {
        sync_folder(&parent(created))?;
    }
    Ok(())
}

fn parent(path: &Utf8Path) -> Utf8PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Utf8Path) -> Result<(), StateError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StateError::io("written", folder, error))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Creates a file that must not exist yet, with its first bytes.
pub(super) fn create_new(path: &Utf8Path, bytes: &[u8]) -> Result<File, StateError> {
    let failed = |error| StateError::io("written", path, error);
    let mut file = File::create_new(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    sync_folder(&parent(path))?;
    Ok(file)
}

/// Replaces a file by other contents: whoever reads it finds the old or the new ones, whole.
pub(super) fn replace(path: &Utf8Path, bytes: &[u8]) -> Result<(), StateError> {
    let next = Utf8PathBuf::from(format!("{path}.new"));
    let failed = |error| StateError::io("written", &next, error);
    let mut file = File::create(&next).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&next, path).map_err(|error| StateError::io("replaced", path, error))?;
    sync_folder(&parent(path))
}

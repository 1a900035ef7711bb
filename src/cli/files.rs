//! Files that commands write: whole or not at all.

use std::io::Write;

use camino::Utf8Path;
use tempfile::NamedTempFile;

use super::failure::Failure;

/// Writes a file, in place of one that may be there. No half of it is ever seen.
///
/// # Errors
///
/// Where the folder is not there or cannot be written.
pub fn replace(path: &Utf8Path, content: &[u8]) -> Result<(), Failure> {
    let draft = draft(path, content)?;
    draft.persist(path).map(drop).map_err(|error| unwritable(path, error.error))
}

/// Writes a file that must not be there yet, and its folder; one that is there stays as it is.
///
/// # Errors
///
/// Where the folder cannot be written.
pub fn create(path: &Utf8Path, content: &[u8]) -> Result<Created, Failure> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(|error| unwritable(path, error))?;
    }
    match draft(path, content)?.persist_noclobber(path) {
        Ok(_) => Ok(Created::New),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(Created::WasThere)
        }
        Err(error) => Err(unwritable(path, error.error)),
    }
}

/// What became of a file that was to be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is there now.
    New,
    /// It was there before, and is as it was.
    WasThere,
}

fn draft(path: &Utf8Path, content: &[u8]) -> Result<NamedTempFile, Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_str().is_empty() => folder,
        _ => Utf8Path::new("."),
    };
    let mut draft = builder().tempfile_in(folder).map_err(|error| unwritable(path, error))?;
    draft
        .write_all(content)
        .and_then(|()| draft.as_file().sync_all())
        .map_err(|error| unwritable(path, error))?;
    Ok(draft)
}

/// Files of users have the permissions that their umask gives, not those of temporary ones.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".trectl-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

fn unwritable(path: &Utf8Path, error: std::io::Error) -> Failure {
    Failure::files(format!("`{path}` cannot be written.")).because(error).hint(
        "See that its folder is there and writable for the current user, and that the disk is not \
         full.",
    )
}

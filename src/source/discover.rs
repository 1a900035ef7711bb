//! From a folder to the files of its repository. The only part of `source` that reads the disk.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::classify::PROJECT_FILE;
use super::error::Action;
use super::repository::{ReadFile, assemble, read, read_all};
use super::walk::{Found, walk};
use super::yaml::{MAX_FILE_BYTES, too_large};
use super::{Ignore, Repository, SourceError};
use crate::diag::Diagnostic;

/// Returns the root of the repository that a folder belongs to: the nearest folder at or above it
/// with a `trectl.yaml`, else the folder itself.
///
/// # Errors
///
/// When the folder does not exist or cannot be opened.
pub fn find_root(dir: &Utf8Path) -> Result<Utf8PathBuf, SourceError> {
    let failed = |source| SourceError { action: Action::OpenRoot, path: dir.to_owned(), source };
    let start = dir.canonicalize_utf8().map_err(failed)?;
    if !start.is_dir() {
        return Err(failed(std::io::ErrorKind::NotADirectory.into()));
    }
    let nearest = start.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file());
    Ok(nearest.unwrap_or(&start).to_owned())
}

/// Returns the repository below a root.
///
/// # Errors
///
/// When a folder or file cannot be read. What is wrong *in* files is among the repository's
/// diagnostics instead.
pub fn load(root: &Utf8Path) -> Result<Repository, SourceError> {
    let root = root.canonicalize_utf8().map_err(|source| SourceError {
        action: Action::OpenRoot,
        path: root.to_owned(),
        source,
    })?;
    let project = match Content::of_file(&root.join(PROJECT_FILE)) {
        Ok(Content::Bytes(bytes)) => Some(bytes),
        // Whatever is in the way is reported when the files are read.
        Ok(Content::TooLarge(_)) | Err(_) => None,
    };
    let ignore = Ignore::from_project(project.as_deref());
    let Found { files, mut findings } = walk(&root, &ignore)?;
    let mut read_files = Vec::with_capacity(files.len());
    for file in read_all(&files, |path| load_file(&root, path)) {
        match file? {
            Loaded::Read(file) => read_files.push(file),
            Loaded::TooLarge(finding) => findings.push(*finding),
        }
    }
    findings.append(&mut ignore.into_findings());
    Ok(assemble(root, read_files, findings))
}

enum Loaded {
    Read(ReadFile),
    TooLarge(Box<Diagnostic>),
}

fn load_file(root: &Utf8Path, path: &Arc<str>) -> Result<Loaded, SourceError> {
    let content = Content::of_file(&root.join(path.as_ref())).map_err(|source| SourceError {
        action: Action::ReadFile,
        path: Utf8PathBuf::from(path.as_ref()),
        source,
    })?;
    Ok(match content {
        Content::Bytes(bytes) => Loaded::Read(read(&(Arc::clone(path), bytes))),
        Content::TooLarge(bytes) => Loaded::TooLarge(Box::new(too_large(path, bytes))),
    })
}

enum Content {
    Bytes(Vec<u8>),
    TooLarge(u64),
}

impl Content {
    /// Reads a file, unless it is beyond the limit; also if it grows meanwhile.
    fn of_file(path: &Utf8Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length > MAX_FILE_BYTES {
            return Ok(Self::TooLarge(length));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        let length = bytes.len() as u64;
        Ok(if length > MAX_FILE_BYTES { Self::TooLarge(length) } else { Self::Bytes(bytes) })
    }
}

//! Which files of a folder belong to the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::classify::PROJECT_FILE;
use super::error::Action;
use super::{Ignore, SourceError, codes};
use crate::diag::{Code, Diagnostic, Position, Range};

/// The folder of the root that holds assets, not documents.
const INVENTORY: &str = "inventory";

/// What a walk brought.
#[derive(Debug)]
pub(super) struct Found {
    /// The files to read, relative to the root, in path order.
    pub files: Vec<Arc<str>>,
    /// Links and names that are refused.
    pub findings: Vec<Diagnostic>,
}

/// Returns the YAML files below a root, which must be canonical.
///
/// Links are followed last, in path order, and only to what was not reached before. So each file
/// is read once, under its own path where it has one, and links cannot form a loop.
pub(super) fn walk(root: &Utf8Path, ignore: &Ignore) -> Result<Found, SourceError> {
    let mut walker = Walker {
        root,
        ignore,
        folders: vec![Place { path: Utf8PathBuf::new(), real: root.to_owned() }],
        files: BTreeSet::new(),
        links: BTreeMap::new(),
        reached: BTreeSet::new(),
        findings: Vec::new(),
    };
    loop {
        while let Some(folder) = walker.folders.pop() {
            walker.list(&folder)?;
        }
        let Some((path, real)) = walker.links.pop_first() else { break };
        walker.follow(path, &real);
    }
    let Walker { files, findings, .. } = walker;
    Ok(Found { files: files.into_iter().map(Arc::from).collect(), findings })
}

/// A file or folder.
struct Place {
    /// Below the root, by way of links.
    path: Utf8PathBuf,
    /// On the disk.
    real: Utf8PathBuf,
}

struct Walker<'a> {
    root: &'a Utf8Path,
    ignore: &'a Ignore,
    /// Folders to list.
    folders: Vec<Place>,
    files: BTreeSet<String>,
    /// Links to follow: the path below the root and the one on the disk.
    links: BTreeMap<Utf8PathBuf, Utf8PathBuf>,
    /// What was read or listed, as it is on the disk.
    reached: BTreeSet<Utf8PathBuf>,
    findings: Vec<Diagnostic>,
}

impl Walker<'_> {
    fn list(&mut self, folder: &Place) -> Result<(), SourceError> {
        let is_root = folder.path.as_str().is_empty();
        let is_other_root = !is_root && folder.real.join(PROJECT_FILE).is_file();
        if is_other_root || !self.reached.insert(folder.real.clone()) {
            return Ok(());
        }
        let failed = |source| {
            let path = if is_root { folder.real.clone() } else { folder.path.clone() };
            SourceError { action: Action::ReadFolder, path, source }
        };
        let mut entries = fs::read_dir(&folder.real)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(failed)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let kind = entry.file_type().map_err(failed)?;
            match name.to_str() {
                Some(name) => self.enter(folder, name, kind),
                None => self.refuse_name(folder, &name, kind),
            }
        }
        Ok(())
    }

    fn enter(&mut self, folder: &Place, name: &str, kind: fs::FileType) {
        let is_inventory = name == INVENTORY && folder.path.as_str().is_empty();
        if name.starts_with('.') || is_inventory {
            return;
        }
        let place = Place { path: below(&folder.path, name), real: folder.real.join(name) };
        if self.ignore.is_match(place.path.as_str()) {
            return;
        }
        if kind.is_symlink() {
            self.links.insert(place.path, place.real);
        } else if kind.is_dir() {
            self.folders.push(place);
        } else if kind.is_file() && is_yaml(name) && self.reached.insert(place.real) {
            self.files.insert(place.path.into_string());
        }
    }

    fn follow(&mut self, path: Utf8PathBuf, link: &Utf8Path) {
        let is_yaml = is_yaml(path.as_str());
        let target = match link.canonicalize_utf8() {
            Ok(target) => target,
            Err(error) if is_yaml => {
                let summary = format!("The link `{path}` leads nowhere: {error}.");
                return self.refuse(&path, &codes::BROKEN_LINK, summary);
            }
            Err(_) => return,
        };
        let (is_dir, is_file) = (target.is_dir(), is_yaml && target.is_file());
        if !is_dir && !is_file {
            return;
        }
        if !target.starts_with(self.root) {
            let summary =
                format!("The link `{path}` leads to `{target}`, outside of the repository.");
            self.refuse(&path, &codes::LINK_LEAVES_ROOT, summary);
        } else if is_dir {
            self.folders.push(Place { path, real: target });
        } else if self.reached.insert(target) {
            self.files.insert(path.into_string());
        }
    }

    fn refuse(&mut self, path: &Utf8Path, code: &'static Code, summary: String) {
        let start = Position { line: 1, column: 1, byte: 0 };
        let range = Range { file: Arc::from(path.as_str()), start, end: start };
        self.findings.push(Diagnostic::error(code, summary).at(&range).help(code.cure));
    }

    fn refuse_name(&mut self, folder: &Place, name: &OsStr, kind: fs::FileType) {
        let shown = name.to_string_lossy();
        let path = below(&folder.path, &shown);
        let matters = !shown.starts_with('.') && (kind.is_dir() || is_yaml(&shown));
        if matters && !self.ignore.is_match(path.as_str()) {
            let summary = format!("The name of `{path}` is not valid Unicode.");
            self.refuse(&path, &codes::FILE_NAME, summary);
        }
    }
}

fn is_yaml(name: &str) -> bool {
    matches!(Utf8Path::new(name).extension(), Some("yaml" | "yml"))
}

/// Returns a path below the root, with `/` on every system.
fn below(folder: &Utf8Path, name: &str) -> Utf8PathBuf {
    match folder.as_str() {
        "" => Utf8PathBuf::from(name),
        folder => Utf8PathBuf::from(format!("{folder}/{name}")),
    }
}

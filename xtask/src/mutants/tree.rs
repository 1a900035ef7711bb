//! The copy of the repository that the mutants live in.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// Copies the tracked files and those that git does not ignore, with some of them patched; leaves
/// what is there already alone, so that the next build has less to do.
///
/// # Errors
///
/// Where git or the disk fails.
pub fn copy(root: &Path, to: &Path, patched: &BTreeMap<&str, String>) -> Result<(), String> {
    let files = files(root)?;
    let wanted: BTreeSet<PathBuf> = files.iter().map(|file| to.join(file)).collect();
    remove_others(to, &wanted).map_err(|error| format!("{}: {error}", to.display()))?;
    for file in files {
        let text = patched.get(file.as_str()).map(|text| text.as_bytes().to_vec());
        let put = || -> io::Result<()> {
            let text = text.map_or_else(|| fs::read(root.join(&file)), Ok)?;
            let path = to.join(&file);
            if fs::read(&path).ok().as_ref() == Some(&text) {
                return Ok(());
            }
            fs::create_dir_all(path.parent().unwrap_or(to))?;
            fs::write(path, text)
        };
        put().map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}

fn files(root: &Path) -> Result<Vec<String>, String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !listed.status.success() {
        return Err(String::from_utf8_lossy(&listed.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&listed.stdout);
    // A file that was removed and not yet staged is listed all the same.
    let files = text.split('\0').filter(|file| !file.is_empty() && root.join(file).is_file());
    Ok(files.map(str::to_owned).collect())
}

fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && path.file_name() != Some(OsStr::new("target")) {
            remove_others(&path, wanted)?;
        } else if path.is_file() && !wanted.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

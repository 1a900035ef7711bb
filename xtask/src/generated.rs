//! The files that are made from the code, in whole or in part.

use std::fs;
use std::path::Path;

/// Writes every stale one.
///
/// # Errors
///
/// Where a file cannot be written, or lacks the section that is made.
pub fn write(root: &Path) -> Result<(), String> {
    for (path, text) in stale(root)? {
        let file = root.join(&path);
        let folder = file.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| format!("{path}: {error}"))?;
        println!("wrote {path}");
    }
    Ok(())
}

/// Finds stale ones.
///
/// # Errors
///
/// Names them.
pub fn check(root: &Path) -> Result<(), String> {
    let stale: Vec<String> = stale(root)?.into_iter().map(|(path, _)| path).collect();
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("stale, run `cargo xtask`: {}", stale.join(", ")))
    }
}

/// Returns the path of every stale file, and what it must hold.
fn stale(root: &Path) -> Result<Vec<(String, String)>, String> {
    let mut stale = Vec::new();
    for file in trectl::cli::generated_files() {
        let found = fs::read_to_string(root.join(&file.path)).ok();
        let fresh = file.fresh(found.as_deref())?;
        if found.as_deref() != Some(fresh.as_str()) {
            stale.push((file.path, fresh));
        }
    }
    Ok(stale)
}

//! The files of this repository that are made from the code: one list, for the command that writes
//! them and for the check that they are fresh.

use super::commands::schema;
use crate::schema::to_text;
use crate::{lifecycle, rules};

/// A file that is made from the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// The path below the root of the repository.
    pub path: String,
    /// What it must hold.
    pub text: String,
}

/// Returns every generated file: schemas, and the pages of `docs/` that restate tables.
pub fn generated_files() -> Vec<GeneratedFile> {
    let schemas = schema::kinds().into_iter().filter_map(|kind| {
        let text = to_text(&schema::generate(kind)?);
        Some(GeneratedFile { path: format!("schemas/{kind}.schema.json"), text })
    });
    let pages = [
        ("docs/diagnostics.md", rules::reference(&rules::codes())),
        ("docs/lock-rules.md", lifecycle::reference()),
    ];
    let pages = pages.into_iter().map(|(path, text)| GeneratedFile { path: path.to_owned(), text });
    schemas.chain(pages).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generated_file_is_fresh() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for GeneratedFile { path, text } in generated_files() {
            let found = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
            assert!(found == text, "{path} is stale: run `cargo xtask`");
        }
    }
}

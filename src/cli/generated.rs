//! The files of this repository that are made from the code, in whole or in part: one list, for the
//! command that writes them and for the check that they are fresh.

use super::commands::schema;
use crate::platform::wire::contract;
use crate::schema::to_text;
use crate::{lifecycle, rules};

/// A file that is made from the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// The path below the root of the repository.
    pub path: String,
    /// How much of it is made.
    pub part: Part,
    /// What that part must hold.
    pub text: String,
}

/// How much of a file is made from the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// What stands between the lines `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
    Section(&'static str),
}

impl GeneratedFile {
    /// Returns the whole file as it must be, where `found` is what is there now.
    ///
    /// # Errors
    ///
    /// Where the file lacks the two lines between which the section stands.
    pub fn fresh(&self, found: Option<&str>) -> Result<String, String> {
        let Self { path, part, text } = self;
        let Part::Section(name) = part else { return Ok(text.clone()) };
        let (start, end) =
            (format!("<!-- generated: {name} -->\n"), format!("<!-- end: {name} -->"));
        let found = found.unwrap_or_default();
        let parts = found.split_once(&start).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(&end)?;
            Some((before, after))
        });
        match parts {
            Some((before, after)) => Ok(format!("{before}{start}\n{text}\n{end}{after}")),
            None => Err(format!("`{path}` lacks the lines `{}` and `{end}`", start.trim_end())),
        }
    }
}

/// Returns every generated file: schemas, and the pages of `docs/` that restate tables.
pub fn generated_files() -> Vec<GeneratedFile> {
    let schemas = schema::kinds().into_iter().filter_map(|kind| {
        let text = to_text(&schema::generate(kind)?);
        Some((format!("schemas/{kind}.schema.json"), Part::Whole, text))
    });
    let pages = [
        ("docs/diagnostics.md", Part::Whole, rules::reference(&rules::codes())),
        ("docs/lock-rules.md", Part::Whole, lifecycle::reference()),
        ("docs/platform-contract.md", Part::Section("the wire"), contract::page()),
    ];
    let pages = pages.into_iter().map(|(path, part, text)| (path.to_owned(), part, text));
    let all = schemas.chain(pages);
    all.map(|(path, part, text)| GeneratedFile { path, part, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generated_file_is_fresh() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in generated_files() {
            let path = &file.path;
            let found = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            let is_fresh = file.fresh(Some(&found)).unwrap() == found;
            assert!(is_fresh, "{path} is stale: run `cargo xtask`");
        }
    }

    #[test]
    fn a_section_leaves_the_rest_of_the_page_as_it_is() {
        let section = |text: &str| GeneratedFile {
            path: "docs/x.md".to_owned(),
            part: Part::Section("table"),
            text: text.to_owned(),
        };
        let page = "# X\n\n<!-- generated: table -->\nold\n<!-- end: table -->\n\nMore.\n";
        let fresh = section("new\n").fresh(Some(page)).unwrap();
        let expected = "# X\n\n<!-- generated: table -->\n\nnew\n\n<!-- end: table -->\n\nMore.\n";
        assert_eq!(fresh, expected);
        assert_eq!(section("new\n").fresh(Some(&fresh)).unwrap(), fresh);
        for lacking in [None, Some(""), Some("<!-- generated: table -->\n")] {
            assert!(section("new\n").fresh(lacking).unwrap_err().contains("docs/x.md"));
        }
    }
}

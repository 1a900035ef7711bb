//! Pages of Markdown in the summary of a step of a GitHub workflow, beside whatever is printed.

use std::io::{self, Write as _};
use std::path::Path;

use super::output::Output;

/// So many bytes GitHub takes of one step; of a longer file it shows nothing at all.
const LIMIT: u64 = 1024 * 1024;

/// Adds a page to the file that `GITHUB_STEP_SUMMARY` names, if it does. What is there stays; a
/// page that cannot be added is a warning, since nothing that was done depends on it.
pub fn append(output: &Output, page: impl FnOnce() -> String) {
    let Some(file) = &output.settings().step_summary else { return };
    match add(file, &page()) {
        Ok(Added::Whole) => {}
        Ok(Added::Note) => output.warn(
            "The page for the step's summary has no room beside what is there (1 MiB in all): a \
             note stands in its place.",
        ),
        Ok(Added::Nothing) => {
            output.warn("The step's summary is full (1 MiB in all): nothing was added to it.")
        }
        Err(error) => output.warn(&format!(
            "The summary of the step cannot be written to `{}`: {error}.",
            file.display()
        )),
    }
}

/// How much of a page was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Added {
    Whole,
    Note,
    Nothing,
}

const NOTE: &str = "\n**A page of `trectl` had no room here:** it is in the log of the step.\n";

fn add(file: &Path, page: &str) -> io::Result<Added> {
    let mut summary = fs_err::OpenOptions::new().append(true).create(true).open(file)?;
    let there = summary.metadata()?.len();
    let page = if there == 0 { page.to_owned() } else { format!("\n{page}") };
    let has_room = |text: &str| there.saturating_add(text.len() as u64) <= LIMIT;
    let (text, added) = match () {
        () if has_room(&page) => (page.as_str(), Added::Whole),
        () if has_room(NOTE) => (NOTE, Added::Note),
        () => return Ok(Added::Nothing),
    };
    summary.write_all(text.as_bytes())?;
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_added_and_what_has_no_room_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("summary.md");
        let read = || std::fs::read_to_string(&file).unwrap();
        assert_eq!(add(&file, "# One\n").unwrap(), Added::Whole);
        assert_eq!(add(&file, "# Two\n").unwrap(), Added::Whole);
        assert_eq!(read(), "# One\n\n# Two\n");
        std::fs::write(&file, "x".repeat((1 << 20) - 200)).unwrap();
        assert_eq!(add(&file, &"y".repeat(300)).unwrap(), Added::Note);
        assert!(read().ends_with(NOTE) && !read().contains('y'));
        std::fs::write(&file, "x".repeat(1 << 20)).unwrap();
        assert_eq!(add(&file, "# Three\n").unwrap(), Added::Nothing);
        assert_eq!(read().len(), 1 << 20);
    }
}

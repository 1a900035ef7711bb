//! `validate`: every document, checked without asking any platform.

use crate::cli::args::Format;
use crate::cli::exit::Status;
use crate::cli::failure::Outcome;
use crate::cli::git;
use crate::cli::output::{Output, validation_document};
use crate::cli::session::{Checked, Documents};
use crate::diag::Severity;
use crate::diag::render::{github, gitlab, junit, sarif};
use crate::source::Kind;

/// Prints what was found.
pub fn run(output: &mut Output) -> Outcome {
    let checked = Checked::read(output.settings(), Documents::Needed)?;
    let Checked { repository, desired, diagnostics, today: _ } = &checked;
    let sources = &repository.sources;
    let prefix = || git::prefix(&repository.root).unwrap_or_default();
    match output.settings().format {
        Format::Json => output.result(&validation_document(diagnostics, sources)),
        Format::Github => output.result(&github::render(diagnostics, &prefix())),
        Format::Gitlab => output.result(&gitlab::render(diagnostics, &prefix())),
        Format::Sarif => output.result(&sarif::render(diagnostics, &prefix())),
        Format::Junit => output.result(&junit::render(diagnostics, sources)),
        Format::Human | Format::Markdown => {
            output.findings(diagnostics, sources);
            if output.settings().annotates {
                output.result(&github::render(diagnostics, &prefix()));
            }
            output.result(&summary(&checked));
        }
    }
    Ok(if desired.is_some() { Status::DONE } else { Status::ERROR })
}

/// Returns the last line: what was read, and what is wrong with it.
fn summary(checked: &Checked) -> String {
    let number = |kind| checked.repository.documents.iter().filter(|d| d.kind == kind).count();
    let found = |severity| checked.diagnostics.iter().filter(|d| d.severity == severity).count();
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    };
    let read = [
        count(number(Kind::TrustedResearchEnvironment), "TRE"),
        count(number(Kind::Group), "group"),
        count(number(Kind::Profile), "profile"),
    ]
    .join(", ");
    let warnings = match found(Severity::Warning) {
        0 => String::new(),
        warnings => format!(", {}", count(warnings, "warning")),
    };
    match found(Severity::Error) {
        0 => format!("Valid: {read}{warnings}.\n"),
        errors => format!("Invalid: {read}; {}{warnings}.\n", count(errors, "error")),
    }
}

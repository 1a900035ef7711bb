//! `validate`: every document, checked without asking any platform.

use crate::cli::args::{Format, Validate as Args};
use crate::cli::changed::Changed;
use crate::cli::ci;
use crate::cli::exit::Status;
use crate::cli::failure::Outcome;
use crate::cli::git;
use crate::cli::output::{Output, validation_document};
use crate::cli::session::{Checked, Documents};
use crate::diag::render::{gitlab, junit, sarif};
use crate::diag::{Severity, escape_control};
use crate::model::TreId;
use crate::plan::render;
use crate::source::Kind;

/// Prints what was found.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let mut checked = Checked::read(output.settings(), Documents::Needed)?;
    let changed = args.since.changed.as_ref();
    let changed =
        changed.map(|revision| Changed::since(&checked.repository, revision)).transpose()?;
    if let Some(changed) = &changed {
        narrow(&mut checked, changed);
    }
    let info = changed.as_ref().map(|changed| changed.info(&tres(&checked)));
    let Checked { repository, desired: _, diagnostics, today: _ } = &checked;
    let sources = &repository.sources;
    let prefix = || git::prefix(&repository.root).unwrap_or_default();
    match output.settings().format {
        Format::Json => {
            output.result(&validation_document(diagnostics, sources, info.as_ref()));
        }
        Format::Github => output.result(&ci::annotations(diagnostics, &repository.root)),
        Format::Gitlab => output.result(&gitlab::render(diagnostics, &prefix())),
        Format::Sarif => output.result(&sarif::render(diagnostics, &prefix())),
        Format::Junit => {
            let covered = changed.as_ref().map(|changed| changed.sources(sources));
            output.result(&junit::render(diagnostics, covered.as_ref().unwrap_or(sources)));
        }
        Format::Human | Format::Markdown | Format::Jsonl => {
            output.findings(diagnostics, sources);
            if output.settings().annotates {
                output.result(&ci::annotations(diagnostics, &repository.root));
            }
            if let Some(info) = &info {
                output.result(&format!("{}\n", escape_control(&render::changed(info))));
            }
            output.result(&summary(&checked));
        }
    }
    let has_error = diagnostics.iter().any(|found| found.severity == Severity::Error);
    Ok(if has_error { Status::ERROR } else { Status::DONE })
}

/// Leaves out what neither changed nor is a part of a TRE that is touched.
fn narrow(checked: &mut Checked, changed: &Changed) {
    checked.diagnostics.retain(|finding| changed.concerns(finding));
    checked.repository.documents.retain(|document| changed.holds(document));
}

/// Returns the TREs that have a document.
fn tres(checked: &Checked) -> Vec<TreId> {
    let documents = checked.repository.documents.iter();
    let tres = documents.filter(|document| document.kind == Kind::TrustedResearchEnvironment);
    tres.filter_map(|document| document.node.get("id")?.as_str()?.parse().ok()).collect()
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

//! Why a run stopped before it had a result, as one page of Markdown.

use crate::cli::failure::{Failure, Findings, Stop};
use crate::cli::settings::Settings;
use crate::diag::Diagnostic;
use crate::plan::render::markdown::{Inline, LIMIT, Part, brief, fit};

/// The right of the list of errors to room.
const SHARE: usize = 20_000;

/// Returns why a command stopped: what it said, what lies behind, and what to do next.
pub fn stopped(command: &str, stop: &Stop, settings: &Settings) -> String {
    let heading = Inline::line().words("✗ ").code(command).words(" stopped");
    let mut parts = vec![Part::fixed(format!("### {}\n\n", heading.as_str()))];
    match stop {
        Stop::Invalid(findings) => parts.extend(invalid(findings, settings)),
        Stop::Failed(failure) => parts.push(failed(failure)),
    }
    fit(&parts, LIMIT)
}

fn failed(failure: &Failure) -> Part<'static> {
    let causes = failure.causes().into_iter().map(|cause| format!("Because: {cause}"));
    let hints = failure.hints.iter().map(|hint| format!("Next: {hint}"));
    let said = std::iter::once(failure.message.clone()).chain(causes).chain(hints);
    let paragraphs = said.map(|text| paragraph(&text)).collect::<String>();
    Part::fixed(paragraphs)
}

fn invalid<'a>(findings: &'a Findings, settings: &Settings) -> [Part<'a>; 3] {
    let errors = findings.errors().count();
    let cut = move |shown: usize| format!("- and {} more\n", errors - shown);
    let mut list = Part::new(("", "\n"), SHARE, cut);
    for error in findings.errors() {
        list.push(|| item(error));
    }
    let next = format!(
        "Next: `{} validate` shows each with its lines and what to do about it.",
        brief(&settings.invocation)
    );
    [Part::fixed(paragraph(&findings.message())), list, Part::fixed(paragraph(&next))]
}

fn item(error: &Diagnostic) -> String {
    let item = match &error.range {
        Some(range) => Inline::line().code(&format!("{}:{}", range.file, range.start.line)),
        None => Inline::line(),
    };
    format!("- {}\n", item.words(&format!(" {}: {}", error.code.id, error.summary)).as_str())
}

fn paragraph(text: &str) -> String {
    format!("{}\n\n", Inline::line().words(text).as_str())
}

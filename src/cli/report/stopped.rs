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

#[cfg(test)]
mod tests {
    use clap::Parser;
    use proptest::prelude::*;

    use super::*;
    use crate::cli::args::Args;
    use crate::cli::settings::Environment;
    use crate::plan::render::hostile::{assert_inert, texts};
    use crate::source::Repository;

    fn page(stop: &Stop) -> String {
        let args = Args::try_parse_from(["trectl", "plan"]).unwrap();
        stopped("plan", stop, &Settings::resolve(&args.global, Environment::default()))
    }

    /// Returns the page about so many documents, with a mistake in each that is said in this way.
    fn over_documents(said: &str, times: usize) -> String {
        let head = "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-";
        let document = |number| format!("{head}{number}\nstate: draft\nnmae: 1\n");
        let text = (0..times).map(document).collect::<Vec<_>>().join("---\n");
        let repository = Repository::from_memory(".", [("tres/one.yaml", text)]);
        let mut found = crate::rules::build(&repository, "2026-01-01".parse().unwrap()).diagnostics;
        found.iter_mut().for_each(|finding| finding.summary = said.to_owned());
        page(&Stop::invalid(&repository, found))
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let page = over_documents("The key is not known.", 2_000);
        assert!(page.encode_utf16().count() <= LIMIT);
        let shown = page.matches("\n- `tres/one.yaml:").count();
        let left_out = format!("\n- and {} more\n", 2_000 - shown);
        assert!(shown > 100 && page.contains(&left_out), "{shown}");
        assert!(page.ends_with(
            "Next: `trectl validate` shows each with its lines and what to do about it.\n\n"
        ));
    }

    #[test]
    fn no_text_changes_the_structure() {
        let config =
            ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(text in texts())| {
            let failed = |text: &str| {
                let failure = Failure::files(format!("`a` {text}")).because(text).hint(text);
                page(&failure.into())
            };
            assert_inert(&failed(&format!("y{text}")), &failed("x"));
            assert_inert(&over_documents(&text, 2), &over_documents("x", 2));
        });
    }
}

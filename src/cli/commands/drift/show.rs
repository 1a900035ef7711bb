//! What a drift run prints, in every format.

use serde_json::{Value, json};

use super::{Found, adopting};
use crate::cli::args::Format;
use crate::cli::exit::Status;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::cli::{pages, report, step_summary};
use crate::plan::render::markdown::Inline;
use crate::plan::render::{Options, Page, drift_human, drift_markdown};

/// Prints what was found, and appends it to the summary of a step in CI.
pub fn all(
    found: &Found<'_>,
    (session, options, status): (&Session, &Options, Status),
    output: &mut Output,
) {
    let page = || page(found, options, output.settings());
    step_summary::append(output, page);
    if let Some(stream) = output.stream() {
        stream.drift_report(found.report, found.head.map(ToString::to_string), status);
        let options = pages::for_stderr(options, output.settings());
        output.stderr(&drift_human(found.report, &options));
        return;
    }
    match output.settings().format {
        Format::Markdown => output.result(&page()),
        Format::Json => output.json(&as_json(found)),
        _ => {
            match found.adoption {
                Some(adoption) => adopting::tell(adoption, found.report, session, output),
                None => output.result(&drift_human(found.report, options)),
            }
            tell_head(found, output);
        }
    }
}

fn tell_head(found: &Found<'_>, output: &mut Output) {
    if let Some(head) = found.head {
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        report::head(&mut page, head, output.settings());
        output.result(&page.finish());
    }
}

/// Returns the page of Markdown.
fn page(found: &Found<'_>, options: &Options, settings: &Settings) -> String {
    let mut page = drift_markdown(found.report, options);
    if let Some(head) = found.head {
        let line = Inline::line().words(&report::head_words(head, settings));
        page.push_str(&format!("{}\n", line.as_str()));
    }
    page
}

fn as_json(found: &Found<'_>) -> Value {
    let mut json = json!(found.report);
    if let Some(keys) = json.as_object_mut() {
        for (key, value) in found.adoption.into_iter().flat_map(adopting::json_keys) {
            keys.insert(key.to_owned(), value);
        }
        if let Some(head) = found.head {
            keys.insert("journal_head".to_owned(), json!(head.to_string()));
        }
    }
    json
}

//! Findings as JUnit XML, which continuous integration servers show as tests: one per file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::explanation;
use crate::diag::{Diagnostic, Severity, Sources, escape_control};

/// The test that stands for findings without a file.
const WHOLE: &str = "(repository)";

/// Returns one test for every file that was read. A file with errors fails; warnings are its
/// output.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> =
        sources.iter().map(|(file, _)| (file, Vec::new())).collect();
    for finding in diagnostics {
        let file = finding.range.as_ref().map_or(WHOLE, |range| range.file.as_ref());
        files.entry(file).or_default().push(finding);
    }
    let fails = |findings: &&Vec<&Diagnostic>| {
        findings.iter().any(|finding| finding.severity == Severity::Error)
    };
    let failures = files.values().filter(fails).count();
    let tests = files.len();
    let cases: String = files.iter().map(|(file, findings)| case(file, findings)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"trectl\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n  \
         <testsuite name=\"validate\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"0\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

fn case(file: &str, findings: &[&Diagnostic]) -> String {
    let mut body = String::new();
    let (errors, warnings): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        findings.iter().partition(|finding| finding.severity == Severity::Error);
    // Writing to a `String` cannot fail.
    if let Some(first) = errors.first() {
        let message = match errors.len() {
            1 => first.summary.clone(),
            count => format!("{} (and {} more)", first.summary, count - 1),
        };
        let _ = writeln!(
            body,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            first.code.id,
            xml(&message),
            text(&errors)
        );
    }
    if !warnings.is_empty() {
        let _ = writeln!(body, "      <system-out>{}</system-out>", text(&warnings));
    }
    let name = xml(file);
    if body.is_empty() {
        return format!("    <testcase classname=\"trectl.validate\" name=\"{name}\"/>\n");
    }
    format!("    <testcase classname=\"trectl.validate\" name=\"{name}\">\n{body}    </testcase>\n")
}

fn text(findings: &[&Diagnostic]) -> String {
    let mut text = String::new();
    for finding in findings {
        let Diagnostic { severity, code, summary, range, .. } = finding;
        let place = range.as_ref().map(|range| format!("{range}: ")).unwrap_or_default();
        let first = format!("{place}{severity}[{}]: {summary}", code.id);
        for line in std::iter::once(first).chain(explanation(finding)) {
            text.push_str(&xml(&line));
            text.push('\n');
        }
    }
    text
}

/// Escapes text for an element or an attribute; control characters have no place in XML at all.
fn xml(text: &str) -> Cow<'_, str> {
    let text = escape_control(text);
    if !text.contains(['&', '<', '>', '"', '\'', '\u{fffe}', '\u{ffff}']) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

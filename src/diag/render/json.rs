//! Findings for programs, in the shape of Terraform's `validate -json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::excerpt::{Excerpt, excerpt};
use crate::diag::{self, Diagnostic, Related, Severity, Sources};

/// The version of this format. Keys may be added within a major version.
pub const FORMAT_VERSION: &str = "1.0";

/// The length up to which a line is repeated, in bytes.
const MAX_CODE: usize = 400;

/// What `validate` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub format_version: String,
    /// Whether there is no error.
    pub valid: bool,
    /// The number of errors.
    pub error_count: usize,
    /// The number of warnings.
    pub warning_count: usize,
    /// Every finding, in the order of files and places.
    pub diagnostics: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// How much it matters.
    pub severity: Level,
    /// Its kind, `TRE0xx`, as listed in the documentation.
    pub code: String,
    /// What happened, one sentence.
    pub summary: String,
    /// Why; may be empty.
    pub detail: String,
    /// Where, if there is a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The line of the place, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Snippet>,
    /// Further places that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Place>,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The run stops.
    Error,
    /// The run goes on; somebody should look.
    Warning,
}

/// A stretch of text in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// The file, relative to the root, with `/` between folders.
    pub filename: String,
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// A position in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// From 0, in bytes.
    pub byte: u32,
}

/// The first line of a place, or the part of a long one around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snippet {
    /// The text.
    pub code: String,
    /// The number of its line.
    pub start_line: u32,
    /// Where the place starts in `code`, from 0, in characters.
    pub highlight_start_offset: usize,
    /// Behind the place in `code`, in characters.
    pub highlight_end_offset: usize,
}

/// A further place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// What is there.
    pub message: String,
    /// Where.
    pub range: Range,
}

/// Returns findings as one JSON document.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    // Structures of text and numbers always serialize.
    let mut text = serde_json::to_string_pretty(&report(diagnostics, sources)).unwrap_or_default();
    text.push('\n');
    text
}

/// Returns findings as the value that [`render`] writes.
pub fn report(diagnostics: &[Diagnostic], sources: &Sources) -> Report {
    let count =
        |severity| diagnostics.iter().filter(|finding| finding.severity == severity).count();
    let error_count = count(Severity::Error);
    Report {
        format_version: FORMAT_VERSION.to_owned(),
        valid: error_count == 0,
        error_count,
        warning_count: count(Severity::Warning),
        diagnostics: diagnostics.iter().map(|finding| self::finding(finding, sources)).collect(),
    }
}

/// Returns one finding, for documents that hold findings among other things.
pub fn finding(finding: &Diagnostic, sources: &Sources) -> Finding {
    let Diagnostic { severity, code, summary, detail, range, related, help } = finding;
    Finding {
        severity: match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        },
        code: code.id.to_owned(),
        summary: summary.clone(),
        detail: detail.clone(),
        range: range.as_ref().map(Range::from),
        snippet: range.as_ref().and_then(|range| snippet(range, sources)),
        related: related
            .iter()
            .map(|Related { range, message }| Place {
                message: message.clone(),
                range: range.into(),
            })
            .collect(),
        help: help.clone(),
    }
}

fn snippet(range: &diag::Range, sources: &Sources) -> Option<Snippet> {
    let text = sources.text(&range.file).filter(|text| !text.is_empty())?;
    let Excerpt { code, highlight, .. } = excerpt(text, range, MAX_CODE);
    let characters = |end: usize| code.get(..end).unwrap_or(code).chars().count();
    Some(Snippet {
        code: code.to_owned(),
        start_line: range.start.line,
        highlight_start_offset: characters(highlight.start),
        highlight_end_offset: characters(highlight.end),
    })
}

impl From<&diag::Range> for Range {
    fn from(range: &diag::Range) -> Self {
        let diag::Range { file, start, end } = range;
        Self { filename: file.to_string(), start: start.into(), end: end.into() }
    }
}

impl From<&diag::Position> for Position {
    fn from(position: &diag::Position) -> Self {
        let diag::Position { line, column, byte } = *position;
        Self { line, column, byte }
    }
}

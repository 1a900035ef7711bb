//! Findings: one type for everything that trectl has to say about what people wrote, and one
//! renderer per format.
//!
//! Findings are collected first and rendered later, so that all of them are reported in one run.

mod escape;
pub mod render;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use escape::escape_control;
pub(crate) use escape::is_deceptive;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The run stops.
    Error,
    /// The run goes on; somebody should look.
    Warning,
}

impl Severity {
    /// Returns the name in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A kind of finding: a stable code with its explanation, from which `docs/diagnostics.md` is made.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// `TRE0xx`, never reused.
    pub id: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// How it comes about.
    pub cause: &'static str,
    /// What to do.
    pub cure: &'static str,
}

/// A position in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// From 0, in bytes.
    pub byte: u32,
}

/// A stretch of text in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// The file, relative to the root, with `/` between folders.
    pub file: Arc<str>,
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

impl fmt::Display for Range {
    /// Writes `file:line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.start.line, self.start.column)
    }
}

/// A further place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub range: Range,
    /// What is there, in a few words.
    pub message: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// Its kind.
    pub code: &'static Code,
    /// What happened, a full sentence without a line break.
    pub summary: String,
    /// Why; may be empty.
    pub detail: String,
    /// Where, if there is a place.
    pub range: Option<Range>,
    /// Other places, such as the first of two duplicates.
    pub related: Vec<Related>,
    /// What to do next, "did you mean" included.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns an error.
    pub fn error(code: &'static Code, summary: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, summary)
    }

    /// Returns a warning.
    pub fn warning(code: &'static Code, summary: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, summary)
    }

    fn new(severity: Severity, code: &'static Code, summary: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            summary: summary.into(),
            detail: String::new(),
            range: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, range: &Range) -> Self {
        self.range = Some(range.clone());
        self
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Names another place.
    #[must_use]
    pub fn with(mut self, range: &Range, message: impl Into<String>) -> Self {
        self.related.push(Related { range: range.clone(), message: message.into() });
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The texts of the files that were read, so that findings can show the lines they are about.
#[derive(Debug, Clone, Default)]
pub struct Sources(BTreeMap<Arc<str>, Arc<str>>);

impl Sources {
    /// Keeps the text of a file.
    pub fn insert(&mut self, file: Arc<str>, text: Arc<str>) {
        self.0.insert(file, text);
    }

    /// Returns the text of a file.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(AsRef::as_ref)
    }

    /// Returns every file with its text, in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(file, text)| (file.as_ref(), text.as_ref()))
    }
}

/// Returns the candidate that `text` was probably meant to be, if one is near enough.
pub fn did_you_mean<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(text, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.len().min(text.len()) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

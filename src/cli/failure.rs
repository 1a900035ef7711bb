//! Why a command could not do what it was asked: a kind that decides the exit status, a message,
//! and what to do next.

use std::error::Error;
use std::fmt;

use camino::Utf8PathBuf;
use serde_json::Value;

use super::exit::Status;
use crate::diag::{Diagnostic, Severity, Sources};
use crate::source::Repository;

/// What went wrong, by what it means to a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The command was asked for something that is not there, or in a form it does not take.
    Usage,
    /// A file or folder could not be read or written.
    Files,
    /// The platform, or the store behind the embedded one, did not do its part.
    Platform,
    /// A saved plan no longer fits.
    Stale,
    /// Another run holds the lock.
    Locked,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

/// A command that failed.
#[derive(Debug)]
pub struct Failure {
    /// What it means to a pipeline.
    pub kind: FailureKind,
    /// What happened, a full sentence.
    pub message: String,
    /// What to do next.
    pub hints: Vec<String>,
    /// What lies behind it.
    pub source: Option<Box<dyn Error + Send + Sync>>,
    /// More keys of the document that programs get.
    pub details: Vec<(&'static str, Value)>,
    /// Whether a page of Markdown says it already.
    pub has_page: bool,
}

impl Failure {
    /// Returns a failure.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
            source: None,
            details: Vec::new(),
            has_page: false,
        }
    }

    /// Returns the failure of a wrong request.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    /// Returns the failure of a file or folder.
    pub fn files(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Files, message)
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a key to the document that programs get.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: Value) -> Self {
        self.details.push((key, value));
        self
    }

    /// Keeps what lies behind.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the exit status.
    pub fn status(&self) -> Status {
        match self.kind {
            FailureKind::Usage | FailureKind::Files | FailureKind::Platform => Status::ERROR,
            FailureKind::Stale => Status::STALE,
            FailureKind::Locked => Status::LOCKED,
            FailureKind::Interrupted => Status::INTERRUPTED,
            FailureKind::Terminated => Status::TERMINATED,
        }
    }

    /// Returns the name of the kind in JSON.
    pub fn code(&self) -> &'static str {
        match self.kind {
            FailureKind::Usage => "usage",
            FailureKind::Files => "files",
            FailureKind::Platform => "platform",
            FailureKind::Stale => "stale",
            FailureKind::Locked => "locked",
            FailureKind::Interrupted => "interrupted",
            FailureKind::Terminated => "terminated",
        }
    }

    /// Returns what lies behind, from near to far, without what repeats the text before it.
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(source) = next {
            let text = source.to_string();
            let said = causes.last().unwrap_or(&self.message);
            if !said.contains(&text) {
                causes.push(text);
            }
            next = source.source();
        }
        causes
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Why a command stops: its files are invalid, or something else is in the way.
#[derive(Debug)]
pub enum Stop {
    /// The findings, errors among them.
    Invalid(Box<Findings>),
    /// Anything else.
    Failed(Box<Failure>),
}

/// Findings with the texts that they are about.
#[derive(Debug, Clone)]
pub struct Findings {
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts of the files.
    pub sources: Sources,
    /// The folder that they lie in.
    pub root: Utf8PathBuf,
}

impl Findings {
    /// Returns what was found that makes the documents invalid.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|found| found.severity == Severity::Error)
    }

    /// Returns the sentence that ends the run.
    pub fn message(&self) -> String {
        let errors = match self.errors().count() {
            1 => "1 error".to_owned(),
            errors => format!("{errors} errors"),
        };
        format!("The documents have {errors}; nothing was done.")
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl Stop {
    /// Returns the end of a run over the documents of a repository.
    pub fn invalid(repository: &Repository, diagnostics: Vec<Diagnostic>) -> Self {
        let (sources, root) = (repository.sources.clone(), repository.root.clone());
        Self::Invalid(Box::new(Findings { diagnostics, sources, root }))
    }

    /// Returns the exit status.
    pub fn status(&self) -> Status {
        match self {
            Self::Invalid(_) => Status::ERROR,
            Self::Failed(failure) => failure.status(),
        }
    }

    /// Tells whether a page of Markdown says it already.
    pub fn has_page(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.has_page)
    }
}

/// What a command returns.
pub type Outcome = Result<Status, Stop>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_do_not_repeat_what_was_said() {
        let failure = Failure::files("cannot read `a`: no such file").because("no such file");
        assert!(failure.causes().is_empty());
        let failure = Failure::files("The store is damaged.").because("checksum of page 3");
        assert_eq!(failure.causes(), ["checksum of page 3"]);
    }
}

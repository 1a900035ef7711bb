//! The only place that prints: results to standard output, talk to standard error.
//!
//! A reader that closes the pipe early (`| head`) has read enough: that is no error.

use std::io::{self, BufRead, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::args::Format;
use super::ci;
use super::failure::{Failure, Findings, Stop};
use super::settings::{Interaction, Settings};
use super::stream::Stream;
use crate::diag::render::{self, human};
use crate::diag::{Diagnostic, Sources, escape_control as escape};
use crate::plan::render::{Palette, Role, Verbosity};
use crate::plan::{ChangedSince, FORMAT_VERSION};

/// Where everything goes that people and programs read.
#[derive(Debug)]
pub struct Output {
    settings: Settings,
    stdout: Stdout,
}

/// Standard output, which many tasks may write to: each text is written whole.
#[derive(Debug, Clone, Default)]
pub struct Stdout(Arc<Mutex<Pipe>>);

impl Stdout {
    /// Writes a text, which ends with a line break, at once.
    pub fn write(&self, text: &str) {
        let mut pipe = self.pipe();
        if !matches!(*pipe, Pipe::Open) {
            return;
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => *pipe = Pipe::Closed,
            Err(error) => *pipe = Pipe::Broken(error),
        }
    }

    fn pipe(&self) -> MutexGuard<'_, Pipe> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of standard output.
#[derive(Debug, Default)]
enum Pipe {
    #[default]
    Open,
    Closed,
    Broken(io::Error),
}

/// A person's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The one word that means yes.
    Yes,
    /// Anything else.
    No,
}

impl Output {
    /// Returns the output of a run.
    pub fn new(settings: Settings) -> Self {
        Self { settings, stdout: Stdout::default() }
    }

    /// Returns what holds for the run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Prints a result, which ends with a line break.
    pub fn result(&mut self, text: &str) {
        self.stdout.write(text);
    }

    /// Returns the stream of events, where that is the format.
    pub fn stream(&self) -> Option<Stream> {
        let is_asked = self.settings.format == Format::Jsonl;
        is_asked.then(|| Stream::new(self.stdout.clone()))
    }

    /// Prints a result as one JSON document.
    pub fn json<T: Serialize>(&mut self, value: &T) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.result(&(text + "\n")),
            Err(error) => *self.stdout.pipe() = Pipe::Broken(error.into()),
        }
    }

    /// Prints a text that is itself the result: as it is, or as the one key of a document.
    pub fn text(&mut self, key: &str, text: &str) {
        if self.settings.is_json() {
            self.json(&json!({ "format_version": FORMAT_VERSION, key: text }));
        } else {
            self.result(text);
        }
    }

    /// Tells somebody who watches; silent with `-q`.
    pub fn say(&self, text: &str) {
        if self.settings.verbosity > Verbosity::Quiet {
            self.stderr(text);
        }
    }

    /// Warns, whatever the verbosity.
    pub fn warn(&self, text: &str) {
        warn(&self.settings, text);
    }

    /// Warns of what went wrong where the run goes on.
    pub fn warn_of(&self, failure: &Failure) {
        let label = self.settings.stderr.paint(Role::Change, "warning");
        self.stderr(&failure_text(failure, &label));
    }

    /// Writes a line to standard error; where that is closed, nobody listens.
    pub fn stderr(&self, text: &str) {
        print_talk(text);
    }

    /// Says why the run stops: on standard error for people, as a document for programs.
    pub fn stop(&mut self, stop: &Stop) {
        match stop {
            Stop::Invalid(findings) => self.invalid(findings),
            Stop::Failed(failure) => {
                if self.settings.is_json() {
                    self.json(&failure_document(failure));
                }
                if let Some(stream) = self.stream() {
                    stream.failure(failure);
                }
                self.stderr(&failure_text(failure, &error_label(self.settings.stderr)));
            }
        }
    }

    /// Shows findings that do not stop the run.
    pub fn findings(&self, diagnostics: &[Diagnostic], sources: &Sources) {
        if let Some(stream) = self.stream() {
            stream.findings(diagnostics, sources);
        }
        if !diagnostics.is_empty() {
            self.stderr(&human::render(diagnostics, sources, colour(self.settings.stderr)));
        }
    }

    /// Every command prints the document of `validate` for files that are invalid.
    fn invalid(&mut self, findings: &Findings) {
        let Findings { diagnostics, sources, root } = findings;
        if self.settings.is_json() {
            self.result(&validation_document(diagnostics, sources, None));
        } else {
            self.findings(diagnostics, sources);
        }
        // GitHub reads commands from both streams, and the standard output may be a document.
        if self.settings.is_on_github {
            self.stderr(&ci::annotations(diagnostics, root));
        }
        if !self.settings.is_json() {
            let label = error_label(self.settings.stderr);
            self.stderr(&format!("{label}: {}", findings.message()));
        }
    }

    /// Ends the output, and returns an error where a result was lost.
    pub fn finish(self) -> Result<Reader, Failure> {
        match std::mem::take(&mut *self.stdout.pipe()) {
            Pipe::Open => Ok(Reader::ReadAll),
            Pipe::Closed => Ok(Reader::LeftEarly),
            Pipe::Broken(error) => {
                Err(Failure::files("The result cannot be written to standard output.")
                    .because(error))
            }
        }
    }
}

/// What became of whoever reads standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Everything was taken.
    ReadAll,
    /// The pipe was closed early.
    LeftEarly,
}

/// Returns the document of `validate --format json`, which is also that of a run that failed.
/// `changed` is what the findings were narrowed to, if they were.
pub fn validation_document(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    changed: Option<&ChangedSince>,
) -> String {
    let report = render::json::report(diagnostics, sources);
    let mut document = Map::new();
    if let Value::Object(keys) = json!(report) {
        document.extend(keys);
    }
    document.insert("errored".to_owned(), json!(!report.valid));
    if let Some(changed) = changed {
        document.insert("changed".to_owned(), json!(changed));
    }
    format!("{:#}\n", Value::Object(document))
}

fn colour(palette: Palette) -> human::Color {
    match palette {
        Palette::Plain => human::Color::Plain,
        Palette::Coloured => human::Color::Ansi,
    }
}

/// Returns a failure as the document that programs get.
fn failure_document(failure: &Failure) -> Value {
    let mut detail = failure.causes();
    detail.extend(failure.hints.iter().cloned());
    let finding = json!({
        "severity": "error",
        "code": failure.code(),
        "summary": failure.message,
        "detail": detail.join("\n"),
    });
    let mut document = Map::new();
    document.insert("format_version".to_owned(), json!(FORMAT_VERSION));
    document.insert("errored".to_owned(), json!(true));
    document.insert("diagnostics".to_owned(), json!([finding]));
    document.extend(failure.details.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    Value::Object(document)
}

/// Asks a question that only `yes` answers, and returns `None` where nobody can be asked.
pub fn ask(interaction: Interaction, question: &str) -> Option<Answer> {
    if interaction == Interaction::None {
        return None;
    }
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{question} ");
    let _ = stderr.flush();
    drop(stderr);
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(_) if line.trim() == "yes" => Some(Answer::Yes),
        _ => Some(Answer::No),
    }
}

/// Warns, whatever the verbosity.
pub fn warn(settings: &Settings, text: &str) {
    let label = settings.stderr.paint(Role::Change, "warning");
    print_talk(&format!("{label}: {}", escape(text)));
}

/// Writes a line to standard error; where that is closed, nobody listens.
pub fn print_talk(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{}", text.trim_end_matches('\n'));
}

/// Prints a failure that the output itself met.
pub fn print_failure(failure: &Failure, palette: Palette) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{}", failure_text(failure, &error_label(palette)));
}

fn error_label(palette: Palette) -> String {
    palette.paint(Role::Refused, "error").to_string()
}

/// Returns a failure as people read it.
fn failure_text(failure: &Failure, label: &str) -> String {
    let mut text = format!("{label}: {}\n", escape(&failure.message));
    for cause in failure.causes() {
        text.push_str(&format!("  because: {}\n", escape(&cause)));
    }
    for hint in &failure.hints {
        text.push_str(&format!("  next: {}\n", escape(hint)));
    }
    text
}

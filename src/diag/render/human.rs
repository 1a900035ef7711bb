//! Findings for people, in the manner of cargo: the line, the place underlined, what to do.

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::{Beginning, Excerpt, excerpt};
use crate::diag::{Diagnostic, Range, Severity, Sources, escape_control, is_deceptive};

/// The length up to which a line is shown; the library shows the part around the place.
const MAX_LINE: usize = 64 * 1024;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Plain text.
    #[default]
    Plain,
    /// ANSI escapes.
    Ansi,
}

/// Returns findings for a terminal, a blank line behind each.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, color: Color) -> String {
    let renderer = match color {
        Color::Plain => Renderer::plain(),
        Color::Ansi => Renderer::styled(),
    };
    let renderer = renderer.term_width(DEFAULT_TERM_WIDTH);
    let mut text = String::new();
    for finding in diagnostics {
        text.push_str(&renderer.render(&[group(finding, sources)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let Diagnostic { severity, code, summary, detail, range, related, help } = finding;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(escape_control(summary)).id(code.id));
    if let Some(range) = range {
        group = place(group, sources, range, AnnotationKind::Primary, None);
    }
    for related in related {
        let kind = AnnotationKind::Context;
        group = place(group, sources, &related.range, kind, Some(&related.message));
    }
    let notes = detail.lines().map(|line| Level::NOTE.message(escape_control(line)));
    let helps = help.iter().map(|help| Level::HELP.message(escape_control(help)));
    group.elements(notes).elements(helps)
}

/// Adds a place with its line, or, where the text is not at hand, with its name alone.
fn place<'a>(
    group: Group<'a>,
    sources: &'a Sources,
    range: &Range,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Group<'a> {
    let path = escape_control(&range.file).into_owned();
    let shown = sources
        .text(&range.file)
        .filter(|text| !text.is_empty())
        .map(|text| excerpt(text, range, MAX_LINE));
    match shown {
        Some(Excerpt { code, highlight, beginning: Beginning::Line }) => {
            let annotation = kind.span(highlight).label(label.map(escape_control));
            let snippet = Snippet::source(disarm(code))
                .path(path)
                .line_start(range.start.line as usize)
                .annotation(annotation);
            group.element(snippet)
        }
        // The library takes the column from the text, so that without all of the line there can
        // be none of it.
        Some(Excerpt { beginning: Beginning::Middle, .. }) | None => {
            let origin = Origin::path(path)
                .line(range.start.line as usize)
                .char_column(range.start.column as usize);
            let label = label.map(|label| Level::NOTE.message(escape_control(label)));
            group.element(origin).elements(label)
        }
    }
}

/// Returns a line in which characters that act on a terminal are replaced by visible ones of the
/// same length, so that the place in it stays right. The library does so for the shortest ones.
fn disarm(code: &str) -> String {
    code.chars()
        .map(|character| match character.len_utf8() {
            2 if is_deceptive(character) => '¿',
            3 if is_deceptive(character) => '\u{fffd}',
            4 if is_deceptive(character) => '\u{1f6ab}',
            _ => character,
        })
        .collect()
}

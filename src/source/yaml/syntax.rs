//! Syntax errors in words that help people who do not know the grammar of YAML.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use super::text::{narrow, position_at};
use crate::diag::{Code, Diagnostic, Position, Range};
use crate::source::codes;

/// Returns the finding for an error of the parser, given the bracket that is open there.
pub(super) fn finding(
    file: &Arc<str>,
    text: &str,
    error: &ScanError,
    bracket: Option<Range>,
) -> Diagnostic {
    let marker = error.marker();
    let byte = marker.byte_offset().unwrap_or_default().min(text.len());
    let Words { code, summary, help } = words(error.kind());
    if let Some(tab) = tab_to_blame(text, byte, code) {
        return tab_at(file, text, tab);
    }
    let start = Position {
        line: narrow(marker.line()),
        column: narrow(marker.col() + 1),
        byte: narrow(byte),
    };
    let finding = Diagnostic::error(code, summary)
        .at(&Range { file: Arc::clone(file), start, end: behind_character(text, start) })
        .help(help);
    match bracket.filter(|bracket| bracket.start != start) {
        Some(bracket) => finding.with(&bracket, "this bracket is still open"),
        None => finding,
    }
}

/// Returns the finding for a tab in the indentation.
pub(super) fn tab_at(file: &Arc<str>, text: &str, byte: usize) -> Diagnostic {
    let start = position_at(text, byte);
    Diagnostic::error(&codes::TAB, "A tab is used for indentation; YAML allows only spaces.")
        .at(&Range { file: Arc::clone(file), start, end: behind_character(text, start) })
        .help("Replace the tab by spaces, two for each level.")
}

/// Returns the first tab in the indentation of the line that holds a byte.
pub(super) fn indentation_tab(text: &str, byte: usize) -> Option<usize> {
    let before = text.get(..byte)?;
    let line = before.rfind('\n').map_or(0, |line_end| line_end + 1);
    let indentation = text.get(line..)?.bytes().take_while(|byte| matches!(byte, b' ' | b'\t'));
    indentation.enumerate().find(|(_, byte)| *byte == b'\t').map(|(at, _)| line + at)
}

/// Returns the tab that an error is about: one in the line's indentation, or, where the parser
/// speaks of a tab, the next one.
fn tab_to_blame(text: &str, byte: usize, code: &'static Code) -> Option<usize> {
    indentation_tab(text, byte).or_else(|| {
        let is_about_tab = code == &codes::TAB;
        let rest = is_about_tab.then(|| text.get(byte..)).flatten()?;
        rest.find('\t').map(|at| byte + at)
    })
}

/// Returns the position behind the character at a position, within its line.
fn behind_character(text: &str, start: Position) -> Position {
    let rest = text.get(start.byte as usize..).unwrap_or_default();
    match rest.chars().next() {
        None | Some('\n' | '\r') => start,
        Some(character) => Position {
            line: start.line,
            column: start.column + 1,
            byte: start.byte + narrow(character.len_utf8()),
        },
    }
}

struct Words {
    code: &'static Code,
    summary: String,
    help: &'static str,
}

const INDENTATION: &str = "Indent with spaces, the same number for everything on one level.";
const QUOTE: &str = "Put text that holds `: `, ` #` or special characters in quotes.";

fn words(kind: &ErrorKind) -> Words {
    use ErrorKind as K;
    let syntax =
        |summary: &str, help| Words { code: &codes::SYNTAX, summary: summary.to_owned(), help };
    match kind {
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabAtBlockScalarStart
        | K::TabInIndentation
        | K::TabInPlainScalar => Words {
            code: &codes::TAB,
            summary: "A tab is used where YAML allows only spaces.".to_owned(),
            help: "Replace the tab by spaces.",
        },
        K::RecursionLimitExceeded => too_deep_words(),
        K::UnclosedFlowCollection { open } | K::MismatchedFlowCollectionEnd { open, .. } => Words {
            code: &codes::SYNTAX,
            summary: format!("The bracket `{open}` is not closed."),
            help: "Close it, or put the text in quotes if the bracket belongs to it.",
        },
        K::MisplacedFlowCollectionEnd => {
            syntax("This bracket closes nothing.", "Remove it, or put the text in quotes.")
        }
        K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator => syntax(
            "A `,` or a closing bracket is missing here.",
            "Separate the entries between brackets by `, ` and close every bracket.",
        ),
        K::UnclosedQuotedScalar | K::DocumentIndicatorInQuotedScalar => {
            syntax("The quoted text is not closed.", "Close it with the quote it starts with.")
        }
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => syntax(
            "Something follows the closing quote.",
            "Put the whole text in quotes; inside single quotes a quote is written twice.",
        ),
        K::UnknownQuotedScalarEscape => syntax(
            "This escape is unknown.",
            "Use single quotes, in which `\\` has no meaning, or write `\\\\`.",
        ),
        K::InvalidColonPlacement => syntax(
            "A `:` is not possible here, between brackets.",
            "Close the bracket before the next key, or put text that holds `:` in quotes.",
        ),
        K::MappingValueNotAllowed => syntax("A `:` is not possible here.", QUOTE),
        K::ExpectedBlockMappingKey | K::SimpleKeyExpected | K::InvalidSimpleKey => syntax(
            "A `key: value` is expected here.",
            "Check the indentation, and write `: ` behind the key.",
        ),
        K::InvalidIndentation | K::InvalidQuotedScalarIndent | K::InvalidBlockScalarIndent => {
            syntax("The indentation does not fit the lines before.", INDENTATION)
        }
        K::ExpectedBlockSequenceEntry | K::BlockSequenceEntryNotAllowed => {
            syntax("A list entry `- ` does not fit here.", INDENTATION)
        }
        K::ExpectedNodeContent | K::UnexpectedCharacter { .. } => {
            syntax("A value is expected here.", QUOTE)
        }
        kind => Words {
            code: &codes::SYNTAX,
            summary: format!("The file is not valid YAML: {kind}."),
            help: "Correct the marked place.",
        },
    }
}

fn too_deep_words() -> Words {
    Words {
        code: &codes::TOO_DEEP,
        summary: "Lists and mappings are nested more than 64 levels deep here.".to_owned(),
        help: "Look for brackets that are opened and not closed.",
    }
}

/// Returns the finding for nesting beyond the limit.
pub(super) fn too_deep(range: &Range) -> Diagnostic {
    let Words { code, summary, help } = too_deep_words();
    Diagnostic::error(code, summary).at(range).help(help)
}

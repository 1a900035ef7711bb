//! Bytes to text: what must hold before a file is parsed at all.

use std::sync::Arc;

use crate::diag::{Diagnostic, Position, Range};
use crate::source::codes;

/// The size up to which a file is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;

/// Returns the text of a file, or the finding that makes it unreadable.
pub(in crate::source) fn decode<'b>(
    file: &Arc<str>,
    bytes: &'b [u8],
) -> Result<&'b str, Box<Diagnostic>> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Box::new(too_large(file, bytes.len() as u64)));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(Box::new(not_utf8(file, bytes, error.valid_up_to()))),
    };
    match control_character(text) {
        Some((byte, character)) => Err(Box::new(control(file, text, byte, character))),
        None => Ok(text),
    }
}

/// Returns the finding for a file beyond [`MAX_FILE_BYTES`].
pub(in crate::source) fn too_large(file: &Arc<str>, bytes: u64) -> Diagnostic {
    let mebibytes = bytes.div_ceil(1024 * 1024);
    let start = Position { line: 1, column: 1, byte: 0 };
    Diagnostic::error(
        &codes::TOO_LARGE,
        format!("The file `{file}` has {mebibytes} MiB; at most 10 MiB are read."),
    )
    .at(&Range { file: Arc::clone(file), start, end: start })
    .help("Split it into several files, or list it under `ignore:` in `trectl.yaml`.")
}

fn not_utf8(file: &Arc<str>, bytes: &[u8], valid: usize) -> Diagnostic {
    let (before, after) = bytes.split_at_checked(valid).unwrap_or((bytes, &[]));
    let place = position_at(std::str::from_utf8(before).unwrap_or_default(), valid);
    let found = after.first().copied().unwrap_or_default();
    let help = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "The file is UTF-16. Save it as UTF-8.",
        _ => "Save the file as UTF-8, or list it under `ignore:` in `trectl.yaml`.",
    };
    Diagnostic::error(
        &codes::NOT_UTF8,
        format!("The file is not UTF-8: byte {valid} (0x{found:02X}) belongs to no character."),
    )
    .at(&Range { file: Arc::clone(file), start: place, end: place })
    .help(help)
}

fn control(file: &Arc<str>, text: &str, byte: usize, character: char) -> Diagnostic {
    let start = position_at(text, byte);
    let end = position_at(text, byte + character.len_utf8());
    let code = character as u32;
    let summary = match character {
        '\r' => "A carriage return without a line feed is not allowed.".to_owned(),
        _ => format!("The control character U+{code:04X} is not allowed in a file."),
    };
    Diagnostic::error(&codes::CONTROL_CHARACTER, summary)
        .at(&Range { file: Arc::clone(file), start, end })
        .help(match character {
            '\r' => "Save the file with line ends of one kind, LF or CRLF.".to_owned(),
            _ => format!("Remove it, or write `\\u{code:04X}` inside double quotes."),
        })
}

/// Returns the first control character other than tab, line feed, and carriage return before one.
fn control_character(text: &str) -> Option<(usize, char)> {
    let suspicious = |byte: &u8| match *byte {
        b'\t' | b'\n' => false,
        // The lead bytes of U+0080..U+00BF and of U+FFFE, U+FFFF.
        byte => byte < 0x20 || byte == 0x7f || byte == 0xc2 || byte == 0xef,
    };
    let from = text.bytes().position(|byte| suspicious(&byte))?;
    let mut rest = text.get(from..)?.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let forbidden = match character {
            '\t' | '\n' => false,
            '\r' => rest.peek().is_none_or(|(_, next)| *next != '\n'),
            '\u{fffe}' | '\u{ffff}' => true,
            _ => character.is_control(),
        };
        if forbidden {
            return Some((from + at, character));
        }
    }
    None
}

/// Returns the position of a byte; a byte order mark at the start takes no column.
pub(in crate::source) fn position_at(text: &str, byte: usize) -> Position {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = text.get(..byte).unwrap_or(text);
    let origin = Position { line: 1, column: 1, byte: 0 };
    match before.strip_prefix('\u{feff}') {
        Some(rest) => behind(Position { byte: 3, ..origin }, rest),
        None => behind(origin, before),
    }
}

/// Returns the position behind a text that starts at a position.
pub(super) fn behind(start: Position, text: &str) -> Position {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    let last = text.rsplit('\n').next().unwrap_or(text).chars().count();
    let column = if lines == 0 { start.column + narrow(last) } else { narrow(last + 1) };
    Position { line: start.line + narrow(lines), column, byte: start.byte + narrow(text.len()) }
}

/// Returns a count as it is kept; files are far smaller than its range.
pub(super) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

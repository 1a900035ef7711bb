//! The line that a finding is about.

use std::ops;

use crate::diag::Range;

/// What is shown of a longer line before the place, in bytes.
const BEFORE: usize = 120;

/// A line, or a part of a very long one, with the place in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt<'s> {
    /// The text, without its line end.
    pub code: &'s str,
    /// The place in it, in bytes. Of a place of several lines, what is in the first.
    pub highlight: ops::Range<usize>,
    /// Where the text starts.
    pub beginning: Beginning,
}

/// Where an excerpt starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// At the first character of the line.
    Line,
    /// Somewhere in a very long line.
    Middle,
}

/// Returns the first line of a place, or `longest` bytes of it. A place that does not fit the text
/// is cut to it.
pub(super) fn excerpt<'s>(text: &'s str, range: &Range, longest: usize) -> Excerpt<'s> {
    let start = floor(text, range.start.byte as usize);
    let end = floor(text, range.end.byte as usize).max(start);
    let (before, behind) = text.split_at_checked(start).unwrap_or((text, ""));
    let mut from = before.rfind('\n').map_or(0, |line_end| line_end + 1);
    if from == 0 && text.starts_with('\u{feff}') {
        from = '\u{feff}'.len_utf8();
    }
    let line = behind.split('\n').next().unwrap_or(behind);
    let line_end = start + line.strip_suffix('\r').unwrap_or(line).len();
    let (line_start, mut to) = (from, line_end);
    if to.saturating_sub(from) > longest {
        from = from.max(floor(text, start.saturating_sub(BEFORE)));
        to = to.min(floor(text, from + longest));
    }
    let start = start.max(from);
    let end = end.clamp(start, to.max(start));
    let code = text.get(from..to.max(start)).unwrap_or_default();
    let beginning = if from == line_start { Beginning::Line } else { Beginning::Middle };
    Excerpt { code, highlight: start - from..end - from, beginning }
}

/// Returns the last character boundary at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test stops at the first surprise")]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diag::Position;

    const LONGEST: usize = 400;

    fn at(text: &str, start: u32, end: u32) -> (&str, &str) {
        let position = |byte| Position { line: 1, column: 1, byte };
        let range = Range { file: Arc::from("a.yaml"), start: position(start), end: position(end) };
        let Excerpt { code, highlight, .. } = excerpt(text, &range, LONGEST);
        (code, &code[highlight])
    }

    #[test]
    fn the_first_line_of_a_place_is_shown() {
        assert_eq!(at("a: 1\r\nb: 2\r\n", 6, 10), ("b: 2", "b: 2"));
        assert_eq!(at("a: 1\nb: 2\nc: 3\n", 8, 14), ("b: 2", "2"));
        assert_eq!(at("\u{feff}é: 1\n", 3, 5), ("é: 1", "é"));
        assert_eq!(at("a\n", 2, 2), ("", ""));
        assert_eq!(at("", 0, 0), ("", ""));
    }

    #[test]
    fn a_place_beyond_the_text_is_cut() {
        assert_eq!(at("é", 1, 9), ("é", "é"));
        assert_eq!(at("a\nb", 90, 91), ("b", ""));
        assert_eq!(at("ab", 2, 1), ("ab", ""));
        assert_eq!(at("\u{feff}a", 0, 0), ("a", ""));
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let text = format!("{}here{}", "é".repeat(5_000), "x".repeat(10_000));
        let (code, highlight) = at(&text, 10_000, 10_004);
        assert_eq!(highlight, "here");
        assert_eq!(code.len(), LONGEST);
        let (code, highlight) = at(&text, 10_000, 20_000);
        assert!(code.ends_with(highlight) && highlight.starts_with("here"));
    }
}

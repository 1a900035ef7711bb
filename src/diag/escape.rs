//! Text of the platform and of files on its way to a terminal, a log or a report.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// Returns a text in which every character that acts on what is shown, instead of being shown, is
/// written as an escape: control characters, line ends and tabs included, those that reverse or
/// hide text, those that leave no mark, and a mark at the very beginning, which would settle on
/// whatever stands before the text.
pub fn escape_control(text: &str) -> Cow<'_, str> {
    let is_stray = |index: usize, c: char| index == 0 && c.width() == Some(0);
    let is_hidden = |(index, c): &(usize, char)| is_deceptive(*c) || is_stray(*index, *c);
    let Some((first, _)) = text.char_indices().find(is_hidden) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at_checked(first).unwrap_or(("", text));
    let mut escaped = String::with_capacity(text.len() + 8);
    escaped.push_str(clean);
    for (index, character) in rest.char_indices() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            character if is_hidden(&(first + index, character)) => {
                // Writing to a `String` cannot fail.
                let _ = write!(escaped, "{}", character.escape_unicode());
            }
            character => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// Tells whether a character acts on what is shown instead of being shown: Unicode's control and
/// format characters, its separators of lines, and all that it calls default ignorable.
pub(crate) fn is_deceptive(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'..='\u{891}'
                | '\u{8e2}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{110bd}'
                | '\u{110cd}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        let cases = [
            ("plain – ünïcode 漢字 👩", "plain – ünïcode 漢字 👩"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m\u{7f}\0", "\\u{9b}31m\\u{7f}\\u{0}"),
            ("user-\u{202e}nimda", "user-\\u{202e}nimda"),
            ("a\u{200b}b\u{feff}\u{2066}\u{e0041}", "a\\u{200b}b\\u{feff}\\u{2066}\\u{e0041}"),
            ("a\u{34f}\u{3164}\u{2800}\u{fe0f}", "a\\u{34f}\\u{3164}\\u{2800}\\u{fe0f}"),
            ("\u{338}a\u{301}\u{338}", "\\u{338}a\u{301}\u{338}"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape_control(text), expected, "{text:?}");
        }
        assert!(matches!(escape_control("plain"), Cow::Borrowed("plain")));
    }
}

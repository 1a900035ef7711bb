//! Text of the platform and of files on its way to a terminal, a log or a report.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns a text in which every character that can change what a terminal shows is written as an
/// escape: control characters, line ends and tabs included, and those that reverse or hide text.
pub fn escape_control(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_deceptive) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at_checked(first).unwrap_or(("", text));
    let mut escaped = String::with_capacity(text.len() + 8);
    escaped.push_str(clean);
    for character in rest.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            character if is_deceptive(character) => {
                // Writing to a `String` cannot fail.
                let _ = write!(escaped, "{}", character.escape_unicode());
            }
            character => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// Tells whether a character acts on what is shown instead of being shown.
pub(super) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
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
        ];
        for (text, expected) in cases {
            assert_eq!(escape_control(text), expected, "{text:?}");
        }
        assert!(matches!(escape_control("plain"), Cow::Borrowed("plain")));
    }
}

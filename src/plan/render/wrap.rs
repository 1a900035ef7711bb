//! Words to lines of a width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diag::escape_control;

/// Returns how many columns a text takes on a terminal.
pub fn width_of(text: &str) -> usize {
    text.width()
}

/// Returns how many columns a text takes once it is written so that it can do nothing.
pub fn columns_of(text: &str) -> usize {
    width_of(&escape_control(text))
}

/// Wraps at blanks; a word that is longer than a line stays whole, so that it can be copied. Text
/// in a script without blanks is broken between its wide characters.
pub fn wrap(text: &str, width: usize, hang: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in words(text) {
        let room =
            |lines: &Vec<String>| width.saturating_sub(if lines.is_empty() { 0 } else { hang });
        let needed = width_of(word);
        if !line.is_empty() && used + 1 + needed > room(&lines) {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        if needed <= room(&lines) || !word.chars().any(is_wide) {
            line.push_str(word);
            used += needed;
            continue;
        }
        for character in word.chars() {
            let columns = character.width().unwrap_or(0);
            if used > 0 && used + columns > room(&lines) {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += columns;
        }
    }
    lines.push(line);
    lines
}

fn is_wide(character: char) -> bool {
    character.width().is_some_and(|columns| columns > 1)
}

/// Splits at blanks; what stands between backticks is one word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_paired = text.matches('`').count().is_multiple_of(2);
    let mut is_code = false;
    text.split(move |c| {
        is_code ^= is_paired && c == '`';
        c == ' ' && !is_code
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_ids_stay_whole() {
        assert_eq!(wrap("one two three", 7, 0), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8, 4), ["one two", "three"]);
        assert_eq!(wrap("record-0123456789", 5, 0), ["record-0123456789"]);
        assert_eq!(wrap("write `a b c` here", 9, 0), ["write", "`a b c`", "here"]);
        assert_eq!(wrap("", 5, 0), [""]);
    }

    #[test]
    fn columns_are_counted_as_a_terminal_fills_them() {
        assert_eq!(["a", "漢", "e\u{301}", "→", "👩"].map(width_of), [1, 2, 1, 1, 2]);
        assert_eq!(wrap("漢字 漢字", 5, 0), ["漢字", "漢字"]);
        assert_eq!(wrap("漢字 漢字", 9, 0), ["漢字 漢字"]);
        assert_eq!(wrap("a 漢字かな混じり", 6, 2), ["a", "漢字", "かな", "混じ", "り"]);
        assert_eq!(wrap("e\u{301}e\u{301} e\u{301}", 4, 0), ["e\u{301}e\u{301} e\u{301}"]);
    }
}

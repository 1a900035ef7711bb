//! Text within a line of Markdown: the one place where text becomes Markdown.
//!
//! Nobody knows all that a forge makes of a comment: Markdown first, then mentions, references to
//! issues and commits, addresses, emoji and formulas, found in the text that is left. So nothing is
//! forbidden one by one. A word that holds only what is known to stay as it is, is written as it
//! is; every other one becomes a code span, in which nothing of all this is looked for.

use std::borrow::Cow;

use crate::diag::{escape_control, is_deceptive};
use crate::plan::Place;

/// A code span and a word are cut after so many characters, so that no text can fill the page.
const LONGEST: usize = 200;
/// Words are cut after so many characters.
const LONGEST_WORDS: usize = 800;
/// Marks that mean nothing within a word.
const INNER: &[char] = &['.', ',', ';', '?', '(', ')', '"', '\'', '/', '+', '-', '='];
/// Marks that mean nothing behind a word.
const TRAILING: &[char] = &['.', ',', ';', '?', ')', '"', '\'', ':', '!', '%'];
/// Marks that mean nothing before a word.
const LEADING: &[char] = &['(', '"', '\''];
/// A forge takes so many hexadecimal digits for a commit.
const COMMIT: usize = 7;

/// A piece of a line of Markdown, in which nothing but what was written here has a meaning.
#[derive(Debug, Clone)]
pub struct Inline {
    text: String,
    stands: Stands,
}

/// Where a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    InLine,
    InCell,
}

impl Inline {
    /// Returns an empty piece for a paragraph, a heading or an item of a list.
    pub fn line() -> Self {
        Self { text: String::new(), stands: Stands::InLine }
    }

    /// Returns an empty piece for a cell of a table.
    pub fn cell() -> Self {
        Self { text: String::new(), stands: Stands::InCell }
    }

    /// Adds words; what stands between backticks is code.
    #[must_use]
    pub fn words(mut self, text: &str) -> Self {
        self.push_words(text);
        self
    }

    /// Adds words that stand out.
    #[must_use]
    pub fn strong(mut self, text: &str) -> Self {
        let words = text.trim_matches(' ');
        self.text.push_str("**");
        if words.is_empty() {
            self.push_code(text)
        } else {
            self.push_words(words)
        }
        self.text.push_str("**");
        self
    }

    /// Adds a name, an id or a command as it is.
    #[must_use]
    pub fn code(mut self, text: &str) -> Self {
        self.push_code(text);
        self
    }

    /// Adds names with commas between them.
    #[must_use]
    pub fn codes<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for (index, name) in names.into_iter().enumerate() {
            self.text.push_str(if index > 0 { ", " } else { "" });
            self.push_code(name);
        }
        self
    }

    /// Adds a place in parentheses, if there is one.
    #[must_use]
    pub fn at(self, place: Option<&Place>) -> Self {
        match place {
            Some(place) => self.words(" (").code(&place.to_string()).words(")"),
            None => self,
        }
    }

    /// Tells whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the Markdown.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns lines to be copied, behind a fence that is longer than any in them.
    pub fn fenced(language: &str, lines: &[String]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| escape_control(line)).collect();
        let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
    }

    fn push_words(&mut self, text: &str) {
        let text = &*shorten(text, LONGEST_WORDS);
        let mut parts: Vec<&str> = text.split('`').collect();
        let is_code = |index: usize| index % 2 == 1;
        let is_paired = parts.len() % 2 == 1
            && parts.iter().enumerate().all(|(at, part)| !is_code(at) || !part.is_empty());
        if !is_paired {
            parts = vec![text];
        }
        for (at, part) in parts.into_iter().enumerate() {
            if is_code(at) { self.push_code(part) } else { self.push_plain(part) }
        }
    }

    fn push_plain(&mut self, text: &str) {
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 && !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
            let opens = self.text.is_empty() && opens_block(word);
            if word.is_empty() || is_plain(word) && !opens {
                self.text.push_str(word);
                continue;
            }
            // Marks around the word stay outside, so that it reads as a sentence.
            let begun = word.trim_start_matches(LEADING);
            let core = begun.trim_end_matches(TRAILING);
            let (lead, tail) = (word.strip_suffix(begun), begun.strip_prefix(core));
            match (lead, tail) {
                (Some(lead), Some(tail)) if !core.is_empty() => {
                    self.text.push_str(lead);
                    self.push_code(core);
                    self.text.push_str(tail);
                }
                _ => self.push_code(word),
            }
        }
    }

    /// Writes a code span behind fences that are longer than any in the text.
    fn push_code(&mut self, text: &str) {
        let mut text = escape_control(&shorten(text, LONGEST)).into_owned();
        if self.stands == Stands::InCell {
            // No two readers agree on a bar behind a backslash in the code of a cell.
            text = text.replace('|', "\\u{7c}");
        }
        if text.is_empty() {
            text.push_str("\"\"");
        }
        let fence = "`".repeat(longest_run(&text) + 1);
        let is_edge = |c: char| c == '`' || c == ' ';
        let pad = if text.starts_with(is_edge) || text.ends_with(is_edge) { " " } else { "" };
        if self.text.ends_with('`') {
            self.text.push(' ');
        }
        self.text.push_str(&format!("{fence}{pad}{text}{pad}{fence}"));
    }
}

/// Tells whether a word means itself wherever it stands within a line.
fn is_plain(word: &str) -> bool {
    let inner = word.trim_end_matches(TRAILING);
    let means_itself = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || INNER.contains(&c),
        false => !is_deceptive(c) && !c.is_whitespace(),
    };
    let is_word = inner.chars().all(means_itself) || is_time(inner);
    is_word && word.len() <= LONGEST && escape_control(word) == word && !is_link(word)
}

/// Tells whether a word is a time of day; between two colons stands an emoji.
fn is_time(word: &str) -> bool {
    let is_number = |digits: &str| digits.chars().all(|c| c.is_ascii_digit());
    word.split_once(':').is_some_and(|(hour, minute)| is_number(hour) && is_number(minute))
}

/// Tells whether a forge makes a link of a word although no mark in it says so.
fn is_link(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let is_commit =
        word.split(|c: char| !c.is_ascii_hexdigit()).any(|digits| digits.len() >= COMMIT);
    let mut issues = word.split("gh-").skip(1);
    let is_issue = issues.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_commit || is_issue || word.contains("www.")
}

/// Tells whether a word at the beginning of a line begins a list or draws a rule.
fn opens_block(word: &str) -> bool {
    let number = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = number.len() < word.len() && matches!(number, "." | ")");
    is_number || word.chars().all(|c| matches!(c, '-' | '+' | '='))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    let is_long = text.len() > most && text.chars().nth(most).is_some();
    if is_long { text.chars().take(most).chain(['…']).collect() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser};

    use super::*;

    #[test]
    fn words_stay_words_and_everything_else_becomes_code() {
        let cases = [
            ("It is `as-is`: fine (really).", "It is `as-is`: fine (really)."),
            ("at 14:02, 30 % of 2026.1; DAC-2026-114!", "at 14:02, 30 % of 2026.1; DAC-2026-114!"),
            ("ask @octocat, or see #12.", "ask `@octocat`, or see `#12`."),
            ("(https://example.org)", "(`https://example.org`)"),
            ("www.example.org gh-1 a1b2c3d", "`www.example.org` `gh-1` `a1b2c3d`"),
            ("a|b :tada: $x$ <b> a_b", "`a|b` `:tada`: `$x$` `<b>` `a_b`"),
            ("1. one", "`1`. one"),
            ("- one - two", "`-` one - two"),
            ("an odd ` tick", "an odd `` ` `` tick"),
            ("a\nb \u{202e}c", "`a\\nb` `\\u{202e}c`"),
            ("`a``b`", "`a` `b`"),
        ];
        for (text, expected) in cases {
            assert_eq!(Inline::line().words(text).as_str(), expected, "{text:?}");
        }
        assert_eq!(Inline::line().code("a`b``c").as_str(), "```a`b``c```");
        assert_eq!(Inline::line().code("`").code("").as_str(), "`` ` `` `\"\"`");
        assert_eq!(Inline::cell().words("a|b `c|d`").as_str(), "`a\\u{7c}b` `c\\u{7c}d`");
        assert_eq!(Inline::line().strong(" a b ").strong("").as_str(), "**a b****`\"\"`**");
        assert!(Inline::line().words(&"漢 ".repeat(9_000)).as_str().ends_with('…'));
    }

    #[test]
    fn everything_that_was_written_is_read_and_nothing_else() {
        let part = prop_oneof![
            prop::sample::select(vec![
                "`",
                "``",
                "a",
                "b ",
                " ",
                "*",
                "_",
                "\\",
                "<",
                "&amp;",
                "[",
                "](",
                ")",
                "!",
                "|",
                "$",
                "~",
                "\n",
                "http://a.b",
                "1.",
                "-",
                "=",
            ])
            .prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ];
        let text = prop::collection::vec(part, 1..9).prop_map(|parts| parts.concat());
        let pieces = prop::collection::vec((0..3_u8, text), 1..6);
        let config =
            ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(pieces in pieces)| {
            // Ticks are a matter of form: they stand around what is code.
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '`').collect::<String>();
            let mut line = Inline::line().words("So:");
            let mut written = bare("So:");
            for (kind, text) in &pieces {
                line = match kind {
                    0 => line.words(" ").words(text),
                    1 => line.code(text),
                    _ => line.words(" ").strong(text).words(" "),
                };
                let shown = match kind {
                    1 => escape_control(text).into_owned(),
                    // A mark at the beginning of a word would settle on what stands before it.
                    _ => text.split([' ', '`']).map(escape_control).collect(),
                };
                written.push_str(&bare(&shown));
            }
            let mut read = String::new();
            for event in Parser::new(line.as_str()) {
                match event {
                    Event::Text(text) | Event::Code(text) => read.push_str(&bare(&text)),
                    Event::Start(_) | Event::End(_) => {}
                    other => prop_assert!(false, "{:?} in {}", other, line.as_str()),
                }
            }
            prop_assert_eq!(read, written, "{}", line.as_str());
        });
    }
}

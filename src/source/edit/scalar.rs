//! Values as they are written into a document.

use serde_json::Value;

/// Words that mean something else without quotes, to us or to an older reader.
const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// Returns a text without quotes, where every reader takes it for that text.
pub fn plain(text: &str) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(is_word)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && text.split(' ').all(|word| {
            let ends = word.chars().next().zip(word.chars().last());
            ends.is_some_and(|(first, last)| is_word(first) && is_word(last) && first != '-')
                && word.chars().all(|c| is_word(c) || c == ':')
        });
    is_plain.then(|| text.to_owned())
}

/// Returns a value in the form that JSON and YAML share.
pub fn quoted(value: &Value) -> String {
    value.to_string()
}

//! Words for types and forms.

use std::borrow::Cow;

use jsonschema::JsonType;
use serde_json::Value;

use super::codes::{NO_VALUE, WRONG_TYPE};
use super::document::KnownForm;
use crate::diag::Diagnostic;

/// Returns the finding that a value has none of the types that it may have.
pub fn wrong_type(label: &str, expected: &[JsonType], found: &Value) -> Diagnostic {
    let summary =
        format!("{} must be {}, not {}.", capitalized(label), any_of(expected), of(found));
    let diagnostic = Diagnostic::error(&WRONG_TYPE, summary);
    match cure(expected, found) {
        Some(cure) => diagnostic.help(cure),
        None => diagnostic,
    }
}

/// Returns the finding that a key has no value.
pub fn no_value(label: &str, expected: &[JsonType]) -> Diagnostic {
    let help = match expected {
        [JsonType::Array] => "Write `[]` for none, or remove the key so that it is not managed.",
        [JsonType::Object] => "Write what belongs below it, indented, or remove the key.",
        _ => "Write a value, or remove the key so that it is not managed.",
    };
    let help =
        if label.starts_with("entry") { "Write a value, or remove the entry." } else { help };
    Diagnostic::error(&NO_VALUE, format!("{} has no value.", capitalized(label))).help(help)
}

fn cure(expected: &[JsonType], found: &Value) -> Option<String> {
    let takes = |wanted: JsonType| expected.contains(&wanted);
    match found {
        Value::Number(_) if expected == [JsonType::String] => {
            Some("Put it in quotes: without them YAML reads a number.".to_owned())
        }
        Value::Bool(value) if expected == [JsonType::String] => {
            Some(format!("Put it in quotes, `\"{value}\"`: without them YAML reads true or false."))
        }
        Value::String(text) if takes(JsonType::Boolean) => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "yes" | "on" | "true" | "y" => "Write `true`, without quotes.",
                "no" | "off" | "false" | "n" => "Write `false`, without quotes.",
                _ => "Write `true` or `false`, without quotes.",
            };
            Some(meant.to_owned())
        }
        Value::String(text) if takes(JsonType::Integer) && text.parse::<u64>().is_ok() => {
            Some(format!("Write `{text}`, without quotes."))
        }
        Value::String(_) if takes(JsonType::Integer) => {
            Some("Write a whole number, without quotes.".to_owned())
        }
        Value::String(_) if expected == [JsonType::Object] => {
            Some("Write keys with values below it, each on a line of its own.".to_owned())
        }
        Value::String(text) if takes(JsonType::Array) => {
            let short = text.len() <= 40 && !text.contains(['\n', ',', '[', ']']);
            Some(if short {
                format!("Write a list, also where it has one entry: `[{text}]`.")
            } else {
                "Write a list: each entry on a line of its own that begins with `- `.".to_owned()
            })
        }
        Value::Object(_) if takes(JsonType::Array) => {
            Some("Begin each entry of the list with `- `.".to_owned())
        }
        Value::Array(_) if takes(JsonType::Object) => {
            Some("Write keys with values below it, without `- ` before them.".to_owned())
        }
        Value::Array(items) if takes(JsonType::String) && items.len() == 1 => {
            Some("Write the one value, without `- ` or brackets.".to_owned())
        }
        _ => None,
    }
}

fn any_of(expected: &[JsonType]) -> String {
    let words: Vec<&str> = expected.iter().map(|wanted| word(*wanted)).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "something else".to_owned(),
    }
}

fn word(wanted: JsonType) -> &'static str {
    match wanted {
        JsonType::Null => "nothing",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    }
}

fn of(found: &Value) -> String {
    match found {
        Value::Null => "empty".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// Returns names in backticks, with commas between them.
pub fn list_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the text with its first letter in upper case.
pub fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// Returns the text of that form which was probably meant: in lower case, with its prefix, with
/// the separators that are usual.
pub fn near_form(text: &str, form: &KnownForm) -> Option<String> {
    let lower = text.trim().to_lowercase().replace(' ', "-");
    let prefix = form.example.find(['-', ':']).and_then(|end| form.example.get(..=end));
    let mut candidates = vec![
        lower.clone(),
        lower.replacen(':', "-", 1),
        lower.replacen("group-", "group:", 1),
        lower.replace(['-', '_', '.'], ""),
    ];
    if let Some(prefix) = prefix.filter(|prefix| *prefix == "tre-" || *prefix == "org-") {
        candidates.push(format!("{prefix}{lower}"));
    }
    candidates.push(format!("/{}", text.trim()));
    candidates.into_iter().find(|near| (form.judge)(near).is_none())
}

/// Returns a text as a message repeats it: not all of one that fills pages.
pub fn short(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

//! Our own rules beyond the grammar of YAML, in words.

use crate::diag::{Diagnostic, Range};
use crate::source::{NodeValue, codes};

/// The length up to which a text is repeated in a message, in characters.
const MAX_QUOTED: usize = 60;

/// Returns a text as it is repeated in a message.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

pub(super) fn leading_zero(text: &str, plain: &str, range: &Range) -> Diagnostic {
    let shown = quoted(text);
    Diagnostic::error(
        &codes::AMBIGUOUS_NUMBER,
        format!("The number {shown} has leading zeros, about which readers of YAML disagree."),
    )
    .at(range)
    .help(format!(
        "Quote it (`\"{text}\"`) if it is text, or write {} for the number.",
        quoted(plain)
    ))
}

pub(super) fn notation(text: &str, range: &Range) -> Diagnostic {
    let shown = quoted(text);
    Diagnostic::error(
        &codes::AMBIGUOUS_NUMBER,
        format!("Readers of YAML disagree whether {shown} is a number or text."),
    )
    .at(range)
    .help(format!("Quote it (`\"{text}\"`) if it is text, or write the plain decimal number."))
}

pub(super) fn out_of_range(text: &str, range: &Range) -> Diagnostic {
    Diagnostic::error(
        &codes::NUMBER_RANGE,
        format!("The number {} cannot be kept exactly.", quoted(text)),
    )
    .at(range)
    .help("Quote it if it is text, such as a long id.")
}

pub(super) fn unknown_tag(tag: &str, range: &Range) -> Diagnostic {
    Diagnostic::error(&codes::TAG, format!("The tag {} is not supported.", quoted(tag)))
        .at(range)
        .help("Remove the tag.")
}

pub(super) fn unfit_tag(tag: &str, range: &Range) -> Diagnostic {
    Diagnostic::error(&codes::TAG, format!("The tag {} does not fit its value.", quoted(tag)))
        .at(range)
        .help("Remove the tag, or correct the value.")
}

pub(super) fn merge_key(range: &Range) -> Diagnostic {
    Diagnostic::error(&codes::MERGE_KEY, "The merge key `<<` is not supported.").at(range).help(
        "Share settings through a profile (`extends:`) and people through a group (`group:…`).",
    )
}

pub(super) fn key_not_text(value: &NodeValue, written: &str, range: &Range) -> Diagnostic {
    let (what, help) = match value {
        NodeValue::Null => ("nothing", "Write a name before the `:`.".to_owned()),
        NodeValue::Bool(_) => ("a truth value", format!("Quote it: `\"{written}\"`.")),
        NodeValue::Number(_) => ("a number", format!("Quote it: `\"{written}\"`.")),
        NodeValue::String(_) => ("text", String::new()),
        NodeValue::List(_) | NodeValue::Map(_) => (
            "a list or mapping",
            "Put text that starts with a bracket in quotes. If the file is a template, list it \
             under `ignore:` in `trectl.yaml`."
                .to_owned(),
        ),
    };
    Diagnostic::error(&codes::KEY_NOT_TEXT, format!("A key must be text; this one is {what}."))
        .at(range)
        .help(help)
}

pub(super) fn duplicate_key(key: &str, first: &Range, second: &Range) -> Diagnostic {
    Diagnostic::error(
        &codes::DUPLICATE_KEY,
        format!("The key {} is written twice in one mapping.", quoted(key)),
    )
    .at(second)
    .with(first, "it is written here first")
    .help("Keep one of the two.")
}

pub(super) fn unknown_alias(written: &str, range: &Range) -> Diagnostic {
    let help = match written.strip_prefix('*') {
        Some(name) if !name.is_empty() => format!(
            "Mark a value with {} earlier in the same document, or quote the text if it is no \
             alias.",
            quoted(&format!("&{name}"))
        ),
        _ => "Write the value out.".to_owned(),
    };
    Diagnostic::error(
        &codes::ALIAS_TARGET,
        format!("The alias {} stands for no value of this document.", quoted(written)),
    )
    .at(range)
    .help(help)
}

pub(super) fn alias_of_itself(written: &str, range: &Range) -> Diagnostic {
    Diagnostic::error(
        &codes::ALIAS_TARGET,
        format!("The alias {} is part of the value that it stands for.", quoted(written)),
    )
    .at(range)
    .help("Write the value out.")
}

pub(super) fn alias_budget(range: &Range) -> Diagnostic {
    Diagnostic::error(
        &codes::ALIAS_BUDGET,
        "The anchors and aliases of this file stand for more than 100,000 values.",
    )
    .at(range)
    .help("Use a group or a profile instead of repeating values by alias.")
}

//! Every renderer on the same findings.

#![expect(clippy::string_slice, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::diag::render::human::Color;
use crate::diag::{Code, Position, Range, Sources};

static SAMPLE: Code = Code {
    id: "TRE998",
    title: "A sample",
    cause: "It is needed to test renderers.",
    cure: "None is needed.",
};

static OTHER: Code = Code { id: "TRE997", title: "Another", cause: "The same.", cure: "None." };

const FILES: [(&str, &str); 4] = [
    ("groups/leeds, 1.yaml", "members:\n  - user-a\n  - user-b\n\t- user-a # <é> & \"漢字\"\n"),
    ("tres/bidi.yaml", "\u{feff}name: user-\u{202e}nimda\u{9b}31m x\n"),
    ("tres/clean.yaml", "a: 1\n"),
    ("tres/long.yaml", "x"),
];

fn sources() -> Sources {
    let mut sources = Sources::default();
    for (file, text) in FILES {
        sources.insert(Arc::from(file), Arc::from(text));
    }
    sources.insert(Arc::from("tres/long.yaml"), Arc::from(long().as_str()));
    sources
}

fn long() -> String {
    format!("a: [{}010, {}]\n", "user-x, ".repeat(3_000), "user-y, ".repeat(3_000))
}

/// Returns the place of a text in a file of the sample.
fn place(file: &str, text: &str, which: usize) -> Range {
    let sources = sources();
    let content = sources.text(file).unwrap();
    let (byte, found) = content.match_indices(text).nth(which).unwrap();
    let position = |byte: usize| {
        let before = &content[..byte];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..].trim_start_matches('\u{feff}').chars().count() + 1;
        Position { line: line as u32, column: column as u32, byte: byte as u32 }
    };
    Range { file: Arc::from(file), start: position(byte), end: position(byte + found.len()) }
}

fn findings() -> Vec<Diagnostic> {
    let group = "groups/leeds, 1.yaml";
    let nowhere = Range {
        file: Arc::from("tres/link.yaml"),
        start: Position { line: 1, column: 1, byte: 0 },
        end: Position { line: 1, column: 1, byte: 0 },
    };
    vec![
        Diagnostic::error(&SAMPLE, "The person `user-a` is written twice; that is 100% too often.")
            .at(&place(group, "user-a", 1))
            .because("Lists of people are sets.\nSecond line.")
            .with(&place(group, "user-a", 0), "it is written here first")
            .help("Keep one of the two: either <this> or \"that\"."),
        Diagnostic::warning(&OTHER, "The name `user-\u{202e}nimda` holds \u{1b}[31m strange text.")
            .at(&place("tres/bidi.yaml", "user", 0)),
        Diagnostic::error(&OTHER, "The value stands in a very long line.").at(&place(
            "tres/long.yaml",
            "010",
            0,
        )),
        Diagnostic::error(&OTHER, "A list of several lines is wrong.").at(&place(
            group,
            "- user-a\n  - user-b",
            0,
        )),
        Diagnostic::error(&SAMPLE, "The file cannot be shown.")
            .at(&nowhere)
            .with(&nowhere, "nor can this")
            .help("Look elsewhere."),
        Diagnostic::error(&SAMPLE, "There is no place at all."),
    ]
}

#[test]
fn human() {
    insta::assert_snapshot!(human::render(&findings(), &sources(), Color::Plain));
}

#[test]
fn human_in_color_differs_by_escapes_only() {
    let plain = human::render(&findings(), &sources(), Color::Plain);
    let colored = human::render(&findings(), &sources(), Color::Ansi);
    assert_ne!(plain, colored);
    assert_eq!(plain, anstream::adapter::strip_str(&colored).to_string());
}

#[test]
fn nothing_that_acts_on_a_terminal_comes_through() {
    for text in [
        human::render(&findings(), &sources(), Color::Plain),
        github::render(&findings(), ""),
        gitlab::render(&findings(), ""),
        junit::render(&findings(), &sources()),
    ] {
        let bad = text.chars().find(|found| *found != '\n' && crate::diag::is_deceptive(*found));
        assert_eq!(bad, None, "{text}");
    }
}

#[test]
fn json() {
    let text = json::render(&findings(), &sources());
    insta::assert_snapshot!(text);
    let read: json::Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read, json::report(&findings(), &sources()));
    assert_eq!((read.valid, read.error_count, read.warning_count), (false, 5, 1));
    assert!(json::report(&[], &sources()).valid);
}

#[test]
fn json_highlights_the_place_in_characters() {
    for found in json::report(&findings()[..4], &sources()).diagnostics {
        let (range, snippet) = (found.range.unwrap(), found.snippet.unwrap());
        let sources = sources();
        let text = sources.text(&range.filename).unwrap();
        let whole = &text[range.start.byte as usize..range.end.byte as usize];
        let highlight: String = snippet
            .code
            .chars()
            .take(snippet.highlight_end_offset)
            .skip(snippet.highlight_start_offset)
            .collect();
        assert_eq!(highlight, whole.lines().next().unwrap());
    }
}

#[test]
fn github() {
    insta::assert_snapshot!(github::render(&findings(), ""));
    let below = github::render(&findings(), "examples/tre-configs/");
    assert!(below.contains("file=examples/tre-configs/tres/bidi.yaml,"), "{below}");
}

#[test]
fn gitlab() {
    insta::assert_snapshot!(gitlab::render(&findings(), ""));
    let below = gitlab::render(&findings(), "examples/tre-configs/");
    assert!(below.contains("\"examples/tre-configs/tres/bidi.yaml\""), "{below}");
}

#[test]
fn sarif() {
    let text = sarif::render(&findings(), "");
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    let document: Value = serde_json::from_str(&text).unwrap();
    let run = &document["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    let below = sarif::render(&findings(), "a b");
    assert!(below.contains("\"a%20b/groups/leeds%2C%201.yaml\""), "{below}");
}

#[test]
fn junit() {
    insta::assert_snapshot!(junit::render(&findings(), &sources()));
}

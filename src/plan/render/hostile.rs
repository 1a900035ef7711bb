//! What people and platforms write cannot do anything to a page: neither in a terminal nor in a
//! comment.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use serde_json::{Map, Value, json};

use super::fixtures::{self, options};
use super::wrap::width_of;
use super::{
    DriftReport, Options, Palette, Plan, drift_issues, drift_markdown, drift_news, drift_settled,
    human, markdown::markdown,
};
use crate::diag::{escape_control, is_deceptive};

/// Keys with values of a fixed set, which no text can take the place of.
const CLOSED: &[&str] = &[
    "actions",
    "class",
    "consent",
    "consents",
    "effect",
    "lock",
    "missing_consents",
    "new_requests",
    "operation",
    "origin",
    "status",
];

/// Characters that are not seen, or turn others around: told here again, so that the list of the
/// program is not its own witness.
const HIDDEN: &[char] = &[
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{fff9}',
    '\u{e0041}',
    '\u{e0100}',
];

/// Tells whether a character acts on a page instead of standing on it.
fn acts(character: char) -> bool {
    character != '\n'
        && (character.is_control() || HIDDEN.contains(&character) || is_deceptive(character))
}

/// Where a text is put.
#[derive(Debug, Clone, Copy)]
pub enum Put {
    Before,
    Behind,
    Instead,
}

/// Puts a text into every textual field of a plan, keys that people write included.
pub fn fill(value: &mut Value, key: &str, put: Put, text: &str) {
    match value {
        Value::String(old) => *old = filled(old, key, put, text),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, key, put, text)),
        Value::Object(entries) => {
            // Of what a way gives only the step is a text.
            let is_open =
                |inner: &str| !CLOSED.contains(&inner) && (key != "gives" || inner == "step");
            for (key, value) in entries.iter_mut().filter(|(key, _)| is_open(key)) {
                fill(value, key, put, text);
            }
            if key == "values" {
                let all = std::mem::take(entries).into_iter();
                *entries = all
                    .map(|(key, value)| (filled(&key, "path", put, text), value))
                    .collect::<Map<_, _>>();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn filled(old: &str, key: &str, put: Put, text: &str) -> String {
    // A slash would make another field of a pointer, and no text.
    let text =
        if matches!(key, "path" | "released") { text.replace('/', "∕") } else { text.to_owned() };
    match put {
        Put::Before => format!("{text}{old}"),
        Put::Behind => format!("{old}{text}"),
        Put::Instead if matches!(key, "path" | "released") => format!("/policies/{text}"),
        Put::Instead => text,
    }
}

pub fn plan_with(plan: &Plan, put: Put, text: &str) -> Plan {
    let mut json = serde_json::to_value(plan).unwrap();
    fill(&mut json, "", put, text);
    serde_json::from_value(json).unwrap()
}

/// Returns all that Markdown makes of a page beside its words: what must not depend on anybody's
/// text.
fn structure(page: &str) -> Vec<String> {
    let extensions = Extensions::all().difference(Extensions::ENABLE_SMART_PUNCTUATION);
    let mut found = Vec::new();
    for event in Parser::new_ext(page, extensions) {
        match event {
            Event::Text(_) | Event::Code(_) => {}
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{event:?} in\n{page}"),
            Event::Html(html) | Event::InlineHtml(html) => {
                let html: String = html.chars().filter(|c| !c.is_ascii_digit()).collect();
                found.push(format!("html {html}"));
            }
            other => found.push(format!("{other:?}")),
        }
    }
    found
}

/// Returns the words outside of code, in which a forge looks for more than Markdown.
fn words(page: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut is_code = false;
    let extensions = Extensions::ENABLE_TABLES | Extensions::ENABLE_GFM;
    for event in Parser::new_ext(page, extensions) {
        match event {
            Event::Text(text) if !is_code => found.last_mut().unwrap().push_str(&text),
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => is_code = false,
            _ => found.push(String::new()),
        }
    }
    found
}

/// Tells what a forge would make of words.
fn made_of(words: &str) -> Option<&'static str> {
    let lower = words.to_ascii_lowercase();
    let follows = |sign: &str, test: fn(char) -> bool| {
        lower.split(sign).skip(1).any(|behind| behind.starts_with(test))
    };
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let is_digit = |c: char| c.is_ascii_digit();
    let commits = lower.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 7);
    [
        ("a mention", follows("@", is_word)),
        ("an issue", follows("#", is_digit) || follows("gh-", is_digit) || follows("!", is_digit)),
        ("an address", lower.contains("://") || lower.contains("www.")),
        ("a commit", commits),
        ("an emoji", lower.split_whitespace().any(is_emoji)),
        ("a formula", lower.contains('$')),
        ("HTML", lower.contains('<') || follows("&", is_word) || lower.contains("&#")),
    ]
    .into_iter()
    .find(|(_, holds)| *holds)
    .map(|(what, _)| what)
}

/// Tells whether a name stands between two colons.
fn is_emoji(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    parts.len() > 2 && parts[1..parts.len() - 1].iter().any(|name| !name.is_empty())
}

/// Texts that would do something if anything let them, and any characters at all.
pub fn texts() -> impl Strategy<Value = String> {
    let fragments = prop::sample::select(vec![
        "`",
        "``",
        "```\n",
        "|",
        "\\|",
        "\\",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        " ",
        "    ",
        "<",
        ">",
        "<b>",
        "</details>",
        "<!--",
        "-->",
        "<script>",
        "&lt;",
        "&#35;",
        "&amp;",
        "@octocat",
        "@org/team",
        "#1",
        "GH-1",
        "o/r#1",
        "!1",
        "a1b2c3d4e5",
        "https://example.org",
        "www.example.org",
        "a@example.org",
        "[a](b)",
        "![a](b)",
        "[a]: b",
        "[^1]",
        "[[a]]",
        "# ",
        "## a",
        "> ",
        "> [!NOTE]\n> ",
        "- ",
        "+ ",
        "* ",
        "1. ",
        "1) ",
        "---",
        "===",
        "***",
        "**",
        "__",
        "_a_",
        "~~",
        "~",
        "^",
        "$",
        "$a$",
        "$$",
        ":tada:",
        ":+1:",
        "|--|--|\n",
        "{#id}",
        "- [ ] ",
        "a",
        "…",
        "漢字",
        "\u{1b}[31m",
        "\u{9b}1m",
        "\u{7}",
        "\u{8}",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{200d}",
        "\u{feff}",
        "\u{ad}",
        "\u{301}",
        "\u{fe0f}",
        "\u{e0041}",
        "\u{2028}",
        "\u{a0}",
        "\u{3000}",
        "\u{85}",
        "\0",
        "'",
        "\"",
        "(",
        ")",
        "%",
        ":",
        "/",
    ])
    .prop_map(str::to_owned);
    let characters = any::<char>().prop_map(String::from);
    let hidden = prop::sample::select(HIDDEN).prop_map(String::from);
    prop::collection::vec(prop_oneof![6 => fragments, 1 => characters, 1 => hidden], 1..12)
        .prop_map(|parts| parts.concat())
        .prop_filter("a text", |text| !text.is_empty())
}

pub fn puts() -> impl Strategy<Value = Put> {
    prop::sample::select(vec![Put::Before, Put::Behind, Put::Instead])
}

#[test]
fn no_text_changes_the_structure_of_a_comment() {
    let plans: BTreeMap<_, _> =
        fixtures::all().into_iter().map(|(name, plan, _)| (name, plan)).collect();
    let name = prop::sample::select(plans.keys().copied().collect::<Vec<_>>());
    let config =
        ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(name in name, put in puts(), text in texts())| {
        let page = |text: &str| markdown(&plan_with(&plans[name], put, text), &options(0));
        assert_inert(&page(&text), &page("x"));
    });
}

/// Asserts that a page of somebody's text is built as the one of a plain text, and that a forge
/// makes no more of it.
pub fn assert_inert(page: &str, plain: &str) {
    assert_eq!(structure(page), structure(plain), "\n{page}");
    assert!(!page.chars().any(acts), "\n{page}");
    for words in words(page) {
        assert_eq!(made_of(&words), None, "`{words}` in\n{page}");
    }
}

#[test]
fn no_text_changes_the_structure_of_drift() {
    let item = json!({"address": "tre.tre-x", "path": "/name", "class": "conflict",
        "applied": "a", "live": "b", "desired": ["c"], "key": "/name", "rejected": "d",
        "modified": "2026-11-25T10:00:00Z", "first_seen": "2026-11-26T03:17:00Z",
        "note": "h"});
    let mut accepted = item.clone();
    accepted["accepted"] =
        json!({"owner": "e", "reason": "f", "ticket": "g", "until": "2026-05-01"});
    let report = json!({
        "format_version": "1.0", "drift": [item, accepted], "orphaned": ["tre-y"], "unmanaged": ["tre-z"],
        "target": {"name": "production", "platform": "api.dnanexus.com", "operator": "user-amara"},
        "summary": {"out_of_band": 0, "unapplied": 0, "conflict": 1, "accepted": 1},
        "at": "2026-11-26T03:17:00Z", "only": [], "cleared": ["tre-c"],
    });
    let filled = |put: Put, text: &str| -> DriftReport {
        let mut json = report.clone();
        fill(&mut json, "", put, text);
        json["fail_on"] = json!(["conflict"]);
        serde_json::from_value(json).unwrap()
    };
    let page = |put: Put, text: &str| drift_markdown(&filled(put, text), &options(0));
    let told = |put: Put, text: &str| {
        let report = filled(put, text);
        let [issue] = &drift_issues(&report, &options(0))[..] else { panic!("one issue") };
        assert!(!issue.title.chars().any(acts) && !issue.title.contains('\n'), "{}", issue.title);
        [issue.text.clone(), issue.news.clone(), drift_settled(&report)].join("\n")
    };
    let chat = |put: Put, text: &str| {
        let chat = drift_news(&filled(put, text), Some("https://ci.example/7")).unwrap();
        assert!(!chat.chars().any(|c| acts(c) && c != '\n'), "{chat}");
        let marks = |c: char| matches!(c, '<' | '>' | '*' | '~' | '`' | '|' | '@' | '[' | '\n');
        chat.chars().filter(|c| marks(*c)).collect::<String>()
    };
    let config =
        ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(put in puts(), text in texts())| {
        assert_inert(&page(put, &text), &page(put, "x"));
        assert_inert(&told(put, &text), &told(put, "x"));
        prop_assert_eq!(chat(put, &text), chat(put, "x"));
    });
}

#[test]
fn no_text_changes_the_lines_of_a_terminal() {
    let plans: BTreeMap<_, _> =
        fixtures::all().into_iter().map(|(name, plan, _)| (name, plan)).collect();
    let name = prop::sample::select(plans.keys().copied().collect::<Vec<_>>());
    let config =
        ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(name in name, put in puts(), text in texts(), width in 40_usize..130)| {
        let page = human(&plan_with(&plans[name], put, &text), &options(3));
        prop_assert!(!page.chars().any(acts), "\n{}", page);
        // Whatever is shown takes the columns of its stand-in, so it must take the same lines.
        let shown = escape_control(&format!("a{text}")).chars().skip(1).collect::<String>();
        let stand_in: String = shown.chars().flat_map(|c| match (c, width_of(&c.to_string())) {
            (' ' | '`' | '/' | ':', _) => vec![c],
            (_, 2) => vec!['漢'],
            (_, columns) => vec!['x'; columns],
        }).collect();
        prop_assume!(!stand_in.is_empty() && width_of(&stand_in) == width_of(&shown));
        let options = Options { width, ..options(3) };
        let page = |text: &str| {
            let mut plan = plan_with(&plans[name], Put::Behind, text);
            // What is shown or pasted as JSON is quoted as JSON needs it, and no stand-in needs the
            // same; whatever is not JSON stands at the paths that there are.
            for (change, known) in plan.resource_changes.iter_mut().zip(&plans[name].resource_changes) {
                change.consent_requests.iter_mut().for_each(|request| request.values.clear());
                for (field, known) in change.fields.iter_mut().zip(&known.fields) {
                    field.path.clone_from(&known.path);
                }
                change.released.clone_from(&known.released);
            }
            human(&plan, &options)
        };
        let (page, plain) = (page(&text), page(&stand_in));
        let apart = page.lines().zip(plain.lines()).find(|(a, b)| width_of(a) != width_of(b));
        prop_assert_eq!(apart, None, "\n{}", page);
        prop_assert_eq!(page.lines().count(), plain.lines().count(), "\n{}", page);
    });
}

#[test]
fn colours_are_ours_alone() {
    for (_, plan, exit) in fixtures::all() {
        let plan = plan_with(&plan, Put::Behind, "\u{1b}[31m\u{9b}0m");
        let coloured = human(&plan, &Options { palette: Palette::Coloured, ..options(exit) });
        let plain = human(&plan, &options(exit));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
        assert!(!plain.contains(['\u{1b}', '\u{9b}']), "{plain}");
    }
}

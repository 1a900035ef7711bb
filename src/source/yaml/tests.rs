#![expect(clippy::string_slice, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use serde_json::{Value, json};

use super::parse::File;
use super::*;
use crate::diag::Diagnostic;
use crate::source::{Node, NodeValue};

fn read(text: &str) -> File {
    parse(&Arc::from("a.yaml"), text)
}

fn values(text: &str) -> Vec<Value> {
    let file = read(text);
    let findings: Vec<_> =
        file.trees.iter().flat_map(|tree| &tree.findings).chain(&file.broken).collect();
    assert!(findings.is_empty(), "{text:?}: {findings:#?}");
    file.trees.iter().map(|tree| tree.node.to_json()).collect()
}

/// Every finding as `code line:column-line:column summary`.
fn findings(text: &str) -> Vec<String> {
    let file = read(text);
    let all = file.trees.into_iter().flat_map(|tree| tree.findings).chain(file.broken);
    all.map(|finding| show(&finding)).collect()
}

fn show(finding: &Diagnostic) -> String {
    let range = finding.range.as_ref().unwrap();
    format!(
        "{} {}:{}-{}:{} {}",
        finding.code.id,
        range.start.line,
        range.start.column,
        range.end.line,
        range.end.column,
        finding.summary
    )
}

#[test]
fn documents_are_read_and_empty_ones_left_out() {
    let cases: [(&str, Value); 9] = [
        ("a: 1\nb: [x, 'no', no]\n", json!([{"a": 1, "b": ["x", "no", "no"]}])),
        ("---\n---\na: ~\n---\n# nothing\n...\n---\nb:\n", json!([{"a": null}, {"b": null}])),
        ("", json!([])),
        ("# only a comment\n", json!([])),
        ("\u{feff}a: 1\r\nb:\r\n  - é\r\n", json!([{"a": 1, "b": ["é"]}])),
        ("a: &x {k: 1}\nb: *x\n", json!([{"a": {"k": 1}, "b": {"k": 1}}])),
        ("a: !!str 010\nb: !!int 5\nc: ! 5\n", json!([{"a": "010", "b": 5, "c": "5"}])),
        ("a: |\n  x\n  y\n\nb: >-\n  x\n  y\n", json!([{"a": "x\ny\n", "b": "x y"}])),
        ("? &k x\n: *k\n", json!([{"x": "x"}])),
    ];
    for (text, expected) in cases {
        assert_eq!(Value::Array(values(text)), expected, "{text:?}");
    }
}

#[test]
fn every_rule_has_a_finding_with_its_place() {
    let cases: [(&str, &[&str]); 29] = [
        ("a: 1\na: 2\n", &["TRE009 2:1-2:2 The key `a` is written twice in one mapping."]),
        ("a: [1, 2\n", &["TRE001 1:4-1:5 The bracket `[` is not closed."]),
        ("a: [1}\n", &["TRE001 1:4-1:5 The bracket `[` is not closed."]),
        ("a: [1]]\n", &["TRE001 1:7-1:8 This bracket closes nothing."]),
        ("a: 'x\n", &["TRE001 1:4-1:5 The quoted text is not closed."]),
        ("a: 'x' y\n", &["TRE001 1:8-1:9 Something follows the closing quote."]),
        ("a: \"\\q\"\n", &["TRE001 1:4-1:5 This escape is unknown."]),
        ("a: b: c\n", &["TRE001 1:5-1:6 A `:` is not possible here."]),
        ("a:\n  - b\n c: 1\n", &["TRE001 3:2-3:3 A `key: value` is expected here."]),
        ("a: @x\n", &["TRE001 1:4-1:5 A value is expected here."]),
        (
            "a:\n\tb: 1\n",
            &["TRE002 2:1-2:2 A tab is used for indentation; YAML allows only spaces."],
        ),
        (
            "a:\n  b: 1\n\tc: 2\n",
            &["TRE002 3:1-3:2 A tab is used for indentation; YAML allows only spaces."],
        ),
        ("\ta: 1\n", &["TRE002 1:1-1:2 A tab is used for indentation; YAML allows only spaces."]),
        ("a: *b\n", &["TRE008 1:4-1:6 The alias `*b` stands for no value of this document."]),
        ("*b : 1\n", &["TRE008 1:1-1:3 The alias `*b` stands for no value of this document."]),
        (
            "a: &b [*b]\n",
            &["TRE008 1:8-1:10 The alias `*b` is part of the value that it stands for."],
        ),
        ("1: x\n", &["TRE010 1:1-1:2 A key must be text; this one is a number."]),
        ("true: x\n", &["TRE010 1:1-1:5 A key must be text; this one is a truth value."]),
        ("~: x\n", &["TRE010 1:1-1:2 A key must be text; this one is nothing."]),
        (
            "{{ x }}: y\n",
            &[
                "TRE010 1:2-1:7 A key must be text; this one is a list or mapping.",
                "TRE010 1:1-1:8 A key must be text; this one is a list or mapping.",
            ],
        ),
        ("a: &x {k: 1}\n<<: *x\n", &["TRE011 2:1-2:3 The merge key `<<` is not supported."]),
        ("a: !foo 1\n", &["TRE012 1:4-1:8 The tag `!foo` is not supported."]),
        ("a: !!set {b}\n", &["TRE012 1:4-1:9 The tag `!!set` is not supported."]),
        ("a: !!int x\n", &["TRE012 1:4-1:9 The tag `!!int` does not fit its value."]),
        ("a: !!map [x]\n", &["TRE012 1:4-1:9 The tag `!!map` does not fit its value."]),
        (
            "a: 010\n",
            &[
                "TRE013 1:4-1:7 The number `010` has leading zeros, about which readers of YAML disagree.",
            ],
        ),
        (
            "a: 0x1F\n",
            &["TRE013 1:4-1:8 Readers of YAML disagree whether `0x1F` is a number or text."],
        ),
        ("a: .inf\n", &["TRE014 1:4-1:8 The number `.inf` cannot be kept exactly."]),
        (
            "a: [1\n---\nb: 010\n---\nc: 'x\n---\nd: 1\n",
            &[
                "TRE013 3:4-3:7 The number `010` has leading zeros, about which readers of YAML disagree.",
                "TRE001 1:4-1:5 The bracket `[` is not closed.",
                "TRE001 5:4-5:5 The quoted text is not closed.",
            ],
        ),
    ];
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(text, expected)| (text, findings(text), expected))
        .filter(|(_, found, expected)| found != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn places_cover_what_is_written() {
    let text = "é: \"ü\" # c\nlist:\n  - a b\n  - {k: [1]}\nblock: |\n  x\n\nlast:\n";
    let file = read(text);
    let mut covered = Vec::new();
    collect(text, &file.trees[0].node, &mut covered);
    assert_eq!(
        covered,
        [
            "1:1 é: \"ü\" # c\nlist:\n  - a b\n  - {k: [1]}\nblock: |\n  x\n\nlast",
            "1:1 é",
            "1:4 \"ü\"",
            "2:1 list",
            "3:3 - a b\n  - {k: [1]}",
            "3:5 a b",
            "4:5 {k: [1]}",
            "4:6 k",
            "4:9 [1]",
            "4:10 1",
            "5:1 block",
            "6:3 x",
            "8:1 last",
            "8:5 ",
        ]
    );
}

fn collect(text: &str, node: &Node, covered: &mut Vec<String>) {
    let mut note = |range: &crate::diag::Range| {
        let written = &text[range.start.byte as usize..range.end.byte as usize];
        covered.push(format!("{}:{} {written}", range.start.line, range.start.column));
    };
    note(&node.range);
    match &node.value {
        NodeValue::List(items) => items.iter().for_each(|item| collect(text, item, covered)),
        NodeValue::Map(entries) => {
            for entry in entries {
                let written =
                    &text[entry.key_range.start.byte as usize..entry.key_range.end.byte as usize];
                covered.push(format!(
                    "{}:{} {written}",
                    entry.key_range.start.line, entry.key_range.start.column
                ));
                collect(text, &entry.value, covered);
            }
        }
        _ => {}
    }
}

#[test]
fn a_duplicate_key_names_both_places_and_the_first_counts() {
    for keys in [2, 40] {
        let mut text = String::from("k0: first\n");
        (1..keys).for_each(|key| text.push_str(&format!("k{key}: x\n")));
        text.push_str("k0: second\nk0: third\n");
        let file = read(&text);
        let tree = &file.trees[0];
        assert_eq!(tree.node.get("k0").unwrap().as_str(), Some("first"));
        assert_eq!(tree.findings.len(), 2);
        for (finding, line) in tree.findings.iter().zip([keys + 1, keys + 2]) {
            assert_eq!(finding.range.as_ref().unwrap().start.line, line);
            assert_eq!(finding.related[0].range.start.line, 1);
        }
    }
}

#[test]
fn an_alias_keeps_its_place_and_its_content_that_of_the_anchor() {
    let file = read("a: &x [1]\nb: *x\n");
    let alias = file.trees[0].node.get("b").unwrap();
    assert_eq!((alias.range.start.line, alias.items().unwrap()[0].range.start.line), (2, 1));
}

#[test]
fn a_bomb_of_aliases_is_refused_early() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = level - 1;
        let aliases = format!("*a{below}, ").repeat(9);
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let found = findings(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("TRE007 "), "{found:?}");

    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), "*a, ".repeat(50_000));
    assert!(findings(&long)[0].starts_with("TRE007 "));
}

#[test]
fn aliases_do_not_nest_deeper_than_brackets_may() {
    let mut text = format!("a0: &a0 {}{}\n", "[".repeat(40), "]".repeat(40));
    text.push_str(&format!("a1: &a1 {}*a0{}\n", "[".repeat(40), "]".repeat(40)));
    assert_eq!(
        findings(&text),
        ["TRE006 2:49-2:52 Lists and mappings are nested more than 64 levels deep here."]
    );
}

#[test]
fn deep_nesting_is_refused() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(findings(&deep(64)), Vec::<String>::new());
    assert_eq!(
        findings(&deep(65)),
        ["TRE006 1:65-1:66 Lists and mappings are nested more than 64 levels deep here."]
    );
    let endless = [
        "[".repeat(1_000_000),
        "{a: ".repeat(1_000_000),
        "- ".repeat(1_000_000),
        "? ".repeat(1_000_000),
        "[{".repeat(500_000),
    ];
    for text in endless {
        let found = findings(&text);
        assert!(found[0].starts_with("TRE006 1:"), "{found:?}");
    }
    let block: String = (0..70).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(findings(&block)[0].starts_with("TRE006 65:65"), "{:?}", findings(&block));
}

#[test]
fn reading_ends_at_the_hundredth_finding() {
    let text = "- 010\n".repeat(5_000);
    let found = findings(&text);
    assert_eq!(found.len(), 101);
    assert!(found[100].starts_with("TRE026 "), "{}", found[100]);
    let text = "[\n---\n".repeat(5_000);
    assert_eq!(findings(&text).len(), 101);
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let cases: [(&[u8], &str); 8] = [
        (
            b"a: 1\nb: \xe9\n",
            "TRE003 2:4-2:4 The file is not UTF-8: byte 8 (0xE9) belongs to no character.",
        ),
        (
            b"\xff\xfea\0",
            "TRE003 1:1-1:1 The file is not UTF-8: byte 0 (0xFF) belongs to no character.",
        ),
        (b"a: \0\n", "TRE004 1:4-1:5 The control character U+0000 is not allowed in a file."),
        (b"a\n b\x1b[31m", "TRE004 2:3-2:4 The control character U+001B is not allowed in a file."),
        (b"a: \x7f", "TRE004 1:4-1:5 The control character U+007F is not allowed in a file."),
        (
            "é: \u{9b}".as_bytes(),
            "TRE004 1:4-1:5 The control character U+009B is not allowed in a file.",
        ),
        (
            "x\u{ffff}".as_bytes(),
            "TRE004 1:2-1:3 The control character U+FFFF is not allowed in a file.",
        ),
        (b"a: 1\rb: 2\n", "TRE004 1:5-1:6 A carriage return without a line feed is not allowed."),
    ];
    for (bytes, expected) in cases {
        let finding = decode(&Arc::from("a.yaml"), bytes).unwrap_err();
        assert_eq!(show(&finding), expected);
    }
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    let finding = decode(&Arc::from("a.yaml"), &large).unwrap_err();
    assert_eq!(
        show(&finding),
        "TRE005 1:1-1:1 The file `a.yaml` has 11 MiB; at most 10 MiB are read."
    );
    for text in ["", "\u{feff}a: \t\"é\"\r\n", "Â ï \u{a0}"] {
        assert_eq!(decode(&Arc::from("a.yaml"), text.as_bytes()).unwrap(), text);
    }
}

//! What holds for any text at all, with a second parser as the oracle.

use std::sync::Arc;

use proptest::prelude::*;
use serde::Deserialize as _;
use serde_json::Value;

use super::parse::parse;
use super::text::position_at;
use crate::diag::Range;
use crate::source::{Node, NodeValue};

/// Documents of the kinds that people write, to be mutated.
const DOCUMENTS: [&str; 4] = [
    "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-genomics\nstate: active\n\
     policies: {downloadRestricted: true, databaseResultsRestricted: 5}\n\
     admins: [user-amara, user-jonas]\nreviewSteps:\n  - {id: a, name: 'Data, \"x\"'}\n  - id: b\n    \
     description: >-\n      folded\n      text\n",
    "a: &x [1, 2.5, ~]\nb: *x\n? c\n: !!str 5\n---\n# comment\n- é: |\n    x\n\n    y\n- \"\\u00e9\"\n...\n",
    "\u{feff}k: v\r\nl:\r\n- a\r\n-   - b\r\n    - c: {d: [e, {f: g}]}\r\n",
    "consents:\n  - {allow: maintenance, for: {/inventory/version: \"2026.1\"}, until: 2026-05-20}\n",
];

/// Text that is nearly YAML.
fn nearly_yaml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("a"),
        Just("b: "),
        Just("c:"),
        Just("- "),
        Just("\n"),
        Just("\n  "),
        Just("\n    "),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(", "),
        Just("'"),
        Just("\""),
        Just("#"),
        Just(" #x"),
        Just("&a "),
        Just("*a"),
        Just("!!str "),
        Just("!x "),
        Just("|\n"),
        Just(">-\n"),
        Just("? "),
        Just(": "),
        Just("---\n"),
        Just("...\n"),
        Just("%"),
        Just("\t"),
        Just("é"),
        Just("1"),
        Just("-2.5"),
        Just("true"),
        Just("~"),
        Just("<<: "),
        Just("\r\n"),
        Just("\\"),
        Just("010"),
        Just("漢"),
        Just("\u{feff}"),
        Just("@"),
        Just("`"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A document with a few characters removed, doubled or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0..3_u8, "[-a:{}\\[\\]&*!'\"#\n\t |>0]");
    (prop::sample::select(DOCUMENTS.to_vec()), prop::collection::vec(edit, 0..4)).prop_map(
        |(document, edits)| {
            let mut characters: Vec<char> = document.chars().collect();
            for (place, kind, insert) in edits {
                let at = place.index(characters.len());
                match kind {
                    0 => drop(characters.remove(at)),
                    1 => characters.insert(at, characters[at]),
                    _ => characters.splice(at..=at, insert.chars()).for_each(drop),
                }
            }
            characters.into_iter().collect()
        },
    )
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), nearly_yaml(), mutated()]
}

/// Checks a place against the text; positions are counted by a second way.
fn check_place(text: &str, range: &Range) -> Result<(), TestCaseError> {
    let (start, end) = (range.start.byte as usize, range.end.byte as usize);
    prop_assert!(start <= end && text.get(start..end).is_some(), "{range:?}");
    prop_assert_eq!(position_at(text, start), range.start);
    prop_assert_eq!(position_at(text, end), range.end);
    Ok(())
}

fn check_node(text: &str, node: &Node) -> Result<(), TestCaseError> {
    check_place(text, &node.range)?;
    match &node.value {
        NodeValue::List(items) => items.iter().try_for_each(|item| check_node(text, item)),
        NodeValue::Map(entries) => entries.iter().enumerate().try_for_each(|(at, entry)| {
            check_place(text, &entry.key_range)?;
            let distinct = entries.iter().skip(at + 1).all(|other| other.key != entry.key);
            prop_assert!(distinct, "{}", entry.key);
            check_node(text, &entry.value)
        }),
        _ => Ok(()),
    }
}

/// Returns what the second parser reads, if it accepts the text, and if the text means the same
/// to it: it knows numbers and keys that we refuse.
fn oracle(text: &str) -> Option<Vec<Value>> {
    let documents: Result<Vec<_>, _> =
        serde_yaml::Deserializer::from_str(text).map(serde_yaml::Value::deserialize).collect();
    documents.ok()?.into_iter().map(|document| to_json(&document)).collect()
}

fn to_json(value: &serde_yaml::Value) -> Option<Value> {
    Some(match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(*value),
        serde_yaml::Value::Number(number) => serde_json::to_value(number).ok()?,
        serde_yaml::Value::String(text) => Value::String(text.clone()),
        serde_yaml::Value::Sequence(items) => {
            Value::Array(items.iter().map(to_json).collect::<Option<_>>()?)
        }
        serde_yaml::Value::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| Some((key.as_str()?.to_owned(), to_json(value)?)))
                .collect::<Option<_>>()?,
        ),
        serde_yaml::Value::Tagged(_) => return None,
    })
}

/// Returns what we read, if we find nothing wrong.
fn ours(text: &str) -> Option<Vec<Value>> {
    let file = parse(&Arc::from("a.yaml"), text);
    let accepted = file.broken.is_empty() && file.trees.iter().all(|tree| tree.findings.is_empty());
    accepted.then(|| file.trees.iter().map(|tree| tree.node.to_json()).collect())
}

fn plain_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(Value::from),
        "[ -~é漢\n\t]{0,12}".prop_map(Value::from),
        "(no|yes|on|true|null|~|010|0x1F|1_0|\\.inf|<<|2026-05-20|12:30|1e3)".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z0-9 :#é-]{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_all_places_lie_in_it(text in any_text()) {
        // Places are counted in lines that a line feed ends; `decode` refuses others.
        prop_assume!(super::decode(&Arc::from("a.yaml"), text.as_bytes()).is_ok());
        // A byte order mark before a later document takes no column either.
        prop_assume!(!text.strip_prefix('\u{feff}').unwrap_or(&text).contains('\u{feff}'));
        let file = parse(&Arc::from("a.yaml"), &text);
        let findings = file.trees.iter().flat_map(|tree| &tree.findings).chain(&file.broken);
        for finding in findings {
            let range = finding.range.as_ref().expect("a finding of a file has a place");
            check_place(&text, range)?;
            finding.related.iter().try_for_each(|related| check_place(&text, &related.range))?;
        }
        file.trees.iter().try_for_each(|tree| check_node(&text, &tree.node))?;
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match super::decode(&Arc::from("a.yaml"), &bytes) {
            Ok(text) => drop(parse(&Arc::from("a.yaml"), text)),
            Err(finding) => prop_assert!(finding.range.is_some()),
        }
    }

    #[test]
    fn both_parsers_agree_where_both_accept(text in prop_oneof![nearly_yaml(), mutated()]) {
        // Parsers differ in whether a block's last line ends where the file does, and in where
        // byte order marks are text.
        let text = text.replace('\u{feff}', "") + "\n";
        let (Some(ours), Some(oracle)) = (ours(&text), oracle(&text)) else { return Ok(()) };
        // Documents without content are left out by us and null for the other; a document that is
        // a bare text is refused one stage later.
        let has_content = |value: &Value| value.is_array() || value.is_object();
        let oracle: Vec<_> = oracle.into_iter().filter(has_content).collect();
        let ours: Vec<_> = ours.into_iter().filter(has_content).collect();
        prop_assert_eq!(ours, oracle);
    }

    #[test]
    fn what_the_other_parser_writes_is_read_back(value in plain_value()) {
        let text = serde_yaml::to_string(&value).unwrap();
        if let Some(read) = ours(&text) {
            prop_assert_eq!(read.into_iter().next().unwrap_or_default(), value, "{}", text);
        }
    }

    #[test]
    fn what_we_write_is_read_back(value in plain_value()) {
        let text = serde_saphyr::to_string(&value).unwrap();
        let read = ours(&text);
        prop_assert!(read.is_some(), "{}", text);
        prop_assert_eq!(read.into_iter().flatten().next().unwrap_or_default(), value, "{}", text);
    }
}

//! Findings as SARIF 2.1.0, which code scanning services read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{below, explanation};
use crate::diag::{Code, Diagnostic, Range};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Returns findings as one SARIF document. `prefix` is the path of the root in the checkout, empty
/// where they are the same.
pub fn render(diagnostics: &[Diagnostic], prefix: &str) -> String {
    let codes: BTreeMap<&str, &Code> =
        diagnostics.iter().map(|finding| (finding.code.id, finding.code)).collect();
    let results: Vec<_> = diagnostics
        .iter()
        .map(|finding| {
            let index = codes.keys().position(|id| *id == finding.code.id);
            result(finding, index, prefix)
        })
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "trectl",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.values().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(code: &Code) -> Value {
    let Code { id, title, cause, cure } = code;
    json!({
        "id": id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": cause},
        "help": {"text": cure},
    })
}

fn result(finding: &Diagnostic, rule_index: Option<usize>, prefix: &str) -> Value {
    let lines: Vec<_> =
        std::iter::once(finding.summary.clone()).chain(explanation(finding)).collect();
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": rule_index,
        "level": finding.severity.as_str(),
        "message": {"text": lines.join("\n")},
        "locations": finding.range.iter().map(|range| location(range, prefix)).collect::<Vec<_>>(),
    });
    if let (false, Some(result)) = (finding.related.is_empty(), result.as_object_mut()) {
        let related = finding.related.iter().enumerate().map(|(id, related)| {
            let mut place = location(&related.range, prefix);
            if let Some(place) = place.as_object_mut() {
                place.insert("id".to_owned(), json!(id));
                place.insert("message".to_owned(), json!({"text": related.message}));
            }
            place
        });
        result.insert("relatedLocations".to_owned(), related.collect());
    }
    result
}

fn location(range: &Range, prefix: &str) -> Value {
    let Range { file, start, end } = range;
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&below(prefix, file)), "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "byteOffset": start.byte,
            "byteLength": end.byte.saturating_sub(start.byte),
        },
    }})
}

/// Returns a path as a relative URI.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            // Writing to a `String` cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

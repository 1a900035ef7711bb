//! Findings as GitLab's code quality report, which it shows beside the lines of a merge request.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{below, explanation};
use crate::diag::{Diagnostic, Severity, escape_control};

/// Findings about the repository as a whole stand at the file that makes a folder one: a report
/// has no entry without a file.
const WHOLE: &str = "trectl.yaml";

/// Returns findings as one JSON array. `prefix` is the path of the root in the checkout, empty
/// where they are the same.
pub fn render(diagnostics: &[Diagnostic], prefix: &str) -> String {
    let mut seen = HashMap::new();
    let entries: Value =
        diagnostics.iter().map(|finding| entry(finding, prefix, &mut seen)).collect();
    format!("{entries:#}\n")
}

fn entry(finding: &Diagnostic, prefix: &str, seen: &mut HashMap<[u8; 32], u64>) -> Value {
    let (file, line) = match &finding.range {
        Some(range) => (range.file.as_ref(), range.start.line),
        None => (WHOLE, 1),
    };
    let path = below(prefix, file);
    let lines: Vec<_> = std::iter::once(finding.summary.clone())
        .chain(explanation(finding))
        .map(|line| escape_control(&line).into_owned())
        .collect();
    json!({
        "description": lines.join(" "),
        "check_name": finding.code.id,
        "fingerprint": fingerprint(finding, &path, seen),
        "severity": severity(finding.severity),
        "location": {"path": path, "lines": {"begin": line}},
    })
}

/// Returns GitLab's word: an error stops every run.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
    }
}

/// Returns what tells a finding from all others, in this report and in the next. It stays the same
/// where lines move, so that GitLab does not take an old finding for a new one; of findings that
/// say the same of one file the first, the second and so on are told apart.
fn fingerprint(finding: &Diagnostic, path: &str, seen: &mut HashMap<[u8; 32], u64>) -> String {
    let mut hasher = Sha256::new();
    for part in [path, finding.code.id, &finding.summary] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let number = seen.entry(hasher.clone().finalize().into()).or_default();
    hasher.update(number.to_le_bytes());
    *number += 1;
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

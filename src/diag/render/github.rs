//! Findings as commands of GitHub Actions, which shows them beside the lines of a pull request.

use super::{below, explanation};
use crate::diag::{Diagnostic, escape_control};

/// Returns findings as workflow commands, one a line. `prefix` is the path of the root in the
/// checkout, empty where they are the same.
pub fn render(diagnostics: &[Diagnostic], prefix: &str) -> String {
    diagnostics.iter().map(|finding| command(finding, prefix)).collect()
}

fn command(finding: &Diagnostic, prefix: &str) -> String {
    let mut properties = Vec::new();
    if let Some(range) = &finding.range {
        properties.push(format!("file={}", property(&below(prefix, &range.file))));
        properties.push(format!("line={}", range.start.line));
        properties.push(format!("endLine={}", range.end.line));
        properties.push(format!("col={}", range.start.column));
        properties.push(format!("endColumn={}", range.end.column));
    }
    properties.push(format!("title={}", property(finding.code.id)));
    let lines: Vec<_> = std::iter::once(finding.summary.clone())
        .chain(explanation(finding))
        .map(|line| data(&escape_control(&line)))
        .collect();
    format!("::{} {}::{}\n", finding.severity, properties.join(","), lines.join("%0A"))
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! Findings in every format that people and pipelines read; one pure function per format.

pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod sarif;

mod excerpt;

#[cfg(test)]
mod tests;

use super::Diagnostic;

/// Returns all that a finding says below its summary, one line each, for formats without fields of
/// their own for it.
fn explanation(finding: &Diagnostic) -> impl Iterator<Item = String> {
    let detail = finding.detail.lines().map(str::to_owned);
    let related =
        finding.related.iter().map(|related| format!("{}: {}", related.range, related.message));
    let help = finding.help.iter().map(|help| format!("Help: {help}"));
    detail.chain(related).chain(help)
}

/// Returns a path below another folder, for formats whose paths start at the top of a checkout.
fn below(prefix: &str, file: &str) -> String {
    match prefix.trim_end_matches('/') {
        "" => file.to_owned(),
        prefix => format!("{prefix}/{file}"),
    }
}

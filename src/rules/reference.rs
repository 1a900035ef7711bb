//! `docs/diagnostics.md`.

use super::RULES;
use crate::diag::Code;
use crate::schema;

/// Returns every code of the schema and of the rules, in the order of their ids.
pub fn codes() -> Vec<&'static Code> {
    let rules = RULES.iter().map(|rule| rule.code);
    schema::codes::ALL.iter().copied().chain(rules).collect()
}

/// Returns the page that explains the codes.
pub fn reference(codes: &[&'static Code]) -> String {
    let _ = codes;
    String::new()
}

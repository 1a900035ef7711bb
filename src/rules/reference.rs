//! `docs/diagnostics.md`.

use super::RULES;
use crate::diag::Code;
use crate::{schema, source};

const INTRODUCTION: &str = "\
# Diagnostics

Everything that `trectl validate` can find, and with it every command that reads the repository.
Each finding has a code that never changes its meaning, the place with the text in question, and
what to do. All findings are told in one run. An **error** stops the run before anything is
touched; a **warning** does not.

This page is generated from the code; a test keeps it fresh.
";

/// Returns every code: of the files themselves, of the schemas, and of the rules, by id.
pub fn codes() -> Vec<&'static Code> {
    let rules = RULES.iter().map(|rule| rule.code);
    source::codes::ALL.iter().chain(schema::codes::ALL).copied().chain(rules).collect()
}

/// Returns the page that explains codes, in Markdown. A code that belongs to a rule is told with
/// its reason and its examples.
pub fn reference(codes: &[&'static Code]) -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n| code | what |\n|---|---|\n");
    for Code { id, title, .. } in codes {
        page.push_str(&format!("| [`{id}`](#{}) | {title} |\n", anchor(id, title)));
    }
    for code in codes {
        page.push_str(&entry(code));
    }
    page
}

fn entry(code: &'static Code) -> String {
    let Code { id, title, cause, cure } = code;
    let mut text = format!("\n## `{id}` {title}\n\n{cause}\n\n**What to do.** {cure}\n");
    if let Some(rule) = RULES.iter().find(|rule| rule.code.id == *id) {
        text.push_str(&format!("\n**Why.** {}\n", rule.doc));
        if !rule.bad.is_empty() {
            text.push_str(&format!("\nFound in:\n\n```yaml\n{}```\n", rule.bad));
            text.push_str(&format!("\nFine:\n\n```yaml\n{}```\n", rule.good));
        }
    }
    text
}

/// Returns the anchor that a forge makes of the heading: in lower case, without punctuation.
fn anchor(id: &str, title: &str) -> String {
    let heading = format!("{id} {title}").to_lowercase();
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

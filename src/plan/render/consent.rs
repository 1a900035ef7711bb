//! Consents: those that are given, and for those that are missing the very text to paste.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Options;
use super::text::{Page, Para, Role};
use crate::desired::ConsentKind;
use crate::plan::{ConsentRequest, GivenConsent, TreChange};

/// An entry on one line may be so long; longer ones are written line by line.
const FLOW: usize = 58;
/// Binding the version binds the inventory.
const VERSION: &str = "/inventory/version";
/// Words that need no quotes.
const PLAIN: [&str; 6] = ["active", "deleted", "draft", "maintenance", "private", "public"];
/// A suggested entry holds for so many days.
const DAYS: i64 = 14;

/// Writes the rows about consents.
pub fn rows(page: &mut Page, change: &TreChange, options: &Options) {
    for given in &change.given_consents {
        let place = given.range.as_ref().map(ToString::to_string);
        page.row((Role::Strong, "Consent"), &[Para::words(describe(given)).at(place)]);
    }
    for kind in &change.missing_consents {
        page.row((Role::Attention, "Consent"), &missing(change, *kind, options));
    }
}

fn describe(given: &GivenConsent) -> String {
    let GivenConsent { consent, by, until, ticket, range: _ } = given;
    let mut text = format!("given: {}", consent.as_str());
    if by == "command_line" {
        text.push_str(", for this run, by --allow");
    }
    if let Some(until) = until {
        text.push_str(&format!(", until {until}"));
    }
    if let Some(ticket) = ticket {
        text.push_str(&format!(", {ticket}"));
    }
    text
}

fn missing(change: &TreChange, kind: ConsentKind, options: &Options) -> Vec<Para> {
    let requests: Vec<&ConsentRequest> =
        change.consent_requests.iter().filter(|request| request.consent == kind).collect();
    let mut body = vec![Para::words(format!("MISSING: {}.", kind.as_str())).role(Role::Attention)];
    body.extend(requests.iter().map(|request| Para::words(&request.reason)));
    let rejected: BTreeSet<&String> = requests.iter().flat_map(|r| &r.rejected).collect();
    body.extend(rejected.into_iter().map(|why| Para::words(format!("Does not count: {why}"))));
    let file = change.range.as_ref().map_or("the document", |range| range.filename.as_str());
    body.push(Para::words(format!("To give it, add this under `consents:` in {file}:")));
    let until = options.read_on.map(|day| day.saturating_add(jiff::Span::new().days(DAYS)));
    let until = until.map_or_else(|| "YYYY-MM-DD".to_owned(), |day| day.to_string());
    for values in entries(&requests) {
        let lines = entry(kind, &values, &until);
        body.extend(lines.into_iter().map(|line| Para::verbatim(format!("  {line}"))));
    }
    body.push(Para::words(format!("or, for one run: {}", allow(change, kind))));
    body
}

/// Returns the values of each entry that is to be written: one that is bound to all single values,
/// and one without values for the lists, which may stand without `for`.
fn entries(requests: &[&ConsentRequest]) -> Vec<BTreeMap<String, Value>> {
    let (lists, single): (Vec<&ConsentRequest>, Vec<&ConsentRequest>) =
        requests.iter().partition(|request| {
            !request.values.is_empty() && request.values.values().all(Value::is_array)
        });
    let mut values: BTreeMap<String, Value> =
        single.iter().flat_map(|request| request.values.clone()).collect();
    if values.contains_key(VERSION) {
        values.retain(|path, _| path == VERSION || !path.starts_with("/inventory/"));
    }
    let mut entries = Vec::new();
    if !single.is_empty() || lists.is_empty() {
        entries.push(values);
    }
    if !lists.is_empty() {
        entries.push(BTreeMap::new());
    }
    entries
}

fn allow(change: &TreChange, kind: ConsentKind) -> String {
    format!("--allow {}:{}", kind.as_str(), change.name)
}

/// Returns the lines of a YAML entry that gives a consent.
///
/// JSON scalars are YAML scalars, so that what is pasted means what is shown.
fn entry(kind: ConsentKind, values: &BTreeMap<String, Value>, until: &str) -> Vec<String> {
    let pairs: Vec<String> =
        values.iter().map(|(path, value)| format!("{}: {}", key(path), scalar(value))).collect();
    let bound = match pairs.as_slice() {
        [] => String::new(),
        pairs => format!(", for: {{{}}}", pairs.join(", ")),
    };
    let flow = format!("- {{allow: {}{bound}, until: {until}}}", kind.as_str());
    if flow.chars().count() <= FLOW {
        return vec![flow];
    }
    let mut lines = vec![format!("- allow: {}", kind.as_str())];
    if !pairs.is_empty() {
        lines.push("  for:".to_owned());
        lines.extend(pairs.into_iter().map(|pair| format!("    {pair}")));
    }
    lines.push(format!("  until: {until}"));
    lines
}

/// Returns a value as YAML: a plain word where every reader takes it for text, else JSON.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if PLAIN.contains(&text.as_str()) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns a JSON Pointer as a YAML key, quoted unless every reader takes it as it stands.
fn key(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    match path.starts_with('/') && path.chars().all(is_plain) {
        true => path.to_owned(),
        false => Value::from(path).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_reads_back_as_what_it_says() {
        let values = BTreeMap::from([
            ("/inventory/version".to_owned(), json!("2026.1")),
            ("/policies/odd, name".to_owned(), json!(null)),
            ("/reviewSteps".to_owned(), json!(["no", "a: b"])),
        ]);
        for values in [values, BTreeMap::from([("/visibility".to_owned(), json!("public"))])] {
            let text = entry(ConsentKind::Loosen, &values, "2026-05-20").join("\n");
            let read: Vec<Value> = serde_yaml::from_str(&text).unwrap();
            assert_eq!(
                read,
                [json!({"allow": "loosen", "for": values, "until": "2026-05-20"})],
                "{text}"
            );
        }
    }
}

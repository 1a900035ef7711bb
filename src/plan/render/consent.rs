//! Consents: those that are given, and for those that are missing the very text to paste.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Options;
use super::text::{Page, Para, Role};
use crate::desired::ConsentKind;
use crate::diag::is_deceptive;
use crate::plan::{ConsentRequest, GivenConsent, TreChange};

/// An entry on one line may be so long; longer ones are written line by line.
const FLOW: usize = 58;
/// Binding the version binds the inventory.
const VERSION: &str = "/inventory/version";
/// Words that need no quotes.
const PLAIN: [&str; 6] = ["active", "deleted", "draft", "maintenance", "private", "public"];
/// A suggested entry holds for so many days at least, and then to the end of a month: so the
/// suggestion is not another one every day.
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

/// Says which consent is given, by whom, and for how long.
pub fn describe(given: &GivenConsent) -> String {
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
    let Missing { reasons, rejected, file, entry, allow } = Missing::of(change, kind, options);
    let mut body = vec![Para::words(format!("MISSING: {}.", kind.as_str())).role(Role::Attention)];
    body.extend(reasons.into_iter().map(Para::words));
    body.extend(rejected.into_iter().map(|why| Para::words(format!("Does not count: {why}"))));
    body.push(Para::words(format!("To give it, add this under `consents:` in {file}:")));
    body.extend(entry.into_iter().map(|line| Para::verbatim(format!("  {line}"))));
    body.push(Para::words(format!("or, for one run: {allow}")));
    body
}

/// A consent that is missing, and how to give it.
pub struct Missing<'a> {
    /// Why it is needed.
    pub reasons: Vec<&'a str>,
    /// Why entries that are there do not count.
    pub rejected: BTreeSet<&'a str>,
    /// Where it is written.
    pub file: &'a str,
    /// The lines to write there.
    pub entry: Vec<String>,
    /// The flag that gives it for one run.
    pub allow: String,
}

impl<'a> Missing<'a> {
    /// Returns how a consent is given that a change lacks.
    pub fn of(change: &'a TreChange, kind: ConsentKind, options: &Options) -> Self {
        let requests: Vec<&ConsentRequest> =
            change.consent_requests.iter().filter(|request| request.consent == kind).collect();
        let until = options.read_on.map(|day| day.saturating_add(jiff::Span::new().days(DAYS)));
        let until = until.map(jiff::civil::Date::last_of_month);
        let until = until.map_or_else(|| "YYYY-MM-DD".to_owned(), |day| day.to_string());
        let entries = entries(&requests);
        Self {
            reasons: requests.iter().map(|request| request.reason.as_str()).collect(),
            rejected: requests.iter().flat_map(|r| &r.rejected).map(String::as_str).collect(),
            file: change.range.as_ref().map_or("the document", |range| range.filename.as_str()),
            entry: entries.iter().flat_map(|values| entry(kind, values, &until)).collect(),
            allow: format!("--allow {}:{}", kind.as_str(), change.name),
        }
    }
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
        other => quoted(other),
    }
}

/// Returns a JSON Pointer as a YAML key, quoted unless every reader takes it as it stands.
fn key(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    match path.starts_with('/') && path.chars().all(is_plain) {
        true => path.to_owned(),
        false => quoted(&Value::from(path)),
    }
}

/// Returns a value as JSON in which what could not be seen is escaped, so that it still means what
/// it says once it is pasted.
fn quoted(value: &Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        match u32::from(character) {
            // JSON has no control characters outside of its strings.
            number @ ..=0xffff if is_deceptive(character) => {
                text.push_str(&format!("\\u{number:04x}"));
            }
            number if is_deceptive(character) => text.push_str(&format!("\\U{number:08x}")),
            _ => text.push(character),
        }
    }
    text
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
            ("/name\u{202e}".to_owned(), json!("a\u{202e}\u{7f}\u{85}\u{e0041}\n\"b\\")),
        ]);
        for values in [values, BTreeMap::from([("/visibility".to_owned(), json!("public"))])] {
            let text = entry(ConsentKind::Loosen, &values, "2026-05-20").join("\n");
            assert!(!text.chars().any(|c| c != '\n' && is_deceptive(c)), "{text:?}");
            let read: Vec<Value> = serde_yaml::from_str(&text).unwrap();
            assert_eq!(
                read,
                [json!({"allow": "loosen", "for": values, "until": "2026-05-20"})],
                "{text}"
            );
        }
    }
}

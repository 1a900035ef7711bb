//! `drift --adopt`: the documents as the platform is, written and told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::adopt::{self, Adopted, Adoption, Left, Reach};
use crate::cli::args::Drift as Args;
use crate::cli::failure::Failure;
use crate::cli::files;
use crate::cli::output::Output;
use crate::cli::pages;
use crate::cli::session::Session;
use crate::diff::Field;
use crate::model::TreId;
use crate::plan::DriftItem;
use crate::plan::render::{DriftReport, Page, Role};

/// Adopts the drift of a report, and returns what became of it; `None` where nobody asked.
///
/// # Errors
///
/// Where a file cannot be written, or is another one than was read: then none is written.
pub fn adopt(
    args: &Args,
    session: &Session,
    report: &DriftReport,
) -> Result<Option<Adoption>, Failure> {
    let Some(ids) = &args.adopt else { return Ok(None) };
    let named: BTreeSet<String> = ids.iter().map(address).collect();
    let is_named = |item: &&DriftItem| named.is_empty() || named.contains(&item.address);
    let items: Vec<DriftItem> = report.drift.iter().filter(is_named).cloned().collect();
    let reach = if args.adopt_unapplied { Reach::Everything } else { Reach::Edited };
    let sides = (&session.repository, &session.desired, session.today);
    let adoption = adopt::adopt(sides, items, reach);
    write(session, &adoption)?;
    Ok(Some(adoption))
}

fn address(id: &TreId) -> String {
    format!("tre.{id}")
}

/// Writes every file, or none where one of them is not as it was read.
fn write(session: &Session, adoption: &Adoption) -> Result<(), Failure> {
    let mut files = Vec::new();
    for (file, text) in &adoption.texts {
        let read = session.repository.sources.text(file).unwrap_or_default();
        let path = session.repository.root.join(file);
        // A link stays one: what it leads to is written.
        let path = path.canonicalize_utf8().unwrap_or(path);
        let found = fs_err::read(&path)
            .map_err(|error| Failure::files(format!("`{file}` cannot be read.")).because(error))?;
        let mark = found.strip_suffix(read.as_bytes());
        let Some(mark) = mark.filter(|mark| mark.is_empty() || *mark == b"\xef\xbb\xbf") else {
            return Err(Failure::files(format!(
                "`{file}` was changed since it was read: nothing was adopted."
            ))
            .hint("Run it again."));
        };
        files.push((path, [mark, text.as_bytes()].concat()));
    }
    for (path, content) in files {
        files::replace(&path, &content)?;
    }
    Ok(())
}

/// Returns the report of what is left.
pub fn left(report: DriftReport, adoption: &Adoption) -> DriftReport {
    let gone: BTreeSet<(&str, &str)> = adoption
        .adopted
        .iter()
        .map(|adopted| (adopted.item.address.as_str(), adopted.item.key.as_str()))
        .collect();
    report.without(|item| gone.contains(&(item.address.as_str(), item.key.as_str())))
}

/// Adds to the document that programs get.
pub fn json_keys(adoption: &Adoption) -> [(&'static str, Value); 2] {
    let adopted = adoption.adopted.iter().map(|Adopted { item, file, line }| {
        json!({
            "address": item.address, "path": item.path, "key": item.key, "live": item.live,
            "file": file, "line": line,
        })
    });
    let left = adoption.left.iter().map(|Left { item, reason }| {
        json!({ "address": item.address, "path": item.path, "key": item.key, "reason": reason })
    });
    [("adopted", adopted.collect()), ("left", left.collect())]
}

/// Tells people what was written and what is left, and what to do next.
pub fn tell(adoption: &Adoption, report: &DriftReport, session: &Session, output: &mut Output) {
    let Adoption { adopted, left, texts: _ } = adoption;
    let settings = output.settings();
    let mut page = Page::new(settings.width, settings.stdout);
    pages::heading(&mut page, "Adopted from", &session.target);
    for Adopted { item, file, line } in adopted {
        let text = format!("{file}:{line}  {}: {}", item.key, became(item));
        page.words(Role::Plain, &text, 4);
    }
    if !left.is_empty() && !adopted.is_empty() {
        page.blank();
    }
    for Left { item, reason } in left {
        let id = item.address.strip_prefix("tre.").unwrap_or(&item.address);
        let text = format!("Left: {} of {id}. {reason}", item.key);
        page.words(Role::Attention, &text, 4);
    }
    if !left.is_empty() || !adopted.is_empty() {
        page.blank();
    }
    let invocation = &settings.invocation;
    let done = match adopted.len() {
        0 => "Nothing was adopted.".to_owned(),
        n => format!(
            "{n} of {} adopted. Review it with `git diff`; `{invocation} plan` shows what apply \
             would still do.",
            n + left.len()
        ),
    };
    page.words(Role::Strong, &done, 0);
    if report.fails() {
        page.words(Role::Plain, "Exit 2: drift is left.", 0);
    }
    output.result(&page.finish());
}

/// Says what became of a setting: a person or a step came or went, anything else has a value.
fn became(item: &DriftItem) -> String {
    let name = item.key.rsplit('/').next();
    match (&item.live, &item.desired) {
        (live, _) if item.key == "/reviewSteps" => {
            let steps = live.as_array().into_iter().flatten().filter_map(Value::as_str);
            format!("in the order {}", steps.collect::<Vec<_>>().join(", "))
        }
        (Value::Object(_), Value::Null) if is_step(item) => "added".to_owned(),
        (Value::Null, Value::Object(_)) if is_step(item) => "taken out".to_owned(),
        (Value::String(live), _) if Some(live.as_str()) == name => "added".to_owned(),
        (Value::Null, Value::String(desired)) if Some(desired.as_str()) == name => {
            "taken off".to_owned()
        }
        (Value::String(live), _) => live.clone(),
        (live, _) => live.to_string(),
    }
}

fn is_step(item: &DriftItem) -> bool {
    matches!(Field::of_key(&item.key), Some(Field::ReviewStep(_)))
}

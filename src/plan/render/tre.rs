//! The block of one TRE, and the order of the blocks: the eye ends at the bottom, so what needs
//! the reader comes last.

use std::collections::BTreeSet;

use serde_json::Value;

use super::field::{Part, asset, count, is_people, name, part, phrase, value};
use super::headline::does;
use super::text::{Page, Para, Role};
use super::wrap::columns_of;
use super::{Options, Verbosity, consent, headline, people, requests, steps};
use crate::diff::{Effect, OriginClass};
use crate::model::PolicyTable;
use crate::plan::{Blocked, FieldChange, Status, TreChange};
use crate::platform::Operation;

/// Up to so many TREs without a change get a line each.
const UNCHANGED_LINES: usize = 5;

/// Writes every TRE.
pub fn all(page: &mut Page, changes: &[TreChange], options: &Options) {
    let (unchanged, mut changed): (Vec<&TreChange>, Vec<&TreChange>) =
        changes.iter().partition(|c| c.status == Status::NoOp && c.warnings.is_empty());
    changed.sort_by_key(|change| rank(change.status));
    let id_width = changed.iter().chain(&unchanged).map(|c| columns_of(&c.name)).max().unwrap_or(0);
    let id_width = id_width.min(24);
    if unchanged.len() > UNCHANGED_LINES && options.verbosity < Verbosity::Verbose {
        let words = headline::unchanged(options.purpose.extent());
        let text = format!("{} TREs · {words}", unchanged.len());
        page.line(&[(Role::Muted, "= "), (Role::Plain, &text)]);
    } else {
        for change in &unchanged {
            headline::write(page, change, id_width, options);
        }
    }
    if !unchanged.is_empty() {
        page.blank();
    }
    for change in changed {
        headline::write(page, change, id_width, options);
        block(page, change, options);
        page.blank();
    }
}

/// Returns how much a status needs the reader, the highest number the most.
pub fn rank(status: Status) -> u8 {
    match status {
        Status::NoOp => 0,
        Status::Released => 1,
        Status::Ready => 2,
        Status::Orphaned => 3,
        Status::Unconsented => 4,
        Status::Blocked => 5,
    }
}

fn block(page: &mut Page, change: &TreChange, options: &Options) {
    let is_quiet = options.verbosity == Verbosity::Quiet;
    match change.status {
        Status::Blocked => blocked(page, change, options),
        Status::Orphaned | Status::NoOp | Status::Released => {}
        Status::Ready | Status::Unconsented if is_quiet => {}
        Status::Ready | Status::Unconsented => {
            people::rows(page, change, options.verbosity);
            settings(page, change);
            freezes(page, change);
            requests::rows(page, change);
            origins(page, change);
        }
    }
    notes(page, change);
    if !is_quiet {
        steps::rows(page, change, options.verbosity);
    }
    consent::rows(page, change, options);
}

/// Policies, visibility, inventory, review steps and settings, one line each.
fn settings(page: &mut Page, change: &TreChange) {
    let mut last = String::new();
    for field in ordered(change) {
        let part = part(change, &field.path);
        let label = label(&part);
        let shown = if label == last { "" } else { label };
        let para = Para::words(line(change, field, &part)).hang(2).at(place(field));
        page.row((Role::Strong, shown), &[para]);
        last = label.to_owned();
    }
}

/// Returns the changed fields that are not lists of people, what opens or shuts first.
pub fn ordered(change: &TreChange) -> Vec<&FieldChange> {
    let mut fields: Vec<(u8, &FieldChange)> = change
        .fields
        .iter()
        .filter(|field| !is_people(&field.path))
        .filter_map(|field| {
            let rank = match part(change, &field.path) {
                Part::Visibility => 0,
                Part::Policy(_) => 1,
                Part::Inventory(_) => 2,
                Part::ReviewStep(..) => 3,
                Part::Setting(key) if key == "state" || key == "id" => return None,
                Part::Setting(_) => 4,
                Part::Admins | Part::AuthorizedUsers | Part::Reviewers(_) => return None,
            };
            Some((rank, field))
        })
        .collect();
    fields.sort_by_key(|(rank, _)| *rank);
    fields.into_iter().map(|(_, field)| field).collect()
}

/// Returns the heading under which a part stands.
pub fn label(part: &Part) -> &'static str {
    match part {
        Part::Visibility => "Visibility",
        Part::Policy(_) => "Policies †",
        Part::Inventory(_) => "Inventory",
        Part::ReviewStep(..) => "Review steps",
        Part::Setting(_) => "Settings",
        Part::Admins | Part::AuthorizedUsers | Part::Reviewers(_) => "People",
    }
}

/// Says what a changed field becomes, and what that means.
pub fn line(change: &TreChange, field: &FieldChange, part: &Part) -> String {
    let (before, after) = (value(part, &field.before), value(part, &field.after));
    let is_new = change.live_state.is_none();
    match part {
        Part::Policy(name) => {
            let known = PolicyTable::default();
            let meaning = known.get(name).map(|spec| spec.meaning.as_str());
            let meaning = meaning.unwrap_or("What it does is written in the project file.");
            let is_on = !matches!(field.after, Value::Null | Value::Bool(false));
            let holds = if is_on { "" } else { "no longer holds: " };
            match is_new {
                true if is_on => format!("{name} {after}: {meaning}"),
                true => format!("{name} {after}"),
                false => {
                    format!("{name} {before} → {after}{}: {holds}{meaning}", effect(field.effect))
                }
            }
        }
        Part::Visibility => {
            let meaning = match field.after.as_str() {
                Some("public") => "every platform user can find it",
                _ => "only listed people can find it",
            };
            match is_new {
                true => format!("{after}: {meaning}."),
                false => format!("{before} → {after}{}: {meaning}.", effect(field.effect)),
            }
        }
        Part::Inventory(None) if field.before.is_null() => after,
        Part::Inventory(Some(key)) if key == "version" => match field.before {
            Value::Null => format!("version {after}"),
            _ => format!("version {before} → {after}"),
        },
        Part::Inventory(Some(key)) => format!("{}: {}", asset(key), moved(field)),
        _ => phrase(change, field),
    }
}

/// Returns what an asset becomes; the projects are only named where they change.
fn moved(field: &FieldChange) -> String {
    fn split(value: &Value) -> (&str, &str) {
        let text = value.as_str().unwrap_or("none");
        text.split_once(':').unwrap_or(("", text))
    }
    let ((old_project, old), (project, new)) = (split(&field.before), split(&field.after));
    let place = match old_project == project || project.is_empty() {
        true => String::new(),
        false if field.before.is_null() => String::new(),
        false => format!(", in {project}"),
    };
    match old == new {
        true => format!("{new}{place}"),
        false if field.before.is_null() => new.to_owned(),
        false => format!("now {new}{place}"),
    }
}

/// Says what a change does to strictness; loosening is the one to see at a glance.
fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Tightens => " (tightens)",
        Effect::Loosens => " (LOOSENS)",
        Effect::Incomparable => " (neither stricter nor looser)",
        Effect::Neutral => "",
    }
}

fn place(field: &FieldChange) -> Option<String> {
    field.range.as_ref().map(ToString::to_string)
}

fn freezes(page: &mut Page, change: &TreChange) {
    if does(change, Operation::Publish) {
        let text = format!("Publishing cannot be taken back. {}", frozen(change));
        page.row((Role::Attention, "Freezes"), &[Para::words(text)]);
    }
}

/// Says what publishing freezes for good, with the values that freeze.
pub fn frozen(change: &TreChange) -> String {
    let after = change.change.after.as_deref().unwrap_or(&Value::Null);
    let mut frozen = Vec::new();
    for (key, word) in [
        ("billTo", "billed to"),
        ("region", "region"),
        ("customizedURL", "address"),
        ("customizedRateCard", "rate card"),
    ] {
        match after.get(key) {
            Some(Value::String(text)) => frozen.push(format!("{word} {text}")),
            None | Some(Value::Null) => frozen.push(format!("no {word} of its own")),
            Some(_) => frozen.push(format!("the {word} as written")),
        }
    }
    let review = after.get("reviewSteps").and_then(Value::as_array);
    let ids: Vec<&str> =
        review.into_iter().flatten().filter_map(|step| step.get("id")?.as_str()).collect();
    format!(
        "For good from then on: {}; and {}: {}, with names, \
         descriptions and order. The inventory then changes through Maintenance only. Reviewers, \
         policies, people, name and description stay free.",
        frozen.join(", "),
        count(ids.len(), "review step", "review steps"),
        if ids.is_empty() { "none".to_owned() } else { ids.join(", ") },
    )
}

/// Whose edits on the platform this undoes or overrules.
fn origins(page: &mut Page, change: &TreChange) {
    for (origin, label, words) in [
        (OriginClass::Revert, "Undoes", "an edit made on the platform since the last apply"),
        (OriginClass::Conflict, "Conflict", "edited on the platform and here since the last apply"),
    ] {
        let fields: Vec<&FieldChange> =
            change.fields.iter().filter(|field| field.origin == origin).collect();
        for (index, field) in fields.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let text = match origin {
                OriginClass::Conflict => {
                    format!("{}: {words}; the repository wins.", phrase(change, field))
                }
                _ => format!("{words}: {}.", phrase(change, field)),
            };
            page.row((Role::Attention, label), &[Para::words(text).hang(2).at(place(field))]);
        }
    }
}

fn notes(page: &mut Page, change: &TreChange) {
    if !change.released.is_empty() {
        let names: Vec<String> =
            change.released.iter().map(|path| name(&part(change, path))).collect();
        let text = format!(
            "{}: no longer written here, so no longer managed. The platform keeps them as they \
             are; the next apply records that.",
            names.join(", ")
        );
        page.row((Role::Change, "Released"), &[Para::words(text)]);
    }
    for warning in &change.warnings {
        page.row((Role::Attention, "Note"), &[Para::words(warning)]);
    }
}

fn blocked(page: &mut Page, change: &TreChange, options: &Options) {
    for blocked in &change.blocked {
        let Blocked { path, rule, message, remedy, evidence, range } = blocked;
        let asked = asked(change, path);
        let place = range.as_ref().map(ToString::to_string);
        page.row((Role::Strong, "You ask for"), &[Para::words(asked).hang(2).at(place)]);
        let source = format!("[{rule}, {}]", known(evidence));
        page.row((Role::Strong, "Why not"), &[Para::words(message).at(Some(source))]);
        page.row((Role::Strong, "Instead"), &remedies(remedy));
    }
    if options.verbosity > Verbosity::Quiet {
        held_back(page, change, options);
    }
}

/// Says what a document asks for at a path.
pub fn asked(change: &TreChange, path: &str) -> String {
    let field = change.fields.iter().find(|field| field.path == path);
    field.map_or_else(|| name(&part(change, path)), |field| phrase(change, field))
}

/// Says how well a rule is known, with the mark of what is assumed.
pub fn known(evidence: &str) -> String {
    let mark = if evidence == "assumed" { " †" } else { "" };
    format!("{}{mark}", evidence.replace('_', " "))
}

/// Returns one paragraph for each way round, so that alternatives stand apart.
fn remedies(remedy: &str) -> Vec<Para> {
    alternatives(remedy).into_iter().map(|way| Para::words(way).hang(2)).collect()
}

/// Returns the alternatives of a remedy, each on a line of its own from `b)` on; any other line end
/// is part of somebody's text.
pub fn alternatives(remedy: &str) -> Vec<&str> {
    let mut ways = Vec::new();
    let mut rest = remedy;
    let begins = |rest: &str| {
        let mut characters = rest.trim_start().chars();
        matches!((characters.next(), characters.next()), (Some('b'..='z'), Some(')')))
    };
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|text| text.find('\n')) {
        let Some((way, others)) = rest.split_at_checked(from + at) else { break };
        let others = others.trim_start_matches('\n');
        if begins(others) {
            ways.push(way.trim_matches(' '));
            (rest, from) = (others, 0);
        } else {
            from += at + 1;
        }
    }
    ways.push(rest.trim_matches(' '));
    ways
}

/// What else the document asks for, and waits with the refused change.
fn held_back(page: &mut Page, change: &TreChange, options: &Options) {
    let others = waiting(change);
    for (index, field) in others.iter().enumerate() {
        let label = if index == 0 { "Held back" } else { "" };
        let text = phrase(change, field);
        page.row((Role::Strong, label), &[Para::words(text).hang(2).at(place(field))]);
    }
    if let Some(text) = need_not_wait(change, options) {
        page.row((Role::Plain, ""), &[Para::words(text)]);
    }
}

/// Returns the changed fields that no rule forbids, and that wait with those that one does.
pub fn waiting(change: &TreChange) -> Vec<&FieldChange> {
    let named: BTreeSet<&str> = change.blocked.iter().map(|b| b.path.as_str()).collect();
    change.fields.iter().filter(|field| !named.contains(field.path.as_str())).collect()
}

/// Says that what takes access away can go ahead, where there is such a thing.
pub fn need_not_wait(change: &TreChange, options: &Options) -> Option<String> {
    let tightens = |field: &&FieldChange| field.effect == Effect::Tightens;
    let is_held_up = !change.impact.lose_access.is_empty() || waiting(change).iter().any(tightens);
    is_held_up.then(|| {
        format!("Taking access away need not wait: `{} apply --tighten-only`", options.invocation)
    })
}

//! The first line of a TRE: sigil, id, state, what happens in capitals, and the news in a phrase.

use std::sync::Arc;

use serde_json::Value;

use super::Options;
use super::field::{Part, count, entries, part};
use super::text::{Page, Role};
use super::wrap::columns_of;
use crate::diff::Effect;
use crate::plan::{Action, Extent, Status, TreChange};
use crate::platform::Operation;

/// The news go below the state of a TRE where so many columns are left for them, else below its id.
const ROOM: usize = 30;
const LABEL: usize = 4;

/// Writes the first line of a TRE, wrapped under its state where it is long.
pub fn write(page: &mut Page, change: &TreChange, id_width: usize, options: &Options) {
    let (role, sigil) = sigil(change);
    let state = change.live_state.as_deref().unwrap_or("not there yet");
    let id = &change.name;
    let pad = " ".repeat(id_width.saturating_sub(columns_of(id)) + 2);
    let lead =
        [(role, sigil), (Role::Plain, " "), (Role::Strong, id.as_str()), (Role::Plain, &pad)];
    if change.status == Status::NoOp && change.steps.is_empty() {
        let state = format!("{state} · {}", unchanged(options.purpose.extent()));
        page.flow(&[lead.as_slice(), &[(Role::Muted, &state)]].concat(), LABEL);
        return;
    }
    let kind = kinds(change).join(" + ");
    let news = news(change);
    let used = 4 + id_width;
    let hang = if used + ROOM > page.width() { LABEL } else { used };
    let state = format!("{state} · ");
    let fits = used + columns_of(&format!("{state}{kind} · {news}")) <= page.width();
    let tail = if fits && !news.is_empty() { format!(" · {news}") } else { String::new() };
    let rest = [(Role::Plain, state.as_str()), (role, &kind), (Role::Plain, &tail)];
    page.flow(&[lead.as_slice(), &rest].concat(), hang);
    if !fits && !news.is_empty() {
        page.block(Role::Plain, &news, hang);
    }
}

/// Says that a TRE stays as it is.
pub fn unchanged(extent: Extent) -> &'static str {
    match extent {
        Extent::Full => "no change",
        Extent::TightenOnly => "nothing to take away",
    }
}

fn sigil(change: &TreChange) -> (Role, &'static str) {
    match (change.status, action(change)) {
        (Status::Blocked, _) => (Role::Refused, "✗"),
        (Status::Unconsented, _) => (Role::Attention, "!"),
        (Status::Orphaned, _) => (Role::Attention, "?"),
        (Status::Released, _) => (Role::Change, "○"),
        (Status::NoOp, _) => (Role::Muted, "="),
        (Status::Ready, Action::Create) => (Role::Add, "+"),
        (Status::Ready, Action::Delete) => (Role::Remove, "−"),
        (Status::Ready, _) => (Role::Change, "~"),
    }
}

fn action(change: &TreChange) -> Action {
    change.change.actions.first().copied().unwrap_or(Action::NoOp)
}

/// Tells whether the steps of a change hold an operation.
pub fn does(change: &TreChange, operation: Operation) -> bool {
    change.steps.iter().any(|step| step.operation == operation)
}

/// Returns what happens to a TRE, in capitals.
fn kinds(change: &TreChange) -> Vec<&'static str> {
    match change.status {
        Status::Blocked => return vec!["BLOCKED"],
        Status::Orphaned => return vec!["ORPHANED"],
        Status::Released => return vec!["RELEASED"],
        Status::NoOp => return vec!["no change"],
        Status::Unconsented | Status::Ready => {}
    }
    let mut kinds = happenings(change);
    if change.status == Status::Unconsented {
        kinds.insert(0, "UNCONSENTED");
    }
    kinds
}

/// Returns what happens to a TRE that is not refused, in capitals, the gravest first.
pub fn happenings(change: &TreChange) -> Vec<&'static str> {
    match action(change) {
        Action::Delete => return vec!["DELETE"],
        Action::Create if does(change, Operation::Publish) => return vec!["NEW", "PUBLISH"],
        Action::Create => return vec!["NEW"],
        Action::NoOp | Action::Update => {}
    }
    let has = |operation| does(change, operation);
    let mut kinds = Vec::new();
    let mut push = |holds: bool, kind| {
        if holds && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    };
    let (leaves, returns) = (has(Operation::Deactivate), has(Operation::Reactivate));
    let installs = has(Operation::SetInventory);
    push(has(Operation::Publish), "PUBLISH");
    push(returns && installs, "RELEASE");
    push(returns && !installs, "REACTIVATE");
    push(leaves && !returns, "MAINTENANCE");
    push(installs && !returns, "INVENTORY");
    for field in &change.fields {
        match part(change, &field.path) {
            Part::AuthorizedUsers | Part::Admins => push(true, "MEMBERS"),
            Part::Reviewers(_) => push(true, "REVIEWERS"),
            Part::Policy(_) => push(true, "POLICIES"),
            Part::ReviewStep(..) => push(true, "REVIEW STEPS"),
            Part::Visibility => push(true, "VISIBILITY"),
            Part::Setting(key) if key == "name" => push(true, "RENAMED"),
            Part::Setting(key) if key == "state" => {}
            Part::Setting(_) => push(true, "SETTINGS"),
            Part::Inventory(_) => {}
        }
    }
    if kinds.is_empty() { vec!["UPDATE"] } else { kinds }
}

/// Returns the news of a TRE in a phrase.
fn news(change: &TreChange) -> String {
    match change.status {
        Status::Blocked => return "nothing here will be applied".to_owned(),
        Status::Orphaned => return "its document is gone; nothing is deleted".to_owned(),
        Status::Released => return "no longer managed here; nothing changes".to_owned(),
        Status::Unconsented => return "not executed until its consent is given".to_owned(),
        Status::NoOp | Status::Ready => {}
    }
    match action(change) {
        Action::Delete => return "deleted for good".to_owned(),
        Action::Create => {
            let state = change.desired_state.as_deref().unwrap_or("draft");
            return format!(
                "begins as a draft{}",
                if state == "active" { ", ends active" } else { "" }
            );
        }
        Action::NoOp | Action::Update => {}
    }
    let mut news = Vec::new();
    if does(change, Operation::Publish) {
        news.push("draft → active".to_owned());
    }
    news.extend(version(change));
    news.extend(sizes(change));
    news.extend(policies(change));
    news.join(", ")
}

/// Says which inventory takes the place of which.
pub fn version(change: &TreChange) -> Option<String> {
    let of = |tre: &Option<Arc<Value>>| {
        Some(tre.as_ref()?.get("inventory")?.get("version")?.as_str()?.to_owned())
    };
    let touched = change.fields.iter().any(|f| matches!(part(change, &f.path), Part::Inventory(_)));
    if !touched {
        return None;
    }
    match (of(&change.change.before), of(&change.change.after)) {
        (Some(before), Some(after)) if before == after => {
            Some(format!("inventory {after} changed"))
        }
        (Some(before), Some(after)) => Some(format!("inventory {before} → {after}")),
        (None, Some(after)) => Some(format!("inventory {after}")),
        (Some(before), None) => Some(format!("inventory {before} → none")),
        (None, None) => None,
    }
}

/// Returns how long the changed lists of people are, before and after.
fn sizes(change: &TreChange) -> Vec<String> {
    let size = |tre: &Option<Arc<Value>>, key: &str| {
        tre.as_ref().and_then(|tre| tre.get(key)).and_then(Value::as_array).map_or(0, Vec::len)
    };
    [
        (Part::AuthorizedUsers, "authorizedUsers", "authorized users"),
        (Part::Admins, "admins", "admins"),
    ]
    .into_iter()
    .filter_map(|(wanted, key, name)| {
        let fields = || change.fields.iter().filter(|f| part(change, &f.path) == wanted);
        fields().next()?;
        let (before, after) = (size(&change.change.before, key), size(&change.change.after, key));
        let added: usize = fields().map(|field| entries(field).0.len()).sum();
        let removed: usize = fields().map(|field| entries(field).1.len()).sum();
        let moved = match (added, removed) {
            (0, _) | (_, 0) => String::new(),
            (added, removed) => format!(" (+{added} −{removed})"),
        };
        Some(format!("{name} {before} → {after}{moved}"))
    })
    .collect()
}

fn policies(change: &TreChange) -> Option<String> {
    let changed = |effect| {
        change
            .fields
            .iter()
            .filter(|field| matches!(part(change, &field.path), Part::Policy(_)))
            .filter(|field| field.effect == effect)
            .count()
    };
    let said: Vec<String> = [
        (Effect::Tightens, "tightened"),
        (Effect::Loosens, "loosened"),
        (Effect::Incomparable, "changed"),
    ]
    .into_iter()
    .map(|(effect, verb)| (changed(effect), verb))
    .filter(|(number, _)| *number > 0)
    .map(|(number, verb)| format!("{} {verb}", count(number, "policy", "policies")))
    .collect();
    if said.is_empty() { None } else { Some(said.join(", ")) }
}

//! One TRE of a plan, change by change: what is asked for, what the lock rules say of it, why, how
//! well that is known, and the cheapest legal route.
//!
//! A saved plan is enough for it: no platform and no repository has a part.

mod carry;
mod route;
mod select;

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::model::{Blocked, FieldChange, Place, Status, Step, TreChange};
use super::render::{Part, part};
use crate::desired::ConsentKind;
use crate::lifecycle::{self, Evidence, Lock, RULES, Rule, Verdict};
use crate::model::TreState;

/// What a plan makes of one TRE.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TreExplanation {
    /// `tre.<id>`.
    pub address: String,
    /// What its entry amounts to.
    pub status: Status,
    /// The state it is in, or null where there is none.
    pub live_state: Option<String>,
    /// The state that is asked for; null for an orphan.
    pub desired_state: Option<String>,
    /// The changes that were asked about, or all of them. What forbids something and is no change
    /// itself stands here too.
    pub changes: Vec<ChangeExplanation>,
}

/// What becomes of one change.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ChangeExplanation {
    /// A JSON Pointer; that of the list where several people of one list come or go.
    pub path: String,
    /// The live value; null for what is added, and where nothing of that path changes.
    pub before: Value,
    /// The value that is asked for; null for what is removed, and where nothing changes.
    pub after: Value,
    /// Where it is written.
    pub range: Option<Place>,
    /// What holds for it in the live state.
    pub verdict: ChangeVerdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What to do, the cheapest first: each way on its own leads there. Empty where the plan does
    /// it by itself.
    pub routes: Vec<String>,
    /// The steps of the plan that make the change.
    pub steps: Vec<StepRef>,
    /// Consents that these steps need and that are not given.
    pub missing_consents: Vec<ConsentKind>,
}

/// What holds for one change in the live state.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeVerdict {
    /// It can change now.
    Open,
    /// It can change after deactivating.
    ViaMaintenance,
    /// A rule forbids it.
    Blocked,
}

/// Why a change is open or not.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Reason {
    /// The rule's id, or null where no single rule says it.
    pub rule: Option<String>,
    /// A full sentence or two.
    pub text: String,
    /// How well it is known: `documented`, `second_hand` or `assumed`.
    pub evidence: String,
}

/// A step of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StepRef {
    /// Its id in the plan.
    pub id: String,
    /// What it does, in words.
    pub text: String,
    /// The consents that it needs.
    pub consents: Vec<ConsentKind>,
}

/// A change, or what forbids something that is no change itself.
struct Subject<'a> {
    change: &'a TreChange,
    field: Option<FieldChange>,
    blocked: Vec<&'a Blocked>,
}

/// Explains a TRE of a plan: all of it, or what a path, a name or a person stands for. `None` where
/// the plan holds nothing of the kind.
pub fn explain(change: &TreChange, asked: Option<&str>) -> Option<TreExplanation> {
    let subjects = select::subjects(change, asked);
    if asked.is_some() && subjects.is_empty() {
        return None;
    }
    Some(TreExplanation {
        address: change.address.clone(),
        status: change.status,
        live_state: change.live_state.clone(),
        desired_state: change.desired_state.clone(),
        changes: subjects.iter().map(one).collect(),
    })
}

/// Returns every path and name that [`explain`] takes for a TRE, for whoever mistyped one.
pub fn names(change: &TreChange) -> Vec<String> {
    select::names(change)
}

fn one(subject: &Subject<'_>) -> ChangeExplanation {
    let Subject { change, field, blocked } = subject;
    let lock = field.as_ref().map(|field| field.lock);
    let verdict = match lock {
        _ if !blocked.is_empty() => ChangeVerdict::Blocked,
        Some(Verdict::Locked | Verdict::Immutable) => ChangeVerdict::Blocked,
        Some(Verdict::ViaMaintenance) => ChangeVerdict::ViaMaintenance,
        Some(Verdict::Open) | None => ChangeVerdict::Open,
    };
    let steps: Vec<&Step> = match field {
        Some(field) => change.steps.iter().filter(|s| carry::carries(s, field, change)).collect(),
        None => Vec::new(),
    };
    let missing = change.missing_consents.iter().copied();
    let missing_consents: Vec<ConsentKind> =
        missing.filter(|kind| steps.iter().any(|step| step.consents.contains(kind))).collect();
    let first = blocked.first();
    ChangeExplanation {
        path: field
            .as_ref()
            .map(|field| field.path.clone())
            .or_else(|| first.map(|blocked| blocked.path.clone()))
            .unwrap_or_default(),
        before: field.as_ref().map_or(Value::Null, |field| field.before.clone()),
        after: field.as_ref().map_or(Value::Null, |field| field.after.clone()),
        range: first
            .and_then(|blocked| blocked.range.clone())
            .or_else(|| field.as_ref().and_then(|field| field.range.clone())),
        verdict,
        reasons: reasons(subject, verdict),
        routes: route::routes(subject, verdict),
        steps: steps
            .into_iter()
            .map(|step| StepRef {
                id: step.id.clone(),
                text: step.reason.clone(),
                consents: step.consents.clone(),
            })
            .collect(),
        missing_consents,
    }
}

fn reasons(subject: &Subject<'_>, verdict: ChangeVerdict) -> Vec<Reason> {
    let Subject { change, field, blocked } = subject;
    if !blocked.is_empty() {
        let reason = |blocked: &&Blocked| Reason {
            rule: Some(blocked.rule.clone()),
            text: blocked.message.clone(),
            evidence: blocked.evidence.clone(),
        };
        return blocked.iter().map(reason).collect();
    }
    let Some(field) = field else { return Vec::new() };
    let reason = match lifecycle::lock_at(&field.path) {
        Some(lock) => of_lock(lock, verdict, change),
        None => of_state(change, verdict),
    };
    vec![reason]
}

fn of_lock(lock: &Lock, verdict: ChangeVerdict, change: &TreChange) -> Reason {
    let rule = lock.rule;
    let live = [TreState::Draft, TreState::Active, TreState::Maintenance]
        .into_iter()
        .find(|state| change.live_state.as_deref() == Some(state.as_str()));
    let evidence = live.map_or(rule.evidence, |state| lock.evidence(state));
    let is_open_anyway = rule.id == "open";
    let text = match (verdict, change.live_state.as_deref()) {
        (ChangeVerdict::Open, None) if !is_open_anyway => {
            "There is no such TRE yet, and nothing is frozen before publishing."
        }
        (ChangeVerdict::Open, Some("draft")) if !is_open_anyway => {
            "Nothing is frozen before publishing."
        }
        _ => rule.reason,
    };
    Reason { rule: Some(rule.id.to_owned()), text: text.to_owned(), evidence: mark(evidence) }
}

fn of_state(change: &TreChange, verdict: ChangeVerdict) -> Reason {
    let live = change.live_state.as_deref().unwrap_or("not there");
    let desired = change.desired_state.as_deref().unwrap_or("not there");
    let text = match verdict {
        ChangeVerdict::ViaMaintenance => {
            format!("The way from {live} to {desired} leads through Maintenance.")
        }
        _ => format!("A way leads from {live} to {desired}."),
    };
    Reason { rule: None, text, evidence: mark(Evidence::Documented) }
}

fn mark(evidence: Evidence) -> String {
    evidence.as_str().to_owned()
}

/// Returns the rule of an id, unless the plan is of a trectl that knows others.
fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Returns the review steps of one side, as JSON.
fn steps_of(tre: Option<&Arc<Value>>) -> &[Value] {
    let steps = tre.and_then(|tre| tre.get("reviewSteps")).and_then(Value::as_array);
    steps.map_or(&[], Vec::as_slice)
}

/// Returns the list that a path is an entry of, if people are listed there.
fn list_of(change: &TreChange, path: &str) -> Option<String> {
    let is_list =
        matches!(part(change, path), Part::Admins | Part::AuthorizedUsers | Part::Reviewers(_));
    let (list, entry) = path.rsplit_once('/')?;
    (is_list && entry.parse::<usize>().is_ok()).then(|| list.to_owned())
}

/// Joins people who come into one list, or go from it, to one change.
fn joined(fields: &[&FieldChange], list: &str) -> Option<FieldChange> {
    let first = *fields.first()?;
    let ids = |value: fn(&FieldChange) -> &Value| -> Value {
        let ids: Vec<&Value> =
            fields.iter().map(|field| value(field)).filter(|id| !id.is_null()).collect();
        if ids.is_empty() { Value::Null } else { json!(ids) }
    };
    Some(FieldChange {
        path: list.to_owned(),
        before: ids(|field| &field.before),
        after: ids(|field| &field.after),
        ..first.clone()
    })
}

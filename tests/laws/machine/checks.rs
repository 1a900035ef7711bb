//! The laws, held against one plan and one run.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trectl::desired::{Consent, ConsentKind};
use trectl::model::DesiredState;
use trectl::plan::{DriftClass, Plan, Status, TreChange};
use trectl::platform::wire::{TreDescription, WireState};
use trectl::sim::LoggedCall;

use super::memory::{Memory, origin};
use super::run::Made;
use super::script::{Apply, How, Script, values};
use super::theatre::{OPERATOR, Theatre, met, part};
use crate::support::stage::Terms;
use crate::world::directory::seed;
use crate::world::exposure::{Audience, Ends, is_at_least_as_strict};
use crate::world::goal::{goal, is_loosest};
use crate::world::headless::is_beheaded;

/// Holds the laws against the plan as it is now, with nothing allowed beside the document.
pub fn plan(theatre: &Theatre, script: &Script) {
    let loaded = theatre.loaded();
    let plan = theatre.plan(script, &loaded, Terms::unconsented());
    let memory = theatre.memory.as_ref();
    let is_seen = theatre.stage.seen().is_some();
    let Some(planned) = part(&plan) else {
        // Without a document a TRE is planned only if it was applied once and is still there.
        assert!(!script.is_there && (memory.is_none() || !is_seen));
        return;
    };
    if !script.is_there {
        assert_eq!(planned.status, Status::Orphaned);
        assert!(planned.steps.is_empty());
        met("orphaned");
        return;
    }
    origins(&plan, planned, memory, is_seen);
    let expected = match memory {
        Some(memory) if script.document.state != DesiredState::Deleted => {
            memory.released(&script.document)
        }
        _ => BTreeSet::new(),
    };
    let is_checked = |path: &&String| !path.starts_with("/reviewSteps");
    let released: BTreeSet<String> = planned.released.iter().filter(is_checked).cloned().collect();
    assert_eq!(released, expected, "of {memory:?}");
    digest(theatre, script, &loaded);
}

fn origins(plan: &Plan, planned: &TreChange, memory: Option<&Memory>, is_seen: bool) {
    for field in &planned.fields {
        let Some(expected) = origin(memory, field) else { continue };
        if expected == "revert" || expected == "conflict" {
            met(expected);
        }
        assert_eq!(json!(field.origin), expected, "{field:?}\nof {memory:?}");
        // What goes may stand where something else comes.
        let drift = plan.resource_drift.iter().find(|item| {
            item.path == field.path && item.live == field.before && item.desired == field.after
        });
        let Some(item) = drift else {
            assert!(!is_seen, "{} does not drift", field.path);
            continue;
        };
        let class = match expected {
            "first" => DriftClass::Unapplied,
            _ if !is_seen => DriftClass::OutOfBand,
            "change" => DriftClass::Unapplied,
            "revert" => DriftClass::OutOfBand,
            _ => DriftClass::Conflict,
        };
        assert_eq!(item.class, class, "{item:?}");
    }
}

/// A plan's digest is that of the saved one exactly where the same would be done.
fn digest(theatre: &Theatre, script: &Script, loaded: &trectl::state::Loaded) {
    let Some(saved) = &theatre.saved else { return };
    let fresh = theatre.plan(script, loaded, Terms::consented());
    let (Some(old), Some(new)) = (part(&saved.plan), part(&fresh)) else { return };
    let consents = |consents: &[Consent]| -> Vec<Value> {
        let entry = |it: &Consent| {
            json!([it.allow, it.values, it.until.map(|day| day.to_string()), it.ticket])
        };
        consents.iter().map(entry).collect()
    };
    let [were, are] =
        [saved, &super::theatre::Saved { plan: fresh.clone(), script: script.clone() }]
            .map(|it| consents(&it.script.document.consents));
    if old.digest == new.digest {
        assert_eq!(content(old), content(new), "one digest for two changes");
    } else if were == are && saved.script.today == script.today {
        assert_ne!(content(old), content(new), "two digests for one change");
    }
}

/// Returns what would be done: fields, with lists as what is added and removed, and calls.
fn content(change: &TreChange) -> Value {
    let is_entry = |part: &&str| part.parse::<usize>().is_err();
    let mut fields: Vec<Value> = change
        .fields
        .iter()
        .map(|field| {
            let path: Vec<&str> = field.path.split('/').filter(is_entry).collect();
            json!([path, field.before, field.after])
        })
        .collect();
    fields.sort_by_key(Value::to_string);
    let steps: Vec<Value> =
        change.steps.iter().map(|step| json!([step.route, step.input, step.consents])).collect();
    json!([change.desired_state, fields, steps])
}

/// Holds the laws against a run: what it did, and every state on the way.
pub fn run(
    script: &Script,
    apply: &Apply,
    planned: &TreChange,
    made: &Made,
    calls: &[LoggedCall],
    memory: Option<&Memory>,
) {
    for call in calls {
        assert_eq!(call.outcome, "ok", "{call:?} of {:?}", planned.steps);
        assert_ne!(call.changes, Some(0), "{call:?} has no effect, of {:?}", planned.steps);
    }
    let routes: Vec<&str> = calls.iter().map(|call| call.route.as_str()).collect();
    let steps: Vec<&str> = planned.steps.iter().map(|step| step.route.as_str()).collect();
    assert!(steps.starts_with(&routes), "{steps:?} were planned, {routes:?} made");
    if planned.status != Status::Ready {
        assert!(calls.is_empty(), "{:?} is executed: {routes:?}", planned.status);
        return;
    }
    on_the_way(script, apply, made);
    let terms = Consents { script, apply, before: made.states[0].as_ref() };
    consented(&terms, made, &routes);
    if !matches!(apply.how, How::TightenOnly) {
        reverted(&terms, planned, memory);
    }
}

/// Nobody is more exposed than at both ends, and nothing becomes headless.
fn on_the_way(script: &Script, apply: &Apply, made: &Made) {
    let states = &made.states;
    let audience = Audience::of(&seed(OPERATOR));
    let before = states[0].as_ref();
    let wanted = goal(before, &script.document, OPERATOR);
    for person in audience.people() {
        let ends = Ends::of(&audience, before, wanted.as_ref(), person);
        for state in states {
            let now = audience.exposure(state.as_ref(), person);
            let is_allowed = match apply.how {
                How::TightenOnly => {
                    let ends = Ends::of(&audience, before, state.as_ref(), person);
                    ends.is_at_most(now.as_ref(), ends.before.as_ref())
                }
                _ => {
                    ends.allow(now.as_ref())
                        || ends.is_swapped_in(state.as_ref())
                        || replaces(before, wanted.as_ref(), person)
                }
            };
            assert!(is_allowed, "{person} has {now:?}\nbefore: {:?}", ends.before);
        }
    }
    for pair in states.windows(2) {
        if let [Some(before), Some(after)] = pair {
            assert!(!is_beheaded(before, after), "{before:?}\nthen {after:?}");
        }
    }
}

/// Tells whether somebody replaces all reviewers of a published step: they come in just before the
/// others leave, though they may decide another step until then. Never headless outranks.
fn replaces(
    before: Option<&TreDescription>,
    wanted: Option<&TreDescription>,
    person: &str,
) -> bool {
    let (Some(before), Some(wanted)) = (before, wanted) else { return false };
    let mut steps = before.application_review_steps.iter().zip(&wanted.application_review_steps);
    before.state != WireState::Draft
        && steps.any(|(old, new)| {
            old.reviewers.iter().all(|reviewer| !new.reviewers.contains(reviewer))
                && new.reviewers.iter().any(|reviewer| reviewer == person)
        })
}

/// Whatever disrupts, opens or cannot be undone was consented to.
fn consented(consents: &Consents<'_>, made: &Made, routes: &[&str]) {
    let Consents { script, apply, .. } = consents;
    let asked = &script.document;
    let must = |kind: ConsentKind, pointers: &[&str]| {
        let is_given = consents.give(kind, pointers);
        assert!(is_given, "{kind:?} is not given, and yet {routes:?}");
    };
    let does = |method: &str| routes.iter().any(|route| route.ends_with(method));
    if does("/destroy") {
        assert_eq!(asked.state, DesiredState::Deleted);
    }
    if asked.state == DesiredState::Deleted {
        if !matches!(apply.how, How::TightenOnly) && !routes.is_empty() {
            must(ConsentKind::Delete, &["/state"]);
        }
        return;
    }
    if does("/deactivate") {
        let pointers = match asked.state {
            DesiredState::Maintenance => &["/state", "/inventory/version"][..],
            _ => &["/inventory/version"],
        };
        must(ConsentKind::Maintenance, pointers);
    }
    let state = |tre: &Option<TreDescription>| tre.as_ref().map(|tre| tre.state);
    let publishes = made.states.windows(2).any(|pair| {
        (state(&pair[0]), state(&pair[1])) == (Some(WireState::Draft), Some(WireState::Active))
    });
    if publishes {
        must(ConsentKind::Publish, &["/state"]);
    }
    let (Some(before), Some(Some(after))) = (&made.states[0], made.states.last()) else { return };
    for (name, old, new) in asked.policies.keys().map(|name| {
        let of =
            |tre: &TreDescription| tre.policies.get(name).filter(|it| !is_loosest(it)).cloned();
        (name, of(before), of(after))
    }) {
        if !is_at_least_as_strict(new.as_ref(), old.as_ref()) {
            must(ConsentKind::Loosen, &[&format!("/policies/{name}")]);
        }
    }
    if before.visibility == "private" && after.visibility == "public" {
        must(ConsentKind::Loosen, &["/visibility"]);
    }
    // A list that is replaced is empty for a moment, too.
    let is_emptied = asked.users.as_ref().is_some_and(BTreeSet::is_empty)
        && !before.authorized_users.is_empty()
        && after.authorized_users.is_empty();
    if is_emptied && !matches!(apply.how, How::TightenOnly) {
        must(ConsentKind::MassRemoval, &["/authorizedUsers"]);
    }
}

/// Undoing somebody's edit, where that opens, was consented to.
fn reverted(consents: &Consents<'_>, planned: &TreChange, memory: Option<&Memory>) {
    let is_deleted = consents.script.document.state == DesiredState::Deleted;
    let is_undone = planned.live_state.is_some() && !is_deleted;
    for field in planned.fields.iter().filter(|_| is_undone) {
        if origin(memory, field) != Some("revert") {
            continue;
        }
        let lists = ["/admins", "/authorizedUsers"];
        let list = lists.into_iter().find(|list| field.path.starts_with(list));
        let opens = match (list, field.path.as_str()) {
            (Some(_), _) => !field.after.is_null(),
            (None, "/visibility") => field.after == "public",
            (None, "/state") => field.after == "active",
            (None, path) if path.starts_with("/policies/") => {
                let of = |value: &Value| Some(value.clone()).filter(|value| !is_loosest(value));
                !is_at_least_as_strict(of(&field.after).as_ref(), of(&field.before).as_ref())
            }
            _ => false,
        };
        let pointer = list.unwrap_or(&field.path);
        let is_given = consents.give(ConsentKind::Revert, &[pointer]);
        assert!(!opens || is_given, "an edit of {pointer} is undone: {field:?}");
    }
}

/// What a run was consented with.
struct Consents<'a> {
    script: &'a Script,
    apply: &'a Apply,
    before: Option<&'a TreDescription>,
}

impl Consents<'_> {
    /// Tells whether a consent is given: on the command line, or by an entry of that kind that has
    /// not lapsed and is bound to what will be, and to one of these values; where all are lists,
    /// the binding may be left out with a last day.
    fn give(&self, kind: ConsentKind, pointers: &[&str]) -> bool {
        let wanted = goal(self.before, &self.script.document, OPERATOR);
        let wanted = json!(wanted);
        let asked = values(&self.script.document);
        let is_asked = |(pointer, value): (&String, &Value)| {
            let written = asked.iter().find(|(other, _)| other == pointer).map(|(_, value)| value);
            written
                .or_else(|| wanted.pointer(pointer))
                .is_some_and(|will| sorted(will) == sorted(value))
        };
        let holds = |entry: &&Consent| {
            let until = entry.until.is_none_or(|until| until >= self.script.today);
            let are_lists = pointers.iter().all(|it| matches!(*it, "/admins" | "/authorizedUsers"));
            let is_bound = match entry.values.is_empty() {
                true => are_lists && entry.until.is_some(),
                false => {
                    entry.values.iter().all(is_asked)
                        && entry.values.keys().any(|key| pointers.contains(&key.as_str()))
                }
            };
            entry.allow == kind && until && is_bound
        };
        self.apply.allows || self.script.document.consents.iter().any(|entry| holds(&entry))
    }
}

fn sorted(value: &Value) -> Value {
    let Value::Array(items) = value else { return value.clone() };
    let mut items = items.clone();
    items.sort_by_key(Value::to_string);
    Value::Array(items)
}

//! Which consents a change needs, and whether they are given.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::guard;
use super::model::{ConsentRequest, GivenConsent, Place};
use super::subject::Subject;
use crate::desired::{Consent, ConsentKind};
use crate::diff::{Change, Effect, Field, OriginClass};
use crate::lifecycle::Transition;
use crate::model::{DesiredState, TreId};
use crate::platform::Operation;

/// `--allow CONSENT[:ID]`: a consent for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// What is allowed.
    pub consent: ConsentKind,
    /// In which TRE; in all of them where it is `None`.
    pub tre: Option<TreId>,
}

/// Something that needs a consent: any one of its values must be bound by an entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Need {
    pub kind: ConsentKind,
    /// Why, with figures and limits.
    pub reason: String,
    /// The new values, by JSON Pointer; binding one of them is enough.
    pub values: BTreeMap<String, Value>,
    /// The calls that carry it.
    pub operations: BTreeSet<Operation>,
}

impl Need {
    fn new(
        kind: ConsentKind,
        reason: impl Into<String>,
        values: impl IntoIterator<Item = (String, Value)>,
        operations: impl IntoIterator<Item = Operation>,
    ) -> Self {
        Self {
            kind,
            reason: reason.into(),
            values: values.into_iter().collect(),
            operations: operations.into_iter().collect(),
        }
    }

    fn is_about_lists(&self) -> bool {
        self.values.values().all(Value::is_array)
    }
}

/// What became of the consents of one TRE.
#[derive(Default)]
pub(crate) struct Consents {
    pub needs: Vec<Need>,
    pub missing: Vec<ConsentRequest>,
    pub given: Vec<GivenConsent>,
    /// The entries of the document that were used, for the digest.
    pub used: Vec<Value>,
}

impl Consents {
    /// Returns the names of the consents that an operation needs.
    pub fn of(&self, operation: Operation) -> Vec<ConsentKind> {
        let kinds: BTreeSet<_> = self
            .needs
            .iter()
            .filter(|need| need.operations.contains(&operation))
            .map(|need| need.kind)
            .collect();
        kinds.into_iter().collect()
    }

    /// Returns the names of the consents that are missing.
    pub fn missing_kinds(&self) -> Vec<ConsentKind> {
        let kinds: BTreeSet<_> = self.missing.iter().map(|request| request.consent).collect();
        kinds.into_iter().collect()
    }
}

/// Returns what a TRE's change needs, and what of it is given.
pub(crate) fn consents(subject: &Subject<'_>) -> Consents {
    let mut consents = Consents { needs: needs(subject), ..Consents::default() };
    let declared = declared(subject);
    for need in &consents.needs {
        let is_allowed = subject.ctx.allow.iter().any(|allow| {
            allow.consent == need.kind
                && allow.tre.as_ref().is_none_or(|tre| *tre == subject.desired.id.value)
        });
        let mut rejected = Vec::new();
        let mut accepted = None;
        for entry in subject.desired.consents.iter().filter(|entry| entry.allow == need.kind) {
            match judge(entry, need, &declared, subject) {
                Ok(()) => accepted = accepted.or(Some(entry)),
                Err(why) => rejected.push(why),
            }
        }
        let given = match accepted {
            Some(entry) => {
                consents.used.push(used(entry));
                by_document(entry)
            }
            None if is_allowed => by_command_line(need.kind),
            None => {
                ask(&mut consents.missing, need, rejected);
                continue;
            }
        };
        if !consents.given.contains(&given) {
            consents.given.push(given);
        }
    }
    consents
}

/// Asks for a consent; what one entry can give is one request.
fn ask(missing: &mut Vec<ConsentRequest>, need: &Need, rejected: Vec<String>) {
    let Some(request) = missing.iter_mut().find(|request| request.consent == need.kind) else {
        missing.push(ConsentRequest {
            consent: need.kind,
            reason: need.reason.clone(),
            values: need.values.clone(),
            rejected,
        });
        return;
    };
    request.reason = format!("{} {}", request.reason, need.reason);
    request.values.extend(need.values.clone());
    for why in rejected {
        if !request.rejected.contains(&why) {
            request.rejected.push(why);
        }
    }
}

fn by_document(entry: &Consent) -> GivenConsent {
    GivenConsent {
        consent: entry.allow,
        by: "document".to_owned(),
        until: entry.until.map(|day| day.to_string()),
        ticket: entry.ticket.clone(),
        range: Some(Place::from(&entry.range)),
    }
}

fn by_command_line(consent: ConsentKind) -> GivenConsent {
    GivenConsent { consent, by: "command_line".to_owned(), until: None, ticket: None, range: None }
}

fn used(entry: &Consent) -> Value {
    let Consent { allow, values, until, ticket, range: _ } = entry;
    json!({
        "allow": allow,
        "for": values,
        "until": until.map(|day| day.to_string()),
        "ticket": ticket,
    })
}

/// Tells whether an entry of the document covers a need, or why not.
fn judge(
    entry: &Consent,
    need: &Need,
    declared: &Value,
    subject: &Subject<'_>,
) -> Result<(), String> {
    let place = Place::from(&entry.range);
    if let Some(until) = entry.until
        && until < subject.ctx.today
    {
        return Err(format!("The entry at {place} lapsed on {until}."));
    }
    if entry.values.is_empty() {
        return if need.is_about_lists() && entry.until.is_some() {
            Ok(())
        } else {
            Err(format!("The entry at {place} is not bound to a value by `for`."))
        };
    }
    for (pointer, value) in &entry.values {
        if !declared.pointer(pointer).is_some_and(|wanted| is_same(wanted, value)) {
            return Err(format!(
                "The entry at {place} is bound to another value of `{pointer}`: {value}."
            ));
        }
    }
    if entry.values.keys().any(|pointer| need.values.contains_key(pointer)) {
        Ok(())
    } else {
        let wanted: Vec<_> = need.values.keys().map(|pointer| format!("`{pointer}`")).collect();
        Err(format!("The entry at {place} is not bound to {}.", wanted.join(" or ")))
    }
}

/// Compares two values; lists are sets.
fn is_same(wanted: &Value, bound: &Value) -> bool {
    match (wanted, bound) {
        (Value::Array(wanted), Value::Array(bound)) => {
            wanted.len() == bound.len() && bound.iter().all(|item| wanted.contains(item))
        }
        _ => wanted == bound,
    }
}

/// Returns what the document asks for, resolved: the values that `for` can be bound to.
fn declared(subject: &Subject<'_>) -> Value {
    let desired = subject.desired;
    let mut declared = match json!(subject.after) {
        Value::Object(after) => after,
        _ => Map::new(),
    };
    declared.insert("state".to_owned(), json!(desired.state.value));
    if let Some(admins) = &desired.admins {
        let admins: Vec<_> = admins.members.keys().collect();
        declared.insert("admins".to_owned(), json!(admins));
    }
    let policies = declared.entry("policies").or_insert_with(|| json!({}));
    if let Value::Object(policies) = policies {
        policies.extend(
            desired.policies.iter().map(|(name, value)| (name.to_string(), json!(value.value))),
        );
    }
    Value::Object(declared)
}

fn needs(subject: &Subject<'_>) -> Vec<Need> {
    let state = ("/state".to_owned(), json!(subject.desired.state.value));
    if subject.deletes() {
        let reason = "Deleting cannot be undone.";
        let operations = [Operation::Deactivate, Operation::Delete];
        return vec![Need::new(ConsentKind::Delete, reason, [state], operations)];
    }
    let mut needs = Vec::new();
    if subject.deactivates() {
        needs.push(maintenance(subject));
    }
    if subject.takes(Transition::Publish) && subject.ctx.target.asks_publish() {
        let reason = "Publishing freezes the review steps, the region, the billing org and the \
                      customized settings for good.";
        needs.push(Need::new(ConsentKind::Publish, reason, [state], [Operation::Publish]));
    }
    if subject.live.is_some() {
        needs.extend(subject.changes.iter().filter_map(loosening));
        needs.extend(guard::mass_removal(subject));
    }
    needs.extend(reverts(subject));
    needs
}

fn maintenance(subject: &Subject<'_>) -> Need {
    let changes = subject.changes.iter().filter(|change| {
        change.field.is_inventory()
            || (change.field == Field::State
                && subject.desired.state.value == DesiredState::Maintenance)
    });
    let values: Vec<_> =
        changes.map(|change| (change.path.clone(), change.after.clone())).collect();
    let reason = if subject.passes_through_maintenance() {
        "The release passes through Maintenance: no new requests meanwhile."
    } else {
        "The TRE is closed for new requests."
    };
    Need::new(ConsentKind::Maintenance, reason, values, [Operation::Deactivate])
}

fn loosening(change: &Change) -> Option<Need> {
    let (operation, reason) = match (&change.field, change.effect) {
        (Field::Policy(name), Effect::Loosens) => {
            (Operation::SetPolicies, format!("The policy `{name}` becomes less strict."))
        }
        (Field::Policy(name), Effect::Incomparable) => (
            Operation::SetPolicies,
            format!("The policy `{name}` allows something that it forbade before."),
        ),
        (Field::Visibility, Effect::Loosens) => {
            (Operation::Update, "Every platform user can find the TRE.".to_owned())
        }
        _ => return None,
    };
    let value = (change.path.clone(), change.after.clone());
    Some(Need::new(ConsentKind::Loosen, reason, [value], [operation]))
}

/// Undoing an edit made on the platform, where undoing lets somebody in, loosens, publishes or
/// reactivates.
fn reverts(subject: &Subject<'_>) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for change in subject.changes.iter().filter(|change| change.origin == OriginClass::Revert) {
        let Some((pointer, operation)) = opens(subject, change) else { continue };
        let value = declared(subject).pointer(&pointer).cloned().unwrap_or(Value::Null);
        let reason = format!("It undoes an edit of `{pointer}` made on the platform, and opens.");
        match needs.iter_mut().find(|need| need.values.contains_key(&pointer)) {
            Some(need) => {
                need.operations.insert(operation);
            }
            None => {
                needs.push(Need::new(ConsentKind::Revert, reason, [(pointer, value)], [operation]))
            }
        }
    }
    needs
}

/// Returns what an undone edit opens again: the value's pointer, and the call that does it.
fn opens(subject: &Subject<'_>, change: &Change) -> Option<(String, Operation)> {
    let is_live = subject.live.is_some();
    match (&change.field, change.effect) {
        (Field::State, Effect::Loosens) if subject.takes(Transition::Publish) => {
            Some(("/state".to_owned(), Operation::Publish))
        }
        (Field::State, Effect::Loosens) if subject.reactivates() => {
            Some(("/state".to_owned(), Operation::Reactivate))
        }
        (Field::Policy(_), Effect::Loosens | Effect::Incomparable) if is_live => {
            Some((change.path.clone(), Operation::SetPolicies))
        }
        (Field::Visibility, Effect::Loosens) if is_live => {
            Some((change.path.clone(), Operation::Update))
        }
        (Field::Admin(_), Effect::Loosens) if is_live => {
            Some(("/admins".to_owned(), Operation::AddAdmins))
        }
        (Field::AuthorizedUser(_), Effect::Loosens) if is_live => {
            Some(("/authorizedUsers".to_owned(), Operation::AddAuthorizedUsers))
        }
        (Field::Reviewer(..), Effect::Loosens) if is_live => {
            let (list, _) = change.path.rsplit_once('/')?;
            Some((list.to_owned(), Operation::AddReviewers))
        }
        _ => None,
    }
}

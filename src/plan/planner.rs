//! Plans one target: every TRE on its own, then what is left without a document.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;
use serde_json::json;

use super::consent::{Allow, Consents, consents};
use super::digest;
use super::impact::impact;
use super::model::{
    Action, ChangeValues, EMBEDDED, FORMAT_VERSION, FieldChange, Impact, Place, Plan, PlannedCall,
    Source, Status, Step, Summary, TargetInfo, TreChange,
};
use super::obstacle::obstacles;
use super::reason;
use super::rename;
use super::sequence::sequence;
use super::subject::Subject;
use super::tighten;
use super::warning;
use crate::desired::{Desired, DesiredTre, PlatformTarget, Target};
use crate::diff;
use crate::drift::{self, DriftItem};
use crate::lifecycle::Transition;
use crate::model::{Applied, Directory, Live, LiveTre, OrgId, TreId, UserId};

/// Fewer than this are not worth a thread.
const TRES_AT_ONCE: usize = 16;

/// How much of a change is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    Full,
    /// Only what takes access away, in every TRE, blocked or not.
    TightenOnly,
}

/// All that a plan is made from. Time and ids are arguments: the planner is a pure function.
pub struct Context<'a> {
    /// What the repository asks for.
    pub desired: &'a Desired,
    /// The target.
    pub target: &'a Target,
    /// What is live in the target's selection.
    pub live: &'a Live,
    /// What was last applied to the target.
    pub applied: &'a Applied,
    /// Who acts, who belongs where, what the assets are.
    pub directory: &'a Directory,
    /// Only these TREs, where it is given (`--only`).
    pub only: Option<&'a BTreeSet<TreId>>,
    /// Consents for this run (`--allow`).
    pub allow: &'a [Allow],
    /// How much of the change is planned.
    pub extent: Extent,
    /// The day (UTC) on which consents are judged.
    pub today: Date,
}

impl Context<'_> {
    /// Returns the documents that belong to the target and are asked for, in the order of ids.
    pub(crate) fn selected(&self) -> impl Iterator<Item = &DesiredTre> {
        self.desired.tres.values().filter(|tre| {
            tre.is_managed && self.is_asked_for(&tre.id.value) && self.is_in_target(tre)
        })
    }

    fn is_asked_for(&self, id: &TreId) -> bool {
        self.only.is_none_or(|only| only.contains(id))
    }

    /// A document belongs to the target by the org it is billed to, or else by its live TRE.
    fn is_in_target(&self, tre: &DesiredTre) -> bool {
        let is_selected =
            |org: &OrgId| self.target.select_bill_to.as_ref().is_none_or(|orgs| orgs.contains(org));
        match &tre.bill_to {
            Some(bill_to) => is_selected(&bill_to.value),
            None => {
                self.live.tres.get(&tre.id.value).is_none_or(|live| is_selected(&live.tre.bill_to))
            }
        }
    }
}

/// Makes the plan.
///
/// The same context gives the same plan, byte for byte; `timestamp` and `source` are only passed
/// through.
pub fn plan(ctx: &Context<'_>, timestamp: String, source: Source) -> Plan {
    let selected: Vec<&DesiredTre> = ctx.selected().collect();
    let planned: Vec<_> = selected
        .par_iter()
        .with_min_len(TRES_AT_ONCE)
        .map(|desired| of_one(ctx, desired))
        .collect();
    let (mut changes, drift): (Vec<TreChange>, Vec<Vec<DriftItem>>) = planned.into_iter().unzip();
    let created: Vec<TreId> = changes
        .iter()
        .filter(|change| change.change.actions == [Action::Create])
        .map(|change| TreId::from_platform(&change.name))
        .collect();
    changes.extend(orphans(ctx, &created));
    name_renames(&mut changes);
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    let summary = Summary { unmanaged: unmanaged(ctx).count(), ..summarize(&changes) };
    Plan {
        format_version: FORMAT_VERSION.to_owned(),
        trectl_version: env!("CARGO_PKG_VERSION").to_owned(),
        timestamp,
        expires_at: None,
        applyable: changes.iter().any(|change| change.status == Status::Ready),
        changed: None,
        complete: summary.blocked == 0
            && changes.iter().all(|change| change.status != Status::Unconsented),
        errored: false,
        source,
        target: target_info(ctx.target, &ctx.directory.operator),
        live: None,
        summary,
        resource_changes: changes,
        resource_drift: drift.into_iter().flatten().collect(),
    }
}

/// Returns what a plan says of its target.
pub fn target_info(target: &Target, operator: &UserId) -> TargetInfo {
    TargetInfo {
        name: target.name.clone(),
        platform: match &target.platform {
            PlatformTarget::Embedded { .. } => EMBEDDED.to_owned(),
            PlatformTarget::DnaNexus(_) => target.describe_platform(),
        },
        operator: operator.to_string(),
    }
}

/// Returns the live TREs of the selection that never had a document.
pub fn unmanaged<'a>(ctx: &'a Context<'_>) -> impl Iterator<Item = &'a TreId> {
    ctx.live.tres.keys().filter(|id| {
        !ctx.desired.tres.contains_key(*id)
            && !ctx.applied.contains_key(*id)
            && ctx.is_asked_for(id)
    })
}

fn summarize(changes: &[TreChange]) -> Summary {
    let mut summary = Summary::default();
    for change in changes {
        match change.status {
            Status::Ready | Status::Unconsented => {
                match change.change.actions.first() {
                    Some(Action::Create) => summary.create += 1,
                    Some(Action::Delete) => summary.delete += 1,
                    Some(Action::Update | Action::NoOp) | None => summary.update += 1,
                }
                summary.steps += change.steps.len();
            }
            Status::NoOp => summary.no_op += 1,
            Status::Blocked => summary.blocked += 1,
            Status::Orphaned => summary.orphaned += 1,
            Status::Released => summary.released += 1,
        }
    }
    summary
}

/// Plans one TRE, and tells what drifted in it.
fn of_one(ctx: &Context<'_>, desired: &DesiredTre) -> (TreChange, Vec<DriftItem>) {
    let full = Subject::new(ctx, desired);
    let accepted = &desired.accepted_drift;
    let drift = drift::items(&desired.id.value, full.before(), &full.changes, accepted, ctx.today);
    let change = match ctx.extent {
        Extent::Full => one(&full),
        Extent::TightenOnly => one(&tighten::only(&full)),
    };
    (change, drift)
}

fn one(subject: &Subject<'_>) -> TreChange {
    let blocked = obstacles(subject);
    let consents = if blocked.is_empty() { needed(subject) } else { Consents::default() };
    let steps = if blocked.is_empty() { steps(subject, &consents) } else { Vec::new() };
    let released = match subject.applied {
        Some(applied) if subject.after.is_some() && subject.ctx.extent == Extent::Full => {
            diff::released(applied, subject.desired)
        }
        _ => Vec::new(),
    };
    let status = if !blocked.is_empty() {
        Status::Blocked
    } else if !steps.is_empty() {
        if consents.missing.is_empty() { Status::Ready } else { Status::Unconsented }
    } else if released.is_empty() {
        Status::NoOp
    } else {
        Status::Released
    };
    let id = &subject.desired.id.value;
    TreChange {
        address: format!("tre.{id}"),
        kind: "tre".to_owned(),
        name: id.to_string(),
        status,
        digest: digest::of_tre(subject, &steps, &consents),
        change: values(subject, action(subject, status)),
        live_state: subject.live_state().map(|state| state.to_string()),
        desired_state: Some(subject.desired.state.value.to_string()),
        fields: fields(subject),
        steps,
        blocked,
        missing_consents: consents.missing_kinds(),
        consent_requests: consents.missing,
        given_consents: consents.given,
        impact: if subject.changes.is_empty() { Impact::default() } else { impact(subject) },
        released,
        warnings: warning::of(subject),
        range: Some(Place::from(&subject.desired.range)),
    }
}

/// Taking access away never waits for a consent; closing a TRE had to have one to be part of it.
fn needed(subject: &Subject<'_>) -> Consents {
    match subject.ctx.extent {
        Extent::Full if subject.changes.is_empty() => Consents::default(),
        Extent::Full => consents(subject),
        Extent::TightenOnly => Consents::default(),
    }
}

/// Returns before and after. Most TREs of a plan do not change, so that is written once.
fn values(subject: &Subject<'_>, action: Action) -> ChangeValues {
    let before = subject.before().map(|tre| Arc::new(json!(tre)));
    let after = match (&before, &subject.after) {
        (Some(before), Some(_)) if subject.changes.is_empty() => Some(Arc::clone(before)),
        (_, after) => after.as_ref().map(|tre| Arc::new(json!(tre))),
    };
    ChangeValues { actions: vec![action], before, after }
}

fn action(subject: &Subject<'_>, status: Status) -> Action {
    match status {
        Status::Ready | Status::Unconsented if subject.takes(Transition::Create) => Action::Create,
        Status::Ready | Status::Unconsented if subject.deletes() => Action::Delete,
        Status::Ready | Status::Unconsented => Action::Update,
        Status::NoOp | Status::Blocked | Status::Orphaned | Status::Released => Action::NoOp,
    }
}

fn fields(subject: &Subject<'_>) -> Vec<FieldChange> {
    subject
        .changes
        .iter()
        .map(|change| FieldChange {
            path: change.path.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
            lock: change.lock,
            effect: change.effect,
            origin: change.origin,
            range: change.range.as_ref().map(Place::from),
        })
        .collect()
}

fn steps(subject: &Subject<'_>, consents: &Consents) -> Vec<Step> {
    let tre = &subject.desired.id.value;
    sequence(subject)
        .into_iter()
        .enumerate()
        .map(|(index, call)| Step {
            id: format!("{tre}/{}", index + 1),
            operation: call.operation(),
            route: call.route(tre),
            input: call.input(tre),
            consents: consents.of(call.operation()),
            reason: reason::of(&call, subject),
            call: Some(PlannedCall { tre: tre.clone(), call }),
        })
        .collect()
}

/// Returns the TREs that were applied once, still live, and have no document any more.
fn orphans(ctx: &Context<'_>, created: &[TreId]) -> Vec<TreChange> {
    ctx.applied
        .keys()
        .filter(|id| !ctx.desired.tres.contains_key(*id) && ctx.is_asked_for(id))
        .filter_map(|id| ctx.live.tres.get(id))
        .map(|live| orphan(ctx, live, created))
        .collect()
}

fn orphan(ctx: &Context<'_>, live: &LiveTre, created: &[TreId]) -> TreChange {
    let id = &live.tre.id;
    let guesses = created.iter().map(|new| {
        format!(
            "Probably renamed to `{new}`: a TRE keeps its id for ever, so that would be a new \
             TRE beside this one."
        )
    });
    let warnings = rename::claims(ctx, id).chain(guesses).collect();
    let before = Arc::new(json!(live.tre));
    TreChange {
        address: format!("tre.{id}"),
        kind: "tre".to_owned(),
        name: id.to_string(),
        status: Status::Orphaned,
        digest: digest::of(&json!({ "target": ctx.target.name, "id": id, "orphaned": true })),
        change: ChangeValues {
            actions: vec![Action::NoOp],
            before: Some(before.clone()),
            after: Some(before),
        },
        live_state: Some(live.tre.state.to_string()),
        desired_state: None,
        fields: Vec::new(),
        steps: Vec::new(),
        blocked: Vec::new(),
        missing_consents: Vec::new(),
        consent_requests: Vec::new(),
        given_consents: Vec::new(),
        impact: Impact::default(),
        released: Vec::new(),
        warnings,
        range: None,
    }
}

/// Says beside a create that an orphan was probably meant.
fn name_renames(changes: &mut [TreChange]) {
    let orphans: Vec<String> = changes
        .iter()
        .filter(|change| change.status == Status::Orphaned)
        .map(|change| format!("`{}`", change.name))
        .collect();
    if orphans.is_empty() {
        return;
    }
    let creates = changes.iter_mut().filter(|change| change.change.actions == [Action::Create]);
    for change in creates {
        change.warnings.push(format!(
            "Probably a rename of {}: a TRE keeps its id for ever, so this is a new TRE beside it.",
            orphans.join(" or ")
        ));
    }
}

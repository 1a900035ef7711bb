//! The report of a drift run, and what of it is written to the journal.

use std::collections::BTreeSet;

use camino::Utf8Path;
use serde_json::{Value, json};

use super::only;
use crate::cli::args::Drift as Args;
use crate::cli::history::{self, History};
use crate::cli::planning::Planned;
use crate::cli::session::Session;
use crate::model::TreId;
use crate::plan::render::DriftReport;
use crate::plan::{DriftItem, Plan, Status, TreChange, digest};
use crate::state::{Entry, Loaded, ObservedField};

/// Returns the TREs that were compared. An orphan has no document to be compared with.
pub fn compared(plan: &Plan) -> impl Iterator<Item = TreId> {
    let is_compared = |change: &&TreChange| change.status != Status::Orphaned;
    plan.resource_changes
        .iter()
        .filter(is_compared)
        .map(|change| TreId::from_platform(&change.name))
}

/// Returns the report of what was compared, with what the platform and the journal tell besides.
pub fn report(
    (args, session): (&Args, &Session),
    planned: Planned,
    compared: &BTreeSet<TreId>,
    history: &History,
) -> (DriftReport, Loaded) {
    let Planned { plan, loaded, unmanaged, live } = planned;
    let is_orphaned = |change: &&TreChange| change.status == Status::Orphaned;
    let orphaned = plan.resource_changes.iter().filter(is_orphaned);
    let orphaned = orphaned.map(|change| change.name.clone()).collect();
    let unmanaged = unmanaged.iter().map(ToString::to_string).collect();
    let mut report = DriftReport::new(plan.target, plan.resource_drift, orphaned, unmanaged);
    report = report.failing_on(&args.fail_on);
    report.at = Some(plan.timestamp);
    report.root = place(&session.repository.root);
    report.only = only(args).iter().map(ToString::to_string).collect();
    report.compared = compared.iter().map(ToString::to_string).collect();
    history::note_modified(&mut report, &live);
    history.note(&mut report, field);
    (report, loaded)
}

/// Returns where a root lies in its git repository; `None` for the top, and outside of any. Asked
/// of the folders, as git itself may be missing or refuse to answer: the issues of a root must not
/// get another key over that.
fn place(root: &Utf8Path) -> Option<String> {
    let root = root.canonicalize_utf8().ok()?;
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let place = root.strip_prefix(top).ok()?.as_str().replace('\\', "/");
    (!place.is_empty()).then_some(place)
}

/// Returns what was seen of each TRE that was compared.
pub fn observed(report: &DriftReport, compared: BTreeSet<TreId>) -> Vec<Entry> {
    let seen = |tre: TreId| {
        let address = format!("tre.{tre}");
        let items = report.drift.iter().filter(|item| item.address == address);
        Entry::Observed { tre, drift: items.map(|item| field(item, report.counts(item))).collect() }
    };
    compared.into_iter().map(seen).collect()
}

/// Returns an item as the journal keeps it: ids, and words of a fixed set.
fn field(item: &DriftItem, counts: bool) -> ObservedField {
    let DriftItem { address, path, key, class, applied, live, desired, .. } = item;
    let kept = |value: &Value| has_ids_only(path).then(|| value.clone());
    ObservedField {
        path: path.clone(),
        key: Some(key.clone()),
        class: *class,
        live: kept(live),
        applied: kept(applied).filter(|applied| !applied.is_null()),
        fingerprint: Some(digest(&json!([address, key, live, desired]).to_string())),
        uncounted: !counts,
    }
}

/// Tells whether a setting holds ids and words of a fixed set: free text can name people.
fn has_ids_only(path: &str) -> bool {
    let mut words = path.split('/').skip(1);
    match words.next() {
        Some(
            "state" | "visibility" | "policies" | "admins" | "authorizedUsers" | "inventory"
            | "billTo" | "region",
        ) => true,
        Some("reviewSteps") => words.any(|word| word == "reviewers"),
        _ => false,
    }
}

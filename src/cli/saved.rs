//! Saved plans: read, and compared with what would be done now.

use std::collections::BTreeSet;

use camino::Utf8Path;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::clock;
use super::failure::{Failure, FailureKind};
use super::planning::Planned;
use super::settings::{Settings, quote};
use crate::apply;
use crate::model::TreId;
use crate::plan::render::DriftReport;
use crate::plan::saved::{self, SavedPlanError, Stale};
use crate::plan::{FORMAT_VERSION, Plan, TreChange};

/// Reads a saved plan.
///
/// # Errors
///
/// Where the file cannot be read or is no plan.
pub fn read(path: &Utf8Path) -> Result<Plan, Failure> {
    document(path, "saved plan", "`trectl plan -o FILE` saves a plan.")
}

/// Reads a saved report of drift.
///
/// # Errors
///
/// Where the file cannot be read or is none.
pub fn read_drift(path: &Utf8Path) -> Result<DriftReport, Failure> {
    document(path, "report of drift", "`trectl drift -o FILE` saves one.")
}

/// Reads what a command saved as JSON.
fn document<T: DeserializeOwned>(path: &Utf8Path, noun: &str, hint: &str) -> Result<T, Failure> {
    let text = fs_err::read_to_string(path).map_err(|error| {
        Failure::files(format!("The {noun} `{path}` cannot be read.")).because(error).hint(hint)
    })?;
    let is_none = |error: serde_json::Error| {
        Failure::files(format!("`{path}` is no {noun}.")).because(error).hint(hint)
    };
    let document: serde_json::Value = serde_json::from_str(&text).map_err(is_none)?;
    let version =
        document.get("format_version").and_then(|version| version.as_str()).unwrap_or_default();
    if !version.is_empty() && major(version) != major(FORMAT_VERSION) {
        return Err(Failure::files(format!(
            "`{path}` has the format version {version}, which this trectl does not know."
        ))
        .hint("Make it again with this trectl."));
    }
    serde_json::from_value(document).map_err(is_none)
}

fn major(version: &str) -> Option<&str> {
    version.split('.').next()
}

/// Returns the TREs that a saved plan is about, narrowed by `--only`.
///
/// # Errors
///
/// Where it was made for another target, or `--only` would widen it.
pub fn named(
    plan: &Plan,
    target: &str,
    only: Option<&BTreeSet<TreId>>,
) -> Result<BTreeSet<TreId>, Failure> {
    saved::named(plan, target, only).map_err(|error| match &error {
        SavedPlanError::OtherTarget { saved, .. } => {
            Failure::usage("The saved plan is for another target.")
                .hint(format!("Name it with `--target {saved}`, or make a plan for this one."))
                .because(error)
        }
        _ => Failure::usage("The saved plan cannot be applied in this way.").because(error),
    })
}

/// Tells whether a saved plan may still be applied.
///
/// # Errors
///
/// Where its time is over, or cannot be told.
pub fn in_time(plan: &Plan, file: &Utf8Path, settings: &Settings) -> Result<(), Failure> {
    saved::in_time(plan, clock::instant()).map_err(|error| match &error {
        SavedPlanError::Expired { at } => {
            let on = at.strftime("%Y-%m-%d at %H:%M UTC");
            Failure::new(FailureKind::Stale, format!("The saved plan expired on {on}."))
                .hint(format!(
                    "Nothing was done. Make it again with `{} plan -o {}`, have it reviewed, and \
                     apply that one.",
                    settings.invocation,
                    quote(file.as_str())
                ))
                .with("expires_at", json!(plan.expires_at))
        }
        _ => Failure::files(format!("`{file}` is no saved plan.")).because(error),
    })
}

/// Tells whether a saved plan still is what would be done, and returns both sides where it is not.
///
/// # Errors
///
/// Where it is stale.
pub fn is_fresh(
    plan: &Plan,
    planned: &Planned,
    named: &BTreeSet<TreId>,
) -> Result<(), (Failure, Vec<Stale>)> {
    let is_rest = |old: &TreChange, new: &TreChange| apply::is_rest(&planned.loaded, old, new);
    match saved::compare(plan, &planned.plan, named, is_rest) {
        Ok(()) => Ok(()),
        Err(SavedPlanError::Stale(stale)) => Err((failure(&stale), stale)),
        Err(error) => Err((
            Failure::usage("The saved plan cannot be applied in this way.").because(error),
            Vec::new(),
        )),
    }
}

fn failure(stale: &[Stale]) -> Failure {
    let names: Vec<String> = stale.iter().map(|pair| format!("`{}`", pair.saved.name)).collect();
    let pairs: Vec<_> = stale
        .iter()
        .map(|Stale { saved, fresh }| json!({ "saved": saved, "fresh": fresh }))
        .collect();
    Failure::new(
        FailureKind::Stale,
        format!(
            "The saved plan is stale: {} would now be changed in another way.",
            names.join(", ")
        ),
    )
    .hint("Nothing was done. Make a plan again, have it reviewed, and apply that one.")
    .with("stale", json!(pairs))
}

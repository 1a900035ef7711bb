//! The projects that hold the Data Showcases: adding authorized users needs ADMINISTER there (D).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::connection::not_checked;
use super::probe::Probe;
use super::report::{Check, Kind};
use super::tre::{Tres, names};
use crate::model::{AssetRef, UserId};
use crate::platform::wire::{ObjectDescription, route};
use crate::platform::{PlatformError, PlatformErrorKind};

const NEEDED: &str = "ADMINISTER";

/// What is known of a project, or of a showcase whose project nobody can tell.
#[derive(Debug)]
enum Access {
    /// The operator's level in it.
    Level(Option<String>),
    /// It does not exist, or the operator may not see it.
    Unseen,
    /// The platform did not tell.
    Untold(String),
}

/// Looks at the project of each showcase, those that wait for an activation too.
pub async fn check(probe: &Probe, tres: &Tres, operator: &UserId) -> Check {
    let mut places: BTreeMap<String, (Access, BTreeSet<String>)> = BTreeMap::new();
    for (showcase, ids) in showcases(tres) {
        let (place, known) = match project_of(probe, &showcase).await {
            Ok(project) => (project, None),
            Err(error) => (showcase, Some(refused(error))),
        };
        if !places.contains_key(&place) {
            let access = match known {
                Some(access) => access,
                None => access(probe, &place).await,
            };
            places.insert(place.clone(), (access, BTreeSet::new()));
        }
        if let Some((_, of)) = places.get_mut(&place) {
            of.extend(ids);
        }
    }
    judge(&places, operator)
}

fn judge(places: &BTreeMap<String, (Access, BTreeSet<String>)>, operator: &UserId) -> Check {
    if places.is_empty() {
        return not_checked(Kind::Showcases, "no TRE has a Data Showcase");
    }
    let holds = |access: &Access| match access {
        Access::Level(Some(level)) if level == NEEDED => Some(true),
        Access::Level(_) | Access::Unseen => Some(false),
        Access::Untold(_) => None,
    };
    let of = |wanted: Option<bool>| -> Vec<&String> {
        let found = places.iter().filter(|(_, (access, _))| holds(access) == wanted);
        found.map(|(place, _)| place).collect()
    };
    let (without, untold) = (of(Some(false)), of(None));
    let mut check = if !without.is_empty() {
        Kind::Showcases
            .failed(format!(
                "`{operator}` does not hold {NEEDED} on {}: authorized users cannot be added to \
                 the TREs whose showcase lies there.",
                names(without.iter().copied())
            ))
            .cure(format!("Ask who administers it to give {NEEDED} to `{operator}`."))
    } else if !untold.is_empty() {
        Kind::Showcases
            .unknown(format!(
                "Whether `{operator}` holds {NEEDED} on {} cannot be read.",
                names(untold.iter().copied())
            ))
            .cure("Run `trectl doctor` again.")
    } else {
        let all = names(places.keys());
        Kind::Showcases.ok(format!("`{operator}` holds {NEEDED} on {all}."))
    };
    for (place, (access, tres)) in places {
        let (level, error) = match access {
            Access::Level(level) => (level.as_deref(), None),
            Access::Unseen => (None, Some("it does not exist, or may not be seen")),
            Access::Untold(error) => (None, Some(error.as_str())),
        };
        check = check.detail(json!({
            "project": place, "level": level, "error": error, "tres": tres,
        }));
        if holds(access) != Some(true) {
            let what = error.or(level).unwrap_or("no level");
            check = check.line(format!("`{place}`: {what}; showcase of {}", names(tres)));
        }
    }
    check
}

/// Returns every showcase as it is written, with the TREs that have it.
fn showcases(tres: &Tres) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, description) in &tres.described {
        for version in ["active", "pending"] {
            let path = format!("/inventory/{version}/dataShowcase");
            let showcase = description.as_ref().and_then(|tre| tre.pointer(&path));
            if let Some(showcase) = showcase.and_then(Value::as_str) {
                found.entry(showcase.to_owned()).or_default().insert(id.clone());
            }
        }
    }
    found
}

/// Returns the project that a showcase is written with, or else lies in.
async fn project_of(probe: &Probe, showcase: &str) -> Result<String, PlatformError> {
    let AssetRef { project, object } = AssetRef::from_platform(showcase);
    match project {
        Some(project) => Ok(project.to_string()),
        None => {
            let record = describe(probe, object.as_str()).await?;
            record.project.ok_or_else(|| {
                let kind = PlatformErrorKind::UnexpectedAnswer;
                PlatformError::new(&path(object.as_str()), kind, "The answer names no project.")
            })
        }
    }
}

async fn access(probe: &Probe, project: &str) -> Access {
    match describe(probe, project).await {
        Ok(project) => Access::Level(project.level),
        Err(error) => refused(error),
    }
}

async fn describe(probe: &Probe, id: &str) -> Result<ObjectDescription, PlatformError> {
    let path = path(id);
    let answer = probe.call(&path, json!({})).await?;
    serde_json::from_value(answer).map_err(|error| {
        let kind = PlatformErrorKind::UnexpectedAnswer;
        PlatformError::new(&path, kind, format!("The answer is not as the contract says: {error}."))
    })
}

fn path(id: &str) -> String {
    format!("/{id}/{}", route::DESCRIBE)
}

fn refused(error: PlatformError) -> Access {
    match error.kind {
        PlatformErrorKind::ResourceNotFound | PlatformErrorKind::PermissionDenied => Access::Unseen,
        _ => Access::Untold(error.to_string()),
    }
}

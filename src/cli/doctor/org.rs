//! The orgs that pay: whether they tell their members, and what the operator may do in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::connection::not_checked;
use super::probe::Probe;
use super::report::{Check, Kind};
use super::tre::names;
use crate::model::{OrgId, UserId};
use crate::platform::PlatformError;
use crate::platform::wire::{OrgMember, route};

/// What an org tells of the operator: the membership if there is one.
type Told = Result<Option<Membership>, PlatformError>;

/// A membership, as far as it can be read.
struct Membership {
    manages: Option<bool>,
}

/// Checks both. Orgs are those of the selection, or else those that documents and TREs name.
pub async fn checks(probe: &Probe, orgs: &[OrgId], operator: &UserId) -> (Check, Check) {
    if orgs.is_empty() {
        let reason = "no org is selected, and no document or TRE names one";
        return (not_checked(Kind::Orgs, reason), not_checked(Kind::Management, reason));
    }
    let mut told: BTreeMap<&OrgId, Told> = BTreeMap::new();
    for org in orgs {
        told.insert(org, ask(probe, org, operator).await);
    }
    (readable(&told, operator), management(&told, operator))
}

/// A listing may hide members, so the operator is asked for by name where it shows none.
async fn ask(probe: &Probe, org: &OrgId, operator: &UserId) -> Told {
    let path = format!("/{org}/{}", route::FIND_MEMBERS);
    let is_operator = |member: &Value| member.get("id") == Some(&json!(operator));
    let listed = probe.list(&path, &json!({})).await?;
    let found = match listed.into_iter().find(is_operator) {
        Some(found) => Some(found),
        None => {
            let named = probe.list(&path, &json!({ "id": operator })).await?;
            named.into_iter().find(is_operator)
        }
    };
    Ok(found.map(|member| Membership {
        manages: serde_json::from_value(member).ok().map(|member: OrgMember| member.tre_management),
    }))
}

fn readable(told: &BTreeMap<&OrgId, Told>, operator: &UserId) -> Check {
    let refused: Vec<(&OrgId, &PlatformError)> =
        told.iter().filter_map(|(org, told)| Some((*org, told.as_ref().err()?))).collect();
    let mut check = if refused.is_empty() {
        Kind::Orgs.ok(format!("{} can be read.", names(told.keys().copied())))
    } else {
        Kind::Orgs
            .failed(format!("{} cannot be read.", names(refused.iter().map(|(org, _)| *org))))
            .cure(format!(
                "Correct `billTo` in `trectl.yaml` or in the documents if such an org is not \
                 meant; else ask one of its admins to let `{operator}` list its members."
            ))
    };
    for (org, told) in told {
        let error = told.as_ref().err().map(ToString::to_string);
        check = check.detail(json!({ "org": org, "readable": error.is_none(), "error": error }));
        if let Some(error) = error {
            check = check.line(format!("`{org}`: {error}"));
        }
    }
    check
}

fn management(told: &BTreeMap<&OrgId, Told>, operator: &UserId) -> Check {
    let held = |told: &Told| match told {
        Ok(Some(membership)) => membership.manages,
        Ok(None) => Some(false),
        Err(_) => None,
    };
    let of = |wanted: Option<bool>| -> Vec<&OrgId> {
        told.iter().filter(|(_, told)| held(told) == wanted).map(|(org, _)| *org).collect()
    };
    let (without, unread) = (of(Some(false)), of(None));
    let mut check = if !without.is_empty() {
        Kind::Management
            .failed(format!(
                "`{operator}` does not hold `treManagement` in {}: no TRE can be created there, \
                 and being an admin of one is refused too (assumed).",
                names(without.iter().copied())
            ))
            .cure(format!(
                "Ask an admin of {} to give `treManagement` to `{operator}`.",
                names(without.iter().copied())
            ))
    } else if !unread.is_empty() {
        Kind::Management.unknown(format!(
            "Whether `{operator}` holds `treManagement` cannot be read in {}.",
            names(unread.iter().copied())
        ))
    } else {
        let orgs = names(told.keys().copied());
        Kind::Management.ok(format!("`{operator}` holds `treManagement` in {orgs}."))
    };
    for (org, told) in told {
        let is_member = told.as_ref().ok().map(Option::is_some);
        check = check.detail(json!({
            "org": org, "member": is_member, "tre_management": held(told),
        }));
        if matches!(told, Ok(None)) {
            check = check.line(format!("`{org}`: `{operator}` is no member"));
        }
    }
    check
}

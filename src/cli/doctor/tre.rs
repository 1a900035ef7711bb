//! The TREs that are listed, each described.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::connection::not_checked;
use super::probe::Probe;
use super::report::{Check, Kind};
use crate::model::{OrgId, UserId};
use crate::platform::wire::route;
use crate::platform::{Pending, PlatformError, PlatformErrorKind, gather};

/// So many are named; of the others the number is told.
const NAMED: usize = 3;

/// The TREs of the selection, as they are told.
#[derive(Debug, Default)]
pub struct Tres {
    /// Every TRE that is listed, with its description if one can be had.
    pub described: BTreeMap<String, Option<Value>>,
    /// Those whose own description is refused.
    refused: Vec<(String, PlatformError)>,
    /// Listings that failed, each with the org that was asked for.
    unlisted: Vec<(Option<OrgId>, PlatformError)>,
}

impl Tres {
    /// Lists the TREs of the selection and describes each.
    pub async fn read(probe: &Probe, select: Option<&[OrgId]>) -> Self {
        let mut tres = Self::default();
        let selected: Vec<Option<&OrgId>> = match select {
            Some(orgs) => orgs.iter().map(Some).collect(),
            None => vec![None],
        };
        for org in selected {
            match list(probe, org).await {
                Ok(listed) => tres.described.extend(listed),
                Err(error) => tres.unlisted.push((org.cloned(), error)),
            }
        }
        let ids: Vec<String> = tres.described.keys().cloned().collect();
        let answers = gather(ids.iter().map(|id| describe(probe, id))).await;
        for (id, answer) in ids.into_iter().zip(answers) {
            match answer {
                Ok(description) => _ = tres.described.insert(id, Some(description)),
                Err(error) => tres.refused.push((id, error)),
            }
        }
        tres
    }

    /// Returns the orgs that pay for them.
    pub fn bill_to(&self) -> BTreeSet<OrgId> {
        let described = self.described.values().flatten();
        let paying = described.filter_map(|tre| tre.get("billTo").and_then(Value::as_str));
        paying.map(OrgId::from_platform).collect()
    }

    /// Returns why the TREs could not be listed, if so.
    pub fn unlisted(&self) -> Option<Check> {
        let (_, error) = self.unlisted.first()?;
        let mut check = match error.kind {
            PlatformErrorKind::UnexpectedAnswer => Kind::Answers
                .failed("The TREs cannot be listed: the answer is no listing.")
                .cure("See that `host:` names the API of the platform."),
            _ => Kind::Answers.failed("The TREs cannot be listed.").cure(
                "Correct `select:` in `trectl.yaml` if an org is not meant, then run \
                       `trectl doctor` again.",
            ),
        };
        for (org, error) in &self.unlisted {
            let of = org.as_ref().map_or_else(String::new, |org| format!("`{org}`: "));
            check = check.line(format!("{of}{error}"));
            check = check.detail(json!({ "org": org, "error": error.to_string() }));
        }
        Some(check)
    }

    /// Checks that what is listed can be described.
    pub fn check(&self, operator: &UserId) -> Check {
        let Self { described, refused, unlisted } = self;
        if described.is_empty() {
            let reason = if unlisted.is_empty() {
                "the account sees no TRE of the target"
            } else {
                "the TREs cannot be listed"
            };
            return not_checked(Kind::Listed, reason);
        }
        if refused.is_empty() {
            return Kind::Listed.ok(match described.len() {
                1 => "The 1 TRE that is listed can be described.".to_owned(),
                n => format!("All {n} TREs that are listed can be described."),
            });
        }
        let is_refusal = |error: &PlatformError| {
            let kind = &error.kind;
            matches!(
                kind,
                PlatformErrorKind::PermissionDenied | PlatformErrorKind::ResourceNotFound
            )
        };
        let verb = if refused.len() == 1 { "is" } else { "are" };
        let these = format!("{} {verb} listed", names(refused.iter().map(|(id, _)| id)));
        let mut check = if refused.iter().any(|(_, error)| is_refusal(error)) {
            Kind::Listed.failed(format!("{these}, and the description is refused.")).cure(format!(
                "Ask an admin of the TRE to add `{operator}` to its admins, or narrow \
                     `select:` in `trectl.yaml`."
            ))
        } else {
            Kind::Listed
                .unknown(format!("{these}, and the description does not come."))
                .cure("Run `trectl doctor` again.")
        };
        for (index, (id, error)) in refused.iter().enumerate() {
            if index < NAMED {
                check = check.line(error.to_string());
            }
            check = check.detail(json!({ "tre": id, "error": error.to_string() }));
        }
        check
    }
}

async fn list(
    probe: &Probe,
    org: Option<&OrgId>,
) -> Result<Vec<(String, Option<Value>)>, PlatformError> {
    let mut input = Map::from_iter([("describe".to_owned(), json!(true))]);
    input.extend(org.map(|org| ("billTo".to_owned(), json!(org))));
    let found = probe.list(route::FIND_TRES, &Value::Object(input)).await?;
    let named = found.into_iter().filter_map(|mut result| {
        let id = result.get("id")?.as_str()?.to_owned();
        let description = result.get_mut("describe").map(Value::take);
        Some((id, description.filter(Value::is_object)))
    });
    Ok(named.collect())
}

fn describe<'a>(probe: &'a Probe, id: &str) -> Pending<'a, Value> {
    let path = format!("/{id}/{}", route::DESCRIBE);
    Box::pin(async move { probe.call(&path, json!({})).await })
}

/// Names a few and counts the rest: `a`, `b` and 5 more.
pub fn names<T: Display>(all: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = all.into_iter().map(|one| format!("`{one}`")).collect();
    match all.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [some @ .., last] if all.len() <= NAMED => format!("{} and {last}", some.join(", ")),
        _ => {
            let some: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
            format!("{} and {} more", some.join(", "), all.len() - NAMED)
        }
    }
}

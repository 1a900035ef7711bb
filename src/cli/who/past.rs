//! What `who --as-of` tells: who had a part in which TRE by what the journal says, and between
//! which two looks at the platform that answer lies.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::query::Query;
use crate::access::{self, Grant, Path};
use crate::model::{AppliedTre, Inventory, Principal, StepId, TreId, TreState, UserId, Visibility};
use crate::plan::{EVERYBODY, FORMAT_VERSION};
use crate::state::{AsOf, Author, ObservedField, Sight, Sighting};

/// Who had a part in which TRE at some time, as far as the journal knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PastReport {
    /// The version of this format.
    pub format_version: String,
    /// The target.
    pub target: String,
    /// The time, RFC 3339 in UTC.
    pub time: String,
    /// The id that was asked about, or null for every TRE.
    pub about: Option<String>,
    /// Each TRE in which somebody asked about had a part, in the order of ids.
    pub tres: Vec<PastTre>,
    /// What the journal cannot tell.
    pub not_recorded: Vec<String>,
}

/// One TRE at that time, with those in it who were asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PastTre {
    /// The TRE.
    pub id: TreId,
    /// The state in which the look before found it, or null where it was not there.
    pub state: Option<TreState>,
    /// Each person or org with one path, by path and id.
    pub access: Vec<PastEntry>,
    /// Lists that the repository did not manage, so that nobody wrote down who was in them.
    pub unmanaged: Vec<String>,
    /// The last look at the TRE before that time, or null where there was none.
    pub seen_before: Option<Look>,
    /// The first look after it, or null where there was none yet.
    pub seen_after: Option<Look>,
}

/// One person or org with one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PastEntry {
    /// The user or org, or `everybody` on the platform where the TRE was public.
    pub id: String,
    /// The path.
    #[serde(flatten)]
    pub path: Path,
    /// Whether the look before found it.
    pub before: bool,
    /// Whether the look after found it; null where there was none, or the TRE was gone.
    pub after: Option<bool>,
    /// What it gave by the look before.
    pub gave: Vec<Grant>,
}

/// One look at a TRE.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// The command that looked, where that is known.
    pub command: Option<String>,
    /// The account that it acted with.
    pub actor: Option<UserId>,
    /// The commit of the repository.
    pub commit: Option<String>,
    /// Settings that were not as the record says, as JSON Pointers.
    pub differed: Vec<String>,
}

/// What one look found of a TRE: lists that nobody managed are `None`.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    state: TreState,
    visibility: Option<Visibility>,
    admins: Option<BTreeSet<UserId>>,
    users: Option<BTreeSet<Principal>>,
    /// In the order of the pipeline.
    steps: Vec<(StepId, Option<BTreeSet<UserId>>)>,
    inventory: Option<Inventory>,
}

impl Found {
    fn recorded(record: &AppliedTre) -> Self {
        let steps = record.review_steps.iter().flatten();
        Self {
            state: record.state,
            visibility: record.visibility,
            admins: record.admins.clone(),
            users: record.authorized_users.clone(),
            steps: steps.map(|step| (step.id.clone(), step.reviewers.clone())).collect(),
            inventory: record.inventory.clone(),
        }
    }

    /// Returns it as it was seen; `None` where the TRE was gone.
    fn observed(mut self, fields: &[ObservedField]) -> Option<Self> {
        for ObservedField { path, live, applied, .. } in fields {
            let words: Vec<&str> = path.split('/').skip(1).collect();
            match words[..] {
                ["state"] if *live == Some(Value::Null) => return None,
                ["state"] => self.state = read(live).unwrap_or(self.state),
                ["visibility"] => self.visibility = read(live).or(self.visibility),
                ["admins", _] => correct(&mut self.admins, live, applied),
                ["authorizedUsers", _] => correct(&mut self.users, live, applied),
                ["reviewSteps", step, "reviewers", _] => {
                    let at = step.parse().ok().and_then(|at: usize| self.steps.get_mut(at));
                    if let Some((_, reviewers)) = at {
                        correct(reviewers, live, applied);
                    }
                }
                _ => {}
            }
        }
        Some(self)
    }

    /// Returns it with what a run did since, which led from one record to another.
    fn moved(self, from: &Self, to: Self) -> Self {
        let reviewers = |steps: &[(StepId, Option<BTreeSet<UserId>>)], id: &StepId| {
            steps.iter().find(|(step, _)| step == id).and_then(|(_, reviewers)| reviewers.clone())
        };
        let steps = to.steps.iter().map(|(id, now)| {
            let there = reviewers(&self.steps, id);
            (id.clone(), moved(there, &reviewers(&from.steps, id), now.clone()))
        });
        Self {
            steps: steps.collect(),
            state: if to.state == from.state { self.state } else { to.state },
            visibility: match to.visibility == from.visibility {
                true => self.visibility,
                false => to.visibility,
            },
            admins: moved(self.admins, &from.admins, to.admins),
            users: moved(self.users, &from.users, to.users),
            inventory: to.inventory,
        }
    }

    fn roles(&self) -> BTreeSet<(Path, String)> {
        let mut roles = BTreeSet::new();
        for admin in self.admins.iter().flatten() {
            roles.insert((Path::Admin, admin.to_string()));
        }
        for listed in self.users.iter().flatten() {
            roles.insert((Path::Listed, listed.to_string()));
        }
        for (step, reviewers) in &self.steps {
            for reviewer in reviewers.iter().flatten() {
                roles.insert((Path::Reviewer { step: step.clone() }, reviewer.to_string()));
            }
        }
        if self.visibility == Some(Visibility::Public) {
            roles.insert((Path::Public, EVERYBODY.to_owned()));
        }
        roles
    }

    fn unmanaged(&self) -> Vec<String> {
        let lists = [
            ("visibility", self.visibility.is_none()),
            ("admins", self.admins.is_none()),
            ("authorizedUsers", self.users.is_none()),
        ];
        let lists = lists.into_iter().filter(|(_, is_unmanaged)| *is_unmanaged);
        let steps = self.steps.iter().filter(|(_, reviewers)| reviewers.is_none());
        let steps = steps.map(|(step, _)| format!("reviewers of {step}"));
        lists.map(|(list, _)| list.to_owned()).chain(steps).collect()
    }
}

/// Returns a list as it was found, with who came and went since.
fn moved<T: Ord + Clone>(
    found: Option<BTreeSet<T>>,
    from: &Option<BTreeSet<T>>,
    to: Option<BTreeSet<T>>,
) -> Option<BTreeSet<T>> {
    let (Some(found), Some(from), Some(to)) = (&found, from, &to) else { return to };
    let stay = found.iter().filter(|it| to.contains(it) || !from.contains(it));
    let come = to.difference(from);
    Some(stay.chain(come).cloned().collect())
}

/// Puts into a list who was seen there, and takes out who should have been.
fn correct<T: Ord + DeserializeOwned>(
    list: &mut Option<BTreeSet<T>>,
    live: &Option<Value>,
    applied: &Option<Value>,
) {
    let Some(list) = list else { return };
    match (read(live), read(applied)) {
        (Some(there), _) => drop(list.insert(there)),
        (None, Some(missing)) => drop(list.remove(&missing)),
        (None, None) => {}
    }
}

fn read<T: DeserializeOwned>(value: &Option<Value>) -> Option<T> {
    value.as_ref().and_then(|value| serde_json::from_value(value.clone()).ok())
}

/// Returns what `who --as-of` tells.
pub fn past_report(
    all: &BTreeMap<TreId, AsOf>,
    query: &Query,
    target: &str,
    time: Timestamp,
) -> PastReport {
    let tres = all.iter().filter_map(|(id, known)| {
        let tre = of_one(id, known, query);
        let is_known = tre.state.is_some() || !tre.access.is_empty();
        let is_told = match query {
            Query::All => is_known,
            Query::Tre(asked) => asked == id,
            Query::User(_) | Query::Org(_) | Query::Group(_) => !tre.access.is_empty(),
        };
        is_told.then_some(tre)
    });
    let not_recorded = [
        "what was changed and changed back between two looks",
        "who belonged to an org at that time",
        "the acting account, an admin of what it creates",
        "lists that the repository did not manage",
        "TREs that it did not manage",
    ];
    PastReport {
        format_version: FORMAT_VERSION.to_owned(),
        target: target.to_owned(),
        time: format!("{time:.0}"),
        about: (*query != Query::All).then(|| query.to_string()),
        tres: tres.collect(),
        not_recorded: not_recorded.map(str::to_owned).into(),
    }
}

fn of_one(id: &TreId, known: &AsOf, query: &Query) -> PastTre {
    let AsOf { record, before: seen_before, after: seen_after, .. } = known;
    let before = before(seen_before.as_ref(), record.as_ref());
    let after = seen_after.as_ref().map(after);
    let roles = |found: Option<&Found>| found.map(Found::roles).unwrap_or_default();
    let (was, will_be) = (roles(before.as_ref()), after.as_ref().map(|it| roles(it.as_ref())));
    let everybody: BTreeSet<_> = was.iter().chain(will_be.iter().flatten()).cloned().collect();
    let entry = |(path, id): (Path, String)| {
        let key = (path.clone(), id.clone());
        let gave = before.as_ref().filter(|_| was.contains(&key)).map(|found| {
            // What was given out while the TRE was in Maintenance is not in its record.
            access::gives(&path, found.state, found.inventory.as_ref())
        });
        PastEntry {
            before: was.contains(&key),
            after: will_be.as_ref().map(|then| then.contains(&key)),
            gave: gave.unwrap_or_default(),
            id,
            path,
        }
    };
    let access = everybody.into_iter().map(entry).filter(|entry| match query {
        Query::All | Query::Tre(_) => true,
        Query::User(user) => entry.id == user.as_str(),
        Query::Org(org) => entry.id == org.as_str(),
        Query::Group(_) => false,
    });
    PastTre {
        id: id.clone(),
        state: before.as_ref().map(|found| found.state),
        access: access.collect(),
        unmanaged: before.as_ref().map(Found::unmanaged).unwrap_or_default(),
        seen_before: seen_before.as_ref().map(look),
        seen_after: seen_after.as_ref().map(look),
    }
}

/// Returns what was known then: what the last look found, with the steps that a run confirmed since.
fn before(seen: Option<&Sighting>, record: Option<&AppliedTre>) -> Option<Found> {
    let now = record.map(Found::recorded)?;
    match seen.map(|seen| &seen.sight) {
        Some(Sight::Observed { record: Some(then), fields }) => {
            let then = Found::recorded(then);
            match then.clone().observed(fields) {
                Some(found) => Some(found.moved(&then, now)),
                // It was gone: where the record moved since, a run has made it again.
                None => (then != now).then_some(now),
            }
        }
        Some(Sight::Observed { record: None, .. } | Sight::AsRecorded(_)) | None => Some(now),
    }
}

/// Returns what a look found.
fn after(seen: &Sighting) -> Option<Found> {
    match &seen.sight {
        Sight::AsRecorded(then) => then.as_deref().map(Found::recorded),
        Sight::Observed { record, fields } => Found::recorded(record.as_deref()?).observed(fields),
    }
}

fn look(sighting: &Sighting) -> Look {
    let Sighting { by: Author { at, segment: _, token: _, run: _, info }, sight } = sighting;
    let info = info.as_ref();
    Look {
        time: at.clone(),
        command: info.map(|info| info.command.clone()),
        actor: info.map(|info| info.operator.clone()),
        commit: info.and_then(|info| info.commit.clone()),
        differed: match sight {
            Sight::AsRecorded(_) => Vec::new(),
            Sight::Observed { fields, .. } => {
                fields.iter().map(|field| field.path.clone()).collect()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(users: &[&str]) -> AppliedTre {
        let json = serde_json::json!({ "state": "active", "authorizedUsers": users });
        serde_json::from_value(json).unwrap()
    }

    /// Returns who had a part after a look, where a record stands now.
    fn listed(sight: Sight, now: &[&str]) -> Vec<String> {
        let by = Author {
            at: "2026-05-01T10:00:00Z".to_owned(),
            segment: 1,
            token: 1,
            run: "run-1".to_owned(),
            info: None,
        };
        let known = AsOf {
            record: Some(record(now)),
            before: Some(Sighting { by, sight }),
            ..AsOf::default()
        };
        let all = BTreeMap::from([(TreId::from_platform("tre-one"), known)]);
        let report = past_report(&all, &Query::All, "local", Timestamp::UNIX_EPOCH);
        report.tres[0].access.iter().map(|entry| entry.id.clone()).collect()
    }

    #[test]
    fn a_step_that_was_confirmed_since_the_last_look_counts() {
        let sight = Sight::AsRecorded(Some(Box::new(record(&["user-li"]))));
        assert_eq!(listed(sight, &["user-li", "user-new"]), ["user-li", "user-new"]);
    }

    #[test]
    fn what_a_look_found_counts_until_a_step_changes_it() {
        let field = |live: Option<&str>, applied: Option<&str>| {
            let value = |id: Option<&str>| id.map(Value::from);
            serde_json::from_value(serde_json::json!({
                "path": "/authorizedUsers/0", "class": "out_of_band",
                "live": value(live), "applied": value(applied),
            }))
            .unwrap()
        };
        // Somebody came by hand, and somebody else went.
        let sight = Sight::Observed {
            record: Some(Box::new(record(&["user-li", "user-okafor"]))),
            fields: vec![field(Some("user-silva"), None), field(None, Some("user-okafor"))],
        };
        let as_seen = listed(sight.clone(), &["user-li", "user-okafor"]);
        assert_eq!(as_seen, ["user-li", "user-silva"]);
        // A run that was killed had confirmed who came and who went; what it did not touch stays.
        let since = listed(sight, &["user-okafor", "user-new"]);
        assert_eq!(since, ["user-new", "user-silva"]);
    }
}

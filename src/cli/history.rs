//! What the journal of a target tells of the past, for a report of drift: when something was last
//! applied, and since when drift has been seen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{Live, TreId, UserId};
use crate::plan::render::DriftReport;
use crate::plan::{DriftClass, DriftItem};
use crate::state::{Entry, ObservedField, Stamped, StateError, Store};

/// The past of a target.
#[derive(Debug, Default)]
pub struct History {
    /// When something was last applied, if ever.
    pub last_apply: Option<Timestamp>,
    /// Who acts in the run that is read.
    acting: Option<UserId>,
    /// The accounts that applied something.
    appliers: BTreeSet<UserId>,
    /// What was seen of each TRE when it was last looked at, and since when.
    seen: BTreeMap<TreId, Seen>,
}

/// What the last look at a TRE saw.
#[derive(Debug, Default)]
struct Seen {
    /// Since when each was seen; of nothing that an apply may have undone since.
    since: BTreeMap<Sight, String>,
    /// Whether any of it counted.
    counted: bool,
}

/// Drift as the journal keeps it: enough to know it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sight {
    key: String,
    class: DriftClass,
    live: String,
    applied: String,
    uncounted: bool,
}

impl Sight {
    fn of(field: &ObservedField) -> Self {
        let ObservedField { path, key, class, live, applied, fingerprint, uncounted } = field;
        // Nothing and null are the same once they were written and read.
        let text = |value: &Option<serde_json::Value>| {
            let value = value.as_ref().filter(|value| !value.is_null());
            value.map(ToString::to_string)
        };
        Self {
            key: key.as_ref().unwrap_or(path).clone(),
            class: *class,
            live: fingerprint.clone().or_else(|| text(live)).unwrap_or_default(),
            applied: text(applied).unwrap_or_default(),
            uncounted: *uncounted,
        }
    }
}

impl History {
    /// Reads the journal from its beginning.
    ///
    /// # Errors
    ///
    /// Where it cannot be read or is damaged.
    pub async fn read(store: &Store) -> Result<Self, StateError> {
        let mut history = Self::default();
        store.history(|segment| segment.entries.iter().for_each(|it| history.take(it))).await?;
        Ok(history)
    }

    fn take(&mut self, stamped: &Stamped) {
        let Stamped { at, entry } = stamped;
        match entry {
            Entry::TreStarted { tre, .. } => {
                self.applied(at);
                if let Some(seen) = self.seen.get_mut(tre) {
                    seen.since.clear();
                }
            }
            Entry::Intent { .. }
            | Entry::Outcome { .. }
            | Entry::TreEnded { .. }
            | Entry::Recorded { record: Some(_), .. } => self.applied(at),
            Entry::Observed { tre, drift } => {
                let before = self.seen.remove(tre).unwrap_or_default().since;
                let since = |field| {
                    let sight = Sight::of(field);
                    let first = before.get(&sight).unwrap_or(at).clone();
                    (sight, first)
                };
                let since = drift.iter().map(since).collect();
                // An older trectl did not write down what counts, nor the key.
                let counted = drift.iter().any(|field| !field.uncounted && field.key.is_some());
                self.seen.insert(tre.clone(), Seen { since, counted });
            }
            Entry::RunStarted { info } => self.acting = Some(info.operator.clone()),
            Entry::Recorded { record: None, .. }
            | Entry::LockTaken { .. }
            | Entry::RunEnded { .. } => {}
        }
    }

    /// Tells whether an admin that nobody asks for is an account that applied, which an account
    /// of its own passes over and another one does not.
    fn of_applier(&self, item: &DriftItem) -> Option<String> {
        let applier = item.live.as_str().filter(|_| item.path.starts_with("/admins/"))?;
        let is_known = self.appliers.contains(&UserId::from_platform(applier));
        is_known.then(|| {
            format!(
                "`{applier}` has applied here, and this run is of another account: list both \
                 among `admins`, so that none takes the other for an edit."
            )
        })
    }

    fn applied(&mut self, at: &str) {
        self.last_apply = at.parse().ok().or(self.last_apply);
        self.appliers.extend(self.acting.take());
    }

    /// Notes in a report since when its drift has been seen, and which of the TREs that were
    /// compared have none any more. `field` tells how the journal keeps an item that counts, or
    /// does not.
    pub fn note(
        &self,
        report: &mut DriftReport,
        field: impl Fn(&DriftItem, bool) -> ObservedField,
    ) {
        let sights: Vec<Sight> =
            report.drift.iter().map(|item| Sight::of(&field(item, report.counts(item)))).collect();
        for (item, sight) in report.drift.iter_mut().zip(sights) {
            let seen = id(item).and_then(|id| self.seen.get(&id));
            item.first_seen = seen.and_then(|seen| seen.since.get(&sight)).cloned();
            item.note = self.of_applier(item);
        }
        let counting: BTreeSet<TreId> = report.counting().filter_map(id).collect();
        let cleared = report.compared.iter().map(|tre| TreId::from_platform(tre));
        let cleared = cleared.filter(|tre| {
            self.seen.get(tre).is_some_and(|seen| seen.counted) && !counting.contains(tre)
        });
        report.cleared = cleared.map(|tre| tre.to_string()).collect();
    }
}

/// Notes in a report when the TREs that were edited on the platform were last changed there.
pub fn note_modified(report: &mut DriftReport, live: &Live) {
    for item in report.drift.iter_mut().filter(|item| item.is_edit()) {
        let modified = id(item).and_then(|id| live.tres.get(&id)?.modified());
        let modified = modified.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        item.modified = modified.map(|time| time.to_string());
    }
}

fn id(item: &DriftItem) -> Option<TreId> {
    item.address.strip_prefix("tre.").map(TreId::from_platform)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::{AppliedTre, TreState};
    use crate::plan::TargetInfo;

    fn field(key: &str, live: Value) -> ObservedField {
        ObservedField {
            path: "/somewhere/3".to_owned(),
            key: Some(key.to_owned()),
            class: DriftClass::OutOfBand,
            live: Some(live),
            applied: None,
            fingerprint: None,
            uncounted: false,
        }
    }

    fn observed(at: &str, drift: Vec<ObservedField>) -> Stamped {
        let tre = TreId::from_platform("tre-one");
        Stamped { at: at.to_owned(), entry: Entry::Observed { tre, drift } }
    }

    fn after(entries: &[Stamped]) -> History {
        let mut history = History::default();
        entries.iter().for_each(|stamped| history.take(stamped));
        history
    }

    /// What a report of this drift says of it.
    fn noted(history: &History, field: &ObservedField) -> (Option<String>, Vec<String>) {
        let target = TargetInfo {
            name: "local".to_owned(),
            platform: "embedded".to_owned(),
            operator: "user-local".to_owned(),
        };
        let item: DriftItem = serde_json::from_value(json!({
            "address": "tre.tre-one", "path": field.path, "class": field.class,
            "applied": null, "live": null, "desired": null, "accepted": null, "rejected": null,
        }))
        .unwrap();
        let mut report = DriftReport::new(target, vec![item], Vec::new(), Vec::new());
        report.compared = vec!["tre-one".to_owned()];
        history.note(&mut report, |_, _| field.clone());
        let first_seen = report.drift[0].first_seen.clone();
        report = report.without(|_| true);
        history.note(&mut report, |_, _| field.clone());
        (first_seen, report.cleared)
    }

    fn started() -> Stamped {
        let entry = Entry::TreStarted {
            tre: TreId::from_platform("tre-one"),
            digest: String::new(),
            steps: Vec::new(),
            confirmed: 0,
            baseline: AppliedTre::of_state(TreState::Active),
        };
        Stamped { at: NIGHTS[1].to_owned(), entry }
    }

    const NIGHTS: [&str; 3] =
        ["2026-11-24T03:17:00Z", "2026-11-25T03:17:00Z", "2026-11-26T03:17:00Z"];

    #[test]
    fn drift_is_known_since_the_first_of_the_nights_that_saw_it_without_a_break() {
        let wu = |place: usize| {
            let path = format!("/authorizedUsers/{place}");
            ObservedField { path, ..field("/authorizedUsers/user-wu", json!("user-wu")) }
        };
        let nights = |drift: [Vec<ObservedField>; 3]| -> Vec<Stamped> {
            NIGHTS.iter().zip(drift).map(|(at, drift)| observed(at, drift)).collect()
        };
        let since = |drift| noted(&after(&nights(drift)), &wu(0)).0;
        assert_eq!(since([vec![wu(0)], vec![wu(2)], vec![wu(1)]]).as_deref(), Some(NIGHTS[0]));
        assert_eq!(since([vec![wu(0)], vec![], vec![wu(0)]]).as_deref(), Some(NIGHTS[2]));
        assert_eq!(since([vec![wu(0)], vec![wu(0)], vec![]]), None);
        let li = field("/authorizedUsers/user-li", json!("user-li"));
        assert_eq!(since([vec![], vec![], vec![li]]), None);
        // What was accepted, and counts now, is new.
        let accepted = || ObservedField { uncounted: true, ..wu(0) };
        assert_eq!(since([vec![accepted()], vec![accepted()], vec![accepted()]]), None);
        // Free text is known by its fingerprint.
        let text = |print: &str| ObservedField {
            fingerprint: Some(print.to_owned()),
            live: None,
            ..field("/name", Value::Null)
        };
        let entries = [observed(NIGHTS[0], vec![text("a")]), observed(NIGHTS[1], vec![text("b")])];
        assert_eq!(noted(&after(&entries), &text("b")).0.as_deref(), Some(NIGHTS[1]));
        assert_eq!(noted(&after(&entries), &text("c")).0, None);
        // What lies in between may have undone it.
        let mut entries = nights([vec![wu(0)], vec![wu(0)], vec![wu(0)]]);
        entries.insert(2, started());
        let history = after(&entries);
        assert_eq!(noted(&history, &wu(0)).0.as_deref(), Some(NIGHTS[2]));
        assert_eq!(history.last_apply, NIGHTS[1].parse().ok());
    }

    #[test]
    fn a_tre_is_cleared_where_the_last_night_saw_drift() {
        let name = field("/name", Value::Null);
        let cleared = |drift| noted(&after(&[observed(NIGHTS[0], drift)]), &name).1;
        assert_eq!(cleared(vec![name.clone()]), ["tre-one"]);
        assert_eq!(cleared(Vec::new()), [""; 0]);
        assert_eq!(cleared(vec![ObservedField { uncounted: true, ..name.clone() }]), [""; 0]);
        // An apply that took it away is no reason to be silent about it.
        let nights = [observed(NIGHTS[0], vec![name.clone()]), started()];
        assert_eq!(noted(&after(&nights), &name), (None, vec!["tre-one".to_owned()]));
        assert_eq!(noted(&History::default(), &name), (None, Vec::new()));
    }
}

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

type Seen = BTreeMap<Sight, String>;

/// Drift as the journal keeps it: enough to know it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sight {
    /// Without places in lists, which move when somebody else comes or goes.
    path: String,
    class: DriftClass,
    live: String,
    applied: String,
}

impl Sight {
    fn of(field: &ObservedField) -> Self {
        let ObservedField { path, class, live, applied } = field;
        let is_place = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let parts = path.split('/').map(|part| if is_place(part) { "*" } else { part });
        // Nothing and null are the same once they were written and read.
        let text = |value: &Option<serde_json::Value>| {
            let value = value.as_ref().filter(|value| !value.is_null());
            value.map(ToString::to_string).unwrap_or_default()
        };
        Self {
            path: parts.collect::<Vec<_>>().join("/"),
            class: *class,
            live: text(live),
            applied: text(applied),
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
                self.seen.remove(tre);
            }
            Entry::Intent { .. }
            | Entry::Outcome { .. }
            | Entry::TreEnded { .. }
            | Entry::Recorded { record: Some(_), .. } => self.applied(at),
            Entry::Observed { tre, drift } => {
                let before = self.seen.remove(tre).unwrap_or_default();
                let since = |sight: Sight| {
                    let first = before.get(&sight).unwrap_or(at).clone();
                    (sight, first)
                };
                let now: Seen = drift.iter().map(Sight::of).map(since).collect();
                self.seen.insert(tre.clone(), now);
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
    /// compared have none any more.
    pub fn note(
        &self,
        report: &mut DriftReport,
        compared: &BTreeSet<TreId>,
        field: impl Fn(&DriftItem) -> ObservedField,
    ) {
        for item in &mut report.drift {
            let seen = id(item).and_then(|id| self.seen.get(&id));
            item.first_seen = seen.and_then(|seen| seen.get(&Sight::of(&field(item)))).cloned();
            item.note = self.of_applier(item);
        }
        let counting: BTreeSet<TreId> = report.counting().filter_map(id).collect();
        let cleared = self.seen.iter().filter(|(tre, seen)| {
            !seen.is_empty() && compared.contains(*tre) && !counting.contains(*tre)
        });
        report.cleared = cleared.map(|(tre, _)| tre.to_string()).collect();
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

    fn field(path: &str, live: Value) -> ObservedField {
        let class = DriftClass::OutOfBand;
        ObservedField { path: path.to_owned(), class, live: Some(live), applied: None }
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
        let compared = BTreeSet::from([TreId::from_platform("tre-one")]);
        history.note(&mut report, &compared, |_| field.clone());
        let first_seen = report.drift[0].first_seen.clone();
        report = report.without(|_| true);
        history.note(&mut report, &compared, |_| field.clone());
        (first_seen, report.cleared)
    }

    const NIGHTS: [&str; 3] =
        ["2026-11-24T03:17:00Z", "2026-11-25T03:17:00Z", "2026-11-26T03:17:00Z"];

    #[test]
    fn drift_is_known_since_the_first_of_the_nights_that_saw_it_without_a_break() {
        let wu = |place: usize| field(&format!("/authorizedUsers/{place}"), json!("user-wu"));
        let nights = |drift: [Vec<ObservedField>; 3]| -> Vec<Stamped> {
            NIGHTS.iter().zip(drift).map(|(at, drift)| observed(at, drift)).collect()
        };
        let since = |drift| noted(&after(&nights(drift)), &wu(0)).0;
        assert_eq!(since([vec![wu(0)], vec![wu(2)], vec![wu(1)]]).as_deref(), Some(NIGHTS[0]));
        assert_eq!(since([vec![wu(0)], vec![], vec![wu(0)]]).as_deref(), Some(NIGHTS[2]));
        assert_eq!(since([vec![wu(0)], vec![wu(0)], vec![]]), None);
        let li = field("/authorizedUsers/0", json!("user-li"));
        assert_eq!(since([vec![], vec![], vec![li]]), None);
        // What lies in between may have undone it.
        let mut entries = nights([vec![wu(0)], vec![wu(0)], vec![wu(0)]]);
        let tre = TreId::from_platform("tre-one");
        let started = Entry::TreStarted {
            tre,
            digest: String::new(),
            steps: Vec::new(),
            confirmed: 0,
            baseline: AppliedTre::of_state(TreState::Active),
        };
        entries.insert(2, Stamped { at: NIGHTS[1].to_owned(), entry: started });
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
        assert_eq!(noted(&History::default(), &name), (None, Vec::new()));
    }
}

//! What the journal of a target tells of the past, for a report of drift: when something was last
//! applied, and since when drift has been seen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{Live, TreId};
use crate::plan::render::DriftReport;
use crate::plan::{DriftClass, DriftItem};
use crate::state::{Entry, ObservedField, Stamped, StateError, Store};

/// The past of a target.
#[derive(Debug, Default)]
pub struct History {
    /// When something was last applied, if ever.
    pub last_apply: Option<Timestamp>,
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
            Entry::Recorded { record: None, .. }
            | Entry::LockTaken { .. }
            | Entry::RunStarted { .. }
            | Entry::RunEnded { .. } => {}
        }
    }

    fn applied(&mut self, at: &str) {
        self.last_apply = at.parse().ok().or(self.last_apply);
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

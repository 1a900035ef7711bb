//! What was known of TREs at some time.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::chain::{self, Tail};
use super::entry::{Entry, ObservedField, RunInfo, StepResult};
use super::ledger::{Ledger, Progress, Unsettled};
use super::segment::Stamped;
use super::{StateError, Store};
use crate::model::{AppliedTre, TreId};

/// Who wrote something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// When, RFC 3339 in UTC, by the clock of the machine.
    pub at: String,
    /// The segment of the journal that says so.
    pub segment: u64,
    /// The fencing token.
    pub token: u64,
    /// The run.
    pub run: String,
    /// What the run was made from.
    pub info: Option<RunInfo>,
}

/// What was seen of a TRE on the platform.
#[derive(Debug, Clone, PartialEq)]
pub enum Sight {
    /// It was as this record says; `None` where nothing was to be remembered any more.
    AsRecorded(Option<Box<AppliedTre>>),
    /// It was compared with what was recorded then, and so much did not agree.
    Observed {
        /// What was recorded then.
        record: Option<Box<AppliedTre>>,
        /// The settings that were not as asked for or recorded.
        fields: Vec<ObservedField>,
    },
}

/// One look at a TRE.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// Who looked.
    pub by: Author,
    /// What was seen.
    pub sight: Sight,
}

/// What was known of a TRE at some time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AsOf {
    /// What was applied.
    pub record: Option<AppliedTre>,
    /// Who last changed that.
    pub by: Option<Author>,
    /// The plan that was begun and not finished.
    pub progress: Option<Progress>,
    /// The call of which nobody knew what became.
    pub unsettled: Option<Unsettled>,
    /// The last look before that time.
    pub before: Option<Sighting>,
    /// The first look after it.
    pub after: Option<Sighting>,
}

/// Reads along the journal.
struct Reading {
    time: Timestamp,
    ledger: Ledger,
    info: Option<RunInfo>,
    is_after: bool,
    found: BTreeMap<TreId, AsOf>,
}

impl Store {
    /// Returns what was known of each TRE at some time. The journal tells it in its own order: what
    /// counts is all that stands before the first entry of a later time. A TRE of which nothing was
    /// ever known, before or after, is not there.
    ///
    /// # Errors
    ///
    /// Where the journal cannot be read or is damaged.
    pub async fn as_of(&self, time: Timestamp) -> Result<BTreeMap<TreId, AsOf>, StateError> {
        let mut reading = Reading {
            time,
            ledger: Ledger::default(),
            info: None,
            is_after: false,
            found: BTreeMap::new(),
        };
        let objects = self.objects()?;
        chain::follow(&objects, Tail::none(), |stored| {
            let segment = &stored.segment;
            for stamped in &segment.entries {
                let author = |info: &Option<RunInfo>| Author {
                    at: stamped.at.clone(),
                    segment: segment.segment,
                    token: segment.token,
                    run: segment.run.clone(),
                    info: info.clone(),
                };
                reading.take(stamped, author).map_err(|error| stored.corrupted(error))?;
            }
            Ok(())
        })
        .await?;
        reading.freeze();
        Ok(reading.found)
    }
}

impl Reading {
    fn take(
        &mut self,
        stamped: &Stamped,
        author: impl Fn(&Option<RunInfo>) -> Author,
    ) -> Result<(), super::OrderError> {
        if stamped.at.parse::<Timestamp>().is_ok_and(|at| at > self.time) {
            self.freeze();
        }
        match &stamped.entry {
            Entry::RunStarted { info } => self.info = Some(info.clone()),
            Entry::LockTaken { .. } => self.info = None,
            _ => {}
        }
        if let Some((tre, sight)) = self.sight(&stamped.entry) {
            let sighting = Sighting { by: author(&self.info), sight };
            let found = self.found.entry(tre.clone()).or_default();
            match self.is_after {
                false => found.before = Some(sighting),
                true => drop(found.after.get_or_insert(sighting)),
            }
        }
        self.ledger.accept(&stamped.entry)?;
        if let Some(tre) = changed(&stamped.entry).filter(|_| !self.is_after) {
            self.found.entry(tre.clone()).or_default().by = Some(author(&self.info));
        }
        Ok(())
    }

    /// Returns what an entry saw, and of which TRE. A record is only written once the platform shows
    /// it.
    fn sight<'a>(&self, entry: &'a Entry) -> Option<(&'a TreId, Sight)> {
        match entry {
            Entry::Recorded { tre, record } => {
                Some((tre, Sight::AsRecorded(record.clone().map(Box::new))))
            }
            Entry::Observed { tre, drift } => {
                let record = self.ledger.applied.get(tre).cloned().map(Box::new);
                Some((tre, Sight::Observed { record, fields: drift.clone() }))
            }
            _ => None,
        }
    }

    /// Keeps what is known now: all that follows is later.
    fn freeze(&mut self) {
        if std::mem::replace(&mut self.is_after, true) {
            return;
        }
        let Ledger { applied, progress, unsettled, .. } = self.ledger.clone();
        for (tre, record) in applied {
            self.found.entry(tre).or_default().record = Some(record);
        }
        for (tre, progress) in progress {
            self.found.entry(tre).or_default().progress = Some(progress);
        }
        for (tre, unsettled) in unsettled {
            self.found.entry(tre).or_default().unsettled = Some(unsettled);
        }
    }
}

/// Returns the TRE whose record an entry changes.
fn changed(entry: &Entry) -> Option<&TreId> {
    match entry {
        Entry::Recorded { tre, record: _ }
        | Entry::Outcome { tre, step: _, result: StepResult::Ok { .. } | StepResult::Seen } => {
            Some(tre)
        }
        _ => None,
    }
}

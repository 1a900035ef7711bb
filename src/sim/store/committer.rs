//! The one thread that changes a store: it takes the calls that wait, decides them in order,
//! commits them together, and only then lets anybody see or know.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};

use redb::Database;
use serde_json::Value;
use tokio::sync::oneshot;

use super::embedded::Shared;
use super::rows;
use crate::model::ids::UserId;
use crate::platform::{PlatformError, PlatformErrorKind};
use crate::sim::world::{Change, Decision};
use crate::sim::{Content, LoggedCall, World};

/// How many calls share a commit at most.
const BATCH: usize = 1_024;

/// What a call answers.
type Answer = Result<Value, PlatformError>;

/// What waits to be decided.
pub(super) struct Job {
    pub work: Work,
    pub reply: oneshot::Sender<Answer>,
}

/// Something that changes the world.
pub(super) enum Work {
    /// A call.
    Call { user: UserId, route: String, input: Value },
    /// The content of a part of a file.
    Put(Content),
}

impl Work {
    /// Returns where it goes.
    pub(super) fn route(&self) -> &str {
        match self {
            Self::Call { user: _, route, input: _ } => route,
            Self::Put(content) => content.place(),
        }
    }

    fn decide(&self, world: &World, now: i64) -> (Result<Decision, PlatformError>, LoggedCall) {
        match self {
            Self::Call { user, route, input } => {
                let decided = world.decide(user, route, input, now);
                let input = input.to_string();
                let logged = LoggedCall::of(now, user, route, input.as_bytes(), &decided);
                (decided, logged)
            }
            Self::Put(content) => {
                let decided = world.decide_content(content, now);
                let sender = world.sender(content).unwrap_or(world.actor());
                let logged = LoggedCall::of(now, sender, content.place(), &content.bytes, &decided);
                (decided, logged)
            }
        }
    }
}

/// Decides and commits calls.
pub(super) struct Committer {
    pub db: Database,
    /// The world with all that is committed; readers see [`Shared::world`], which follows it.
    pub world: World,
    pub shared: Arc<Shared>,
    pub next_call: u64,
}

impl Committer {
    /// Works until nobody can call any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut batch = vec![first];
            batch.extend(jobs.try_iter().take(BATCH - 1));
            match self.shared.failure() {
                None => self.settle(batch),
                Some(failure) => refuse(batch, &failure),
            }
        }
    }

    fn settle(&mut self, batch: Vec<Job>) {
        let now = (self.shared.clock)();
        let mut changes = Vec::new();
        let mut log = Vec::with_capacity(batch.len());
        let mut answers = Vec::with_capacity(batch.len());
        for Job { work, reply } in batch {
            let (decided, logged) = work.decide(&self.world, now);
            log.push(logged);
            let answer = decided.map(|decision| {
                changes.extend(decision.changes.iter().cloned());
                decision.changes.into_iter().for_each(|change| self.world.apply(change));
                decision.answer
            });
            answers.push((work.route().to_owned(), reply, answer));
        }
        match self.commit(&changes, &log) {
            Ok(()) => self.publish(changes),
            Err(error) => self.shared.fail(error.to_string()),
        }
        let failure = self.shared.failure();
        for (route, reply, answer) in answers {
            let answer = failure.as_ref().map_or(answer, |failure| Err(broken(&route, failure)));
            // Who no longer waits for the answer has no need of it.
            drop(reply.send(answer));
        }
    }

    fn commit(&mut self, changes: &[Change], log: &[LoggedCall]) -> Result<(), redb::Error> {
        let txn = self.db.begin_write()?;
        rows::write_changes(&txn, changes)?;
        rows::append_calls(&txn, self.next_call, log)?;
        txn.commit()?;
        self.next_call += u64::try_from(log.len()).unwrap_or_default();
        Ok(())
    }

    /// Shows readers what is durable now.
    fn publish(&self, changes: Vec<Change>) {
        let mut world = self.shared.world.write().unwrap_or_else(PoisonError::into_inner);
        changes.into_iter().for_each(|change| world.apply(change));
        drop(world);
        self.shared.count_commit();
    }
}

fn refuse(batch: Vec<Job>, failure: &str) {
    for Job { work, reply } in batch {
        drop(reply.send(Err(broken(work.route(), failure))));
    }
}

/// Returns the error of a store that failed: what is on disk is no longer known.
pub(super) fn broken(route: &str, failure: &str) -> PlatformError {
    let message = format!(
        "The embedded platform's store failed ({failure}). Nothing more is done with it; \
         make room or repair the disk, and run the command again."
    );
    PlatformError::new(route, PlatformErrorKind::Store, message)
}

//! The journal of one run, open for writing.

use std::fmt;
use std::future::Future;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::entry::{Entry, RunInfo, RunResult};
use super::ledger::{Ledger, Progress};
use super::lock::Lock;
use super::segment::{Head, Stamped};
use super::store::{Loaded, Parts};
use super::writer::{Gauge, Job, Writer};
use super::{StateError, snapshot};
use crate::model::{AppliedTre, TreId};

/// Tells the time, RFC 3339 in UTC.
pub type Clock = Arc<dyn Fn() -> String + Send + Sync>;

/// The journal of one run. Holds the lock until it is dropped.
///
/// Any number of tasks may append at the same time; those that do share one segment.
pub struct Journal {
    inner: Mutex<Inner>,
    gauge: Arc<Gauge>,
    clock: Clock,
    run: String,
    writer: Option<JoinHandle<()>>,
    lock: Lock,
}

struct Inner {
    ledger: Ledger,
    /// `None` once nothing more may be written.
    jobs: Option<Sender<Job>>,
}

impl Journal {
    /// Begins a run. What `loaded` has settled is written with its first entry.
    ///
    /// # Errors
    ///
    /// Where the journal went on since it was loaded, or cannot be written.
    pub async fn begin(
        lock: Lock,
        loaded: Loaded,
        run: &str,
        info: RunInfo,
        clock: Clock,
    ) -> Result<Self, StateError> {
        let Parts { mut ledger, settlements, head } = loaded.into_parts();
        let started = Entry::RunStarted { info };
        ledger.accept(&started)?;
        let gauge = Arc::new(Gauge::of(head));
        let (jobs, queue) = channel();
        let writer = Writer::new(&lock, run, Arc::clone(&gauge))?;
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run(&queue))
            .map_err(|error| StateError::io("written", "journal".into(), error))?;
        let journal = Self {
            inner: Mutex::new(Inner { ledger, jobs: Some(jobs) }),
            gauge,
            clock,
            run: run.to_owned(),
            writer: Some(thread),
            lock,
        };
        let first = std::iter::once(started).chain(settlements).collect();
        journal.hand_over(first)?.await.unwrap_or(Err(StateError::Closed))?;
        Ok(journal)
    }

    /// Appends entries, in this order, and returns when they are durable.
    ///
    /// The entries take their place when this is called, not when the future is first polled.
    ///
    /// # Errors
    ///
    /// Where an entry cannot follow those before it, the lock is lost, or the journal cannot be
    /// written; in all cases nothing more is ever written.
    pub fn append(
        &self,
        entries: Vec<Entry>,
    ) -> impl Future<Output = Result<(), StateError>> + Send + use<> {
        let sent = self.send(entries);
        async move { sent?.await.unwrap_or(Err(StateError::Closed)) }
    }

    fn send(
        &self,
        entries: Vec<Entry>,
    ) -> Result<oneshot::Receiver<Result<(), StateError>>, StateError> {
        let mut inner = self.lock_inner();
        for entry in &entries {
            if let Err(error) = inner.ledger.accept(entry) {
                inner.jobs = None;
                return Err(error.into());
            }
        }
        self.job(&inner, entries)
    }

    /// Hands over entries that the ledger has taken in already.
    fn hand_over(
        &self,
        entries: Vec<Entry>,
    ) -> Result<oneshot::Receiver<Result<(), StateError>>, StateError> {
        self.job(&self.lock_inner(), entries)
    }

    fn job(
        &self,
        inner: &Inner,
        entries: Vec<Entry>,
    ) -> Result<oneshot::Receiver<Result<(), StateError>>, StateError> {
        let at = (self.clock)();
        let entries = entries.into_iter().map(|entry| Stamped { at: at.clone(), entry }).collect();
        let (done, answer) = oneshot::channel();
        let jobs = inner.jobs.as_ref().ok_or(StateError::Closed)?;
        jobs.send(Job::Entries { entries, done }).map_err(|_| StateError::Closed)?;
        Ok(answer)
    }

    fn lock_inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the record of a TRE as it is now.
    pub fn applied(&self, tre: &TreId) -> Option<AppliedTre> {
        self.lock_inner().ledger.applied.get(tre).cloned()
    }

    /// Returns how far a TRE came with a plan that is not finished.
    pub fn progress(&self, tre: &TreId) -> Option<Progress> {
        self.lock_inner().ledger.progress.get(tre).cloned()
    }

    /// Returns how many objects this run has written.
    pub fn writes(&self) -> u64 {
        self.gauge.writes.load(Ordering::Relaxed)
    }

    /// Returns the end of the journal as far as it is durable: what a run prints, so that a cut
    /// tail shows later.
    pub fn head(&self) -> Head {
        self.gauge.head()
    }

    /// Ends the run, and writes the snapshot.
    ///
    /// # Errors
    ///
    /// Where the end or the snapshot cannot be written. The records are safe in the journal.
    pub async fn finish(&self, result: RunResult) -> Result<(), StateError> {
        self.append(vec![Entry::RunEnded { result }]).await?;
        let answer = {
            let mut inner = self.lock_inner();
            inner.ledger.end_run();
            let written = snapshot::encode(&inner.ledger, &self.gauge.head(), self.lock.token());
            let (name, bytes) = written
                .map_err(|error| StateError::io("written", "applied".into(), error.into()))?;
            let (done, answer) = oneshot::channel();
            let jobs = inner.jobs.take().ok_or(StateError::Closed)?;
            jobs.send(Job::Snapshot { name, bytes, done }).map_err(|_| StateError::Closed)?;
            answer
        };
        answer.await.unwrap_or(Err(StateError::Closed))
    }
}

impl Drop for Journal {
    /// Waits for the writer, so that the lock is not let go while something is being written.
    fn drop(&mut self) {
        self.lock_inner().jobs = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has told those who waited.
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("run", &self.run).field("head", &self.head()).finish()
    }
}

//! The journal of one run, open for writing.

use std::fmt;
use std::future::Future;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use camino::Utf8PathBuf;
use tokio::sync::oneshot;

use super::entry::{Entry, RunInfo, RunResult};
use super::ledger::{Ledger, Progress};
use super::segment::{self, Line};
use super::snapshot::{self, FORMAT_VERSION};
use super::writer::{Gauge, Job, Writer};
use super::{Loaded, Lock, StateError, Store, files};
use crate::model::{AppliedTre, TreId};

/// Tells the time, RFC 3339 in UTC.
pub type Clock = Arc<dyn Fn() -> String + Send + Sync>;

/// The journal of one run. Holds the lock until it is dropped.
///
/// Any number of tasks may append at the same time; those that do share one sync.
pub struct Journal {
    inner: Mutex<Inner>,
    gauge: Arc<Gauge>,
    clock: Clock,
    run: String,
    segment: u64,
    snapshot: Utf8PathBuf,
    writer: Option<JoinHandle<()>>,
    _lock: Lock,
}

struct Inner {
    ledger: Ledger,
    /// The last line that was handed to the writer.
    seq: u64,
    /// `None` once nothing more may be written.
    jobs: Option<Sender<Job>>,
}

impl Journal {
    /// Begins a run in a new segment. What `loaded` has settled is written with its first line.
    ///
    /// # Errors
    ///
    /// Where the segment cannot be created.
    pub fn begin(
        lock: Lock,
        loaded: Loaded,
        run: &str,
        info: RunInfo,
        clock: Clock,
    ) -> Result<Self, StateError> {
        let (mut ledger, settlements) = loaded.into_parts();
        let folder = Store::journal_folder(lock.folder());
        let snapshot_path = Store::snapshot_path(lock.folder());
        files::create_folder(&folder)?;
        let (_, included) = snapshot::read(&snapshot_path)?;
        let segment = segment::list(&folder)?.last().copied().unwrap_or(0).max(included) + 1;
        let path = folder.join(segment::file_name(segment));

        let started = Entry::RunStarted { format_version: FORMAT_VERSION.to_owned(), info };
        ledger.accept(&started)?;
        let mut bytes = Vec::new();
        let mut seq = 0;
        for entry in std::iter::once(started).chain(settlements) {
            seq += 1;
            let line = Line { seq, at: clock(), run: run.to_owned(), durable: 0, entry };
            segment::encode(&line, &mut bytes)
                .map_err(|error| StateError::io("written", &path, error.into()))?;
        }
        let file = files::create_new(&path, &bytes)?;

        let gauge = Arc::new(Gauge::default());
        gauge.durable.store(seq, Ordering::Release);
        gauge.syncs.store(1, Ordering::Relaxed);
        let (jobs, queue) = channel();
        let thread = Writer { path: path.clone(), file, gauge: gauge.clone(), failed: None };
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || thread.run(&queue))
            .map_err(|error| StateError::io("written", &path, error))?;
        Ok(Self {
            inner: Mutex::new(Inner { ledger, seq, jobs: Some(jobs) }),
            gauge,
            clock,
            run: run.to_owned(),
            segment,
            snapshot: snapshot_path,
            writer: Some(writer),
            _lock: lock,
        })
    }

    /// Appends entries, in this order, and returns when they are durable.
    ///
    /// The entries take their place when this is called, not when the future is first polled.
    ///
    /// # Errors
    ///
    /// Where an entry cannot follow those before it, or the segment cannot be written; in both
    /// cases nothing more is ever written to it.
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
        let at = (self.clock)();
        let mut inner = self.lock_inner();
        let durable = self.gauge.durable.load(Ordering::Acquire);
        let encoded = inner.encode(entries, &at, &self.run, durable);
        let bytes = match encoded {
            Ok(bytes) => bytes,
            Err(error) => {
                inner.jobs = None;
                return Err(error);
            }
        };
        let (done, answer) = oneshot::channel();
        let last = inner.seq;
        let jobs = inner.jobs.as_ref().ok_or(StateError::Closed)?;
        jobs.send(Job::Lines { bytes, last, done }).map_err(|_| StateError::Closed)?;
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

    /// Returns how many times this run has waited for the disk.
    pub fn syncs(&self) -> u64 {
        self.gauge.syncs.load(Ordering::Relaxed)
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
            inner.ledger.end_segment();
            let bytes = snapshot::encode(&inner.ledger, self.segment)
                .map_err(|error| StateError::io("written", &self.snapshot, error.into()))?;
            let (done, answer) = oneshot::channel();
            let jobs = inner.jobs.take().ok_or(StateError::Closed)?;
            let job = Job::Snapshot { path: self.snapshot.clone(), bytes, done };
            jobs.send(job).map_err(|_| StateError::Closed)?;
            answer
        };
        answer.await.unwrap_or(Err(StateError::Closed))
    }
}

impl Inner {
    fn encode(
        &mut self,
        entries: Vec<Entry>,
        at: &str,
        run: &str,
        durable: u64,
    ) -> Result<Vec<u8>, StateError> {
        let mut bytes = Vec::new();
        for entry in entries {
            self.ledger.accept(&entry)?;
            self.seq += 1;
            let line =
                Line { seq: self.seq, at: at.to_owned(), run: run.to_owned(), durable, entry };
            segment::encode(&line, &mut bytes)
                .map_err(|error| StateError::io("written", "journal".into(), error.into()))?;
        }
        Ok(bytes)
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
        f.debug_struct("Journal").field("run", &self.run).field("segment", &self.segment).finish()
    }
}

//! The thread that writes the journal: whoever waits at the same time shares one segment.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::lock::{Hold, Lock};
use super::objects::{Created, Objects};
use super::segment::{self, FORMAT_VERSION, Head, Segment, Stamped};
use super::{StateError, snapshot};

/// Tells the one who waits that it is durable.
pub(super) type Done = oneshot::Sender<Result<(), StateError>>;

/// One thing to write.
pub(super) enum Job {
    /// Entries of the journal.
    Entries { entries: Vec<Stamped>, done: Done },
    /// A snapshot, after all that came before.
    Snapshot { name: String, bytes: Vec<u8>, done: Done },
}

/// What the writer tells about itself while it works.
#[derive(Debug)]
pub(super) struct Gauge {
    head: Mutex<Head>,
    /// How many objects were written.
    pub writes: AtomicU64,
}

impl Gauge {
    pub fn of(head: Head) -> Self {
        Self { head: Mutex::new(head), writes: AtomicU64::new(0) }
    }

    /// Returns the last segment that is durable.
    pub fn head(&self) -> Head {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn advance(&self, head: Head) {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }
}

pub(super) struct Writer {
    runtime: Runtime,
    objects: Objects,
    hold: Arc<Hold>,
    token: u64,
    run: String,
    gauge: Arc<Gauge>,
    /// After a failure nothing more is written: nobody knows what became of what failed.
    failed: Option<StateError>,
}

impl Writer {
    /// Returns the writer of a run.
    ///
    /// # Errors
    ///
    /// Where its runtime cannot be started, or the store not be opened.
    pub fn new(lock: &Lock, run: &str, gauge: Arc<Gauge>) -> Result<Self, StateError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StateError::io("written", "journal".into(), error))?;
        Ok(Self {
            runtime,
            objects: Objects::open(lock.location())?,
            hold: lock.hold(),
            token: lock.token(),
            run: run.to_owned(),
            gauge,
            failed: None,
        })
    }

    /// Writes until nobody can send any more.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut entries = Vec::new();
            let mut waiting = Vec::new();
            let mut snapshots = Vec::new();
            for job in std::iter::once(first).chain(jobs.try_iter()) {
                match job {
                    Job::Entries { entries: more, done } => {
                        entries.extend(more);
                        waiting.push(done);
                    }
                    Job::Snapshot { name, bytes, done } => snapshots.push((name, bytes, done)),
                }
            }
            let written = self.write_entries(entries);
            for done in waiting {
                // Whoever no longer waits needs no answer.
                let _ = done.send(written.clone());
            }
            for (name, bytes, done) in snapshots {
                let _ = done.send(self.write_snapshot(&name, bytes));
            }
        }
    }

    fn write_entries(&mut self, entries: Vec<Stamped>) -> Result<(), StateError> {
        if entries.is_empty() {
            return Ok(());
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.write_segment(entries).inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn write_segment(&self, entries: Vec<Stamped>) -> Result<(), StateError> {
        self.hold.check()?;
        let head = self.gauge.head();
        let number = head.segment + 1;
        let segment = Segment {
            format_version: FORMAT_VERSION.to_owned(),
            segment: number,
            previous: head.link,
            token: self.token,
            run: self.run.clone(),
            entries,
        };
        let name = segment::name(number);
        let (bytes, link) = segment
            .encode()
            .map_err(|error| StateError::io("written", &self.objects.place(&name), error.into()))?;
        self.gauge.writes.fetch_add(1, Ordering::Relaxed);
        match self.runtime.block_on(self.objects.create(&name, bytes))? {
            Created::New => {
                self.gauge.advance(Head { segment: number, link });
                // Who slept while it was written makes no call that it announces.
                self.hold.check()
            }
            // Only who has taken the lock since can have written here.
            Created::Taken => Err(self.hold.lost()),
        }
    }

    fn write_snapshot(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), StateError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.hold.check()?;
        self.gauge.writes.fetch_add(1, Ordering::Relaxed);
        self.runtime.block_on(async {
            // One of that name is there already: it holds the same.
            self.objects.create(name, bytes).await?;
            snapshot::tidy(&self.objects).await
        })
    }
}

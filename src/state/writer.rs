//! The thread that writes a segment: whoever waits at the same time shares one write and one sync.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use camino::Utf8PathBuf;
use tokio::sync::oneshot;

use super::{StateError, snapshot};

/// Tells the one who waits that it is on the disk.
pub(super) type Done = oneshot::Sender<Result<(), StateError>>;

/// One thing to write.
pub(super) enum Job {
    /// Lines of the segment.
    Lines {
        /// The lines.
        bytes: Vec<u8>,
        /// The number of the last of them.
        last: u64,
        /// Who waits.
        done: Done,
    },
    /// A snapshot, after all that came before.
    Snapshot {
        /// Its file.
        path: Utf8PathBuf,
        /// Its contents.
        bytes: Vec<u8>,
        /// Who waits.
        done: Done,
    },
}

/// What the writer tells about itself while it works.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    /// The last line that is durable.
    pub durable: AtomicU64,
    /// How many syncs there were.
    pub syncs: AtomicU64,
}

pub(super) struct Writer {
    pub path: Utf8PathBuf,
    pub file: File,
    pub gauge: Arc<Gauge>,
    /// After a failure nothing more is written: what follows would stand behind a torn line.
    pub failed: Option<StateError>,
}

impl Writer {
    /// Writes until nobody can send any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut bytes = Vec::new();
            let mut waiting = Vec::new();
            let mut last = 0;
            let mut snapshots = Vec::new();
            for job in std::iter::once(first).chain(jobs.try_iter()) {
                match job {
                    Job::Lines { bytes: lines, last: number, done } => {
                        bytes.extend(lines);
                        waiting.push(done);
                        last = number;
                    }
                    Job::Snapshot { path, bytes, done } => snapshots.push((path, bytes, done)),
                }
            }
            let written = self.write_lines(&bytes, last);
            for done in waiting {
                // Whoever no longer waits needs no answer.
                let _ = done.send(written.clone());
            }
            for (path, bytes, done) in snapshots {
                let _ = done.send(self.write_snapshot(&path, &bytes));
            }
        }
    }

    fn write_lines(&mut self, bytes: &[u8], last: u64) -> Result<(), StateError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        self.gauge.syncs.fetch_add(1, Ordering::Relaxed);
        match written {
            Ok(()) => {
                self.gauge.durable.store(last, Ordering::Release);
                Ok(())
            }
            Err(error) => {
                let error = StateError::io("written", &self.path, error);
                self.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    fn write_snapshot(&mut self, path: &camino::Utf8Path, bytes: &[u8]) -> Result<(), StateError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.gauge.syncs.fetch_add(1, Ordering::Relaxed);
        snapshot::write(path, bytes)
    }
}

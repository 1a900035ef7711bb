//! What the machine gives: how long a synced write takes, and the middle of many timings.

use std::fs::File;
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use criterion::Bencher;

/// Timings of one thing.
#[derive(Default)]
pub struct Timings(Vec<Duration>);

impl Timings {
    /// Times something once.
    pub fn once<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let result = black_box(work());
        self.0.push(begin.elapsed());
        result
    }

    /// Remembers what somebody else timed.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Lets criterion time something, and remembers what it saw.
    pub fn bench<T>(&mut self, bencher: &mut Bencher<'_>, mut work: impl FnMut() -> T) {
        bencher.iter_custom(|rounds| {
            (0..rounds)
                .map(|_| {
                    self.once(&mut work);
                    self.0.last().copied().unwrap_or_default()
                })
                .sum()
        });
    }

    /// Returns the shortest one.
    pub fn least(&self) -> Option<Duration> {
        self.0.iter().min().copied()
    }

    /// Returns the one in the middle; nothing was timed where criterion was only asked to list.
    pub fn median(&self) -> Option<Duration> {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted.get(sorted.len() / 2).copied()
    }
}

/// Returns how long the disk takes for a synced write of 4 KiB.
pub fn sync_latency() -> Duration {
    let mut file = tempfile::tempfile_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut timings = Timings::default();
    for _ in 0..200 {
        timings.once(|| write_synced(&mut file));
    }
    timings.median().unwrap()
}

fn write_synced(file: &mut File) {
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&[7; 4096]).unwrap();
    file.sync_data().unwrap();
}

/// Returns milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

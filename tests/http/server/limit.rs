//! So many calls per second, by a clock of the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use trectl::sim::serve::Options;

use super::bench::{Bench, bytes};

#[test]
fn what_is_beyond_the_limit_is_refused_until_time_passes() {
    let millis = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&millis);
    let stopwatch = Arc::new(move || Duration::from_millis(clock.load(Ordering::SeqCst)));
    let bench = Bench::with(Options { limit: 2, stopwatch, ..Options::default() });
    let mut connection = bench.connect();
    let mut codes = || [(); 3].map(|()| connection.call("/system/whoami", json!({})).code());
    assert_eq!(codes(), [200, 200, 429]);
    assert_eq!(codes(), [429, 429, 429]);
    millis.store(500, Ordering::SeqCst);
    assert_eq!(codes(), [200, 429, 429]);
    millis.store(60_000, Ordering::SeqCst);
    assert_eq!(codes(), [200, 200, 429]);
    let refused = connection.call("/tre-b/destroy", json!({}));
    refused.refuses(429, "RateLimitConditional");
    assert!(!refused.headers.contains_key("retry-after"), "{:?}", refused.headers);
    assert_eq!(refused.headers.keys().filter(|name| name.contains("limit")).count(), 0);
    connection.send(bytes("/system/whoami", "{}").replace("of-amara", "of-sol"));
    assert_eq!(connection.answer().code(), 200, "another account has a limit of its own");
}

#[test]
fn no_limit_takes_every_call() {
    let stopwatch = Arc::new(|| Duration::ZERO);
    let bench = Bench::with(Options { limit: 0, stopwatch, ..Options::default() });
    let mut connection = bench.connect();
    for _ in 0..500 {
        assert_eq!(connection.call("/system/whoami", json!({})).code(), 200);
    }
}

#[test]
fn two_hundred_calls_are_taken_at_once_unless_told_otherwise() {
    let stopwatch = Arc::new(|| Duration::ZERO);
    let bench = Bench::with(Options { stopwatch, ..Options::default() });
    let mut connection = bench.connect();
    let codes: Vec<_> =
        (0..201).map(|_| connection.call("/system/whoami", json!({})).code()).collect();
    assert_eq!(codes.iter().position(|code| *code == 429), Some(200));
}

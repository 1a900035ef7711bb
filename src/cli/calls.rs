//! The calls of a run: counted with `-v`, named with `-vv`, shown with `-vvv`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryFutureExt as _;
use serde_json::Value;

use super::progress::Screen;
use super::settings::Settings;
use crate::api::{Event, Observer};
use crate::diag::escape_control;
use crate::plan::render::Verbosity;
use crate::platform::{Pending, PlatformError, Receipt, Transport};

/// How much of a body is shown.
const SHOWN: usize = 2_000;
/// Shorter waits are not worth a line.
const LONG: Duration = Duration::from_secs(2);

/// How many calls were made, by the last word of their routes.
#[derive(Debug, Default)]
pub struct Tally {
    calls: Mutex<BTreeMap<String, u64>>,
    again: AtomicU64,
}

impl Tally {
    fn count(&self, route: &str) {
        let method = route.rsplit('/').next().unwrap_or(route);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(method.to_owned()).or_default() += 1;
    }

    /// Returns how many calls were made.
    pub fn total(&self) -> u64 {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Returns the figures in a line, or `None` where no call was made.
    pub fn line(&self) -> Option<String> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut each: Vec<(&String, &u64)> = calls.iter().collect();
        each.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let all: u64 = calls.values().sum();
        let each: Vec<String> =
            each.into_iter().map(|(method, count)| format!("{count} {method}")).collect();
        let again = match self.again.load(Ordering::Relaxed) {
            0 => String::new(),
            again => format!(", {again} times made again"),
        };
        (all > 0).then(|| format!("Calls: {all} ({}){again}.", each.join(", ")))
    }
}

/// Counts the calls that go through.
pub struct Counted<T> {
    inner: T,
    tally: Arc<Tally>,
    screen: Arc<Screen>,
    /// How much is told here; 0 where the transport tells by itself.
    trace: u8,
}

impl<T: Transport> Counted<T> {
    /// Counts calls.
    pub fn new(inner: T, settings: &Settings) -> Self {
        let (tally, screen) = (Arc::clone(&settings.calls), Arc::clone(&settings.screen));
        Self { inner, tally, screen, trace: 0 }
    }

    /// Counts calls and tells of them as well, for a transport that does not tell by itself.
    pub fn telling(inner: T, settings: &Settings) -> Self {
        Self { trace: settings.trace, ..Self::new(inner, settings) }
    }
}

impl<T: Transport> Transport for Counted<T> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(self.post_with_receipt(route, input).map_ok(|(answer, _)| answer))
    }

    fn post_with_receipt<'a>(
        &'a self,
        route: &'a str,
        input: Value,
    ) -> Pending<'a, (Value, Receipt)> {
        self.tally.count(route);
        if self.trace < 2 {
            return self.inner.post_with_receipt(route, input);
        }
        Box::pin(async move {
            if self.trace >= 3 {
                tell(&self.screen, &format!("call {route}: {}", start(&input.to_string())));
            }
            let begin = Instant::now();
            let answer = self.inner.post_with_receipt(route, input).await;
            let took = begin.elapsed().as_millis();
            let line = match &answer {
                Ok((body, _)) if self.trace >= 3 => {
                    format!("answer of {route}, {took} ms: {}", start(&body.to_string()))
                }
                Ok(_) => format!("answer of {route}, {took} ms"),
                Err(error) => format!("no success of {route}, {took} ms: {error}"),
            };
            tell(&self.screen, &line);
            answer
        })
    }
}

/// Returns what tells of the attempts of calls over HTTP.
pub fn observer(settings: &Settings) -> Observer {
    let (trace, tally) = (settings.trace, Arc::clone(&settings.calls));
    let screen = Arc::clone(&settings.screen);
    let notices = Notices::new(settings);
    Arc::new(move |event| {
        let line = match event {
            Event::Waiting { wait, left, error, .. } => {
                tally.again.fetch_add(1, Ordering::Relaxed);
                notices.are_due(*wait, Instant::now()).then(|| waiting(error, *wait, *left))
            }
            _ => line(event, trace),
        };
        if let Some(line) = line {
            tell(&screen, &line);
        }
    })
}

/// Which waits are told of.
struct Notices {
    trace: u8,
    is_quiet: bool,
    /// Until when the last notice holds. Many calls wait for the same thing, and one line says it.
    held: Mutex<Option<Instant>>,
}

impl Notices {
    fn new(settings: &Settings) -> Self {
        let is_quiet = settings.verbosity == Verbosity::Quiet;
        Self { trace: settings.trace, is_quiet, held: Mutex::new(None) }
    }

    fn are_due(&self, wait: Duration, now: Instant) -> bool {
        if self.trace >= 2 {
            return true;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_quiet || wait <= LONG || held.is_some_and(|held| now < held) {
            return false;
        }
        *held = now.checked_add(wait);
        true
    }
}

fn tell(screen: &Screen, line: &str) {
    screen.say(&escape_control(line));
}

/// Says that a call is made again, when, and how long that goes on.
fn waiting(error: &PlatformError, wait: Duration, left: Duration) -> String {
    let left = left.saturating_add(Duration::from_millis(500)).as_secs();
    let left = jiff::SignedDuration::from_secs(i64::try_from(left).unwrap_or(i64::MAX));
    let wait = wait.as_secs_f64();
    format!("{error} Trying again in {wait:.1} s, and for {left:#} at most.")
}

fn line(event: &Event<'_>, trace: u8) -> Option<String> {
    match event {
        Event::Sent { route, attempt, body } => {
            (trace >= 3).then(|| format!("call {route}, attempt {attempt}: {}", start(body)))
        }
        Event::Answered { route, attempt, status, request_id, took, body } => {
            let id = request_id.map_or_else(String::new, |id| format!(" [request {id}]"));
            let text = format!(
                "answer {status} of {route}, attempt {attempt}, {} ms{id}",
                took.as_millis()
            );
            match trace {
                0 | 1 => None,
                2 => Some(text),
                _ => Some(format!("{text}: {}", start(body))),
            }
        }
        Event::Failed { route, attempt, took, error } => (trace >= 2).then(|| {
            let took = took.as_millis();
            format!("no answer of {route}, attempt {attempt}, {took} ms: {}", error.message)
        }),
        Event::Waiting { .. } => None,
    }
}

fn start(body: &str) -> String {
    match body.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", body.get(..end).unwrap_or(body), body.len()),
        None => body.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_method_the_most_frequent_first() {
        let tally = Tally::default();
        assert_eq!(tally.line(), None);
        for route in ["/system/whoami", "/tre-a/describe", "/tre-b/describe"] {
            tally.count(route);
        }
        assert_eq!(tally.line().unwrap(), "Calls: 3 (2 describe, 1 whoami).");
        tally.again.fetch_add(2, Ordering::Relaxed);
        assert_eq!(tally.line().unwrap(), "Calls: 3 (2 describe, 1 whoami), 2 times made again.");
    }

    #[test]
    fn one_notice_stands_for_all_that_wait_meanwhile() {
        let notices = |trace, is_quiet| Notices { trace, is_quiet, held: Mutex::new(None) };
        let (short, long) = (Duration::from_secs(1), Duration::from_secs(8));
        let now = Instant::now();
        let normal = notices(0, false);
        assert!(!normal.are_due(short, now));
        assert!(normal.are_due(long, now));
        assert!(!normal.are_due(long, now + short));
        assert!(normal.are_due(long, now + long));
        assert!(!notices(0, true).are_due(long, now));
        let loud = notices(2, false);
        assert!(loud.are_due(short, now) && loud.are_due(short, now));
    }

    #[test]
    fn a_notice_says_why_when_and_how_long() {
        let kind = crate::platform::PlatformErrorKind::ServiceUnavailable;
        let mut error = PlatformError::new("/system/whoami", kind, "Back soon.");
        error.status = Some(503);
        assert_eq!(
            waiting(&error, Duration::from_secs(8), Duration::from_secs(592)),
            "`/system/whoami` answered 503 ServiceUnavailable: Back soon. Trying again in 8.0 s, \
             and for 9m 52s at most."
        );
    }

    #[test]
    fn a_body_is_cut_between_characters() {
        assert_eq!(start("short"), "short");
        let cut = start(&"é".repeat(SHOWN + 1));
        assert!(cut.ends_with("… (4002 bytes)"), "{cut}");
    }
}

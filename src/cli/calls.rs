//! The calls of a run: counted with `-v`, named with `-vv`, shown with `-vvv`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::output::print_talk;
use super::settings::Settings;
use crate::api::{Event, Observer};
use crate::diag::escape_control;
use crate::plan::render::Verbosity;
use crate::platform::{Pending, Transport};

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
    tells: bool,
}

impl<T: Transport> Counted<T> {
    /// Counts calls.
    pub fn new(inner: T, settings: &Settings) -> Self {
        Self { inner, tally: Arc::clone(&settings.calls), tells: false }
    }

    /// Counts calls and tells of them as well, for a transport that does not tell by itself.
    pub fn telling(inner: T, settings: &Settings) -> Self {
        Self { tells: settings.trace >= 2, ..Self::new(inner, settings) }
    }
}

impl<T: Transport> Transport for Counted<T> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        self.tally.count(route);
        if !self.tells {
            return self.inner.post(route, input);
        }
        Box::pin(async move {
            let begin = Instant::now();
            let answer = self.inner.post(route, input).await;
            let what = answer.as_ref().map_or_else(ToString::to_string, |_| "ok".to_owned());
            tell(&format!("call {route}: {what}, {} ms", begin.elapsed().as_millis()));
            answer
        })
    }
}

/// Returns what tells of the attempts of calls over HTTP.
pub fn observer(settings: &Settings) -> Observer {
    let (trace, tally) = (settings.trace, Arc::clone(&settings.calls));
    let is_quiet = settings.verbosity == Verbosity::Quiet;
    Arc::new(move |event| {
        if let Event::Waiting { .. } = event {
            tally.again.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(line) = line(event, trace, is_quiet) {
            tell(&line);
        }
    })
}

fn tell(line: &str) {
    print_talk(&escape_control(line));
}

fn line(event: &Event<'_>, trace: u8, is_quiet: bool) -> Option<String> {
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
        Event::Waiting { route: _, attempt: _, wait, error } => {
            let is_told = trace >= 2 || (*wait > LONG && !is_quiet);
            is_told.then(|| format!("{error} Trying again in {:.1} s.", wait.as_secs_f64()))
        }
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
    fn a_body_is_cut_between_characters() {
        assert_eq!(start("short"), "short");
        let cut = start(&"é".repeat(SHOWN + 1));
        assert!(cut.ends_with("… (4002 bytes)"), "{cut}");
    }
}

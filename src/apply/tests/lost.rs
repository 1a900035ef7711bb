//! Calls whose answer was lost: looked for, and made again where they had no effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::platform::{Call, PlatformErrorKind};
use crate::state::{Entry, Segment};

const LOST: PlatformErrorKind = PlatformErrorKind::NoAnswer;

/// Lets the first `times` calls of a route go wrong, and counts all of them.
fn first(times: usize, wanted: &'static str, fault: Fault) -> (bench::Rule, Arc<AtomicUsize>) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = made.clone();
    let rule: bench::Rule = Box::new(move |route| {
        if route == wanted && count.fetch_add(1, Ordering::SeqCst) < times {
            fault.clone()
        } else {
            Fault::None
        }
    });
    (rule, made)
}

/// Returns the intents and outcomes in the journal of a bench, in order.
async fn entries(bench: &Bench) -> Vec<String> {
    let mut found = Vec::new();
    let each = |segment: &Segment| {
        let entries = segment.entries.iter().map(|stamped| &stamped.entry);
        let steps =
            entries.filter(|entry| matches!(entry, Entry::Intent { .. } | Entry::Outcome { .. }));
        found.extend(steps.map(|entry| serde_json::to_string(entry).unwrap()));
    };
    bench.store().history(each).await.unwrap();
    found
}

fn wanted() -> [(&'static str, Vec<Call>); 1] {
    [("tre-a", whole_life())]
}

#[tokio::test]
async fn a_call_that_was_lost_on_its_way_is_made_again_within_its_intent() {
    for route in ["/tre/new", "/tre-a/setPolicies", "/tre-a/activate"] {
        for times in [1, 2] {
            let bench = Bench::new();
            let plan = bench.plan(&wanted()).await;
            let (rule, made) = first(times, route, Fault::Refuse(LOST));
            let transport = bench.transport(rule);
            let outcome = execute(bench.input(plan, &transport).await).await.unwrap();
            assert_eq!((outcome.counts().applied, outcome.counts().steps), (1, 15), "{outcome:?}");
            assert_eq!(made.load(Ordering::SeqCst), times + 1, "{route}");
            let effects = transport.effects.lock().unwrap().clone();
            assert_eq!(effects.len(), 15, "each has its effect once: {effects:?}");
            assert_eq!(entries(&bench).await.len(), 30, "one intent and one outcome for each step");
            assert!(bench.load().await.unsettled().is_empty());
        }
    }
}

#[tokio::test]
async fn what_took_effect_is_seen_and_not_made_again() {
    for route in ["/tre/new", "/tre-a/setPolicies", "/tre-a/activate"] {
        let bench = Bench::new();
        let plan = bench.plan(&wanted()).await;
        let (rule, made) = first(1, route, Fault::Garble(LOST));
        let transport = bench.transport(rule);
        let outcome = execute(bench.input(plan, &transport).await).await.unwrap();
        assert_eq!(outcome.counts().applied, 1, "{outcome:?}");
        assert_eq!(made.load(Ordering::SeqCst), 1, "{route}");
        assert_eq!(transport.effects.lock().unwrap().len(), 15);
    }
}

#[tokio::test]
async fn the_second_attempt_may_be_the_one_whose_effect_is_seen() {
    let bench = Bench::new();
    let plan = bench.plan(&wanted()).await;
    let calls = AtomicUsize::new(0);
    let rule: bench::Rule = Box::new(move |route| match route {
        "/tre/new" if calls.fetch_add(1, Ordering::SeqCst) == 0 => Fault::Refuse(LOST),
        "/tre/new" => Fault::Garble(LOST),
        _ => Fault::None,
    });
    let transport = bench.transport(rule);
    let outcome = execute(bench.input(plan, &transport).await).await.unwrap();
    assert_eq!(outcome.counts().applied, 1, "{outcome:?}");
    let effects = transport.effects.lock().unwrap().clone();
    assert_eq!(effects.iter().filter(|route| *route == "/tre/new").count(), 1);
}

#[tokio::test]
async fn three_times_lost_is_a_failure_that_is_known_to_have_no_effect() {
    let bench = Bench::after(&[("tre-a", whole_life())]).await;
    let (rule, made) = first(usize::MAX, "/tre-a/deactivate", Fault::Refuse(LOST));
    let outcome = bench.run(&[("tre-a", release())], rule).await;
    let report = &outcome.tres[&id("tre-a")];
    assert!(
        matches!(&report.result, TreResult::Failed { step: Some(step), .. } if !step.is_unknown),
        "{report:?}"
    );
    assert_eq!(made.load(Ordering::SeqCst), 3);
    assert!(!outcome.has_effect());
    assert_eq!(entries(&bench).await.len(), 2, "one intent, one outcome");
    assert!(bench.load().await.unsettled().is_empty());
}

#[tokio::test]
async fn only_what_was_lost_is_made_again() {
    for kind in [
        PlatformErrorKind::InternalError,
        PlatformErrorKind::ServiceUnavailable,
        PlatformErrorKind::UnexpectedAnswer,
        PlatformErrorKind::InvalidState,
    ] {
        let bench = Bench::new();
        let (rule, made) = first(usize::MAX, "/tre/new", Fault::Refuse(kind.clone()));
        let outcome = bench.run(&[("tre-a", vec![create()])], rule).await;
        assert!(outcome.has_failure());
        assert_eq!(made.load(Ordering::SeqCst), 1, "{kind}");
    }
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_not_made_again() {
    let bench = Bench::new();
    let made = Arc::new(AtomicUsize::new(0));
    let count = made.clone();
    let rule: bench::Rule = Box::new(move |route| match route {
        "/tre/new" => {
            count.fetch_add(1, Ordering::SeqCst);
            Fault::Refuse(LOST)
        }
        _ if count.load(Ordering::SeqCst) > 0 => {
            Fault::Refuse(PlatformErrorKind::ServiceUnavailable)
        }
        _ => Fault::None,
    });
    let outcome = bench.run(&[("tre-a", vec![create()])], rule).await;
    let report = &outcome.tres[&id("tre-a")];
    assert!(
        matches!(&report.result, TreResult::Failed { step: Some(step), .. } if step.is_unknown),
        "{report:?}"
    );
    assert_eq!(made.load(Ordering::SeqCst), 1);
    assert_eq!(bench.load().await.unsettled().len(), 1, "the next run finds out");
}

#[tokio::test]
async fn a_stopped_run_does_not_make_it_again() {
    let bench = Bench::new();
    let plan = bench.plan(&wanted()).await;
    let (rule, made) = first(usize::MAX, "/tre/new", Fault::Refuse(LOST));
    let mut input = bench.input(plan, &bench.transport(rule)).await;
    let cancel = input.cancel.clone();
    input.events = Arc::new(move |event| {
        if let Event::StepStarted { .. } = event {
            cancel.cancel();
        }
    });
    let outcome = execute(input).await.unwrap();
    assert!(matches!(outcome.stopped, Some(Stop::Interrupted)), "{outcome:?}");
    assert_eq!(made.load(Ordering::SeqCst), 1);
    assert!(bench.load().await.unsettled().is_empty());
}

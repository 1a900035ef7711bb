use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;
use crate::plan::TreChange;
use crate::platform::{Call, Wire};
use crate::state::StoredCall;

#[tokio::test]
async fn a_stop_ends_the_call_in_flight_and_begins_no_other() {
    for parallelism in [1, 2] {
        let bench = Bench::new();
        let plan = bench.plan(&[("tre-a", whole_life()), ("tre-b", whole_life())]).await;
        let mut input = bench.input(plan, &bench.transport(Box::new(|_| Fault::None))).await;
        input.parallelism = parallelism;
        let cancel = input.cancel.clone();
        input.events = Arc::new(move |event| {
            if let Event::StepStarted { step, .. } = event
                && step == "tre-a/2"
            {
                cancel.cancel();
            }
        });
        let outcome = execute(input).await.unwrap();
        assert!(matches!(outcome.stopped, Some(Stop::Interrupted)), "{outcome:?}");
        let report = &outcome.tres[&id("tre-a")];
        assert!(matches!(report.result, TreResult::Interrupted), "{report:?}");
        assert_eq!(report.done, 2);
        assert!(!outcome.has_failure());
        let loaded = bench.load().await;
        assert_eq!(loaded.progress()[&id("tre-a")].confirmed, 2);
        assert!(loaded.unsettled().is_empty());
        if parallelism == 1 {
            assert!(matches!(outcome.tres[&id("tre-b")].result, TreResult::NotStarted));
        }
    }
}

#[tokio::test]
async fn a_stop_before_the_first_step_does_nothing() {
    let bench = Bench::new();
    let plan = bench.plan(&[("tre-a", whole_life())]).await;
    let input = bench.input(plan, &bench.transport(Box::new(|_| Fault::None))).await;
    input.cancel.cancel();
    let outcome = execute(input).await.unwrap();
    assert_eq!(outcome.counts().not_started, 1);
    assert!(!outcome.has_effect() && bench.live("tre-a").await.is_none());
}

/// Runs a plan, and kills it when its `nth` changing call hangs.
async fn kill_at(bench: &Bench, calls: Vec<Call>, nth: usize, fault: Fault) -> Vec<String> {
    let plan = bench.plan(&[("tre-a", calls)]).await;
    let reached = Arc::new(Notify::new());
    let told = reached.clone();
    let count = AtomicUsize::new(0);
    let transport = bench.transport(Box::new(move |route| {
        if bench::is_reading(route) || count.fetch_add(1, Ordering::SeqCst) != nth {
            return Fault::None;
        }
        told.notify_one();
        fault.clone()
    }));
    tokio::select! {
        biased;
        outcome = execute(bench.input(plan, &transport).await) => panic!("not killed: {outcome:?}"),
        () = killed(&reached) => {}
    }
    // The tasks of the run are gone once they have been told so.
    while Arc::strong_count(&transport) > 1 {
        tokio::task::yield_now().await;
    }
    transport.effects.lock().unwrap().clone()
}

/// Gives a call that hangs after its effect the time to have it.
async fn killed(reached: &Notify) {
    reached.notified().await;
    tokio::task::yield_now().await;
}

/// Plans what is left by the journal, and goes on.
async fn go_on(bench: &Bench, all: &[Call]) -> Vec<String> {
    let mut loaded = bench.load().await;
    let reader = Wire(bench.platform.clone());
    loaded.settle(&crate::live::read(&reader, None).await.unwrap()).unwrap();
    let stored: Vec<StoredCall> =
        all.iter().map(|call| StoredCall::of(&id("tre-a"), call)).collect();
    let rest = loaded.progress().get(&id("tre-a")).map_or(stored.as_slice(), |it| it.rest());
    let rest: Vec<Call> = rest.iter().map(|call| call.call().unwrap()).collect();
    let mut plan = bench.plan(&[("tre-a", rest)]).await;
    plan.resource_changes[0].digest = "sha256:planned again".to_owned();
    let transport = bench.transport(Box::new(|_| Fault::None));
    let input = bench.input_after(loaded, plan, &transport).await;
    let outcome = execute(input).await.unwrap();
    assert!(!outcome.has_failure(), "{outcome:?}");
    transport.effects.lock().unwrap().clone()
}

#[tokio::test]
async fn a_run_that_is_killed_anywhere_is_finished_by_the_next_one_and_nothing_is_done_twice() {
    let gone = vec![Call::Deactivate, Call::Delete];
    for calls in [whole_life(), [whole_life(), release(), gone].concat()] {
        killed_anywhere(calls).await;
    }
}

async fn killed_anywhere(calls: Vec<Call>) {
    let routes: Vec<String> = calls.iter().map(|call| call.route(&id("tre-a"))).collect();
    let undisturbed = Bench::new();
    undisturbed.run(&[("tre-a", calls.clone())], Box::new(|_| Fault::None)).await;
    let expected = end_state(&undisturbed, "tre-a").await;
    for nth in 0..calls.len() {
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            let about = format!("killed at call {nth}, {fault:?}");
            let bench = Bench::new();
            let mut made = kill_at(&bench, calls.clone(), nth, fault).await;
            made.extend(go_on(&bench, &calls).await);
            assert_eq!(made, routes, "{about}");
            let end = end_state(&bench, "tre-a").await;
            assert_eq!(end, expected, "{about}");
        }
    }
}

#[tokio::test]
async fn only_the_steps_that_are_left_of_that_very_plan_are_its_rest() {
    let bench = Bench::new();
    let saved = bench.plan(&[("tre-a", whole_life())]).await.resource_changes.remove(0);
    assert!(!is_rest(&bench.load().await, &saved, &saved), "nothing was begun");
    kill_at(&bench, whole_life(), 3, Fault::HangBefore).await;
    let mut loaded = bench.load().await;
    let reader = Wire(bench.platform.clone());
    loaded.settle(&crate::live::read(&reader, None).await.unwrap()).unwrap();
    for (from, expected) in [(2, false), (3, true), (4, false)] {
        let mut fresh = saved.clone();
        fresh.digest = "sha256:planned again".to_owned();
        fresh.steps.drain(..from);
        assert_eq!(is_rest(&loaded, &saved, &fresh), expected, "from step {from}");
        let other = TreChange { digest: "sha256:other".to_owned(), ..saved.clone() };
        assert!(!is_rest(&loaded, &other, &fresh), "another plan");
    }
}

#[tokio::test]
async fn a_plan_that_was_interrupted_keeps_its_digest_until_it_is_done() {
    let bench = Bench::new();
    kill_at(&bench, whole_life(), 3, Fault::HangBefore).await;
    let mut loaded = bench.load().await;
    let reader = Wire(bench.platform.clone());
    loaded.settle(&crate::live::read(&reader, None).await.unwrap()).unwrap();
    let rest: Vec<Call> =
        loaded.progress()[&id("tre-a")].rest().iter().map(|call| call.call().unwrap()).collect();
    drop(bench.begin(loaded).await);
    kill_at(&bench, rest, 2, Fault::HangBefore).await;
    let progress = bench.load().await.progress()[&id("tre-a")].clone();
    assert_eq!((progress.confirmed, progress.steps.len()), (5, whole_life().len()));
    assert_eq!(progress.digest, "sha256:tre-a");
}

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::platform::{Call, Operation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_tres_are_in_maintenance_at_once_than_allowed() {
    let names: Vec<String> = (0..8).map(|number| format!("tre-{number}")).collect();
    let each = |calls: fn() -> Vec<Call>| {
        names.iter().map(|name| (name.as_str(), calls())).collect::<Vec<_>>()
    };
    for allowed in [1, 3] {
        let bench = Bench::after(&each(whole_life)).await;
        let mut wanted = each(release);
        wanted.push(("tre-new", whole_life()));
        let plan = bench.plan(&wanted).await;
        let mut input = bench.input(plan, &bench.transport(Box::new(|_| Fault::None))).await;
        input.parallelism = 4;
        input.open_windows = allowed;
        let open = Arc::new(Mutex::new((0_usize, 0_usize)));
        let seen = open.clone();
        input.events = Arc::new(move |event| {
            let mut open = seen.lock().unwrap();
            match event {
                Event::StepStarted { operation: Operation::Deactivate, .. } => open.0 += 1,
                Event::StepDone { operation: Operation::Reactivate, .. } => open.0 -= 1,
                _ => {}
            }
            open.1 = open.1.max(open.0);
        });
        let outcome = execute(input).await.unwrap();
        assert_eq!(outcome.counts().applied, 9, "{outcome:?}");
        let (still_open, most) = *open.lock().unwrap();
        assert_eq!(still_open, 0);
        assert!((1..=allowed).contains(&most), "{most} at once, {allowed} allowed");
    }
}

#[tokio::test]
async fn who_waits_for_a_window_lets_others_work() {
    let names = ["tre-a", "tre-b", "tre-c"];
    let bench = Bench::after(&names.map(|name| (name, whole_life()))).await;
    let mut wanted: Vec<_> = names.iter().map(|name| (*name, release())).collect();
    wanted.push(("tre-new", vec![create()]));
    let plan = bench.plan(&wanted).await;
    let mut input = bench.input(plan, &bench.transport(Box::new(|_| Fault::None))).await;
    input.parallelism = 2;
    let order = Arc::new(Mutex::new(Vec::new()));
    let ended = order.clone();
    input.events = Arc::new(move |event| {
        if let Event::TreDone { tre, .. } = event {
            ended.lock().unwrap().push(tre.to_string());
        }
    });
    execute(input).await.unwrap();
    assert_ne!(order.lock().unwrap().last().map(String::as_str), Some("tre-new"));
}

#[tokio::test]
async fn no_more_tres_are_worked_on_at_once_than_allowed() {
    let bench = Bench::new();
    let names: Vec<String> = (0..12).map(|number| format!("tre-{number}")).collect();
    let wanted: Vec<_> = names.iter().map(|name| (name.as_str(), whole_life())).collect();
    let plan = bench.plan(&wanted).await;
    let mut input = bench.input(plan, &bench.transport(Box::new(|_| Fault::None))).await;
    input.parallelism = 3;
    let working = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let seen = working.clone();
    input.events = Arc::new(move |event| match event {
        Event::TreStarted { .. } => {
            let now = seen.0.fetch_add(1, Ordering::SeqCst) + 1;
            seen.1.fetch_max(now, Ordering::SeqCst);
        }
        Event::TreDone { .. } => {
            seen.0.fetch_sub(1, Ordering::SeqCst);
        }
        _ => {}
    });
    let outcome = execute(input).await.unwrap();
    assert_eq!(outcome.counts().applied, 12);
    assert_eq!(working.1.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_window_that_an_earlier_run_left_open_counts() {
    let half = vec![Call::Deactivate];
    let bench = Bench::after(&[("tre-a", whole_life()), ("tre-b", whole_life())]).await;
    bench.run(&[("tre-b", half)], Box::new(|_| Fault::None)).await;
    let rest: Vec<Call> = release().into_iter().skip(1).collect();
    let plan = bench.plan(&[("tre-a", release()), ("tre-b", rest)]).await;
    let transport = bench.transport(Box::new(|_| Fault::None));
    let outcome = execute(bench.input(plan, &transport).await).await.unwrap();
    assert_eq!(outcome.counts().applied, 2, "{outcome:?}");
    let effects = transport.effects.lock().unwrap().clone();
    let place = |route: &str| effects.iter().position(|effect| effect == route).unwrap();
    assert!(place("/tre-b/activate") < place("/tre-a/deactivate"), "{effects:?}");
}

#[tokio::test]
async fn a_deactivation_that_failed_gives_its_window_back() {
    let bench = Bench::after(&[("tre-a", whole_life()), ("tre-b", whole_life())]).await;
    let refuse: bench::Rule = Box::new(|route| match route {
        "/tre-a/deactivate" => Fault::Refuse(crate::platform::PlatformErrorKind::InvalidState),
        _ => Fault::None,
    });
    let outcome = bench.run(&[("tre-a", release()), ("tre-b", release())], refuse).await;
    let counts = outcome.counts();
    assert_eq!((counts.applied, counts.failed, counts.no_window), (1, 1, 0), "{outcome:?}");
}

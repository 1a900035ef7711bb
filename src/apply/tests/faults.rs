use super::*;
use crate::platform::{Call, PlatformErrorKind};

fn at(wanted: &'static str, fault: Fault) -> bench::Rule {
    Box::new(move |route| if route == wanted { fault.clone() } else { Fault::None })
}

#[tokio::test]
async fn a_tre_stops_at_its_first_failure_and_the_others_go_on() {
    let bench = Bench::new();
    let wanted = [("tre-a", whole_life()), ("tre-b", vec![create()])];
    let refuse = Fault::Refuse(PlatformErrorKind::PermissionDenied);
    let outcome = bench.run(&wanted, at("/tre-a/setInventory", refuse)).await;
    let report = &outcome.tres[&id("tre-a")];
    let TreResult::Failed { step: Some(step), error } = &report.result else {
        panic!("{report:?}")
    };
    assert_eq!((step.id.as_str(), step.is_unknown, report.done), ("tre-a/3", false, 2));
    assert_eq!(step.route, "/tre-a/setInventory");
    assert!(error.to_string().contains("PermissionDenied"), "{error}");
    assert_eq!(outcome.counts().applied, 1);
    assert!(outcome.has_effect() && outcome.has_failure() && outcome.stopped.is_none());
    let loaded = bench.load().await;
    assert_eq!(loaded.progress()[&id("tre-a")].confirmed, 2);
    assert_eq!(loaded.applied()[&id("tre-a")].inventory, None);
}

#[tokio::test]
async fn a_failure_without_effect_leaves_no_trace() {
    let bench = Bench::new();
    let refuse = Fault::Refuse(PlatformErrorKind::SpendingLimitExceeded);
    let outcome = bench.run(&[("tre-a", vec![create()])], at("/tre/new", refuse)).await;
    assert!(outcome.has_failure() && !outcome.has_effect());
    let loaded = bench.load().await;
    assert!(loaded.applied().is_empty() && loaded.progress().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_reading_whatever_the_call() {
    for kind in [PlatformErrorKind::ServiceUnavailable, PlatformErrorKind::InvalidState] {
        let bench = Bench::new();
        for calls in [whole_life(), release(), vec![Call::Deactivate], vec![Call::Delete]] {
            let kind = kind.clone();
            let rule: bench::Rule = Box::new(move |route| match bench::is_reading(route) {
                true => Fault::None,
                false => Fault::Garble(kind.clone()),
            });
            let steps = calls.len();
            let outcome = bench.run(&[("tre-a", calls)], rule).await;
            assert_eq!((outcome.counts().applied, outcome.counts().steps), (1, steps));
        }
        assert_eq!(end_state(&bench, "tre-a").await, (None, None));
    }
}

#[tokio::test]
async fn an_unavailable_platform_is_a_failure_of_the_step() {
    let bench = Bench::new();
    let unavailable = Fault::Refuse(PlatformErrorKind::ServiceUnavailable);
    let outcome =
        bench.run(&[("tre-a", whole_life())], at("/tre-a/setPolicies", unavailable)).await;
    let report = &outcome.tres[&id("tre-a")];
    assert!(
        matches!(&report.result, TreResult::Failed { step: Some(step), .. } if !step.is_unknown),
        "{report:?}"
    );
    assert!(bench.load().await.unsettled().is_empty());
}

#[tokio::test]
async fn what_nobody_can_tell_is_found_out_by_the_next_run() {
    for (fault, confirmed) in [
        (Fault::Garble(PlatformErrorKind::InternalError), 1),
        (Fault::Refuse(PlatformErrorKind::InternalError), 0),
    ] {
        let bench = Bench::after(&[("tre-a", whole_life())]).await;
        let is_cut = std::sync::atomic::AtomicBool::new(false);
        let rule: bench::Rule = Box::new(move |route| {
            use std::sync::atomic::Ordering::SeqCst;
            if route == "/tre-a/deactivate" {
                is_cut.store(true, SeqCst);
                return fault.clone();
            }
            match is_cut.load(SeqCst) {
                true => Fault::Refuse(PlatformErrorKind::ServiceUnavailable),
                false => Fault::None,
            }
        });
        let outcome = bench.run(&[("tre-a", release())], rule).await;
        let report = &outcome.tres[&id("tre-a")];
        assert!(
            matches!(&report.result, TreResult::Failed { step: Some(step), .. } if step.is_unknown),
            "{report:?}"
        );
        assert!(outcome.has_effect(), "it may have one");
        assert_eq!(outcome.left_in_maintenance().count(), 1, "it may be there");

        let mut loaded = bench.load().await;
        assert_eq!(loaded.unsettled().len(), 1);
        let reader = crate::platform::Wire(bench.platform.clone());
        loaded.settle(&crate::live::read(&reader, None).await.unwrap()).unwrap();
        assert_eq!(loaded.progress()[&id("tre-a")].confirmed, confirmed);
    }
}

#[tokio::test]
async fn a_failed_authentication_ends_the_run_for_all() {
    for route in ["/tre-b/describe", "/tre-b/setPolicies"] {
        let bench = Bench::new();
        let wanted =
            [("tre-a", vec![create()]), ("tre-b", whole_life()), ("tre-c", vec![create()])];
        let refuse = Fault::Refuse(PlatformErrorKind::InvalidAuthentication);
        let outcome = bench.run(&wanted, at(route, refuse)).await;
        assert!(matches!(outcome.stopped, Some(Stop::Authentication(_))), "{outcome:?}");
        let counts = outcome.counts();
        assert_eq!((counts.applied, counts.failed, counts.not_started), (1, 1, 1), "{route}");
        assert!(bench.live("tre-c").await.is_none());
    }
}

#[tokio::test]
async fn who_is_not_known_is_not_asked_what_became_of_a_call() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    let bench = Bench::after(&[("tre-a", whole_life())]).await;
    let readings = std::sync::Arc::new(AtomicUsize::new(0));
    let (count, is_refused) = (readings.clone(), AtomicUsize::new(0));
    let rule: bench::Rule = Box::new(move |route| {
        if bench::is_reading(route) {
            count.fetch_add(is_refused.load(SeqCst), SeqCst);
            return Fault::None;
        }
        is_refused.store(1, SeqCst);
        Fault::Refuse(PlatformErrorKind::InvalidAuthentication)
    });
    let outcome = bench.run(&[("tre-a", release())], rule).await;
    assert!(outcome.has_failure() && !outcome.has_effect());
    assert_eq!(readings.load(SeqCst), 0);
    assert!(bench.load().await.unsettled().is_empty());
}

#[tokio::test]
async fn a_refusal_is_believed_where_the_platform_cannot_be_asked() {
    let bench = Bench::after(&[("tre-a", whole_life())]).await;
    let is_refused = std::sync::atomic::AtomicBool::new(false);
    let rule: bench::Rule = Box::new(move |route| {
        use std::sync::atomic::Ordering::SeqCst;
        if route == "/tre-a/deactivate" {
            is_refused.store(true, SeqCst);
            return Fault::Refuse(PlatformErrorKind::InvalidState);
        }
        match is_refused.load(SeqCst) {
            true => Fault::Refuse(PlatformErrorKind::ServiceUnavailable),
            false => Fault::None,
        }
    });
    let outcome = bench.run(&[("tre-a", release())], rule).await;
    let report = &outcome.tres[&id("tre-a")];
    assert!(
        matches!(&report.result, TreResult::Failed { step: Some(step), .. } if !step.is_unknown),
        "{report:?}"
    );
    assert!(bench.load().await.unsettled().is_empty());
}

#[tokio::test]
async fn who_was_left_in_maintenance_is_named() {
    let bench =
        Bench::after(&[("tre-a", whole_life()), ("tre-b", whole_life()), ("tre-c", whole_life())])
            .await;
    let wanted = [("tre-a", release()), ("tre-b", vec![Call::Deactivate]), ("tre-c", release())];
    let refuse = Fault::Refuse(PlatformErrorKind::InvalidState);
    let outcome = bench.run(&wanted, at("/tre-a/activate", refuse)).await;
    assert_eq!(outcome.left_in_maintenance().collect::<Vec<_>>(), [&id("tre-a")]);
    // Its window stays open, so no other one is opened; who needs none goes on.
    let counts = outcome.counts();
    assert_eq!((counts.applied, counts.failed, counts.no_window), (1, 1, 1), "{outcome:?}");
    assert!(outcome.stopped.is_none());
}

#[tokio::test]
async fn no_call_is_made_that_the_journal_does_not_take() {
    let bench = Bench::after(&[("tre-a", vec![create()])]).await;
    let refuse = Fault::Refuse(PlatformErrorKind::InternalError);
    let is_read = std::sync::atomic::AtomicBool::new(false);
    let rule: bench::Rule = Box::new(move |route| {
        use std::sync::atomic::Ordering::SeqCst;
        let first_reading = route == "/tre-a/describe" && !is_read.swap(true, SeqCst);
        if first_reading { Fault::None } else { refuse.clone() }
    });
    bench.run(&[("tre-a", vec![bench::rename("X")])], rule).await;
    assert_eq!(bench.load().await.unsettled().len(), 1);

    let wanted = [("tre-a", vec![bench::rename("X")]), ("tre-b", vec![create()])];
    let plan = bench.plan(&wanted).await;
    let transport = bench.transport(Box::new(|_| Fault::None));
    let outcome = execute(bench.input(plan, &transport).await).await.unwrap();
    assert!(matches!(outcome.stopped, Some(Stop::Journal(_))), "{outcome:?}");
    assert!(outcome.has_failure() && !outcome.has_effect());
    assert!(transport.effects.lock().unwrap().is_empty());
    assert_eq!(bench.load().await.unsettled().len(), 1, "it waits for being settled");
}

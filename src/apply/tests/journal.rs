use std::sync::Arc;

use super::*;
use crate::model::{AppliedTre, TreState};
use crate::plan::Status;
use crate::platform::Call;
use crate::state::TreEnd;

fn no_fault() -> bench::Rule {
    Box::new(|_| Fault::None)
}

#[tokio::test]
async fn a_plan_is_executed_and_recorded() {
    let bench = Bench::new();
    let wanted = [("tre-a", whole_life()), ("tre-b", vec![create()])];
    let outcome = bench.run(&wanted, no_fault()).await;
    let counts = outcome.counts();
    assert_eq!((counts.applied, counts.steps), (2, 16), "{outcome:?}");
    assert!(!outcome.has_failure() && outcome.has_effect() && outcome.stopped.is_none());

    let live = bench.live("tre-a").await.unwrap();
    assert_eq!(live.state, TreState::Active);
    let loaded = bench.load().await;
    let record = &loaded.applied()[&id("tre-a")];
    assert_eq!(record.state, TreState::Active);
    assert_eq!(record.name.as_deref(), Some("Genomics"));
    assert_eq!(record.authorized_users.as_ref().map(|list| list.len()), Some(0));
    assert_eq!(record.inventory, live.inventory);
    assert!(loaded.progress().is_empty() && loaded.unsettled().is_empty());
}

#[tokio::test]
async fn the_whole_record_is_written_once_a_tre_is_as_planned() {
    let bench = Bench::after(&[("tre-b", vec![create()]), ("tre-c", vec![create()])]).await;
    let mut plan = bench.plan(&[("tre-a", vec![create()]), ("tre-b", vec![Call::Delete])]).await;
    plan.resource_changes.extend(bench.plan(&[("tre-c", vec![])]).await.resource_changes);
    let record = |name: &str| AppliedTre {
        description: Some(name.to_owned()),
        ..AppliedTre::of_state(TreState::Draft)
    };
    let transport = bench.transport(no_fault());
    let mut input = bench.input(plan, &transport).await;
    input.records = [(id("tre-a"), Some(record("a"))), (id("tre-c"), Some(record("c")))].into();
    execute(input).await.unwrap();
    let expected = [(id("tre-a"), record("a")), (id("tre-c"), record("c"))];
    assert_eq!(*bench.load().await.applied(), expected.into());
}

#[tokio::test]
async fn only_what_is_ready_is_executed() {
    let bench = Bench::new();
    for status in [Status::Unconsented, Status::Blocked, Status::Orphaned, Status::Released] {
        let mut plan = bench.plan(&[("tre-a", vec![create()])]).await;
        plan.resource_changes[0].status = status;
        let outcome = bench.execute(plan, no_fault()).await;
        assert!(outcome.tres.is_empty(), "{status:?}");
        assert!(bench.live("tre-a").await.is_none(), "{status:?}");
    }
}

#[tokio::test]
async fn a_plan_that_was_read_from_a_file_is_not_executed() {
    let bench = Bench::new();
    let mut plan = bench.plan(&[("tre-a", vec![create()]), ("tre-b", vec![create()])]).await;
    plan.resource_changes[1].steps[0].call = None;
    let input = bench.input(plan, &bench.transport(no_fault())).await;
    let error = execute(input).await.unwrap_err();
    assert_eq!(error, ApplyError::NoCall { step: "tre-b/1".to_owned() });
    assert!(bench.live("tre-a").await.is_none());
}

#[tokio::test]
async fn nothing_is_done_to_a_tre_that_moved_since_it_was_planned() {
    let moved = || vec![bench::rename("Moved")];
    let cases = [
        (vec![create()], vec![bench::rename("Planned")], moved(), "/name"),
        (vec![], vec![create()], vec![create()], "/id"),
        (vec![create()], vec![Call::Delete], vec![Call::Delete], "/id"),
    ];
    for (before, planned, meanwhile, path) in cases {
        let bench = Bench::after(&[("tre-a", before)]).await;
        let plan = bench.plan(&[("tre-a", planned), ("tre-b", vec![create()])]).await;
        for call in meanwhile {
            bench::Faulty::make(&bench.platform, "tre-a", &call);
        }
        let there = bench.live("tre-a").await;
        let outcome = bench.execute(plan, no_fault()).await;
        let TreResult::Changed { paths } = &outcome.tres[&id("tre-a")].result else {
            panic!("{outcome:?}")
        };
        assert_eq!(*paths, [path]);
        assert_eq!(bench.live("tre-a").await, there);
        assert!(outcome.has_failure());
        assert_eq!(outcome.counts().applied, 1, "the other one goes on");
    }
}

#[tokio::test]
async fn what_is_read_back_differently_is_told() {
    let bench = Bench::new();
    let platform = bench.platform.clone();
    let plan = bench.plan(&[("tre-a", whole_life())]).await;
    let mut input = bench.input(plan, &bench.transport(no_fault())).await;
    input.records = [(id("tre-a"), Some(AppliedTre::of_state(TreState::Draft)))].into();
    input.events = Arc::new(move |event| {
        if let Event::StepDone { step, .. } = event
            && step == "tre-a/15"
        {
            bench::Faulty::make(&platform, "tre-a", &bench::rename("Somebody's"));
        }
    });
    let outcome = execute(input).await.unwrap();
    let report = &outcome.tres[&id("tre-a")];
    assert!(
        matches!(&report.result, TreResult::ReadBackDiffers { paths } if *paths == ["/name"]),
        "{report:?}"
    );
    assert!(outcome.has_failure());
    let loaded = bench.load().await;
    assert_eq!(loaded.applied()[&id("tre-a")].name.as_deref(), Some("Genomics"));
    assert!(loaded.progress().is_empty());
}

#[tokio::test]
async fn a_step_that_is_executed_twice_has_the_effect_of_once() {
    let mut ends = Vec::new();
    for repetition in [Repetition::Once, Repetition::Twice] {
        let bench = Bench::new();
        for calls in [whole_life(), release(), vec![Call::Deactivate], vec![Call::Delete]] {
            let plan = bench.plan(&[("tre-a", calls)]).await;
            let mut input = bench.input(plan, &bench.transport(no_fault())).await;
            input.repetition = repetition;
            let outcome = execute(input).await.unwrap();
            assert_eq!(outcome.counts().applied, 1, "{repetition:?}: {outcome:?}");
            ends.push(end_state(&bench, "tre-a").await);
        }
    }
    let (once, twice) = ends.split_at(4);
    assert_eq!(once, twice);
}

#[tokio::test]
async fn events_tell_the_run_in_order() {
    let bench = Bench::new();
    let plan = bench.plan(&[("tre-a", vec![create(), bench::rename("X")])]).await;
    let mut input = bench.input(plan, &bench.transport(no_fault())).await;
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = told.clone();
    input.events = Arc::new(move |event| {
        sink.lock().unwrap().push(match event {
            Event::RunStarted { tres, steps } => format!("run {tres} {steps}"),
            Event::TreStarted { tre, steps } => format!("{tre} {steps}"),
            Event::StepStarted { step, operation, .. } => format!("{step} {operation}"),
            Event::StepDone { step, .. } => format!("{step} done"),
            Event::StepFailed { step, .. } => format!("{step} failed"),
            Event::WindowAwaited { tre } => format!("{tre} waits"),
            Event::TreDone { tre, report } => format!("{tre} {} done", report.done),
            Event::RunDone => "done".to_owned(),
        });
    });
    execute(input).await.unwrap();
    let expected = [
        "run 1 2",
        "tre-a 2",
        "tre-a/1 create",
        "tre-a/1 done",
        "tre-a/2 update",
        "tre-a/2 done",
        "tre-a 2 done",
        "done",
    ];
    assert_eq!(*told.lock().unwrap(), expected);
    assert_eq!(serde_json::to_value(TreEnd::Applied).unwrap(), "applied");
}

//! Client and server together, on loopback: whatever goes wrong on the way, what was planned is
//! done, once, or the next run does the rest.

mod stage;

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use trectl::apply::Outcome;
use trectl::plan::Status;

use stage::Stage;

/// What can go wrong, with what each may be asked to do.
const FAULTS: [&str; 12] = [
    "429",
    "429=0",
    "503",
    "503=0",
    "500",
    "500-after",
    "reset-before",
    "reset-after",
    "truncated",
    "not-json",
    "stale",
    "latency=1ms",
];

/// Some faults, each with the percentage of calls that it hits, and the seed that decides which.
fn mixes() -> impl Strategy<Value = (BTreeMap<&'static str, u32>, u64)> {
    (btree_map(select(&FAULTS[..]), 5_u32..=40, 1..=4), any::<u64>())
}

#[test]
fn with_any_mix_of_faults_a_run_converges_or_the_next_one_does() {
    // `FAULT_TIMES=20 cargo test --test http` looks at that many times as many mixes.
    let times = std::env::var("FAULT_TIMES").ok().and_then(|times| times.parse().ok());
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::with_cases(40 * times.unwrap_or(1))
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut ends = BTreeSet::new();
    let seen = std::cell::RefCell::new(&mut ends);
    let result = TestRunner::new_with_rng(config, rng).run(&mixes(), |(mix, seed)| {
        let end = law(&mix, seed)?;
        seen.borrow_mut().insert(end);
        Ok(())
    });
    if let Err(broken) = result {
        panic!("{broken}");
    }
    // Otherwise the faults are too rare, or too many, to say anything.
    for end in ["converged", "partly applied"] {
        assert!(ends.contains(end), "no run is {end}: {ends:?}");
    }
}

/// Plays one mix: a release, a new TRE and a new draft are applied under faults, then without.
fn law(mix: &BTreeMap<&'static str, u32>, seed: u64) -> Result<&'static str, TestCaseError> {
    let mut stage = Stage::new();
    let faults: Vec<String> =
        mix.iter().map(|(fault, percent)| format!("{fault}:*:{percent}%")).collect();
    stage.serve(&faults, seed);
    let end = match stage.apply() {
        // Reading failed, so nothing was begun.
        Err(_) => "not read",
        Ok(outcome) => ended(&outcome),
    };
    stage.serve(&[], 0);
    if end == "converged" {
        nothing_is_left(&stage)?;
    }
    let again = stage.apply().map_err(|error| TestCaseError::fail(format!("again: {error}")))?;
    prop_assert!(!again.has_failure(), "the run without faults fails: {again:?}");
    nothing_is_left(&stage)?;
    Ok(end)
}

/// A plan is empty, nobody seems to have edited anything, and the platform's own log shows each
/// effect that was planned once and no other.
fn nothing_is_left(stage: &Stage) -> Result<(), TestCaseError> {
    let plan = stage.plan().map_err(TestCaseError::fail)?;
    let left: Vec<_> =
        plan.resource_changes.iter().filter(|change| change.status != Status::NoOp).collect();
    prop_assert!(left.is_empty(), "left to do: {left:?}");
    prop_assert!(plan.resource_drift.is_empty(), "drift: {:?}", plan.resource_drift);
    let effects = stage.effects();
    let once: BTreeSet<_> = effects.iter().collect();
    prop_assert_eq!(once.len(), effects.len(), "an effect happened twice: {:?}", effects);
    prop_assert_eq!(&once, &stage::expected().iter().collect(), "another effect than planned");
    Ok(())
}

fn ended(outcome: &Outcome) -> &'static str {
    if outcome.has_failure() { "partly applied" } else { "converged" }
}

//! Long lives of one TRE: its document is edited, somebody else edits the platform, consents are
//! given and lapse, plans are saved, applied whole, in part, later, or killed in the middle of a
//! call; after each of these steps the laws hold.
//!
//! The runs are real ones, with a journal on disk; the platform is in memory.

mod checks;
mod edits;
mod memory;
mod run;
mod script;
mod theatre;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use crate::support::stage::Terms;
use edits::Edit;
use script::{Act, Apply, How, Script};
use theatre::Theatre;

/// How many lives are looked at, and how long each is.
const LIVES: u32 = 120;
const ACTS: usize = 40;

#[test]
fn whatever_happens_the_laws_hold() {
    let times = std::env::var("LAWS_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::with_cases(LIVES * times)
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let lives = <Life as ReferenceStateMachine>::sequential_strategy(ACTS);
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let result = runner.run(&lives, |(begin, acts, seen)| {
        Life::test_sequential(config.clone(), begin, acts, seen);
        Ok(())
    });
    if let Err(broken) = result {
        panic!("{broken}");
    }
    theatre::assert_everything_was_met();
}

#[test]
fn what_was_begun_goes_on_only_as_it_was_reviewed() {
    let script = script::opening();
    let mut theatre = Theatre::open(&script);
    theatre.play(&script, &Act::Apply(Apply { how: How::Stopped(2), allows: true }));
    let edited = script.clone().after(&Act::Edit(Edit::Name(Some("Two"))));
    let is_fresh = |script: &Script| {
        let loaded = theatre.loaded();
        theatre.is_fresh(&theatre.plan(script, &loaded, Terms::consented()), &loaded)
    };
    assert!(is_fresh(&script));
    assert!(!is_fresh(&edited));
}

struct Life;

impl ReferenceStateMachine for Life {
    type State = Script;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Script> {
        Just(script::opening()).boxed()
    }

    fn transitions(script: &Script) -> BoxedStrategy<Act> {
        script::acts(script)
    }

    fn apply(script: Script, act: &Act) -> Script {
        script.after(act)
    }
}

impl StateMachineTest for Life {
    type SystemUnderTest = Theatre;
    type Reference = Self;

    fn init_test(script: &Script) -> Theatre {
        Theatre::open(script)
    }

    fn apply(mut theatre: Theatre, script: &Script, act: Act) -> Theatre {
        theatre.play(script, &act);
        theatre
    }

    fn check_invariants(theatre: &Theatre, script: &Script) {
        checks::plan(theatre, script);
    }
}

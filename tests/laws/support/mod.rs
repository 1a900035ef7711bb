//! What the laws are told with, besides the small world: what people may ask for in it, and a stage
//! on which a plan is made and played.

pub mod cast;
pub mod moves;
pub mod office;
pub mod paper;
pub mod scene;
pub mod search;
pub mod stage;
pub mod telling;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Checks a law on `cases` worlds, the same ones in every run; prints the smallest that breaks it.
/// `LAWS_TIMES=20 cargo test --test laws` looks at that many times as many.
pub fn check<S: Strategy>(
    cases: u32,
    worlds: S,
    law: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let times = std::env::var("LAWS_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::with_cases(cases * times)
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    if let Err(broken) = TestRunner::new_with_rng(config, rng).run(&worlds, law) {
        panic!("{broken}");
    }
}

//! What a fleet of TREs with fifty people each costs to validate, plan and apply, on the embedded
//! platform and over HTTP, and what the state costs. `cargo bench -- plan`, `-- apply`, `-- state`,
//! `-- render`, `-- scaling` or `-- http` measures one of them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise, and tells what it measured"
)]

mod apply;
mod gauge;
mod http;
mod plan;
mod render;
mod repository;
mod scaling;
mod state;
#[expect(dead_code, reason = "tests need more of it")]
#[path = "../../src/state/tests/stores.rs"]
mod stores;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    plan::bench(&mut criterion);
    apply::bench(&mut criterion);
    criterion.final_summary();
    // Whole processes over minutes are no samples for criterion; its arguments count all the same.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let is_asked_for = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    if is_asked_for("render") {
        render::measure();
    }
    if is_asked_for("state") {
        state::measure();
    }
    if is_asked_for("scaling") {
        scaling::measure();
    }
    if is_asked_for("http") {
        http::measure();
    }
}

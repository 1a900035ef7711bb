//! What a fleet of TREs with fifty people each costs to validate, plan and apply, on the embedded
//! platform. `cargo bench -- plan`, `-- apply` or `-- scaling` measures one of the three.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise, and tells what it measured"
)]

mod apply;
mod gauge;
mod plan;
mod repository;
mod scaling;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    plan::bench(&mut criterion);
    apply::bench(&mut criterion);
    criterion.final_summary();
    // Whole processes over minutes are no samples for criterion; its arguments count all the same.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.is_empty() || words.iter().any(|word| word == "scaling") {
        scaling::measure();
    }
}

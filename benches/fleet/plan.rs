//! A thousand TREs with nothing to change: the YAML parser alone, validating, and planning.

use std::cell::LazyCell;

use criterion::Criterion;
use granit_parser::Parser;

use super::gauge::{Timings, ms};
use super::repository::Fleet;

const TRES: usize = 1_000;

/// Measures planning beside the parser that it cannot do without.
pub fn bench(criterion: &mut Criterion) {
    let fleet = LazyCell::new(|| {
        let fleet = Fleet::of(TRES);
        fleet.apply();
        fleet
    });
    let texts = LazyCell::new(|| fleet.texts());
    let [mut parser, mut validate, mut plan] = [(); 3].map(|()| Timings::default());
    let mut group = criterion.benchmark_group("plan 1,000 TREs");
    group.bench_function("yaml parser alone", |bencher| {
        let texts = &*texts;
        parser.bench(bencher, || texts.iter().map(|text| events(text)).sum::<usize>());
    });
    group.bench_function("read, validate", |bencher| {
        let fleet = &*fleet;
        validate.bench(bencher, || fleet.validate());
    });
    group.bench_function("read, validate, plan", |bencher| {
        let fleet = &*fleet;
        plan.bench(bencher, || {
            let plan = fleet.plan();
            assert_eq!((plan.summary.no_op, plan.summary.steps), (TRES, 0));
            plan
        });
    });
    group.finish();
    let medians = (parser.median(), validate.median(), plan.median());
    if let (Some(parser), Some(validate), Some(plan)) = medians {
        let row = |what: &str, time| {
            println!(
                "{what:<22} {:>8.1} ms {:>6.2} times the parser",
                ms(time),
                ms(time) / ms(parser)
            );
        };
        row("yaml parser alone", parser);
        row("read, validate", validate);
        row("read, validate, plan", plan);
    }
}

/// Returns the number of events, so that none of them is optimized away.
fn events(text: &str) -> usize {
    Parser::new_from_str(text).map(|event| event.map(|_| 1).unwrap()).sum()
}

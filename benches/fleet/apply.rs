//! A thousand TREs created, eight calls each: every effect on the embedded platform and every entry
//! of the journal is durable.

use std::time::Duration;

use criterion::Criterion;

use super::gauge::{ms, sync_latency};
use super::repository::Fleet;

const TRES: usize = 1_000;

/// Measures applying, and tells how many syncs it took.
pub fn bench(criterion: &mut Criterion) {
    let mut last = None;
    let mut group = criterion.benchmark_group("apply 1,000 TREs");
    group.sample_size(10).warm_up_time(Duration::from_millis(1));
    group.bench_function("create, 8 calls each", |bencher| {
        bencher.iter_custom(|rounds| {
            let applied = (0..rounds).map(|_| Fleet::of(TRES).apply());
            applied.map(|applied| last.insert(applied).time).sum()
        });
    });
    group.finish();
    if let Some(applied) = last {
        println!(
            "{} calls in {:.0} ms with {} syncs of the platform and {} of the journal; one sync of \
             this disk takes {:.2} ms",
            applied.steps,
            ms(applied.time),
            applied.platform_syncs,
            applied.journal_syncs,
            ms(sync_latency())
        );
    }
}

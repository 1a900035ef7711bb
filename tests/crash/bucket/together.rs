//! Many runs at once on one bucket, and a run that sleeps past its lease.

use std::sync::Arc;

use rayon::prelude::*;

use crate::platform::{Pass, Side, open};
use crate::proxy::{Door, Fate, open_door};
use crate::stage::Effect;
use crate::together::{Asleep, asleep, asleep_at_call, crowd, hold, outlived};

use super::{Bucket, stage, undisturbed};

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn of_sixteen_runs_at_once_one_works_and_the_others_wait_or_are_told() {
    crowd(|_| Box::new(Bucket::behind(open_door())));
}

/// Where a run falls asleep.
#[derive(Debug, Clone)]
enum Nap {
    /// At a side of the first call of a route.
    Call(&'static str, Side),
    /// At a side of the request that writes an object.
    Write(String, Side),
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn who_sleeps_past_its_lease_writes_no_more() {
    let expected = undisturbed();
    let mut naps = vec![
        Nap::Call("/tre/new", Side::Before),
        Nap::Call("/tre-release/deactivate", Side::After),
        Nap::Call("/tre-gone/destroy", Side::Before),
    ];
    // From the first segment to the last but one: after that there is nothing that it could lose.
    let mut segments: Vec<String> =
        expected.writes.iter().filter_map(|line| name(line).map(str::to_owned)).collect();
    segments.pop();
    let mut random = fastrand::Rng::with_seed(7);
    random.shuffle(&mut segments);
    let writes = segments.into_iter().take(8).zip([Side::Before, Side::After].into_iter().cycle());
    naps.extend(writes.map(|(segment, side)| Nap::Write(segment, side)));
    let wrong: Vec<String> = naps
        .into_par_iter()
        .filter_map(|nap| {
            let why = sleeps(nap.clone(), &expected.effects).err()?;
            Some(format!("{nap:?}: {why}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the name of the segment that a request writes.
fn name(line: &str) -> Option<&str> {
    line.starts_with("PUT ").then(|| line.find("/journal/")).flatten().and_then(|at| line.get(at..))
}

fn sleeps(nap: Nap, expected: &[Effect]) -> Result<(), String> {
    outlived(put_to_sleep(nap), expected)
}

fn put_to_sleep(nap: Nap) -> Asleep {
    match nap {
        Nap::Call(route, side) => asleep_at_call(route, side, |gate| stage(gate, open_door())),
        Nap::Write(segment, side) => {
            let (hold, held) = hold();
            let door: Door = Arc::new(move |request| {
                let is_meant = request.side == side && name(request.line) == Some(&segment);
                Fate::Pass(if is_meant { hold() } else { Pass::On })
            });
            // What it announces with that request it may not do.
            asleep(stage(open(), door), &held, 0)
        }
    }
}

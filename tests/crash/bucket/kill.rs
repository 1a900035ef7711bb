//! A run that is killed at any call or any request that writes is finished by the next one.

use std::sync::Arc;
use std::time::Instant;

use crate::kill::{Next, Survived, killed_at_call, killed_in_trap, survive, tell, trap};
use crate::platform::{Pass, Side, open};
use crate::proxy::{Door, Fate, Request, open_door};
use crate::stage::{Stage, steady};

use super::{Undisturbed, stage, undisturbed};

/// Where a run is killed.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// At a side of a call.
    Call(usize, Side),
    /// At a side of a request that writes: before the store sees it, or once it has done what was
    /// asked and before the run knows.
    Write(usize, Side),
}

/// Returns a stage on which a run was killed, and whether it was.
fn killed(point: Point) -> (Stage, bool) {
    match point {
        Point::Call(call, side) => {
            killed_at_call(call, side, &steady(), |gate| stage(gate, open_door()))
        }
        Point::Write(write, side) => {
            let (trap, told) = trap();
            let is_meant =
                move |request: Request<'_>| (request.write, request.side) == (Some(write), side);
            let door: Door = Arc::new(move |request| {
                Fate::Pass(if is_meant(request) { trap() } else { Pass::On })
            });
            killed_in_trap(stage(open(), door), &steady(), &told)
        }
    }
}

/// Returns every point at which a run can be killed.
fn points(run: &Undisturbed) -> Vec<Point> {
    let sides = [Side::Before, Side::After];
    let calls = (1..=run.calls).flat_map(|call| sides.map(|side| Point::Call(call, side)));
    let writes = 1..=run.writes.len();
    calls.chain(writes.flat_map(|write| sides.map(|side| Point::Write(write, side)))).collect()
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn a_run_that_is_killed_at_any_call_or_write_is_finished_by_the_next() {
    let began = Instant::now();
    let expected = undisturbed();
    let points = points(&expected);
    let Survived { wrong, killed, finished } =
        survive(&points, Next::EachLeft, killed, &expected.effects);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), points.len(), wrong.join("\n"));
    assert_eq!(killed, points.len(), "every point is reached");
    tell(&format!(
        "in a bucket: {} steps, {killed} kill points: both sides of {} calls, both sides of {} \
         requests that write; they leave {finished} different states, each finished by a run; {} s",
        expected.effects.len(),
        expected.calls,
        expected.writes.len(),
        began.elapsed().as_secs()
    ));
}

//! A run that is killed at any boundary is finished by the next one, and nothing happens twice.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::platform::{Gate, Moment, Pass, Side, open};
use crate::shim::Change;
use crate::stage::{
    PATIENCE, Past, Stage, Undisturbed, converges, flags, start, steady, undisturbed, wait,
};

/// Where a run is killed.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// At a side of a call.
    Call(usize, Side),
    /// Before a change of the file system.
    Change(usize),
    /// Half-way through one that writes.
    Half(usize),
}

/// Returns a stage on which a run was killed, and whether it was: a run may end before the point.
fn killed(point: Point, past: Past, args: &[String]) -> (Stage, bool) {
    match point {
        Point::Call(call, side) => killed_at_call(call, side, past, args),
        Point::Change(change) => killed_by_shim(past, args, &[("SHIM_KILL", change.to_string())]),
        Point::Half(change) => {
            let half = ("SHIM_HALF", "1".to_owned());
            killed_by_shim(past, args, &[("SHIM_KILL", change.to_string()), half])
        }
    }
}

fn killed_by_shim(past: Past, args: &[String], settings: &[(&str, String)]) -> (Stage, bool) {
    let stage = Stage::new(past, open());
    let output = wait(start(stage.shimmed(args, settings)));
    (stage, output.status.signal() == Some(9))
}

fn killed_at_call(call: usize, side: Side, past: Past, args: &[String]) -> (Stage, bool) {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    let gate: Gate = Arc::new(move |moment: Moment<'_>| {
        if (moment.call, moment.side) != (call, side) {
            return Pass::On;
        }
        tell.lock().unwrap().send(()).unwrap();
        // Nobody will ever send: whoever calls is dead.
        Pass::Once(tokio::sync::oneshot::channel().1)
    });
    let stage = Stage::new(past, gate);
    let mut child = start(stage.command(args));
    let began = Instant::now();
    while told.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
        if child.try_wait().unwrap().is_some() {
            return (stage, false);
        }
        assert!(began.elapsed() < PATIENCE, "the run never came to call {call}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    (stage, true)
}

fn is_write(change: &Change) -> bool {
    matches!(change, Change::Written(..))
}

/// Returns every point at which a run can be killed.
fn points(run: &Undisturbed) -> Vec<Point> {
    let calls = (1..=run.calls)
        .flat_map(|call| [Side::Before, Side::After].map(|side| Point::Call(call, side)));
    let changes = (1..=run.changes.len()).map(Point::Change);
    let writes = run.changes.iter().enumerate().filter(|(_, change)| is_write(change));
    let halves = writes.map(|(at, _)| Point::Half(at + 1));
    calls.chain(changes).chain(halves).collect()
}

/// Returns the changes that make folders, and those between which their names become safe.
pub fn around_folders(run: &Undisturbed) -> BTreeSet<usize> {
    let made = run.changes.iter().enumerate();
    let made = made.filter(|(_, change)| matches!(change, Change::Folder(_)));
    let around = made.flat_map(|(at, _)| at + 1..at + 7);
    around.filter(|at| *at <= run.changes.len()).collect()
}

/// Kills runs at points, finishes each, and returns what went wrong, and how many were killed.
fn survive(
    points: &[Point],
    past: Past,
    args: &[String],
    expected: &Undisturbed,
) -> (Vec<String>, usize) {
    let found: Vec<(Option<String>, bool)> = points
        .par_iter()
        .map(|&point| {
            let (stage, was_killed) = killed(point, past, args);
            let wrong = converges(&stage, &expected.effects).err();
            (wrong.map(|why| format!("killed at {point:?}: {why}")), was_killed)
        })
        .collect();
    let count = found.iter().filter(|(_, was_killed)| *was_killed).count();
    (found.into_iter().filter_map(|(wrong, _)| wrong).collect(), count)
}

/// Tells a figure, past what the test runner holds back.
pub fn tell(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

#[test]
fn a_run_that_is_killed_at_any_boundary_is_finished_by_the_next() {
    let began = Instant::now();
    let expected = undisturbed(Past::Kept);
    let points = points(&expected);
    let (wrong, killed) = survive(&points, Past::Kept, &steady(), &expected);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), points.len(), wrong.join("\n"));
    assert_eq!(killed, points.len(), "every point is reached");
    tell(&format!(
        "{} steps, {killed} kill points: both sides of {} calls, {} changes of files; {} s",
        expected.effects.len(),
        expected.calls,
        expected.changes.len(),
        began.elapsed().as_secs()
    ));
}

#[test]
fn a_first_run_that_is_killed_while_it_makes_its_folders_is_finished_by_the_next() {
    let expected = undisturbed(Past::None);
    let points: Vec<Point> = around_folders(&expected).into_iter().map(Point::Change).collect();
    let (wrong, killed) = survive(&points, Past::None, &steady(), &expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(killed, points.len());
}

#[test]
fn a_run_of_sixteen_tres_side_by_side_that_is_killed_is_finished_by_the_next() {
    let expected = undisturbed(Past::Kept);
    let args = flags(16, "600s");
    let mut random = fastrand::Rng::with_seed(5);
    let mut points = points(&expected);
    random.shuffle(&mut points);
    points.truncate(40);
    let (wrong, killed) = survive(&points, Past::Kept, &args, &expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Who waits at the same time shares a segment, so that there are fewer changes than points.
    assert!(killed >= 15, "only {killed} were killed");
}

//! A run that is killed at any boundary is finished by the next one, and nothing happens twice.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::sync::oneshot;

use crate::platform::{Gate, Moment, Pass, Side, open};
use crate::shim::Change;
use crate::stage::{
    Effect, PATIENCE, Past, Stage, Undisturbed, converges, flags, start, steady, undisturbed, wait,
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
        Point::Call(call, side) => killed_at_call(call, side, args, |gate| Stage::new(past, gate)),
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

/// Returns a stage on which a run was killed at a side of a call, and whether it was.
pub fn killed_at_call(
    call: usize,
    side: Side,
    args: &[String],
    stage: impl FnOnce(Gate) -> Stage,
) -> (Stage, bool) {
    let (trap, told) = trap();
    let is_meant = move |moment: Moment<'_>| (moment.call, moment.side) == (call, side);
    let gate: Gate = Arc::new(move |moment| if is_meant(moment) { trap() } else { Pass::On });
    killed_in_trap(stage(gate), args, &told)
}

/// Returns what holds for ever whoever comes, and what tells that somebody came.
pub fn trap() -> (impl Fn() -> Pass + Send + Sync, Receiver<()>) {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    let trap = move || {
        tell.lock().unwrap().send(()).unwrap();
        // Nobody will ever send: whoever comes is dead.
        Pass::Once(oneshot::channel().1)
    };
    (trap, told)
}

/// Starts a run, and kills it once it is in the trap; tells whether it was.
pub fn killed_in_trap(stage: Stage, args: &[String], told: &Receiver<()>) -> (Stage, bool) {
    let mut child = start(stage.command(args));
    let began = Instant::now();
    while told.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
        if child.try_wait().unwrap().is_some() {
            return (stage, false);
        }
        assert!(began.elapsed() < PATIENCE, "the run never came to the trap");
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

/// After which kills the next run is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// After each.
    Each,
    /// Once for all that left the same behind. A run at parallelism 1 does the same every time, and
    /// no name is written twice: the names that are there tell what they hold.
    EachLeft,
}

/// What became of runs that were killed.
pub struct Survived {
    /// What went wrong.
    pub wrong: Vec<String>,
    /// How many were killed.
    pub killed: usize,
    /// How many next runs were made.
    pub finished: usize,
}

/// Kills runs at points, and lets the next run finish the work.
pub fn survive<P: Debug + Copy + Sync>(
    points: &[P],
    next: Next,
    kill: impl Fn(P) -> (Stage, bool) + Sync,
    expected: &[Effect],
) -> Survived {
    let met = Mutex::new(BTreeSet::<(Vec<Effect>, Vec<PathBuf>)>::new());
    let found: Vec<(Option<String>, bool, bool)> = points
        .par_iter()
        .map(|&point| {
            let (stage, was_killed) = kill(point);
            let is_new = next == Next::Each || {
                let left = left(&stage);
                // One that went another way is another state.
                !expected.starts_with(&left.0) || met.lock().unwrap().insert(left)
            };
            let wrong = if is_new { converges(&stage, expected).err() } else { None };
            (wrong.map(|why| format!("killed at {point:?}: {why}")), was_killed, is_new)
        })
        .collect();
    let killed = found.iter().filter(|(_, was_killed, _)| *was_killed).count();
    let finished = found.iter().filter(|(_, _, is_new)| *is_new).count();
    let wrong = found.into_iter().filter_map(|(wrong, _, _)| wrong).collect();
    Survived { wrong, killed, finished }
}

/// Returns what a run has left: what took effect, and all names, those of unfinished files too.
fn left(stage: &Stage) -> (Vec<Effect>, Vec<PathBuf>) {
    (stage.effects(), stage.place.names())
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
    let kill = |point| killed(point, Past::Kept, &steady());
    let Survived { wrong, killed, finished } =
        survive(&points, Next::EachLeft, kill, &expected.effects);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), points.len(), wrong.join("\n"));
    assert_eq!(killed, points.len(), "every point is reached");
    tell(&format!(
        "{} steps, {killed} kill points: both sides of {} calls, {} changes of files; they leave \
         {finished} different states, each finished by a run; {} s",
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
    let kill = |point| killed(point, Past::None, &steady());
    let Survived { wrong, killed, .. } = survive(&points, Next::Each, kill, &expected.effects);
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
    let kill = |point| killed(point, Past::Kept, &args);
    let Survived { wrong, killed, .. } = survive(&points, Next::Each, kill, &expected.effects);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Who waits at the same time shares a segment, so that there are fewer changes than points.
    assert!(killed >= 15, "only {killed} were killed");
}

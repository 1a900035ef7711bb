//! A bucket that fails under a run: the run gets over what passes, ends with a clear error on what
//! does not, loses nothing, and the next run finishes the work.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::kill::tell;
use crate::platform::{Pass, Side, open};
use crate::proxy::{Door, Fate, Request};
use crate::stage::{Effect, converges, is_done_once, start, steady, wait};

use super::{stage, undisturbed};

/// How a bucket fails, and what a run must say then.
struct Fault {
    what: &'static str,
    /// Which requests fail.
    hits: Hits,
    side: Side,
    /// How many fail; all that follow, where it is 0.
    times: usize,
    how: How,
    end: Told,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hits {
    /// Those that write.
    Writes,
    /// All, from one that writes on.
    All,
}

#[derive(Debug, Clone, Copy)]
enum How {
    Answer(u16, &'static str),
    HangUp,
}

/// What a run does about it.
#[derive(Debug, Clone, Copy)]
enum Told {
    /// It gets over it.
    Well,
    /// It ends, and says so, with a hint.
    Says(&'static str, &'static str),
}

const fn fault(
    what: &'static str,
    (hits, side, times): (Hits, Side, usize),
    how: How,
    end: Told,
) -> Fault {
    Fault { what, hits, side, times, how, end }
}

const AGAIN: &str = "the same command again: nothing that was done is lost.";
const FAULTS: [Fault; 11] = [
    fault(
        "a write that is answered with 500",
        (Hits::Writes, Side::Before, 1),
        How::Answer(500, "InternalError"),
        Told::Well,
    ),
    fault(
        "a write that is answered with 500 and was made",
        (Hits::Writes, Side::After, 1),
        How::Answer(500, "InternalError"),
        Told::Well,
    ),
    fault(
        "a store that is too busy three times",
        (Hits::Writes, Side::Before, 3),
        How::Answer(503, "SlowDown"),
        Told::Well,
    ),
    fault(
        "a store that hangs up in the middle of a write",
        (Hits::Writes, Side::Before, 1),
        How::HangUp,
        Told::Well,
    ),
    fault(
        "a store that hangs up in the middle of the answer to a write",
        (Hits::Writes, Side::After, 1),
        How::HangUp,
        Told::Well,
    ),
    fault(
        "a store that answers every write with 500",
        (Hits::Writes, Side::Before, 0),
        How::Answer(500, "InternalError"),
        Told::Says("the store says: InternalError", AGAIN),
    ),
    fault(
        "a store that is too busy from then on",
        (Hits::All, Side::Before, 0),
        How::Answer(503, "SlowDown"),
        Told::Says("the store says: SlowDown", AGAIN),
    ),
    fault(
        "a store that hangs up in the middle of every write",
        (Hits::Writes, Side::Before, 0),
        How::HangUp,
        Told::Says("the store cannot be reached", AGAIN),
    ),
    fault(
        "a store that is gone",
        (Hits::All, Side::Before, 0),
        How::HangUp,
        Told::Says("the store cannot be reached", AGAIN),
    ),
    fault(
        "a bucket that turns read-only",
        (Hits::Writes, Side::Before, 0),
        How::Answer(403, "AccessDenied"),
        Told::Says("the credentials do not allow it", "to create and delete them"),
    ),
    fault(
        "credentials that expire",
        (Hits::All, Side::Before, 0),
        How::Answer(403, "ExpiredToken"),
        Told::Says("the credentials are refused (ExpiredToken)", "may be mistyped or expired"),
    ),
];

/// Of the requests of a run that write, every so many-th is where the bucket begins to fail, and
/// the first few.
const STRIDE: usize = 29;

/// Runs mostly wait before they repeat a request, so that many go side by side.
const SIDE_BY_SIDE: usize = 12;

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn a_bucket_that_fails_loses_nothing_and_is_told() {
    let expected = undisturbed();
    let count = expected.writes.len();
    let points = (1..=count).filter(|at| *at < 4 || at % STRIDE == 0);
    let cases: Vec<(&Fault, usize)> =
        points.flat_map(|at| FAULTS.iter().map(move |fault| (fault, at))).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(SIDE_BY_SIDE).build().unwrap();
    let found: Vec<Result<i32, String>> = pool.install(|| {
        let ends = cases.par_iter().map(|(fault, at)| disturbed(fault, *at, &expected.effects));
        ends.collect()
    });
    let wrong: Vec<&str> =
        found.iter().filter_map(|end| end.as_ref().err().map(String::as_str)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut ends = BTreeMap::<(&str, i32), usize>::new();
    for ((fault, _), status) in cases.iter().zip(found) {
        *ends.entry((fault.what, status.unwrap())).or_default() += 1;
    }
    for ((what, status), count) in ends {
        tell(&format!("{what}: {count} runs end with status {status}"));
    }
}

/// Lets a bucket fail from a request on that writes; once it is well, the next run must finish the
/// work. Returns the status of the run.
fn disturbed(fault: &'static Fault, at: usize, expected: &[Effect]) -> Result<i32, String> {
    let is_ill = Arc::new(AtomicBool::new(true));
    let stage = stage(open(), failing(fault, at, Arc::clone(&is_ill)));
    let output = wait(start(stage.command(&steady())));
    is_ill.store(false, Ordering::SeqCst);
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let status = output.status.code().unwrap();
    let is_told = match (status, fault.end) {
        // What only spares work, or is tidied later, may fail.
        (0, _) => is_done_once(&stage, expected),
        (1 | 6, Told::Says(what, hint)) if told.contains(what) && told.contains(hint) => Ok(()),
        _ => Err("it does not say what is wrong and what to do".to_owned()),
    };
    let end = is_told.and_then(|()| converges(&stage, expected));
    end.map(|()| status).map_err(|why| {
        let told = told.get(told.len().saturating_sub(800)..).unwrap_or(&told);
        format!("{} from write {at} on: {why}\nstatus {status}: … {told}", fault.what)
    })
}

/// Returns a door that lets requests fail from one on that writes, as long as the bucket is ill.
fn failing(fault: &'static Fault, at: usize, is_ill: Arc<AtomicBool>) -> Door {
    let (writes, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Arc::new(move |request: Request<'_>| {
        if let Some(write) = request.write {
            writes.fetch_max(write, Ordering::SeqCst);
        }
        let is_hit = request.write.is_some() || fault.hits == Hits::All;
        let is_due = writes.load(Ordering::SeqCst) >= at && request.side == fault.side;
        if !is_hit || !is_due || !is_ill.load(Ordering::SeqCst) {
            return Fate::Pass(Pass::On);
        }
        let before = failed.fetch_add(1, Ordering::SeqCst);
        match fault.how {
            _ if fault.times > 0 && before >= fault.times => Fate::Pass(Pass::On),
            How::Answer(status, code) => Fate::Answer(status, code),
            How::HangUp => Fate::HangUp,
        }
    })
}

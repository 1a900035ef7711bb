//! Many runs at once, and a run that sleeps past its lease.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use rayon::prelude::*;
use tokio::sync::oneshot;

use crate::disk::Tree;
use crate::documents::active;
use crate::harness::{Repo, Run};
use crate::place::{Folder, Place};
use crate::platform::{Gate, Moment, Pass, Side, open};
use crate::served::Served;
use crate::stage::{Effect, PATIENCE, Past, Stage, announces, flags, start, undisturbed, wait};

const RUNS: usize = 16;
/// The lease of a run that is to sleep past it.
const NAP_LEASE: &str = "1s";

#[test]
fn of_sixteen_runs_at_once_one_works_and_the_others_wait_or_are_told() {
    crowd(Folder::of);
}

/// Starts many runs at once on one state.
pub fn crowd(place: impl FnOnce(&Repo) -> Box<dyn Place>) {
    let mut served = Served::new(&["--limit", "0"]);
    let place = place(&served.repo);
    let settle = |served: &Served| {
        served.repo.edit("trectl.yaml", "}}}", &format!("}}}}{}}}", place.setting()));
    };
    let begin = |served: &Served, args: &[&str]| {
        let mut command = served.command(args);
        place.reach(&mut command);
        start(command)
    };
    settle(&served);
    let name = |run: usize| format!("crowd-{run:02}");
    for run in 0..RUNS {
        let text = active(&name(run), "2025.2", "user-li", "30");
        served.repo.write(&format!("tres/{run:02}.yaml"), text);
    }
    // Each changes a TRE of its own, so that the platform's log tells the runs apart. Some wait
    // for nobody.
    let is_patient = |run: usize| run % 4 != 3;
    let runs: Vec<Child> = (0..RUNS)
        .map(|run| {
            let wait = if is_patient(run) { "100" } else { "0" };
            let only = format!("tre-{}", name(run));
            let args = ["apply", "--auto-approve", "--allow", "publish", "--only", &only];
            begin(&served, &[&args[..], &["--lock-timeout", wait][..]].concat())
        })
        .collect();
    let runs: Vec<Run> = runs.into_iter().map(|run| Run::of(&["apply"], wait(run))).collect();
    let mut done = BTreeSet::new();
    for (run, ended) in runs.into_iter().enumerate() {
        match ended.status {
            Some(5) if !is_patient(run) => drop(ended.complains("is in use by `")),
            _ => drop((ended.expect(0), done.insert(format!("tre-{}", name(run))))),
        }
    }
    assert!(done.len() >= 12);
    let effects = served.effects();
    assert_eq!(workers(&effects), done.into_iter().collect::<Vec<_>>(), "{effects:#?}");

    // Now all of them want the same: one does it, and the others find it done.
    served.restart(&["--limit", "0"]);
    settle(&served);
    for run in 0..RUNS {
        served.repo.edit(&format!("tres/{run:02}.yaml"), "environment", "laboratory");
    }
    let args = ["apply", "--auto-approve", "--allow", "publish", "--lock-timeout", "100"];
    let runs: Vec<Child> = (0..RUNS).map(|_| begin(&served, &args)).collect();
    for run in runs {
        Run::of(&["apply"], wait(run)).expect(0);
    }
    let again = served.effects().split_off(effects.len());
    let updated = again.iter().filter(|(route, _)| route.ends_with("/update")).count();
    let created = again.iter().filter(|(route, _)| route == "/tre/new").count();
    assert_eq!(updated + created, RUNS, "{again:#?}");
    assert_eq!(created, RUNS - workers(&effects).len());
    assert_eq!(again.iter().collect::<BTreeSet<_>>().len(), again.len(), "nothing twice");
}

/// Returns whose effects these are, in order of names; asserts that nobody's stand between those of
/// somebody else, and that nobody has any twice.
fn workers(effects: &[Effect]) -> Vec<String> {
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len(), "nothing twice");
    let mut workers: Vec<String> = Vec::new();
    for (route, _) in effects {
        match (route.split('/').nth(1), workers.last_mut()) {
            // The id of a new TRE is in the input; the next call names it.
            (Some("tre"), _) => workers.push(String::new()),
            (Some(tre), Some(last)) if last.is_empty() || last == tre => *last = tre.to_owned(),
            (tre, last) => panic!("{tre:?} is worked on between the calls of {last:?}"),
        }
    }
    workers.sort();
    let begun = workers.len();
    workers.dedup();
    assert_eq!(workers.len(), begun, "somebody began twice: {workers:?}");
    workers
}

/// Where a run falls asleep.
#[derive(Debug, Clone, Copy)]
enum Nap {
    /// At a side of the first call of a route.
    Call(&'static str, Side),
    /// Before a change of the file system.
    Change(usize),
}

#[test]
fn who_sleeps_past_its_lease_writes_no_more() {
    let expected = undisturbed(Past::Kept);
    let mut random = fastrand::Rng::with_seed(7);
    let mut naps = vec![
        Nap::Call("/tre/new", Side::Before),
        Nap::Call("/tre-release/deactivate", Side::Before),
        Nap::Call("/tre-release/deactivate", Side::After),
        Nap::Call("/tre-release/activate", Side::Before),
        Nap::Call("/tre-gone/destroy", Side::Before),
    ];
    // From the first segment to the last: before and after there is nothing that it could add.
    let changes = std::iter::repeat_with(|| random.usize(20..expected.changes.len() - 40));
    naps.extend(changes.take(8).map(Nap::Change));
    let wrong: Vec<String> = naps
        .into_par_iter()
        .filter_map(|nap| Some(format!("{nap:?}: {}", sleeps(nap, &expected.effects).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sleeps(nap: Nap, expected: &[Effect]) -> Result<(), String> {
    let args = flags(1, NAP_LEASE);
    let asleep = match nap {
        Nap::Call(route, side) => asleep_at_call(route, side, |gate| Stage::new(Past::Kept, gate)),
        Nap::Change(change) => {
            let stage = Stage::new(Past::Kept, open());
            let sleeper = start(stage.shimmed(&args, &[("SHIM_STOP", change.to_string())]));
            wait_until_stopped(&sleeper);
            Asleep { stage, sleeper, wake: None, late: 1 }
        }
    };
    outlived(asleep, expected)
}

/// Lets another run take over from one that sleeps, wakes that, and checks that it does no harm.
pub fn outlived(asleep: Asleep, expected: &[Effect]) -> Result<(), String> {
    let Asleep { stage, sleeper, wake, late: most } = asleep;
    let next = stage.apply();
    if next.status != Some(0) {
        return Err(format!("who takes over ends with {:?}: {}", next.status, next.stderr));
    }
    let (left, effects, asked) = (stage.place.objects(), stage.effects(), stage.platform.asked());
    // What was on its way arrives, and only now.
    if let Some(wake) = wake {
        wake.send(()).unwrap();
    }
    signal(&sleeper, "CONT");
    let output = wait(sleeper);
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    if !matches!(output.status.code(), Some(1 | 6)) || !told.contains("is lost: another run") {
        return Err(format!("the sleeper ends with {:?}: {told}", output.status));
    }
    let written = changed(&left, &stage.place.objects());
    if !written.is_empty() {
        return Err(format!("the sleeper has written: {written:#?}"));
    }
    let made = stage.platform.asked() - asked;
    if made > most {
        return Err(format!("the sleeper made {made} calls"));
    }
    let late = stage.effects().len() - effects.len();
    let journal = stage.journal()?;
    if journal.takeovers() != 1 {
        return Err(format!("the journal shows {} takeovers", journal.takeovers()));
    }
    let before_waking = effects.len();
    if late == 0 && before_waking != expected.len() {
        return Err(format!("{before_waking} effects instead of {}", expected.len()));
    }
    announces(&journal, &effects)?;
    // Whatever the late call did, the next run finds the platform, and brings it to what is wanted.
    let again = stage.apply();
    again.status.filter(|status| *status == 0).map(drop).ok_or(again.stdout)
}

/// A run that sleeps, and what lets go on what it waits for.
pub struct Asleep {
    stage: Stage,
    sleeper: Child,
    wake: Option<oneshot::Sender<()>>,
    /// So many calls of it may ask for a change once it wakes.
    late: usize,
}

/// Puts a run to sleep at a side of the first call of a route.
pub fn asleep_at_call(
    route: &'static str,
    side: Side,
    stage: impl FnOnce(Gate) -> Stage,
) -> Asleep {
    let (hold, held) = hold();
    let is_meant = move |moment: Moment<'_>| (moment.route, moment.side) == (route, side);
    let gate: Gate = Arc::new(move |moment| if is_meant(moment) { hold() } else { Pass::On });
    asleep(stage(gate), &held, 1)
}

/// Returns what holds the first who comes, and what hands over how to let him go on.
pub fn hold() -> (impl Fn() -> Pass + Send + Sync, Receiver<oneshot::Sender<()>>) {
    let (tell, told) = channel();
    let tell = Mutex::new(Some(tell));
    let hold = move || {
        let Some(tell) = tell.lock().unwrap().take() else { return Pass::On };
        let (wake, awake) = oneshot::channel();
        tell.send(wake).unwrap();
        Pass::Once(awake)
    };
    (hold, told)
}

/// Starts a run that has a lease of one second, and stops it once it is held. So many of its calls
/// may be late.
pub fn asleep(stage: Stage, held: &Receiver<oneshot::Sender<()>>, late: usize) -> Asleep {
    let sleeper = start(stage.command(&flags(1, NAP_LEASE)));
    let wake = held.recv_timeout(PATIENCE).unwrap();
    signal(&sleeper, "STOP");
    wait_until_stopped(&sleeper);
    Asleep { stage, sleeper, wake: Some(wake), late }
}

fn signal(process: &Child, name: &str) {
    let mut kill = Command::new("kill");
    kill.arg(format!("-{name}")).arg(process.id().to_string());
    assert!(kill.status().unwrap().success());
}

fn wait_until_stopped(process: &Child) {
    let began = Instant::now();
    let stat = PathBuf::from(format!("/proc/{}/stat", process.id()));
    loop {
        let stat = std::fs::read_to_string(&stat).unwrap();
        let (_, rest) = stat.rsplit_once(')').unwrap();
        match rest.trim_start().chars().next() {
            Some('T') => return,
            Some('Z') => panic!("the run ended before it was stopped"),
            _ => assert!(began.elapsed() < PATIENCE, "the run never stopped"),
        }
        std::thread::yield_now();
    }
}

fn changed(before: &Tree, after: &Tree) -> Vec<PathBuf> {
    let names = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

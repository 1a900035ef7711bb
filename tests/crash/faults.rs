//! A disk that fails under a run: the run ends with a clear error, nothing is lost, and once the
//! disk is well again the next run finishes the work.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::kill::tell;
use crate::platform::open;
use crate::shim::Change;
use crate::stage::{Past, Stage, converges, is_done_once, start, steady, undisturbed, wait};

/// How a disk fails, and what a run must say then.
struct Fault {
    what: &'static str,
    /// The kinds of changes that fail, as the shim spells them.
    kinds: &'static str,
    errno: i32,
    /// How many fail; all that follow, where it is 0.
    times: usize,
    /// A change that fails was made all the same.
    is_late: bool,
    says: &'static str,
    hint: &'static str,
}

const FAULTS: [Fault; 7] = [
    Fault {
        what: "a full disk",
        kinds: "cwlm",
        errno: 28,
        times: 0,
        is_late: false,
        says: "No space left on device",
        hint: "Make room",
    },
    Fault {
        what: "a disk that fails on writing",
        kinds: "w",
        errno: 5,
        times: 0,
        is_late: false,
        says: "Input/output error",
        hint: "Look at",
    },
    Fault {
        what: "a disk that fails on syncing",
        kinds: "s",
        errno: 5,
        times: 0,
        is_late: false,
        says: "Input/output error",
        hint: "Look at",
    },
    Fault {
        what: "a disk that fails once on syncing",
        kinds: "s",
        errno: 5,
        times: 1,
        is_late: false,
        says: "Input/output error",
        hint: "Look at",
    },
    Fault {
        what: "a disk that links and says that it did not",
        kinds: "l",
        errno: 5,
        times: 1,
        is_late: true,
        says: "Input/output error",
        hint: "Look at",
    },
    Fault {
        what: "a write that is torn",
        kinds: "w",
        errno: 5,
        times: 1,
        is_late: false,
        says: "Input/output error",
        hint: "Look at",
    },
    Fault {
        what: "a disk that turns read-only",
        kinds: "cwlmurd",
        errno: 30,
        times: 0,
        is_late: false,
        says: "Read-only file system",
        hint: "writable",
    },
];

/// Of the changes of a run, every so many-th is where the disk begins to fail, and the first few.
const STRIDE: usize = 19;

#[test]
fn a_disk_that_fails_loses_nothing_and_is_told() {
    let expected = undisturbed(Past::Kept);
    let mut ends = BTreeMap::<(&str, i32), usize>::new();
    for fault in &FAULTS {
        let of_kind = expected.changes.iter().filter(|change| fault.kinds.contains(kind(change)));
        let count = of_kind.count();
        let points: Vec<usize> = (1..=count).filter(|at| *at < 4 || at % STRIDE == 0).collect();
        let found: Vec<_> = points
            .into_par_iter()
            .map(|at| {
                let stage = Stage::new(Past::Kept, open());
                let times = if fault.times == 0 { 1_000_000 } else { fault.times };
                let fail = format!("{} {} {at} {times}", fault.kinds, fault.errno);
                let mut settings = vec![("SHIM_FAIL", fail)];
                settings.extend(fault.is_late.then(|| ("SHIM_LATE", "1".to_owned())));
                let output = wait(start(stage.shimmed(&steady(), &settings)));
                let told = [output.stdout, output.stderr].concat();
                let told = String::from_utf8(told).unwrap();
                let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
                let status = output.status.code();
                let is_told = match status {
                    // What only spares work, or is tidied later, may fail.
                    Some(0) => is_done_once(&stage, &expected.effects),
                    Some(1 | 6) if told.contains(fault.says) => Ok(()),
                    _ => Err("it does not say what is wrong".to_owned()),
                };
                let is_hinted = status == Some(0) || told.contains(fault.hint);
                let hint = is_hinted.then_some(()).ok_or("it does not say what to do".to_owned());
                let wrong = is_told.and(hint).and_then(|()| converges(&stage, &expected.effects));
                let wrong = wrong.err().map(|why| {
                    format!("{} from change {at}: {why}\nstatus {status:?}: {told}", fault.what)
                });
                (status, wrong)
            })
            .collect();
        let wrong: Vec<&str> = found.iter().filter_map(|(_, wrong)| wrong.as_deref()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        for (status, _) in found {
            *ends.entry((fault.what, status.unwrap())).or_default() += 1;
        }
    }
    for ((what, status), count) in ends {
        tell(&format!("{what}: {count} runs end with status {status}"));
    }
}

fn kind(change: &Change) -> char {
    match change {
        Change::Created(_) => 'c',
        Change::Written(..) => 'w',
        Change::Synced(_) | Change::NotSynced => 's',
        Change::Linked(..) => 'l',
        Change::Removed(_) => 'u',
        Change::Folder(_) => 'm',
    }
}

//! Cost by the number of TREs, in the program as people run it: whole processes, from reading the
//! files to the last line of output.

use std::process::{Command, Stdio};

use super::gauge::{Timings, ms, sync_latency};
use super::repository::Fleet;

/// Measures fleets of growing size, each once.
pub fn measure() {
    println!("  TREs   validate      plan     apply  plan again   calls  syncs: platform  journal");
    for count in [1_000, 5_000, 10_000] {
        let in_process = Fleet::of(count).apply();
        let fleet = Fleet::of(count);
        let run = |arguments: &[&str]| {
            let mut timings = Timings::default();
            timings.once(|| trectl(&fleet, arguments));
            timings.median().map(ms).unwrap()
        };
        println!(
            "{count:>6} {:>7.0} ms {:>6.0} ms {:>6.0} ms {:>8.0} ms {:>7} {:>16} {:>8}",
            run(&["validate"]),
            run(&["plan"]),
            run(&["apply", "--auto-approve"]),
            run(&["plan"]),
            in_process.steps,
            in_process.platform_syncs,
            in_process.journal_syncs,
        );
    }
    println!("one sync of this disk takes {:.2} ms", ms(sync_latency()));
}

fn trectl(fleet: &Fleet, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trectl"));
    let status = command
        .env_clear()
        .arg("-C")
        .arg(fleet.root())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.unwrap().success(), "{arguments:?}");
}

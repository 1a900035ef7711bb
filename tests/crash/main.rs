//! Runs that are killed, cut off from power, starved of disk, held up and crowded: the real binary,
//! and a platform that survives it. `docs/durability.md` tells what is shown here.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[cfg(feature = "remote-state")]
mod bucket;
mod disk;
mod documents;
mod faults;
#[path = "../cli/harness.rs"]
#[expect(dead_code, reason = "the tests of the commands use all of it")]
mod harness;
mod kill;
mod place;
mod platform;
mod power;
#[cfg(feature = "remote-state")]
mod proxy;
#[path = "../cli/served.rs"]
#[expect(dead_code, reason = "the tests of the commands use all of it")]
mod served;
mod shim;
mod stage;
mod together;

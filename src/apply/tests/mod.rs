mod bench;
mod faults;
mod interruption;
mod journal;
mod lost;
mod windows;

use super::*;
use bench::{Bench, Fault, create, end_state, id, release, whole_life};

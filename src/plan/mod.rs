//! The planner: a pure function from what is asked for, what is live and what was applied to the
//! calls that lead from one to the other, or to the reason why they do not.

mod asset;
mod consent;
mod digest;
pub mod explain;
mod guard;
mod impact;
mod model;
mod obstacle;
mod people;
mod planner;
mod question;
mod reason;
mod rename;
pub mod render;
pub mod saved;
mod sequence;
mod subject;
mod tighten;
mod warning;

pub use consent::Allow;
pub use digest::{of as digest, of_plan as digest_of_plan};
pub use model::*;
pub use planner::{Context, Extent, plan, target_info, unmanaged};
pub use question::{questions, unanswered};

pub use crate::drift::{Acceptance, DriftClass, DriftItem};

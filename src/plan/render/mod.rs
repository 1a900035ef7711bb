//! A plan, and drift, as people and programs read them: pure functions, one for each format.

mod chat;
mod consent;
mod drift;
mod explain;
mod field;
#[cfg(test)]
pub(crate) mod fixtures;
mod headline;
#[cfg(test)]
pub(crate) mod hostile;
mod json;
pub mod markdown;
mod people;
mod requests;
mod steps;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod tre;
mod wrap;

use std::time::Duration;

pub use chat::drift_news;
pub use drift::{DriftReport, DriftSummary, drift_human};
pub use explain::explanation;
pub(crate) use field::{Part, part, segments};
pub use field::{count, counted};
pub use json::json;
pub use markdown::{
    DriftIssue, LIMIT as MARKDOWN_LIMIT, drift_gone, drift_issues, drift_markdown, drift_settled,
    markdown,
};
pub use people::name_some;
pub use summary::{changed, nothing};
pub use text::{Page, Palette, Para, Role};

use super::{Extent, Plan, TreChange, digest_of_plan};

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Results only.
    Quiet,
    /// What a reader needs in order to decide.
    Normal,
    /// Every name, every step's call.
    Verbose,
}

/// How a text is laid out, and what it ends with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Columns.
    pub width: usize,
    /// Colours.
    pub palette: Palette,
    /// How much is told.
    pub verbosity: Verbosity,
    /// How the command was called up to its verb, such as `trectl -C examples`, so that the next
    /// command can be pasted.
    pub invocation: String,
    /// What the reader does with the plan.
    pub purpose: Purpose,
    /// The day of the plan, from which a suggested consent counts.
    pub read_on: Option<jiff::civil::Date>,
    /// How old the snapshot is that the plan was made against, if it was.
    pub snapshot_age: Option<Duration>,
}

/// What the reader does with the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Reads it: the last lines name the exit status and the next command.
    Read {
        /// The exit status.
        exit: u8,
        /// The command that applies it.
        apply: String,
    },
    /// Decides on it at once, or watches it being executed.
    Execute,
    /// The same, where only what takes access away is planned.
    Tighten,
}

impl Purpose {
    /// Returns how much of a change the plan holds.
    fn extent(&self) -> Extent {
        match self {
            Self::Read { .. } | Self::Execute => Extent::Full,
            Self::Tighten => Extent::TightenOnly,
        }
    }
}

/// Returns a plan for people.
pub fn human(plan: &Plan, options: &Options) -> String {
    let mut page = Page::new(options.width, options.palette);
    summary::opening(&mut page, plan, options);
    tre::all(&mut page, &plan.resource_changes, options);
    summary::closing(&mut page, plan, options);
    page.finish()
}

/// Returns some TREs of a plan for people, without its first and last lines.
pub fn changes(changes: &[TreChange], options: &Options) -> String {
    let mut page = Page::new(options.width, options.palette);
    tre::all(&mut page, changes, options);
    page.finish()
}

/// Returns the short name of a plan: the beginning of its digest.
pub fn plan_id(plan: &Plan) -> String {
    let digest = digest_of_plan(plan);
    let hex = digest.trim_start_matches("sha256:");
    let (left, rest) = hex.split_at(4);
    let (right, _) = rest.split_at(4);
    format!("{left}-{right}")
}

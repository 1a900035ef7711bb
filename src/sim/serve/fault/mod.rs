//! Faults on demand: what goes wrong, on which calls, how often.
//!
//! Whether a call is hit depends on the seed, the fault, the path and the input, and on how often
//! that very call was made before: nothing else, so that a run can be repeated however its calls
//! interleave. Nothing here waits, sends or calls.

mod parse;
mod strike;

use std::fmt;
use std::time::Duration;

use globset::GlobMatcher;

pub use self::parse::FaultError;
pub(super) use self::strike::{Arrival, Faults, Strike};

/// Something that goes wrong on purpose: `KIND[=VALUE][:ROUTE[:CHANCE[:xTIMES]]]`.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: FaultKind,
    /// Which paths it hits; `*` stands for anything, `/` too.
    route: GlobMatcher,
    /// How many of the calls it hits, of 1.
    chance: f64,
    /// How often it hits the same call at most.
    times: Option<u32>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The call is made so much later.
    Latency(Duration),
    /// The call is not made.
    Before(Mishap),
    /// The call is made, and its answer is lost.
    After(Mishap),
    /// The call is made, and its answer ends in the middle of its body.
    Truncated,
    /// The call is not made, and answers what it answered the last time.
    Stale,
}

/// What arrives instead of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// 429, with `Retry-After` in seconds.
    TooManyCalls(Option<u64>),
    /// 503, with `Retry-After` in seconds.
    Unavailable(Option<u64>),
    /// 500.
    Failure,
    /// The page of a proxy that reaches nobody: 502, not JSON.
    BadGateway,
    /// A page of somebody else: 200, not JSON.
    Page,
    /// Nothing: the connection is reset.
    Reset,
}

/// Every kind by its name; those with a value, with one that stands for it.
const KINDS: [(&str, FaultKind); 11] = [
    ("latency", FaultKind::Latency(Duration::from_millis(20))),
    ("429", FaultKind::Before(Mishap::TooManyCalls(None))),
    ("503", FaultKind::Before(Mishap::Unavailable(None))),
    ("500", FaultKind::Before(Mishap::Failure)),
    ("500-after", FaultKind::After(Mishap::Failure)),
    ("502-html", FaultKind::Before(Mishap::BadGateway)),
    ("not-json", FaultKind::After(Mishap::Page)),
    ("reset-before", FaultKind::Before(Mishap::Reset)),
    ("reset-after", FaultKind::After(Mishap::Reset)),
    ("truncated", FaultKind::Truncated),
    ("stale", FaultKind::Stale),
];

impl FaultKind {
    /// Returns the name of the kind, without its value.
    fn name(self) -> &'static str {
        let bare = match self {
            Self::Before(Mishap::TooManyCalls(_)) => Self::Before(Mishap::TooManyCalls(None)),
            Self::Before(Mishap::Unavailable(_)) => Self::Before(Mishap::Unavailable(None)),
            Self::Latency(_) => Self::Latency(Duration::from_millis(20)),
            other => other,
        };
        KINDS.iter().find(|(_, kind)| *kind == bare).map_or("", |(name, _)| *name)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Latency(latency) => write!(f, "={}ms", latency.as_millis()),
            Self::Before(
                Mishap::TooManyCalls(Some(seconds)) | Mishap::Unavailable(Some(seconds)),
            ) => write!(f, "={seconds}"),
            _ => Ok(()),
        }
    }
}

impl Fault {
    /// Tells whether this is about answers that are out of date.
    pub(super) fn is_stale(&self) -> bool {
        self.kind == FaultKind::Stale
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, route, chance, times } = self;
        write!(f, "{kind}:{}:{}%", route.glob(), chance * 100.0)?;
        match times {
            Some(times) => write!(f, ":x{times}"),
            None => Ok(()),
        }
    }
}

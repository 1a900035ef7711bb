//! What was counted, and the table that is printed.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// What is held of every plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    Sound,
    Settled,
    Complete,
    Shortest,
    Direct,
    NeverMoreOpen,
    NeverHeadless,
    NothingUnseen,
    Deterministic,
    Consents,
    TightenOnly,
    Reasons,
}

impl Property {
    pub const ALL: [Self; 12] = [
        Self::Sound,
        Self::Settled,
        Self::Complete,
        Self::Shortest,
        Self::Direct,
        Self::NeverMoreOpen,
        Self::NeverHeadless,
        Self::NothingUnseen,
        Self::Deterministic,
        Self::Consents,
        Self::TightenOnly,
        Self::Reasons,
    ];

    /// Returns what is held, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sound => "sound: never refused, ends at the goal",
            Self::Settled => "settled: planning again gives nothing",
            Self::Complete => "complete: blocked only where no way leads",
            Self::Shortest => "shortest: as many calls as the search",
            Self::Direct => "direct: each value moves once, to the goal",
            Self::NeverMoreOpen => "never more open than both ends",
            Self::NeverHeadless => "never headless",
            Self::NothingUnseen => "nothing unseen goes live",
            Self::Deterministic => "deterministic: the same bytes twice",
            Self::Consents => "consents: those of the contract, all of them",
            Self::TightenOnly => "tighten only: all that tightens, no more",
            Self::Reasons => "blocked with a rule, a remedy, a mark",
        }
    }
}

/// How often a property was looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    pub cases: usize,
    /// There was something that could have gone wrong.
    pub telling: usize,
    /// The change is blocked.
    pub blocked: usize,
    /// The change is refused unless it is consented to.
    pub refused: usize,
}

/// The counts of a slice, or of all.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub counts: [Count; Property::ALL.len()],
    /// Cells of the lock rules that a case decides: nothing else changes in it.
    pub cells: BTreeSet<(String, String)>,
    /// Pairs of live and desired state.
    pub transitions: BTreeSet<(String, String)>,
    pub raw: usize,
    pub canonical: usize,
    pub ready: usize,
    pub blocked: usize,
    pub idle: usize,
    pub hidden: usize,
}

/// What is known of a case when a property is counted.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub is_blocked: bool,
    pub is_refused: bool,
}

impl Tally {
    /// Counts that a property held in a case.
    pub fn held(&mut self, property: Property, kind: Kind, is_telling: bool) {
        let count = &mut self.counts[property as usize];
        count.cases += 1;
        count.telling += usize::from(is_telling);
        count.blocked += usize::from(kind.is_blocked);
        count.refused += usize::from(kind.is_refused);
    }

    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        let Self { counts, cells, transitions, raw, canonical, ready, blocked, idle, hidden } =
            other;
        for (mine, theirs) in self.counts.iter_mut().zip(counts) {
            mine.cases += theirs.cases;
            mine.telling += theirs.telling;
            mine.blocked += theirs.blocked;
            mine.refused += theirs.refused;
        }
        self.cells.extend(cells);
        self.transitions.extend(transitions);
        self.raw += raw;
        self.canonical += canonical;
        self.ready += ready;
        self.blocked += blocked;
        self.idle += idle;
        self.hidden += hidden;
    }
}

/// One line for each slice.
pub struct SliceLine<'a> {
    pub name: &'a str,
    pub states: usize,
    pub documents: usize,
    pub calls: usize,
    pub time: Duration,
    pub tally: &'a Tally,
}

pub const SLICE_HEAD: &str = "slice        states documents calls      raw canonical    ready  blocked     idle hidden  time";

impl fmt::Display for SliceLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, states, documents, calls, time, tally } = self;
        let Tally { raw, canonical, ready, blocked, idle, hidden, .. } = tally;
        let seconds = time.as_secs_f64();
        write!(
            f,
            "{name:<12} {states:>6} {documents:>9} {calls:>5} {raw:>8} {canonical:>9} {ready:>8} \
             {blocked:>8} {idle:>8} {hidden:>6} {seconds:>4.1}s"
        )
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<45} {:>8} {:>8} {:>8} {:>8}",
            "property", "cases", "telling", "blocked", "refused"
        )?;
        for (property, count) in Property::ALL.into_iter().zip(self.counts) {
            let Count { cases, telling, blocked, refused } = count;
            let words = property.words();
            writeln!(f, "{words:<45} {cases:>8} {telling:>8} {blocked:>8} {refused:>8}")?;
        }
        Ok(())
    }
}

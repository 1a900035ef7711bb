//! The properties of contract 5, held of one case.

use std::collections::{BTreeSet, HashSet};

use trectl::model::{ConsentKind, DesiredState};
use trectl::platform::wire::WireState;

use super::case::Case;
use super::consent::needed;
use super::coverage::decided;
use super::graph::Edge;
use super::planner::{Answer, Inquiry, Part, Status};
use super::reach::Ends;
use super::search::{Memory, search};
use super::tally::{Kind, Property, Tally};
use super::tighten::{Closing, tightened};
use crate::world::goal::is_same;

/// A property that a case breaks, and what shows it.
#[derive(Debug)]
pub struct Broken {
    pub property: Property,
    pub what: String,
}

fn broken<T>(property: Property, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { property, what: what.into() })
}

/// What is carried from case to case.
pub struct Bench {
    memory: Memory,
    pub tally: Tally,
    /// The states on which a document was seen to be settled.
    settled: HashSet<(usize, usize)>,
    /// Whether a plan was written out.
    is_written: bool,
    /// The live states in which a change that tightens nothing was seen.
    untightened: Vec<Option<WireState>>,
}

impl Bench {
    /// Returns a bench for a slice of so many states.
    pub fn of(states: usize) -> Self {
        Self {
            memory: Memory::of(states),
            tally: Tally::default(),
            settled: HashSet::new(),
            is_written: false,
            untightened: Vec::new(),
        }
    }

    /// Tells whether no change that tightens nothing was seen yet in the live state of a case.
    fn is_first_untightened(&mut self, case: &Case<'_>) -> bool {
        let state = case.before().map(|tre| tre.state);
        let is_first = !self.untightened.contains(&state);
        if is_first {
            self.untightened.push(state);
        }
        is_first
    }

    /// Checks one case.
    pub fn check(&mut self, case: &Case<'_>) -> Result<(), Broken> {
        let needed = needed(case);
        let inquiry = inquiry(case, case.live);
        let planned = inquiry.plan(&needed, Part::Whole);
        let is_blocked = !planned.blocked.is_empty();
        let kind = Kind { is_blocked, is_refused: !is_blocked && !needed.is_empty() };
        let mut checks = Checks { case, bench: self, inquiry: &inquiry, planned: &planned, kind };
        checks.count();
        checks.reasons()?;
        checks.deterministic(&needed)?;
        if case.is_hidden() {
            checks.hidden()?;
        } else {
            checks.way()?;
        }
        checks.consents(&needed)?;
        checks.tighten_only(Closing::Unconsented)?;
        checks.tighten_only(Closing::Consented)
    }
}

fn asks_closing(case: &Case<'_>) -> bool {
    case.document().state == DesiredState::Maintenance
        && case.before().is_some_and(|tre| tre.state == WireState::Active)
}

fn inquiry<'a>(case: &Case<'a>, node: usize) -> Inquiry<'a> {
    let world = &case.slice.graph.nodes[node].world;
    case.slice.planner.inquire((node, world), case.document_index)
}

struct Checks<'a> {
    case: &'a Case<'a>,
    bench: &'a mut Bench,
    inquiry: &'a Inquiry<'a>,
    planned: &'a Answer,
    kind: Kind,
}

impl Checks<'_> {
    fn held(&mut self, property: Property, is_telling: bool) {
        self.bench.tally.held(property, self.kind, is_telling);
    }

    fn count(&mut self) {
        let tally = &mut self.bench.tally;
        tally.canonical += 1;
        tally.hidden += usize::from(self.case.is_hidden());
        match self.planned.status {
            Status::Blocked => tally.blocked += 1,
            Status::NoOp => tally.idle += 1,
            Status::Ready | Status::Unconsented | Status::Other => tally.ready += 1,
        }
        if !self.case.is_hidden() {
            let (cell, transition) = decided(self.case);
            tally.cells.extend(cell);
            tally.transitions.insert(transition);
        }
    }

    /// What is blocked says by which rule, how well that is known, and what to do instead.
    fn reasons(&mut self) -> Result<(), Broken> {
        let Answer { status, calls, blocked, .. } = self.planned;
        if (*status == Status::Blocked) != self.kind.is_blocked {
            return broken(Property::Reasons, format!("{status:?} with {blocked:?}"));
        }
        if self.kind.is_blocked && !calls.is_empty() {
            return broken(Property::Reasons, "a blocked plan has steps");
        }
        for it in blocked {
            let is_sentence = it.remedy.len() > 20 && it.remedy.ends_with('.');
            let is_marked =
                ["documented", "second_hand", "assumed"].contains(&it.evidence.as_str());
            if it.rule.is_empty() || !it.path.starts_with('/') || !is_sentence || !is_marked {
                return broken(Property::Reasons, format!("{it:?}"));
            }
        }
        self.held(Property::Reasons, self.kind.is_blocked);
        Ok(())
    }

    /// Two plans of the same are the same, in every value. Writing them out takes longer than
    /// making them, so the bytes are compared once for each document.
    fn deterministic(&mut self, needed: &BTreeSet<ConsentKind>) -> Result<(), Broken> {
        let again = self.inquiry.plan(needed, Part::Whole);
        let is_due = !std::mem::replace(&mut self.bench.is_written, true);
        if !again.is_same(self.planned) || (is_due && again.bytes() != self.planned.bytes()) {
            return broken(Property::Deterministic, "the same plan twice, and they differ");
        }
        self.held(Property::Deterministic, true);
        Ok(())
    }

    /// A taken handle that the acting account does not see is a typed failure of the first call,
    /// which has no effect (contract 5.1).
    fn hidden(&mut self) -> Result<(), Broken> {
        let graph = &self.case.slice.graph;
        let Some(first) = self.planned.calls.first() else { return Ok(()) };
        let is_refused = graph.call(first).map(|call| graph.edge(self.case.live, call));
        if is_refused != Some(Edge::Refused) {
            return broken(Property::Sound, format!("{first} on a TRE that is not seen"));
        }
        self.held(Property::Sound, true);
        Ok(())
    }

    /// Plays the plan, and compares it with a shortest way.
    fn way(&mut self) -> Result<(), Broken> {
        let case = self.case;
        let graph = &case.slice.graph;
        let ends = case.goal_node.map(|goal| case.slice.reach.ends(graph, case.live, goal));
        let way = search(case, ends.as_ref(), &mut self.bench.memory);
        let words = |way: &[usize]| {
            way.iter().map(|call| format!("\n  {}", graph.calls[*call])).collect::<String>()
        };
        match (self.kind.is_blocked, &way) {
            (true, Some(way)) => {
                let what = format!("it is blocked, and yet a way leads there:{}", words(way));
                broken(Property::Complete, what)
            }
            (true, None) => {
                self.held(Property::Complete, true);
                Ok(())
            }
            (false, way) => {
                self.play(ends.as_ref())?;
                match way {
                    None => broken(Property::Complete, "the search finds no way"),
                    Some(way) if way.len() != self.planned.calls.len() => {
                        let what = format!("a way of {} calls:{}", way.len(), words(way));
                        broken(Property::Shortest, what)
                    }
                    Some(way) => {
                        self.held(Property::Shortest, way.len() > 1);
                        Ok(())
                    }
                }
            }
        }
    }

    /// Makes the calls of the plan, one after the other.
    fn play(&mut self, ends: Option<&Ends>) -> Result<(), Broken> {
        let case = self.case;
        let graph = &case.slice.graph;
        let mut node = case.live;
        let (mut moves, mut removes, mut meets_pending) = (false, false, false);
        for (index, step) in self.planned.calls.iter().enumerate() {
            let number = index + 1;
            let Some(call) = graph.call(step) else {
                return broken(Property::Direct, format!("step {number} is on no menu"));
            };
            if !case.direct().contains(&call) {
                return broken(Property::Direct, format!("step {number} is no direct call"));
            }
            if case.gives_out_unseen(node, call) {
                let what = format!("step {number} gives out what the document does not name");
                return broken(Property::NothingUnseen, what);
            }
            let tre = graph.nodes[node].tre.as_ref();
            meets_pending |= tre.is_some_and(|tre| tre.inventory.pending.is_some());
            removes |= matches!(step.method(), "removeAdmins" | "removeApplicationReviewers");
            let Edge::To { node: next, is_beheading } = graph.edge(node, call) else {
                return broken(Property::Sound, format!("step {number} is refused"));
            };
            if is_beheading {
                return broken(Property::NeverHeadless, format!("step {number} beheads it"));
            }
            let exposed = ends.and_then(|ends| case.slice.reach.exposed(graph, ends, next));
            if let Some(person) = exposed {
                let what =
                    format!("after step {number} {person} is more exposed than at both ends");
                return broken(Property::NeverMoreOpen, what);
            }
            moves |= case.slice.reach.differs(node, next);
            node = next;
        }
        let is_there = case.goal_node.is_some_and(|goal| graph.is_same(goal, node));
        if !is_there {
            let what =
                format!("it does not end where the document leads: {:?}", graph.nodes[node].tre);
            return broken(Property::Sound, what);
        }
        let is_telling = !self.planned.calls.is_empty();
        self.held(Property::Sound, is_telling);
        self.held(Property::Direct, is_telling);
        self.held(Property::NeverMoreOpen, moves);
        self.held(Property::NeverHeadless, removes);
        self.unseen(node, meets_pending)?;
        self.settled(node)
    }

    /// What is given out in the end was given out before, or is named.
    fn unseen(&mut self, end: usize, meets_pending: bool) -> Result<(), Broken> {
        let case = self.case;
        let active = |tre: Option<&trectl::platform::wire::TreDescription>| {
            tre.filter(|tre| tre.state == WireState::Active)
                .and_then(|tre| tre.inventory.active.clone())
        };
        let (end, live) = (case.slice.graph.nodes[end].tre.as_ref(), case.before());
        let before = live.and_then(|tre| tre.inventory.active.clone());
        let is_seen = active(end).is_none_or(|given| {
            let known = [before, case.named()];
            known.iter().flatten().any(|known| is_same(known, &given))
        });
        if !is_seen {
            return broken(Property::NothingUnseen, "an inventory goes live that nobody named");
        }
        self.held(Property::NothingUnseen, meets_pending);
        Ok(())
    }

    fn settled(&mut self, end: usize) -> Result<(), Broken> {
        if self.bench.settled.insert((end, self.case.document_index)) {
            let again = inquiry(self.case, end).plan(&BTreeSet::new(), Part::Whole);
            if again.status != Status::NoOp || !again.calls.is_empty() {
                let what = format!("planning again gives {:?} {:?}", again.status, again.calls);
                return broken(Property::Settled, what);
            }
        }
        self.held(Property::Settled, !self.planned.calls.is_empty());
        Ok(())
    }

    /// With each part of the consents that the contract asks for, what is left is missing; with
    /// all of them nothing is.
    fn consents(&mut self, needed: &BTreeSet<ConsentKind>) -> Result<(), Broken> {
        if self.kind.is_blocked {
            return Ok(());
        }
        let is_idle = self.planned.calls.is_empty();
        let expected = if is_idle { Status::NoOp } else { Status::Ready };
        let Answer { status, missing, .. } = self.planned;
        if *status != expected || !missing.is_empty() {
            let what = format!("with {needed:?} it is {status:?} and lacks {missing:?}");
            return broken(Property::Consents, what);
        }
        let all: Vec<ConsentKind> = needed.iter().copied().collect();
        for part in 0..(1_usize << all.len()) - 1 {
            let is_given = |index: usize| part >> index & 1 == 1;
            let split = |wanted: bool| -> BTreeSet<ConsentKind> {
                let kept = all.iter().enumerate().filter(|(at, _)| is_given(*at) == wanted);
                kept.map(|(_, consent)| *consent).collect()
            };
            let (given, rest) = (split(true), split(false));
            let answer = self.inquiry.plan(&given, Part::Whole);
            let is_right = answer.status == Status::Unconsented
                && answer.missing == rest
                && answer.calls == self.planned.calls;
            if !is_right {
                let (status, missing) = (answer.status, answer.missing);
                let what =
                    format!("with {given:?} of {needed:?} it is {status:?} and lacks {missing:?}");
                return broken(Property::Consents, what);
            }
        }
        self.held(Property::Consents, !needed.is_empty());
        Ok(())
    }

    /// `--tighten-only` makes the calls that only take away, all of them, in every TRE that the
    /// acting account may change. Where nothing is to be taken away, it is asked for one change of
    /// a document in each live state: it is no property of every plan, and half of all plans would
    /// be made once more for it.
    fn tighten_only(&mut self, closing: Closing) -> Result<(), Broken> {
        let case = self.case;
        let consents = match closing {
            Closing::Unconsented => BTreeSet::new(),
            Closing::Consented if asks_closing(case) => BTreeSet::from([ConsentKind::Maintenance]),
            Closing::Consented => return Ok(()),
        };
        let graph = &case.slice.graph;
        let wanted = tightened(case, closing);
        let is_idle = wanted.as_ref().is_none_or(|wanted| Some(wanted) == case.before());
        let is_change = self.planned.status != Status::NoOp;
        if is_idle && !(is_change && self.bench.is_first_untightened(case)) {
            return Ok(());
        }
        let answer = self.inquiry.plan(&consents, Part::TightenOnly);
        let property = Property::TightenOnly;
        let is_admin =
            case.before().is_some_and(|tre| tre.admins.iter().any(|it| it == case.slice.actor));
        if !is_idle && !is_admin {
            if answer.status != Status::Blocked {
                return broken(
                    property,
                    "the acting account is no admin, and yet it is not blocked",
                );
            }
            self.held(property, true);
            return Ok(());
        }
        let mut node = case.live;
        for step in &answer.calls {
            let edge = graph.call(step).map(|call| graph.edge(node, call));
            let Some(Edge::To { node: next, is_beheading: false }) = edge else {
                return broken(property, format!("`{step}` is refused or beheads"));
            };
            if let Some(person) = case.slice.reach.opened(node, next) {
                return broken(property, format!("`{step}` opens for {person}"));
            }
            node = next;
        }
        let is_done = match is_idle {
            true => answer.calls.is_empty() && answer.status == Status::NoOp,
            false => graph.goal(wanted.as_ref()).is_some_and(|goal| graph.is_same(goal, node)),
        };
        if !is_done {
            let calls: String = answer.calls.iter().map(|call| format!("\n  {call}")).collect();
            let what = format!("{:?}, by{calls}\ninstead of {wanted:?}", answer.status);
            return broken(property, what);
        }
        self.held(property, !answer.calls.is_empty());
        Ok(())
    }
}

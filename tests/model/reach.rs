//! Who is how exposed in which state: the definition of the laws, asked once for every state and
//! person and kept as numbers.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use trectl::platform::seed::Seed;
use trectl::platform::wire::{TreDescription, WireState};

use super::graph::Graph;
use crate::world::exposure::{
    Audience, Exposure, Incomparable, incomparable, is_swapped_in, swapped_steps,
};

/// The exposures of a slice.
pub struct Reach {
    /// People whose exposure differs somewhere, each of their kind once.
    people: Vec<String>,
    /// By node, then by person.
    exposures: Vec<u32>,
    kinds: Vec<Option<Exposure>>,
    changes: Vec<Incomparable>,
    /// Whether one exposure is at most another, for each set of incomparable policies.
    at_most: Vec<Vec<bool>>,
    /// Which policies a node has.
    policies: Vec<u32>,
    sets: usize,
    /// Which policies are incomparable, by the policies before and after.
    moves: Vec<u32>,
}

/// The two ends of a change, for everybody.
pub struct Ends {
    before: usize,
    after: usize,
    moves: usize,
    /// By person: the steps of which they replace the last reviewers, and whether a release is on.
    swaps: Vec<(BTreeSet<String>, bool)>,
}

impl Reach {
    /// Asks for every exposure.
    pub fn of(seed: &Seed, graph: &Graph) -> Self {
        let audience = Audience::of(seed);
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut kinds: Vec<Option<Exposure>> = Vec::new();
        let mut columns: Vec<(String, Vec<u32>)> = Vec::new();
        for person in audience.people() {
            let column = graph.nodes.iter().map(|node| {
                let exposure = audience.exposure(node.tre.as_ref(), person);
                intern(&mut known, &mut kinds, format!("{exposure:?}"), exposure)
            });
            let column: Vec<u32> = column.collect();
            if columns.iter().all(|(_, other)| *other != column) {
                columns.push((person.to_owned(), column));
            }
        }
        let nodes = 0..graph.nodes.len();
        let by_node =
            nodes.flat_map(|node| columns.iter().map(move |(_, column)| column[node])).collect();
        let (policies, sets, moves, changes) = policies(graph);
        let at_most: Vec<_> = changes.iter().map(|change| at_most(&kinds, change)).collect();
        Self {
            people: columns.into_iter().map(|(person, _)| person).collect(),
            exposures: by_node,
            kinds,
            changes,
            at_most,
            policies,
            sets,
            moves,
        }
    }

    /// Returns the two ends of a change.
    pub fn ends(&self, graph: &Graph, before: usize, after: usize) -> Ends {
        let tres = graph.nodes[before].tre.as_ref().zip(graph.nodes[after].tre.as_ref());
        let steps = |tre: &TreDescription| tre.application_review_steps.clone();
        let changes = tres.filter(|(old, new)| steps(old) != steps(new));
        let swap = |person: &String| {
            let swap = changes.map(|(old, new)| {
                (swapped_steps(old, new, person), is_swapped_in(old, new, person))
            });
            swap.unwrap_or_default()
        };
        let (old, new) = (self.policies[before] as usize, self.policies[after] as usize);
        Ends {
            before,
            after,
            moves: self.moves[old * self.sets + new] as usize,
            swaps: self.people.iter().map(swap).collect(),
        }
    }

    /// Returns somebody who is more exposed in a state than at both ends.
    pub fn exposed(&self, graph: &Graph, ends: &Ends, node: usize) -> Option<&str> {
        let is_amending =
            graph.nodes[node].tre.as_ref().is_some_and(|tre| tre.state == WireState::Amending);
        let is_too_open = |person: usize| {
            let now = self.at(node, person);
            let is_at_most = |end| self.is_at_most(now, self.at(end, person), ends.moves);
            let (steps, is_released) = &ends.swaps[person];
            let is_within = is_at_most(ends.before) || is_at_most(ends.after);
            let is_swapped_in = is_amending && *is_released;
            let swaps = || {
                let before = self.at(ends.before, person);
                !steps.is_empty() && self.allow_swap(now, steps, before, ends)
            };
            !is_within && !is_swapped_in && !swaps()
        };
        (0..self.people.len()).find(|person| is_too_open(*person)).map(|it| &*self.people[it])
    }

    /// Tells whether somebody who replaces the last reviewers of steps is otherwise no more exposed
    /// than before.
    fn allow_swap(&self, now: usize, steps: &BTreeSet<String>, before: usize, ends: &Ends) -> bool {
        let now = self.kinds[now].as_ref().map(|now| now.without_steps(steps));
        let before = self.kinds[before].as_ref();
        let change = &self.changes[ends.moves];
        before.is_some() && Exposure::is_at_most(now.as_ref(), before, change)
    }

    fn is_at_most(&self, one: usize, other: usize, moves: usize) -> bool {
        one == other || self.at_most[moves][one * self.kinds.len() + other]
    }

    /// Returns somebody whom a call lets in further.
    pub fn opened(&self, before: usize, after: usize) -> Option<&str> {
        let is_opened =
            |person: usize| !self.is_at_most(self.at(after, person), self.at(before, person), 0);
        (0..self.people.len()).find(|person| is_opened(*person)).map(|it| &*self.people[it])
    }

    /// Tells whether anybody's exposure differs between two states.
    pub fn differs(&self, one: usize, other: usize) -> bool {
        (0..self.people.len()).any(|person| self.at(one, person) != self.at(other, person))
    }

    fn at(&self, node: usize, person: usize) -> usize {
        self.exposures[node * self.people.len() + person] as usize
    }
}

fn intern<T>(known: &mut HashMap<String, u32>, all: &mut Vec<T>, key: String, value: T) -> u32 {
    *known.entry(key).or_insert_with(|| {
        all.push(value);
        u32::try_from(all.len() - 1).unwrap()
    })
}

/// Returns the policies of every node, and for each pair which of them are incomparable; where
/// none are comes first.
fn policies(graph: &Graph) -> (Vec<u32>, usize, Vec<u32>, Vec<Incomparable>) {
    let (mut known, mut tres) = (HashMap::new(), Vec::new());
    let of_node = graph.nodes.iter().map(|node| {
        let tre = node.tre.as_ref();
        let policies = tre.map(|tre| format!("{:?}", tre.policies)).unwrap_or_default();
        intern(&mut known, &mut tres, policies, tre)
    });
    let of_node: Vec<u32> = of_node.collect();
    let mut known = HashMap::from([("{}".to_owned(), 0)]);
    let mut changes = vec![Incomparable::new()];
    let mut moves = Vec::new();
    for before in &tres {
        for after in &tres {
            let change = incomparable(*before, *after);
            moves.push(intern(&mut known, &mut changes, format!("{change:?}"), change));
        }
    }
    (of_node, tres.len(), moves, changes)
}

fn at_most(kinds: &[Option<Exposure>], change: &Incomparable) -> Vec<bool> {
    let row = |one: &Option<Exposure>| -> Vec<bool> {
        let one = one.as_ref();
        kinds.iter().map(|other| Exposure::is_at_most(one, other.as_ref(), change)).collect()
    };
    kinds.par_iter().map(row).collect::<Vec<_>>().concat()
}

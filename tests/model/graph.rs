//! The graph of states of a slice: built once, by asking the embedded platform for every TRE that
//! can be reached and every call of the menu.

use std::collections::HashMap;

use rayon::prelude::*;
use serde_json::{Value, json};
use trectl::model::UserId;
use trectl::platform::seed::{Seed, SeedTre};
use trectl::platform::wire::TreDescription;
use trectl::sim::World;

use super::call::{Call, in_order};
use crate::world::directory::{GHOST, TRE, USERS};
use crate::world::goal::normal;
use crate::world::headless::is_beheaded;

/// Where a call leads: what the platform answers then, and the world itself where that is new.
type Followed = (String, Option<World>);

/// More TREs than this are not a small world any more.
const MOST_NODES: usize = 6_000;

/// One state of the TRE, or none at all.
pub struct Node {
    pub tre: Option<TreDescription>,
    /// Whether the acting account sees it.
    pub is_seen: bool,
    pub world: World,
    /// States of one class differ in spelling only.
    pub class: usize,
}

/// What a call leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Refused,
    To { node: usize, is_beheading: bool },
}

/// All states of a slice, and where each call of the menu leads from them.
pub struct Graph {
    pub nodes: Vec<Node>,
    pub calls: Vec<Call>,
    /// So many nodes, the first ones, are where cases begin; the very first is no TRE at all.
    pub starts: usize,
    edges: Vec<Edge>,
    by_spelling: HashMap<String, usize>,
    /// By what the platform answers, and by the same in one order.
    by_answer: HashMap<String, usize>,
    by_key: HashMap<String, usize>,
    classes: HashMap<String, usize>,
    /// One node of each class.
    of_class: Vec<usize>,
}

impl Graph {
    /// Builds the graph of a world, from no TRE and each of `lives` on.
    pub fn of(seed: &Seed, lives: &[SeedTre], calls: Vec<Call>) -> Self {
        let by_spelling =
            calls.iter().enumerate().map(|(index, call)| (call.spelled(), index)).collect();
        let mut graph = Self {
            nodes: Vec::new(),
            calls,
            starts: 0,
            edges: Vec::new(),
            by_spelling,
            by_answer: HashMap::new(),
            by_key: HashMap::new(),
            classes: HashMap::new(),
            of_class: Vec::new(),
        };
        let with = |tre: Option<&SeedTre>| {
            let seed = Seed { tres: tre.into_iter().cloned().collect(), ..seed.clone() };
            World::seeded(&seed).unwrap()
        };
        graph.intern(with(None));
        for live in lives {
            graph.intern(with(Some(live)));
        }
        graph.starts = graph.nodes.len();
        let mut done = 0;
        while done < graph.nodes.len() {
            done = graph.explore(done);
        }
        graph
    }

    /// Makes every call on every node from `from` on.
    fn explore(&mut self, from: usize) -> usize {
        let end = self.nodes.len();
        let found: Vec<Vec<Option<Followed>>> = (from..end)
            .into_par_iter()
            .map(|node| self.calls.iter().map(|call| self.follow(node, call)).collect())
            .collect();
        for (node, row) in (from..end).zip(found) {
            for answer in row {
                let edge = match answer {
                    None => Edge::Refused,
                    Some((answer, world)) => {
                        let known = self.by_answer.get(&answer).copied();
                        let to = known.unwrap_or_else(|| self.intern(world.unwrap()));
                        Edge::To { node: to, is_beheading: self.is_beheading(node, to) }
                    }
                };
                self.edges.push(edge);
            }
        }
        end
    }

    /// Makes a call; `None` where it is refused. A world that is known already is not kept.
    fn follow(&self, node: usize, call: &Call) -> Option<Followed> {
        let mut world = self.nodes[node].world.clone();
        let actor = world.actor().clone();
        world.handle(&actor, &call.route, &call.input, 1).ok()?;
        let answer = answer(described(&world).as_ref());
        let is_known = self.by_answer.contains_key(&answer);
        Some((answer, (!is_known).then_some(world)))
    }

    fn intern(&mut self, world: World) -> usize {
        let described = described(&world);
        let answer = answer(described.as_ref());
        if let Some(known) = self.by_answer.get(&answer) {
            return *known;
        }
        let key = key(described.as_ref());
        let node = self.nodes.len();
        assert!(node < MOST_NODES, "the slice is too large");
        let tre = described.map(|it| serde_json::from_value::<TreDescription>(it).unwrap());
        let actor = world.actor().clone();
        let is_seen = tre.is_none() || describe(&world, &actor).is_some();
        let classes = self.classes.len();
        let class = *self.classes.entry(class_key(tre.as_ref())).or_insert(classes);
        if class == classes {
            self.of_class.push(node);
        }
        self.by_answer.insert(answer, node);
        self.by_key.insert(key, node);
        self.nodes.push(Node { tre, is_seen, world, class });
        node
    }

    fn is_beheading(&self, from: usize, to: usize) -> bool {
        let (before, after) = (self.nodes[from].tre.as_ref(), self.nodes[to].tre.as_ref());
        before.zip(after).is_some_and(|(before, after)| is_beheaded(before, after))
    }

    /// Returns where a call leads.
    pub fn edge(&self, node: usize, call: usize) -> Edge {
        self.edges[node * self.calls.len() + call]
    }

    /// Returns a call by its spelling.
    pub fn call(&self, call: &Call) -> Option<usize> {
        self.by_spelling.get(&call.spelled()).copied()
    }

    /// Returns a node of which the TRE is the one that is asked for.
    pub fn goal(&self, goal: Option<&TreDescription>) -> Option<usize> {
        self.classes.get(&class_key(goal)).map(|class| self.of_class[*class])
    }

    /// Tells whether two nodes differ in spelling only.
    pub fn is_same(&self, one: usize, other: usize) -> bool {
        self.nodes[one].class == self.nodes[other].class
    }

    /// Returns the node of a description, as [`key`] spells it.
    pub fn by_key(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// Returns a description as the platform gives it.
    pub fn description(&self, node: usize) -> Option<Value> {
        described(&self.nodes[node].world)
    }
}

/// Returns what a description is known by, whatever the order of its lists: times and creators do
/// not count.
pub fn key(described: Option<&Value>) -> String {
    described.map(|it| answer(Some(&in_order(it)))).unwrap_or_default()
}

/// Returns what a description is known by, as the platform answers it.
fn answer(described: Option<&Value>) -> String {
    let Some(Value::Object(fields)) = described else { return String::new() };
    let counts = |key: &str| !["created", "modified", "createdBy", "class"].contains(&key);
    let fields = fields.iter().filter(|(key, _)| counts(key));
    fields.map(|(key, value)| format!("{key}:{value}\n")).collect()
}

fn class_key(tre: Option<&TreDescription>) -> String {
    let Some(tre) = tre else { return String::new() };
    let mut tre = normal(tre);
    tre.created_by.clear();
    serde_json::to_string(&tre).unwrap()
}

/// Returns the TRE as it is, whoever may see it.
fn described(world: &World) -> Option<Value> {
    let everybody = USERS.iter().filter(|user| **user != GHOST);
    describe(world, world.actor())
        .or_else(|| everybody.into_iter().find_map(|user| describe(world, &user.parse().unwrap())))
}

fn describe(world: &World, user: &UserId) -> Option<Value> {
    world.clone().handle(user, &format!("/{TRE}/describe"), &json!({}), 1).ok()
}

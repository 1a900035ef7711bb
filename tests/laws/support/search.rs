//! Every way from a TRE to the one that is asked for, by trying: breadth first over direct calls,
//! through states in which nobody is too exposed and nothing is headless.

use std::collections::{BTreeMap, VecDeque};

use trectl::platform::wire::TreDescription;

use super::moves::{Move, moves};
use super::scene::Scene;
use crate::world::directory::TRE;
use crate::world::document::{Document, assets};
use crate::world::exposure::{Audience, Ends};
use crate::world::goal::{goal, normal};
use crate::world::headless::is_beheaded;

/// What a search found.
#[derive(Debug)]
pub enum Found {
    /// A shortest way.
    Way(Vec<Move>),
    /// There is none.
    None,
    /// The world is too large to tell.
    Unclear,
}

/// How many calls a search tries, at most.
const MOST_MOVES: usize = 14;
/// How many states are looked at before a search gives up.
const MOST_STATES: usize = 500;

/// Looks for a shortest way to what a scene's document asks for.
pub fn search(scene: &Scene) -> Found {
    let stage = scene.stage();
    let before = stage.describe();
    let goal = goal(before.as_ref(), &scene.document, scene.actor);
    let moves = moves(before.as_ref(), goal.as_ref(), &scene.document);
    if moves.len() > MOST_MOVES {
        return Found::Unclear;
    }
    let audience = Audience::of(&scene.seed());
    let ends: Vec<(String, Ends)> = audience
        .people()
        .map(|person| {
            (person.to_owned(), Ends::of(&audience, before.as_ref(), goal.as_ref(), person))
        })
        .collect();
    let rules = Rules { audience, ends, document: &scene.document };
    let wanted = goal.as_ref().map(normal);
    let key = |tre: &Option<TreDescription>| serde_json::to_string(tre).unwrap();
    let start = before.as_ref().map(normal);
    let mut seen: BTreeMap<String, Option<(String, usize)>> = BTreeMap::from([(key(&start), None)]);
    let mut queue = VecDeque::from([(stage, start, 0_u64)]);
    while let Some((stage, tre, made)) = queue.pop_front() {
        if tre == wanted {
            return Found::Way(way(&seen, key(&tre), &moves));
        }
        for (index, (route, input)) in moves.iter().enumerate() {
            // Only the lifecycle passes the same place twice.
            if made >> index & 1 == 1 && index > 1 || !rules.allow_call(tre.as_ref(), route) {
                continue;
            }
            let next = stage.fork();
            if next.call(route, input).is_err() {
                continue;
            }
            let after = next.describe().as_ref().map(normal);
            if seen.contains_key(&key(&after)) || !rules.allow(tre.as_ref(), after.as_ref()) {
                continue;
            }
            if seen.len() >= MOST_STATES {
                return Found::Unclear;
            }
            seen.insert(key(&after), Some((key(&tre), index)));
            queue.push_back((next, after, made | 1 << index));
        }
    }
    Found::None
}

/// Returns the calls that led to a state.
fn way(
    seen: &BTreeMap<String, Option<(String, usize)>>,
    mut at: String,
    moves: &[Move],
) -> Vec<Move> {
    let mut way = Vec::new();
    while let Some((from, index)) = &seen[&at] {
        way.push(moves[*index].clone());
        at = from.clone();
    }
    way.reverse();
    way
}

/// What every state on the way must hold.
struct Rules<'a> {
    audience: Audience,
    ends: Vec<(String, Ends)>,
    document: &'a Document,
}

impl Rules<'_> {
    /// A pending version that the document does not name must not go live.
    fn allow_call(&self, tre: Option<&TreDescription>, route: &str) -> bool {
        let pending = tre.and_then(|tre| tre.inventory.pending.as_ref());
        if route != format!("/{TRE}/activate") || pending.is_none() {
            return true;
        }
        let named = self.document.inventory.as_ref();
        named.zip(pending).is_some_and(|(named, pending)| {
            let pending = serde_json::from_value(serde_json::json!(pending)).unwrap();
            assets(named).is_same(&assets(&pending))
        })
    }

    fn allow(&self, before: Option<&TreDescription>, after: Option<&TreDescription>) -> bool {
        if before.zip(after).is_some_and(|(before, after)| is_beheaded(before, after)) {
            return false;
        }
        self.ends.iter().all(|(person, ends)| {
            ends.is_swapped_in(after) || ends.allow(self.audience.exposure(after, person).as_ref())
        })
    }
}

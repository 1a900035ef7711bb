//! Slices: small finite worlds, each crossed in full. What can bear on each other stands in one
//! slice; what cannot is held still there.

mod doors;
mod frozen;
mod parts;
mod people;
mod pipeline;
mod places;
mod policies;

use std::collections::{BTreeMap, BTreeSet};

use trectl::model::{AssetRef, OrgId, Principal, Questions, UserId};
use trectl::platform::seed::SeedTre;

use super::case::Words;
use super::graph::Graph;
use super::menu::menu;
use super::planner::Planner;
use super::reach::Reach;
use super::rename::{Exchange, Renamings};
use crate::world::directory::{BILLING, LISTED, USERS, seed};
use crate::world::document::{Document, assets};

/// What a slice is built from.
pub struct Sketch {
    pub name: &'static str,
    pub actor: &'static str,
    /// The TREs in which cases begin, besides none at all.
    pub lives: Vec<SeedTre>,
    pub documents: Vec<Document>,
    pub exchanges: Vec<Exchange>,
}

/// Returns the sketches of all slices.
pub fn sketches() -> Vec<Sketch> {
    vec![
        frozen::texts(),
        frozen::frozen(),
        doors::doors(),
        policies::policies(),
        policies::values(),
        policies::releases(),
        pipeline::order(),
        pipeline::reviewers(),
        people::people(),
        places::assets(),
        places::places(),
    ]
}

/// A slice, with all that is the same in each of its cases.
pub struct Slice {
    pub name: &'static str,
    pub actor: &'static str,
    pub documents: Vec<Document>,
    pub graph: Graph,
    pub words: Words,
    pub reach: Reach,
    pub planner: Planner,
    pub renamings: Renamings,
}

impl Sketch {
    /// Builds the slice; short TREs and documents come first.
    pub fn build(self) -> Slice {
        let Self { name, actor, mut lives, mut documents, exchanges } = self;
        lives.sort_by_cached_key(|live| serde_json::to_string(live).unwrap().len());
        documents.sort_by_cached_key(|document| format!("{document:?}").len());
        let seed = seed(actor);
        let graph = Graph::of(&seed, &lives, menu(&lives, &documents));
        let questions = questions(&lives, &documents);
        Slice {
            name,
            actor,
            words: Words::of(&graph.calls),
            reach: Reach::of(&seed, &graph),
            planner: Planner::of(&documents, graph.nodes.len(), questions, actor),
            renamings: Renamings::of(&exchanges, &graph, &documents),
            graph,
            documents,
        }
    }
}

/// Returns all that a plan of a slice may ask: everybody, every org, every asset.
fn questions(lives: &[SeedTre], documents: &[Document]) -> Questions {
    let users = USERS.iter().map(|user| UserId::from_platform(user));
    let users: BTreeSet<UserId> = users.collect();
    let orgs = LISTED.iter().filter(|id| id.starts_with("org-")).chain(&BILLING);
    let orgs: BTreeSet<OrgId> = orgs.map(|org| OrgId::from_platform(org)).collect();
    let live = lives.iter().flat_map(|live| [&live.inventory.active, &live.inventory.pending]);
    let wanted = documents.iter().map(|document| &document.inventory);
    let inventories = live.chain(wanted).flatten().map(assets);
    let named = |asset: &AssetRef| (asset.object.clone(), asset.project.clone());
    let objects: BTreeMap<_, _> = inventories
        .flat_map(|inventory| inventory.assets().map(|(_, it)| named(it)).collect::<Vec<_>>())
        .collect();
    let people = users.iter().cloned().map(Principal::User);
    Questions {
        people: people.chain(orgs.iter().cloned().map(Principal::Org)).collect(),
        listings: orgs.clone(),
        members: orgs.into_iter().map(|org| (org, users.clone())).collect(),
        objects,
    }
}

//! What trectl says of somebody's access is what the platform lets them do; who is said to come in
//! had no way in before, who is said to leave has none left, and who stays has one.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use trectl::access::{Right, View};
use trectl::live;
use trectl::model::{Directory, LiveTre, Member, OrgId, TreId, UserId};
use trectl::plan::{EVERYBODY, PersonImpact, Status};
use trectl::platform::Wire;
use trectl::platform::seed::{RequestState, Seed, SeedRequest};
use trectl::platform::wire::{TreDescription, WireState};
use trectl::sim::{InMemory, World};

use crate::support::check;
use crate::support::scene::{Scene, scenes};
use crate::support::stage::{Terms, change};
use crate::world::directory::{GHOST, TRE, USERS};
use crate::world::now;

const REQUEST: &str = "treApplication-000000000000000000000001";

/// What somebody can do, by trying.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Can {
    find: bool,
    send: bool,
    change: bool,
    decide: BTreeSet<String>,
    /// The levels in the project of the showcase, and in each project of the inventory, where the
    /// project's own access list gives none.
    reads_showcase: Option<bool>,
    administers: Option<bool>,
}

/// Tries all of it, each on a platform of its own.
fn tried(world: &World, user: &UserId, tre: &TreDescription, seed: &Seed) -> Can {
    let call = |route: &str, input: Value| {
        InMemory::new(world.clone()).acting_as(user.clone()).call(route, &input)
    };
    let level = |project: &str| {
        let answer = call(&format!("/{project}/describe"), json!({})).ok()?;
        Some(answer["level"].as_str().unwrap().to_owned())
    };
    let own = |project: &str| {
        let listed = seed.projects.iter().find(|listed| listed.id == project).unwrap();
        let orgs = seed.orgs.iter().filter(|org| org.members.iter().any(|m| m.id == user.as_str()));
        let mut ids = orgs.map(|org| org.id.as_str()).chain([user.as_str()]);
        ids.any(|id| listed.access.contains_key(id))
    };
    let steps = tre.application_review_steps.iter().map(|step| step.id.clone());
    let approves =
        |step: &String| call(&format!("/{REQUEST}/approve"), json!({ "stepId": step })).is_ok();
    let (showcase, all) = projects(tre, seed);
    let strange = all.iter().filter(|project| !own(project));
    let strange: Vec<_> = strange.map(|project| level(project)).collect();
    Can {
        find: call(&format!("/{TRE}/describe"), json!({})).is_ok(),
        send: call("/treApplication/new", json!({ "tre": TRE })).is_ok(),
        change: call(&format!("/{TRE}/update"), json!({ "name": "Theirs" })).is_ok(),
        decide: steps.filter(approves).collect(),
        reads_showcase: showcase.filter(|id| !own(id)).map(|id| level(&id).is_some()),
        administers: (!strange.is_empty())
            .then(|| strange.iter().all(|level| level.as_deref() == Some("ADMINISTER"))),
    }
}

/// Returns the project of the showcase that is given out, and all projects of that inventory.
fn projects(tre: &TreDescription, seed: &Seed) -> (Option<String>, BTreeSet<String>) {
    let Some(active) = &tre.inventory.active else { return (None, BTreeSet::new()) };
    let place = |asset: &Option<String>| {
        let object = asset.as_ref()?.rsplit(':').next()?.to_owned();
        let records = seed.records.iter().map(|record| (&record.id, &record.project));
        let files = seed.files.iter().map(|file| (&file.id, &file.project));
        records.chain(files).find(|(id, _)| **id == object).map(|(_, project)| project.clone())
    };
    let assets = [
        &active.tabular_data,
        &active.data_showcase,
        &active.file_inventory,
        &active.data_collections,
    ];
    (place(&active.data_showcase), assets.into_iter().filter_map(place).collect())
}

/// Returns what `access` says of somebody.
fn said(live: &LiveTre, user: &UserId, directory: &Directory, like: &Can) -> Can {
    let view = View::live(live);
    let gives = view.gives_all(&view.paths(user, directory));
    let has = |wanted: Right| gives.iter().any(|grant| grant.right == wanted);
    let decide = gives.iter().filter_map(|grant| match &grant.right {
        Right::DecideStep { step } => Some(step.to_string()),
        _ => None,
    });
    Can {
        find: has(Right::Find),
        send: has(Right::SendRequests),
        change: has(Right::ChangeTre),
        decide: decide.collect(),
        reads_showcase: like.reads_showcase.map(|_| has(Right::ReadShowcaseProject)),
        administers: like.administers.map(|_| has(Right::AdministerInventoryProjects)),
    }
}

fn directory(seed: &Seed) -> Directory {
    let mut directory = Directory::of(UserId::from_platform(&seed.actor));
    for org in &seed.orgs {
        let member = |id: &str| {
            (UserId::from_platform(id), Some(Member { is_admin: false, tre_management: false }))
        };
        let members = org.members.iter().map(|listed| member(&listed.id)).collect();
        directory.members.insert(OrgId::from_platform(&org.id), members);
    }
    directory
}

fn people() -> impl Iterator<Item = UserId> {
    USERS.iter().filter(|user| **user != GHOST).map(|user| user.parse().unwrap())
}

/// Returns the seed of a scene, with a request in review where the TRE was ever open for one.
fn with_request(scene: &Scene) -> Seed {
    let mut seed = scene.seed();
    if scene.live.as_ref().is_some_and(|live| live.state != WireState::Draft) {
        seed.requests.push(SeedRequest {
            id: REQUEST.to_owned(),
            tre: TRE.to_owned(),
            name: None,
            state: RequestState::InReview,
            created_by: Some("user-gus".to_owned()),
            created: 0,
            modified: None,
        });
    }
    seed
}

#[test]
fn what_is_said_of_somebodys_access_is_what_the_platform_lets_them_do() {
    let seen: [Cell<u32>; 6] = Default::default();
    check(400, scenes(), |scene| {
        let seed = with_request(&scene);
        let stage = scene.stage();
        let Some(tre) = stage.describe() else { return Ok(()) };
        let world = World::seeded(&seed).unwrap();
        let admin = tre.admins.iter().find(|admin| *admin != GHOST);
        let Some(admin) = admin else { return Ok(()) };
        let reader = Wire(InMemory::new(world.clone()).acting_as(admin.parse().unwrap()));
        let id = TreId::from_platform(TRE);
        let live = now(live::describe_one(&reader, &id)).unwrap().unwrap();
        let directory = directory(&seed);
        for user in people() {
            let can = tried(&world, &user, &tre, &seed);
            let said = said(&live, &user, &directory, &can);
            prop_assert_eq!(&said, &can, "{} in {:?}", user, tre);
            let kinds = [
                can.find,
                can.send,
                can.change,
                !can.decide.is_empty(),
                can.reads_showcase == Some(true),
                can.administers == Some(true),
            ];
            for (kind, count) in kinds.into_iter().zip(&seen) {
                count.set(count.get() + u32::from(kind));
            }
        }
        Ok(())
    });
    let seen = seen.map(|count| count.get());
    assert!(seen.iter().all(|count| *count > 200), "{seen:?}");
}

/// Who comes in sees nothing before and something after; who leaves the other way round.
#[test]
fn who_is_said_to_come_in_or_leave_does_and_who_stays_stays() {
    let seen: [Cell<u32>; 5] = Default::default();
    check(1_500, scenes(), |scene| {
        let stage = scene.stage();
        let planned = change(&stage.plan(&scene.document, &Terms::consented())).clone();
        if planned.status != Status::Ready || !stage.is_in_sight() {
            return Ok(());
        }
        let before = stage.world();
        let states = stage.play_all(&planned).map_err(TestCaseError::fail)?;
        let after = stage.world();
        let impact = &planned.impact;
        let named = |list: &[PersonImpact]| -> BTreeSet<String> {
            list.iter().map(|person| person.id.clone()).collect()
        };
        let [gain, lose, keep, more] =
            [&impact.gain_access, &impact.lose_access, &impact.keep_access, &impact.more_access]
                .map(|list| named(list));
        let mut by_org = [0, 0];
        for user in people() {
            let id = user.to_string();
            let (was, is) = (sees(&before, &user), sees(&after, &user));
            let is_in = [&gain, &lose, &keep, &more].map(|list| list.contains(&id));
            prop_assert!(is_in.iter().filter(|it| **it).count() < 2, "{id} twice: {impact:?}");
            let [gains, loses, keeps, gets_more] = is_in;
            prop_assert!(!gains || (!was && is), "{id} does not come in: {impact:?}");
            prop_assert!(!loses || (was && !is), "{id} does not leave: {impact:?}");
            prop_assert!(!(keeps || gets_more) || (was && is), "{id} is not in: {impact:?}");
            let is_operator = id == scene.actor;
            let is_public = |list: &BTreeSet<String>| list.contains(EVERYBODY);
            if !was && is && !gains && !is_operator && !is_public(&gain) {
                by_org[0] += 1;
            }
            if was && !is && !loses && !is_operator && !is_public(&lose) {
                by_org[1] += 1;
            }
            for (it, count) in is_in.into_iter().zip(&seen) {
                count.set(count.get() + u32::from(it));
            }
        }
        // Whoever comes or goes without being named does so as a member of an org that is.
        for (list, found) in [(&impact.gain_access, by_org[0]), (&impact.lose_access, by_org[1])] {
            let members: u64 = list.iter().filter_map(|person| person.members).sum();
            if !named(list).contains(EVERYBODY) {
                prop_assert_eq!(members, found, "{:?}", impact);
                seen[4].set(seen[4].get() + u32::from(members > 0));
            }
        }
        let (was, is) = (is_open(states[0].as_ref()), is_open(states[states.len() - 1].as_ref()));
        prop_assert_eq!(gain.contains(EVERYBODY), !was && is, "{:?}", impact);
        prop_assert_eq!(lose.contains(EVERYBODY), was && !is, "{:?}", impact);
        Ok(())
    });
    let seen = seen.map(|count| count.get());
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}

fn sees(world: &World, user: &UserId) -> bool {
    let platform = InMemory::new(world.clone()).acting_as(user.clone());
    platform.call(&format!("/{TRE}/describe"), &json!({})).is_ok()
}

/// Tells whether everybody on the platform sees it.
fn is_open(tre: Option<&TreDescription>) -> bool {
    tre.is_some_and(|tre| tre.visibility == "public" && tre.state != WireState::Draft)
}

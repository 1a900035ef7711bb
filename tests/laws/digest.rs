//! A TRE's digest: equal where the same would be done, other where something else would be.

use serde_json::json;
use trectl::desired::{Consent, ConsentKind, Target};
use trectl::model::{Applied, DesiredState, Directory};
use trectl::plan::{self, Context, Extent, Plan, Source};
use trectl::platform::seed::{Seed, SeedTre};
use trectl::platform::wire::WireState;
use trectl::sim::World;

use crate::support::cast::{document, people, policies, release, stage, step, tre};
use crate::support::stage::{Stage, Terms, change};
use crate::world::TODAY;
use crate::world::directory::{TRE, inventories, seed};
use crate::world::document::{Document, range, repository, target};

fn digest(live: &SeedTre, asked: &Document) -> String {
    of(&stage(Some(live.clone())).plan(asked, &Terms::consented()))
}

fn of(plan: &Plan) -> String {
    change(plan).digest.clone()
}

#[test]
fn what_is_not_managed_does_not_count() {
    let live = tre(WireState::Active);
    let reviewed = digest(&live, &release());
    let mut edited = SeedTre { description: "Edited".to_owned(), ..live };
    edited.policies.insert("protected".to_owned(), json!(true));
    edited.authorized_users.push("user-gus".to_owned());
    assert_eq!(digest(&edited, &release()), reviewed);
}

#[test]
fn a_list_counts_by_who_comes_and_who_goes() {
    let with = |listed: &[&str], wanted: &[&str]| {
        let authorized_users = listed.iter().map(|user| (*user).to_owned()).collect();
        let live = SeedTre { authorized_users, ..tre(WireState::Active) };
        digest(&live, &Document { users: people(wanted), ..document(DesiredState::Active) })
    };
    let reviewed = with(&["user-eve"], &["user-eve", "user-gus"]);
    assert_eq!(with(&["user-dan"], &["user-dan", "user-gus"]), reviewed);
    let more = with(&["org-ash", "user-eve"], &["org-ash", "user-eve", "user-gus"]);
    assert_eq!(more, reviewed, "nor does the place in the list count");
    assert_ne!(with(&["user-dan"], &["user-eve", "user-gus"]), reviewed);
    assert_ne!(with(&["user-eve"], &["user-eve", "user-fay"]), reviewed);
}

#[test]
fn another_tre_does_not_count() {
    let other = "tre-other";
    let seed = Seed {
        tres: vec![
            tre(WireState::Active),
            SeedTre { id: other.to_owned(), ..tre(WireState::Active) },
        ],
        ..seed("user-olga")
    };
    let stage = Stage::of(World::seeded(&seed).unwrap());
    let renamed = Document { name: Some("Renamed".to_owned()), ..document(DesiredState::Active) };
    let both = [release().resolved(TRE), renamed.resolved(other)];
    let reviewed = digest(&tre(WireState::Active), &release());
    assert_eq!(of(&stage.plan_all(both, &Terms::consented())), reviewed);
}

#[test]
fn values_states_and_consents_count() {
    let live = tre(WireState::Active);
    let reviewed = digest(&live, &release());
    let another = Document { inventory: Some(inventories().swap_remove(2)), ..release() };
    let more = Document { policies: policies(&[("protected", json!(true))]), ..release() };
    let closed = Document { state: DesiredState::Maintenance, ..release() };
    let consent = Consent {
        allow: ConsentKind::Maintenance,
        values: [("/inventory/version".to_owned(), json!("2"))].into(),
        until: None,
        ticket: Some("DAC-1".to_owned()),
        range: range(),
    };
    let given = Document { consents: vec![consent], ..release() };
    for asked in [another, more, closed, given] {
        assert_ne!(digest(&live, &asked), reviewed, "{asked:?}");
    }
}

#[test]
fn what_is_blocked_counts() {
    let to = |region: &str| {
        let asked = Document { region: Some(region.to_owned()), ..document(DesiredState::Active) };
        digest(&tre(WireState::Active), &asked)
    };
    assert_ne!(to("aws:us-east-1"), to("aws:eu-central-1"));
}

#[test]
fn the_calls_count() {
    let replaced = |had: &[&str], have: &[&str]| {
        let mut live = tre(WireState::Active);
        live.application_review_steps[0].reviewers =
            had.iter().map(|user| (*user).to_owned()).collect();
        let steps = vec![step("first", people(have)), step("second", None)];
        digest(&live, &Document { steps: Some(steps), ..document(DesiredState::Active) })
    };
    // The same people come and go, in another order.
    let swapped = replaced(&["user-dan"], &["user-gus"]);
    assert_ne!(swapped, replaced(&["user-dan", "user-fay"], &["user-gus", "user-fay"]));
}

#[test]
fn the_target_and_the_id_count() {
    let frozen =
        Document { region: Some("aws:us-east-1".to_owned()), ..document(DesiredState::Active) };
    let other = "tre-other";
    let tres = [TRE, other].map(|id| SeedTre { id: id.to_owned(), ..tre(WireState::Active) });
    let seed = Seed { tres: tres.into(), ..seed("user-olga") };
    let stage = Stage::of(World::seeded(&seed).unwrap());
    let on = |name: &str, id: &str| {
        let target = Target { name: name.to_owned(), ..target(&[]) };
        let context = Context {
            desired: &repository([frozen.resolved(id)]),
            target: &target,
            live: &stage.live(),
            applied: &Applied::new(),
            directory: &Directory::of("user-olga".parse().unwrap()),
            only: None,
            allow: &[],
            extent: Extent::Full,
            today: TODAY,
        };
        let source = Source { digest: String::new(), git: None };
        let plan = plan::plan(&context, String::new(), source);
        plan.resource_changes.iter().find(|change| change.name == id).unwrap().digest.clone()
    };
    assert_eq!(on("local", TRE), on("local", TRE));
    assert_ne!(on("local", TRE), on("local", other));
    assert_ne!(on("local", TRE), on("production", TRE));
}

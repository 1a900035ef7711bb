//! §3: limits and spellings.

use serde_json::{Value, json};
use trectl::platform::seed::{Seed, SeedMember};
use trectl::sim::World;

use super::support::{Caller, rows, seed, with};

rows! {
    "L3.admins.100" D "A TRE has at most 100 admins." => at_most_100_admins;
    "L3.users.1000" D "A TRE has at most 1,000 authorized users and orgs."
        => at_most_1000_authorized_users;
    "L3.step-id" D "A review step's id is of lower-case letters and digits." => step_ids;
    "L3.step-id.unique" D "A review step's id is unique in the TRE." => step_ids_are_unique;
    "L3.append" A "A new review step comes last." => a_new_step_comes_last;
    "L3.visibility" D "Visibility is `private` or `public`." => two_visibilities;
    "L3.ids" S "Handles are lower case; other ids have 24 characters of their alphabet." => ids;
    "L3.regions" D "Regions look like `aws:eu-west-2`." => regions;
    "L3.times" D "Times are integer milliseconds since the Unix epoch." => times;
    "L3.modified" A "Only a change of something sets `modified`." => modified_moves_with_changes;
    "L3.creator" A "The creator becomes the only admin." => the_creator_is_the_admin;
    "L3.new" A "A new TRE is a private draft without users, policies, steps and inventory."
        => a_new_tre_is_empty;
    "L3.handle.free" A "The handle of a deleted TRE is free again." => handles_are_free_again;
}

/// The seed with many more users, all of whom manage TREs for the biobank.
fn crowded(count: usize) -> Caller {
    let mut seed: Seed = seed();
    for number in 0..count {
        let id = format!("user-extra{number}");
        seed.users.push(id.clone());
        let member = SeedMember { id, tre_management: true, ..SeedMember::default() };
        seed.orgs[0].members.push(member);
    }
    Caller::on(World::seeded(&seed).unwrap())
}

fn extras(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("user-extra{number}")).collect()
}

#[test]
fn at_most_100_admins() {
    let amara = crowded(99);
    let refusal = amara.refused("/tre-active/addAdmins", json!({ "admins": extras(0..99) }));
    assert_eq!(refusal, "InvalidInput");
    amara.ok("/tre-active/addAdmins", json!({ "admins": extras(0..98) }));
    assert_eq!(amara.tre("tre-active")["admins"].as_array().map(Vec::len), Some(100));
    let refusal = amara.refused("/tre-active/addAdmins", json!({ "admins": extras(98..99) }));
    assert_eq!(refusal, "InvalidInput");
}

#[test]
fn at_most_1000_authorized_users() {
    let amara = crowded(999);
    let add = |range| json!({ "authorizedUsers": extras(range) });
    assert_eq!(amara.refused("/tre-active/addAuthorizedUsers", add(0..999)), "InvalidInput");
    amara.ok("/tre-active/addAuthorizedUsers", add(0..998));
    assert_eq!(amara.tre("tre-active")["authorizedUsers"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(amara.refused("/tre-active/addAuthorizedUsers", add(998..999)), "InvalidInput");
}

fn add_step(id: &str) -> Value {
    json!({ "id": id, "name": "Step", "description": "" })
}

#[test]
fn step_ids() {
    let amara = Caller::amara();
    for id in ["", "Ethics", "data-governance", "data_governance", "ethics board", "é"] {
        let refusal = amara.refused("/tre-draft/addApplicationReviewStep", add_step(id));
        assert_eq!(refusal, "InvalidInput", "{id}");
    }
    amara.ok("/tre-draft/addApplicationReviewStep", add_step("2ethics"));
}

#[test]
fn step_ids_are_unique() {
    let refusal =
        Caller::amara().refused("/tre-draft/addApplicationReviewStep", add_step("governance"));
    assert_eq!(refusal, "InvalidInput");
}

#[test]
fn a_new_step_comes_last() {
    let amara = Caller::amara();
    amara.ok("/tre-draft/addApplicationReviewStep", add_step("zeta"));
    amara.ok("/tre-draft/addApplicationReviewStep", add_step("alpha"));
    let tre = amara.tre("tre-draft");
    let steps = tre["applicationReviewSteps"].as_array().unwrap();
    let ids: Vec<_> = steps.iter().map(|step| step["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["governance", "zeta", "alpha"]);
}

#[test]
fn two_visibilities() {
    let refusal = Caller::amara().refused("/tre-draft/update", json!({ "visibility": "listed" }));
    assert_eq!(refusal, "InvalidInput");
}

fn new(handle: &str) -> Value {
    json!({ "handle": handle, "name": "N", "billTo": "org-biobank", "region": "aws:eu-west-2" })
}

#[test]
fn ids() {
    let amara = Caller::amara();
    for handle in ["", "Upper", "-first", "with space", "tré", "a/b"] {
        assert_eq!(amara.refused("/tre/new", new(handle)), "InvalidInput", "{handle}");
    }
    amara.ok("/tre/new", new("a.b_c-1"));
    for record in ["record-short", "record-00000000000000000000000A", "dataset-1", "record-"] {
        let input = json!({ "version": "1", "tabularData": record });
        let refusal = amara.refused("/tre-draft/setInventory", input);
        assert_eq!(refusal, "InvalidInput", "{record}");
    }
}

#[test]
fn regions() {
    let amara = Caller::amara();
    for region in ["", "eu-west-2", "aws:", ":eu", "AWS:eu-west-2"] {
        let refusal = amara.refused("/tre-draft/update", json!({ "region": region }));
        assert_eq!(refusal, "InvalidInput", "{region}");
        let new = with(new("new"), json!({ "region": region }));
        assert_eq!(amara.refused("/tre/new", new), "InvalidInput", "{region}");
    }
    for region in ["azure:westus", "oci:us-ashburn-1"] {
        amara.ok("/tre-draft/update", json!({ "region": region }));
    }
}

#[test]
fn times() {
    let mut world = World::seeded(&seed()).unwrap();
    let amara = world.actor().clone();
    let now = 1_767_225_600_123;
    world.handle(&amara, "/tre/new", &new("one"), now).unwrap();
    let tre = world.handle(&amara, "/tre-one/describe", &json!({}), now + 5).unwrap();
    assert_eq!((&tre["created"], &tre["modified"]), (&json!(now), &json!(now)));
}

#[test]
fn modified_moves_with_changes() {
    let mut world = World::seeded(&seed()).unwrap();
    let amara = world.actor().clone();
    let mut call = |route: &str, input: Value, now| {
        world.handle(&amara, route, &input, now).unwrap();
        world.handle(&amara, "/tre-active/describe", &json!({}), now).unwrap()["modified"].clone()
    };
    assert_eq!(call("/tre-active/update", json!({ "name": "tre-active" }), 5_000), 1_000);
    assert_eq!(call("/tre-active/update", json!({ "name": "Other" }), 6_000), 6_000);
}

#[test]
fn the_creator_is_the_admin() {
    let jonas = Caller::amara().user("jonas");
    jonas.ok("/tre/new", new("one"));
    let tre = jonas.tre("tre-one");
    assert_eq!(tre["admins"], json!(["user-jonas"]));
    assert_eq!(tre["createdBy"], "user-jonas");
}

#[test]
fn a_new_tre_is_empty() {
    let amara = Caller::amara();
    amara.ok("/tre/new", new("one"));
    let tre = amara.tre("tre-one");
    let expected = json!({
        "state": "draft",
        "description": "",
        "visibility": "private",
        "authorizedUsers": [],
        "policies": {},
        "applicationReviewSteps": [],
        "inventory": { "active": null, "pending": null },
        "customizedRateCard": null,
        "customizedURL": null,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(tre[field], *value, "{field}");
    }
}

#[test]
fn handles_are_free_again() {
    let amara = Caller::amara();
    amara.ok("/tre-amending/destroy", json!({}));
    amara.ok("/tre/new", new("amending"));
    assert_eq!(amara.tre("tre-amending")["authorizedUsers"], json!([]));
}

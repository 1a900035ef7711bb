//! §8 as far as it is not about HTTP: errors and nonces.

use serde_json::{Value, json};
use trectl::sim::World;

use super::support::{Caller, rows, seed, with};

rows! {
    "L8.errors" S "Refusals have the vendor's error types, each with its HTTP status."
        => errors_have_the_vendors_names;
    "L8.input" A "Unknown fields, missing fields and wrong types answer `InvalidInput`."
        => input_is_read_strictly;
    "L8.route" A "A route that does not exist answers `ResourceNotFound`." => unknown_routes;
    "L8.stranger" S "An account that does not exist answers `InvalidAuthentication`." => strangers;
    "L8.nonce" S "The same nonce and input within an hour give the first answer again."
        => a_nonce_repeats_the_answer;
    "L8.nonce.other" S "The same nonce with other input answers `InvalidInput`."
        => a_nonce_takes_one_input;
    "L8.nonce.hour" S "A nonce is forgotten after an hour." => a_nonce_is_forgotten;
    "L8.nonce.bytes" S "A nonce has at most 128 bytes." => a_nonce_is_short;
}

fn new(fields: Value) -> Value {
    let input = json!({
        "handle": "one", "name": "N", "billTo": "org-biobank", "region": "aws:eu-west-2",
    });
    with(input, fields)
}

#[test]
fn errors_have_the_vendors_names() {
    let amara = Caller::amara();
    let calls = [
        ("sol", "/tre-public/destroy", json!({}), "PermissionDenied", 401),
        ("nobody", "/system/whoami", json!({}), "InvalidAuthentication", 401),
        ("sol", "/tre-active/describe", json!({}), "ResourceNotFound", 404),
        ("amara", "/tre-active/update", json!({ "name": 1 }), "InvalidInput", 422),
        ("amara", "/tre-active/destroy", json!({}), "InvalidState", 422),
        ("amara", "/tre-active/addAdmins", json!({ "admins": ["org-x"] }), "InvalidType", 422),
    ];
    for (user, route, input, kind, status) in calls {
        let error = amara.user(user).call(route, &input).unwrap_err();
        assert_eq!((error.kind.as_str(), error.kind.status()), (kind, Some(status)));
        assert_eq!(error.route, route);
    }
}

#[test]
fn input_is_read_strictly() {
    let amara = Caller::amara();
    let calls = [
        ("/system/whoami", json!({ "x": 1 })),
        ("/system/whoami", json!([])),
        ("/system/findTres", json!({ "limit": 10, "start": "x" })),
        ("/system/findTres", json!({ "describe": "yes" })),
        ("/system/findTres", json!({ "starting": 4 })),
        ("/tre/new", new(json!({ "owner": "user-amara" }))),
        ("/tre/new", new(json!({ "name": null }))),
        ("/tre/new", json!({ "handle": "one" })),
        ("/tre/new", new(json!({ "billTo": "user-amara" }))),
        ("/tre-draft/update", json!({ "name": null })),
        ("/tre-draft/update", json!({ "customizedURL": 3 })),
        ("/tre-draft/activate", json!({ "force": true })),
        ("/tre-draft/destroy", json!({ "force": true })),
        ("/tre-draft/setPolicies", json!({ "downloadRestricted": true })),
        ("/tre-draft/setPolicies", json!({ "policies": [] })),
        ("/tre-draft/setInventory", json!({ "version": "1", "tabular": null })),
        ("/tre-draft/addAdmins", json!({ "admins": "user-jonas" })),
        ("/tre-draft/addAdmins", json!({})),
        ("/tre-draft/addAdmins", json!({ "admins": [7] })),
        ("/tre-draft/addAdmins", json!({ "admins": ["Jonas"] })),
        ("/tre-draft/addApplicationReviewStep", json!({ "id": "x" })),
        ("/tre-draft/addApplicationReviewers", json!({ "reviewers": [] })),
        ("/org-biobank/findMembers", json!({ "level": "OWNER" })),
        ("/treApplication/new", json!({ "name": "N" })),
    ];
    for (route, input) in calls {
        assert_eq!(amara.refused(route, input.clone()), "InvalidInput", "{route} with {input}");
    }
}

#[test]
fn unknown_routes() {
    let amara = Caller::amara();
    let routes = [
        "/tre",
        "/tre/old",
        "/tre-draft",
        "/tre-draft/rename",
        "/tre-Draft/describe",
        "/system/findProjects",
        "/record-short/describe",
        "/user-sol/describe/more",
        "/app-x/describe",
    ];
    for route in routes {
        assert_eq!(amara.refused(route, json!({})), "ResourceNotFound", "{route}");
    }
}

#[test]
fn strangers() {
    let refusal = Caller::amara().user("nobody").refused("/system/findTres", json!({}));
    assert_eq!(refusal, "InvalidAuthentication");
}

/// Makes a call with the nonce `n` some milliseconds before the first call of the account that is
/// returned; its answer is returned too.
fn called_before(milliseconds: i64) -> (Value, Caller) {
    let mut world = World::seeded(&seed()).unwrap();
    let amara = world.actor().clone();
    let input = new(json!({ "nonce": "n" }));
    // A platform in memory takes the number of a call for its time.
    let answer = world.handle(&amara, "/tre/new", &input, 1 - milliseconds).unwrap();
    (answer, Caller::on(world))
}

#[test]
fn a_nonce_repeats_the_answer() {
    let (first, amara) = called_before(3_599_999);
    let input = new(json!({ "nonce": "n" }));
    assert_eq!(amara.ok("/tre/new", input.clone()), first);
    let (_, amara) = called_before(1);
    let other = amara.user("jonas").refused("/tre/new", input);
    assert_eq!(other, "InvalidInput", "another account's nonce is another nonce");
}

#[test]
fn a_nonce_takes_one_input() {
    let amara = Caller::amara();
    amara.ok("/tre/new", new(json!({ "nonce": "n" })));
    let refusal = amara.refused("/tre/new", new(json!({ "nonce": "n", "handle": "two" })));
    assert_eq!(refusal, "InvalidInput");
    amara.ok("/tre/new", new(json!({ "nonce": "m", "handle": "two" })));
}

#[test]
fn a_nonce_is_forgotten() {
    let (_, amara) = called_before(3_600_000);
    amara.ok("/tre/new", new(json!({ "nonce": "n", "handle": "two" })));
}

#[test]
fn a_nonce_is_short() {
    let amara = Caller::amara();
    let refusal = amara.refused("/tre/new", new(json!({ "nonce": "n".repeat(129) })));
    assert_eq!(refusal, "InvalidInput");
    amara.ok("/tre/new", new(json!({ "nonce": "n".repeat(128) })));
}

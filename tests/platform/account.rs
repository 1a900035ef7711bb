//! What any account answers that is only read: on the embedded platform through both doors, and on
//! a live account where that is asked for (docs/platform-contract.md).

#![expect(clippy::print_stdout, reason = "a live account is looked at to learn from it")]

use serde_json::{Value, json};
use trectl::model::{OrgId, TreId, UserId};
use trectl::platform::wire::contract::{DeviationKind, Route};
use trectl::platform::{Reader, Wire};

use crate::support::{Caller, Calling, Door, Http, Through, now};

/// Runs every scenario through every door.
macro_rules! through_every_door {
    ($($scenario:ident)*) => {
        mod direct {
            $(#[test] fn $scenario() { super::$scenario(&super::Caller::amara().door); })*
        }
        mod over_http {
            $(#[test] fn $scenario() {
                super::$scenario(&super::Calling::<super::Http>::amara().door);
            })*
        }
        mod live {
            $(#[test]
            #[ignore = "reads a live account, the one at TRECTL_LIVE_TARGET"]
            fn $scenario() { super::$scenario(&super::Http::live()); })*
        }
    };
}

through_every_door! {
    a_user_calls
    small_pages_lead_to_the_end
    every_tre_reads
    members_of_a_billing_org_read
    what_does_not_exist_is_not_found
    a_wrong_token_is_not_accepted
    an_empty_object_is_enough
    unknown_input_is_refused_or_ignored
}

/// Makes a call that succeeds, with an answer in which nothing is missing or of another type.
fn read(door: &impl Door, path: &str, input: &Value) -> Value {
    let answer = door.call(path, input).unwrap_or_else(|error| panic!("{error}"));
    let (unknown, wrong): (Vec<_>, Vec<_>) = Route::of(path)
        .unwrap()
        .compare(&answer)
        .into_iter()
        .partition(|deviation| deviation.kind == DeviationKind::Unknown);
    for deviation in unknown {
        println!("{path}: `{}` is not in the contract: {}", deviation.path, deviation.found);
    }
    assert_eq!(wrong, [], "{path}");
    answer
}

/// Lists the ids of all TREs, a page of so many at a time.
fn tres(door: &impl Door, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut input = json!({ "limit": limit });
    loop {
        let page = read(door, "/system/findTres", &input);
        let results = page["results"].as_array().unwrap();
        assert!(results.len() <= limit, "{} results, {limit} asked for", results.len());
        ids.extend(results.iter().map(|tre| tre["id"].as_str().unwrap().to_owned()));
        if page["next"].is_null() {
            return ids;
        }
        assert_ne!(input["starting"], page["next"], "the pages do not go on");
        input["starting"] = page["next"].clone();
    }
}

fn all_tres(door: &impl Door) -> Vec<String> {
    let found = tres(door, 1_000);
    println!("{} TREs are seen", found.len());
    found
}

fn a_user_calls(door: &impl Door) {
    let answer = read(door, "/system/whoami", &json!({}));
    let id: UserId = answer["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(now(Wire(Through(door.clone())).whoami()).unwrap(), id);
}

fn small_pages_lead_to_the_end(door: &impl Door) {
    assert_eq!(tres(door, 1), all_tres(door));
}

fn every_tre_reads(door: &impl Door) {
    let wire = Wire(Through(door.clone()));
    for id in all_tres(door) {
        let raw = read(door, &format!("/{id}/describe"), &json!({}));
        let described = now(wire.describe_tre(&TreId::from_platform(&id))).unwrap().unwrap();
        assert_eq!((&described.tre.id, &described.raw), (&id, &raw));
    }
}

fn members_of_a_billing_org_read(door: &impl Door) {
    let Some(id) = all_tres(door).pop() else { return };
    let org = read(door, &format!("/{id}/describe"), &json!({}))["billTo"].clone();
    let org = org.as_str().unwrap();
    read(door, &format!("/{org}/findMembers"), &json!({}));
    let wire = Wire(Through(door.clone()));
    let members = now(wire.find_members(&OrgId::from_platform(org), None)).unwrap();
    assert!(!members.is_empty(), "{org} has no member");
}

fn what_does_not_exist_is_not_found(door: &impl Door) {
    let id = "tre-nobodyhasthishandle";
    let error = door.call(&format!("/{id}/describe"), &json!({})).unwrap_err();
    assert_eq!(error.kind.as_str(), "ResourceNotFound", "{error}");
    let wire = Wire(Through(door.clone()));
    assert!(now(wire.describe_tre(&TreId::from_platform(id))).unwrap().is_none());
}

fn a_wrong_token_is_not_accepted(door: &impl Door) {
    let error = door.stranger().call("/system/whoami", &json!({})).unwrap_err();
    assert_eq!(error.kind.as_str(), "InvalidAuthentication", "{error}");
}

fn an_empty_object_is_enough(door: &impl Door) {
    for path in ["/system/whoami", "/system/findTres"] {
        read(door, path, &json!({}));
    }
}

fn unknown_input_is_refused_or_ignored(door: &impl Door) {
    for path in ["/system/whoami", "/system/findTres"] {
        match door.call(path, &json!({ "nobodyKnowsThis": true })) {
            Ok(_) => println!("{path}: unknown input is ignored"),
            Err(error) => {
                assert_eq!(error.kind.as_str(), "InvalidInput", "{error}");
                println!("{path}: unknown input is refused: {}", error.message);
            }
        }
    }
}

//! The table against the types that read the wire, against the calls that are sent, and against
//! itself; and the comparison, over answers that are made from the table.

mod examples;
mod types;

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::platform::{Operation, PlatformErrorKind};
use examples::{Mutation, of_shape, plain};

fn route(path: &str) -> &'static Route {
    Route::of(path).unwrap_or_else(|| panic!("there is no route {path}"))
}

fn tre() -> Value {
    plain(&TRE)
}

fn told(found: &[Deviation]) -> Vec<String> {
    found
        .iter()
        .map(|one| {
            let Deviation { kind, path, pattern: _, expected, found, mark, need } = one;
            let mark = mark.map(Mark::word).unwrap_or_default();
            format!("{} {path}: {expected} ({mark}), not {found}; {need:?}", kind.as_str())
        })
        .collect()
}

#[test]
fn an_unknown_field_is_told_wherever_it_is() {
    let mut answer = tre();
    answer["colour"] = json!("blue");
    answer["inventory"]["active"] = json!({
        "version": "1", "fileInventory": null, "dataCollections": null, "size": 7,
    });
    answer["a/b~c"] = json!([]);
    assert_eq!(
        told(&route("/tre-a/describe").compare(&answer)),
        [
            "unknown_field /inventory/active/size: no field of that name (), not an integer; \
             Unused",
            "unknown_field /colour: no field of that name (), not a string; Unused",
            "unknown_field /a~1b~0c: no field of that name (), not a list; Unused",
        ]
    );
}

#[test]
fn a_missing_field_is_told_and_what_may_be_its_new_name() {
    let mut answer = tre();
    let fields = answer.as_object_mut().unwrap();
    fields.shift_remove("class");
    fields.shift_remove("admins");
    fields.shift_remove("customizedURL");
    fields.insert("customizedUrl".to_owned(), json!(null));
    assert_eq!(
        told(&route("/tre-a/describe").compare(&answer)),
        [
            "missing_field /class: `tre` (assumed), not nothing; Unused",
            "missing_field /customizedURL: a string, or null (assumed), not nothing, but there is \
             `customizedUrl`; Needed",
            "missing_field /admins: a list of ids, `user-…` (assumed), not nothing; Needed",
            "unknown_field /customizedUrl: no field of that name (), not null; Unused",
        ]
    );
}

#[test]
fn a_field_of_another_type_is_told_without_its_value() {
    let mut answer = tre();
    answer["applicationReviewSteps"] = json!([
        { "id": "a", "name": "A", "description": "", "reviewers": ["user-a"] },
        { "id": "b", "name": "B", "description": "", "reviewers": ["user-a", "Mrs Secret"] },
        { "id": "c", "name": 3, "description": "", "reviewers": "user-a" },
    ]);
    answer["created"] = json!(1.5);
    answer["state"] = json!("secret");
    let found = route("/tre-a/describe").compare(&answer);
    assert_eq!(
        told(&found),
        [
            "different_type /state: `draft`, `active` or `amending` (assumed), not another \
             string; Needed",
            "different_type /applicationReviewSteps/1/reviewers/1: an id, `user-…` (assumed), not \
             a string that is no such id; Needed",
            "different_type /applicationReviewSteps/2/name: a string (assumed), not an integer; \
             Needed",
            "different_type /applicationReviewSteps/2/reviewers: a list of ids, `user-…` \
             (assumed), not a string; Needed",
            "different_type /created: an integer (assumed), not a number that is not whole; Needed",
        ]
    );
    assert_eq!(found[1].pattern, "/applicationReviewSteps/*/reviewers/*");
    assert!(!format!("{found:?}").to_lowercase().contains("secret"));
}

#[test]
fn what_is_no_object_is_told_at_the_root() {
    let found = route("/system/whoami").compare(&json!(["user-a"]));
    assert_eq!(told(&found), ["different_type : who calls (documented), not a list; Needed"]);
}

#[test]
fn inside_of_a_listing_the_place_is_told() {
    let mut described = tre();
    described["name"] = json!(null);
    let page = json!({ "results": [{ "id": "tre-a" }, { "id": "tre-b", "describe": described }] });
    assert_eq!(
        told(&route("/system/findTres").compare(&page)),
        [
            "different_type /results/1/describe/name: a string (assumed), not null; Needed",
            "missing_field /next: anything (documented), not nothing; Needed",
        ]
    );
}

#[test]
fn fields_that_are_known_to_be_more_are_no_deviation() {
    let member = json!({ "id": "user-a", "level": "ADMIN", "treManagement": true, "x": 1 });
    let page = json!({ "results": [member], "next": null });
    assert_eq!(route("/org-a/findMembers").compare(&page), []);
}

#[test]
fn routes_are_found_by_their_paths() {
    assert_eq!(route("/tre-a-b.c/addAdmins").at.to_string(), "/tre-xxxx/addAdmins");
    assert_eq!(route("/treApplication-1/describe").at.to_string(), "/treApplication-xxxx/describe");
    for path in ["/tre-/describe", "/tre-a/destroyAll", "/tre", "tre-a/describe", "/app-x/describe"]
    {
        assert_eq!(Route::of(path), None, "{path}");
    }
    for (index, one) in ROUTES.iter().enumerate() {
        let twin = ROUTES.iter().skip(index + 1).find(|other| other.at == one.at);
        assert_eq!(twin, None, "{} stands twice", one.at);
        assert_eq!(route(&one.at.to_string()), one);
    }
}

#[test]
fn an_answer_cannot_need_what_is_optional() {
    for route in ROUTES {
        for field in route.answer.fields {
            let is_sound = field.presence == Presence::Always || field.need != Need::Needed;
            assert!(is_sound, "{}: {}", route.at, field.name);
        }
    }
}

#[test]
fn the_error_types_are_those_that_are_read() {
    for ErrorType { name, status, says: _, mark: _ } in ERRORS {
        let kind = PlatformErrorKind::of_name(name);
        assert!(!matches!(kind, PlatformErrorKind::Other(_)), "{name} is not read");
        assert_eq!(kind.status(), Some(*status), "{name}");
    }
    let kinds: HashSet<_> =
        ERRORS.iter().map(|error| PlatformErrorKind::of_name(error.name)).collect();
    assert_eq!(kinds.len(), 12, "a kind of `PlatformErrorKind` is not in the table");
}

#[test]
fn every_call_that_is_sent_is_in_the_table() {
    let mut sent: Vec<Operation> = Vec::new();
    for call in examples::calls() {
        let tre = crate::model::TreId::from_platform("tre-genomics");
        let route = route(&call.route(&tre));
        let input = call.input(&tre);
        assert_eq!(told(&route.compare_input(&input)), [""; 0], "{}", route.at);
        for field in route.input.fields.iter().filter(|field| field.need == Need::Needed) {
            assert!(input.get(field.name).is_some(), "{}: {} is not sent", route.at, field.name);
        }
        for field in route.input.fields.iter().filter(|field| field.need == Need::Unused) {
            assert!(input.get(field.name).is_none(), "{}: {} is sent", route.at, field.name);
        }
        assert_eq!(route.caller, Caller::Trectl, "{}", route.at);
        sent.push(call.operation());
    }
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), 17, "an operation has no example: {sent:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn an_answer_from_the_table_has_no_deviation_and_each_mutation_has_one(
        (at, answer) in (0..ROUTES.len()).prop_flat_map(|at| (Just(at), of_shape(ROUTES[at].answer)))
    ) {
        let route = &ROUTES[at];
        prop_assert_eq!(told(&route.compare(&answer)), Vec::<String>::new());
        for Mutation { answer, kind, path } in examples::mutations(route.answer, &answer) {
            let found = route.compare(&answer);
            let places: Vec<_> = found.iter().map(|one| (one.kind, one.path.clone())).collect();
            prop_assert_eq!(places, vec![(kind, path)], "{}: {}", route.at, answer);
        }
    }
}

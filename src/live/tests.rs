use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::model::{
    Level, Live, Lookup, Member, ObjectId, OrgId, Principal, ProjectId, Questions, Region, TreId,
    TreState, UserId,
};
use crate::platform::{Pending, PlatformErrorKind, Transport, Wire};
use crate::sim::{InMemory, World};

fn hash(prefix: &str, last: char) -> String {
    format!("{prefix}-{}{last}", "0".repeat(23))
}

/// A biobank as `user-amara` sees it.
fn seed() -> Value {
    json!({
        "actor": "user-amara",
        "users": ["user-amara", "user-li", "user-priya", "user-zoe"],
        "orgs": [
            {"id": "org-biobank", "members": [
                {"id": "user-amara", "level": "ADMIN", "treManagement": true},
                {"id": "user-li"},
            ]},
            {"id": "org-leeds", "members": [
                {"id": "user-amara", "treManagement": true},
            ]},
            {"id": "org-elsewhere", "members": [{"id": "user-zoe", "level": "ADMIN"}]},
        ],
        "projects": [
            {"id": hash("project", '1'), "region": "aws:eu-west-2", "billTo": "org-biobank",
             "access": {"user-amara": "ADMINISTER"}},
            {"id": hash("project", '2'), "region": "aws:eu-west-2", "billTo": "org-leeds",
             "access": {"user-amara": "ADMINISTER"}},
            {"id": hash("project", '3'), "region": "aws:eu-west-2", "billTo": "org-elsewhere",
             "access": {"user-zoe": "ADMINISTER"}},
        ],
        "records": [
            {"id": hash("record", '1'), "project": hash("project", '1')},
            {"id": hash("record", '2'), "project": hash("project", '1'), "state": "open", "types": []},
            {"id": hash("record", '3'), "project": hash("project", '3')},
        ],
        "tres": [{
            "id": "tre-public",
            "state": "active",
            "billTo": "org-biobank",
            "region": "aws:eu-west-2",
            "visibility": "public",
            "admins": ["user-amara"],
            "inventory": {"active": {"version": "1", "tabularData": hash("record", '1')}},
            "applicationReviewSteps": [{"id": "governance", "reviewers": ["user-priya"]}],
        }],
    })
}

fn platform(seed: &Value) -> InMemory {
    InMemory::new(World::seeded(&serde_json::from_value(seed.clone()).unwrap()).unwrap())
}

fn user(id: &str) -> UserId {
    UserId::from_platform(id)
}

fn org(id: &str) -> OrgId {
    OrgId::from_platform(id)
}

/// Changes the answers of a platform, and counts the calls.
struct Altered<F: Fn(&str, &mut Value) + Send + Sync> {
    platform: InMemory,
    alter: F,
    routes: Mutex<Vec<String>>,
}

impl<F: Fn(&str, &mut Value) + Send + Sync> Transport for Altered<F> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.routes.lock().unwrap().push(route.to_owned());
            let mut answer = self.platform.call(route, &input)?;
            (self.alter)(route, &mut answer);
            Ok(answer)
        })
    }
}

fn altered<F: Fn(&str, &mut Value) + Send + Sync>(alter: F) -> Wire<Altered<F>> {
    Wire(Altered { platform: platform(&seed()), alter, routes: Mutex::default() })
}

#[tokio::test]
async fn the_inventory_compared_is_the_pending_one_if_there_is_one() {
    let set =
        |version: &str| json!({"version": version, "fileInventory": null, "dataCollections": null});
    let cases = [
        ("active", set("1"), Value::Null, TreState::Active, Some("1"), Some("1"), false),
        ("amending", set("1"), set("2"), TreState::Maintenance, Some("2"), Some("1"), true),
        ("amending", set("1"), Value::Null, TreState::Maintenance, Some("1"), Some("1"), false),
        ("draft", set("1"), Value::Null, TreState::Draft, Some("1"), Some("1"), false),
        ("draft", Value::Null, Value::Null, TreState::Draft, None, None, false),
    ];
    for (wire_state, active, pending, state, compared, given_out, is_pending) in cases {
        let reader = altered(|_, answer| {
            answer["state"] = json!(wire_state);
            answer["inventory"] = json!({"active": active, "pending": pending});
        });
        let id = TreId::from_platform("tre-public");
        let live = describe_one(&reader, &id).await.unwrap().unwrap();
        assert_eq!(live.tre.state, state);
        assert_eq!(live.tre.inventory.as_ref().map(|it| it.version.as_str()), compared);
        assert_eq!(live.active_inventory.as_ref().map(|it| it.version.as_str()), given_out);
        assert_eq!(live.is_pending, is_pending);
    }
}

#[tokio::test]
async fn several_orgs_are_read_together_and_what_is_unknown_is_kept_as_it_came() {
    let platform = InMemory::new(World::unseeded());
    for (handle, bill_to) in [("a", "org-biobank"), ("b", "org-leeds"), ("c", "org-other")] {
        let input = json!({
            "handle": handle, "name": handle, "billTo": bill_to, "region": "aws:eu-west-2",
        });
        platform.call("/tre/new", &input).unwrap();
    }
    let reader = Wire(platform);
    let selected = [org("org-biobank"), org("org-leeds")];
    let some = read(&reader, Some(&selected)).await.unwrap();
    let ids: Vec<&str> = some.tres.keys().map(TreId::as_str).collect();
    assert_eq!(ids, ["tre-a", "tre-b"]);
    assert_eq!(read(&reader, None).await.unwrap().tres.len(), 3);
    assert!(read(&reader, Some(&[])).await.unwrap().tres.is_empty());

    let reader = altered(|_, answer| answer["futureField"] = json!(1));
    let id = TreId::from_platform("tre-public");
    let live = describe_one(&reader, &id).await.unwrap().unwrap();
    assert_eq!(live.raw["futureField"], 1);
    let missing = TreId::from_platform("tre-missing");
    assert!(describe_one(&reader, &missing).await.unwrap().is_none());
}

#[tokio::test]
async fn an_answer_of_another_shape_is_an_error_that_names_route_and_field() {
    let id = TreId::from_platform("tre-public");
    let reader = altered(|_, answer| answer["visibility"] = json!("hidden"));
    let error = describe_one(&reader, &id).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`/tre-public/describe` answered `hidden` in `visibility`, where `private` or `public` is \
         expected"
    );
    assert_eq!(error.kind(), PlatformErrorKind::UnexpectedAnswer);

    for (field, value) in [("state", json!("retired")), ("admins", json!("user-amara"))] {
        let reader = altered(|_, answer| answer[field] = value.clone());
        let error = describe_one(&reader, &id).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(field) && text.contains("/tre-public/describe"), "{text}");
    }
    let reader = altered(|_, answer| {
        answer.as_object_mut().unwrap().remove("authorizedUsers");
    });
    let text = describe_one(&reader, &id).await.unwrap_err().to_string();
    assert!(text.contains("authorizedUsers"), "{text}");
}

#[tokio::test]
async fn a_directory_tells_known_from_missing_from_unknown() {
    let reader = altered(|_, _| {});
    let object = |last| ObjectId::from_platform(&hash("record", last));
    let project = |last| ProjectId::from_platform(&hash("project", last));
    let questions = Questions {
        listings: Default::default(),
        members: [
            (org("org-biobank"), [user("user-amara"), user("user-li"), user("user-zoe")].into()),
            (org("org-hidden"), [user("user-zoe")].into()),
        ]
        .into(),
        people: ["user-li", "user-nobody", "org-leeds"]
            .into_iter()
            .map(Principal::from_platform)
            .collect(),
        objects: [
            (object('1'), None),
            (object('2'), Some(project('1'))),
            (object('9'), Some(project('2'))),
        ]
        .into(),
    };
    let directory = fill(&reader, &user("user-amara"), &questions, &Live::default()).await.unwrap();

    let member = |org_id: &str, id: &str| directory.member(&org(org_id), &user(id));
    let plain = Member { is_admin: false, tre_management: false };
    let admin = Member { is_admin: true, tre_management: true };
    assert_eq!(member("org-biobank", "user-amara"), Lookup::Known(admin));
    assert_eq!(member("org-biobank", "user-li"), Lookup::Known(plain));
    assert_eq!(member("org-biobank", "user-zoe"), Lookup::Missing);
    assert_eq!(member("org-hidden", "user-zoe"), Lookup::Unknown, "the org may not be read");
    assert_eq!(member("org-leeds", "user-amara"), Lookup::Unknown, "nobody asked");

    let person = |id: &str| directory.person(&Principal::from_platform(id));
    assert_eq!(person("user-li"), Lookup::Known(()));
    assert_eq!(person("org-leeds"), Lookup::Known(()));
    assert_eq!(person("user-nobody"), Lookup::Missing);

    let Lookup::Known(dataset) = directory.object(&object('1')) else { panic!("{directory:?}") };
    assert_eq!((&dataset.project, dataset.is_closed), (&project('1'), true));
    assert_eq!(dataset.types, ["Dataset"]);
    assert!(directory.object(&object('2')).known_and(|open| !open.is_closed));
    assert_eq!(directory.object(&object('9')), Lookup::Missing);
    assert_eq!(directory.object(&object('3')), Lookup::Unknown, "nobody asked");

    let Lookup::Known(first) = directory.project(&project('1')) else { panic!("{directory:?}") };
    assert_eq!(first.region, Region::from_platform("aws:eu-west-2"));
    assert_eq!(first.level, Some(Level::Administer));
    assert!(matches!(directory.project(&project('2')), Lookup::Known(_)), "it was written");
}

#[tokio::test]
async fn who_is_named_already_is_not_asked_for() {
    let reader = altered(|_, _| {});
    let live = read(&reader, None).await.unwrap();
    reader.0.routes.lock().unwrap().clear();
    let people = [
        // The operator, an admin too; a reviewer; a member of the org that is listed.
        "user-amara",
        "user-priya",
        "user-li",
        // The billing org, and the one that is listed.
        "org-biobank",
        "org-leeds",
        // Nothing tells of these.
        "user-zoe",
        "org-elsewhere",
    ];
    let questions = Questions {
        people: people.into_iter().map(Principal::from_platform).collect(),
        members: [(org("org-biobank"), [].into()), (org("org-leeds"), [].into())].into(),
        ..Questions::default()
    };
    let directory = fill(&reader, &user("user-amara"), &questions, &live).await.unwrap();
    assert!(directory.people.values().all(|exists| *exists), "{directory:?}");
    assert_eq!(directory.people.len(), people.len());
    let mut routes = reader.0.routes.lock().unwrap().clone();
    routes.sort();
    let asked = [
        "/org-biobank/findMembers",
        "/org-elsewhere/describe",
        "/org-leeds/findMembers",
        "/user-zoe/describe",
    ];
    assert_eq!(routes, asked);
}

#[tokio::test]
async fn a_few_tres_are_read_one_by_one_and_only_where_they_are_selected() {
    let reader = altered(|_, _| {});
    let ids = ["tre-public", "tre-missing"].map(TreId::from_platform).into();
    let some = read_some(&reader, None, &ids).await.unwrap();
    assert_eq!(some.tres.keys().map(TreId::as_str).collect::<Vec<_>>(), ["tre-public"]);
    let routes = std::mem::take(&mut *reader.0.routes.lock().unwrap());
    assert_eq!(routes, ["/system/findTres"; 2]);
    let select = [org("org-biobank")];
    assert_eq!(read_some(&reader, Some(&select), &ids).await.unwrap().tres.len(), 1);
    let select = [org("org-leeds")];
    assert!(read_some(&reader, Some(&select), &ids).await.unwrap().tres.is_empty());
}

#[tokio::test]
async fn an_org_is_listed_once_and_only_who_is_not_listed_is_asked_for() {
    let reader = altered(|_, _| {});
    let users = ["user-amara", "user-li", "user-zoe", "user-priya"].map(user);
    let questions =
        Questions { members: [(org("org-biobank"), users.into())].into(), ..Questions::default() };
    fill(&reader, &user("user-amara"), &questions, &Live::default()).await.unwrap();
    assert_eq!(*reader.0.routes.lock().unwrap(), ["/org-biobank/findMembers"; 3]);
}

#[tokio::test]
async fn many_questions_are_answered_in_their_order() {
    let reader = altered(|_, _| {});
    let people: Vec<String> = (0..100).map(|number| format!("user-{number}")).collect();
    let mut people: Vec<&str> = people.iter().map(String::as_str).collect();
    people.push("user-li");
    let questions = Questions {
        people: people.iter().map(|id| Principal::from_platform(id)).collect(),
        ..Questions::default()
    };
    let directory = fill(&reader, &user("user-amara"), &questions, &Live::default()).await.unwrap();
    assert_eq!(directory.people.len(), 101);
    let there: Vec<_> = directory.people.iter().filter(|(_, exists)| **exists).collect();
    assert_eq!(there, [(&Principal::from_platform("user-li"), &true)]);
}

#[tokio::test]
async fn requests_are_counted_where_they_may_be_seen() {
    let mut seed = seed();
    let request = |last, state| json!({"id": hash("treApplication", last), "tre": "tre-public", "state": state});
    seed["requests"] = json!([
        request('1', "in-review"),
        request('2', "approved"),
        request('3', "approved"),
        request('4', "draft"),
    ]);
    let reader = Wire(platform(&seed));
    let ids = ["tre-public", "tre-missing"].map(TreId::from_platform);
    let counts = requests(&reader, &ids).await.unwrap();
    assert_eq!(counts.len(), 1);
    let found = counts[&ids[0]];
    assert_eq!((found.in_review, found.approved), (1, 2));
}

#[tokio::test]
async fn a_project_of_which_nothing_is_told_stays_unknown() {
    let reader = Wire(InMemory::new(World::unseeded()));
    let record = ObjectId::from_platform(&hash("record", '1'));
    let questions =
        Questions { objects: BTreeMap::from([(record.clone(), None)]), ..Questions::default() };
    let operator = UserId::from_platform("user-local");
    let directory = fill(&reader, &operator, &questions, &Live::default()).await.unwrap();
    let Lookup::Known(object) = directory.object(&record) else { panic!("the record is unknown") };
    assert_eq!(directory.project(&object.project), Lookup::Unknown);
}

//! `Wire` over a platform that answers nonsense.

use std::sync::Mutex;

use serde_json::{Value, json};
use trectl::model::TreId;
use trectl::platform::{
    Call, Pending, PlatformError, PlatformErrorKind, Reader, Transport, Wire, Writer, gather,
};

use crate::support::{APPROVED, Caller, TABULAR, now};

fn tre(id: &str) -> TreId {
    TreId::from_platform(id)
}

/// Answers what it is told to, in order, and remembers what was asked.
struct Script {
    answers: Mutex<Vec<Value>>,
    inputs: Mutex<Vec<Value>>,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Value>) -> Wire<Self> {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Wire(Self { answers: Mutex::new(answers), inputs: Mutex::default() })
    }
}

impl Transport for Script {
    fn post<'a>(&'a self, _route: &'a str, input: Value) -> Pending<'a, Value> {
        self.inputs.lock().unwrap().push(input);
        let answer = self.answers.lock().unwrap().pop().expect("the script goes on");
        Box::pin(async move { Ok(answer) })
    }
}

fn unexpected<T: std::fmt::Debug>(answer: Result<T, PlatformError>) -> String {
    let error = answer.unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::UnexpectedAnswer);
    error.to_string()
}

#[test]
fn pages_are_read_to_the_end() {
    let page = |id: &str, next: Value| json!({ "results": [{ "id": id }], "next": next });
    let wire = Script::of([
        page(APPROVED, json!({ "at": 1 })),
        page(APPROVED, json!(null)),
        json!({ "results": [], "next": null }),
    ]);
    let counts = now(wire.count_requests(&tre("tre-a"))).unwrap();
    assert_eq!((counts.in_review, counts.approved), (2, 0));
    let inputs = wire.0.inputs.lock().unwrap();
    assert_eq!(inputs[0].get("starting"), None);
    assert_eq!(inputs[1]["starting"], json!({ "at": 1 }));
}

#[test]
fn pages_that_do_not_go_on_end() {
    let page = json!({ "results": [], "next": "x" });
    let wire = Script::of([page.clone(), page]);
    let message = unexpected(now(wire.find_tres(None)));
    assert!(message.contains("`/system/findTres`") && message.contains("`next`"), "{message}");
    let wire = Script::of([json!({ "results": [] })]);
    assert!(unexpected(now(wire.find_tres(None))).contains("`next` is missing"));
    let wire = Script::of([json!({ "next": null })]);
    assert!(unexpected(now(wire.find_tres(None))).contains("`results`"));
}

/// Lists TREs without describing them, and describes those that it knows, each answer at its own
/// time.
struct Bare {
    description: Value,
    known: Vec<u32>,
    under_way: Mutex<(usize, usize)>,
}

impl Bare {
    fn of(known: impl IntoIterator<Item = u32>) -> Wire<Self> {
        let description = Caller::amara().tre("tre-active");
        let known = known.into_iter().collect();
        Wire(Self { description, known, under_way: Mutex::default() })
    }

    fn begin(&self) {
        let (now, most) = &mut *self.under_way.lock().unwrap();
        *now += 1;
        *most = (*most).max(*now);
    }

    fn page(number: u32, next: Value) -> Value {
        let results: Vec<_> =
            (0..50).map(|at| json!({ "id": format!("tre-{}", number * 50 + at) })).collect();
        json!({ "results": results, "next": next })
    }
}

impl Transport for Bare {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        let id = route.split('/').nth(1).unwrap().to_owned();
        Box::pin(async move {
            if route == "/system/findTres" {
                assert_eq!(input["describe"], json!(true));
                return Ok(match input.get("starting") {
                    None => Self::page(0, json!("tre-50")),
                    Some(_) => Self::page(1, Value::Null),
                });
            }
            let number: u32 = id.strip_prefix("tre-").unwrap().parse().unwrap();
            self.begin();
            // Some answers take longer than those to later questions.
            for _ in 0..=(number * 7) % 5 {
                tokio::task::yield_now().await;
            }
            self.under_way.lock().unwrap().0 -= 1;
            if !self.known.contains(&number) {
                let kind = PlatformErrorKind::ResourceNotFound;
                return Err(PlatformError::new(route, kind, "It is gone."));
            }
            let mut description = self.description.clone();
            description["id"] = json!(id);
            Ok(description)
        })
    }
}

#[tokio::test]
async fn a_listing_without_descriptions_is_completed_a_few_at_a_time_and_in_order() {
    let wire = Bare::of((0..100).filter(|number| number % 10 != 3));
    let found = wire.find_tres(None).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|tre| tre.tre.id.as_str()).collect();
    let there = (0..100).filter(|number| number % 10 != 3).map(|number| format!("tre-{number}"));
    assert_eq!(ids, there.collect::<Vec<_>>(), "what is gone meanwhile is left out");
    assert_eq!(wire.0.under_way.lock().unwrap().1, 16);
}

#[tokio::test]
async fn after_a_failure_nothing_more_is_asked() {
    let asked = Mutex::new(Vec::new());
    let ask = |number: usize| -> Pending<'_, usize> {
        asked.lock().unwrap().push(number);
        Box::pin(async move {
            tokio::task::yield_now().await;
            let kind = match number {
                3 => PlatformErrorKind::PermissionDenied,
                20 => PlatformErrorKind::NoAnswer,
                _ => return Ok(number),
            };
            Err(PlatformError::new("/x", kind, "No."))
        })
    };
    let answers = gather((0..1_000).map(&ask)).await;
    assert!(answers[3].is_err() && answers[4].is_ok(), "a refusal is about one thing only");
    assert!(answers[20].is_err());
    assert_eq!(answers.len(), asked.lock().unwrap().len());
    assert!(answers.len() < 50, "{}", answers.len());
}

#[test]
fn an_answer_of_another_shape_names_route_and_field() {
    let good = Caller::amara().tre("tre-active");
    let broken = [
        ("state", json!("maintenance")),
        ("admins", json!("user-amara")),
        ("created", json!("yesterday")),
        ("inventory", json!({ "active": { "tabularData": TABULAR }, "pending": null })),
    ];
    for (field, value) in broken {
        let mut answer = good.clone();
        answer[field] = value;
        let message = unexpected(now(Script::of([answer]).describe_tre(&tre("tre-active"))));
        assert!(message.contains("/tre-active/describe"), "{message}");
        assert!(message.contains(&format!("`{field}`")), "{message}");
    }
    let mut answer = good;
    answer.as_object_mut().unwrap().remove("policies");
    let message = unexpected(now(Script::of([answer]).describe_tre(&tre("tre-active"))));
    assert!(message.contains("`policies`"), "{message}");
}

#[test]
fn a_listing_tells_whose_description_was_not_understood() {
    let mut described = Caller::amara().tre("tre-active");
    described.as_object_mut().unwrap().remove("visibility");
    let page = json!({ "results": [{ "id": "tre-active", "describe": described }], "next": null });
    let message = unexpected(now(Script::of([page]).find_tres(None)));
    for words in ["/system/findTres", "`visibility`", "`tre-active`"] {
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_change_of_something_else_is_noticed() {
    let wire = Script::of([json!({ "id": "tre-other" })]);
    let message = unexpected(now(wire.execute(&tre("tre-active"), &Call::Deactivate)));
    assert!(message.contains("tre-other"), "{message}");
}

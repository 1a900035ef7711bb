//! What the server answers where it takes the call.

use std::sync::{Arc, mpsc};

use serde_json::{Value, json};
use tokio::sync::Notify;
use trectl::model::UserId;
use trectl::platform::Pending;
use trectl::sim::serve::{Options, Platform};
use trectl::sim::{Content, InMemory};

use super::bench::{Bench, End, bytes};

#[test]
fn who_calls_is_told_byte_by_byte() {
    let request = "\
POST /system/whoami HTTP/1.1
Host: 127.0.0.1
Authorization: Bearer secret-of-amara
Content-Type: application/json
DNAnexus-API: 1.0.0
Content-Length: 2

{}";
    let answer = |id| {
        format!(
            "\
HTTP/1.1 200 OK
Content-Type: application/json
X-Request-Id: {id}
Content-Length: 19

{{\"id\":\"user-amara\"}}"
        )
    };
    let bench = Bench::new();
    let mut connection = bench.connect();
    connection.transcript(request, &answer("sim-000001"));
    // The connection is kept for the next call.
    connection.transcript(request, &answer("sim-000002"));
}

#[test]
fn a_connection_ends_where_the_caller_asks_for_it() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let request = bytes("/system/whoami", "{}").replace("Host:", "Connection: close\r\nHost:");
    connection.send(request);
    let (text, end) = connection.rest();
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert_eq!(end, End::Closed);
}

#[test]
fn calls_can_come_in_pieces_and_one_behind_the_other() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let call = bytes("/system/whoami", "{}");
    for piece in call.as_bytes().chunks(7) {
        connection.send(piece);
    }
    connection.send(call.clone() + &bytes("/tre-a/describe", "{\"fields\":{\"state\":true}}"));
    for expected in [
        json!({"id": "user-amara"}),
        json!({"id": "user-amara"}),
        json!({"id": "tre-a", "state": "active"}),
    ] {
        assert_eq!(connection.answer().json(), expected);
    }
}

#[test]
fn a_body_in_chunks_is_one_body() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    connection.send(
        "POST /tre-a/describe HTTP/1.1\r\nHost: x\r\nauthorization: bearer secret-of-amara\r\n\
         content-type: Application/JSON; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n\
         b\r\n{\"fields\":{\r\ne\r\n\"state\": true}\r\n1\r\n}\r\n0\r\n\r\n",
    );
    assert_eq!(connection.answer().json(), json!({"id": "tre-a", "state": "active"}));
}

#[test]
fn a_listing_comes_in_pages() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let call = |starting: &str| {
        let body = format!("{{\"limit\":2{starting}}}");
        bytes("/system/findTres", &body)
    };
    connection.send(call(""));
    let first = r#"{"results":[{"id":"tre-a"},{"id":"tre-b"}],"next":"tre-c"}"#;
    assert_eq!(connection.answer().body, first);
    connection.send(call(r#","starting":"tre-c""#));
    assert_eq!(connection.answer().body, r#"{"results":[{"id":"tre-c"}],"next":null}"#);
}

#[test]
fn a_tre_is_described() {
    let expected = json!({
        "id": "tre-b",
        "class": "tre",
        "state": "draft",
        "name": "Genomics",
        "description": "",
        "billTo": "org-biobank",
        "region": "aws:eu-west-2",
        "customizedRateCard": null,
        "customizedURL": null,
        "visibility": "private",
        "admins": ["user-amara"],
        "authorizedUsers": [],
        "policies": {},
        "inventory": { "active": null, "pending": null },
        "applicationReviewSteps": [{
            "id": "governance",
            "name": "governance",
            "description": "",
            "reviewers": ["user-amara"],
        }],
        "created": 1_000,
        "modified": 1_000,
        "createdBy": "user-amara",
    });
    assert_eq!(Bench::new().call("/tre-b/describe", json!({})).json(), expected);
}

#[test]
fn a_nonce_is_answered_once_and_repeated() {
    let bench = Bench::new();
    let input = |handle: &str| {
        json!({
            "handle": handle, "name": "N", "billTo": "org-biobank", "region": "aws:eu-west-2",
            "nonce": "a1b2",
        })
    };
    for _ in 0..2 {
        let answer = bench.call("/tre/new", input("new"));
        assert_eq!((answer.code(), answer.json()), (200, json!({"id": "tre-new"})));
    }
    bench.call("/tre/new", input("other")).refuses(422, "InvalidInput");
    let mut without = input("new");
    without.as_object_mut().unwrap().remove("nonce");
    bench.call("/tre/new", without).refuses(422, "InvalidInput");
}

#[test]
fn a_token_stands_for_its_user() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let call = bytes("/system/findTres", "{}");
    connection.send(call.replace("secret-of-amara", "secret-of-sol"));
    assert_eq!(connection.answer().json()["results"], json!([]));
    connection.send(call);
    assert_eq!(connection.answer().json()["results"].as_array().map(Vec::len), Some(3));
}

/// A platform that tells when a call arrives, and answers when it is let.
struct Gate {
    platform: InMemory,
    arrived: mpsc::Sender<()>,
    open: Arc<Notify>,
}

impl Platform for Gate {
    fn user_of_token(&self, token: &str) -> Option<UserId> {
        self.platform.user_of_token(token)
    }

    fn call_as<'a>(&'a self, user: UserId, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            self.arrived.send(()).unwrap();
            self.open.notified().await;
            self.platform.call_as(user, route, input).await
        })
    }

    fn put(&self, content: Content) -> Pending<'_, Value> {
        Platform::put(&self.platform, content)
    }
}

#[test]
fn a_stopped_server_ends_the_calls_in_flight() {
    let (arrived, arrivals) = mpsc::channel();
    let open = Arc::new(Notify::new());
    let gate = Arc::clone(&open);
    let front = move |platform| Gate { platform, arrived, open: gate };
    let mut bench = Bench::behind(front, Options::default());
    // Connections are taken in the order in which they come.
    let mut silent = bench.connect();
    let mut idle = bench.connect();
    open.notify_one();
    assert_eq!(idle.call("/system/whoami", json!({})).code(), 200);
    arrivals.recv().unwrap();
    let mut busy = bench.connect();
    busy.send(bytes("/tre-a/deactivate", "{}"));
    arrivals.recv().unwrap();
    bench.stop();
    for connection in [&mut idle, &mut silent] {
        assert_eq!(connection.rest(), (String::new(), End::Closed));
    }
    open.notify_one();
    let answer = busy.answer();
    assert_eq!((answer.code(), answer.json()), (200, json!({"id": "tre-a"})));
    assert_eq!(busy.rest(), (String::new(), End::Closed));
    bench.stopped();
    assert_eq!(bench.platform.calls().len(), 1);
}

#[test]
fn the_longest_list_of_people_fits() {
    let bench = Bench::new();
    let people: Vec<_> = (0..1_000).map(|n| format!("user-{n:04}-{}", "x".repeat(200))).collect();
    let answer = bench.call("/tre-b/addAuthorizedUsers", json!({ "authorizedUsers": people }));
    answer.refuses(404, "ResourceNotFound");
    assert_eq!(
        bench.call("/tre-b/describe", json!({})).json()["authorizedUsers"],
        Value::Array(vec![])
    );
}

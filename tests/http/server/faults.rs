//! Every fault, as it arrives at who called and as it leaves the platform.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use trectl::sim::InMemory;
use trectl::sim::serve::{Fault, Options, Server};

use super::bench::{Bench, End, bytes, seed};

fn faulty(faults: &[&str]) -> Options {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    Options { faults, limit: 0, ..Options::default() }
}

/// Makes a change that goes wrong, and returns all that arrived, how the connection ended, and
/// how often the change was made.
fn rename(fault: &str) -> (String, End, usize) {
    let bench = Bench::with(faulty(&[fault]));
    let mut connection = bench.connect();
    let call = bytes("/tre-a/update", r#"{"name":"Other"}"#);
    connection.send(call.replace("Host:", "Connection: close\r\nHost:"));
    let (text, end) = connection.rest();
    let effects = bench.platform.calls().iter().filter(|call| call.changes == Some(1)).count();
    (text, end, effects)
}

/// The same, where an answer arrives whole.
fn answered(fault: &str) -> (String, String, usize) {
    let (text, end, effects) = rename(fault);
    assert_eq!(end, End::Closed, "{text}");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = format!("content-length: {}", body.len());
    assert!(head.contains(&length), "{text}");
    assert!(head.contains("x-request-id: sim-000001"), "{text}");
    (head.to_owned(), body.to_owned(), effects)
}

#[test]
fn refusals_by_fault_come_before_the_effect() {
    for (fault, status, retry_after, kind) in [
        ("429", "429 Too Many Requests", None, "RateLimitConditional"),
        ("429=7", "429 Too Many Requests", Some("retry-after: 7"), "RateLimitConditional"),
        ("503", "503 Service Unavailable", None, "ServiceUnavailable"),
        ("503=0", "503 Service Unavailable", Some("retry-after: 0"), "ServiceUnavailable"),
        ("500", "500 Internal Server Error", None, "InternalError"),
    ] {
        let (head, body, effects) = answered(fault);
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{head}");
        assert_eq!(head.lines().find(|line| line.starts_with("retry-after")), retry_after);
        let error: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(error["error"]["type"], kind);
        assert_eq!(effects, 0, "{fault}");
    }
}

#[test]
fn a_failure_after_the_effect_looks_like_one_before() {
    let before = answered("500");
    let after = answered("500-after");
    assert_eq!((&before.1, before.2, after.2), (&after.1, 0, 1));
}

#[test]
fn a_reset_leaves_no_byte() {
    assert_eq!(rename("reset-before"), (String::new(), End::Reset, 0));
    assert_eq!(rename("reset-after"), (String::new(), End::Reset, 1));
}

#[test]
fn a_truncated_answer_ends_in_the_middle() {
    let (text, end, effects) = rename("truncated");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("content-length: 14"), "{head}");
    assert_eq!((body, end, effects), ("{\"id\":\"", End::Closed, 1));
}

#[test]
fn pages_are_not_json() {
    let (head, body, effects) = answered("not-json");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(body.starts_with("<!DOCTYPE html>"), "{body}");
    assert_eq!(effects, 1);
    let (head, body, effects) = answered("502-html");
    assert!(head.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{head}");
    assert!(body.contains("<h1>502 Bad Gateway</h1>"), "{body}");
    assert_eq!(effects, 0);
}

#[test]
fn a_long_answer_is_cut_too() {
    let bench = Bench::with(faulty(&["truncated:/system/findTres"]));
    for number in 0..200 {
        let input = json!({
            "handle": format!("new-{number}"), "name": "N", "billTo": "org-biobank",
            "region": "aws:eu-west-2", "description": "x".repeat(10_000),
        });
        assert_eq!(bench.call("/tre/new", input).code(), 200);
    }
    let mut connection = bench.connect();
    connection.send(bytes("/system/findTres", r#"{"describe":true}"#));
    let (text, end) = connection.rest();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!((length.parse::<usize>().unwrap() / 2, End::Closed), (body.len(), end));
}

#[test]
fn other_calls_of_a_connection_are_not_harmed() {
    let bench = Bench::with(faulty(&["503:/tre-*/update:x1", "reset-before:/tre-b/*"]));
    let mut connection = bench.connect();
    assert_eq!(connection.call("/system/whoami", json!({})).code(), 200);
    let update = |connection: &mut super::bench::Connection| {
        connection.call("/tre-a/update", json!({ "name": "Other" })).code()
    };
    assert_eq!([update(&mut connection), update(&mut connection)], [503, 200]);
    connection.send(bytes("/tre-b/describe", "{}"));
    assert_eq!(connection.rest(), (String::new(), End::Reset));
    assert_eq!(bench.call("/system/whoami", json!({})).code(), 200);
}

#[test]
fn a_stale_answer_is_the_one_before() {
    let bench = Bench::with(faulty(&["stale:/tre-*/describe:x1"]));
    let name = |id: &str| {
        let answer = bench.call(&format!("/{id}/describe"), json!({}));
        (answer.code(), answer.json()["name"].as_str().map(str::to_owned))
    };
    let (old, new) = (Some("Genomics".to_owned()), Some("Other".to_owned()));
    assert_eq!(name("tre-a"), (200, old.clone()));
    bench.call("/tre-a/update", json!({ "name": "Other" }));
    assert_eq!([name("tre-a"), name("tre-a")], [(200, old), (200, new.clone())]);
    // That something was not there is an answer too.
    assert_eq!(name("tre-new"), (404, None));
    let input = json!({
        "handle": "new", "name": "Other", "billTo": "org-biobank", "region": "aws:eu-west-2",
    });
    assert_eq!(bench.call("/tre/new", input).code(), 200);
    assert_eq!([name("tre-new"), name("tre-new")], [(404, None), (200, new)]);
}

#[test]
fn a_stale_answer_is_nobody_elses() {
    let bench = Bench::with(faulty(&["stale"]));
    let mut connection = bench.connect();
    let call = bytes("/system/findTres", "{}");
    connection.send(&call);
    assert_eq!(connection.answer().code(), 200);
    connection.send(call.replace("of-amara", "of-sol"));
    assert_eq!(connection.answer().json()["results"], json!([]));
    connection.send(call.replace("of-amara", "of-nobody"));
    connection.answer().refuses(401, "InvalidAuthentication");
}

#[test]
fn the_observer_is_told_of_every_call() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&told);
    let options = Options {
        observer: Arc::new(move |served| {
            let user = served.user.map_or("-", |user| user.as_str());
            let line = format!(
                "{} {user} {} {} {:?} {:?}",
                served.id, served.method, served.path, served.status, served.faults
            );
            lines.lock().unwrap().push(line);
        }),
        ..faulty(&["latency=1ms:/system/*", "reset-after:/tre-a/*:100%:x1"])
    };
    let bench = Bench::with(options);
    bench.call("/system/whoami", json!({}));
    let mut connection = bench.connect();
    connection.send(bytes("/tre-a/describe", "{}"));
    connection.rest();
    let mut connection = bench.connect();
    connection.send(bytes("/tre-a/describe", "{}").replace("secret", "unknown"));
    connection.answer();
    let expected = [
        r#"sim-000001 user-amara POST /system/whoami Some(200) ["latency=1ms:/system/*:100%"]"#,
        r#"sim-000002 user-amara POST /tre-a/describe None ["reset-after:/tre-a/*:100%:x1"]"#,
        r#"sim-000003 - POST /tre-a/describe Some(401) []"#,
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn latency_delays_a_call_by_what_was_asked() {
    let platform = InMemory::new(seed());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = faulty(&["latency=250ms", "latency=90s:/tre-a/*"]);
    let server = Server::new(platform.clone(), options);
    let serving = tokio::spawn(server.serve(listener, std::future::pending()));
    let mut took = Vec::new();
    for path in ["/system/whoami", "/tre-a/activate"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let call = bytes(path, "{}").replace("Host:", "Connection: close\r\nHost:");
        let start = Instant::now();
        stream.write_all(call.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        took.push(start.elapsed());
    }
    serving.abort();
    let expected = [Duration::from_millis(250), Duration::from_millis(90_250)];
    for (took, expected) in took.iter().zip(expected) {
        let late = took.checked_sub(expected).unwrap();
        assert!(late < Duration::from_millis(10), "{took:?} instead of {expected:?}");
    }
}

#[test]
fn the_same_seed_hits_the_same_calls() {
    let run = |fault_seed, order: &mut dyn Iterator<Item = usize>| {
        let bench = Bench::with(Options { fault_seed, ..faulty(&["503:40%"]) });
        let mut codes = BTreeMap::new();
        for number in order {
            let input = json!({ "limit": number + 1 });
            codes.insert(number, bench.call("/system/findTres", input).code());
        }
        codes
    };
    let first = run(1, &mut (0..50));
    assert_eq!(run(1, &mut (0..50).rev()), first);
    assert_ne!(run(2, &mut (0..50)), first);
    let hit = first.values().filter(|code| **code == 503).count();
    assert!((10..30).contains(&hit), "{hit} of 50 are no 40%");
}

#[test]
fn the_page_names_every_fault() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/simulator.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("## Faults").unwrap();
    let known = "?".parse::<Fault>().unwrap_err().to_string();
    let (_, known) = known.split_once("there are ").unwrap();
    let known: BTreeSet<_> = known.split(", ").collect();
    let mut named = BTreeSet::new();
    for row in section.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (cell, _) = row.split_once(" |").unwrap();
        for fault in cell.split('`').step_by(2).filter(|fault| !fault.is_empty()) {
            let fault: Fault = fault.parse().unwrap();
            let name = fault.to_string();
            named.insert(name.split([':', '=']).next().unwrap().to_owned());
        }
    }
    assert_eq!(named.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
}

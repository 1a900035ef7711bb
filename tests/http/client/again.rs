//! Which calls are made again, and what is told of them. The timing stands with the rules.

use std::time::Duration;

use serde_json::json;
use trectl::platform::{Effect, PlatformErrorKind, Transport, Unreachable};

use super::stand_in::{Reply, Setup, StandIn, answer, error, success};

fn busy() -> Reply {
    error("503 Service Unavailable", "ServiceUnavailable", "Back soon.")
}

fn broken() -> Reply {
    error("500 Internal Server Error", "InternalError", "Sorry.")
}

fn done() -> Reply {
    success(r#"{"id":"tre-a"}"#)
}

fn lost() -> Reply {
    Reply::Last(Vec::new())
}

fn cut() -> Reply {
    Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec())
}

fn garbled() -> Reply {
    answer("200 OK", &[], "<html>Log in</html>")
}

#[tokio::test]
async fn a_busy_or_broken_platform_is_asked_again_whatever_the_call() {
    for route in ["/system/whoami", "/tre-a/update", "/tre-a/activate", "/tre-a/destroy"] {
        let too_many = error("429 Too Many Requests", "RateLimitConditional", "Slowly.");
        let replies = vec![busy(), broken(), too_many, answer("502 Bad Gateway", &[], ""), done()];
        let platform = StandIn::once(replies).await;
        let answer = Setup::plain(platform.port).post(route, json!({ "a": 1 })).await;
        assert_eq!(answer.unwrap(), json!({ "id": "tre-a" }), "{route}");
        let requests = platform.requests().await.remove(0);
        assert_eq!(requests.len(), 5);
        assert!(requests.iter().all(|request| request == &requests[0]), "the same each time");
    }
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    for (status, kind) in [
        ("400 Bad Request", "MalformedJSON"),
        ("401 Unauthorized", "InvalidAuthentication"),
        ("403 Forbidden", "OrgExpired"),
        ("404 Not Found", "ResourceNotFound"),
        ("422 Unprocessable Entity", "InvalidState"),
    ] {
        let platform = StandIn::once(vec![error(status, kind, "No.")]).await;
        let found = Setup::plain(platform.port).post("/tre-a/describe", json!({})).await;
        assert_eq!(found.unwrap_err().attempts, 1, "{kind}");
        assert_eq!(platform.requests().await[0].len(), 1);
    }
}

#[tokio::test]
async fn six_repeats_are_enough_for_a_broken_platform() {
    let platform = StandIn::once((0..7).map(|_| broken()).collect()).await;
    let found = Setup::plain(platform.port).post("/tre-a/describe", json!({})).await.unwrap_err();
    assert_eq!((found.attempts, found.status), (7, Some(500)));
    assert!(found.to_string().ends_with("(tried 7 times) [request 1700-1]"), "{found}");
    assert_eq!(platform.requests().await[0].len(), 7);
}

#[tokio::test]
async fn an_answer_that_is_lost_or_cut_is_asked_for_again_where_that_is_safe() {
    for reply in [lost, cut] {
        for route in ["/tre-a/describe", "/tre-a/setPolicies", "/tre-a/addAuthorizedUsers"] {
            let platform = StandIn::new(vec![vec![reply()], vec![done()]]).await;
            let answer = Setup::plain(platform.port).post(route, json!({})).await;
            assert_eq!(answer.unwrap(), json!({ "id": "tre-a" }), "{route}");
            assert_eq!(platform.requests().await.len(), 2);
        }
        for route in ["/tre/new", "/tre-a/activate", "/tre-a/deactivate", "/tre-a/destroy"] {
            let platform = StandIn::once(vec![reply()]).await;
            let found = Setup::plain(platform.port).post(route, json!({})).await.unwrap_err();
            assert_eq!(found.kind, PlatformErrorKind::NoAnswer, "{route}");
            assert_eq!((found.attempts, found.effect), (1, Effect::Possible));
            assert_eq!(platform.requests().await[0].len(), 1);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_asked_for_again_and_never_done_again() {
    let platform = StandIn::once(vec![garbled(), done()]).await;
    assert!(Setup::plain(platform.port).post("/tre-a/describe", json!({})).await.is_ok());
    for route in ["/tre-a/setPolicies", "/tre/new"] {
        let platform = StandIn::once(vec![garbled()]).await;
        let found = Setup::plain(platform.port).post(route, json!({})).await.unwrap_err();
        assert_eq!(found.kind, PlatformErrorKind::UnexpectedAnswer);
        assert_eq!((found.attempts, found.effect), (1, Effect::Possible));
    }
}

#[tokio::test]
async fn a_refusal_after_a_failure_may_come_from_the_callers_own_success() {
    let refusal = error("422 Unprocessable Entity", "InvalidState", "It is active.");
    let platform = StandIn::once(vec![broken(), refusal]).await;
    let found = Setup::plain(platform.port).post("/tre-a/activate", json!({})).await.unwrap_err();
    assert_eq!((found.kind.clone(), found.attempts), (PlatformErrorKind::InvalidState, 2));
    assert_eq!(found.effect, Effect::Possible);
}

#[tokio::test]
async fn what_the_platform_asks_for_is_waited_or_given_up() {
    let later = |seconds: &str| {
        let header = format!("Retry-After: {seconds}");
        answer("429 Too Many Requests", &[&header], r#"{"error":{"type":"RateLimitConditional"}}"#)
    };
    // A wait of an hour is longer than anybody is ready to wait: nothing is waited at all.
    let platform = StandIn::once(vec![later("3600")]).await;
    let found = Setup::plain(platform.port).post("/system/whoami", json!({})).await.unwrap_err();
    assert_eq!((found.attempts, found.status), (1, Some(429)));
    // No time at all is asked for, and a date is no number of seconds.
    for asked in ["0", "Fri, 31 Dec 1999 23:59:59 GMT"] {
        let platform = StandIn::once(vec![later(asked), done()]).await;
        let (client, told) = Setup::plain(platform.port).client();
        client.post("/system/whoami", json!({})).await.unwrap();
        let told = told.lock().unwrap().join("\n");
        assert!(told.contains("Waiting { route: \"/system/whoami\", attempt: 1, wait: "), "{told}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_tried_three_times_at_first() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let found = Setup::plain(port).post("/tre-a/activate", json!({})).await.unwrap_err();
    assert_eq!(found.kind, PlatformErrorKind::Unreachable(Unreachable::Refused));
    assert_eq!((found.attempts, found.effect), (3, Effect::None));
    assert_eq!(
        found.message,
        format!("`127.0.0.1:{port}` cannot be reached: nobody listens there.")
    );
    let once = Setup { limit: Duration::ZERO, ..Setup::plain(port) };
    assert_eq!(once.post("/tre-a/activate", json!({})).await.unwrap_err().attempts, 1);
}

#[tokio::test]
async fn a_platform_that_answered_before_is_waited_for() {
    let platform = StandIn::once(vec![Reply::Last(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".to_vec(),
    )])
    .await;
    let (client, _) = Setup::plain(platform.port).client();
    client.post("/system/whoami", json!({})).await.unwrap();
    platform.requests().await;
    let found = client.post("/system/whoami", json!({})).await.unwrap_err();
    assert_eq!(found.kind, PlatformErrorKind::Unreachable(Unreachable::Refused));
    assert_eq!(found.attempts, 7);
}

//! What goes out, byte for byte.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trectl::platform::Transport;

use super::stand_in::{Request, Setup, StandIn, TOKEN, answer, success};

fn expected(line: &str, port: u16, body: &str) -> Request {
    let headers = [
        ("accept", "application/json".to_owned()),
        ("accept-encoding", "gzip".to_owned()),
        ("authorization", format!("Bearer {TOKEN}")),
        ("content-length", body.len().to_string()),
        ("content-type", "application/json".to_owned()),
        ("dnanexus-api", "1.0.0".to_owned()),
        ("host", format!("127.0.0.1:{port}")),
        ("user-agent", format!("trectl/{}", env!("CARGO_PKG_VERSION"))),
    ];
    let headers: BTreeMap<_, _> =
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Request { line: line.to_owned(), headers, body: body.to_owned() }
}

#[tokio::test]
async fn a_call_is_a_post_with_these_headers_and_no_others() {
    let platform = StandIn::once(vec![success(r#"{"id":"tre-a"}"#)]).await;
    let port = platform.port;
    let input =
        json!({ "policies": { "downloadRestricted": true, "databaseResultsRestricted": null } });
    let found = Setup::plain(port).post("/tre-a/setPolicies", input).await;
    assert_eq!(found.unwrap(), json!({ "id": "tre-a" }));
    let body = r#"{"policies":{"downloadRestricted":true,"databaseResultsRestricted":null}}"#;
    let requests = platform.requests().await;
    assert_eq!(requests, [[expected("POST /tre-a/setPolicies HTTP/1.1", port, body)]]);
}

#[tokio::test]
async fn there_is_a_body_also_where_there_is_nothing_to_say() {
    for input in [json!({}), Value::Null] {
        let platform = StandIn::once(vec![success(r#"{"id":"user-bot"}"#)]).await;
        let port = platform.port;
        Setup::plain(port).post("/system/whoami", input).await.unwrap();
        let requests = platform.requests().await;
        assert_eq!(requests, [[expected("POST /system/whoami HTTP/1.1", port, "{}")]]);
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let platform = StandIn::once(vec![
        success(r#"{"id":"user-bot"}"#),
        answer("404 Not Found", &[], r#"{"error":{"type":"ResourceNotFound","message":"None."}}"#),
        success(r#"{"id":"user-bot"}"#),
    ])
    .await;
    let (client, _) = Setup::plain(platform.port).client();
    client.post("/system/whoami", json!({})).await.unwrap();
    client.clone().post("/tre-a/describe", json!({})).await.unwrap_err();
    client.post("/system/whoami", json!({})).await.unwrap();
    let requests = platform.requests().await;
    assert_eq!(requests.iter().map(Vec::len).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_is_not_called() {
    // Nothing listens: a call would fail in another way.
    let setup = Setup::plain(1);
    for route in ["/tre-a/../system/whoami", "//evil.example/x", "/tre-a?x/describe"] {
        let error = setup.post(route, json!({})).await.unwrap_err();
        assert!(error.message.contains("the call was not made"), "{error}");
        assert!(!error.is_outcome_unknown());
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays() {
    let elsewhere = StandIn::new(vec![]).await;
    let location = format!("Location: http://127.0.0.1:{}/system/whoami", elsewhere.port);
    let platform = StandIn::once(vec![answer("307 Temporary Redirect", &[&location], "")]).await;
    let error = Setup::plain(platform.port).post("/system/whoami", json!({})).await.unwrap_err();
    assert_eq!((error.status, error.kind.as_str()), (Some(307), "HTTP 307"));
    assert_eq!(platform.requests().await[0].len(), 1);
}

//! What comes back, and what is made of it.

use serde_json::json;
use trectl::platform::{Effect, PlatformError, PlatformErrorKind};

use super::stand_in::{Reply, Setup, StandIn, TOKEN, answer, error, success};

/// `{"id":"user-bot"}`, packed.
const PACKED: [u8; 37] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2,
    0x52, 0x2a, 0x2d, 0x4e, 0x2d, 0xd2, 0x4d, 0xca, 0x2f, 0x51, 0xaa, 0x05, 0x00, 0x15, 0xb1, 0x76,
    0x01, 0x11, 0x00, 0x00, 0x00,
];

/// Makes one call that is answered with this; it is not repeated.
async fn answered(route: &str, reply: Reply) -> Result<serde_json::Value, PlatformError> {
    let platform = StandIn::once(vec![reply]).await;
    let setup = Setup { limit: std::time::Duration::ZERO, ..Setup::plain(platform.port) };
    let answer = setup.post(route, json!({})).await;
    assert_eq!(platform.requests().await[0].len(), 1);
    answer
}

async fn refused(route: &str, reply: Reply) -> PlatformError {
    answered(route, reply).await.unwrap_err()
}

#[tokio::test]
async fn an_answer_may_come_packed_or_in_pieces() {
    let bot = json!({ "id": "user-bot" });
    let packed = answer("200 OK", &["Content-Encoding: gzip"], PACKED);
    assert_eq!(answered("/system/whoami", packed).await.unwrap(), bot);
    let pieces = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                  5\r\n{\"id\"\r\nc;x=y\r\n:\"user-bot\"}\r\n0\r\nTrailer: z\r\n\r\n";
    assert_eq!(answered("/system/whoami", Reply::Bytes(pieces.into())).await.unwrap(), bot);
    // A body without a length ends with the connection.
    let endless = "HTTP/1.1 200 OK\r\n\r\n{\"id\":\"user-bot\"}";
    assert_eq!(answered("/system/whoami", Reply::Last(endless.into())).await.unwrap(), bot);
}

#[tokio::test]
async fn every_error_type_is_known_by_its_name() {
    for (status, name, effect) in [
        ("400 Bad Request", "MalformedJSON", Effect::None),
        ("401 Unauthorized", "InvalidAuthentication", Effect::None),
        ("401 Unauthorized", "PermissionDenied", Effect::None),
        ("403 Forbidden", "SpendingLimitExceeded", Effect::None),
        ("403 Forbidden", "OrgExpired", Effect::None),
        ("404 Not Found", "ResourceNotFound", Effect::None),
        ("422 Unprocessable Entity", "InvalidInput", Effect::None),
        ("422 Unprocessable Entity", "InvalidState", Effect::None),
        ("422 Unprocessable Entity", "InvalidType", Effect::None),
        ("429 Too Many Requests", "RateLimitConditional", Effect::None),
        ("500 Internal Server Error", "InternalError", Effect::Possible),
        ("503 Service Unavailable", "ServiceUnavailable", Effect::Possible),
        ("418 I'm a teapot", "NeverHeardOf", Effect::None),
        ("599 Whatever", "NeverHeardOf", Effect::Possible),
    ] {
        let found = refused("/tre-a/activate", error(status, name, "It says why")).await;
        assert_eq!(found.kind, PlatformErrorKind::of_name(name));
        assert_eq!(found.status.unwrap().to_string(), status[..3]);
        assert_eq!(found.request_id.as_deref(), Some("1700-1"));
        assert_eq!((found.effect, found.attempts), (effect, 1), "{found}");
        let text = found.to_string();
        assert!(
            text.starts_with(&format!("`/tre-a/activate` answered {}", &status[..3])),
            "{text}"
        );
        assert!(text.contains("It says why") && text.ends_with("[request 1700-1]"), "{text}");
    }
}

#[tokio::test]
async fn the_two_meanings_of_401_are_told_apart() {
    let wrong = error("401 Unauthorized", "InvalidAuthentication", "The token is unknown");
    let wrong = refused("/system/whoami", wrong).await;
    assert_eq!(wrong.kind, PlatformErrorKind::InvalidAuthentication);
    assert_eq!(wrong.message, "The token is unknown. The token was read from DX_SECURITY_CONTEXT.");
    let denied = error("401 Unauthorized", "PermissionDenied", "CONTRIBUTE is not enough");
    let denied = refused("/tre-a/update", denied).await;
    assert_eq!(denied.kind, PlatformErrorKind::PermissionDenied);
    assert_eq!(denied.message, "CONTRIBUTE is not enough");
}

#[tokio::test]
async fn what_is_not_the_platforms_form_is_known_by_its_status() {
    let page = "<html><h1>Sorry</h1></html>";
    for (status, expected) in [
        ("401 Unauthorized", PlatformErrorKind::InvalidAuthentication),
        ("429 Too Many Requests", PlatformErrorKind::RateLimitConditional),
        ("500 Internal Server Error", PlatformErrorKind::InternalError),
        ("502 Bad Gateway", PlatformErrorKind::Other("HTTP 502".to_owned())),
        ("503 Service Unavailable", PlatformErrorKind::ServiceUnavailable),
        ("418 I'm a teapot", PlatformErrorKind::Other("HTTP 418".to_owned())),
        // A web server that is not the platform knows nothing of what there is.
        ("404 Not Found", PlatformErrorKind::Other("HTTP 404".to_owned())),
        ("204 No Content", PlatformErrorKind::Other("HTTP 204".to_owned())),
    ] {
        let body = if status.starts_with("204") { "" } else { page };
        let found = refused("/tre-a/describe", answer(status, &[], body)).await;
        assert_eq!(found.kind, expected);
        assert!(body.is_empty() || found.message.contains(page), "{found}");
    }
    let named = answer("404 Not Found", &["x-request-id: 1"], page);
    assert_eq!(refused("/tre-a/describe", named).await.kind, PlatformErrorKind::ResourceNotFound);
    let other_json = answer("422 Unprocessable Entity", &[], r#"{"error":"no"}"#);
    assert_eq!(refused("/tre-a/update", other_json).await.kind.as_str(), "HTTP 422");
}

#[tokio::test]
async fn a_quote_is_short_and_acts_on_nothing() {
    let long = format!("\u{1b}[2J\u{202e}{}", "x".repeat(5_000));
    let found = refused("/tre-a/describe", answer("418 I'm a teapot", &[], long)).await;
    let is_plain = |c: char| !c.is_control() && c != '\u{202e}';
    assert!(found.message.chars().all(is_plain), "{found}");
    assert!(found.message.len() < 300 && found.message.contains(r"\u{1b}[2J"), "{found}");
}

#[tokio::test]
async fn a_success_that_is_no_json_is_unexpected() {
    for body in ["", "<html>Log in</html>", "{\"id\":", "{\"id\":\"tre-a\"} trailing"] {
        let found = refused("/tre-a/update", answer("200 OK", &["x-request-id: 1"], body)).await;
        assert_eq!(found.kind, PlatformErrorKind::UnexpectedAnswer, "{body}");
        assert_eq!((found.effect, found.request_id.as_deref()), (Effect::Possible, Some("1")));
    }
    let latin = answer("200 OK", &[], b"{\"id\":\"\xe9\"}");
    assert_eq!(refused("/x/describe", latin).await.kind, PlatformErrorKind::UnexpectedAnswer);
}

#[tokio::test]
async fn an_answer_that_is_cut_is_none() {
    let half = "HTTP/1.1 200 OK\r\nx-request-id: 7\r\nContent-Length: 99\r\n\r\n{\"id\":";
    let found = refused("/tre-a/activate", Reply::Last(half.into())).await;
    assert_eq!(found.kind, PlatformErrorKind::NoAnswer);
    assert_eq!((found.effect, found.request_id.as_deref()), (Effect::Possible, Some("7")));
    let Reply::Bytes(mut packed) = answer("200 OK", &["Content-Encoding: gzip"], &PACKED[..20])
    else {
        unreachable!()
    };
    packed.truncate(packed.len() - 1);
    let found = refused("/tre-a/activate", Reply::Last(packed)).await;
    assert_eq!(found.kind, PlatformErrorKind::NoAnswer);
    // Its status tells although its words are cut.
    let half = "HTTP/1.1 503 Busy\r\nContent-Length: 99\r\n\r\n{\"error\":";
    let found = refused("/tre-a/activate", Reply::Last(half.into())).await;
    assert_eq!(found.kind, PlatformErrorKind::ServiceUnavailable);
    assert!(found.message.contains("broke off"), "{found}");
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_leaves_everything_open() {
    let found = refused("/tre-a/activate", Reply::Last(Vec::new())).await;
    assert_eq!((found.kind.clone(), found.effect), (PlatformErrorKind::NoAnswer, Effect::Possible));
    assert!(found.to_string().starts_with("`/tre-a/activate` was called in vain: "), "{found}");
    assert!(found.message.contains("`127.0.0.1:"), "{found}");
}

#[tokio::test]
async fn what_the_platform_repeats_of_the_token_goes_no_further() {
    let echo = format!(r#"{{"error":{{"type":"Bad{TOKEN}","message":"`{TOKEN}` is old"}}}}"#);
    let header = format!("x-request-id: id-of-{TOKEN}");
    let found = refused("/tre-a/update", answer("422 No", &[&header], echo)).await;
    let told = format!("{found} {found:?}");
    assert!(!told.contains(TOKEN) && told.contains("[token]"), "{told}");
    let page = answer("502 Bad Gateway", &[], format!("<pre>Authorization: Bearer {TOKEN}</pre>"));
    let told = format!("{:?}", refused("/tre-a/update", page).await);
    assert!(!told.contains(TOKEN) && told.contains("[token]"), "{told}");
    // Not even into what is kept of a TRE.
    let kept = success(&format!(r#"{{"id":"tre-a","debug":["{TOKEN}"]}}"#));
    let kept = answered("/tre-a/describe", kept).await.unwrap();
    assert_eq!(kept, json!({ "id": "tre-a", "debug": ["[token]"] }));
}

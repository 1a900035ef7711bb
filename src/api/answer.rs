//! What the platform answered: HTTP status, headers and body → the answer, or why there is none.
//! Pure.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::retry::{Class, Miss};
use crate::platform::{PlatformError, PlatformErrorKind};

/// How much of a body that is no JSON is repeated.
const QUOTED: usize = 200;

/// An answer with a whole body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub status: u16,
    pub request_id: Option<&'a str>,
    pub retry_after: Option<&'a str>,
    pub body: &'a [u8],
}

/// How an error is spelled (D).
#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorFields,
}

#[derive(Deserialize)]
struct ErrorFields {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    message: String,
}

/// Reads an answer.
pub(super) fn read(route: &str, answer: Answer<'_>) -> Result<Value, Miss> {
    let Answer { status, request_id, retry_after: _, body } = answer;
    let finish = |mut error: PlatformError| {
        error.status = Some(status);
        error.request_id = request_id.map(str::to_owned);
        error
    };
    if status == 200 {
        return serde_json::from_slice(body).map_err(|error| {
            let message = format!("The answer is not JSON ({error}): {}", quoted(body));
            let error = PlatformError::new(route, PlatformErrorKind::UnexpectedAnswer, message);
            // Something on the way put its own page in the place of the answer.
            Miss { error: finish(error), class: Class::Lost, retry_after: None }
        });
    }
    let (kind, message) = match serde_json::from_slice(body) {
        Ok(ErrorBody { error: ErrorFields { kind, message } }) => {
            (PlatformErrorKind::of_name(&kind), message)
        }
        Err(_) => (kind_of(status), format!("The answer has no error in it: {}", quoted(body))),
    };
    let mut error = finish(PlatformError::new(route, kind, message));
    if (500..600).contains(&status) {
        error.effect = crate::platform::Effect::Possible;
    }
    Err(Miss { error, class: class_of(status), retry_after: asked_wait(answer) })
}

fn class_of(status: u16) -> Class {
    match status {
        429 | 503 => Class::Later,
        500..=599 => Class::Broken,
        _ => Class::Refused,
    }
}

/// Returns the kind of an error that has no type, by its status (S).
fn kind_of(status: u16) -> PlatformErrorKind {
    match status {
        401 => PlatformErrorKind::InvalidAuthentication,
        404 => PlatformErrorKind::ResourceNotFound,
        429 => PlatformErrorKind::RateLimitConditional,
        500 => PlatformErrorKind::InternalError,
        503 => PlatformErrorKind::ServiceUnavailable,
        _ => PlatformErrorKind::Other(format!("HTTP {status}")),
    }
}

/// Returns what `Retry-After` asks for, where it is whole seconds (D).
fn asked_wait(answer: Answer<'_>) -> Option<Duration> {
    let seconds: u32 = answer.retry_after?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

fn quoted(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let start: String = text.trim().chars().take(QUOTED).collect();
    match start.as_str() {
        "" => "it is empty.".to_owned(),
        start if start.len() < text.trim().len() => format!("`{start}…`"),
        start => format!("`{start}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Value, Miss> {
        read(
            "/tre/new",
            Answer {
                status,
                request_id: Some("17-a"),
                retry_after: Some("5"),
                body: body.as_bytes(),
            },
        )
    }

    fn kind(status: u16, body: &str) -> (PlatformErrorKind, Class) {
        let Miss { error, class, retry_after: _ } = answer(status, body).unwrap_err();
        assert_eq!((error.status, error.request_id.as_deref()), (Some(status), Some("17-a")));
        (error.kind, class)
    }

    #[test]
    fn every_error_type_is_read_with_its_status() {
        for (status, name, class) in [
            (400, "MalformedJSON", Class::Refused),
            (401, "InvalidAuthentication", Class::Refused),
            (401, "PermissionDenied", Class::Refused),
            (403, "SpendingLimitExceeded", Class::Refused),
            (403, "OrgExpired", Class::Refused),
            (404, "ResourceNotFound", Class::Refused),
            (422, "InvalidInput", Class::Refused),
            (422, "InvalidState", Class::Refused),
            (422, "InvalidType", Class::Refused),
            (429, "RateLimitConditional", Class::Later),
            (500, "InternalError", Class::Broken),
            (503, "ServiceUnavailable", Class::Later),
            (418, "NeverHeardOf", Class::Refused),
            (502, "NeverHeardOf", Class::Broken),
        ] {
            let body = format!(r#"{{"error":{{"type":"{name}","message":"No.","details":[1]}}}}"#);
            let (found, found_class) = kind(status, &body);
            assert_eq!((found.as_str(), found_class), (name, class));
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_tolerated_and_quoted() {
        assert_eq!(
            kind(503, "<h1>soon</h1>"),
            (PlatformErrorKind::ServiceUnavailable, Class::Later)
        );
        assert_eq!(kind(401, ""), (PlatformErrorKind::InvalidAuthentication, Class::Refused));
        assert_eq!(
            kind(502, r#"{"oops":1}"#),
            (PlatformErrorKind::Other("HTTP 502".to_owned()), Class::Broken)
        );
        let miss = answer(200, "<html>login</html>").unwrap_err();
        assert_eq!(miss.error.kind, PlatformErrorKind::UnexpectedAnswer);
        assert!(miss.error.is_outcome_unknown());
        assert!(miss.error.message.contains("<html>login</html>"), "{}", miss.error.message);
        let long = answer(418, &"x".repeat(5_000)).unwrap_err();
        assert!(long.error.message.len() < 300, "{}", long.error.message);
    }

    #[test]
    fn what_a_5xx_may_have_changed_is_unknown() {
        assert!(answer(502, "").unwrap_err().error.is_outcome_unknown());
        assert!(!answer(429, "").unwrap_err().error.is_outcome_unknown());
    }

    #[test]
    fn only_whole_seconds_are_a_wait() {
        let asked = |text| {
            let answer = Answer { status: 429, request_id: None, retry_after: text, body: b"" };
            read("/x", answer).unwrap_err().retry_after
        };
        assert_eq!(asked(Some(" 5 ")), Some(Duration::from_secs(5)));
        for text in [None, Some("Fri, 31 Dec 1999 23:59:59 GMT"), Some("-1"), Some("1.5")] {
            assert_eq!(asked(text), None, "{text:?}");
        }
    }
}

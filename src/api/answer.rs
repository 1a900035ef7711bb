//! What the platform answered: HTTP status, headers and body → the answer, or why there is none.
//! Pure.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::retry::{Class, Miss};
use crate::diag::escape_control;
use crate::platform::{Effect, PlatformError, PlatformErrorKind};

/// How much of a body that is no JSON is repeated.
const QUOTED: usize = 200;

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub status: u16,
    pub request_id: Option<&'a str>,
    pub retry_after: Option<&'a str>,
    /// The whole body, or `None` where it broke off.
    pub body: Option<&'a [u8]>,
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
    let miss = |kind, message: String, class| {
        let mut error = PlatformError::new(route, kind, message);
        // A success of another kind may have had an effect, and so may a failure of any kind.
        if matches!(status, 200..=299 | 500..=599) {
            error.effect = Effect::Possible;
        }
        error.status = Some(status);
        error.request_id = request_id.map(str::to_owned);
        Miss { error: error.into(), class, retry_after: None }
    };
    let (kind, message) = match (status, body) {
        (200, Some(body)) => {
            return serde_json::from_slice(body).map_err(|error| {
                // Something on the way put its own page in the place of the answer.
                let message = format!("The answer is not JSON ({error}): {}", quoted(body));
                miss(PlatformErrorKind::UnexpectedAnswer, message, Class::Garbled)
            });
        }
        (200, None) => {
            let message = "The answer broke off before its end.".to_owned();
            return Err(miss(PlatformErrorKind::NoAnswer, message, Class::Lost));
        }
        // The status says enough; only the words are missing.
        (_, None) => {
            (kind_of(status, request_id), "The answer broke off before its end.".to_owned())
        }
        (_, Some(body)) => match serde_json::from_slice(body) {
            Ok(ErrorBody { error: ErrorFields { kind, message } }) => {
                (PlatformErrorKind::of_name(&kind), message)
            }
            Err(_) => {
                let message = format!("The answer has no error in it: {}", quoted(body));
                (kind_of(status, request_id), message)
            }
        },
    };
    let retry_after = asked_wait(answer);
    Err(Miss { retry_after, ..miss(kind, message, class_of(status)) })
}

fn class_of(status: u16) -> Class {
    match status {
        429 | 503 => Class::Later,
        500..=599 => Class::Broken,
        _ => Class::Refused,
    }
}

/// Returns the kind of an error that has no type, by its status (S). That there is none is believed
/// of the platform alone, which names its calls (D): of something on the way it would make a TRE
/// that is there look deleted.
fn kind_of(status: u16, request_id: Option<&str>) -> PlatformErrorKind {
    match status {
        401 => PlatformErrorKind::InvalidAuthentication,
        404 if request_id.is_some() => PlatformErrorKind::ResourceNotFound,
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

/// Returns the beginning of a body, so that it acts on nothing where it is shown.
fn quoted(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let start: String = text.chars().take(QUOTED).collect();
    match start.len() {
        0 => "it is empty.".to_owned(),
        length if length < text.len() => format!("`{}…`", escape_control(&start)),
        _ => format!("`{}`", escape_control(&start)),
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
                body: Some(body.as_bytes()),
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
        assert_eq!(miss.class, Class::Garbled);
        assert!(miss.error.is_outcome_unknown());
        assert!(miss.error.message.contains("<html>login</html>"), "{}", miss.error.message);
        let long = answer(418, &"x".repeat(5_000)).unwrap_err();
        assert!(long.error.message.len() < 300, "{}", long.error.message);
    }

    #[test]
    fn what_acts_on_a_terminal_is_quoted_as_text() {
        let miss = answer(418, "\u{1b}[2J\r\nteapot").unwrap_err();
        assert!(miss.error.message.contains(r"`\u{1b}[2J\r\nteapot`"), "{}", miss.error.message);
    }

    #[test]
    fn only_the_platform_can_say_that_there_is_none() {
        assert_eq!(kind(404, "<h1>404</h1>").0, PlatformErrorKind::ResourceNotFound);
        let of_a_proxy = Answer {
            status: 404,
            request_id: None,
            retry_after: None,
            body: Some(b"<h1>404</h1>"),
        };
        let error = read("/tre-a/describe", of_a_proxy).unwrap_err().error;
        assert_eq!(error.kind, PlatformErrorKind::Other("HTTP 404".to_owned()));
    }

    #[test]
    fn an_answer_that_broke_off_is_lost_unless_its_status_tells() {
        let cut = |status| {
            let answer =
                Answer { status, request_id: Some("17-a"), retry_after: Some("5"), body: None };
            read("/tre/new", answer).unwrap_err()
        };
        let Miss { error, class, retry_after } = cut(200);
        assert_eq!((error.kind, class), (PlatformErrorKind::NoAnswer, Class::Lost));
        assert_eq!((error.request_id.as_deref(), retry_after), (Some("17-a"), None));
        let Miss { error, class, retry_after } = cut(503);
        assert_eq!((error.kind, class), (PlatformErrorKind::ServiceUnavailable, Class::Later));
        assert_eq!(retry_after, Some(Duration::from_secs(5)));
    }

    #[test]
    fn what_a_5xx_may_have_changed_is_unknown() {
        assert!(answer(204, "").unwrap_err().error.is_outcome_unknown());
        assert!(!answer(302, "").unwrap_err().error.is_outcome_unknown());
        assert!(answer(502, "").unwrap_err().error.is_outcome_unknown());
        assert!(!answer(429, "").unwrap_err().error.is_outcome_unknown());
    }

    #[test]
    fn only_whole_seconds_are_a_wait() {
        let asked = |text| {
            let answer =
                Answer { status: 429, request_id: None, retry_after: text, body: Some(b"") };
            read("/x", answer).unwrap_err().retry_after
        };
        assert_eq!(asked(Some(" 5 ")), Some(Duration::from_secs(5)));
        for text in [None, Some("Fri, 31 Dec 1999 23:59:59 GMT"), Some("-1"), Some("1.5")] {
            assert_eq!(asked(text), None, "{text:?}");
        }
    }
}

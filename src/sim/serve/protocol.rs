//! The vendor's protocol as far as it is about HTTP: who calls, with what, and how an answer looks.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::platform::{PlatformError, PlatformErrorKind};
use crate::sim::Content;

/// Names a call in an answer (D).
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Why a call does not get as far as the platform.
#[derive(Debug)]
pub(super) struct Refusal {
    kind: PlatformErrorKind,
    message: String,
}

impl Refusal {
    /// Returns a refusal; the message is a sentence.
    pub(super) fn new(kind: PlatformErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Names the route.
    pub(super) fn at(self, route: &str) -> PlatformError {
        PlatformError::new(route, self.kind, self.message)
    }
}

/// Returns the bearer token of a call.
pub(super) fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let refuse = |message: &str| Refusal::new(PlatformErrorKind::InvalidAuthentication, message);
    let value = headers
        .get(AUTHORIZATION)
        .ok_or_else(|| refuse("The call has no `Authorization` header."))?;
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(|| refuse("The `Authorization` header must be `Bearer` and a token."))
}

/// Refuses what is no POST: no route answers it (A).
pub(super) fn require_post(method: &Method, path: &str) -> Result<(), Refusal> {
    if method == Method::POST {
        Ok(())
    } else {
        let message = format!("`{method} {path}` does not exist; calls are POST.");
        Err(Refusal::new(PlatformErrorKind::ResourceNotFound, message))
    }
}

/// Returns the input of a call, which must be JSON and say so (D).
pub(super) fn input(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let refuse = |message: String| Refusal::new(PlatformErrorKind::MalformedJson, message);
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        return Err(refuse("The `Content-Type` header must be `application/json`.".to_owned()));
    }
    serde_json::from_slice(body)
        .map_err(|error| refuse(format!("The body of the call is not JSON: {error}.")))
}

/// Tells whether a call puts content into a file, at an address that the platform gave (D).
pub(super) fn is_upload(parts: &Parts) -> bool {
    parts.method == Method::PUT && parts.uri.path().starts_with("/upload/")
}

/// Returns the content that a call puts into a file.
pub(super) fn content(parts: &Parts, bytes: &[u8]) -> Content {
    let md5 = parts.headers.get("x-upload-md5").and_then(|value| value.to_str().ok());
    Content { path: parts.uri.path().to_owned(), md5: md5.map(str::to_owned), bytes: bytes.into() }
}

/// Returns this server as who calls knows it.
pub(super) fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

/// Makes an address below this server a whole one: the platform does not know where it is.
pub(super) fn with_origin(mut answer: Value, origin: &str) -> Value {
    if let Some(Value::String(url)) = answer.get_mut("url")
        && url.starts_with('/')
    {
        url.insert_str(0, origin);
    }
    answer
}

/// What goes back to who called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub status: u16,
    pub body: String,
    media: Media,
    /// Seconds.
    retry_after: Option<u64>,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    Json,
    Html,
}

impl Reply {
    /// Returns the reply that tells an answer or an error.
    pub(super) fn of(answer: &Result<Value, PlatformError>) -> Self {
        match answer {
            Ok(value) => Self::json(200, value),
            Err(error) => Self::error(&error.kind, &error.message),
        }
    }

    /// Returns the reply of an error; one that the vendor has no name for is an internal one.
    pub(super) fn error(kind: &PlatformErrorKind, message: &str) -> Self {
        let (status, kind) = match kind.status() {
            Some(status) => (status, kind),
            None => (500, &PlatformErrorKind::InternalError),
        };
        Self::json(status, &json!({ "error": { "type": kind.as_str(), "message": message } }))
    }

    /// Returns a page for people, where programs expect JSON.
    pub(super) fn page(status: u16, title: &str) -> Self {
        let body = format!(
            "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\
             <body><h1>{title}</h1></body></html>\n"
        );
        Self { status, body, media: Media::Html, retry_after: None }
    }

    /// Says after how many seconds to try again.
    pub(super) fn retry_after(self, seconds: Option<u64>) -> Self {
        Self { retry_after: seconds, ..self }
    }

    fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), media: Media::Json, retry_after: None }
    }

    /// Returns the response, which names the call.
    pub(super) fn response(self, id: &str) -> Response {
        let Self { status, body, media, retry_after } = self;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            match media {
                Media::Json => JSON,
                Media::Html => HTML,
            },
        );
        headers.extend(retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(REQUEST_ID, id);
        }
        response
    }
}

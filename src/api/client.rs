//! The client: one attempt over HTTP, in its turn, and again where that is right.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use futures_util::TryFutureExt as _;
use reqwest::Response;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Answer};
use super::config::{Config, Origin, Setting};
use super::connect::ClientError;
use super::event::{Event, Observer};
use super::pace::{Pace, Stopped};
use super::retry::{Backoff, Class, Miss, Repetition, Wait};
use super::unreachable::{self, Peer};
use super::{Token, connect};
use crate::platform::{
    Pending, PlatformError, PlatformErrorKind, Receipt, Transport, Unreachable, repeat,
};

/// The version of the API that is spoken (D).
const API_VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("dnanexus-api"), HeaderValue::from_static("1.0.0"));
/// Names a call in the vendor's logs (D).
const REQUEST_ID: &str = "x-request-id";

/// What the client keeps to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Calls per second, all attempts counted.
    pub rate: u32,
    /// Attempts at the same time.
    pub at_once: usize,
    /// How long is waited between attempts, and for how long in all.
    pub backoff: Backoff,
    /// Once cancelled, a call in flight ends, and nothing is waited for.
    pub cancel: CancellationToken,
}

/// What the client saw of the platform besides the answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The platform's clock, the `Date` of its last answer, and ours when that came.
    pub date: Option<(String, SystemTime)>,
    /// How many calls were refused for being too many (429).
    pub too_many: u64,
}

/// Carries calls to the vendor's platform. Clones share everything.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    peer: Peer,
    url: String,
    token: Token,
    /// Where the token was read.
    origin: Origin,
    authorization: HeaderValue,
    limits: Limits,
    pace: Pace,
    observer: Observer,
    has_answered: AtomicBool,
    seen: Mutex<Seen>,
}

impl Client {
    /// Returns a client. `ca` is what the file of [`Config::ca`] holds.
    ///
    /// # Errors
    ///
    /// Where the certificates or the proxy cannot be used.
    pub fn new(
        config: &Config,
        ca: Option<&[u8]>,
        limits: Limits,
        observer: Observer,
    ) -> Result<Self, ClientError> {
        let Setting { value: token, origin } = config.token.clone();
        let authorization = token.header().ok_or(ClientError::Token)?;
        let shared = Shared {
            http: connect::client(config, ca)?,
            url: config.endpoint.url(),
            peer: Peer::of(config),
            token,
            origin,
            authorization,
            pace: Pace::new(limits.rate, limits.at_once),
            limits,
            observer,
            has_answered: AtomicBool::new(false),
            seen: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Returns what was seen besides the answers.
    pub fn seen(&self) -> Seen {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Client {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(self.post_with_receipt(route, input).map_ok(|(answer, _)| answer))
    }

    fn post_with_receipt<'a>(
        &'a self,
        route: &'a str,
        input: Value,
    ) -> Pending<'a, (Value, Receipt)> {
        Box::pin(async move {
            // The platform wants an object, also where there is nothing to say (D).
            let body = if input.is_null() { "{}".to_owned() } else { input.to_string() };
            let shared = &*self.shared;
            if !leads_where_it_says(route) {
                return Err(no_route(route));
            }
            let repetition = Repetition {
                backoff: shared.limits.backoff,
                repeat: repeat::of(route),
                cancel: &shared.limits.cancel,
            };
            repetition
                .run(
                    |attempt| shared.attempt(route, &body, attempt),
                    || shared.has_answered.load(Ordering::Relaxed),
                    fastrand::f64,
                    |attempt, Wait { wait, left, error }| {
                        (shared.observer)(&Event::Waiting { route, attempt, wait, left, error });
                    },
                )
                .await
        })
    }
}

impl Shared {
    async fn attempt(
        &self,
        route: &str,
        body: &str,
        attempt: u32,
    ) -> Result<(Value, Receipt), Miss> {
        let _turn = match self.pace.turn(&self.limits.cancel).await {
            Ok(turn) => turn,
            Err(Stopped) => return Err(stopped(route)),
        };
        let told = self.token.redact(body);
        (self.observer)(&Event::Sent { route, attempt, body: &told });
        let begin = Instant::now();
        let result = self.send(route, body, attempt, begin).await;
        result.map_err(|mut miss| {
            self.complete(&mut miss.error);
            if miss.error.status.is_none() {
                let (took, error) = (begin.elapsed(), &miss.error);
                (self.observer)(&Event::Failed { route, attempt, took, error });
            }
            if miss.error.status == Some(429) {
                self.seen().too_many += 1;
                // Longer than that nobody waits: every call gives up by itself.
                let asked = miss.retry_after.filter(|wait| *wait <= self.limits.backoff.limit);
                self.pace.hold(asked.unwrap_or_default());
            }
            miss
        })
    }

    /// Takes out the token, should it be in there still, and says of a refused one where it is.
    fn complete(&self, error: &mut PlatformError) {
        if let Cow::Owned(text) = self.token.redact(&error.message) {
            error.message = text;
        }
        if error.kind == PlatformErrorKind::InvalidAuthentication {
            let end = if error.message.ends_with(['.', '!', '?', '`']) { "" } else { "." };
            error.message.push_str(&format!("{end} The token was read from {}.", self.origin));
        }
    }

    async fn send(
        &self,
        route: &str,
        body: &str,
        attempt: u32,
        begin: Instant,
    ) -> Result<(Value, Receipt), Miss> {
        let (version, api) = API_VERSION;
        let response = self
            .http
            .post(format!("{}{route}", self.url))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, self.authorization.clone())
            .header(version, api)
            .body(body.to_owned())
            .send()
            .await
            .map_err(|error| unreachable::read(route, &self.peer, &error))?;
        self.look_at(&response);
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        // Whatever the platform repeats, the token goes no further than here.
        let request_id = text(&headers, REQUEST_ID).map(|id| self.token.redact(id));
        let request_id = request_id.as_deref();
        let body = response.bytes().await.ok();
        let body = body.as_deref().map(|body| self.without_token(body));
        if status != 200 || body.is_some() {
            let body = String::from_utf8_lossy(body.as_deref().unwrap_or_default());
            (self.observer)(&Event::Answered {
                route,
                attempt,
                status,
                request_id,
                took: begin.elapsed(),
                body: &body,
            });
        }
        let retry_after = text(&headers, RETRY_AFTER.as_str());
        let body = body.as_deref();
        let result = answer::read(route, Answer { status, request_id, retry_after, body });
        // A page of somebody else is no answer of the platform.
        if !matches!(&result, Err(Miss { class: Class::Garbled, .. })) {
            self.has_answered.store(true, Ordering::Relaxed);
        }
        let receipt = Receipt { request_id: request_id.map(str::to_owned) };
        result.map(|answer| (answer, receipt))
    }

    /// What is no text is no JSON either, and only quoted.
    fn without_token<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        match std::str::from_utf8(body).map(|text| self.token.redact(text)) {
            Ok(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Ok(Cow::Borrowed(_)) | Err(_) => Cow::Borrowed(body),
        }
    }

    fn look_at(&self, response: &Response) {
        if let Some(date) = text(response.headers(), DATE.as_str()) {
            self.seen().date = Some((date.to_owned(), SystemTime::now()));
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn stopped(route: &str) -> Miss {
    let error = PlatformError::new(
        route,
        PlatformErrorKind::Unreachable(Unreachable::Other),
        "The run was stopped before the call was made.",
    );
    Miss { error: error.into(), class: Class::Stopped, retry_after: None }
}

/// Tells whether a route is a path and stays one: ids in it may come from the platform.
fn leads_where_it_says(route: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let is_part = |part: &str| !matches!(part, "." | "..") && part.chars().all(is_plain);
    // What begins with two strokes names a host.
    let path = route.strip_prefix('/').filter(|path| !path.starts_with('/'));
    path.is_some_and(|path| path.split('/').all(is_part))
}

fn no_route(route: &str) -> PlatformError {
    let kind = PlatformErrorKind::Other("no route".to_owned());
    PlatformError::new(route, kind, "An id in it is not one, so the call was not made.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_to_no_other_route() {
        for route in ["/tre/new", "/tre-a.b_c/describe", "/project-1:record-2/describe"] {
            assert!(leads_where_it_says(route), "{route}");
        }
        for route in ["", "tre/new", "/tre-a/../system/x", "/tre-a?x/y", "/a#b/c", "/a b/c"] {
            assert!(!leads_where_it_says(route), "{route}");
        }
    }
}

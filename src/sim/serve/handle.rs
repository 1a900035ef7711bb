//! One call, from its first byte to its answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::Value;

use super::limit::Limiter;
use super::line::Switch;
use super::protocol::{self, Refusal, Reply};
use super::{Observer, Options, Platform, Served, Stopwatch};
use crate::model::ids::UserId;
use crate::platform::PlatformErrorKind;

/// How long the body of a call may be, in bytes (A): the longest lists of people take a few tens
/// of thousands.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What all calls share.
pub(super) struct Shared {
    platform: Arc<dyn Platform>,
    limiter: Mutex<Limiter>,
    stopwatch: Stopwatch,
    observer: Observer,
    calls: AtomicU64,
}

impl Shared {
    pub(super) fn new(platform: Arc<dyn Platform>, options: Options) -> Self {
        let Options { limit, stopwatch, observer } = options;
        Self {
            platform,
            limiter: Mutex::new(Limiter::new(limit)),
            stopwatch,
            observer,
            calls: AtomicU64::new(0),
        }
    }

    /// Returns the id of the next call: the same in every run that makes the same calls in order.
    fn next_id(&self) -> String {
        format!("sim-{:06}", self.calls.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn now(&self) -> Duration {
        (self.stopwatch)()
    }

    /// Returns who calls.
    fn authenticate(&self, headers: &HeaderMap) -> Result<UserId, Refusal> {
        let user = self.platform.user_of_token(protocol::token(headers)?);
        user.ok_or_else(|| {
            let message = "The token stands for nobody.";
            Refusal::new(PlatformErrorKind::InvalidAuthentication, message)
        })
    }

    /// Refuses what an account calls beyond its limit.
    fn admit(&self, user: &UserId) -> Result<(), Refusal> {
        let now = self.now();
        let mut limiter = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        if limiter.admits(user, now) {
            Ok(())
        } else {
            let message = format!("`{user}` calls too often.");
            Err(Refusal::new(PlatformErrorKind::RateLimitConditional, message))
        }
    }
}

/// A call that arrived.
struct Call {
    parts: Parts,
    body: Result<Bytes, Refusal>,
    /// Who calls, or why nobody does.
    user: Result<UserId, Refusal>,
}

impl Call {
    async fn read(shared: &Shared, parts: Parts, body: Body) -> Self {
        // What announces too much is not read at all.
        let is_short = body.size_hint().lower() <= u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
        let body = if is_short { to_bytes(body, MOST_BYTES).await.ok() } else { None };
        let body = body.ok_or_else(|| {
            let message = format!("The body of the call is cut or longer than {MOST_BYTES} bytes.");
            Refusal::new(PlatformErrorKind::InvalidInput, message)
        });
        let user = shared.authenticate(&parts.headers);
        Self { parts, body, user }
    }

    /// Checks who calls, how often and with what, and asks the platform.
    async fn answer(self, shared: &Shared) -> Reply {
        let path = self.parts.uri.path().to_owned();
        let answer = match self.checked(shared) {
            Ok((user, input)) => shared.platform.call_as(user, &path, input).await,
            Err(refusal) => Err(refusal.at(&path)),
        };
        Reply::of(&answer)
    }

    fn checked(self, shared: &Shared) -> Result<(UserId, Value), Refusal> {
        let Self { parts, body, user } = self;
        let user = user?;
        shared.admit(&user)?;
        protocol::require_post(&parts.method, parts.uri.path())?;
        let input = protocol::input(&parts.headers, &body?)?;
        Ok((user, input))
    }
}

/// Answers a call.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(_line): ConnectInfo<Switch>,
    request: Request,
) -> Response {
    let (id, start) = (shared.next_id(), shared.now());
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let call = Call::read(&shared, parts, body).await;
    let user = call.user.as_ref().ok().cloned();
    let reply = call.answer(&shared).await;
    (shared.observer)(&Served {
        id: &id,
        user: user.as_ref(),
        method: method.as_str(),
        path: &path,
        status: Some(reply.status),
        took: shared.now().saturating_sub(start),
    });
    reply.response(&id)
}

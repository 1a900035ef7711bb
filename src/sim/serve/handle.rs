//! One call, from its first byte to its answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::Value;

use super::ending::Ending;
use super::fault::{Arrival, Fault, FaultKind, Faults, Strike};
use super::limit::Limiter;
use super::line::Switch;
use super::protocol::{self, Refusal, Reply};
use super::stale::{Memory, Question};
use super::{Observer, Options, Platform, Served, Stopwatch};
use crate::model::ids::UserId;
use crate::platform::{PlatformError, PlatformErrorKind};
use crate::sim::world::Route;

/// How long the body of a call may be, in bytes (A): the longest lists of people take a few tens
/// of thousands.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How long the content of a part of a file may be, in bytes (A).
const MOST_CONTENT: usize = 64 * 1024 * 1024;

/// What all calls share.
pub(super) struct Shared {
    platform: Arc<dyn Platform>,
    limiter: Mutex<Limiter>,
    stopwatch: Stopwatch,
    observer: Observer,
    faults: Mutex<Faults>,
    memory: Memory,
    calls: AtomicU64,
}

impl Shared {
    pub(super) fn new(platform: Arc<dyn Platform>, options: Options) -> Self {
        let Options { limit, stopwatch, faults, fault_seed, observer } = options;
        Self {
            platform,
            limiter: Mutex::new(Limiter::new(limit)),
            stopwatch,
            observer,
            memory: Memory::new(faults.iter().any(Fault::is_stale)),
            faults: Mutex::new(Faults::new(faults, fault_seed)),
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
        let most = if protocol::is_upload(&parts) { MOST_CONTENT } else { MOST_BYTES };
        // What announces too much is not read at all.
        let is_short = body.size_hint().lower() <= u64::try_from(most).unwrap_or(u64::MAX);
        let body = if is_short { to_bytes(body, most).await.ok() } else { None };
        let body = body.ok_or_else(|| {
            let message = format!("The body of the call is cut or longer than {most} bytes.");
            Refusal::new(PlatformErrorKind::InvalidInput, message)
        });
        let user = shared.authenticate(&parts.headers);
        Self { parts, body, user }
    }

    /// Returns what makes two calls that read the same question: who asks, and what.
    fn question(&self) -> Option<Question> {
        let (Ok(user), Ok(body)) = (&self.user, &self.body) else { return None };
        let path = self.parts.uri.path();
        let is_read = self.parts.method == Method::POST && !Route::is_change(path);
        is_read.then(|| (user.clone(), path.to_owned(), body.clone()))
    }

    /// Checks who calls, how often and with what, and asks the platform.
    async fn answer(self, shared: &Shared) -> Reply {
        let path = self.parts.uri.path().to_owned();
        let question = if shared.memory.is_on { self.question() } else { None };
        let answer = if protocol::is_upload(&self.parts) {
            self.put(shared).await
        } else {
            self.ask(shared, &path).await
        };
        let reply = Reply::of(&answer);
        if let (Some(question), 200 | 404) = (question, reply.status) {
            shared.memory.keep(question, reply.clone());
        }
        reply
    }

    async fn put(self, shared: &Shared) -> Result<Value, PlatformError> {
        let Self { parts, body, user: _ } = self;
        match body {
            Ok(bytes) => shared.platform.put(protocol::content(&parts, &bytes)).await,
            Err(refusal) => Err(refusal.at(parts.uri.path())),
        }
    }

    async fn ask(self, shared: &Shared, path: &str) -> Result<Value, PlatformError> {
        let origin = protocol::origin(&self.parts.headers);
        match self.checked(shared) {
            Ok((user, input)) => {
                let answer = shared.platform.call_as(user, path, input).await?;
                Ok(protocol::with_origin(answer, &origin))
            }
            Err(refusal) => Err(refusal.at(path)),
        }
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
    ConnectInfo(line): ConnectInfo<Switch>,
    request: Request,
) -> Response {
    let (id, start) = (shared.next_id(), shared.now());
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let call = Call::read(&shared, parts, body).await;
    let user = call.user.as_ref().ok().cloned();
    let (ending, faults) = decide(&shared, call).await;
    let (status, response) = match ending {
        Ending::Answered(reply) => (Some(reply.status), reply.response(&id)),
        Ending::Cut(reply) => {
            line.cut(reply.body.len() / 2);
            (Some(reply.status), reply.response(&id))
        }
        Ending::Reset => {
            line.reset();
            (None, Response::default())
        }
    };
    (shared.observer)(&Served {
        id: &id,
        user: user.as_ref(),
        method: method.as_str(),
        path: &path,
        status,
        faults: &faults,
        took: shared.now().saturating_sub(start),
    });
    response
}

/// Makes a call, or lets it go wrong; tells which faults hit it.
async fn decide(shared: &Shared, call: Call) -> (Ending, Vec<String>) {
    let known = call.question().and_then(|question| shared.memory.last(&question));
    let arrival = Arrival {
        path: call.parts.uri.path(),
        body: call.body.as_deref().unwrap_or_default(),
        is_known: known.is_some(),
    };
    let strike = shared.faults.lock().unwrap_or_else(PoisonError::into_inner).strike(arrival);
    let Strike { latency, kind, names } = strike;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let ending = match (kind, known) {
        (Some(FaultKind::Before(mishap)), _) => Ending::of(mishap),
        (Some(FaultKind::After(mishap)), _) => {
            call.answer(shared).await;
            Ending::of(mishap)
        }
        (Some(FaultKind::Truncated), _) => Ending::Cut(call.answer(shared).await),
        (Some(FaultKind::Stale), Some(reply)) => Ending::Answered(reply),
        _ => Ending::Answered(call.answer(shared).await),
    };
    (ending, names)
}

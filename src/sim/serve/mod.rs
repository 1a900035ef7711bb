//! The embedded platform behind the vendor's wire protocol: HTTP on a port of this machine.
//!
//! A call is POST, JSON in and out, with a bearer token that stands for a user. What the protocol
//! itself refuses is decided here; everything else is the platform's own answer. Nothing here
//! knows a rule of TREs.

mod ending;
mod fault;
mod handle;
mod limit;
mod line;
mod protocol;
mod stale;

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::fault::{Fault, FaultError};

use self::handle::Shared;
use self::line::{Lines, Switch};
use super::{Content, Embedded, InMemory};
use crate::model::ids::UserId;
use crate::platform::{Pending, Transport};

/// How many calls per second the platform takes from an account (S).
pub const CALLS_PER_SECOND: u32 = 200;

/// How long calls in flight may take to end once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// A platform that a server can stand in front of.
pub trait Platform: Send + Sync + 'static {
    /// Returns the account that a token stands for.
    fn user_of_token(&self, token: &str) -> Option<UserId>;

    /// Makes a call as an account, and returns when its effect is durable.
    fn call_as<'a>(&'a self, user: UserId, route: &'a str, input: Value) -> Pending<'a, Value>;

    /// Takes the content of a part of a file, and returns when it is durable. Who knows the address
    /// may put it.
    fn put(&self, content: Content) -> Pending<'_, Value>;
}

impl Platform for Embedded {
    fn user_of_token(&self, token: &str) -> Option<UserId> {
        Self::user_of_token(self, token)
    }

    fn call_as<'a>(&'a self, user: UserId, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move { self.acting_as(user).post(route, input).await })
    }

    fn put(&self, content: Content) -> Pending<'_, Value> {
        Box::pin(self.put(content))
    }
}

impl Platform for InMemory {
    fn user_of_token(&self, token: &str) -> Option<UserId> {
        Self::user_of_token(self, token)
    }

    fn call_as<'a>(&'a self, user: UserId, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move { self.acting_as(user).call(route, &input) })
    }

    fn put(&self, content: Content) -> Pending<'_, Value> {
        Box::pin(async move { self.put(&content) })
    }
}

/// Tells how much time has passed since some moment.
pub type Stopwatch = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Is told of every call once its answer is decided.
pub type Observer = Arc<dyn Fn(&Served<'_>) + Send + Sync>;

/// One call that was answered, or was not on purpose.
#[derive(Debug, Clone, Copy)]
pub struct Served<'a> {
    /// The id of the call, as in `x-request-id`.
    pub id: &'a str,
    /// Who called, if the token stands for somebody.
    pub user: Option<&'a UserId>,
    /// The HTTP method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The HTTP status; `None` where the connection was reset instead.
    pub status: Option<u16>,
    /// The faults that hit it, as they are written.
    pub faults: &'a [String],
    /// How long it took.
    pub took: Duration,
}

/// How to serve.
#[derive(Clone)]
pub struct Options {
    /// How many calls per second an account may make; 0 for any number.
    pub limit: u32,
    /// Tells the time to the limit.
    pub stopwatch: Stopwatch,
    /// What goes wrong on purpose.
    pub faults: Vec<Fault>,
    /// Which calls the faults hit: the same seed, the same calls.
    pub fault_seed: u64,
    /// Is told of every call.
    pub observer: Observer,
}

impl Default for Options {
    /// Serves as the vendor does.
    fn default() -> Self {
        let start = Instant::now();
        Self {
            limit: CALLS_PER_SECOND,
            stopwatch: Arc::new(move || start.elapsed()),
            faults: Vec::new(),
            fault_seed: 0,
            observer: Arc::new(|_| {}),
        }
    }
}

/// A platform over HTTP.
pub struct Server {
    shared: Arc<Shared>,
}

impl Server {
    /// Returns a server for a platform.
    pub fn new(platform: impl Platform, options: Options) -> Self {
        Self { shared: Arc::new(Shared::new(Arc::new(platform), options)) }
    }

    /// Serves until `shutdown` is done. Calls in flight then end; who has not ended after ten
    /// seconds is no longer waited for.
    ///
    /// # Errors
    /// Where the listener does not tell its address.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        listener.local_addr()?;
        let service = Router::new()
            .fallback(handle::handle)
            .with_state(self.shared)
            .into_make_service_with_connect_info::<Switch>();
        let stop = CancellationToken::new();
        let serving = axum::serve(Lines(listener), service)
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        let mut serving = pin!(serving.into_future());
        tokio::select! {
            ended = &mut serving => return ended,
            () = shutdown => stop.cancel(),
        }
        tokio::time::timeout(GRACE, serving).await.unwrap_or(Ok(()))
    }
}

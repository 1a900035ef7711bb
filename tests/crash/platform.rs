//! The platform that survives: the embedded one in memory, served from this process by the server
//! of `sim serve`, with a gate at both sides of every call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use trectl::model::UserId;
use trectl::platform::Pending;
use trectl::sim::serve::{Options, Platform as Serves, Server};
use trectl::sim::{Content, InMemory, World};

/// A side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It has arrived and had no effect yet.
    Before,
    /// It has taken effect and was not answered yet.
    After,
}

/// One side of one call.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Counted from 1, reading calls included.
    pub call: usize,
    pub side: Side,
    pub route: &'a str,
    pub platform: &'a InMemory,
}

/// How it goes on from there.
pub enum Pass {
    On,
    /// Once something is sent; never, if the sender is dropped.
    Once(oneshot::Receiver<()>),
}

impl Pass {
    /// Waits until it goes on.
    pub async fn wait(self) {
        if let Self::Once(sent) = self
            && sent.await.is_err()
        {
            std::future::pending::<()>().await;
        }
    }
}

/// Decides at each side of each call.
pub type Gate = Arc<dyn Fn(Moment<'_>) -> Pass + Send + Sync>;

/// A platform that is served until it is dropped.
pub struct Platform {
    pub port: u16,
    pub memory: InMemory,
    calls: Arc<AtomicUsize>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// Where all servers of the tests run.
pub static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());

impl Platform {
    /// Serves a platform that begins as `world`.
    pub fn new(world: World, gate: Gate) -> Self {
        let memory = InMemory::new(world);
        let calls = Arc::new(AtomicUsize::new(0));
        let gated = Gated { memory: memory.clone(), gate, calls: Arc::clone(&calls) };
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server::new(gated, Options { limit: 0, ..Options::default() });
        let serving = RUNTIME.spawn(server.serve(listener, std::future::pending()));
        Self { port, memory, calls, serving }
    }

    /// Returns how many calls were made, reading calls included.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Returns how many calls were made that ask for a change, in vain or not.
    pub fn asked(&self) -> usize {
        self.memory.calls().len()
    }

    /// Returns the platform's own log: what took effect, in order, as route and digest of the input.
    pub fn effects(&self) -> Vec<(String, String)> {
        let calls = self.memory.calls().into_iter().filter(|call| call.changes > Some(0));
        calls.map(|call| (call.route, call.input)).collect()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Lets every call pass.
pub fn open() -> Gate {
    Arc::new(|_| Pass::On)
}

struct Gated {
    memory: InMemory,
    gate: Gate,
    calls: Arc<AtomicUsize>,
}

impl Gated {
    async fn pass(&self, call: usize, side: Side, route: &str) {
        let moment = Moment { call, side, route, platform: &self.memory };
        (self.gate)(moment).wait().await;
    }
}

impl Serves for Gated {
    fn user_of_token(&self, token: &str) -> Option<UserId> {
        self.memory.user_of_token(token)
    }

    fn call_as<'a>(&'a self, user: UserId, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            self.pass(call, Side::Before, route).await;
            let answer = self.memory.call_as(user, route, input).await;
            self.pass(call, Side::After, route).await;
            answer
        })
    }

    fn put(&self, content: Content) -> Pending<'_, Value> {
        Serves::put(&self.memory, content)
    }
}

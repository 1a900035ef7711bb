//! The doors to a platform: directly, and through HTTP.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use trectl::api::config::{Config, Endpoint};
use trectl::api::{Backoff, Client, Limits, Origin, Setting, Token};
use trectl::desired::Protocol;
use trectl::model::UserId;
use trectl::platform::{Pending, PlatformError, PlatformErrorKind, Transport};
use trectl::sim::serve::{Options, Platform, Server};
use trectl::sim::{Content, InMemory};

/// A way to call a platform as an account.
pub trait Door: Clone + Send + Sync {
    /// Opens a door to a platform, for its actor.
    fn to(platform: &InMemory) -> Self;

    /// Returns the same door for another account.
    fn acting_as(&self, user: UserId) -> Self;

    /// Makes a call.
    fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError>;

    /// Puts content where an announcement says.
    fn put(&self, content: &Content) -> Result<Value, PlatformError>;
}

impl Door for InMemory {
    fn to(platform: &InMemory) -> Self {
        platform.clone()
    }

    fn acting_as(&self, user: UserId) -> Self {
        Self::acting_as(self, user)
    }

    fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        Self::call(self, route, input)
    }

    fn put(&self, content: &Content) -> Result<Value, PlatformError> {
        Self::put(self, content)
    }
}

/// The runtime of all clients and servers.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// A certificate to trust: a client that has one does not look for all those of the system, which
/// takes longer than most scenarios.
static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem()
});

/// A client in front of a server of its own, on loopback.
#[derive(Clone)]
pub struct Http {
    serving: Arc<Serving>,
    client: Client,
}

impl Door for Http {
    fn to(platform: &InMemory) -> Self {
        let serving = Serving::new(platform);
        let client = client(serving.port, platform.world().actor().as_str());
        Self { serving: Arc::new(serving), client }
    }

    fn acting_as(&self, user: UserId) -> Self {
        let client = client(self.serving.port, user.as_str());
        Self { serving: Arc::clone(&self.serving), client }
    }

    fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        let answer = RUNTIME.block_on(self.client.post(route, input.clone()));
        answer.inspect_err(|error| {
            assert_eq!(error.status, status(&error.kind), "{error}");
            assert!(error.request_id.is_some(), "{error} [which call?]");
            assert_eq!((error.route.as_str(), error.attempts), (route, 1));
        })
    }

    fn put(&self, content: &Content) -> Result<Value, PlatformError> {
        let Content { path, md5, bytes } = content;
        let origin = format!("http://127.0.0.1:{}", self.serving.port);
        let path = path.strip_prefix(&origin).unwrap_or(path);
        let mut head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        if let Some(md5) = md5 {
            write!(head, "x-upload-md5: {md5}\r\n").unwrap();
        }
        write!(head, "Content-Length: {}\r\n\r\n", bytes.len()).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", self.serving.port)).unwrap();
        stream.write_all(&[head.as_bytes(), bytes].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        let code = head.split(' ').nth(1).unwrap().parse().unwrap();
        if code == 200 {
            return Ok(body);
        }
        let kind = PlatformErrorKind::of_name(body["error"]["type"].as_str().unwrap());
        assert_eq!(Some(code), status(&kind), "{answer}");
        assert!(head.contains("x-request-id: "), "{head}");
        Err(PlatformError::new(path, kind, body["error"]["message"].as_str().unwrap()))
    }
}

/// Returns the status that goes with an error type, as §8 lists them.
fn status(kind: &PlatformErrorKind) -> Option<u16> {
    match kind.as_str() {
        "MalformedJSON" => Some(400),
        "InvalidAuthentication" | "PermissionDenied" => Some(401),
        "SpendingLimitExceeded" | "OrgExpired" => Some(403),
        "ResourceNotFound" => Some(404),
        "InvalidInput" | "InvalidState" | "InvalidType" => Some(422),
        "RateLimitConditional" => Some(429),
        "InternalError" => Some(500),
        "ServiceUnavailable" => Some(503),
        _ => None,
    }
}

/// A server, until it is dropped.
struct Serving {
    port: u16,
    stop: CancellationToken,
}

impl Serving {
    fn new(platform: &InMemory) -> Self {
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        let options = Options { limit: 0, ..Options::default() };
        let server = Server::new(IdsAreTokens(platform.clone()), options);
        RUNTIME.spawn(server.serve(listener, stop.clone().cancelled_owned()));
        Self { port, stop }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Takes the id of every account as its token, with a seed too.
struct IdsAreTokens(InMemory);

impl Platform for IdsAreTokens {
    fn user_of_token(&self, token: &str) -> Option<UserId> {
        token.parse().ok()
    }

    fn call_as<'a>(&'a self, user: UserId, route: &'a str, input: Value) -> Pending<'a, Value> {
        Platform::call_as(&self.0, user, route, input)
    }

    fn put(&self, content: Content) -> Pending<'_, Value> {
        Platform::put(&self.0, content)
    }
}

/// Returns a client that makes every call once, at once.
fn client(port: u16, token: &str) -> Client {
    fn set<T>(value: T) -> Setting<T> {
        Setting { value, origin: Origin::Target }
    }
    let endpoint = Endpoint {
        protocol: set(Protocol::Http),
        host: set("127.0.0.1".to_owned()),
        port: set(port),
    };
    let token = set(Token::new(token).unwrap());
    let ca = Some(set("one.pem".into()));
    let config = Config { endpoint, token, ca, proxy: None, no_proxy: None };
    let never = Backoff { unit: Duration::from_secs(1), limit: Duration::ZERO };
    let cancel = CancellationToken::new();
    let limits = Limits { rate: 1_000_000, at_once: 16, backoff: never, cancel };
    Client::new(&config, Some(CERTIFICATE.as_bytes()), limits, Arc::new(|_| {})).unwrap()
}

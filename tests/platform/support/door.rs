//! The doors to a platform: directly, through HTTP on loopback, and to a live account.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use std::{env, fs};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use trectl::api::config::{self, Config, Endpoint, Surroundings};
use trectl::api::{Backoff, Client, Limits, Origin, Setting, Token};
use trectl::desired::{Address, Protocol};
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

    /// Returns the same door for somebody whom the platform does not know.
    fn stranger(&self) -> Self;

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

    fn stranger(&self) -> Self {
        Self::acting_as(self, UserId::from_platform("user-nobody"))
    }

    fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        Self::call(self, route, input)
    }

    fn put(&self, content: &Content) -> Result<Value, PlatformError> {
        Self::put(self, content)
    }
}

/// A transport through a door: it never waits.
pub struct Through<D>(pub D);

impl<D: Door> Transport for Through<D> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        let answer = self.0.call(route, &input);
        Box::pin(async move { answer })
    }
}

/// Names the API host of a live account.
const LIVE_TARGET: &str = "TRECTL_LIVE_TARGET";

/// The runtime of all clients and servers.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// A certificate to trust: a client that has one does not look for all those of the system, which
/// takes longer than most scenarios.
static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem()
});

/// A client, in front of a server of its own on loopback, or of a live account.
#[derive(Clone)]
pub struct Http {
    config: Config,
    ca: Arc<[u8]>,
    client: Client,
    /// None in front of a live account.
    serving: Option<Arc<Serving>>,
}

impl Http {
    /// Returns a door to the account at `TRECTL_LIVE_TARGET`. It takes only calls that read.
    pub fn live() -> Self {
        let host = env::var(LIVE_TARGET).unwrap_or_else(|_| {
            panic!(
                "set {LIVE_TARGET} to the API host of the account, such as `api.dnanexus.com`; the \
                 token is found where the vendor's own client finds it: in `DX_SECURITY_CONTEXT`, \
                 else in its configuration file"
            )
        });
        let variable = |name: &str| env::var(name).ok();
        let file = config::file_path(&variable).filter(|path| path.exists());
        let file = file.map(|path| {
            config::File::parse(&path, &fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|error| panic!("{error}. {}", error.cure()))
        });
        let surroundings = Surroundings { variable: &variable, file: file.as_ref() };
        let address = Address { host: Some(host), port: None, protocol: None };
        let config = config::resolve(&address, surroundings)
            .unwrap_or_else(|error| panic!("{error}. {}", error.cure()));
        let ca = config.ca.as_ref().map(|ca| fs::read(&ca.value).unwrap());
        Self::new(config, ca.unwrap_or_default().into(), None)
    }

    fn new(config: Config, ca: Arc<[u8]>, serving: Option<Arc<Serving>>) -> Self {
        let (rate, limit) = match serving {
            // Every call is made once, at once.
            Some(_) => (1_000_000, Duration::ZERO),
            None => (20, Duration::from_secs(60)),
        };
        let backoff = Backoff { unit: Duration::from_secs(1), limit };
        let limits = Limits { rate, at_once: 16, backoff, cancel: CancellationToken::new() };
        let client = Client::new(&config, Some(&ca), limits, Arc::new(|_| {})).unwrap();
        Self { config, ca, client, serving }
    }

    fn with_token(&self, token: &str) -> Self {
        let config = Config { token: set(Token::new(token).unwrap()), ..self.config.clone() };
        Self::new(config, Arc::clone(&self.ca), self.serving.clone())
    }
}

impl Door for Http {
    fn to(platform: &InMemory) -> Self {
        let serving = Serving::new(platform);
        let config = Config {
            endpoint: Endpoint {
                protocol: set(Protocol::Http),
                host: set("127.0.0.1".to_owned()),
                port: set(serving.port),
            },
            token: set(Token::new(platform.world().actor().as_str()).unwrap()),
            ca: Some(set("one.pem".into())),
            proxy: None,
            no_proxy: None,
        };
        Self::new(config, CERTIFICATE.as_bytes().into(), Some(Arc::new(serving)))
    }

    fn acting_as(&self, user: UserId) -> Self {
        self.with_token(user.as_str())
    }

    fn stranger(&self) -> Self {
        self.with_token("nobody-has-this-token")
    }

    fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        let reads = ["/system/whoami", "/system/findTres", "/findMembers", "/describe"];
        let is_read = reads.iter().any(|end| route.ends_with(end));
        assert!(is_read || self.serving.is_some(), "{route} is not for a live account");
        let answer = RUNTIME.block_on(self.client.post(route, input.clone()));
        answer.inspect_err(|error| {
            assert_eq!(error.status, status(&error.kind), "{error}");
            assert!(error.request_id.is_some(), "{error} [which call?]");
            assert_eq!(error.route, route);
            assert!(error.attempts == 1 || self.serving.is_none(), "{error}");
        })
    }

    fn put(&self, content: &Content) -> Result<Value, PlatformError> {
        let Content { path, md5, bytes } = content;
        let port = self.serving.as_ref().unwrap().port;
        let path = path.strip_prefix(&format!("http://127.0.0.1:{port}")).unwrap_or(path);
        let mut head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        if let Some(md5) = md5 {
            write!(head, "x-upload-md5: {md5}\r\n").unwrap();
        }
        write!(head, "Content-Length: {}\r\n\r\n", bytes.len()).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
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

fn set<T>(value: T) -> Setting<T> {
    Setting { value, origin: Origin::Target }
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

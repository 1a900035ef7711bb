//! A stand-in for the platform: it takes bytes, keeps them, and answers bytes that were written by
//! hand. It knows nothing of the protocol but where a request ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use trectl::api::config::{self, File, Surroundings};
use trectl::api::{Backoff, Client, Event, Limits, Observer};
use trectl::desired::{Address, Protocol};
use trectl::platform::{PlatformError, Transport};

/// The token of the tests; nothing may ever show it.
pub const TOKEN: &str = "marker-7f3a91c2-never-to-be-seen";

/// Longer than anything takes here; what hangs must not hold the tests for ever.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its first line.
    pub line: String,
    /// Its headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
}

/// What is answered to a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, and the connection stays.
    Bytes(Vec<u8>),
    /// These bytes, and the connection is closed.
    Last(Vec<u8>),
}

/// Returns an answer: a status line, headers, and a body with its length.
pub fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// Returns a success.
pub fn success(body: &str) -> Reply {
    answer("200 OK", &["x-request-id: 1700-1"], body)
}

/// Returns an error as the platform spells it.
pub fn error(status: &str, kind: &str, message: &str) -> Reply {
    let body = format!(r#"{{"error":{{"type":"{kind}","message":"{message}"}}}}"#);
    answer(status, &["x-request-id: 1700-1"], body)
}

/// A stand-in that runs.
pub struct StandIn {
    pub port: u16,
    serving: JoinHandle<Vec<Vec<Request>>>,
}

impl StandIn {
    /// Answers each connection's requests with its replies, in order. The next connection is taken
    /// when one is used up.
    pub async fn new(connections: Vec<Vec<Reply>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = tokio::spawn(async move {
            let mut seen = Vec::new();
            for replies in connections {
                let (stream, _) = listener.accept().await.unwrap();
                seen.push(converse(stream, replies).await);
            }
            seen
        });
        Self { port, serving }
    }

    /// Answers one connection.
    pub async fn once(replies: Vec<Reply>) -> Self {
        Self::new(vec![replies]).await
    }

    /// Returns what came over each connection, once all of them are used up.
    pub async fn requests(self) -> Vec<Vec<Request>> {
        tokio::time::timeout(PATIENCE, self.serving)
            .await
            .expect("not every reply was used")
            .unwrap()
    }
}

/// Answers requests that come over a stream, and returns them.
pub async fn converse<S>(mut stream: S, replies: Vec<Reply>) -> Vec<Request>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut requests = Vec::new();
    for reply in replies {
        let Some(request) = read(&mut stream).await else { break };
        requests.push(request);
        match reply {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await.unwrap(),
            Reply::Last(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                stream.shutdown().await.unwrap();
                break;
            }
        }
    }
    requests
}

/// Reads one request to the end that its length gives.
pub async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let headers: BTreeMap<String, String> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { line, headers, body: String::from_utf8(body).unwrap() })
}

/// How a client is set up.
pub struct Setup<'a> {
    pub protocol: Protocol,
    pub host: &'a str,
    pub port: u16,
    /// Variables of the environment beside the token.
    pub variables: &'a [(&'a str, &'a str)],
    /// What the file of `DX_CA_CERT` holds.
    pub ca: Option<&'a str>,
    /// For how long calls are repeated; the unit is a millisecond.
    pub limit: Duration,
}

impl Setup<'_> {
    /// Plain http to a port of this machine.
    pub fn plain(port: u16) -> Self {
        Self {
            protocol: Protocol::Http,
            host: "127.0.0.1",
            port,
            variables: &[],
            ca: None,
            limit: PATIENCE,
        }
    }

    /// Returns the client, and what it tells.
    pub fn client(&self) -> (Client, Arc<Mutex<Vec<String>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let observer: Observer = Arc::new({
            let told = Arc::clone(&told);
            move |event: &Event<'_>| told.lock().unwrap().push(format!("{event:?}"))
        });
        let address = Address {
            host: Some(self.host.to_owned()),
            port: Some(self.port),
            protocol: Some(self.protocol),
        };
        let context = format!(r#"{{"auth_token_type":"Bearer","auth_token":"{TOKEN}"}}"#);
        let variable = |name: &str| match name {
            "DX_SECURITY_CONTEXT" => Some(context.clone()),
            "DX_CA_CERT" => self.ca.map(|_| "/etc/ca.pem".to_owned()),
            _ => {
                let found = self.variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        let file = File::parse(Path::new("/conf/environment.json"), "{}").unwrap();
        let surroundings = Surroundings { variable: &variable, file: Some(&file) };
        let config = config::resolve(&address, surroundings).unwrap();
        let limits = Limits {
            rate: 10_000,
            at_once: 16,
            backoff: Backoff { unit: Duration::from_millis(1), limit: self.limit },
            cancel: CancellationToken::new(),
        };
        let client = Client::new(&config, self.ca.map(str::as_bytes), limits, observer);
        (client.unwrap(), told)
    }

    /// Makes one call.
    pub async fn post(&self, route: &str, input: Value) -> Result<Value, PlatformError> {
        let (client, told) = self.client();
        let answer = tokio::time::timeout(PATIENCE, client.post(route, input)).await;
        for told in told.lock().unwrap().iter() {
            assert!(!told.contains(TOKEN), "{told}");
        }
        answer.expect("no answer in time")
    }
}

//! A server on a free port of loopback, and raw bytes to and from it.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use trectl::sim::serve::{Options, Platform, Server};
use trectl::sim::{InMemory, World};

/// Longer than any answer takes; a server that does not answer must not hold the tests for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// A project that Amara may add to.
pub const PROJECT: &str = "project-000000000000000000000001";

/// Amara manages TREs for the biobank and is the admin of three; Sol has no part in anything.
pub fn seed() -> World {
    let tre = |id: &str, state: &str| {
        json!({
            "id": id, "state": state, "name": "Genomics", "billTo": "org-biobank",
            "region": "aws:eu-west-2", "admins": ["user-amara"],
            "applicationReviewSteps": [{ "id": "governance", "reviewers": ["user-amara"] }],
            "created": 1_000,
        })
    };
    let manager = json!({ "id": "user-amara", "level": "ADMIN", "treManagement": true });
    let seed = json!({
        "actor": "user-amara",
        "tokens": { "secret-of-amara": "user-amara", "secret-of-sol": "user-sol" },
        "users": ["user-amara", "user-sol"],
        "orgs": [{ "id": "org-biobank", "members": [manager] }],
        "projects": [{
            "id": PROJECT, "region": "aws:eu-west-2", "billTo": "org-biobank",
            "access": { "user-amara": "UPLOAD" },
        }],
        "tres": [tre("tre-a", "active"), tre("tre-b", "draft"), tre("tre-c", "amending")],
    });
    World::seeded(&serde_json::from_value(seed).unwrap()).unwrap()
}

/// A server that runs until it is dropped.
pub struct Bench {
    pub platform: InMemory,
    pub address: SocketAddr,
    stop: CancellationToken,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    runtime: Runtime,
}

impl Bench {
    /// Serves the seed as the vendor does.
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// Serves the seed.
    pub fn with(options: Options) -> Self {
        Self::behind(|platform| platform, options)
    }

    /// Serves the seed with something in front of it.
    pub fn behind<P: Platform>(front: impl FnOnce(InMemory) -> P, options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let platform = InMemory::new(seed());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = Server::new(front(platform.clone()), options);
        let serving = runtime.spawn(server.serve(listener, stop.clone().cancelled_owned()));
        Self { platform, address, stop, serving: Some(serving), runtime }
    }

    /// Asks the server to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the server has stopped.
    pub fn stopped(&mut self) {
        let serving = self.serving.take().unwrap();
        self.runtime.block_on(serving).unwrap().unwrap();
    }

    /// Opens a connection.
    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Connection { stream, read: Vec::new() }
    }

    /// Makes a call as Amara, on a connection of its own.
    pub fn call(&self, path: &str, input: Value) -> Answer {
        self.connect().call(path, input)
    }
}

/// Returns the bytes of a call as Amara.
pub fn bytes(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret-of-amara\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A connection.
pub struct Connection {
    stream: TcpStream,
    /// What came after the last answer.
    read: Vec<u8>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// The other side closed it.
    Closed,
    /// The other side reset it.
    Reset,
}

impl Connection {
    /// Sends bytes.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Makes a call as Amara.
    pub fn call(&mut self, path: &str, input: Value) -> Answer {
        self.send(bytes(path, &input.to_string()));
        self.answer()
    }

    /// Reads an answer that has a length.
    pub fn answer(&mut self) -> Answer {
        loop {
            if let Some((answer, length)) = Answer::parse(&self.read) {
                self.read.drain(..length);
                return answer;
            }
            assert!(self.more().is_none(), "the answer is cut: {}", self.text());
        }
    }

    /// Reads to the end, and returns all of it.
    pub fn rest(&mut self) -> (String, End) {
        loop {
            if let Some(end) = self.more() {
                return (self.text(), end);
            }
        }
    }

    /// Sends lines and compares the answer with other lines: line breaks are those of HTTP, the
    /// order of headers is free, and so is `date`.
    pub fn transcript(&mut self, request: &str, expected: &str) {
        self.send(wire_lines(request));
        let answer = self.answer();
        let expected = wire_lines(expected);
        let (expected, _) = Answer::parse(expected.as_bytes()).unwrap();
        assert_eq!(answer, expected);
    }

    fn text(&self) -> String {
        String::from_utf8(self.read.clone()).unwrap()
    }

    /// Reads some bytes more, or tells how the connection ended.
    fn more(&mut self) -> Option<End> {
        let mut buffer = [0; 4_096];
        match self.stream.read(&mut buffer) {
            Ok(0) => Some(End::Closed),
            Ok(count) => {
                self.read.extend_from_slice(buffer.get(..count).unwrap());
                None
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Some(End::Reset),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Returns lines with the line breaks of HTTP; the body, after the first empty line, stays.
fn wire_lines(text: &str) -> String {
    let (head, body) = text.split_once("\n\n").unwrap();
    format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n"))
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    /// Reads an answer, and how long it is, from bytes that hold all of it.
    fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let text = std::str::from_utf8(bytes).unwrap();
        let (head, rest) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().to_owned();
        let mut headers: BTreeMap<_, _> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        headers.remove("date");
        let length = headers.get("content-length").unwrap().parse().unwrap();
        let body = rest.get(..length)?.to_owned();
        Some((Self { status, headers, body }, head.len() + 4 + length))
    }

    /// Returns the body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Returns the status code.
    pub fn code(&self) -> u16 {
        self.status.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Asserts that it is an error of a type, told in a sentence.
    pub fn refuses(&self, code: u16, kind: &str) -> &Self {
        let json = self.json();
        let text = |pointer| json.pointer(pointer).and_then(Value::as_str);
        assert_eq!((self.code(), text("/error/type")), (code, Some(kind)), "{json}");
        let message = text("/error/message").unwrap();
        assert!(message.ends_with('.'), "{message}");
        assert_eq!(self.headers.get("content-type").unwrap(), "application/json");
        self
    }
}

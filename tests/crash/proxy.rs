//! What stands between a run and its bucket: it counts the requests that write, and can hold any
//! request, answer it in the store's place, or hang up.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::platform::{Pass, RUNTIME, Side};

/// One side of one request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The how many-th that writes, from 1; `None` where it only reads.
    pub write: Option<usize>,
    pub side: Side,
    /// The method and the path.
    pub line: &'a str,
}

/// What becomes of a request. Before it reaches the store, the store never sees a request that does
/// not pass; after, it did what was asked, and only its answer is lost.
pub enum Fate {
    Pass(Pass),
    /// Another answer than that of the store: status and code.
    Answer(u16, &'static str),
    /// The connection breaks: half-way through the request, or half-way through the answer.
    HangUp,
}

/// Decides at each side of each request.
pub type Door = Arc<dyn Fn(Request<'_>) -> Fate + Send + Sync>;

/// Lets every request pass.
pub fn open_door() -> Door {
    Arc::new(|_| Fate::Pass(Pass::On))
}

/// Stands before a server until it is dropped.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    writes: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// Stands before a server on this machine.
    pub fn new(server: u16, door: Door) -> Self {
        let writes = Arc::new(Mutex::new(Vec::new()));
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let counted = Arc::clone(&writes);
        let serving = RUNTIME.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let exchange = Exchange { client, server, door: door.clone() };
                // A client that is killed breaks its connection.
                let counted = Arc::clone(&counted);
                tokio::spawn(async move { drop(exchange.carry_out(&counted).await) });
            }
        });
        Self { port, writes, serving }
    }

    /// Returns the requests that wrote, in order, as method and path.
    pub fn writes(&self) -> Vec<String> {
        self.writes.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// One connection, which carries one request.
struct Exchange {
    client: TcpStream,
    server: u16,
    door: Door,
}

impl Exchange {
    async fn carry_out(mut self, writes: &Mutex<Vec<String>>) -> std::io::Result<()> {
        let Some((head, mut body)) = read_head(&mut self.client).await? else { return Ok(()) };
        let text = String::from_utf8_lossy(&head).into_owned();
        let line = text.split(" HTTP/").next().unwrap_or_default();
        let write = (!line.starts_with("GET ") && !line.starts_with("HEAD ")).then(|| {
            let mut writes = writes.lock().unwrap();
            writes.push(line.to_owned());
            writes.len()
        });
        let length = length(&text).unwrap_or(0);
        match (self.door)(Request { write, side: Side::Before, line }) {
            Fate::HangUp => return read_to(&mut self.client, &mut body, length / 2).await,
            Fate::Answer(status, code) => {
                read_to(&mut self.client, &mut body, length).await?;
                return self.client.write_all(&answer(status, code)).await;
            }
            Fate::Pass(pass) => {
                read_to(&mut self.client, &mut body, length).await?;
                pass.wait().await;
            }
        }
        let answered = self.forward(&text, &body).await?;
        match (self.door)(Request { write, side: Side::After, line }) {
            Fate::HangUp => self.client.write_all(answered.split_at(answered.len() / 2).0).await,
            Fate::Answer(status, code) => self.client.write_all(&answer(status, code)).await,
            Fate::Pass(pass) => {
                pass.wait().await;
                self.client.write_all(&answered).await
            }
        }
    }

    /// Lets the server answer.
    async fn forward(&self, head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(("127.0.0.1", self.server)).await?;
        let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        server.write_all(&[head.as_bytes(), body].concat()).await?;
        let Some((head, mut body)) = read_head(&mut server).await? else { return Ok(Vec::new()) };
        match length(&String::from_utf8_lossy(&head)) {
            // It would close the connection some time later.
            Some(length) => read_to(&mut server, &mut body, length).await?,
            None => drop(server.read_to_end(&mut body).await?),
        }
        Ok([head, body].concat())
    }
}

/// Reads the head of a message, and what comes with it of the body; `None` where there is none.
async fn read_head(peer: &mut TcpStream) -> std::io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut read = Vec::new();
    loop {
        if let Some(at) = read.windows(4).position(|end| end == b"\r\n\r\n") {
            let body = read.split_off(at + 4);
            return Ok(Some((read, body)));
        }
        if peer.read_buf(&mut read).await? == 0 {
            return Ok(None);
        }
    }
}

/// Returns how long the body is, where the head says so.
fn length(head: &str) -> Option<usize> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next().map(|(_, length)| length.trim().parse().unwrap())
}

async fn read_to(peer: &mut TcpStream, body: &mut Vec<u8>, length: usize) -> std::io::Result<()> {
    while body.len() < length {
        if peer.read_buf(body).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn answer(status: u16, code: &str) -> Vec<u8> {
    let body = format!("<Error><Code>{code}</Code></Error>");
    let length = body.len();
    format!(
        "HTTP/1.1 {status} {code}\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

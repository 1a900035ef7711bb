//! Encrypted connections: which are trusted, which are not and why, and what is spoken over them.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use trectl::desired::Protocol;
use trectl::platform::{Effect, PlatformError, PlatformErrorKind, Unreachable};

use super::stand_in::{PATIENCE, Request, Setup, converse, success};

/// An authority that nobody trusts by default.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        Self::called("Authority of the tests")
    }

    fn called(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Returns its certificate as the file of `DX_CA_CERT` holds it.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Returns what a host needs to show a certificate for a name, valid in these years.
    pub fn host(&self, name: &str, years: (i32, i32)) -> ServerConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}

/// Years in which tests run.
pub const NOW: (i32, i32) = (2020, 4000);

/// A host that speaks TLS to one caller and answers one call.
pub struct Host {
    pub port: u16,
    pub serving: JoinHandle<std::io::Result<Vec<Request>>>,
}

impl Host {
    pub async fn new(config: ServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await?;
            let stream = acceptor.accept(stream).await?;
            Ok(converse(stream, vec![success(r#"{"id":"user-bot"}"#)]).await)
        });
        Self { port, serving }
    }

    /// Returns the requests that came, if the connection came about at all.
    pub async fn requests(self) -> std::io::Result<Vec<Request>> {
        tokio::time::timeout(PATIENCE, self.serving).await.unwrap().unwrap()
    }
}

/// Returns how a client calls a port over TLS and trusts an authority.
pub fn secure(port: u16, ca: &str) -> Setup<'_> {
    let limit = Duration::from_secs(5);
    Setup {
        protocol: Protocol::Https,
        host: "localhost",
        ca: Some(ca),
        limit,
        ..Setup::plain(port)
    }
}

/// Calls a host that is not trusted: it is called once, gets no request, and the error says why.
async fn mistrusted(config: ServerConfig, ca: &str) -> PlatformError {
    let host = Host::new(config).await;
    let port = host.port;
    let error = secure(port, ca).post("/tre-a/activate", json!({})).await.unwrap_err();
    assert!(host.requests().await.is_err(), "a request came through");
    assert_tls(&error, port);
    error
}

fn assert_tls(error: &PlatformError, port: u16) {
    assert_eq!(error.kind, PlatformErrorKind::Unreachable(Unreachable::Tls), "{error}");
    assert_eq!((error.attempts, error.effect), (1, Effect::None), "{error}");
    let place = format!("`localhost:{port}` c");
    assert!(error.message.starts_with(&place), "{error}");
}

#[tokio::test]
async fn an_authority_that_was_named_is_trusted() {
    let authority = Authority::new();
    let host = Host::new(authority.host("localhost", NOW)).await;
    let port = host.port;
    let answer = secure(port, &authority.pem()).post("/system/whoami", json!({})).await;
    assert_eq!(answer.unwrap(), json!({ "id": "user-bot" }));
    let requests = host.requests().await.unwrap();
    assert_eq!(requests[0].line, "POST /system/whoami HTTP/1.1");
    assert_eq!(requests[0].headers["host"], format!("localhost:{port}"));
}

#[tokio::test]
async fn an_authority_that_was_not_named_is_not_trusted() {
    let host = || Authority::called("Somebody else").host("localhost", NOW);
    let error = mistrusted(host(), &Authority::new().pem()).await;
    let expected = "its certificate comes from no authority in `/etc/ca.pem`.";
    assert!(error.message.ends_with(expected), "{error}");
    // Nor is one that only has the name of the authority.
    let error = mistrusted(host(), &Authority::called("Somebody else").pem()).await;
    assert!(error.message.contains("its certificate is not valid"), "{error}");
}

#[tokio::test]
async fn a_certificate_has_its_time() {
    let authority = Authority::new();
    for (years, expected) in [((2001, 2002), "has expired."), ((3998, 3999), "is not valid yet.")] {
        let error = mistrusted(authority.host("localhost", years), &authority.pem()).await;
        assert!(error.message.ends_with(expected), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_is_for_its_host_alone() {
    let authority = Authority::new();
    let error = mistrusted(authority.host("api.example.org", NOW), &authority.pem()).await;
    assert!(error.message.contains("its certificate is for another host ("), "{error}");
    assert!(error.message.contains("api.example.org"), "{error}");
}

/// Takes one connection, returns the first bytes that come, and answers these.
async fn greet(answer: &'static [u8]) -> (u16, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let greeting = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 5];
        stream.read_exact(&mut head).await.unwrap();
        let mut hello = vec![0; u16::from_be_bytes([head[3], head[4]]).into()];
        stream.read_exact(&mut hello).await.unwrap();
        stream.write_all(answer).await.unwrap();
        stream.shutdown().await.unwrap();
        hello
    });
    (port, greeting)
}

#[tokio::test]
async fn nothing_older_than_tls_1_2_is_offered_or_accepted() {
    let authority = Authority::new();
    // Record, TLS 1.0, two bytes: fatal, protocol version. So answers who speaks only older ones.
    let (port, greeting) = greet(&[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]).await;
    let error = secure(port, &authority.pem()).post("/x/describe", json!({})).await.unwrap_err();
    assert_tls(&error, port);
    assert!(error.message.contains("ProtocolVersion"), "{error}");
    let hello = greeting.await.unwrap();
    // Extension 43, five bytes, a list of four: TLS 1.3 and 1.2.
    let versions = [0x00, 0x2b, 0x00, 0x05, 0x04, 0x03, 0x04, 0x03, 0x03];
    assert!(hello.windows(versions.len()).any(|window| window == versions), "{hello:02x?}");
    // Extension 16, fourteen bytes, a list of twelve: `h2`, and `http/1.1` after it.
    let protocols = b"\x00\x10\x00\x0e\x00\x0c\x02h2\x08http/1.1";
    assert!(hello.windows(protocols.len()).any(|window| window == protocols), "{hello:02x?}");
}

#[tokio::test]
async fn a_host_that_does_not_speak_tls_gets_no_token() {
    let authority = Authority::new();
    for (answer, expected) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"[..],
            "it does not speak TLS there.",
        ),
        (&b""[..], "it closed the connection before it was encrypted."),
    ] {
        let (port, greeting) = greet(answer).await;
        let error =
            secure(port, &authority.pem()).post("/x/describe", json!({})).await.unwrap_err();
        assert_tls(&error, port);
        assert!(error.message.ends_with(expected), "{error}");
        greeting.await.unwrap();
    }
}

/// One frame of HTTP/2: type, flags, stream, payload.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    let authority = Authority::new();
    let mut config = authority.host("localhost", NOW);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let mut preface = [0; 24];
        stream.read_exact(&mut preface).await.unwrap();
        assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
        let mut body = Vec::new();
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await.unwrap();
            let mut payload = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
            stream.read_exact(&mut payload).await.unwrap();
            let (kind, flags) = (head[3], head[4]);
            if kind == DATA {
                body.extend(payload);
            }
            if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
                break;
            }
        }
        // The table of headers begins with `:status: 200` at 8.
        stream.write_all(&frame(HEADERS, END_HEADERS, 1, &[0x88])).await.unwrap();
        stream.write_all(&frame(DATA, END_STREAM, 1, b"{\"id\":\"user-bot\"}")).await.unwrap();
        stream.flush().await.unwrap();
        // The answer is read before the connection ends.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        String::from_utf8(body).unwrap()
    });
    let answer = secure(port, &authority.pem()).post("/system/whoami", json!({})).await;
    assert_eq!(answer.unwrap(), json!({ "id": "user-bot" }));
    assert_eq!(tokio::time::timeout(PATIENCE, serving).await.unwrap().unwrap(), "{}");
}

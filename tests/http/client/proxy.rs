//! Calls through a proxy, which sees where they go and nothing else.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use trectl::platform::{Effect, PlatformError, PlatformErrorKind, Unreachable};

use super::stand_in::{PATIENCE, Setup};
use super::tls::{Authority, Host, NOW, secure};

/// A proxy that answers one caller, and leads on to `target` where that is given.
async fn proxy(answer: &'static str, target: Option<u16>) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        if let Some(target) = target {
            let mut host = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
            // How the two end is their affair.
            let _ = copy_bidirectional(&mut stream, &mut host).await;
        }
        String::from_utf8(head).unwrap()
    });
    (port, serving)
}

/// Calls port 443 of a host that no name server knows, through a proxy.
async fn refused(proxy: &str) -> PlatformError {
    let authority = Authority::new().pem();
    let variables = [("HTTPS_PROXY", proxy)];
    let setup = Setup {
        host: "api.example.invalid",
        variables: &variables,
        limit: std::time::Duration::ZERO,
        ..secure(443, &authority)
    };
    let error = setup.post("/tre-a/activate", json!({})).await.unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::Unreachable(Unreachable::Proxy), "{error}");
    assert_eq!(error.effect, Effect::None);
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    error
}

#[tokio::test]
async fn a_proxy_leads_on_and_never_sees_the_token() {
    let authority = Authority::new();
    let host = Host::new(authority.host("localhost", NOW)).await;
    let (port, serving) = proxy("HTTP/1.1 200 Connected\r\n\r\n", Some(host.port)).await;
    let address = format!("http://amara:hunter2@127.0.0.1:{port}");
    let pem = authority.pem();
    let place = format!("localhost:{}", host.port);
    let variables = [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", "example.org")];
    let setup = Setup { variables: &variables, ..secure(host.port, &pem) };
    let answer = setup.post("/system/whoami", json!({})).await;
    assert_eq!(answer.unwrap(), json!({ "id": "user-bot" }));
    assert_eq!(host.requests().await.unwrap()[0].line, "POST /system/whoami HTTP/1.1");
    let head = tokio::time::timeout(PATIENCE, serving).await.unwrap().unwrap();
    let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
    lines[1..].sort_unstable();
    let version = format!("user-agent: trectl/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        lines,
        [
            format!("CONNECT {place} HTTP/1.1").as_str(),
            format!("Host: {place}").as_str(),
            // `amara:hunter2`
            "proxy-authorization: Basic YW1hcmE6aHVudGVyMg==",
            version.as_str(),
        ]
    );
}

#[tokio::test]
async fn a_host_may_be_called_without_the_proxy() {
    let authority = Authority::new();
    let host = Host::new(authority.host("localhost", NOW)).await;
    let pem = authority.pem();
    // Nobody listens there.
    let variables = [("HTTPS_PROXY", "http://127.0.0.1:1"), ("no_proxy", "example.org,localhost")];
    let setup = Setup { variables: &variables, ..secure(host.port, &pem) };
    assert!(setup.post("/system/whoami", json!({})).await.is_ok());
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_apart_from_the_host() {
    for (answer, expected) in [
        (
            "HTTP/1.1 403 Forbidden\r\n\r\n",
            "does not lead to `api.example.invalid:443`: it refused the way.",
        ),
        (
            "HTTP/1.1 407 Who are you\r\n\r\n",
            "asks for a user and a password on the way to `api.example.invalid:443`.",
        ),
        ("", "does not lead to `api.example.invalid:443`: it refused the way."),
    ] {
        let (port, serving) = proxy(answer, None).await;
        let error = refused(&format!("http://amara:hunter2@127.0.0.1:{port}")).await;
        assert_eq!(error.message, format!("The proxy `127.0.0.1:{port}` {expected}"));
        let head = serving.await.unwrap();
        assert!(head.starts_with("CONNECT api.example.invalid:443 HTTP/1.1\r\n"), "{head}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let error = refused(&format!("http://127.0.0.1:{port}")).await;
    let expected = format!(
        "The proxy `127.0.0.1:{port}` on the way to `api.example.invalid:443` cannot be reached: \
         nobody listens there."
    );
    assert_eq!(error.message, expected);
    let error = refused("http://no-such-proxy.invalid:3128").await;
    assert!(error.message.ends_with("its name is not known here."), "{error}");
}

#[tokio::test]
async fn a_certificate_behind_a_proxy_is_the_hosts() {
    let host = Host::new(Authority::new().host("localhost", NOW)).await;
    let (port, _serving) = proxy("HTTP/1.1 200 Connected\r\n\r\n", Some(host.port)).await;
    let address = format!("http://127.0.0.1:{port}");
    let pem = Authority::new().pem();
    let variables = [("https_proxy", address.as_str())];
    let setup = Setup { variables: &variables, ..secure(host.port, &pem) };
    let error = setup.post("/system/whoami", json!({})).await.unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::Unreachable(Unreachable::Tls), "{error}");
    assert!(host.requests().await.is_err());
}

//! Connecting an account: what people read when it does not come about, and whose word counts.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::harness::{DRAFT, Repo, Run};

const TOKEN: &str = "marker-7f3a91c2-never-to-be-seen";

const WHOAMI: &str = r#"{"id":"user-bot"}"#;
const MEMBERS: &str =
    r#"{"results":[{"id":"user-bot","level":"MEMBER","treManagement":true}],"next":null}"#;
const NOTHING: &str = r#"{"results":[],"next":null}"#;

fn context(token: &str) -> String {
    format!(r#"{{"auth_token_type":"Bearer","auth_token":"{token}"}}"#)
}

/// Returns a repository whose only target is `dnanexus:` with these keys.
fn repo(keys: &str) -> Repo {
    let project = format!(
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         production: {{platform: {{dnanexus: {{{keys}}}}}}}\n"
    );
    Repo::with(&[("trectl.yaml", &project), ("tres/one.yaml", DRAFT)])
}

/// Returns the keys of a target on a port of this machine.
fn local(port: u16) -> String {
    format!("host: 127.0.0.1, port: {port}, protocol: http")
}

/// Runs a command with these variables; nothing that it prints holds the token.
fn run(repo: &Repo, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = repo.command(args);
    let run = Run::of(args, command.envs(variables.iter().copied()).output().unwrap());
    assert!(!run.stdout.contains(TOKEN) && !run.stderr.contains(TOKEN), "{run:?}");
    run
}

/// Makes one call with a token, and does not repeat it.
fn call(repo: &Repo, variables: &[(&str, &str)]) -> Run {
    let context = context(TOKEN);
    let variables = [&[("DX_SECURITY_CONTEXT", context.as_str())], variables].concat();
    run(repo, &["show", "tre-one", "--retry-for", "0s"], &variables)
}

/// Compares what people read with the snapshot of the test; ports and folders differ each time.
fn assert_read(name: &str, repo: &Repo, run: &Run) {
    let folder = repo.path().to_str().unwrap();
    insta::with_settings!({filters => vec![
        (regex_escaped(folder).as_str(), "[root]"),
        (r"(localhost|127\.0\.0\.1):\d+", "$1:[port]"),
    ]}, {
        insta::assert_snapshot!(name, run.stderr);
    });
}

fn regex_escaped(text: &str) -> String {
    text.replace('.', r"\.")
}

/// A platform that answers so many calls, each over a connection of its own.
struct StandIn {
    port: u16,
    serving: JoinHandle<Vec<String>>,
}

impl StandIn {
    /// Answers one call in the same way, whatever it is.
    fn new(status: &str, body: &str) -> Self {
        let answer = answer(status, body);
        Self::serve(1, move |_| answer.clone())
    }

    fn serve(calls: usize, answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = std::thread::spawn(move || {
            let mut requests = Vec::new();
            for _ in 0..calls {
                let (mut stream, _) = listener.accept().unwrap();
                let request = request(&mut stream);
                stream.write_all(answer(&request).as_bytes()).unwrap();
                requests.push(request);
            }
            requests.sort();
            requests
        });
        Self { port, serving }
    }

    /// Refuses one call.
    fn refusing(status: &str, kind: &str, message: &str) -> Self {
        Self::new(status, &format!(r#"{{"error":{{"type":"{kind}","message":"{message}"}}}}"#))
    }

    /// Answers all that a plan asks where there is nothing yet.
    fn empty() -> Self {
        Self::serve(3, |request| {
            let body = match request.split_whitespace().nth(1) {
                Some("/system/whoami") => WHOAMI,
                Some("/org-biobank/findMembers") => MEMBERS,
                _ => NOTHING,
            };
            answer("200 OK", body)
        })
    }

    /// Returns the first line and the headers of each request, in order of the routes.
    fn requests(self) -> Vec<String> {
        self.serving.join().unwrap()
    }
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nx-request-id: 1700000000-42\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Reads a request, and returns its head in lower case but for the values.
fn request(stream: &mut impl Read) -> String {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(text) = line.to_lowercase().strip_prefix("content-length: ") {
            length = text.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    head
}

/// A port that somebody holds and nobody calls.
struct Untouched(TcpListener);

impl Untouched {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    fn assert_untouched(&self) {
        self.0.set_nonblocking(true).unwrap();
        let error = self.0.accept().map(|_| "somebody called").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    }
}

fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Writes the configuration file of the vendor's client.
fn configure(repo: &Repo, keys: &[(&str, &str)]) {
    let keys: serde_json::Map<_, _> =
        keys.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    let path = ".dnanexus_config/environment.json";
    repo.write(path, serde_json::Value::Object(keys).to_string());
    mode(repo, path, 0o600);
}

#[cfg(unix)]
fn mode(repo: &Repo, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(repo.at(path), PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn mode(_: &Repo, _: &str, _: u32) {}

#[test]
fn a_platform_is_planned_against_and_its_calls_are_counted() {
    let platform = StandIn::empty();
    let repo = repo(&local(platform.port));
    let run = run(&repo, &["plan", "-v"], &[("DX_SECURITY_CONTEXT", &context(TOKEN))]).expect(0);
    let words: Vec<&str> = run.stdout.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(words[2..], ["production:", "127.0.0.1"], "{}", run.stdout);
    let last = run.stderr.trim_end().lines().last().unwrap();
    assert_eq!(last, "Calls: 3 (1 findMembers, 1 findTres, 1 whoami).");
    let requests = platform.requests();
    let routes: Vec<&str> = requests.iter().map(|head| head.lines().next().unwrap()).collect();
    assert_eq!(
        routes,
        ["/org-biobank/findMembers", "/system/findTres", "/system/whoami"]
            .map(|route| format!("POST {route} HTTP/1.1"))
    );
    assert!(
        requests.iter().all(|head| head.contains(&format!("authorization: Bearer {TOKEN}\r\n")))
    );
}

#[test]
fn a_token_that_is_wrong_or_expired() {
    for (name, message) in [
        ("a_wrong_token", "the token cannot be found"),
        ("an_expired_token", "the token has expired"),
    ] {
        let platform = StandIn::refusing("401 Unauthorized", "InvalidAuthentication", message);
        let repo = repo(&local(platform.port));
        let run = call(&repo, &[]).expect(1);
        assert_eq!(platform.requests().len(), 1);
        assert_read(name, &repo, &run);
    }
}

#[test]
fn an_account_that_may_not() {
    let platform = StandIn::refusing("401 Unauthorized", "PermissionDenied", "Not for user-bot.");
    let repo = repo(&local(platform.port));
    assert_read("an_account_that_may_not", &repo, &call(&repo, &[]).expect(1));
}

#[test]
fn a_platform_that_stays_busy_or_slows_down() {
    for (name, status, kind) in [
        ("a_busy_platform", "503 Service Unavailable", "ServiceUnavailable"),
        ("too_many_calls", "429 Too Many Requests", "RateLimitConditional"),
    ] {
        let platform = StandIn::refusing(status, kind, "Come back later.");
        let repo = repo(&local(platform.port));
        assert_read(name, &repo, &call(&repo, &[]).expect(1));
    }
}

#[test]
fn a_page_in_the_place_of_the_platform() {
    let platform = StandIn::new("200 OK", "<html>Please log in to the network.</html>");
    let repo = repo(&local(platform.port));
    assert_read("a_page_in_the_place", &repo, &call(&repo, &[]).expect(1));
}

#[test]
fn nobody_listens() {
    let repo = repo(&local(closed_port()));
    assert_read("nobody_listens", &repo, &call(&repo, &[]).expect(1));
}

#[test]
fn a_name_that_is_not_known() {
    let repo = repo("host: no-such-host.invalid");
    let run = call(&repo, &[("DX_CA_CERT", &authority(&repo).1)]).expect(1);
    assert_read("a_name_that_is_not_known", &repo, &run);
}

#[test]
fn a_proxy_that_refuses_and_one_that_is_not_there() {
    let repo = repo("host: no-such-host.invalid");
    let (_, ca) = authority(&repo);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://amara:hunter2@127.0.0.1:{}", proxy.local_addr().unwrap().port());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let head = request(&mut stream);
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").unwrap();
        head
    });
    let run = call(&repo, &[("HTTPS_PROXY", &address), ("DX_CA_CERT", &ca)]).expect(1);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    assert!(serving.join().unwrap().starts_with("CONNECT no-such-host.invalid:443 HTTP/1.1\r\n"));
    assert_read("a_proxy_that_refuses", &repo, &run);
    let address = format!("http://127.0.0.1:{}", closed_port());
    let run = call(&repo, &[("HTTPS_PROXY", &address), ("DX_CA_CERT", &ca)]).expect(1);
    assert_read("a_proxy_that_is_not_there", &repo, &run);
    let run = call(&repo, &[("HTTPS_PROXY", "socks5://amara:hunter2@x.org")]).expect(1);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    assert_read("a_proxy_that_is_none", &repo, &run);
}

/// Makes an authority, and returns it with the path of its certificate.
fn authority(repo: &Repo) -> (CertifiedIssuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    repo.write("ca.pem", authority.pem());
    (authority, repo.at("ca.pem").to_str().unwrap().to_owned())
}

/// Speaks TLS as `localhost` with a certificate of an authority, once for each answer.
fn secure(authority: &CertifiedIssuer<'static, KeyPair>, answers: &[(&str, &str)]) -> u16 {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers: Vec<String> = answers.iter().map(|(status, body)| answer(status, body)).collect();
    std::thread::spawn(move || {
        for answer in answers {
            let (stream, _): (TcpStream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            // A caller that does not trust the certificate goes away in the middle.
            request(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    port
}

#[test]
fn a_certificate_is_trusted_where_its_authority_is_named() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let (authority, ca) = authority(&repo);
    let denied = r#"{"error":{"type":"PermissionDenied","message":"So far so good."}}"#;
    let port = secure(&authority, &[("401 Unauthorized", denied)]);
    repo.write("trectl.yaml", project(&format!("host: localhost, port: {port}")));
    call(&repo, &[("DX_CA_CERT", &ca)]).expect(1).complains("So far so good.");
}

fn project(keys: &str) -> String {
    format!(
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         production: {{platform: {{dnanexus: {{{keys}}}}}}}\n"
    )
}

#[test]
fn a_certificate_of_an_unknown_authority() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "Nobody knows it");
    let unknown = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let port = secure(&unknown, &[("200 OK", WHOAMI)]);
    repo.write("trectl.yaml", project(&format!("host: localhost, port: {port}")));
    let (_, ca) = authority(&repo);
    let run = call(&repo, &[("DX_CA_CERT", &ca)]).expect(1);
    assert_read("an_unknown_authority", &repo, &run);
}

#[test]
fn certificates_that_are_none() {
    let repo = repo("");
    repo.write("empty.pem", "no certificate\n");
    let path = repo.at("empty.pem");
    let run = call(&repo, &[("DX_CA_CERT", path.to_str().unwrap())]).expect(1);
    assert_read("certificates_that_are_none", &repo, &run);
    let path = repo.at("missing.pem");
    let run = call(&repo, &[("DX_CA_CERT", path.to_str().unwrap())]).expect(1);
    assert_read("certificates_that_are_missing", &repo, &run);
}

#[test]
fn no_token_at_all() {
    let repo = repo("");
    assert_read("no_token", &repo, &run(&repo, &["plan"], &[]).expect(1));
    let document = run(&repo, &["plan", "--format", "json"], &[]).expect(1).json();
    assert_eq!(document["errored"], true);
}

#[test]
fn a_security_context_that_is_none() {
    let repo = repo("");
    for (name, context) in [
        ("a_bare_token", TOKEN.to_owned()),
        ("a_token_of_another_type", context(TOKEN).replace("Bearer", "Basic")),
        ("a_context_without_a_token", r#"{"auth_token_type":"Bearer"}"#.to_owned()),
    ] {
        let run = run(&repo, &["plan"], &[("DX_SECURITY_CONTEXT", &context)]).expect(1);
        assert_read(name, &repo, &run);
    }
    configure(&repo, &[("DX_SECURITY_CONTEXT", TOKEN)]);
    assert_read("a_file_with_a_bare_token", &repo, &run(&repo, &["plan"], &[]).expect(1));
    repo.write(".dnanexus_config/environment.json", format!("{{\"a\": {TOKEN}}}"));
    assert_read("a_file_that_is_no_json", &repo, &run(&repo, &["plan"], &[]).expect(1));
}

#[test]
fn the_environment_wins_over_the_file_and_the_target_over_both() {
    let refusing = || StandIn::refusing("401 Unauthorized", "PermissionDenied", "No.");
    let untouched = Untouched::new();
    let (other_port, token) = (untouched.port().to_string(), context(TOKEN));
    let file_token = context("token-of-the-file");

    // The file alone.
    let platform = refusing();
    let repo = repo("");
    let port = platform.port.to_string();
    let base = [("DX_APISERVER_PROTOCOL", "http"), ("DX_APISERVER_HOST", "127.0.0.1")];
    let in_file = |port: &str, token: &str| {
        configure(
            &repo,
            &[&base[..], &[("DX_APISERVER_PORT", port), ("DX_SECURITY_CONTEXT", token)]].concat(),
        );
    };
    in_file(&port, &token);
    run(&repo, &["show", "tre-one"], &[]).expect(1).complains("No.");
    assert!(platform.requests()[0].contains(&format!("Bearer {TOKEN}\r\n")));

    // Port and token of the environment, the rest from the file.
    let platform = refusing();
    let port = platform.port.to_string();
    in_file(&other_port, &file_token);
    let variables = [("DX_APISERVER_PORT", port.as_str()), ("DX_SECURITY_CONTEXT", &token)];
    run(&repo, &["show", "tre-one"], &variables).expect(1).complains("No.");
    assert!(platform.requests()[0].contains(&format!("Bearer {TOKEN}\r\n")));

    // The port of the target, the token of the file, which stands somewhere else.
    let platform = refusing();
    repo.write("trectl.yaml", project(&local(platform.port)));
    std::fs::rename(repo.at(".dnanexus_config"), repo.at("moved")).unwrap();
    let moved = repo.at("moved");
    let variables =
        [("DX_APISERVER_PORT", other_port.as_str()), ("DX_USER_CONF_DIR", moved.to_str().unwrap())];
    run(&repo, &["show", "tre-one"], &variables).expect(1).complains("No.");
    assert!(platform.requests()[0].contains("Bearer token-of-the-file\r\n"));
    untouched.assert_untouched();
}

#[test]
fn the_first_line_names_the_host_that_is_meant() {
    let platform = StandIn::empty();
    let repo = repo("");
    let port = platform.port.to_string();
    let variables = [
        ("DX_APISERVER_PROTOCOL", "http"),
        ("DX_APISERVER_HOST", "localhost"),
        ("DX_APISERVER_PORT", &port),
        ("DX_SECURITY_CONTEXT", &context(TOKEN)),
    ];
    let plan = run(&repo, &["plan", "--format", "json"], &variables).expect(0).json();
    assert_eq!(plan["target"]["platform"], "localhost");
}

#[test]
fn a_token_of_another_host_is_not_sent() {
    let untouched = Untouched::new();
    let repo = repo(&local(untouched.port()));
    let token = context(TOKEN);
    configure(&repo, &[("DX_APISERVER_HOST", "api.dnanexus.com"), ("DX_SECURITY_CONTEXT", &token)]);
    assert_read("a_token_of_another_host", &repo, &run(&repo, &["plan"], &[]).expect(1));
    let variables =
        [("DX_APISERVER_HOST", "api.dnanexus.com"), ("DX_SECURITY_CONTEXT", token.as_str())];
    let run = run(&repo, &["apply", "--auto-approve"], &variables).expect(1);
    assert_read("a_token_of_another_host_in_the_environment", &repo, &run);
    untouched.assert_untouched();
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let repo = repo("");
    let run = call(&repo, &[("DX_APISERVER_PROTOCOL", "http")]).expect(1);
    assert_read("plain_http_to_another_machine", &repo, &run);
}

#[test]
fn a_host_that_is_more_than_a_host() {
    let repo = repo("");
    for host in ["api.dnanexus.com@evil.example", "https://api.dnanexus.com", "api.dnanexus.com/x"]
    {
        let run = call(&repo, &[("DX_APISERVER_HOST", host)]).expect(1);
        assert!(run.stderr.contains("is not the bare name of a host"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read() {
    let platform = StandIn::refusing("401 Unauthorized", "PermissionDenied", "No.");
    let repo = repo(&local(platform.port));
    configure(&repo, &[("DX_SECURITY_CONTEXT", &context(TOKEN))]);
    mode(&repo, ".dnanexus_config/environment.json", 0o644);
    let run = run(&repo, &["show", "tre-one"], &[]).expect(1);
    assert_read("a_file_that_others_can_read", &repo, &run);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read() {
    let repo = repo("");
    configure(&repo, &[("DX_SECURITY_CONTEXT", &context(TOKEN))]);
    mode(&repo, ".dnanexus_config/environment.json", 0o000);
    // Whoever may read everything anyway has no unreadable files.
    if File::open(repo.at(".dnanexus_config/environment.json")).is_ok() {
        return;
    }
    assert_read("a_file_that_cannot_be_read", &repo, &run(&repo, &["plan"], &[]).expect(1));
}

#[test]
fn what_needs_no_platform_needs_no_account() {
    let repo = repo("");
    repo.write(".dnanexus_config/environment.json", "broken");
    let broken = [("DX_SECURITY_CONTEXT", "broken"), ("DX_APISERVER_PORT", "broken")];
    run(&repo, &["validate"], &broken).expect(0);
    run(&repo, &["state", "list"], &broken).expect(0);
    run(&repo, &["plan"], &broken).expect(1);
}

/// Says what is waited for, and ends with the wait when it is asked to.
#[cfg(unix)]
#[test]
fn a_long_wait_is_told_and_can_be_ended() {
    let body = r#"{"error":{"type":"ServiceUnavailable","message":"Maintenance until noon."}}"#;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let repo = repo(&local(listener.local_addr().unwrap().port()));
    let mut command = repo.command(&["show", "tre-one"]);
    command.env("DX_SECURITY_CONTEXT", context(TOKEN));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    request(&mut stream);
    let head = "503 Service Unavailable\r\nRetry-After: 300";
    stream.write_all(answer(head, body).as_bytes()).unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let (start, wait) = line.split_once(" Trying again in 30").unwrap();
    assert_eq!(
        start,
        "`/tre-one/describe` answered 503 ServiceUnavailable: Maintenance until noon. \
         [request 1700000000-42]"
    );
    assert!(wait.ends_with(" s, and for 10m at most.\n"), "{wait}");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
}

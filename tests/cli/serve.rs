//! `sim serve`, as a process that others call.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{DRAFT, Repo};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A platform with two accounts.
const SEED: &str = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-amara
tokens: {hunter2: user-amara, hunter3: user-sol}
users: [user-amara, user-sol]
orgs:
  - {id: org-biobank, members: [{id: user-amara, level: ADMIN, treManagement: true}]}
";

const PROJECT: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}
";

/// The binary, serving.
struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
    /// What it printed when it was ready.
    announcement: String,
    address: String,
}

/// What the binary did in the end.
struct Ended {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Served {
    /// Starts the binary on a free port, and reads until `last` what it prints.
    fn start(repo: &Repo, args: &[&str], last: &str) -> Self {
        let args = [&["sim", "serve", "--listen", "127.0.0.1:0"], args].concat();
        let mut child =
            repo.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = child.stderr.take().unwrap();
        let mut announcement = String::new();
        while !announcement.lines().any(|line| line.trim_start().starts_with(last)) {
            assert_ne!(stdout.read_line(&mut announcement).unwrap(), 0, "{announcement}");
        }
        let (_, address) = announcement.split_once("http://").unwrap();
        let address: String =
            address.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
        Self { child, stdout, stderr, announcement, address }
    }

    fn people(repo: &Repo, args: &[&str]) -> Self {
        Self::start(repo, args, "served:")
    }

    /// Returns the announcement with the port as it would be by default.
    fn shown(&self) -> String {
        let (_, port) = self.address.split_once(':').unwrap();
        self.announcement.replace(port, "8765")
    }

    /// Makes a call, and returns the status code and the body.
    fn call(&self, token: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let code = head.split(' ').nth(1).unwrap().parse().unwrap();
        (code, serde_json::from_str(body).unwrap())
    }

    /// Sends a signal, and waits for the end.
    fn end(mut self, signal: &str) -> Ended {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap().code();
        let (mut stdout, mut stderr) = (self.announcement, String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        Ended { status, stdout, stderr }
    }
}

fn seeded() -> Repo {
    Repo::with(&[("trectl.yaml", PROJECT), ("seed.yaml", SEED)])
}

#[test]
fn without_a_seed_a_users_id_is_the_token() {
    let repo = Repo::empty();
    let served = Served::people(&repo, &[]);
    insta::assert_snapshot!(served.shown());
    let whoami = |token| served.call(token, "/system/whoami", "{}");
    assert_eq!(whoami("user-local"), (200, json!({"id": "user-local"})));
    assert_eq!(whoami("user-kim"), (200, json!({"id": "user-kim"})));
    assert_eq!(whoami("kim").0, 401);
    let ended = served.end("-TERM");
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(143), ""));
}

#[test]
fn the_tokens_of_a_seed_count_and_are_not_printed() {
    let repo = seeded();
    let served = Served::people(&repo, &["-vvv", "--fault", "latency=1ms:/system/*"]);
    insta::assert_snapshot!(served.shown());
    let whoami = |token| served.call(token, "/system/whoami", "{}");
    assert_eq!(whoami("hunter2"), (200, json!({"id": "user-amara"})));
    assert_eq!(whoami("hunter3"), (200, json!({"id": "user-sol"})));
    assert_eq!(whoami("user-amara").0, 401);
    let ended = served.end("-INT");
    assert_eq!(ended.status, Some(130));
    assert!(!(ended.stdout + &ended.stderr).contains("hunter"));
    assert_eq!(ended.stderr.lines().count(), 3, "{}", ended.stderr);
    let first = ended.stderr.lines().next().unwrap();
    let (call, took) = first.split_once(" in ").unwrap();
    assert_eq!(call, "sim-000001 user-amara POST /system/whoami 200");
    assert!(took.ends_with(" ms, hit by latency=1ms:/system/*:100%"), "{took}");
}

#[test]
fn programs_are_told_in_one_document() {
    let repo = seeded();
    let args = ["--format", "json", "--fault", "503=2:10%", "--fault-seed", "7", "--limit", "0"];
    let served = Served::start(&repo, &args, "}");
    let shown: Value = serde_json::from_str(&served.shown()).unwrap();
    let expected = json!({
        "format_version": "1.0",
        "target": "local",
        "url": "http://127.0.0.1:8765",
        "listen": "127.0.0.1:8765",
        "protocol": "http",
        "host": "127.0.0.1",
        "port": 8765,
        "operator": "user-amara",
        "tokens": "seed",
        "limit": 0,
        "faults": ["503=2:*:10%"],
        "fault_seed": 7,
    });
    assert_eq!(shown, expected);
    let ended = served.end("-TERM");
    assert_eq!(ended.status, Some(143));
    serde_json::from_str::<Value>(&ended.stdout).unwrap();
}

#[test]
fn effects_stay_in_the_store() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let served = Served::people(&repo, &[]);
    let new = r#"{"handle":"one","name":"One","billTo":"org-biobank","region":"aws:eu-west-2"}"#;
    assert_eq!(served.call("user-local", "/tre/new", new), (200, json!({"id": "tre-one"})));
    repo.run(&["plan", "--lock-timeout", "0"]).expect(5).complains("in use by another process");
    assert_eq!(served.end("-TERM").status, Some(143));
    repo.run(&["plan"]).expect(0).says("No changes");
}

#[test]
fn a_fault_that_does_not_exist_is_told_before_anything_begins() {
    let repo = Repo::empty();
    let args = ["sim", "serve", "--fault", "reset-afer", "--fault", "500:often", "--fault", "503"];
    let run = repo.run(&args).expect(1);
    insta::assert_snapshot!(run.stderr);
    assert_eq!(run.stdout, "");
    assert!(!repo.at(".trectl").exists());
}

#[test]
fn a_port_in_use_is_told_with_the_way_out() {
    let repo = Repo::empty();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    repo.run(&["sim", "serve", "--listen", &address])
        .expect(1)
        .complains(&format!("Another program listens at {address} already."))
        .complains("`--listen 127.0.0.1:0`");
    repo.run(&["sim", "serve", "--listen", "localhost"]).expect(1);
}

#[test]
fn other_machines_are_let_in_with_a_warning_only() {
    let repo = Repo::empty();
    let args = ["sim", "serve", "--listen", "0.0.0.0:0", "--format", "json"];
    let mut child =
        repo.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("warning: 0.0.0.0:"), "{line}");
    assert!(line.contains("tokens go over the network in plain text"), "{line}");
    let mut shown = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    while !shown.ends_with("}\n") {
        assert_ne!(stdout.read_line(&mut shown).unwrap(), 0, "{shown}");
    }
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["host"], "127.0.0.1");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_store_in_use_is_told() {
    let repo = Repo::empty();
    let served = Served::people(&repo, &[]);
    repo.run(&["sim", "serve", "--listen", "127.0.0.1:0", "--lock-timeout", "0"])
        .expect(5)
        .complains("in use by another process");
    assert_eq!(served.end("-TERM").status, Some(143));
}

#[test]
fn the_page_shows_what_happens() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/simulator.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<(&str, &str)> =
        page.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap()).collect();
    let repo = Repo::empty();
    let served = Served::people(&repo, &[]);
    assert!(blocks.contains(&("text", &served.shown())), "{}", served.shown());
    let mut calls = 0;
    for pair in blocks.windows(2) {
        let [("sh", command), ("json", answer)] = pair else { continue };
        let between = |before: &str, after: &str| {
            let (_, rest) = command.split_once(before).unwrap();
            rest.split_once(after).unwrap().0.to_owned()
        };
        let (path, body) = (between(":8765", " "), between("-d '", "'"));
        let token = between("Bearer ", "'");
        let (_, found) = served.call(&token, &path, &body);
        assert_eq!(found, serde_json::from_str::<Value>(answer).unwrap(), "{command}");
        calls += 1;
    }
    assert!(calls > 3, "the page shows {calls} calls");
    served.end("-TERM");
}

//! A fleet over HTTP with a platform that takes its time: whole processes, a server with 20 ms of
//! latency and a client with its default limits, against what no client with those limits can beat.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use super::gauge::Timings;
use super::repository::{Fleet, PROJECT};

const TRES: usize = 1_000;
const LATENCY: Duration = Duration::from_millis(20);
/// The client's default.
const CALLS_PER_SECOND: f64 = 200.0;
/// The default of `--parallelism`.
const AT_ONCE: f64 = 16.0;
const TOKEN: &str = r#"{"auth_token_type":"Bearer","auth_token":"user-local"}"#;

/// Measures planning and applying, each once, and drift.
pub fn measure() {
    let fleet = Fleet::of(TRES);
    trectl(&fleet, "local", &["apply", "--auto-approve"]);
    let server = Server::start(&fleet, LATENCY);
    println!(
        "over HTTP, {TRES} TREs, {} ms latency      calls   least     time    bound  ratio",
        LATENCY.as_millis()
    );
    // Each listing takes a page for 1,000 TREs, and whoami comes before it.
    told("plan without a change", 2, &fleet, &["plan"]);
    told("apply without a change", 2, &fleet, &["apply", "--auto-approve"]);
    for file in fs::read_dir(fleet.root().join("tres")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("name: Research", "name: The Research")).unwrap();
    }
    // One call for each TRE, and a listing before and after.
    told("apply, one step each", TRES + 4, &fleet, &["apply", "--auto-approve"]);
    server.stop();
    drift(&fleet);
}

/// How often each drift run is made.
const ROUNDS: usize = 15;

/// Measures drift runs: each with and without latency, in turns, and the shortest of each: what
/// else the machine does makes runs longer, never shorter.
///
/// Who acts and what is there are asked side by side, so that a run cannot wait for less than one
/// round trip; the rest is the program's own work, which the run without latency tells.
fn drift(fleet: &Fleet) {
    let only = |count: usize| -> Vec<String> {
        let ids = (0..count).map(|index| format!("tre-fleet-{index:05}"));
        ["drift".to_owned()]
            .into_iter()
            .chain(ids.flat_map(|id| ["--only".to_owned(), id]))
            .collect()
    };
    let run = |what: String, arguments| DriftRun { what, arguments, ..DriftRun::default() };
    let mut runs = vec![run(format!("drift of {TRES} TREs"), only(0))];
    runs.extend(
        [1, 3, 16, 17].map(|count| run(format!("drift --only, {count} TREs"), only(count))),
    );
    for _ in 0..ROUNDS {
        for latency in [Duration::ZERO, LATENCY] {
            let server = Server::start(fleet, latency);
            for DriftRun { what: _, arguments, calls, own, late } in &mut runs {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let timings = if latency.is_zero() { own } else { late };
                *calls = timings.once(|| called(fleet, &arguments));
            }
            server.stop();
        }
    }
    println!(
        "drift over HTTP, shortest of {ROUNDS}      calls  no latency     time    ideal  ratio"
    );
    for DriftRun { what, arguments: _, calls, own, late } in &runs {
        let [own, time] = [own, late].map(|it| it.least().unwrap_or_default().as_secs_f64());
        let ideal = own + LATENCY.as_secs_f64();
        println!(
            "  {what:<36} {calls:>6} {own:>9.3} s {time:>6.3} s {ideal:>6.3} s {:>6.2}",
            time / ideal
        );
    }
}

/// A drift run that is made many times.
#[derive(Default)]
struct DriftRun {
    what: String,
    arguments: Vec<String>,
    calls: f64,
    /// Without latency.
    own: Timings,
    late: Timings,
}

fn told(what: &str, least: usize, fleet: &Fleet, arguments: &[&str]) {
    let begin = Instant::now();
    let calls = called(fleet, arguments);
    let time = begin.elapsed().as_secs_f64();
    let latency = LATENCY.as_secs_f64();
    let bound = (calls / CALLS_PER_SECOND).max(calls * latency / AT_ONCE) + latency;
    println!(
        "  {what:<36} {calls:>6} {least:>7} {time:>6.2} s {bound:>6.2} s {:>6.2}",
        time / bound
    );
}

/// Runs the program over HTTP, and returns how many calls it made.
fn called(fleet: &Fleet, arguments: &[&str]) -> f64 {
    let talk = trectl(fleet, "served", &[arguments, &["-v"]].concat());
    let calls = talk.lines().find_map(|line| line.strip_prefix("Calls: ")).unwrap();
    calls.split([' ', ',', '.']).next().unwrap().parse().unwrap()
}

struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Serves the embedded platform of a fleet, and points the fleet's other target at it.
    fn start(fleet: &Fleet, latency: Duration) -> Self {
        fs::write(fleet.root().join("trectl.yaml"), PROJECT).unwrap();
        let latency = format!("latency={}ms", latency.as_millis());
        let mut child = Command::new(env!("CARGO_BIN_EXE_trectl"))
            .env_clear()
            .arg("-C")
            .arg(fleet.root())
            .args(["sim", "serve", "--listen", "127.0.0.1:0", "--limit", "0", "--format", "json"])
            .args(["--fault", &latency])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        let address = loop {
            assert!(stdout.read_line(&mut text).unwrap() > 0, "{text}");
            if let Ok(document) = serde_json::from_str::<serde_json::Value>(&text) {
                break document.get("listen").unwrap().as_str().unwrap().to_owned();
            }
        };
        let (host, port) = address.rsplit_once(':').unwrap();
        let project = format!(
            "apiVersion: trectl/v1\nkind: Project\ndefaultTarget: served\ntargets:\n  \
             served: {{platform: {{dnanexus: {{host: {host}, port: {port}, protocol: http}}}}}}\n"
        );
        fs::write(fleet.root().join("trectl.yaml"), project).unwrap();
        Self { child, stdout }
    }

    fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        drop(self.stdout);
    }
}

/// Runs the program to its end, and returns what it said on standard error.
fn trectl(fleet: &Fleet, target: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_trectl"))
        .env_clear()
        .env("DX_SECURITY_CONTEXT", TOKEN)
        .arg("-C")
        .arg(fleet.root())
        .args(["--target", target])
        .args(arguments)
        .output()
        .unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {talk}");
    talk
}

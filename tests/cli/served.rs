//! A platform over HTTP for the tests: `sim serve` in a process of its own, and a repository whose
//! target is its address.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::harness::{Repo, Run};

/// The token of the account that tests act as; no output may ever show it.
pub const TOKEN: &str = "marker-7f3a91c2-never-to-be-seen";

/// A biobank that knows everybody whom the tests name.
const SEED: &str = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
tokens: {marker-7f3a91c2-never-to-be-seen: user-bot, another-token-of-amara: user-amara}
users: [user-bot, user-amara, user-li, user-okafor, user-priya]
orgs:
  - id: org-biobank
    members:
      - {id: user-bot, level: MEMBER, treManagement: true}
      - {id: user-amara, level: ADMIN, treManagement: true}
projects:
  - {id: project-0123456789BFGJKPQVXYZbfg, region: aws:eu-west-2, billTo: org-biobank, access: {user-bot: ADMINISTER}}
records:
  - {id: record-0123456789BFGJKPQVXYZbfg, project: project-0123456789BFGJKPQVXYZbfg}
  - {id: record-1123456789BFGJKPQVXYZbfg, project: project-0123456789BFGJKPQVXYZbfg}
";

/// A platform that is served, and a repository that is pointed at it.
pub struct Served {
    /// The repository of a user.
    pub repo: Repo,
    /// Where the platform keeps its store.
    platform: Repo,
    server: Option<Server>,
}

struct Server {
    child: Child,
    /// Kept open: a server whose output nobody takes could be stopped by that.
    stdout: BufReader<ChildStdout>,
}

impl Served {
    /// Serves a platform, with faults or without.
    pub fn new(flags: &[&str]) -> Self {
        let platform = Repo::with(&[
            ("seed.yaml", SEED),
            (
                "trectl.yaml",
                "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
                 local: {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}\n",
            ),
        ]);
        let mut served = Self { repo: Repo::empty(), platform, server: None };
        served.restart(flags);
        served
    }

    /// Stops the server, if it runs, and serves the same platform again, at another address.
    pub fn restart(&mut self, flags: &[&str]) {
        self.stop();
        let args =
            [&["sim", "serve", "--listen", "127.0.0.1:0", "--format", "json"], flags].concat();
        let mut command = self.platform.command(&args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let address = address(&mut stdout);
        let (host, port) = address.rsplit_once(':').unwrap();
        self.repo.write("trectl.yaml", project(host, port));
        self.server = Some(Server { child, stdout });
    }

    /// Stops the server as an operator would, and returns its exit status.
    pub fn stop(&mut self) -> Option<i32> {
        let Server { mut child, mut stdout } = self.server.take()?;
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        child.wait().unwrap().code()
    }

    /// Returns a command in the repository, with the token of the bot.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.repo.command(args);
        let context = format!(r#"{{"auth_token_type":"Bearer","auth_token":"{TOKEN}"}}"#);
        command.env("DX_SECURITY_CONTEXT", context);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(args, self.command(args).output().unwrap())
    }

    /// Returns what took effect on the platform, in order, as route and digest of the input. Stops
    /// the server, which holds the store.
    pub fn effects(&mut self) -> Vec<(String, String)> {
        self.stop();
        let path = self.platform.at(".trectl/platform.db");
        let calls = trectl::sim::calls(&path, std::time::Duration::ZERO).unwrap();
        calls
            .into_iter()
            .filter(|call| call.changes > Some(0))
            .map(|call| (call.route, call.input))
            .collect()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.child.kill();
            let _ = server.child.wait();
        }
    }
}

/// Reads the one document that the server begins with.
fn address(stdout: &mut impl BufRead) -> String {
    let mut text = String::new();
    loop {
        assert!(stdout.read_line(&mut text).unwrap() > 0, "the server ended: {text}");
        if let Ok(document) = serde_json::from_str::<Value>(&text) {
            return document.get("listen").and_then(Value::as_str).unwrap().to_owned();
        }
    }
}

fn project(host: &str, port: &str) -> String {
    format!(
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         served: {{platform: {{dnanexus: {{host: {host}, port: {port}, protocol: http}}}}}}\n"
    )
}

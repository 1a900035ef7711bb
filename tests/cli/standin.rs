//! A platform over HTTP whose answers are not what they should be: the embedded platform in memory,
//! each answer changed on the way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::Value;
use trectl::sim::{InMemory, World};

use crate::harness::{Repo, Run};

/// A repository that is pointed at such a platform, which listens until the tests end.
pub struct StandIn {
    /// The repository of a user.
    pub repo: Repo,
}

impl StandIn {
    /// Serves a platform of a seed, in YAML. `date` is the `Date` of every answer.
    pub fn new(
        seed: &str,
        date: Option<String>,
        alter: impl Fn(&str, &mut Value) + Send + 'static,
    ) -> Self {
        let seed = serde_yaml::from_str(seed).unwrap();
        let platform = InMemory::new(World::seeded(&seed).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A caller that hangs up is no concern of the platform's.
                let _ = serve(stream.unwrap(), &platform, date.as_deref(), &alter);
            }
        });
        let repo = Repo::with(&[("trectl.yaml", &project(port))]);
        Self { repo }
    }

    /// Runs a command to its end, with a token that this platform takes for its actor's.
    pub fn run(&self, args: &[&str]) -> Run {
        let mut command = self.repo.command(args);
        let context = r#"{"auth_token_type":"Bearer","auth_token":"any"}"#;
        Run::of(args, command.env("DX_SECURITY_CONTEXT", context).output().unwrap())
    }
}

fn project(port: u16) -> String {
    format!(
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         served: {{platform: {{dnanexus: {{host: 127.0.0.1, port: {port}, protocol: http}}}}}}\n"
    )
}

/// Answers one call and hangs up.
fn serve(
    stream: TcpStream,
    platform: &InMemory,
    date: Option<&str>,
    alter: &dyn Fn(&str, &mut Value),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let route = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim_end().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        } else if header.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let input: Value = serde_json::from_slice(&body).unwrap();
    let (status, answer) = match platform.call(&route, &input) {
        Ok(mut answer) => {
            alter(&route, &mut answer);
            // A platform that no longer takes the token says so in the form of every error.
            let status = if answer.get("error").is_some() { 401 } else { 200 };
            (status, answer)
        }
        Err(error) => {
            let status = error.kind.status().unwrap_or(500);
            let fields = serde_json::json!({"type": error.kind.as_str(), "message": error.message});
            (status, serde_json::json!({ "error": fields }))
        }
    };
    let answer = answer.to_string();
    let date = date.map(|date| format!("Date: {date}\r\n")).unwrap_or_default();
    write!(
        &stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{date}Content-Length: {}\r\n\
         Connection: close\r\n\r\n{answer}",
        answer.len()
    )
}

//! A platform over HTTP whose answers are not what they should be: the embedded platform in memory,
//! each answer changed on the way.

use serde_json::Value;
use trectl::sim::{InMemory, World};

use crate::harness::{Repo, Run};
use crate::wire::{self, Request, Response};

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
        let port =
            wire::listen(move |request| Some(answer(&request, &platform, date.as_deref(), &alter)));
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

/// Answers one call.
fn answer(
    request: &Request,
    platform: &InMemory,
    date: Option<&str>,
    alter: &dyn Fn(&str, &mut Value),
) -> Response {
    let input: Value = serde_json::from_slice(&request.body).unwrap();
    let (status, answer) = match platform.call(&request.target, &input) {
        Ok(mut answer) => {
            alter(&request.target, &mut answer);
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
    let headers = date.map(|date| ("Date", date.to_owned())).into_iter().collect();
    Response { status, headers, body: answer.to_string() }
}

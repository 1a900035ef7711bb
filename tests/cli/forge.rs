//! A stand-in of the two forges, as far as comments go: it knows whose a token is, gives lists page
//! by page, takes no text that is too long, refuses tokens of forks, and fails when it is told to.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, VecDeque};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use serde_json::{Value, json};

use crate::wire::{self, Request, Response};

mod issues;
mod runs;

pub use issues::Row;

/// Which API.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    GitHub,
    GitLab,
}

/// A token that may write.
pub const TOKEN: &str = "token-of-the-bot";
/// A token that may read: a run on a fork has such a one.
pub const FORK: &str = "token-of-a-fork";
/// Whose the first one is.
pub const BOT: &str = "github-actions[bot]";
/// What GitHub takes; the stand-in takes no more on either.
const LONGEST: usize = 65_536;
/// So few that lists have several pages.
const PAGE: usize = 2;

/// What goes wrong with the next call that writes.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Too many calls.
    TooMany,
    /// Too many, as GitHub says it of writing: 403, and when to come back.
    Slower,
    /// The server fails after it has written.
    AfterWriting,
    /// It hangs up before.
    HangsUp,
}

#[derive(Clone)]
pub struct Note {
    pub id: u64,
    pub author: String,
    pub body: String,
}

#[derive(Default)]
struct State {
    notes: Vec<Note>,
    faults: VecDeque<Fault>,
    /// What was enforced, and how often.
    hit: BTreeMap<&'static str, usize>,
    /// Calls that wrote.
    writes: usize,
    /// Calls of any kind.
    calls: usize,
    /// Where lists go on, where that is not here.
    elsewhere: Option<u16>,
    runs: runs::Runs,
    issues: Vec<Row>,
    interrupts: Option<Arc<OnceLock<u32>>>,
}

/// A forge that listens.
pub struct Forge {
    pub kind: Kind,
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Forge {
    pub fn new(kind: Kind) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let port = wire::listen(move |request| {
            let mut state = shared.lock().unwrap();
            state.calls += 1;
            let port = request.headers["host"].rsplit(':').next().unwrap().to_owned();
            state.answer(kind, &request, &port)
        });
        Self { kind, port, state }
    }

    /// Tells a command that it runs in a job of this forge, about pull request 12.
    pub fn hosts(&self, command: &mut Command, token: &str) {
        let api = format!("http://127.0.0.1:{}/api", self.port);
        match self.kind {
            Kind::GitHub => command
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_API_URL", api)
                .env("GITHUB_REPOSITORY", "biobank/tres")
                .env("GITHUB_REF", "refs/pull/12/merge")
                .env("GITHUB_TOKEN", token),
            Kind::GitLab => command
                .env("GITLAB_CI", "true")
                .env("CI_API_V4_URL", api)
                .env("CI_PROJECT_ID", "42")
                .env("CI_MERGE_REQUEST_IID", "12")
                .env("GITLAB_TOKEN", token),
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Somebody writes a comment.
    pub fn write(&self, author: &str, body: &str) {
        let mut state = self.state();
        let id = state.notes.len() as u64 + 101;
        state.notes.push(Note { id, author: author.to_owned(), body: body.to_owned() });
    }

    /// Changes a comment as somebody by hand.
    pub fn edit(&self, index: usize, body: &str) {
        self.state().notes[index].body = body.to_owned();
    }

    pub fn notes(&self) -> Vec<Note> {
        self.state().notes.clone()
    }

    pub fn writes(&self) -> usize {
        self.state().writes
    }

    /// Calls of any kind.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// Says of every list that it goes on at another port.
    pub fn leads_to(&self, port: u16) {
        self.state().elsewhere = Some(port);
    }

    pub fn goes_wrong(&self, faults: &[Fault]) {
        self.state().faults.extend(faults);
    }

    /// The branch of the pull request moves to a commit, for which this plan is kept.
    pub fn planned(&self, head: &str, plan: &str) {
        let mut state = self.state();
        state.runs.head = Some(head.to_owned());
        plan.clone_into(&mut state.runs.plan);
    }

    /// The pull request is merged as a commit.
    pub fn merge(&self, commit: &str) {
        self.state().runs.merged = Some(commit.to_owned());
    }

    /// The states and the texts that were put on commits.
    pub fn statuses(&self) -> Vec<Value> {
        self.state().runs.statuses.clone()
    }

    /// Asserts that everything that a forge insists on came up.
    pub fn insisted(&self) {
        self.insisted_on(&["401", "403", "422", "429", "5xx", "hang up", "page", "GET /user"]);
    }

    pub fn insisted_on(&self, rules: &[&str]) {
        let hit = &self.state().hit;
        for rule in rules {
            assert!(hit.contains_key(rule), "nobody met `{rule}`: {hit:?}");
        }
    }
}

impl State {
    fn meet(&mut self, rule: &'static str) {
        *self.hit.entry(rule).or_default() += 1;
    }

    fn answer(&mut self, kind: Kind, request: &Request, port: &str) -> Option<Response> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let token = match kind {
            Kind::GitHub => {
                request.headers.get("authorization").and_then(|it| it.strip_prefix("Bearer "))
            }
            Kind::GitLab => request.headers.get("private-token").map(String::as_str),
        };
        let is_named = request.headers.contains_key("user-agent");
        let (true, Some(TOKEN | FORK)) = (is_named, token) else {
            self.meet("401");
            return Some(refusal(401, "Bad credentials"));
        };
        let (thread, user) = match kind {
            Kind::GitHub => ("/api/repos/biobank/tres/issues/12/comments", "/api/user"),
            Kind::GitLab => ("/api/projects/42/merge_requests/12/notes", "/api/user"),
        };
        if path == user {
            self.meet("GET /user");
            // An installation has no account on GitHub.
            return Some(match kind {
                Kind::GitHub => refusal(403, "Resource not accessible by integration"),
                Kind::GitLab => answer(200, &json!({"username": BOT})),
            });
        }
        if request.method == "GET" && path == "/api/repos/biobank/tres/pulls" {
            return Some(answer(200, &self.runs.pulls(query)));
        }
        if let Some(response) = self.runs.answer(request, path, query, token == Some(TOKEN)) {
            return Some(response);
        }
        if let Some(response) = self.about_issues(kind, request, token == Some(TOKEN), port) {
            return response;
        }
        if request.method == "GET" && path == thread {
            return Some(self.list(kind, thread, query, port));
        }
        self.written(kind, request, path, thread, token == Some(TOKEN))
    }

    fn list(&mut self, kind: Kind, thread: &str, query: &str, port: &str) -> Response {
        let notes: Vec<Value> = self.notes.iter().map(|note| shown(kind, note)).collect();
        let port = self.elsewhere.map_or(port.to_owned(), |port| port.to_string());
        self.page(&notes, &format!("http://127.0.0.1:{port}{thread}?"), query)
    }

    /// One page of a list, with the address of the next one.
    fn page(&mut self, all: &[Value], address: &str, query: &str) -> Response {
        let page = query.split('&').find_map(|it| it.strip_prefix("page=")?.parse().ok());
        let page: usize = page.unwrap_or(1);
        let shown: Vec<&Value> = all.iter().skip((page - 1) * PAGE).take(PAGE).collect();
        let mut response = answer(200, &json!(shown));
        if all.len() > page * PAGE {
            self.meet("page");
            let next = format!("{address}page={}", page + 1);
            response.headers.push(("Link", format!("<{next}>; rel=\"next\", <x>; rel=\"last\"")));
        }
        response
    }

    fn too_long(&mut self, body: &str) -> Option<Response> {
        (body.chars().count() > LONGEST).then(|| {
            self.meet("422");
            refusal(422, "Validation Failed")
        })
    }

    /// What keeps a call from writing, if anything does: an answer, or none.
    fn hinders(&mut self, may_write: bool) -> Result<Option<Fault>, Option<Response>> {
        if !may_write {
            self.meet("403");
            return Err(Some(refusal(403, "Resource not accessible by integration")));
        }
        let fault = self.faults.pop_front();
        let (status, text) = match fault {
            Some(Fault::TooMany) => (429, "Too many requests"),
            Some(Fault::Slower) => (403, "You have exceeded a secondary rate limit"),
            Some(Fault::HangsUp) => {
                self.meet("hang up");
                return Err(None);
            }
            Some(Fault::AfterWriting) | None => return Ok(fault),
        };
        self.meet("429");
        let mut response = refusal(status, text);
        response.headers.push(("Retry-After", "0".to_owned()));
        Err(Some(response))
    }

    fn written(
        &mut self,
        kind: Kind,
        request: &Request,
        path: &str,
        thread: &str,
        may_write: bool,
    ) -> Option<Response> {
        let fault = match self.hinders(may_write) {
            Ok(fault) => fault,
            Err(response) => return response,
        };
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let body = body["body"].as_str().unwrap().to_owned();
        if let Some(refusal) = self.too_long(&body) {
            return Some(refusal);
        }
        let update = match kind {
            Kind::GitHub => ("PATCH", "/api/repos/biobank/tres/issues/comments/"),
            Kind::GitLab => ("PUT", "/api/projects/42/merge_requests/12/notes/"),
        };
        self.writes += 1;
        let note = if request.method == "POST" && path == thread {
            let id = self.notes.len() as u64 + 101;
            self.notes.push(Note { id, author: BOT.to_owned(), body });
            self.notes.last().unwrap().clone()
        } else {
            assert_eq!(request.method, update.0, "{path}");
            let id: u64 = path.strip_prefix(update.1).unwrap().parse().unwrap();
            let note = self.notes.iter_mut().find(|note| note.id == id).unwrap();
            note.body = body;
            note.clone()
        };
        if fault.is_some() {
            self.meet("5xx");
            return Some(refusal(502, "Bad gateway"));
        }
        Some(answer(201, &shown(kind, &note)))
    }
}

fn shown(kind: Kind, note: &Note) -> Value {
    let Note { id, author, body } = note;
    match kind {
        Kind::GitHub => json!({"id": id, "user": {"login": author}, "body": body}),
        Kind::GitLab => {
            json!({"id": id, "author": {"username": author}, "body": body, "system": false})
        }
    }
}

fn answer(status: u16, body: &Value) -> Response {
    Response { status, headers: Vec::new(), body: body.to_string() }
}

fn refusal(status: u16, message: &str) -> Response {
    answer(status, &json!({ "message": message }))
}

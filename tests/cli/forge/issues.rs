//! The issues of the stand-in.

use std::process::Command;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::{BOT, Fault, Forge, Kind, Note, Response, State, answer, refusal, shown};
use crate::wire::Request;

/// An issue.
#[derive(Clone)]
pub struct Row {
    pub number: u64,
    pub author: String,
    pub title: String,
    pub body: String,
    pub is_open: bool,
    pub label: String,
    pub notes: Vec<Note>,
    /// GitHub lists pull requests among the issues.
    pub is_pull: bool,
    /// Nobody may comment.
    pub is_locked: bool,
    /// When anything of it last changed.
    pub updated: String,
}

impl Forge {
    pub fn issues(&self) -> Vec<Row> {
        self.state().issues.clone()
    }

    /// Changes the issues by hand.
    pub fn by_hand(&self, change: impl FnOnce(&mut Vec<Row>)) {
        change(&mut self.state().issues);
    }
}

impl Forge {
    /// After the next write to an issue it interrupts the process that is put into what it returns,
    /// and takes nothing more until that has ended.
    pub fn interrupts_after_a_write(&self) -> Arc<OnceLock<u32>> {
        let child = Arc::new(OnceLock::new());
        self.state().interrupts = Some(Arc::clone(&child));
        child
    }
}

impl State {
    fn interrupt(&mut self) {
        let Some(child) = self.interrupts.take() else { return };
        let pid = child.wait().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.faults.extend([Fault::TooMany; 1_000]);
    }

    /// Answers what is a matter of issues; nothing for anything else.
    pub fn about_issues(
        &mut self,
        kind: Kind,
        request: &Request,
        may_write: bool,
        port: &str,
    ) -> Option<Option<Response>> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let (root, thread) = match kind {
            Kind::GitHub => ("/api/repos/biobank/tres/issues", "comments"),
            Kind::GitLab => ("/api/projects/42/issues", "notes"),
        };
        let rest = path.strip_prefix(root)?;
        let mut parts = rest.split('/').skip(1);
        let number: Option<u64> = match parts.next() {
            None => None,
            Some(part) => Some(part.parse().ok()?),
        };
        let is_thread = parts.next() == Some(thread);
        let known = |row: &Row| Some(row.number) == number;
        if number.is_some() && !self.issues.iter().any(known) {
            return None;
        }
        if request.method == "GET" {
            return Some(Some(match number {
                None => self.listed(kind, &format!("http://127.0.0.1:{port}{path}"), query),
                Some(_) => {
                    assert!(is_thread, "{path}");
                    let row = self.issues.iter().find(|row| known(row)).unwrap();
                    answer(200, &row.notes.iter().map(|note| shown(kind, note)).collect())
                }
            }));
        }
        let fault = match self.hinders(may_write) {
            Ok(fault) => fault,
            Err(response) => return Some(response),
        };
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        if let Some(refusal) = self.too_long(text(kind, &body, is_thread).unwrap_or_default()) {
            return Some(Some(refusal));
        }
        if is_thread && self.issues.iter().any(|row| known(row) && row.is_locked) {
            return Some(Some(refusal(403, "Unable to create comment because issue is locked.")));
        }
        self.writes += 1;
        let value = match (number, is_thread) {
            (None, _) => self.opened(kind, &body),
            (Some(_), true) => {
                let id = 900 + self.writes as u64;
                let body = body["body"].as_str().unwrap().to_owned();
                let note = Note { id, author: BOT.to_owned(), body };
                let row = self.issues.iter_mut().find(|row| known(row)).unwrap();
                row.notes.push(note.clone());
                shown(kind, &note)
            }
            (Some(_), false) => {
                let row = self.issues.iter_mut().find(|row| known(row)).unwrap();
                let method = if kind == Kind::GitHub { "PATCH" } else { "PUT" };
                assert_eq!(request.method, method);
                text(kind, &body, false).unwrap().clone_into(&mut row.body);
                let closes = match kind {
                    Kind::GitHub => body["state"] == "closed",
                    Kind::GitLab => body["state_event"] == "close",
                };
                row.is_open &= !closes;
                told(kind, row)
            }
        };
        self.interrupt();
        if matches!(fault, Some(Fault::AfterWriting)) {
            self.meet("5xx");
            return Some(Some(refusal(502, "Bad gateway")));
        }
        Some(Some(answer(201, &value)))
    }

    fn listed(&mut self, kind: Kind, address: &str, query: &str) -> Response {
        assert!(query.contains("state=all"), "{query}");
        let label = query.split('&').find_map(|it| it.strip_prefix("labels=")).unwrap();
        let rows = self.issues.iter().filter(|row| row.label == label);
        let rows: Vec<Value> = rows.map(|row| told(kind, row)).collect();
        self.page(&rows, &format!("{address}?labels={label}&state=all&"), query)
    }

    fn opened(&mut self, kind: Kind, body: &Value) -> Value {
        let label = match kind {
            Kind::GitHub => body["labels"][0].as_str(),
            Kind::GitLab => body["labels"].as_str(),
        };
        assert_eq!(kind == Kind::GitLab, body["confidential"] == true);
        let row = Row {
            number: self.issues.len() as u64 + 41,
            author: BOT.to_owned(),
            title: body["title"].as_str().unwrap().to_owned(),
            body: text(kind, body, false).unwrap().to_owned(),
            is_open: true,
            // Who may not set labels is not told so.
            label: if label == Some("forbidden") { "" } else { label.unwrap() }.to_owned(),
            notes: Vec::new(),
            is_pull: false,
            is_locked: false,
            updated: jiff::Timestamp::now().to_string(),
        };
        self.issues.push(row.clone());
        told(kind, &row)
    }
}

fn text(kind: Kind, body: &Value, is_comment: bool) -> Option<&str> {
    let key = if kind == Kind::GitLab && !is_comment { "description" } else { "body" };
    body[key].as_str()
}

fn told(kind: Kind, row: &Row) -> Value {
    let Row { number, author, title, body, is_open, .. } = row;
    let open = if kind == Kind::GitHub { "open" } else { "opened" };
    let state = if *is_open { open } else { "closed" };
    // The id is not the number, on either.
    let id = number + 70_000;
    match kind {
        Kind::GitHub => {
            let mut value = json!({
                "id": id, "number": number, "user": {"login": author}, "title": title,
                "body": body, "state": state, "labels": [{"name": row.label}], "updated_at": row.updated,
            });
            if row.is_pull {
                value["pull_request"] = json!({"url": "x"});
            }
            value
        }
        Kind::GitLab => json!({
            "id": id, "iid": number, "author": {"username": author}, "title": title,
            "description": body, "state": state, "labels": [row.label], "updated_at": row.updated,
        }),
    }
}

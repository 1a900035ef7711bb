//! How the two forges are spoken to: addresses, headers, and what an answer means. Pure.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::issue::Issue;
use super::keep::Comment;

/// Entries on one page of a list; both forges give so many at most.
const PAGE: usize = 100;

/// Which forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// GitHub, in the cloud or one's own.
    GitHub,
    /// GitLab, in the cloud or one's own.
    GitLab,
}

/// Where comments stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thread {
    /// Below the pull request of this number.
    Review(u64),
    /// Below the issue of this number.
    Issue(u64),
}

/// A call that changes something.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub method: Method,
    pub path: String,
    pub body: Value,
}

impl Dialect {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }

    /// Returns what a pull request is called there.
    pub fn noun(self) -> &'static str {
        match self {
            Self::GitHub => "pull request",
            Self::GitLab => "merge request",
        }
    }

    /// Returns the variables in which a token is looked for, in this order.
    pub fn token_variables(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["GITHUB_TOKEN", "GH_TOKEN"],
            Self::GitLab => &["GITLAB_TOKEN"],
        }
    }

    /// Returns who writes where the forge does not tell a token whose it is: that of a workflow on
    /// GitHub.
    pub(super) fn nameless_author(self) -> Option<&'static str> {
        match self {
            Self::GitHub => Some("github-actions[bot]"),
            Self::GitLab => None,
        }
    }

    /// Returns the headers of every call.
    pub(super) fn headers(self, token: &str) -> Option<HeaderMap> {
        let (name, value) = match self {
            Self::GitHub => ("authorization", format!("Bearer {token}")),
            Self::GitLab => ("private-token", token.to_owned()),
        };
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::from_iter([(HeaderName::from_static(name), value)]);
        if self == Self::GitHub {
            let accepted = HeaderValue::from_static("application/vnd.github+json");
            headers.insert("accept", accepted);
            headers.insert("x-github-api-version", HeaderValue::from_static("2022-11-28"));
        }
        Some(headers)
    }

    /// Returns where the things of a repository are, such as its issues.
    fn root(self, repository: &str) -> String {
        match self {
            Self::GitHub => format!("/repos/{repository}"),
            Self::GitLab => format!("/projects/{}", repository.replace('/', "%2F")),
        }
    }

    fn thread(self, repository: &str, thread: Thread) -> String {
        let root = self.root(repository);
        match (self, thread) {
            (Self::GitHub, Thread::Review(number) | Thread::Issue(number)) => {
                format!("{root}/issues/{number}/comments")
            }
            (Self::GitLab, Thread::Review(number)) => {
                format!("{root}/merge_requests/{number}/notes")
            }
            (Self::GitLab, Thread::Issue(number)) => format!("{root}/issues/{number}/notes"),
        }
    }

    /// Returns the route that lists the comments of a thread, the oldest first.
    pub(super) fn comments(self, repository: &str, thread: Thread) -> String {
        let order = match self {
            Self::GitHub => "",
            Self::GitLab => "&sort=asc&order_by=created_at",
        };
        format!("{}?per_page={PAGE}{order}", self.thread(repository, thread))
    }

    /// Returns the call that comments.
    pub(super) fn say(self, repository: &str, thread: Thread, text: &str) -> Change {
        let path = self.thread(repository, thread);
        Change { method: Method::POST, path, body: json!({ "body": text }) }
    }

    /// Returns the call that changes a comment of a pull request.
    pub(super) fn edit(self, repository: &str, number: u64, id: u64, text: &str) -> Change {
        let (method, path) = match self {
            Self::GitHub => {
                (Method::PATCH, format!("{}/issues/comments/{id}", self.root(repository)))
            }
            Self::GitLab => {
                let thread = self.thread(repository, Thread::Review(number));
                (Method::PUT, format!("{thread}/{id}"))
            }
        };
        Change { method, path, body: json!({ "body": text }) }
    }

    /// Returns the route that lists the issues with a label, open and closed.
    pub(super) fn issues(self, repository: &str, label: &str) -> String {
        format!("{}/issues?labels={label}&state=all&per_page={PAGE}", self.root(repository))
    }

    /// Returns the name under which an issue tells its number.
    fn issue_number(self) -> &'static str {
        match self {
            Self::GitHub => "number",
            Self::GitLab => "iid",
        }
    }

    /// Returns the call that opens an issue.
    pub(super) fn open(self, repository: &str, label: &str, (title, text): (&str, &str)) -> Change {
        let path = format!("{}/issues", self.root(repository));
        let body = match self {
            Self::GitHub => json!({ "title": title, "body": text, "labels": [label] }),
            // Guests of a project read its issues and not its files.
            Self::GitLab => json!({
                "title": title, "description": text, "labels": label, "confidential": true,
            }),
        };
        Change { method: Method::POST, path, body }
    }

    /// Returns the call that gives an issue another text.
    pub(super) fn rewrite(self, repository: &str, number: u64, text: &str) -> Change {
        let body = match self {
            Self::GitHub => json!({ "body": text }),
            Self::GitLab => json!({ "description": text }),
        };
        self.of_issue(repository, number, body)
    }

    /// Returns the call that gives an issue its last text and closes it.
    pub(super) fn close(self, repository: &str, number: u64, text: &str) -> Change {
        let body = match self {
            Self::GitHub => {
                json!({ "body": text, "state": "closed", "state_reason": "completed" })
            }
            Self::GitLab => json!({ "description": text, "state_event": "close" }),
        };
        self.of_issue(repository, number, body)
    }

    fn of_issue(self, repository: &str, number: u64, body: Value) -> Change {
        let method = match self {
            Self::GitHub => Method::PATCH,
            Self::GitLab => Method::PUT,
        };
        Change { method, path: format!("{}/issues/{number}", self.root(repository)), body }
    }

    /// Reads an issue; `None` for a pull request, which GitHub lists among them.
    pub(super) fn issue(self, value: &Value) -> Option<Issue> {
        let text = |path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let (author, body, open) = match self {
            Self::GitHub => ("/user/login", "/body", "open"),
            Self::GitLab => ("/author/username", "/description", "opened"),
        };
        let labels = value.get("labels").and_then(Value::as_array).into_iter().flatten();
        let labels =
            labels.filter_map(|label| label.as_str().or_else(|| label.get("name")?.as_str()));
        if value.get("pull_request").is_some() {
            return None;
        }
        Some(Issue {
            number: value.get(self.issue_number())?.as_u64()?,
            is_open: text("/state") == open,
            author: text(author).to_owned(),
            body: text(body).to_owned(),
            labels: labels.map(str::to_owned).collect(),
            updated: text("/updated_at").parse().ok().map(jiff::Timestamp::as_second),
        })
    }

    /// Returns the route that lists the open pull requests of a branch.
    pub(super) fn by_branch(self, api: &str, repository: &str, branch: &str) -> Option<String> {
        let route = format!("{api}/repos/{repository}/pulls");
        let query = [("state", "open"), ("per_page", "100"), ("head", branch)];
        let url = Url::parse_with_params(&route, query).ok()?;
        url.as_str().strip_prefix(api).map(str::to_owned)
    }

    /// Reads a comment; `None` where it is none of a person or program.
    pub(super) fn comment(self, value: &Value) -> Option<Comment> {
        let author = match self {
            Self::GitHub => value.pointer("/user/login"),
            Self::GitLab => value.pointer("/author/username"),
        };
        if value.get("system").and_then(Value::as_bool) == Some(true) {
            return None;
        }
        Some(Comment {
            id: value.get("id")?.as_u64()?,
            // Who has left the forge has no name there.
            author: author.and_then(Value::as_str).unwrap_or_default().to_owned(),
            body: value.get("body")?.as_str()?.to_owned(),
        })
    }

    /// Returns the name of an account.
    pub(super) fn name_of(self, account: &Value) -> Option<&str> {
        let key = match self {
            Self::GitHub => "login",
            Self::GitLab => "username",
        };
        account.get(key)?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_escaped() {
        let route = Dialect::GitHub.by_branch("https://a/v3", "o/r", "eve:patch 1&x=1");
        let expected = "/repos/o/r/pulls?state=open&per_page=100&head=eve%3Apatch+1%26x%3D1";
        assert_eq!(route.as_deref(), Some(expected));
    }
}

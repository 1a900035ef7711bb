//! How the two forges are spoken to: addresses, headers, and what an answer means. Pure.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::keep::Comment;

/// Comments on one page of a list; both forges give so many at most.
const PAGE: usize = 100;

/// Which forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// GitHub, in the cloud or one's own.
    GitHub,
    /// GitLab, in the cloud or one's own.
    GitLab,
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

    fn thread(self, repository: &str, number: u64) -> String {
        match self {
            Self::GitHub => format!("/repos/{repository}/issues/{number}/comments"),
            Self::GitLab => {
                let project = repository.replace('/', "%2F");
                format!("/projects/{project}/merge_requests/{number}/notes")
            }
        }
    }

    pub(super) fn list(self, repository: &str, number: u64) -> String {
        let order = match self {
            Self::GitHub => "",
            Self::GitLab => "&sort=asc&order_by=created_at",
        };
        format!("{}?per_page={PAGE}{order}", self.thread(repository, number))
    }

    pub(super) fn create(self, repository: &str, number: u64, text: &str) -> Change {
        let path = self.thread(repository, number);
        Change { method: Method::POST, path, body: json!({ "body": text }) }
    }

    pub(super) fn update(self, repository: &str, number: u64, id: u64, text: &str) -> Change {
        let (method, path) = match self {
            Self::GitHub => (Method::PATCH, format!("/repos/{repository}/issues/comments/{id}")),
            Self::GitLab => (Method::PUT, format!("{}/{id}", self.thread(repository, number))),
        };
        Change { method, path, body: json!({ "body": text }) }
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

/// Returns the address of the next page, from the header `Link`.
pub(super) fn next_page(link: &str) -> Option<&str> {
    link.split(',').find_map(|part| {
        let (address, rest) = part.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |word: &str| matches!(word.trim(), "rel=\"next\"" | "rel=next");
        rest.split(';').any(is_next).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_one_that_says_so() {
        let link = r#"<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next""#;
        assert_eq!(next_page(link), Some("https://a/x?page=3"));
        assert_eq!(next_page(r#"<https://a/x?page=1>; rel="first""#), None);
        assert_eq!(next_page("nonsense"), None);
    }

    #[test]
    fn a_branch_is_escaped() {
        let route = Dialect::GitHub.by_branch("https://a/v3", "o/r", "eve:patch 1&x=1");
        let expected = "/repos/o/r/pulls?state=open&per_page=100&head=eve%3Apatch+1%26x%3D1";
        assert_eq!(route.as_deref(), Some(expected));
    }
}

//! What the pipelines ask a forge besides comments: who was merged as a commit, which artifacts
//! runs left, a token for others to believe, and where the outcome goes.

use serde_json::{Value, json};

use super::{Response, answer, refusal};
use crate::wire::Request;

/// A run whose artifact counts.
pub const RUN: u64 = 777;

#[derive(Default)]
pub struct Runs {
    /// The commit that the pull request ends with.
    pub head: Option<String>,
    /// The commit that it was merged as.
    pub merged: Option<String>,
    /// The text of the plan that was kept for the head.
    pub plan: String,
    /// The states that were put on commits, each with its commit.
    pub statuses: Vec<Value>,
}

impl Runs {
    fn head(&self) -> &str {
        self.head.as_deref().unwrap_or("abcd")
    }

    /// The open pull requests of a branch.
    pub fn pulls(&self, query: &str) -> Value {
        let is_hers = query.contains("head=eve%3Apatch-1") && query.contains("state=open");
        let other = json!({"number": 11, "head": {"sha": "0000"}});
        let hers = json!({"number": 12, "head": {"sha": self.head()}});
        if is_hers { json!([other, hers]) } else { json!([]) }
    }

    /// Answers what is no matter of comments.
    pub fn answer(
        &mut self,
        request: &Request,
        path: &str,
        query: &str,
        may_write: bool,
    ) -> Option<Response> {
        if let Some(commit) = path.strip_prefix("/api/repos/biobank/tres/statuses/") {
            if !may_write {
                return Some(refusal(403, "Resource not accessible by integration"));
            }
            assert_eq!(request.method, "POST");
            let mut status: Value = serde_json::from_slice(&request.body).unwrap();
            status["commit"] = json!(commit);
            self.statuses.push(status);
            return Some(answer(201, &json!({})));
        }
        if request.method != "GET" {
            return None;
        }
        if path == "/api/oidc" {
            assert_eq!(query, "audience=sts.amazonaws.com");
            return Some(answer(200, &json!({"value": "token-for-the-store"})));
        }
        self.on_github(path, query).or_else(|| self.on_gitlab(path))
    }

    fn on_github(&self, path: &str, query: &str) -> Option<Response> {
        let path = path.strip_prefix("/api/repos/biobank/tres/")?;
        if path == "actions/artifacts" {
            let name = query.split('&').find_map(|it| it.strip_prefix("name="))?;
            let is_known = name == format!("trectl-plan-production-{}", self.head());
            let none = json!({"total_count": 0, "artifacts": []});
            return Some(answer(200, &if is_known { artifacts(name) } else { none }));
        }
        let commit = path.strip_prefix("commits/")?.strip_suffix("/pulls")?;
        let base = json!({"ref": "main"});
        let open = json!({"number": 11, "merged_at": null, "base": base, "head": {"sha": "0"}});
        let merged = json!({
            "number": 12, "merged_at": "2026-05-06T14:02:00Z", "base": base,
            "head": {"sha": self.head()},
        });
        let is_merged = self.merged.as_deref() == Some(commit);
        Some(answer(200, &if is_merged { json!([open, merged]) } else { json!([open]) }))
    }

    fn on_gitlab(&self, path: &str) -> Option<Response> {
        let path = path.strip_prefix("/api/projects/42/")?;
        let found = match path {
            "merge_requests/12/pipelines" => json!([
                {"id": 4, "sha": "0000", "ref": "refs/merge-requests/12/head"},
                {"id": 5, "sha": self.head(), "ref": "refs/merge-requests/12/head"},
            ]),
            "pipelines/5/jobs" => {
                json!([{"id": 8, "name": "trectl-validate"}, {"id": 9, "name": "trectl-plan"}])
            }
            "jobs/9/artifacts/plan.json" => serde_json::from_str(&self.plan).unwrap(),
            _ => {
                let commit = path.strip_prefix("repository/commits/")?;
                let commit = commit.strip_suffix("/merge_requests")?;
                let merged = json!({
                    "iid": 12, "state": "merged", "target_branch": "main", "sha": self.head(),
                });
                let is_merged = self.merged.as_deref() == Some(commit);
                if is_merged { json!([merged]) } else { json!([]) }
            }
        };
        Some(answer(200, &found))
    }
}

/// Artifacts of one name: only the one of the repository's own run on its default branch counts.
fn artifacts(name: &str) -> Value {
    let artifact = |run: u64, created: &str, branch: &str, of: u64, expired: bool| {
        json!({
            "name": name, "created_at": created, "expired": expired,
            "workflow_run": {
                "id": run, "head_branch": branch, "head_repository_id": of, "repository_id": 1,
            },
        })
    };
    json!({"total_count": 5, "artifacts": [
        artifact(1, "2026-05-06T15:00:00Z", "main", 666, false),
        artifact(2, "2026-05-06T15:00:00Z", "patch-1", 1, false),
        artifact(3, "2026-05-06T15:00:00Z", "main", 1, true),
        artifact(4, "2026-05-06T13:00:00Z", "main", 1, false),
        artifact(RUN, "2026-05-06T14:00:00Z", "main", 1, false),
    ]})
}

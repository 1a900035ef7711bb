//! The comments of one pull request, read and written.

use tokio_util::sync::CancellationToken;

use super::dialect::{Change, Dialect};
use super::error::ForgeError;
use super::keep::{self, Act, Comment, Deeds, Mark};
use super::place::{Number, Place};
use super::web::Web;
use crate::api::Backoff;

/// The comments of one pull request.
pub struct Conversation {
    web: Web,
    dialect: Dialect,
    repository: String,
    number: u64,
}

/// What became of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The comment.
    pub id: u64,
    /// What was done with it.
    pub act: Act,
    /// The older comments that were folded.
    pub folded: Vec<u64>,
}

impl Conversation {
    /// Opens the comments of a pull request; it is looked for where only its branch is known.
    ///
    /// # Errors
    ///
    /// Where the token cannot be sent, or no pull request is found.
    pub async fn open(
        place: &Place,
        token: &str,
        backoff: Backoff,
        cancel: CancellationToken,
    ) -> Result<Self, ForgeError> {
        let Place { dialect, api, repository, number } = place;
        let unsendable =
            || ForgeError::Unsafe { url: api.clone(), reason: "no header takes the token" };
        let headers = dialect.headers(token).ok_or_else(unsendable)?;
        let web = Web::new(api, headers, backoff, cancel)?;
        let number = match number {
            Number::Known(number) => *number,
            Number::Head { branch, commit } => {
                let missing =
                    || ForgeError::NoPullRequest { branch: branch.clone(), commit: commit.clone() };
                let route = dialect.by_branch(api, repository, branch).ok_or_else(missing)?;
                let pulls = web.pages(&route).await?;
                let is_it = |pull: &&serde_json::Value| {
                    pull.pointer("/head/sha").and_then(|sha| sha.as_str()) == Some(commit.as_str())
                };
                let found = pulls.iter().find(is_it).and_then(|pull| pull.get("number")?.as_u64());
                found.ok_or_else(missing)?
            }
        };
        Ok(Self { web, dialect: *dialect, repository: repository.clone(), number })
    }

    /// Returns the number of the pull request.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Keeps one comment for what `mark` names, with `text` below the mark. Without `author` the
    /// forge is asked whose the token is.
    ///
    /// # Errors
    ///
    /// Where a call fails for good.
    pub async fn keep(
        &self,
        mark: &Mark,
        text: &str,
        author: Option<&str>,
    ) -> Result<Kept, ForgeError> {
        let author = match author {
            Some(author) => author.to_owned(),
            None => self.author().await?,
        };
        let body = mark.above(text);
        let comments = self.comments().await?;
        let Deeds { act, folds } = keep::decide(&comments, &author, mark, &body);
        let id = match act {
            Act::Create => self.create(mark, &body, &author).await?,
            Act::Leave { id } => id,
            Act::Update { id } => {
                self.update(id, &body).await?;
                id
            }
        };
        // The new one is there before an old one is folded: at no time is there none.
        for (id, body) in &folds {
            self.update(*id, body).await?;
        }
        Ok(Kept { id, act, folded: folds.into_iter().map(|(id, _)| id).collect() })
    }

    async fn author(&self) -> Result<String, ForgeError> {
        let garbled = || ForgeError::Garbled {
            call: "GET /user".to_owned(),
            reason: "no name is in it".to_owned(),
        };
        match (self.web.get("/user").await, self.dialect.nameless_author()) {
            (Ok(account), _) => {
                self.dialect.name_of(&account).map(str::to_owned).ok_or_else(garbled)
            }
            (Err(ForgeError::Refused { status: 403, .. }), Some(author)) => Ok(author.to_owned()),
            (Err(error), _) => Err(error),
        }
    }

    async fn comments(&self) -> Result<Vec<Comment>, ForgeError> {
        let values = self.web.pages(&self.dialect.list(&self.repository, self.number)).await?;
        Ok(values.iter().filter_map(|value| self.dialect.comment(value)).collect())
    }

    /// Creates the comment. Where no answer comes, it may be there all the same: that is looked up
    /// before it is written again.
    async fn create(&self, mark: &Mark, body: &str, author: &str) -> Result<u64, ForgeError> {
        let Change { path, body, .. } = self.dialect.create(&self.repository, self.number, body);
        let mut turn = self.web.turn();
        loop {
            let miss = match self.web.create(&path, &body).await {
                Ok(answer) => {
                    let id = answer.get("id").and_then(serde_json::Value::as_u64);
                    let call = format!("POST {path}");
                    let reason = "no id is in it".to_owned();
                    return id.ok_or(ForgeError::Garbled { call, reason });
                }
                Err(miss) => miss,
            };
            turn.next(miss).await?;
            if let Some(there) = keep::carrying(&self.comments().await?, author, mark) {
                return Ok(there.id);
            }
        }
    }

    async fn update(&self, id: u64, body: &str) -> Result<(), ForgeError> {
        let Change { method, path, body } =
            self.dialect.update(&self.repository, self.number, id, body);
        self.web.set(&method, &path, &body).await.map(drop)
    }
}

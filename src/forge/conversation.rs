//! The comments of one pull request, read and written.

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::dialect::Thread;
use super::error::ForgeError;
use super::keep::{self, Act, Deeds};
use super::mark::Mark;
use super::place::{Number, Place};
use super::repository::Repository;
use crate::api::Backoff;

/// The comments of one pull request.
pub struct Conversation {
    repository: Repository,
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
        (place, number): (&Place, &Number),
        token: &str,
        backoff: Backoff,
        cancel: CancellationToken,
    ) -> Result<Self, ForgeError> {
        let repository = Repository::new(place, token, backoff, cancel)?;
        let number = match number {
            Number::Known(number) => *number,
            Number::Head { branch, commit } => {
                let missing =
                    || ForgeError::NoPullRequest { branch: branch.clone(), commit: commit.clone() };
                let Place { dialect, api, repository: name } = place;
                let route = dialect.by_branch(api, name, branch).ok_or_else(missing)?;
                let pulls = repository.web.pages(&route).await?;
                let is_it = |pull: &&Value| {
                    pull.pointer("/head/sha").and_then(Value::as_str) == Some(commit.as_str())
                };
                let found = pulls.iter().find(is_it).and_then(|pull| pull.get("number")?.as_u64());
                found.ok_or_else(missing)?
            }
        };
        Ok(Self { repository, number })
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
            None => self.repository.author().await?,
        };
        let body = mark.above(text);
        let thread = Thread::Review(self.number);
        let comments = self.repository.comments(thread).await?;
        let Deeds { act, folds } = keep::decide(&comments, &author, mark, &body);
        let id = match act {
            Act::Create => self.repository.say(thread, (mark, &body), &[author]).await?,
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

    async fn update(&self, id: u64, body: &str) -> Result<(), ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        self.repository.set(&dialect.edit(name, self.number, id, body)).await
    }
}

//! A repository on its forge, and who speaks there.

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::dialect::{Change, Dialect, Thread};
use super::error::ForgeError;
use super::keep::{self, Comment};
use super::mark::Mark;
use super::place::Place;
use crate::api::Backoff;
use crate::web::{Web, WebError};

/// A repository on its forge.
pub(super) struct Repository {
    pub web: Web,
    pub dialect: Dialect,
    /// As [`Place`] names it.
    pub name: String,
}

impl Repository {
    /// Returns the repository at a place.
    ///
    /// # Errors
    ///
    /// Where the token cannot be sent.
    pub fn new(
        place: &Place,
        token: &str,
        backoff: Backoff,
        cancel: CancellationToken,
    ) -> Result<Self, ForgeError> {
        let Place { dialect, api, repository } = place;
        let headers = dialect.headers(token).ok_or(ForgeError::Token)?;
        let web = Web::new(api, headers, backoff, cancel)?;
        Ok(Self { web, dialect: *dialect, name: repository.clone() })
    }

    /// Returns who writes with the token.
    ///
    /// # Errors
    ///
    /// Where the forge does not tell.
    pub async fn author(&self) -> Result<String, ForgeError> {
        let garbled = || WebError::Garbled {
            call: "GET /user".to_owned(),
            reason: "no name is in it".to_owned(),
        };
        match (self.web.get("/user").await, self.dialect.nameless_author()) {
            (Ok(account), _) => {
                Ok(self.dialect.name_of(&account).map(str::to_owned).ok_or_else(garbled)?)
            }
            (Err(WebError::Refused { status: 403, .. }), Some(author)) => Ok(author.to_owned()),
            (Err(error), _) => Err(error.into()),
        }
    }

    /// Returns the comments of a thread, the oldest first.
    ///
    /// # Errors
    ///
    /// Where they cannot be read.
    pub async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, ForgeError> {
        let values = self.web.pages(&self.dialect.comments(&self.name, thread)).await?;
        Ok(values.iter().filter_map(|value| self.dialect.comment(value)).collect())
    }

    /// Creates something and returns its number, which `read` finds in the answer. Where no answer
    /// comes, it may be there all the same: `there` looks before it is created again.
    ///
    /// # Errors
    ///
    /// Where a call fails for good.
    pub async fn create(
        &self,
        change: &Change,
        read: impl Fn(&Value) -> Result<Option<u64>, ForgeError>,
        there: impl AsyncFn() -> Result<Option<u64>, ForgeError>,
    ) -> Result<u64, ForgeError> {
        let Change { path, body, .. } = change;
        let mut turn = self.web.turn();
        loop {
            let miss = match self.web.create(path, body).await {
                Ok(answer) => {
                    let call = format!("POST {path}");
                    let reason = "no number is in it".to_owned();
                    return Ok(read(&answer)?.ok_or(WebError::Garbled { call, reason })?);
                }
                Err(miss) => miss,
            };
            turn.next(miss).await?;
            if let Some(number) = there().await? {
                return Ok(number);
            }
        }
    }

    /// Writes a comment into a thread, once, and returns its id.
    ///
    /// # Errors
    ///
    /// Where a call fails for good.
    pub async fn say(
        &self,
        thread: Thread,
        (mark, body): (&Mark, &str),
        authors: &[String],
    ) -> Result<u64, ForgeError> {
        let change = self.dialect.say(&self.name, thread, body);
        let there = async || {
            let comments = self.comments(thread).await?;
            Ok(keep::carrying(&comments, authors, mark).map(|comment| comment.id))
        };
        let id = |answer: &Value| Ok(answer.get("id").and_then(Value::as_u64));
        self.create(&change, id, there).await
    }

    /// Makes a change that may be made twice.
    ///
    /// # Errors
    ///
    /// Where it fails for good.
    pub async fn set(&self, change: &Change) -> Result<(), ForgeError> {
        let Change { method, path, body } = change;
        Ok(self.web.set(method, path, body).await.map(drop)?)
    }
}

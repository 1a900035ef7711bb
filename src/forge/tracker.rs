//! The issues of a repository, read and written.

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::dialect::Thread;
use super::error::ForgeError;
use super::issue::{self, Deed, Issue, Wanted, Wish};
use super::place::Place;
use super::repository::Repository;
use crate::api::Backoff;

/// The issues of a repository that carry a label.
pub struct Tracker {
    repository: Repository,
    label: String,
}

/// What became of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// Its number, if it has one yet.
    pub number: Option<u64>,
    /// What it is about.
    pub about: String,
    /// What was done with it.
    pub fate: Fate,
}

/// What was done with an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was opened.
    Opened,
    /// It waits: too many were opened already.
    Postponed,
    /// It was told that something else is wrong.
    Told,
    /// Its text was written anew.
    Updated,
    /// It was left as it is.
    Unchanged,
    /// A person closed it, and it was left closed.
    LeftClosed,
    /// It was closed.
    Closed,
}

impl Fate {
    /// Returns the name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Postponed => "postponed",
            Self::Told => "told",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::LeftClosed => "left_closed",
            Self::Closed => "closed",
        }
    }
}

impl Tracker {
    /// Returns the issues with a label; without `&`, `#` or blanks in it.
    ///
    /// # Errors
    ///
    /// Where the token cannot be sent.
    pub fn new(
        place: &Place,
        label: &str,
        token: &str,
        backoff: Backoff,
        cancel: CancellationToken,
    ) -> Result<Self, ForgeError> {
        let repository = Repository::new(place, token, backoff, cancel)?;
        Ok(Self { repository, label: label.to_owned() })
    }

    /// Keeps the issues that there should be, and closes the others of their kind. Without `author`
    /// the forge is asked whose the token is.
    ///
    /// # Errors
    ///
    /// Where a call fails for good. What was done until then stays; running it again goes on.
    pub async fn keep(
        &self,
        wish: &Wish,
        author: Option<&str>,
    ) -> Result<Vec<Tracked>, ForgeError> {
        let author = self.repository.author(author).await?;
        let issues = self.issues().await?;
        let mut tracked = Vec::new();
        for deed in issue::decide(&issues, &author, wish) {
            tracked.push(self.play(deed, wish, &author).await?);
        }
        Ok(tracked)
    }

    async fn issues(&self) -> Result<Vec<Issue>, ForgeError> {
        let Repository { web, dialect, name } = &self.repository;
        let values = web.pages(&dialect.issues(name, &self.label)).await?;
        Ok(values.iter().filter_map(|value| dialect.issue(value)).collect())
    }

    async fn play(&self, deed: Deed<'_>, wish: &Wish, author: &str) -> Result<Tracked, ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        let (number, about, fate) = match deed {
            Deed::Open(wanted) => {
                (self.open(wanted, wish, author).await?, wanted.about.clone(), Fate::Opened)
            }
            Deed::Postpone(wanted) => {
                let about = wanted.about.clone();
                return Ok(Tracked { number: None, about, fate: Fate::Postponed });
            }
            Deed::Tell(number, wanted) => {
                // Said first: a run that is stopped in between says it once more, rather than never.
                let mark = wish.mark(wanted);
                let news = mark.above(&wanted.news);
                self.repository.say(Thread::Issue(number), (&mark, &news), author).await?;
                self.rewrite(number, wanted, wish).await?;
                (number, wanted.about.clone(), Fate::Told)
            }
            Deed::Rewrite(number, wanted) => {
                self.rewrite(number, wanted, wish).await?;
                (number, wanted.about.clone(), Fate::Updated)
            }
            Deed::Leave(number, wanted) => (number, wanted.about.clone(), Fate::Unchanged),
            Deed::Respect(number, wanted) => (number, wanted.about.clone(), Fate::LeftClosed),
            Deed::Close { number, about, body } => {
                self.repository.set(&dialect.close(name, number, &body)).await?;
                (number, about, Fate::Closed)
            }
        };
        Ok(Tracked { number: Some(number), about, fate })
    }

    async fn open(&self, wanted: &Wanted, wish: &Wish, author: &str) -> Result<u64, ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        let (mark, body) = (wish.mark(wanted), wish.body(wanted));
        let change = dialect.open(name, &self.label, (&wanted.title, &body));
        let there = async || Ok(issue::carrying(&self.issues().await?, author, &mark));
        let read = |answer: &Value| {
            let Some(Issue { number, labels, .. }) = dialect.issue(answer) else { return Ok(None) };
            // Without its label the next run would not find it, and open another one.
            match labels.contains(&self.label) {
                true => Ok(Some(number)),
                false => Err(ForgeError::Unlabelled { number, label: self.label.clone() }),
            }
        };
        self.repository.create(&change, read, there).await
    }

    async fn rewrite(&self, number: u64, wanted: &Wanted, wish: &Wish) -> Result<(), ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        self.repository.set(&dialect.rewrite(name, number, &wish.body(wanted))).await
    }
}

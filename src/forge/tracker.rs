//! The issues of a repository, read and written.

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::dialect::Thread;
use super::error::ForgeError;
use super::issue::{self, Deed, End, Issue, SETTLED, Wanted, Wish};
use super::place::Place;
use super::repository::Repository;
use crate::api::Backoff;

/// The issues of a repository that carry a label.
pub struct Tracker {
    repository: Repository,
    label: String,
    cancel: CancellationToken,
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// It was changed after it was looked, and was left alone.
    Newer,
    /// It was closed.
    Closed(End),
    /// A person had closed it; it says now why it has ended.
    Settled(End),
    /// Somebody else opened it, and it was left alone.
    Strange {
        /// Who.
        author: String,
    },
    /// The forge does not take what was to be done.
    Failed(ForgeError),
    /// The run was interrupted before.
    Interrupted,
}

impl Fate {
    /// Returns the name in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Postponed => "postponed",
            Self::Told => "told",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::LeftClosed => "left_closed",
            Self::Newer => "newer",
            Self::Closed(_) => "closed",
            Self::Settled(_) => "settled",
            Self::Strange { .. } => "strange",
            Self::Failed(_) => "failed",
            Self::Interrupted => "interrupted",
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
        let repository = Repository::new(place, token, backoff, cancel.clone())?;
        Ok(Self { repository, label: label.to_owned(), cancel })
    }

    /// Keeps the issues that there should be, and closes the others of their kind; one that the
    /// forge refuses keeps no other from being kept. Without `authors` the forge is asked whose the
    /// token is.
    ///
    /// # Errors
    ///
    /// Where the issues cannot be read.
    pub async fn keep(&self, wish: &Wish, authors: &[String]) -> Result<Vec<Tracked>, ForgeError> {
        let authors = match authors {
            [] => vec![self.repository.author().await?],
            named => named.to_vec(),
        };
        let issues = self.issues().await?;
        let mut tracked = Vec::new();
        // What ends one issue ends all of them: the others need not be tried.
        let mut over: Option<ForgeError> = None;
        for deed in issue::decide(&issues, &authors, wish) {
            let (number, about) = named(&deed);
            let about = about.to_owned();
            let (number, fate) = match &over {
                Some(error) => (number, Fate::Failed(error.clone())),
                None if self.cancel.is_cancelled() => (number, Fate::Interrupted),
                None => match self.play(deed, wish, &authors).await {
                    Ok((number, fate)) => (number, fate),
                    Err(_) if self.cancel.is_cancelled() => (number, Fate::Interrupted),
                    Err(error) => {
                        over = error.is_for_all().then(|| error.clone());
                        (number, Fate::Failed(error))
                    }
                },
            };
            tracked.push(Tracked { number, about, fate });
        }
        Ok(tracked)
    }

    async fn issues(&self) -> Result<Vec<Issue>, ForgeError> {
        let Repository { web, dialect, name } = &self.repository;
        let values = web.pages(&dialect.issues(name, &self.label)).await?;
        Ok(values.iter().filter_map(|value| dialect.issue(value)).collect())
    }

    async fn play(
        &self,
        deed: Deed<'_>,
        wish: &Wish,
        authors: &[String],
    ) -> Result<(Option<u64>, Fate), ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        let (number, fate) = match deed {
            Deed::Open(wanted) => (self.open(wanted, wish, authors).await?, Fate::Opened),
            Deed::Postpone(_) => return Ok((None, Fate::Postponed)),
            Deed::Tell(number, wanted) => {
                // Said first: a run that is stopped in between says it once more, rather than never.
                let mark = wish.news(wanted);
                let news = mark.above(&wanted.news);
                let said = self.repository.say(Thread::Issue(number), (&mark, &news), authors);
                let said = said.await.map(drop);
                // Where nobody may comment, the text can be written all the same.
                if said.as_ref().err().is_none_or(|error| !error.is_for_all()) {
                    self.rewrite(number, &wish.body(wanted)).await?;
                }
                said?;
                (number, Fate::Told)
            }
            Deed::Rewrite(number, wanted) => {
                self.rewrite(number, &wish.body(wanted)).await?;
                (number, Fate::Updated)
            }
            Deed::Leave(number, _) => (number, Fate::Unchanged),
            Deed::Respect(number, _) => (number, Fate::LeftClosed),
            Deed::Newer(number, _) => (number, Fate::Newer),
            Deed::End { number, body, end, is_open: true, .. } => {
                self.repository.set(&dialect.close(name, number, &body)).await?;
                (number, Fate::Closed(end))
            }
            Deed::End { number, body, end, is_open: false, .. } => {
                self.rewrite(number, &body).await?;
                (number, Fate::Settled(end))
            }
            Deed::Strange { number, author, .. } => (number, Fate::Strange { author }),
        };
        Ok((Some(number), fate))
    }

    async fn open(
        &self,
        wanted: &Wanted,
        wish: &Wish,
        authors: &[String],
    ) -> Result<u64, ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        let (mark, body) = (wish.mark(wanted), wish.body(wanted));
        let change = dialect.open(name, &self.label, (&wanted.title, &body));
        let there = async || Ok(issue::carrying(&self.issues().await?, authors, &mark));
        let read = |answer: &Value| {
            let Some(Issue { number, labels, .. }) = dialect.issue(answer) else { return Ok(None) };
            match labels.iter().any(|label| label.eq_ignore_ascii_case(&self.label)) {
                true => Ok(Some(number)),
                false => Err(ForgeError::Unlabelled { number, label: self.label.clone() }),
            }
        };
        let opened = self.repository.create(&change, read, there).await;
        // Without its label the next run does not find it: it must not stay open.
        if let Err(ForgeError::Unlabelled { number, .. }) = &opened {
            let body = mark.with(SETTLED).above(&wanted.text);
            self.repository.set(&dialect.close(name, *number, &body)).await?;
        }
        opened
    }

    async fn rewrite(&self, number: u64, body: &str) -> Result<(), ForgeError> {
        let Repository { dialect, name, .. } = &self.repository;
        self.repository.set(&dialect.rewrite(name, number, body)).await
    }
}

/// Returns the number of an issue, where it has one, and what it is about.
fn named<'d>(deed: &'d Deed<'_>) -> (Option<u64>, &'d str) {
    match deed {
        Deed::Open(wanted) | Deed::Postpone(wanted) => (None, &wanted.about),
        Deed::Tell(number, wanted)
        | Deed::Rewrite(number, wanted)
        | Deed::Leave(number, wanted)
        | Deed::Respect(number, wanted) => (Some(*number), &wanted.about),
        Deed::Newer(number, about)
        | Deed::End { number, about, .. }
        | Deed::Strange { number, about, .. } => (Some(*number), about),
    }
}

//! The lock of a target's state: one run at a time may write.
//!
//! ```text
//! lock/000000000007-claim.json       who holds it; the number is its epoch and the fencing token
//! lock/000000000007-beat-000003.json it is still alive
//! lock/000000000007-end.json         it let go
//! ```
//!
//! Every name is created once, so that a folder and a bucket behave alike. One lock for a target
//! and not for a TRE: its journal is one chain, and guards look at the target as a whole.
//!
//! A lock is free where its epoch has ended; where its process is known to be dead; and where it
//! gave no sign of life for the time of its lease. Whoever takes it from a run that did not let go
//! says so in the journal first: from then on that run can write no more, however late it wakes.

mod keeper;
mod sight;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

pub(super) use self::keeper::Hold;
use self::keeper::Keeper;
pub(super) use self::sight::look;
pub use self::sight::{Process, Standing};
use super::objects::{Created, Location, Objects};
use super::segment::FORMAT_VERSION;
use super::takeover::{self, Takeover};
use super::{Head, StateError, TakeReason};

/// The folder of the lock. It is kept small: older epochs are removed.
const FOLDER: &str = "lock";

/// How long a holder may give no sign of life, unless it says otherwise.
pub const LEASE: Duration = Duration::from_secs(30);

/// So often a lock that is held is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The process.
    pub pid: u32,
    /// The machine.
    pub host: String,
    /// Since when, RFC 3339 in UTC.
    pub started: String,
    /// The command.
    pub command: String,
    /// The page of the CI job, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_url: Option<String>,
    /// The commit that is checked out, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What tells the process from every other one, where the system says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
}

/// What a holder writes when it takes the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    pub format_version: String,
    pub epoch: u64,
    /// Tells this claim from every other one, so that nobody takes another's for its own.
    #[serde(default)]
    pub nonce: String,
    pub lease_ms: u64,
    pub owner: Owner,
}

/// How the lock of an epoch ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    format_version: String,
}

/// How patient somebody is who wants the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long to wait for a lock that is held.
    pub wait: Duration,
    /// How long the new holder may give no sign of life.
    pub lease: Duration,
}

impl Patience {
    /// Waits so long, and holds with the usual lease.
    pub fn of(wait: Duration) -> Self {
        Self { wait, lease: LEASE }
    }
}

/// Returns the name of an object of an epoch. All lie in one folder: nobody would remove an empty
/// one for each epoch.
fn name(epoch: u64, what: &str) -> String {
    format!("{FOLDER}/{epoch:012}-{what}.json")
}

/// A lock that is held, until it is dropped or the process ends in any way.
#[derive(Debug)]
pub struct Lock {
    location: Location,
    token: u64,
    keeper: Keeper,
}

impl Lock {
    /// Takes the lock.
    pub(super) async fn take(
        location: &Location,
        owner: &Owner,
        patience: Patience,
    ) -> Result<Self, StateError> {
        let objects = Objects::open(location)?;
        let mut watch = sight::Watch::default();
        let began = Instant::now();
        loop {
            let standing = look(&objects).await?;
            if let Some(from) = watch.free(&standing) {
                match claim(&objects, standing.epoch() + 1, owner, patience.lease).await? {
                    Some(token) => {
                        let epoch = (token, patience.lease);
                        return Ok(Self::begin(location, epoch, from, owner).await?.0);
                    }
                    None => continue,
                }
            }
            let left = patience.wait.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(StateError::Busy {
                    location: location.to_string(),
                    standing: Box::new(standing),
                });
            }
            tokio::time::sleep(PAUSE.min(left)).await;
        }
    }

    /// Takes the lock from whoever holds it in that epoch, whether it still lives or not. Returns
    /// the end of the journal, which says so; `None` where it changed hands meanwhile.
    pub(super) async fn seize(
        location: &Location,
        standing: &Standing,
        by: &Owner,
    ) -> Result<Option<(Self, Head)>, StateError> {
        let objects = Objects::open(location)?;
        let epoch = standing.epoch();
        let now = look(&objects).await?;
        if now.epoch() != epoch || !matches!(now, Standing::Held { .. }) {
            return Ok(None);
        }
        let from = now.owner().cloned().unwrap_or_else(Owner::unknown);
        let Some(token) = claim(&objects, epoch + 1, by, LEASE).await? else { return Ok(None) };
        let takeover = Takeover { from, reason: TakeReason::Unlocked };
        let (lock, head) = Self::begin(location, (token, LEASE), Some(takeover), by).await?;
        Ok(head.map(|head| (lock, head)))
    }

    /// Begins to hold an epoch that was claimed; returns the end of the journal where it had to say
    /// from whom the lock was taken.
    async fn begin(
        location: &Location,
        (token, lease): (u64, Duration),
        from: Option<Takeover>,
        by: &Owner,
    ) -> Result<(Self, Option<Head>), StateError> {
        let keeper = Keeper::start(location, token, lease)?;
        let lock = Self { location: location.clone(), token, keeper };
        let begun = match Objects::open(location)?.settle_folders() {
            Ok(()) => match from {
                Some(from) => takeover::write(&lock, from, by).await.map(Some),
                None => Ok(None),
            },
            Err(error) => Err(error),
        };
        match begun {
            Ok(head) => Ok((lock, head)),
            Err(error) => {
                // As long as the journal does not say that the lock was taken, it is not free.
                lock.keeper.leave();
                Err(error)
            }
        }
    }

    /// Returns the fencing token: the epoch of the lock.
    pub fn token(&self) -> u64 {
        self.token
    }

    pub(super) fn location(&self) -> &Location {
        &self.location
    }

    /// Returns what tells whether the lock is still held.
    pub(super) fn hold(&self) -> Arc<Hold> {
        self.keeper.hold()
    }
}

/// Claims an epoch; returns `None` where somebody else was faster.
pub(super) async fn claim(
    objects: &Objects,
    epoch: u64,
    owner: &Owner,
    lease: Duration,
) -> Result<Option<u64>, StateError> {
    let name = name(epoch, "claim");
    let claim = Claim {
        format_version: FORMAT_VERSION.to_owned(),
        epoch,
        nonce: format!("{:016x}", fastrand::u64(..)),
        lease_ms: u64::try_from(lease.as_millis()).unwrap_or(u64::MAX),
        owner: owner.clone(),
    };
    let bytes = serde_json::to_vec(&claim)
        .map_err(|error| StateError::io("written", &objects.place(&name), error.into()))?;
    if objects.create(&name, bytes.clone()).await? == Created::Taken {
        return Ok(None);
    }
    if let Err(unsafe_store) = objects.prove(&name, &bytes).await {
        objects.remove(&name).await?;
        return Err(unsafe_store);
    }
    // Whoever looked long ago may claim an epoch that was tidied away. An epoch is removed only
    // while a later one is there, so that this one shows.
    let standing = look(objects).await?;
    if standing.epoch() != epoch {
        objects.remove(&name).await?;
        return Ok(None);
    }
    sight::tidy(objects, epoch).await?;
    Ok(Some(epoch))
}

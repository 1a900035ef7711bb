//! What can be seen of a lock from outside: who holds it, since when, and whether it still lives.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Claim, FOLDER, Owner};
use crate::state::objects::{Listed, Objects};
use crate::state::takeover::Takeover;
use crate::state::{StateError, TakeReason};

/// After so many looks a claim that is not there does not come back: somebody has removed it.
const LOOKS: u32 = 8;

/// What tells a process from every other one of its machine, restarts included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The boot of the machine, and the namespace in which its processes are counted.
    pub machine: String,
    /// When the process began, in the machine's own units.
    pub began: u64,
}

impl Process {
    /// Returns what tells a process apart, where the system says so.
    #[cfg(target_os = "linux")]
    pub fn of(pid: u32) -> Option<Self> {
        let boot = fs_err::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let namespace = fs_err::read_link("/proc/self/ns/pid").ok()?;
        let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may hold anything; the state is the first word behind
        // it, the start the 20th.
        let (_, rest) = stat.rsplit_once(')')?;
        let mut words = rest.split_ascii_whitespace();
        let state = words.next()?;
        let began = words.nth(18)?.parse().ok()?;
        // It has ended, and nobody has asked how: so it is in many containers.
        if matches!(state, "Z" | "X") {
            return None;
        }
        Some(Self { machine: format!("{} {}", boot.trim(), namespace.display()), began })
    }

    /// Returns what tells a process apart: here the system does not say.
    #[cfg(not(target_os = "linux"))]
    pub fn of(_pid: u32) -> Option<Self> {
        None
    }

    /// Tells whether a process of that number is known to have ended: this machine would show it.
    fn is_dead(&self, pid: u32) -> bool {
        let here = Self::of(std::process::id());
        here.is_some_and(|here| here.machine == self.machine)
            && Self::of(pid).as_ref() != Some(self)
    }
}

/// How a lock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody ever held it, or the last one let go.
    Free {
        /// The last epoch; 0 for none.
        epoch: u64,
    },
    /// Somebody holds it, or did not let go.
    Held {
        /// The epoch.
        epoch: u64,
        /// Who; `None` where that cannot be read.
        owner: Option<Owner>,
        /// For how long the holder may give no sign of life.
        lease: Duration,
        /// The number of its last sign of life.
        beat: u64,
        /// When that was, by the clock of the store: milliseconds since the Unix epoch.
        seen_ms: i64,
    },
}

impl Standing {
    /// Returns the epoch; 0 where nobody ever held the lock.
    pub fn epoch(&self) -> u64 {
        match self {
            Self::Free { epoch } | Self::Held { epoch, .. } => *epoch,
        }
    }

    /// Returns who holds it, where that is known.
    pub fn owner(&self) -> Option<&Owner> {
        match self {
            Self::Free { .. } => None,
            Self::Held { owner, .. } => owner.as_ref(),
        }
    }

    /// Tells whether the holder is known to have ended without letting go.
    pub fn is_dead(&self) -> bool {
        let Some(owner) = self.owner() else { return false };
        owner.process.as_ref().is_some_and(|process| process.is_dead(owner.pid))
    }
}

/// Looks at a lock.
pub(in crate::state) async fn look(objects: &Objects) -> Result<Standing, StateError> {
    let mut looks = 0;
    loop {
        looks += 1;
        let listed = objects.list(FOLDER).await?;
        let Some(epoch) = listed.iter().filter_map(epoch_of).max() else {
            return Ok(Standing::Free { epoch: 0 });
        };
        let of_epoch: Vec<&Listed> =
            listed.iter().filter(|one| epoch_of(one) == Some(epoch)).collect();
        let is_there = |name: &str| of_epoch.iter().any(|one| one.name.ends_with(name));
        if is_there("-end.json") {
            return Ok(Standing::Free { epoch });
        }
        let name = super::name(epoch, "claim");
        let claim = objects.read(&name).await?;
        if claim.is_none() && looks < LOOKS {
            // It was given up again in this moment.
            continue;
        }
        let claim: Option<Claim> = claim.and_then(|claim| serde_json::from_slice(&claim).ok());
        let beats = of_epoch.iter().filter_map(|one| Some((beat_of(one)?, one.created_ms)));
        let claimed = of_epoch.iter().find(|one| one.name == name).map_or(0, |one| one.created_ms);
        let (beat, seen_ms) = beats.max().unwrap_or((0, claimed));
        let lease_ms = claim.as_ref().map(|claim| claim.lease_ms);
        return Ok(Standing::Held {
            epoch,
            owner: claim.map(|claim| claim.owner),
            lease: lease_ms.map_or(super::LEASE, Duration::from_millis),
            beat,
            seen_ms,
        });
    }
}

fn epoch_of(listed: &Listed) -> Option<u64> {
    let (_, name) = listed.name.split_once('/')?;
    let (epoch, _) = name.split_once('-')?;
    // Anybody may put anything there; a number of ours has so many digits that it can be counted on.
    Some(epoch).filter(|number| number.len() == 12)?.parse().ok()
}

fn beat_of(listed: &Listed) -> Option<u64> {
    let (_, number) = listed.name.split_once("-beat-")?;
    number.strip_suffix(".json")?.parse().ok()
}

/// Removes the epochs before one that is held.
pub(super) async fn tidy(objects: &Objects, epoch: u64) -> Result<(), StateError> {
    for listed in objects.list(FOLDER).await? {
        if epoch_of(&listed).is_some_and(|older| older < epoch) {
            objects.remove(&listed.name).await?;
        }
    }
    Ok(())
}

/// Watches a lock that is held for signs of life, by a clock that nobody can set.
#[derive(Debug, Default)]
pub(super) struct Watch {
    last: Option<((u64, u64), Instant)>,
}

impl Watch {
    /// Returns whether the lock can be taken: from nobody, or from a holder that is gone.
    pub fn free(&mut self, standing: &Standing) -> Option<Option<Takeover>> {
        let Standing::Held { epoch, owner, lease, beat, seen_ms: _ } = standing else {
            return Some(None);
        };
        let sign = (*epoch, *beat);
        let since = match self.last {
            Some((last, since)) if last == sign => since,
            _ => Instant::now(),
        };
        self.last = Some((sign, since));
        let reason = if standing.is_dead() {
            TakeReason::Dead
        } else if since.elapsed() >= *lease {
            TakeReason::Expired
        } else {
            return None;
        };
        let from = owner.clone().unwrap_or_else(Owner::unknown);
        Some(Some(Takeover { from, reason }))
    }
}

impl Owner {
    /// Returns a holder that did not say who it is.
    pub(super) fn unknown() -> Self {
        Self {
            pid: 0,
            host: "an unknown machine".to_owned(),
            started: String::new(),
            command: "an unknown command".to_owned(),
            job_url: None,
            commit: None,
            process: None,
        }
    }
}

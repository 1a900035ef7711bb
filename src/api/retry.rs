//! When a call is made again, and how long is waited before: the vendor's own rule (D).

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::platform::repeat::Repeat;
use crate::platform::{Effect, PlatformError};

/// How often a call is made again at most; "later" (429, 503) does not count (D).
const REPEATS: u32 = 6;
/// How often before the platform has answered at all: a wrong host, or the login page of a network,
/// should not take a minute.
const FIRST_CONTACT_REPEATS: u32 = 2;
/// The exponent of the delay grows up to here (D).
const STEEPEST: u32 = 8;

/// How an attempt failed, by what that means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The platform said no, and would say so again.
    Refused,
    /// The platform asks to come back later: 429 or 503.
    Later,
    /// The platform failed: every other 5xx.
    Broken,
    /// The call was made, and no whole answer came.
    Lost,
    /// The call succeeded, as far as its status tells, and what came with it cannot be read.
    Garbled,
    /// The call was never made: no connection.
    Unsent,
    /// The call was never made, and would not be the next time: a certificate that is not trusted.
    UnsentForGood,
    /// The call was not made, since the run was stopped before.
    Stopped,
}

/// An attempt that failed.
#[derive(Debug)]
pub(super) struct Miss {
    pub error: Box<PlatformError>,
    pub class: Class,
    /// What the platform asked to wait.
    pub retry_after: Option<Duration>,
}

/// How long is waited.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// The wait after the first failure; all others are multiples of it. A second (D); tests that
    /// meet real sockets take less.
    pub unit: Duration,
    /// How long a call is repeated at most, from its first failure.
    pub limit: Duration,
}

/// What is known when an attempt has failed.
#[derive(Debug, Clone, Copy)]
struct Situation {
    /// How many attempts failed, this one included.
    failures: u32,
    /// How many of them count.
    counted: u32,
    class: Class,
    retry_after: Option<Duration>,
    repeat: Repeat,
    has_answered: bool,
    /// Since the first failure.
    elapsed: Duration,
    /// From 0 to 1.
    random: f64,
}

impl Backoff {
    /// Returns how long to wait before the next attempt, or `None` where there is none.
    fn decide(&self, situation: Situation) -> Option<Duration> {
        let Situation {
            failures,
            counted,
            class,
            retry_after,
            repeat,
            has_answered,
            elapsed,
            random,
        } = situation;
        if self.limit.is_zero() {
            return None;
        }
        let repeats = match (class, repeat) {
            (Class::Refused | Class::UnsentForGood | Class::Stopped, _) => return None,
            (Class::Lost, Repeat::Unknown) => return None,
            (Class::Garbled, Repeat::Sets | Repeat::Unknown) => return None,
            (Class::Unsent | Class::Garbled, _) if !has_answered => FIRST_CONTACT_REPEATS,
            (Class::Later | Class::Broken | Class::Lost | Class::Garbled | Class::Unsent, _) => {
                REPEATS
            }
        };
        if class != Class::Later && counted > repeats {
            return None;
        }
        let wait = self.wait(failures, retry_after, random);
        (elapsed + wait <= self.limit).then_some(wait)
    }

    /// Returns how long is waited after so many failures; `random` lies between 0 and 1.
    pub(crate) fn wait(&self, failures: u32, asked: Option<Duration>, random: f64) -> Duration {
        match asked {
            Some(asked) => asked + self.unit.mul_f64(random),
            None => self.delay(failures, random),
        }
    }

    /// One unit after the first failure, then at random from 2^(n−2) to 2^(n−1) units.
    fn delay(&self, failures: u32, random: f64) -> Duration {
        match failures.min(STEEPEST) {
            0 | 1 => self.unit,
            n => {
                let least = self.unit * 2_u32.pow(n - 2);
                least + least.mul_f64(random)
            }
        }
    }
}

/// A wait that begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait<'a> {
    pub wait: Duration,
    /// For how long the call is repeated at most, from now on.
    pub left: Duration,
    /// Why.
    pub error: &'a PlatformError,
}

/// One call with all its attempts.
pub(super) struct Repetition<'a> {
    pub backoff: Backoff,
    /// What making the call again does, should it have taken effect.
    pub repeat: Repeat,
    pub cancel: &'a CancellationToken,
}

impl Repetition<'_> {
    /// Makes attempts until one succeeds, or none is left. The error that is returned knows whether
    /// any of the attempts may have taken effect.
    pub(super) async fn run<T, F: Future<Output = Result<T, Miss>>>(
        &self,
        mut attempt: impl FnMut(u32) -> F,
        has_answered: impl Fn() -> bool,
        random: impl Fn() -> f64,
        waiting: impl Fn(u32, Wait<'_>),
    ) -> Result<T, PlatformError> {
        let (mut failures, mut counted) = (0, 0);
        let mut first_failure = None;
        let mut effect = Effect::None;
        let mut last = None;
        loop {
            let Miss { mut error, class, retry_after } = match attempt(failures + 1).await {
                Ok(answer) => return Ok(answer),
                // What stopped the attempts before counts, not that there was none any more.
                Err(Miss { error, class: Class::Stopped, .. }) => {
                    return Err(*last.unwrap_or(error));
                }
                Err(miss) => miss,
            };
            failures += 1;
            counted += u32::from(class != Class::Later);
            if error.effect == Effect::Possible {
                effect = Effect::Possible;
            }
            error.effect = effect;
            error.attempts = failures;
            let elapsed = first_failure.get_or_insert_with(Instant::now).elapsed();
            let situation = Situation {
                failures,
                counted,
                class,
                retry_after,
                repeat: self.repeat,
                has_answered: has_answered(),
                elapsed,
                random: random(),
            };
            let Some(wait) = self.backoff.decide(situation) else { return Err(*error) };
            if self.cancel.is_cancelled() {
                return Err(*error);
            }
            let left = self.backoff.limit.saturating_sub(elapsed);
            waiting(failures, Wait { wait, left, error: &error });
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(*error),
                () = sleep(wait) => {}
            }
            last = Some(error);
        }
    }
}

#[cfg(test)]
#[path = "retry/tests.rs"]
mod tests;

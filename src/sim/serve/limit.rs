//! So many calls per second from each account: what is beyond is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::ids::UserId;

/// What an account may call at once after a pause: what a second allows.
const BURST: Duration = Duration::from_secs(1);

/// Counts the calls of each account.
#[derive(Debug)]
pub(super) struct Limiter {
    /// How far apart calls are in the long run; `None` for no limit.
    interval: Option<Duration>,
    /// When each account's calls would have ended had they come evenly.
    ends: BTreeMap<UserId, Duration>,
}

impl Limiter {
    /// Returns a limiter for so many calls per second; 0 for any number.
    pub(super) fn new(per_second: u32) -> Self {
        Self { interval: BURST.checked_div(per_second), ends: BTreeMap::new() }
    }

    /// Counts a call, and tells whether it is within the limit; one that is not does not count.
    pub(super) fn admits(&mut self, user: &UserId, now: Duration) -> bool {
        let Some(interval) = self.interval else { return true };
        let end = self.ends.get(user).copied().unwrap_or_default().max(now) + interval;
        if end - now > BURST {
            return false;
        }
        self.ends.insert(user.clone(), end);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limiter: &mut Limiter, user: &str, millis: u64, calls: usize) -> usize {
        let user = UserId::from_platform(user);
        let now = Duration::from_millis(millis);
        (0..calls).filter(|_| limiter.admits(&user, now)).count()
    }

    #[test]
    fn a_second_allows_so_many_calls_and_time_allows_more() {
        let mut limiter = Limiter::new(3);
        assert_eq!(admitted(&mut limiter, "user-a", 5, 10), 3);
        assert_eq!(admitted(&mut limiter, "user-b", 5, 10), 3, "accounts are apart");
        assert_eq!(admitted(&mut limiter, "user-a", 300, 10), 0);
        assert_eq!(admitted(&mut limiter, "user-a", 340, 10), 1);
        assert_eq!(admitted(&mut limiter, "user-a", 90_000, 10), 3, "not more after a long pause");
    }

    #[test]
    fn no_limit_admits_all() {
        assert_eq!(admitted(&mut Limiter::new(0), "user-a", 0, 10_000), 10_000);
    }
}

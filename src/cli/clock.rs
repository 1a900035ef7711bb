//! The time, read in one place.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How far two clocks may be apart, in seconds, for a time to count as now.
const MOMENT: i64 = 60;

/// Returns the time as plans and journals write it: RFC 3339 in UTC, to the second.
pub fn now() -> String {
    whole_second(Timestamp::now()).to_string()
}

/// A time that is written down must not lie ahead of the next one that is read, so what is left of
/// the second is cut off.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// Returns the time as it is compared with others.
pub fn instant() -> Timestamp {
    Timestamp::now()
}

/// Returns when something that begins now ends, as [`now`] writes it; `None` beyond the end of
/// time.
pub fn after(duration: SignedDuration) -> Option<String> {
    let end = Timestamp::now().checked_add(duration).ok()?;
    Some(whole_second(end).to_string())
}

/// Returns the day in UTC, on which consents are judged.
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Returns milliseconds since the Unix epoch, as the platform counts.
pub fn millis() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Returns the day of an RFC 3339 time, if it is one.
pub fn day_of(timestamp: &str) -> Option<Date> {
    let timestamp: Timestamp = timestamp.parse().ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC).date())
}

/// Returns an RFC 3339 time as seconds since the Unix epoch, if it is one.
pub fn seconds(timestamp: &str) -> Option<i64> {
    Some(timestamp.parse::<Timestamp>().ok()?.as_second())
}

/// Returns how long ago an RFC 3339 time was, if it is one. A time that lies a moment ahead, as
/// clocks are set and seconds rounded, is now; of one further ahead nothing is told.
pub fn age(timestamp: &str) -> Option<Duration> {
    let timestamp: Timestamp = timestamp.parse().ok()?;
    let age = Timestamp::now().duration_since(timestamp);
    match Duration::try_from(age) {
        Ok(age) => Some(age),
        Err(_) => (age.as_secs() > -MOMENT).then_some(Duration::ZERO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_a_moment_ahead_is_now_and_one_further_ahead_has_no_age() {
        let ahead = |seconds| (Timestamp::now() + Duration::from_secs(seconds)).to_string();
        assert_eq!(age(&ahead(2)), Some(Duration::ZERO));
        assert_eq!(age(&ahead(3_600)), None);
        assert!(age("2026-05-06T14:02:09Z").is_some_and(|age| age > Duration::from_secs(60)));
        assert_eq!(age("yesterday"), None);
    }
}

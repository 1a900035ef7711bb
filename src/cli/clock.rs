//! The time, read in one place.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

/// Returns the time as plans and journals write it: RFC 3339 in UTC, to the second.
pub fn now() -> String {
    let now = Timestamp::now();
    now.round(Unit::Second).unwrap_or(now).to_string()
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

/// Returns how long ago an RFC 3339 time was, if it is one and is past.
pub fn age(timestamp: &str) -> Option<Duration> {
    let timestamp: Timestamp = timestamp.parse().ok()?;
    Duration::try_from(Timestamp::now().duration_since(timestamp)).ok()
}

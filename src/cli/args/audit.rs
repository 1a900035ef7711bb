//! The command line of `audit`.

use std::str::FromStr;

use clap::{ArgAction, Args as ClapArgs, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::TreId;
use crate::state::Head;

/// `audit`
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Shows the entries of the journal, the oldest first
    Log(Log),
    /// Reads the whole journal and checks that nothing in it was changed or removed
    Verify(Verify),
    /// Shows what was applied to a TRE at some time, by whom and from which commit
    AsOf(AsOf),
}

/// `audit log`
#[derive(Debug, ClapArgs)]
pub struct Log {
    /// Only entries about these TREs
    #[arg(long, value_name = "ID", value_delimiter = ',', action = ArgAction::Append)]
    pub tre: Vec<TreId>,
    /// Only entries from this time on: `2026-05-01`, which begins at midnight UTC, or
    /// `2026-05-01T14:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub since: Option<When>,
    /// Only entries up to this time; a day counts to its end
    #[arg(long, value_name = "TIME")]
    pub until: Option<When>,
    /// Only entries of runs that acted with this account
    #[arg(long, value_name = "USER")]
    pub actor: Option<String>,
    /// Only entries of this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Prints comma-separated values, with a line of names first
    #[arg(long)]
    pub csv: bool,
}

/// `audit verify`
#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// The head that an earlier run printed: shows whether what was written then is still there
    #[arg(long, value_name = "HEAD")]
    pub anchor: Option<Head>,
}

/// `audit as-of`
#[derive(Debug, ClapArgs)]
pub struct AsOf {
    /// The time: `2026-05-01`, which counts to its end in UTC, or `2026-05-01T14:00:00Z`
    #[arg(value_name = "TIME")]
    pub time: When,
    /// The TRE
    #[arg(value_name = "ID")]
    pub tre: TreId,
}

/// A moment, or a day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Where it begins.
    pub first: Timestamp,
    /// Where it ends; still part of it.
    pub last: Timestamp,
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self { first: moment, last: moment });
        }
        let day = || {
            let day: Date = text.parse().ok()?;
            let first = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
            let next = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
            let last = next.checked_sub(SignedDuration::from_nanos(1)).ok()?;
            Some(Self { first, last })
        };
        // What says an hour and no zone means another moment in each country.
        let is_day = !text.contains(['T', 't', ' ', ':']);
        is_day.then(day).flatten().ok_or_else(|| {
            format!("`{text}` is no time; write a day, `2026-05-01`, or `2026-05-01T14:00:00Z`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_from_its_midnight_to_its_end() {
        let When { first, last } = "2026-05-01".parse().unwrap();
        assert_eq!(first.to_string(), "2026-05-01T00:00:00Z");
        assert_eq!(last.to_string(), "2026-05-01T23:59:59.999999999Z");
        let When { first, last } = "2026-05-01T14:00:00+02:00".parse().unwrap();
        assert_eq!((first.to_string(), first), ("2026-05-01T12:00:00Z".to_owned(), last));
    }

    #[test]
    fn a_time_without_a_zone_is_refused() {
        for text in ["2026-05-01T14:00:00", "2026-05-01 14:00", "yesterday", "2026-13-01", ""] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}

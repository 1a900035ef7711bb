//! Reads a fault as people write it.

use std::str::FromStr;
use std::time::Duration;

use globset::{GlobBuilder, GlobMatcher};

use super::{Fault, FaultKind, KINDS, Mishap};
use crate::diag::did_you_mean;

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// There is no such kind.
    #[error("`{kind}` is no fault; {}", help(kind))]
    Kind {
        /// What is written.
        kind: String,
    },
    /// The value does not belong to the kind.
    #[error("`{text}`: {expected}")]
    Value {
        /// The kind and the value.
        text: String,
        /// What belongs to the kind.
        expected: &'static str,
    },
    /// A part after the kind is nothing that is known.
    #[error(
        "`{part}` is no route (`/tre-*/activate`), no chance (`10%`) and no number of times (`x3`)"
    )]
    Part {
        /// The part.
        part: String,
    },
    /// A chance is out of range.
    #[error("`{part}`: a chance is more than 0% and at most 100%; write `10%` or `0.1`")]
    Chance {
        /// The part.
        part: String,
    },
    /// A number of times is out of range.
    #[error("`{part}`: a number of times is from x1 to x{}", u32::MAX)]
    Times {
        /// The part.
        part: String,
    },
    /// The route is no glob.
    #[error("`{part}` is no route: {reason}")]
    Route {
        /// The part.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something is said twice.
    #[error("`{part}`: the {what} is given already")]
    Twice {
        /// The second of both.
        part: String,
        /// Route, chance or number of times.
        what: &'static str,
    },
}

fn help(kind: &str) -> String {
    let names = || KINDS.iter().map(|(name, _)| *name);
    match did_you_mean(kind, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (kind, parts) = match text.split_once(':') {
            Some((kind, parts)) => (kind, Some(parts)),
            None => (text, None),
        };
        let kind = kind_of(kind)?;
        let (mut route, mut chance, mut times) = (None, None, None);
        for part in parts.into_iter().flat_map(|parts| parts.split(':')) {
            if part.starts_with(['/', '*']) {
                once(&mut route, "route", part, route_of(part)?)?;
            } else if let Some(count) = part.strip_prefix('x') {
                once(&mut times, "number of times", part, times_of(part, count)?)?;
            } else {
                once(&mut chance, "chance", part, chance_of(part)?)?;
            }
        }
        let route = match route {
            Some(route) => route,
            None => route_of("*")?,
        };
        Ok(Self { kind, route, chance: chance.unwrap_or(1.0), times })
    }
}

fn once<T>(
    place: &mut Option<T>,
    what: &'static str,
    part: &str,
    value: T,
) -> Result<(), FaultError> {
    match place.replace(value) {
        Some(_) => Err(FaultError::Twice { part: part.to_owned(), what }),
        None => Ok(()),
    }
}

fn kind_of(text: &str) -> Result<FaultKind, FaultError> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let found = KINDS.iter().find(|(known, _)| *known == name);
    let (_, kind) = found.ok_or_else(|| FaultError::Kind { kind: name.to_owned() })?;
    let wrong = |expected| FaultError::Value { text: text.to_owned(), expected };
    let seconds = || {
        value
            .map(|value| value.parse::<u64>())
            .transpose()
            .map_err(|_| wrong("the value is a number of seconds, for `Retry-After`"))
    };
    Ok(match (kind, value) {
        (FaultKind::Latency(_), value) => {
            let latency = value.and_then(duration);
            FaultKind::Latency(
                latency
                    .ok_or_else(|| wrong("write how long, as `latency=20ms` or `latency=2s`"))?,
            )
        }
        (FaultKind::Before(Mishap::TooManyCalls(_)), _) => {
            FaultKind::Before(Mishap::TooManyCalls(seconds()?))
        }
        (FaultKind::Before(Mishap::Unavailable(_)), _) => {
            FaultKind::Before(Mishap::Unavailable(seconds()?))
        }
        (kind, None) => *kind,
        (_, Some(_)) => return Err(wrong("this fault takes no value")),
    })
}

/// Reads `20ms` or `2s`.
fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => millis.parse().ok().map(Duration::from_millis),
        None => text.strip_suffix('s')?.parse().ok().map(Duration::from_secs),
    }
}

fn route_of(part: &str) -> Result<GlobMatcher, FaultError> {
    let glob = GlobBuilder::new(part).literal_separator(false).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| FaultError::Route {
        part: part.to_owned(),
        reason: error.kind().to_string(),
    })
}

fn times_of(part: &str, count: &str) -> Result<u32, FaultError> {
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FaultError::Part { part: part.to_owned() });
    }
    let count = count.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| FaultError::Times { part: part.to_owned() })
}

fn chance_of(part: &str) -> Result<f64, FaultError> {
    let (number, whole) = match part.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (part, 1.0),
    };
    let number: f64 = number.parse().map_err(|_| FaultError::Part { part: part.to_owned() })?;
    let chance = number / whole;
    if chance > 0.0 && chance <= 1.0 {
        Ok(chance)
    } else {
        Err(FaultError::Chance { part: part.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_understood() {
        for (text, expected) in [
            ("latency=20ms", "latency=20ms:*:100%"),
            ("latency=2s", "latency=2000ms:*:100%"),
            ("429", "429:*:100%"),
            ("429=3", "429=3:*:100%"),
            ("503=0:/tre/new", "503=0:/tre/new:100%"),
            ("500:/tre-*/activate:10%", "500:/tre-*/activate:10%"),
            ("500-after:0.25", "500-after:*:25%"),
            ("502-html:x2", "502-html:*:100%:x2"),
            ("reset-before:*:1", "reset-before:*:100%"),
            ("reset-after:/tre/new:50%:x1", "reset-after:/tre/new:50%:x1"),
            ("truncated:/{tre,system}/*", "truncated:/{tre,system}/*:100%"),
            ("not-json:12.5%", "not-json:*:12.5%"),
            ("stale:/system/findTres", "stale:/system/findTres:100%"),
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), expected);
            assert_eq!(expected.parse::<Fault>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_fault_is_told_with_a_cure() {
        for (text, expected) in [
            ("reset-afer", "`reset-afer` is no fault; did you mean `reset-after`?"),
            ("latncy=20ms", "`latncy` is no fault; did you mean `latency`?"),
            (
                "",
                "`` is no fault; there are latency, 429, 503, 500, 500-after, 502-html, not-json, \
                 reset-before, reset-after, truncated, stale",
            ),
            ("latency", "`latency`: write how long, as `latency=20ms` or `latency=2s`"),
            ("latency=20", "`latency=20`: write how long, as `latency=20ms` or `latency=2s`"),
            ("429=soon", "`429=soon`: the value is a number of seconds, for `Retry-After`"),
            ("stale=1", "`stale=1`: this fault takes no value"),
            (
                "500:often",
                "`often` is no route (`/tre-*/activate`), no chance (`10%`) and no number of \
                 times (`x3`)",
            ),
            (
                "500:",
                "`` is no route (`/tre-*/activate`), no chance (`10%`) and no number of times \
                 (`x3`)",
            ),
            (
                "500:xyz",
                "`xyz` is no route (`/tre-*/activate`), no chance (`10%`) and no number of times \
                 (`x3`)",
            ),
            ("500:0%", "`0%`: a chance is more than 0% and at most 100%; write `10%` or `0.1`"),
            ("500:10", "`10`: a chance is more than 0% and at most 100%; write `10%` or `0.1`"),
            ("500:NaN", "`NaN`: a chance is more than 0% and at most 100%; write `10%` or `0.1`"),
            ("500:x0", "`x0`: a number of times is from x1 to x4294967295"),
            ("500:/a:/b", "`/b`: the route is given already"),
            ("500:10%:20%", "`20%`: the chance is given already"),
            ("500:/a[", "`/a[` is no route: unclosed character class; missing ']'"),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap_err().to_string(), expected);
        }
    }
}

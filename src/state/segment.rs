//! One segment of the journal: the entries that became durable together, as one object that is
//! never changed, linked to the one before.
//!
//! A segment names the digest of the one before it and ends with its own, so that whoever holds the
//! last digest can tell whether anything before it was removed or edited.

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::StateError;
use super::entry::Entry;

/// The version of the state's formats; a change of meaning changes the first number.
pub const FORMAT_VERSION: &str = "2.0";

/// A link of the chain: the SHA-256 of a segment, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// Returns what the first segment is linked to.
    pub fn none() -> Self {
        Self("0".repeat(64))
    }

    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Returns the 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The end of the chain: the last segment, and its link. Whoever keeps it can tell later whether
/// the tail was cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last segment; 0 where there is none.
    pub segment: u64,
    /// Its link.
    pub link: Link,
}

impl Head {
    /// Returns the head of an empty journal.
    pub fn none() -> Self {
        Self { segment: 0, link: Link::none() }
    }
}

impl fmt::Display for Head {
    /// Writes `12:` and the 64 digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.segment, self.link.0)
    }
}

/// A text that is no head of a journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no head of a journal; one looks like `12:` and 64 hexadecimal digits")]
pub struct HeadError(String);

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let is_link =
            |link: &str| link.len() == 64 && link.bytes().all(|byte| byte.is_ascii_hexdigit());
        text.split_once(':')
            .filter(|(_, link)| is_link(link))
            .and_then(|(segment, link)| {
                let segment = segment.parse().ok()?;
                Some(Self { segment, link: Link(link.to_ascii_lowercase()) })
            })
            .ok_or_else(|| HeadError(text.to_owned()))
    }
}

/// An entry, and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The version of the format.
    pub format_version: String,
    /// Counted from 1.
    pub segment: u64,
    /// The link of the one before.
    pub previous: Link,
    /// The fencing token: the epoch of the lock under which it was written. It never falls.
    pub token: u64,
    /// The run.
    pub run: String,
    /// What happened.
    pub entries: Vec<Stamped>,
}

/// Length of `,"sum":"` and 64 digits and `"}`.
pub(super) const SEAL: usize = 8 + 64 + 2;

/// Adds the digest to a JSON object, as its last key; returns it too.
pub(super) fn seal(mut json: Vec<u8>) -> (Vec<u8>, Link) {
    json.pop();
    let link = Link::of(&json);
    json.extend_from_slice(format!(",\"sum\":\"{}\"}}", link.0).as_bytes());
    (json, link)
}

/// Returns the digest of a sealed JSON object, if it is right.
pub(super) fn unsealed(json: &[u8]) -> Option<Link> {
    let (body, sealed) = json.split_at_checked(json.len().checked_sub(SEAL)?)?;
    let link = Link::of(body);
    (sealed == format!(",\"sum\":\"{}\"}}", link.0).as_bytes()).then_some(link)
}

/// Why bytes are no segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A newer trectl wrote it.
    Newer(String),
    /// It is damaged.
    Damaged(String),
}

impl Unreadable {
    /// Returns the error that names the object. A spare one is made anew from others.
    pub fn at(self, path: Utf8PathBuf, is_spare: bool) -> StateError {
        match self {
            Self::Newer(version) => StateError::Newer { path, version },
            Self::Damaged(reason) => StateError::Corrupted { path, is_spare, reason },
        }
    }
}

#[derive(Deserialize)]
struct Versioned {
    format_version: String,
}

/// Tells whether this trectl reads a format of that version.
fn is_known(version: &str) -> bool {
    version.split('.').next() == FORMAT_VERSION.split('.').next()
}

/// Returns what a sealed document holds, and its digest.
///
/// # Errors
///
/// Where it was written by a newer trectl, or is damaged.
pub(super) fn decode<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<(T, Link), Unreadable> {
    if let Ok(Versioned { format_version }) = serde_json::from_slice(bytes)
        && !is_known(&format_version)
    {
        return Err(Unreadable::Newer(format_version));
    }
    let damaged = |reason: &str| Unreadable::Damaged(reason.to_owned());
    let link = unsealed(bytes).ok_or_else(|| damaged("its digest does not fit"))?;
    let document =
        serde_json::from_slice(bytes).map_err(|error| Unreadable::Damaged(error.to_string()))?;
    Ok((document, link))
}

impl Segment {
    /// Returns the stored form, and its link.
    ///
    /// # Errors
    ///
    /// Where an entry cannot be written as JSON.
    pub fn encode(&self) -> Result<(Vec<u8>, Link), serde_json::Error> {
        serde_json::to_vec(self).map(seal)
    }

    /// Tells whether a segment can follow a head, or why not.
    pub(super) fn follows(&self, head: &Head, token: u64) -> Result<(), String> {
        if self.segment != head.segment + 1 {
            return Err(format!("it says that it is segment {}", self.segment));
        }
        if self.previous != head.link {
            return Err("it does not follow the segment before it".to_owned());
        }
        if self.token < token {
            return Err(format!(
                "it was written under the token {}, after {token} was given",
                self.token
            ));
        }
        Ok(())
    }
}

/// Returns the number of a segment by its object's name, if it is one.
pub(super) fn number(name: &str) -> Option<u64> {
    name.strip_prefix("journal/")?.strip_suffix(".json")?.parse().ok()
}

/// The last segment that has a name: names are in the order of their numbers.
pub(super) const LAST: u64 = 999_999_999_999;

/// Returns the name of a segment's object.
pub(super) fn name(number: u64) -> String {
    format!("journal/{number:012}.json")
}

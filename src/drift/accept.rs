//! Which drift a document accepts, and why an entry that is there no longer counts.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desired::AcceptedDrift;
use crate::diff::Change;

/// By whom, why and until when a value of the platform is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Acceptance {
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where it was decided.
    pub ticket: String,
    /// The last day (UTC) on which it holds.
    pub until: String,
}

impl fmt::Display for Acceptance {
    /// Writes who answers for it, until when, where it was decided, and why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, reason, ticket, until } = self;
        write!(f, "by {owner} until {until} ({ticket}): {reason}")
    }
}

/// What the entries of a document make of one difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// No entry is about it.
    Unnamed,
    /// It is accepted.
    Accepted(Acceptance),
    /// An entry is about it and does not count, for this reason: a full sentence.
    Rejected(String),
}

/// Judges one difference on a day (UTC). An entry holds to the end of its last day, and only
/// while the platform has the very value that it names.
pub fn judge(entries: &[AcceptedDrift], change: &Change, today: Date) -> Judgement {
    let path = change.field.key();
    let Some(entry) = entries.iter().find(|entry| entry.path == path) else {
        return Judgement::Unnamed;
    };
    let AcceptedDrift { path: _, live, owner, reason, ticket, until, range } = entry;
    let place = format!("{}:{}", range.file, range.start.line);
    if *until < today {
        return Judgement::Rejected(format!(
            "It was accepted at {place} by {owner} ({ticket}) until {until}, which is past."
        ));
    }
    if *live != change.before {
        return Judgement::Rejected(format!(
            "Accepted at {place} by {owner} ({ticket}) is the live value {}; it has moved since.",
            plain(live)
        ));
    }
    Judgement::Accepted(Acceptance {
        owner: owner.clone(),
        reason: reason.clone(),
        ticket: ticket.clone(),
        until: until.to_string(),
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"))
}

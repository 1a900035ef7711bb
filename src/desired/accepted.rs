//! Accepted drift: reviewed text that lets a value of the platform stand for a time.

use jiff::civil::Date;
use serde_json::Value;

use crate::diag::Range;

/// An entry under `acceptedDrift:`.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptedDrift {
    /// The setting, as a JSON Pointer with people and steps by their ids.
    pub path: String,
    /// The value on the platform that is accepted.
    pub live: Value,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where it was decided.
    pub ticket: String,
    /// The last day (UTC) on which it holds.
    pub until: Date,
    /// The entry in the document.
    pub range: Range,
}

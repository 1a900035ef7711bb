//! Consents: reviewed text that allows one change.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::diag::Range;
use crate::model::ConsentKind;

/// An entry under `consents:`.
#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    /// What it allows.
    pub allow: ConsentKind,
    /// The exact new values it is bound to, by JSON Pointer; empty where `for` was left out.
    pub values: BTreeMap<String, Value>,
    /// The last day (UTC) on which it holds.
    pub until: Option<Date>,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The entry in the document.
    pub range: Range,
}

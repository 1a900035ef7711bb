//! The plan as data: what `--format json` prints and what a saved file holds.
//!
//! Where Terraform's plan representation has the concept, its key is used. Keys may be added,
//! never renamed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::people::{
    EVERYBODY, EXISTING_PROJECTS, Impact, NewRequests, PersonImpact, ReviewImpact,
    UNCOUNTED_REQUESTS,
};
use crate::desired::ConsentKind;
use crate::diff::{Effect, OriginClass};
use crate::drift::DriftItem;
use crate::lifecycle::Verdict;
use crate::model::TreId;
use crate::platform::{Call, Operation};

/// The version of the format; a change of meaning changes the first number.
pub const FORMAT_VERSION: &str = "1.0";

/// What `target.platform` says of an embedded platform.
pub const EMBEDDED: &str = "embedded";

/// A plan for one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Plan {
    /// The version of this format.
    pub format_version: String,
    /// The version of trectl that made it.
    pub trectl_version: String,
    /// When the live state was read, RFC 3339 in UTC; with a snapshot, when that was taken.
    pub timestamp: String,
    /// Until when a saved plan can be applied, RFC 3339 in UTC; null where nothing ends it.
    pub expires_at: Option<String>,
    /// There is something to execute.
    pub applyable: bool,
    /// Nothing is blocked or unconsented.
    pub complete: bool,
    /// The plan could not be made.
    pub errored: bool,
    /// What was planned from.
    pub source: Source,
    /// What was planned for.
    pub target: TargetInfo,
    /// Where the live state was taken from, or null where the platform was asked.
    pub live: Option<LiveSource>,
    /// What the plan was narrowed to, where it looks at nothing but what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<ChangedSince>,
    /// Counts.
    pub summary: Summary,
    /// One entry for each TRE, in the order of their ids.
    pub resource_changes: Vec<TreChange>,
    /// What changed on the platform behind the repository's back.
    pub resource_drift: Vec<DriftItem>,
}

/// What a plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Source {
    /// A digest of every file that was read.
    pub digest: String,
    /// The commit, or null outside git.
    pub git: Option<GitInfo>,
}

/// The commit that was checked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GitInfo {
    /// The full hash.
    pub commit: String,
    /// A file that trectl reads differs from the commit.
    pub dirty: bool,
}

/// What a plan was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TargetInfo {
    /// The target's name.
    pub name: String,
    /// `embedded`, or the host of the platform.
    pub platform: String,
    /// The acting account.
    pub operator: String,
}

/// What told the live state in place of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LiveSource {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
}

/// Which snapshot a plan was made against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SnapshotInfo {
    /// The digest of its content.
    pub digest: String,
    /// When it was taken, RFC 3339 in UTC.
    pub taken_at: String,
}

/// What changed since a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChangedSince {
    /// The revision, as it was asked for.
    pub since: String,
    /// The commit where the checkout left its history.
    pub merge_base: String,
    /// The TREs that are touched.
    pub tres: Vec<String>,
}

/// Counts of TREs, and of steps.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Summary {
    /// TREs that will be created.
    pub create: usize,
    /// TREs that will be changed.
    pub update: usize,
    /// TREs that will be deleted.
    pub delete: usize,
    /// TREs that are as they should be.
    pub no_op: usize,
    /// TREs that cannot become what is asked for.
    pub blocked: usize,
    /// TREs that were managed and have no document any more.
    pub orphaned: usize,
    /// Live TREs that never had a document.
    pub unmanaged: usize,
    /// TREs where the only news is that something is no longer managed.
    pub released: usize,
    /// Steps in all.
    pub steps: usize,
}

/// What a TRE's entry amounts to.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It will be executed.
    Ready,
    /// It has steps and lacks a consent, so it will not be executed.
    Unconsented,
    /// Nothing to do.
    NoOp,
    /// A rule forbids it; nothing of it will be executed.
    Blocked,
    /// Managed once, and the document is gone.
    Orphaned,
    /// Something is no longer managed; nothing else changes.
    Released,
}

/// What happens to a TRE as a whole, by Terraform's names.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It is created.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
}

/// Before and after, by Terraform's names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChangeValues {
    /// Exactly one action.
    pub actions: Vec<Action>,
    /// The live TRE, or null.
    pub before: Option<Arc<Value>>,
    /// The TRE as it will be, or null; shared with `before` where nothing changes.
    pub after: Option<Arc<Value>>,
}

/// One TRE in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TreChange {
    /// `tre.<id>`.
    pub address: String,
    /// Always `tre`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The TRE's id.
    pub name: String,
    /// What it amounts to.
    pub status: Status,
    /// Covers target, id, changed fields, steps and consents.
    pub digest: String,
    /// Before and after.
    pub change: ChangeValues,
    /// The state it is in, or null where there is none.
    pub live_state: Option<String>,
    /// The state that is asked for; null for an orphan.
    pub desired_state: Option<String>,
    /// What differs, field by field.
    pub fields: Vec<FieldChange>,
    /// The calls, in order; empty where blocked.
    pub steps: Vec<Step>,
    /// Why it cannot be done.
    pub blocked: Vec<Blocked>,
    /// Consents that are needed and not given, by their names.
    pub missing_consents: Vec<ConsentKind>,
    /// What each missing consent would have to allow, and how to give it.
    pub consent_requests: Vec<ConsentRequest>,
    /// Consents that are needed and given.
    pub given_consents: Vec<GivenConsent>,
    /// What it means for people.
    pub impact: Impact,
    /// Fields that were managed and no longer are.
    pub released: Vec<String>,
    /// What a reader must know and no rule forbids.
    pub warnings: Vec<String>,
    /// The document, or null for an orphan.
    pub range: Option<Place>,
}

/// A place in a file.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Place {
    /// The file, relative to the root.
    pub filename: String,
    /// The first line, from 1.
    pub line: u32,
    /// The first column, from 1.
    pub column: u32,
    /// The last line.
    pub end_line: u32,
    /// Behind the last column.
    pub end_column: u32,
}

impl Place {
    /// Returns the one stretch of one file that holds all of the places, as a person says it.
    pub fn stretch<'a>(places: impl IntoIterator<Item = &'a Self>) -> Option<String> {
        let mut places = places.into_iter();
        let first = places.next()?;
        let (mut begin, mut end) = (first.line, first.end_line);
        for Self { filename, line, end_line, .. } in places {
            if *filename != first.filename {
                return Some(format!("{first} and elsewhere"));
            }
            (begin, end) = (begin.min(*line), end.max(*end_line));
        }
        let file = &first.filename;
        Some(if begin >= end { format!("{file}:{begin}") } else { format!("{file}:{begin}-{end}") })
    }
}

impl fmt::Display for Place {
    /// Writes `file:line`, as a person says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.filename, self.line)
    }
}

impl From<&crate::diag::Range> for Place {
    fn from(range: &crate::diag::Range) -> Self {
        Self {
            filename: range.file.to_string(),
            line: range.start.line,
            column: range.start.column,
            end_line: range.end.line,
            end_column: range.end.column,
        }
    }
}

/// One changed field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FieldChange {
    /// A JSON Pointer into `after`, or into `before` for what is removed.
    pub path: String,
    /// The value on the platform; null for what is added.
    pub before: Value,
    /// The value that is asked for; null for what is removed.
    pub after: Value,
    /// What the lock rules say of it in the live state.
    pub lock: Verdict,
    /// Whether it lets more in.
    pub effect: Effect,
    /// Who moved: the repository, the platform, or both.
    pub origin: OriginClass,
    /// Where it is written.
    pub range: Option<Place>,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCall {
    /// The TRE it goes to.
    pub tre: TreId,
    /// The call.
    pub call: Call,
}

/// One step: one call, why it is there, and which consents it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Step {
    /// `<id>/<n>`, counted from 1 in each TRE.
    pub id: String,
    /// What it does.
    pub operation: Operation,
    /// The route.
    pub route: String,
    /// The body.
    pub input: Value,
    /// The consents that it needs.
    pub consents: Vec<ConsentKind>,
    /// Why it is there, for people.
    pub reason: String,
    /// The call itself; a plan that was read from a file has none, since nothing is ever executed
    /// from a file.
    #[serde(skip)]
    #[schemars(skip)]
    pub call: Option<PlannedCall>,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Blocked {
    /// The field.
    pub path: String,
    /// The rule's id, as in `explain`.
    pub rule: String,
    /// What cannot be done and why, a full sentence or two.
    pub message: String,
    /// The way round it.
    pub remedy: String,
    /// How well the rule is known: `documented`, `second_hand` or `assumed`.
    pub evidence: String,
    /// The place in the YAML.
    pub range: Option<Place>,
}

/// A consent that is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ConsentRequest {
    /// The consent.
    pub consent: ConsentKind,
    /// Why it is needed, with figures and limits.
    pub reason: String,
    /// The values that it would have to be bound to, by JSON Pointer.
    pub values: BTreeMap<String, Value>,
    /// Why an entry that is there does not count: expired, or bound to other values.
    pub rejected: Vec<String>,
}

/// A consent that is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GivenConsent {
    /// The consent.
    pub consent: ConsentKind,
    /// `document`, or `command_line` for `--allow`.
    pub by: String,
    /// Until when it holds, in a document.
    pub until: Option<String>,
    /// Where it was decided, in a document.
    pub ticket: Option<String>,
    /// The entry in the document.
    pub range: Option<Place>,
}

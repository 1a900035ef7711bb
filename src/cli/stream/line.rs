//! The lines of the stream. Keys and the words of `type` are Terraform's where it has the concept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diag::render::json::Finding;
use crate::plan::render::DriftSummary;
use crate::plan::{Acceptance, Action, DriftClass, Status};
use crate::platform::Operation;

/// One line of the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// How much it matters.
    #[serde(rename = "@level")]
    pub level: Level,
    /// What happened, for people.
    #[serde(rename = "@message")]
    pub message: String,
    /// Always `trectl.ui`.
    #[serde(rename = "@module")]
    pub module: String,
    /// When, RFC 3339 in UTC.
    #[serde(rename = "@timestamp")]
    pub timestamp: String,
    /// What happened, for programs.
    #[serde(flatten)]
    pub event: Event,
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// All is well.
    Info,
    /// Somebody should look.
    Warn,
    /// Something failed.
    Error,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Always the first line.
    Version {
        /// The version of trectl.
        trectl: String,
        /// The version of this format.
        ui: String,
    },
    /// A finding in a document, or why the command failed.
    Diagnostic {
        /// The finding.
        diagnostic: Finding,
    },
    /// A managed setting where desired, applied and live do not agree.
    ResourceDrift {
        /// The setting.
        change: Box<Drifted>,
    },
    /// A TRE that is not as the repository asks.
    PlannedChange {
        /// What would be done about it.
        change: Planned,
    },
    /// Counts, once all of it is known.
    ChangeSummary {
        /// The counts.
        changes: Changes,
    },
    /// The work on a TRE begins.
    ApplyStart {
        /// The TRE.
        hook: Hook,
    },
    /// A step took effect, or failed.
    ApplyProgress {
        /// The TRE and the step.
        hook: Hook,
    },
    /// A TRE is as it was planned.
    ApplyComplete {
        /// The TRE.
        hook: Hook,
    },
    /// A TRE is not as it was planned.
    ApplyErrored {
        /// The TRE.
        hook: Hook,
    },
}

/// A TRE, as Terraform names a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// `tre.<id>`.
    pub addr: String,
    /// Always `tre`.
    pub resource_type: String,
    /// The TRE's id.
    pub resource_name: String,
}

/// A setting that drifted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drifted {
    /// The TRE.
    pub resource: Resource,
    /// Always `update`.
    pub action: Action,
    /// A JSON Pointer.
    pub path: String,
    /// Who moved.
    pub class: DriftClass,
    /// What was last applied; null without a record.
    pub applied: Value,
    /// What is on the platform.
    pub live: Value,
    /// What the repository asks for.
    pub desired: Value,
    /// By whom, why and until when the live value is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance>,
    /// When anybody last changed the TRE on the platform, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// When a run that wrote to the journal first saw this, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
}

/// What would be done about a TRE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// The TRE.
    pub resource: Resource,
    /// What happens to it as a whole.
    pub action: Action,
    /// What it amounts to.
    pub status: Status,
    /// How many steps it takes.
    pub steps: usize,
    /// Why it cannot be done, a sentence or two for each reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
}

/// Counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// TREs that are created, or were.
    pub add: usize,
    /// TREs that are changed, or were.
    pub change: usize,
    /// TREs that are deleted, or were.
    pub remove: usize,
    /// `plan`, `apply` or `drift`.
    pub operation: String,
    /// TREs that are blocked or wait for a consent.
    pub refused: usize,
    /// TREs that were begun or to be begun, and are not as planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<usize>,
    /// Settings that drifted, by class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftSummary>,
    /// TREs that are in Maintenance and should not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_in_maintenance: Vec<String>,
    /// TREs that were managed and have no document any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphaned: Vec<String>,
    /// Live TREs of the selection that never had a document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmanaged: Vec<String>,
    /// The end of the journal, where something was written to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_head: Option<String>,
    /// The exit status; null where more is to come.
    pub exit_status: Option<u8>,
}

/// A TRE that is worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hook {
    /// The TRE.
    pub resource: Resource,
    /// What happens to it as a whole.
    pub action: Action,
    /// The step that took effect or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What that step does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// How many steps took effect in this run.
    pub steps_done: usize,
    /// How many steps there are.
    pub steps: usize,
    /// How it ended, by the words of `apply --format json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Seconds since the work on it began.
    pub elapsed_seconds: u64,
}

//! What a journal holds: one entry for each thing that happened.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::lock::Owner;
use crate::drift::DriftClass;
use crate::model::{AppliedTre, TreId, UserId};
use crate::platform::{Call, CallError, Operation, PlatformError};

/// What a run is, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The command as it was given.
    pub command: String,
    /// The target's name.
    pub target: String,
    /// The acting account.
    pub operator: UserId,
    /// The commit that was checked out, outside git none.
    pub commit: Option<String>,
    /// The digest of every file that was read.
    pub digest: String,
}

/// One call as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredCall {
    /// The operation.
    pub operation: Operation,
    /// The body.
    pub input: Value,
}

impl StoredCall {
    /// Returns the stored form of a call.
    pub fn of(tre: &TreId, call: &Call) -> Self {
        Self { operation: call.operation(), input: call.input(tre) }
    }

    /// Returns the call.
    ///
    /// # Errors
    ///
    /// Where the input does not belong to the operation.
    pub fn call(&self) -> Result<Call, CallError> {
        Call::parse(self.operation, &self.input)
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A lock was taken from a holder that did not let go: its run is over.
    LockTaken {
        /// Who held it.
        from: Owner,
        /// Who took it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Owner>,
        /// Why it could be taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<TakeReason>,
    },
    /// A run begins.
    RunStarted {
        /// The run.
        #[serde(flatten)]
        info: RunInfo,
    },
    /// The work on a TRE begins.
    TreStarted {
        /// The TRE.
        tre: TreId,
        /// The digest of its plan, so that an interrupted saved plan is known again.
        digest: String,
        /// All steps of that plan.
        steps: Vec<StoredCall>,
        /// How many of them earlier runs have confirmed.
        confirmed: usize,
        /// The record that the steps are counted on.
        baseline: AppliedTre,
    },
    /// A call is about to be made.
    Intent {
        /// The TRE.
        tre: TreId,
        /// The step, from 1.
        step: usize,
        /// The route.
        route: String,
        /// The call.
        #[serde(flatten)]
        call: StoredCall,
    },
    /// A call came back, or what became of it was found out later.
    Outcome {
        /// The TRE.
        tre: TreId,
        /// The step, from 1.
        step: usize,
        /// What came back.
        #[serde(flatten)]
        result: StepResult,
    },
    /// The record of a TRE is replaced as a whole.
    Recorded {
        /// The TRE.
        tre: TreId,
        /// The record, or null where there is none any more.
        record: Option<AppliedTre>,
    },
    /// A TRE was compared with its document and its record, and nothing was done.
    Observed {
        /// The TRE.
        tre: TreId,
        /// What did not agree; nothing where all did.
        drift: Vec<ObservedField>,
    },
    /// The work on a TRE ends.
    TreEnded {
        /// The TRE.
        tre: TreId,
        /// How.
        result: TreEnd,
    },
    /// The run ends.
    RunEnded {
        /// How.
        result: RunResult,
    },
}

/// Why a lock could be taken from its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeReason {
    /// Its process is known to have ended.
    Dead,
    /// It gave no sign of life for the time of its lease.
    Expired,
    /// Somebody took it away with `state unlock`.
    Unlocked,
}

/// A managed setting that did not agree with the document or the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedField {
    /// A JSON Pointer.
    pub path: String,
    /// The same with people and review steps by their ids, which stays where others come and go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Who had moved.
    pub class: DriftClass,
    /// What was on the platform; left out where it is free text, in which people could be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Value>,
    /// What the record said, where that was an id or a word of a fixed set: who is missing from a
    /// list is named here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Value>,
    /// Of the live value and what was asked for: enough to know both again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Whether somebody accepted it, or had not asked for its class: it did not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncounted: bool,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum StepResult {
    /// The platform confirmed it.
    Ok {
        /// The id of the call in the vendor's logs, where the platform gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// No success was reported, and the effect was seen on reading.
    Seen,
    /// No success was reported, and the effect was not seen on reading.
    NotSeen,
    /// The platform refused it.
    Error {
        /// The refusal.
        error: StoredError,
    },
    /// Nobody knows; the next run finds out.
    Unknown {
        /// What came back instead of an answer.
        error: StoredError,
    },
}

/// A refusal as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredError {
    /// The error type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The platform's own words.
    pub message: String,
    /// The id of the call in the vendor's logs.
    pub request_id: Option<String>,
}

impl From<&PlatformError> for StoredError {
    fn from(error: &PlatformError) -> Self {
        let PlatformError {
            route: _,
            kind,
            message,
            status: _,
            request_id,
            effect: _,
            attempts: _,
        } = error;
        Self {
            kind: kind.as_str().to_owned(),
            message: message.clone(),
            request_id: request_id.clone(),
        }
    }
}

/// How the work on a TRE ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreEnd {
    /// Every step is done, and the platform shows what was planned.
    Applied,
    /// A step failed.
    Failed,
    /// Every step is done, and the platform shows something else, or could not be read.
    Differs,
    /// The run was stopped.
    Interrupted,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunResult {
    /// All that was to be done was tried.
    Done,
    /// The run was stopped.
    Interrupted,
}

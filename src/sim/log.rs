//! The log of effects: every call that wanted to change something, and whether it did.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::world::Decision;
use crate::model::ids::UserId;
use crate::platform::PlatformError;

/// One call that wanted to change something, as the platform remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedCall {
    /// When it was made, in milliseconds since the Unix epoch.
    pub time: i64,
    /// Who made it.
    pub actor: UserId,
    /// Where it went.
    pub route: String,
    /// The SHA-256 of its input.
    pub input: String,
    /// `ok`, or the error type that it was refused with.
    pub outcome: String,
    /// How many rows it changed: 0 where it was refused, found everything as it was to be, or
    /// repeated the answer to a nonce. `None` where an older trectl wrote the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<usize>,
}

impl LoggedCall {
    /// Returns what is remembered of a call that was decided.
    pub(super) fn of(
        time: i64,
        actor: &UserId,
        route: &str,
        input: &[u8],
        decided: &Result<Decision, PlatformError>,
    ) -> Self {
        let (outcome, changes) = match decided {
            Ok(decision) => ("ok".to_owned(), decision.changes.len()),
            Err(error) => (error.kind.to_string(), 0),
        };
        let digest = Sha256::digest(input);
        Self {
            time,
            actor: actor.clone(),
            route: route.to_owned(),
            input: format!("sha256:{digest:x}"),
            outcome,
            changes: Some(changes),
        }
    }
}

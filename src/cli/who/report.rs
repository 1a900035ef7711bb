//! What `who --format json` prints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Grant, Path};
use crate::model::{DesiredState, TreId, TreState};
use crate::plan::{Place, TargetInfo};

/// Who has a part in which TRE, by which path, from which line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub format_version: String,
    /// What was asked.
    pub target: TargetInfo,
    /// The id that was asked about, or null for every TRE.
    pub about: Option<String>,
    /// Each TRE in which somebody asked about has a part, in the order of ids.
    pub tres: Vec<TreAccess>,
    /// What cannot be seen from here.
    pub not_visible: Vec<String>,
}

/// One TRE, with those in it who were asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TreAccess {
    /// The TRE.
    pub id: TreId,
    /// The state it is in, or null where it is not there yet.
    pub live_state: Option<TreState>,
    /// The state that the repository asks for, or null where it does not manage the TRE.
    pub desired_state: Option<DesiredState>,
    /// How many different people are in its lists now, members of orgs included as far as they
    /// could be read.
    pub people_live: u64,
    /// How many there will be once the repository is applied.
    pub people_asked: u64,
    /// Each person or org with one path, by path and id. Members of orgs stand here where one TRE
    /// or one person was asked about.
    pub access: Vec<Entry>,
    /// The document, or null.
    pub range: Option<Place>,
}

/// One person or org with one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The user or org, or `everybody` on the platform where the TRE is public.
    pub id: String,
    /// The path.
    #[serde(flatten)]
    pub path: Path,
    /// Whether it is live, asked for, or both.
    pub standing: Standing,
    /// Where it is written: each way into the list.
    pub from: Vec<Written>,
    /// What it gives now.
    pub gives: Vec<Grant>,
    /// What it gives once the repository is applied.
    pub will_give: Vec<Grant>,
    /// Of a listed org: how many members it has, where they could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
}

/// Whether a path is live, asked for, or both.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// On the platform and in the repository.
    Both,
    /// On the platform only: not applied yet, or added there.
    Live,
    /// In the repository only: not applied yet, or taken away on the platform.
    Asked,
    /// On the platform; the repository leaves it as it is.
    Unmanaged,
    /// The acting account, an admin of what it creates, which the repository need not list.
    Operator,
}

/// One way into a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// The groups on the way, outermost first, such as `group:leeds`.
    pub groups: Vec<String>,
    /// The entry.
    pub range: Place,
}

//! What a change means for people and for their data access requests, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Grant;
use crate::model::{RequestCounts, StepId, UserId};

/// What `impact.unknown` says where data access requests could not be counted.
pub const UNCOUNTED_REQUESTS: &str = "data access requests";

/// What `impact.unknown` says where people leave a published TRE: projects of theirs stay.
pub const EXISTING_PROJECTS: &str = "existing projects";

/// The id of an entry that stands for everybody on the platform: the TRE becomes public, or ceases
/// to be.
pub const EVERYBODY: &str = "everybody";

/// What a change means for people.
///
/// The acting account is left out where it creates or deletes a TRE.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// Who comes in, that is, had no way in before.
    pub gain_access: Vec<PersonImpact>,
    /// Who loses the last way in.
    pub lose_access: Vec<PersonImpact>,
    /// Who loses a way in and stays in by another one.
    pub keep_access: Vec<PersonImpact>,
    /// Who was in already and gets a further way: its `via`, and what it adds.
    #[serde(default)]
    pub more_access: Vec<PersonImpact>,
    /// Fields that let more in.
    pub loosened: Vec<String>,
    /// Fields that let less in.
    pub tightened: Vec<String>,
    /// Data access requests of the TRE, where they were counted.
    pub requests: RequestCounts,
    /// What happens to the way in for new data access requests.
    #[serde(default)]
    pub new_requests: NewRequests,
    /// Review steps of a published TRE whose reviewers change.
    #[serde(default)]
    pub review: Vec<ReviewImpact>,
    /// What cannot be seen from here.
    pub unknown: Vec<String>,
}

impl Impact {
    /// Notes the data access requests of the TRE, or that they could not be counted.
    pub fn note_requests(&mut self, counted: Option<RequestCounts>) {
        for step in &mut self.review {
            step.in_review = counted.map(|counts| counts.in_review);
        }
        match counted {
            Some(counts) => self.requests = counts,
            None => self.unknown.push(UNCOUNTED_REQUESTS.to_owned()),
        }
    }

    /// Tells whether the requests of the TRE could not be counted.
    pub fn is_uncounted(&self) -> bool {
        self.unknown.iter().any(|unknown| unknown == UNCOUNTED_REQUESTS)
    }
}

/// One person or org, the ways in that matter here, and what they give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonImpact {
    /// The user or org, or `everybody` on the platform. An org stands for all its members.
    pub id: String,
    /// The roles and ways: `admin`, `authorized user`, `reviewer of <step>`, `org-<id>` for a
    /// member of a listed org, `public`, and `group:<id>` for the groups on the way.
    pub via: Vec<String>,
    /// What these ways give: what is gained, lost, left or added.
    #[serde(default)]
    pub gives: Vec<Grant>,
    /// Of an org: how many of its members come in or leave by it alone; who is named besides is
    /// not counted, and a member of two orgs is counted at the first. Absent where it is no org,
    /// or its members could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
}

/// What happens to the way in for new data access requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewRequests {
    /// As it was.
    #[default]
    Unchanged,
    /// The TRE becomes active, and takes them from then on.
    Opens,
    /// None while the TRE passes through Maintenance; then as before.
    Pauses,
    /// None until the TRE is active again.
    Closes,
    /// None ever again: the TRE is deleted.
    Ends,
}

/// A review step whose reviewers change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewImpact {
    /// The step.
    pub step: StepId,
    /// Its list of reviewers, as a JSON Pointer into `after`.
    pub path: String,
    /// How many decide it now.
    pub reviewers_before: usize,
    /// How many decide it then.
    pub reviewers_after: usize,
    /// Who leaves.
    pub leaves: Vec<UserId>,
    /// Who comes.
    pub comes: Vec<UserId>,
    /// How many requests of the TRE are in review, at whichever step; null where they could not be
    /// counted.
    #[serde(default)]
    pub in_review: Option<u64>,
}

impl ReviewImpact {
    /// Tells whether nobody who decides the step now will do so then.
    pub fn is_replaced(&self) -> bool {
        self.reviewers_before > 0 && self.leaves.len() == self.reviewers_before
    }
}

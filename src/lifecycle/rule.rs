//! Every rule for which a change can be blocked: its reason, its evidence and the way round it.

use serde::{Deserialize, Serialize};

/// How well a fact about the platform is known.
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
pub enum Evidence {
    /// Read in the vendor's documentation or its own client's source (D).
    Documented,
    /// From a public harvest of the vendor's method directory (S).
    SecondHand,
    /// The name or shape is ours (A).
    Assumed,
}

impl Evidence {
    /// Returns the name in a plan's JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::SecondHand => "second_hand",
            Self::Assumed => "assumed",
        }
    }
}

/// A rule of the platform that can forbid a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The stable id, as in a plan's `blocked[].rule`.
    pub id: &'static str,
    /// Why it forbids, a full sentence.
    pub reason: &'static str,
    /// The way round it, a full sentence.
    pub remedy: &'static str,
    /// How well it is known.
    pub evidence: Evidence,
}

/// Defines the rules once, as constants and as the list of all.
macro_rules! rules {
    ($($name:ident = $id:literal, $evidence:ident, $reason:literal, $remedy:literal;)*) => {
        $(
            #[doc = $reason]
            pub const $name: Rule = Rule {
                id: $id,
                reason: $reason,
                remedy: $remedy,
                evidence: Evidence::$evidence,
            };
        )*

        /// Every rule, in the order of the documentation.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    OPEN = "open", Documented,
        "This can change in any state.",
        "Nothing to do: change it at any time.";
    HANDLE_IMMUTABLE = "handle-immutable", Assumed,
        "A TRE keeps its id for ever.",
        "No key renames a TRE, `previously` neither: that one only lets `plan` tell this way. Start a TRE beside the old one under the new id (`trectl new NEW-ID --from OLD-ID`), move the people, then delete the old one with `state: deleted` and its consent.";
    FROZEN_AT_PUBLISHING = "frozen-at-publishing", Documented,
        "Publishing froze this setting for good; Maintenance does not unlock it.",
        "Write the live value again, or start a TRE beside this one: `trectl new NEW-ID --from THIS-ID`.";
    INVENTORY_VIA_MAINTENANCE = "inventory-via-maintenance", Documented,
        "While a TRE is active its inventory cannot change; Maintenance opens it, as a pending version.",
        "Nothing to do: the plan passes through Maintenance. It needs the consent `maintenance`.";
    REVIEW_PIPELINE_LOCKED = "review-pipeline-locked", Documented,
        "Publishing froze the review steps for good; Maintenance does not unlock them.",
        "Change the reviewers of the steps that are there (allowed at any time), or start a TRE beside this one: `trectl new NEW-ID --from THIS-ID`.";
    REVIEW_STEP_TEXT_LOCKED = "review-step-text-locked", Assumed,
        "A review step's name and description are treated as part of the pipeline, which publishing froze for good.",
        "Write the live text again, or leave the key out so that it is not managed.";
    STEP_WITHOUT_REVIEWER = "step-without-reviewer", Assumed,
        "A review step of a published TRE must keep a reviewer, or no request could ever pass it.",
        "Name at least one reviewer for the step.";
    NO_RETURN_TO_DRAFT = "no-return-to-draft", Documented,
        "No published TRE ever becomes a draft again.",
        "Write `state: maintenance` to close it for new requests, or start a TRE beside this one: `trectl new NEW-ID --from THIS-ID`.";
    PUBLISH_FIRST = "maintenance-needs-publishing", Documented,
        "The way into Maintenance leads through Active, so a draft would be opened on the way.",
        "Write `state: active` and apply; then ask for `state: maintenance`.";
    PENDING_INVENTORY_UNMANAGED = "pending-inventory-unmanaged", Assumed,
        "Leaving Maintenance would give out a pending inventory that this document does not name.",
        "Name the inventory that shall be given out under `inventory:`. `trectl show THIS-ID` shows the pending one.";
    PUBLISH_NEEDS_REVIEW_STEP = "publish-needs-review-step", Documented,
        "A TRE can only be published with at least one review step.",
        "Add a step with a reviewer under `reviewSteps:`.";
    PUBLISH_NEEDS_REVIEWERS = "publish-needs-reviewers", Assumed,
        "A TRE can only be published when each of its review steps has a reviewer.",
        "Name at least one reviewer for the step.";
    PUBLISH_NEEDS_INVENTORY = "publish-needs-inventory", Assumed,
        "A TRE can only be published with an inventory.",
        "Name the assets under `inventory:`.";
    POLICY_ONE_WAY = "policy-one-way", Documented,
        "This policy can be switched on and never off again.",
        "Write `true`, or leave the policy out so that it is not managed.";
    CREATE_INCOMPLETE = "create-incomplete", Assumed,
        "A TRE cannot be created without this setting.",
        "Add the setting to the document.";
    OPERATOR_NOT_ADMIN = "operator-not-admin", Assumed,
        "Only an admin of a TRE can change it, and the acting account is none here.",
        "Ask one of its admins to add the acting account, or run with the account of an admin.";
    OPERATOR_NOT_MEMBER = "operator-lacks-tre-management", Documented,
        "Only a member of the billing org with its `treManagement` flag can create TREs for it.",
        "Ask an admin of the org for the flag, or run with an account that has it.";
    BILL_TO_NOT_HELD = "billing-org-not-held", Assumed,
        "Every admin of a TRE must hold `treManagement` in its billing org.",
        "Take the admin out of the list, or ask an admin of the org for the flag.";
    ADMIN_LACKS_TRE_MANAGEMENT = "admin-lacks-tre-management", Assumed,
        "Only members of the billing org with its `treManagement` flag can be a TRE's admin.",
        "Ask an admin of the org for the flag, or take the person out of `admins`.";
    TOO_MANY_ADMINS = "too-many-admins", Documented,
        "A TRE has at most 100 admins, the acting account among them.",
        "Shorten the list of admins.";
    TOO_MANY_USERS = "too-many-users", Documented,
        "A TRE has at most 1,000 authorized users.",
        "Name an org in place of its members: an org stands for all of them.";
    UNKNOWN_PERSON = "unknown-person", Assumed,
        "The platform does not know this id.",
        "Check the spelling, or ask the person to create the account first.";
    ASSET_MISSING = "asset-missing", Assumed,
        "The platform does not know this asset, or the acting account may not see it.",
        "Check the id and its project, or ask for access to the project.";
    ASSET_NOT_DATASET = "asset-not-dataset", Documented,
        "This asset must be a Dataset record.",
        "Name a record whose types include `Dataset`.";
    ASSET_NOT_CLOSED = "asset-not-closed", Assumed,
        "An asset must be closed, that is, final, before it can be given out.",
        "Close it on the platform first.";
    ASSET_ELSEWHERE = "asset-elsewhere", Documented,
        "Every asset must lie in a project of the TRE's region that is billed to the TRE's org.",
        "Copy the asset into a project that fits, and name that one.";
    SHOWCASE_SHARES_PROJECT = "showcase-shares-project", Documented,
        "Every authorized user can read the whole project of the Data Showcase, so no other asset may lie in it.",
        "Put the showcase into a project of its own, and name that one.";
    SHOWCASE_ADMINISTER = "showcase-administer", Documented,
        "Giving people access to a Data Showcase needs ADMINISTER on the project that holds it.",
        "Ask for ADMINISTER on the project, or run with an account that has it.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_and_sentences_end() {
        let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.reason.ends_with('.') && rule.remedy.ends_with('.'), "{}", rule.id);
        }
    }
}

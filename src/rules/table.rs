//! Every rule.

use super::*;
use crate::diag::{Code, Diagnostic};

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// The code of its findings.
    pub code: &'static Code,
    /// Why it is there.
    pub doc: &'static str,
    /// Finds what breaks it.
    pub check: fn(&Context<'_>) -> Vec<Diagnostic>,
    /// Documents that keep it.
    pub good: &'static str,
    /// Documents that break it, and no other rule; empty where they would not fit on a page.
    pub bad: &'static str,
}

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        &[$(Rule {
            code: &$name::CODE,
            doc: $name::DOC,
            check: $name::check,
            good: $name::GOOD,
            bad: $name::BAD,
        }),*]
    };
}

/// Every rule, in the order of its code.
pub static RULES: &[Rule] = rules![
    duplicate_id,
    unknown_group,
    unknown_profile,
    group_cycle,
    profile_cycle,
    group_depth,
    duplicate_entry,
    org_for_person,
    too_many_people,
    admins_empty,
    no_reviewer,
    duplicate_step,
    asset_kind,
    showcase_project,
    upload,
    unknown_policy,
    policy_type,
    one_way_policy,
    consent_expired,
    consent_unbound,
    consent_mismatch,
    unused,
    platform_choice,
    default_target,
    plain_http,
    shared_state,
    previously_itself,
    accepted_path,
    accepted_twice,
    accepted_expired,
];

//! The lock table: which setting may change in which state.

use super::Verdict::{self, Immutable, Locked, Open, ViaMaintenance};
use super::rule::{self, Evidence, Rule};
use crate::model::TreState;

/// A setting that the lock rules speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// `id`
    Id,
    /// `name`
    Name,
    /// `description`
    Description,
    /// `visibility`
    Visibility,
    /// `policies`
    Policies,
    /// `admins`
    Admins,
    /// `authorizedUsers`
    AuthorizedUsers,
    /// `inventory`
    Inventory,
    /// `billTo`
    BillTo,
    /// `region`
    Region,
    /// `customizedURL`
    CustomizedUrl,
    /// `customizedRateCard`
    CustomizedRateCard,
    /// `reviewSteps`: which steps there are, and their order.
    ReviewSteps,
    /// `reviewSteps[].name` and `reviewSteps[].description`
    ReviewStepText,
    /// `reviewSteps[].reviewers`
    Reviewers,
}

/// One row: a setting, what holds in each state, and the rule behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// The setting.
    pub setting: Setting,
    /// Its key in YAML.
    pub key: &'static str,
    /// What holds in a draft.
    pub draft: Verdict,
    /// What holds while active.
    pub active: Verdict,
    /// What holds in Maintenance.
    pub maintenance: Verdict,
    /// Why it is not open somewhere.
    pub rule: Rule,
}

impl Lock {
    /// Returns what holds in a state.
    pub fn verdict(&self, state: TreState) -> Verdict {
        match state {
            TreState::Draft => self.draft,
            TreState::Active => self.active,
            TreState::Maintenance => self.maintenance,
        }
    }

    /// Returns how well it is known what holds in a state.
    pub fn evidence(&self, state: TreState) -> Evidence {
        match (self.setting, state) {
            (Setting::Visibility, TreState::Maintenance) => Evidence::Assumed,
            _ => self.rule.evidence,
        }
    }
}

const fn row(
    setting: Setting,
    key: &'static str,
    [draft, active, maintenance]: [Verdict; 3],
    rule: Rule,
) -> Lock {
    Lock { setting, key, draft, active, maintenance, rule }
}

/// The lock rules, in the order of the YAML. Columns: draft, active, maintenance.
#[rustfmt::skip]
pub const LOCKS: &[Lock] = &[
    row(Setting::Id,                 "id",                 [Immutable, Immutable,      Immutable], rule::HANDLE_IMMUTABLE),
    row(Setting::Name,               "name",               [Open,      Open,           Open],      rule::OPEN),
    row(Setting::Description,        "description",        [Open,      Open,           Open],      rule::OPEN),
    row(Setting::Visibility,         "visibility",         [Open,      Open,           Open],      rule::OPEN),
    row(Setting::Policies,           "policies",           [Open,      Open,           Open],      rule::OPEN),
    row(Setting::Admins,             "admins",             [Open,      Open,           Open],      rule::OPEN),
    row(Setting::AuthorizedUsers,    "authorizedUsers",    [Open,      Open,           Open],      rule::OPEN),
    row(Setting::Inventory,          "inventory",          [Open,      ViaMaintenance, Open],      rule::INVENTORY_VIA_MAINTENANCE),
    row(Setting::BillTo,             "billTo",             [Open,      Locked,         Locked],    rule::FROZEN_AT_PUBLISHING),
    row(Setting::Region,             "region",             [Open,      Locked,         Locked],    rule::FROZEN_AT_PUBLISHING),
    row(Setting::CustomizedUrl,      "customizedURL",      [Open,      Locked,         Locked],    rule::FROZEN_AT_PUBLISHING),
    row(Setting::CustomizedRateCard, "customizedRateCard", [Open,      Locked,         Locked],    rule::FROZEN_AT_PUBLISHING),
    row(Setting::ReviewSteps,        "reviewSteps",        [Open,      Locked,         Locked],    rule::REVIEW_PIPELINE_LOCKED),
    row(Setting::ReviewStepText,     "reviewSteps[].name, reviewSteps[].description",
                                                           [Open,      Locked,         Locked],    rule::REVIEW_STEP_TEXT_LOCKED),
    row(Setting::Reviewers,          "reviewSteps[].reviewers",
                                                           [Open,      Open,           Open],      rule::OPEN),
];

/// Returns the row of a setting.
///
/// # Panics
///
/// Never: a test shows that every setting has a row.
pub fn lock(setting: Setting) -> &'static Lock {
    match LOCKS.iter().find(|row| row.setting == setting) {
        Some(row) => row,
        None => unreachable!("every setting has a row"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_one_row() {
        use Setting as S;
        let all = [
            S::Id,
            S::Name,
            S::Description,
            S::Visibility,
            S::Policies,
            S::Admins,
            S::AuthorizedUsers,
            S::Inventory,
            S::BillTo,
            S::Region,
            S::CustomizedUrl,
            S::CustomizedRateCard,
            S::ReviewSteps,
            S::ReviewStepText,
            S::Reviewers,
        ];
        for setting in all {
            assert_eq!(LOCKS.iter().filter(|row| row.setting == setting).count(), 1);
            assert_eq!(lock(setting).setting, setting);
        }
        assert_eq!(LOCKS.len(), all.len());
    }
}

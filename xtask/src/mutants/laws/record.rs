//! What was applied last, who moved since, and what is no longer managed.

use super::{LIVES, Law, law};

const fn origin(find: &'static str, replace: &'static str) -> Law {
    let tests = &["origin::one_value_has_moved_on_one_side_or_on_both", LIVES];
    law("src/diff/compare.rs", find, replace, tests)
}

const fn absorbs(find: &'static str, replace: &'static str) -> Law {
    law("src/drift/record.rs", find, replace, &[LIVES])
}

/// Each call by itself, where lives have all that happens in between.
const REMEMBERED: &str = "origin::every_call_of_ours_is_remembered";

/// Whatever the platform fills in, and in whatever order it answers.
const NO_DRIFT: &str = "no_drift::after_apply_there_is_no_drift";

pub const LAWS: &[Law] = &[
    law(
        "src/model/policy.rs",
        ".map_or_else(|| Self::Other(value.clone()), Self::List)",
        r#".map_or_else(
                    || Self::Other(value.clone()),
                    |items| match mutant("drift.order") {
                        true => Self::Other(value.clone()),
                        false => Self::List(items),
                    },
                )"#,
        &[NO_DRIFT],
    ),
    law(
        "src/model/policy.rs",
        "PolicyValue::Bool(value) => Some((*value).into()),",
        r#"PolicyValue::Bool(value) => {
            Some(u64::from(*value) + u64::from(mutant("drift.default")))
        }"#,
        &[NO_DRIFT],
    ),
    origin(
        "                (true, _) => OriginClass::Revert,
                (false, true) => OriginClass::Change,
                (false, false) => OriginClass::Conflict,",
        r#"                (true, _) if mutant("origin.revert") => OriginClass::Change,
                (false, true) if mutant("origin.change") => OriginClass::Conflict,
                (false, false) if mutant("origin.conflict") => OriginClass::Change,
                (true, _) => OriginClass::Revert,
                (false, true) => OriginClass::Change,
                (false, false) => OriginClass::Conflict,"#,
    ),
    law(
        "src/diff/compare.rs",
        "            (None, Some(_)) => OriginClass::Change,",
        r#"            (None, Some(_)) if mutant("origin.unmanaged-before") => OriginClass::Conflict,
            (None, Some(_)) => OriginClass::Change,"#,
        &["origin::what_was_not_managed_before_is_the_repositorys_move", LIVES],
    ),
    law(
        "src/drift/classify.rs",
        "        (Some(_), OriginClass::Conflict) => DriftClass::Conflict,",
        r#"        (Some(_), OriginClass::Conflict) if mutant("drift.conflict") => DriftClass::OutOfBand,
        (Some(_), OriginClass::Conflict) => DriftClass::Conflict,"#,
        &["origin::one_value_has_moved_on_one_side_or_on_both", LIVES],
    ),
    law(
        "src/drift/classify.rs",
        "        (None, _) | (Some(_), OriginClass::Revert) => DriftClass::OutOfBand,",
        r#"        (None, _) if mutant("drift.gone") => DriftClass::Unapplied,
        (None, _) | (Some(_), OriginClass::Revert) => DriftClass::OutOfBand,"#,
        &[
            "origin::a_tre_that_is_gone_from_the_platform_is_drift_and_created_anew_with_a_warning",
            LIVES,
        ],
    ),
    law(
        "src/diff/record.rs",
        "    paths.sort();
    paths",
        r#"    paths.sort();
    paths.retain(|_| !mutant("released.silent"));
    paths"#,
        &["origin::what_is_no_longer_managed_is_released", LIVES],
    ),
    law(
        "src/drift/record.rs",
        "Call::SetPolicies(policies) => record.policies.extend(policies.clone()),",
        r#"Call::SetPolicies(_) if mutant("record.policies") => {}
        Call::SetPolicies(policies) => record.policies.extend(policies.clone()),"#,
        &[REMEMBERED],
    ),
    law(
        "src/drift/record.rs",
        "        Call::RemoveAuthorizedUsers(people) => remove(record.authorized_users.as_mut(), people),",
        r#"        Call::RemoveAuthorizedUsers(_) if mutant("record.removed-users") => {}
        Call::RemoveAuthorizedUsers(people) => remove(record.authorized_users.as_mut(), people),"#,
        &[REMEMBERED],
    ),
    absorbs(
        "        Call::Deactivate => record.state = TreState::Maintenance,",
        r#"        Call::Deactivate if mutant("record.deactivated") => {}
        Call::Deactivate => record.state = TreState::Maintenance,"#,
    ),
    law(
        "src/drift/record.rs",
        "                record.authorized_users.get_or_insert_with(|| {
                    before.map(|tre| tre.authorized_users.clone()).unwrap_or_default()
                });",
        r#"                if !mutant("record.list-as-it-was") {
                    record.authorized_users.get_or_insert_with(|| {
                        before.map(|tre| tre.authorized_users.clone()).unwrap_or_default()
                    });
                }"#,
        &["origin::who_was_listed_all_along_is_nobodys_edit"],
    ),
    law(
        "src/apply/task.rs",
        "            self.waiting.push(Entry::Recorded { tre: self.tre.clone(), record });",
        r#"            if !mutant("record.whole") {
                self.waiting.push(Entry::Recorded { tre: self.tre.clone(), record });
            }"#,
        &[LIVES],
    ),
    law(
        "src/state/ledger.rs",
        "        if let Some(record) = absorb(record, call) {
            self.applied.insert(tre.clone(), record);
        }",
        r#"        if let Some(record) = absorb(record, call).filter(|_| !mutant("record.step-by-step")) {
            self.applied.insert(tre.clone(), record);
        }"#,
        &[LIVES],
    ),
];

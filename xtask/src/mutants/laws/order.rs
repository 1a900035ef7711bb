//! The order of the calls, and what a plan says of people.

use super::{Law, law};

/// What decides the order outside the sequence itself.
pub const EXPOSURE: &[Law] = &[
    law(
        "src/plan/subject.rs",
        "                Strictness::Stricter => {
                    split.tightened.insert(name.clone(), value.clone());
                }",
        r#"                Strictness::Stricter if mutant("order.tightens-late") => {
                    split.loosened.insert(name.clone(), value.clone());
                }
                Strictness::Stricter => {
                    split.tightened.insert(name.clone(), value.clone());
                }
                Strictness::Looser if mutant("order.loosens-early") => {
                    split.tightened.insert(name.clone(), value.clone());
                }"#,
        &["exposure::nobody_is_more_exposed_on_the_way_than_at_both_ends"],
    ),
    law(
        "src/plan/subject.rs",
        "            && self.before.reviewers.is_disjoint(&self.after.reviewers)",
        r#"            && self.before.reviewers.is_disjoint(&self.after.reviewers)
            && !mutant("order.headless")"#,
        &[
            "sound::a_ready_plan_is_never_refused_and_the_second_one_is_empty",
            "choreography::the_only_reviewer_is_replaced_without_a_gap",
        ],
    ),
];

/// `src/plan/sequence.rs`: the order of the calls. To be filled when its present change is done.
pub const SEQUENCE: &[Law] = &[];

/// `src/plan/impact.rs`: who gains, loses and keeps access. To be filled likewise.
pub const IMPACT: &[Law] = &[];

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

/// The order of the calls, and how many there are.
pub const SEQUENCE: &[Law] = &[
    law(
        "src/plan/sequence/order.rs",
        "        (placed.phase, if placed.phase == Phase::Shuts { depth } else { -depth })",
        r#"        let turned = mutant("order.inside-out");
        let phase = match placed.phase {
            Phase::Opens if mutant("order.opens-first") => Phase::Shuts,
            phase => phase,
        };
        (phase, if (phase == Phase::Shuts) != turned { depth } else { -depth })"#,
        &[
            "exposure::nobody_is_more_exposed_on_the_way_than_at_both_ends",
            "choreography::a_release_takes_away_first_and_gives_last",
        ],
    ),
    law(
        "src/plan/sequence/mod.rs",
        "        if !tightened.is_empty() && !loosened.is_empty() && !turns {",
        r#"        let turns = turns || mutant("order.two-calls-for-policies");
        if !tightened.is_empty() && !loosened.is_empty() && !turns {"#,
        &[
            "choreography::one_call_sets_mixed_policies_where_no_release_stands_between",
            "complete::no_call_by_call_search_does_better_than_the_plan",
        ],
    ),
    law(
        "src/plan/sequence/mod.rs",
        "            let waits = users_wait_for_publishing(self.subject);",
        r#"            let waits = users_wait_for_publishing(self.subject)
                && !mutant("order.users-before-publishing");"#,
        &["choreography::users_wait_for_publishing_where_the_showcase_is_not_administered"],
    ),
];

/// What the model check alone is asked to notice.
pub const MODEL: &[Law] = &[
    law(
        "src/plan/sequence/mod.rs",
        "            let replaces = is_published && change.is_swap() && !added.is_empty();",
        r#"            let is_closed = self.subject.live_state() == Some(TreState::Maintenance);
            let replaces = is_published
                && change.is_swap()
                && !added.is_empty()
                && !(is_closed && mutant("order.headless-while-closed"));"#,
        &[],
    ),
    law(
        "src/plan/sequence/pipeline.rs",
        ".take_while(|id| rest.any(|live| live.id == **id))",
        r#".take_while(|id| !mutant("order.pipeline-anew") && rest.any(|live| live.id == **id))"#,
        &[],
    ),
    law(
        "src/plan/obstacle.rs",
        "            evidence: rule.evidence.as_str().to_owned(),",
        r#"            evidence: match mutant("order.unmarked") {
                true => "known".to_owned(),
                false => rule.evidence.as_str().to_owned(),
            },"#,
        &[],
    ),
];

/// Who has access to what, and so who gains, loses and keeps it.
pub const IMPACT: &[Law] = &[
    law(
        "src/access/grant.rs",
        "    if state == TreState::Draft {",
        r#"    if state == TreState::Draft && !mutant("access.draft-lists") {"#,
        &[
            "access::what_is_said_of_somebodys_access_is_what_the_platform_lets_them_do",
            "access::who_is_said_to_come_in_or_leave_does_and_who_stays_stays",
        ],
    ),
    law(
        "src/access/grant.rs",
        "            // Whether a mere visitor may send requests is not documented.",
        r#"            let reads = has_showcase && mutant("access.visitors-read");
            give(reads, Right::ReadShowcaseProject, Documented);
            // Whether a mere visitor may send requests is not documented."#,
        &["access::what_is_said_of_somebodys_access_is_what_the_platform_lets_them_do"],
    ),
];

//! What needs a consent, what gives one, and what never waits for one.

use super::{LIVES, Law, law};

const fn consent(find: &'static str, replace: &'static str, tests: &'static [&'static str]) -> Law {
    law("src/plan/consent.rs", find, replace, tests)
}

const fn guard(find: &'static str, replace: &'static str, tests: &'static [&'static str]) -> Law {
    law("src/plan/guard.rs", find, replace, tests)
}

const fn tighten(find: &'static str, replace: &'static str) -> Law {
    let tests = &["exposure::what_only_tightens_lets_less_in_with_every_step"];
    law("src/plan/tighten.rs", find, replace, tests)
}

const fn strictness(find: &'static str, replace: &'static str) -> Law {
    law("src/model/policy.rs", find, replace, &[TABLE])
}

const TABLE: &str = "consent::every_change_of_the_table_needs_its_consent";
const BOUND: &str = "consent::a_consent_is_bound_to_the_exact_new_values";
const UNBOUND: &str = "consent::a_list_may_be_left_out_of_a_consent_only_with_a_last_day";
const REVERTS: &str = "consent::undoing_an_edit_that_closed_something_needs_a_consent";
const MANY: &str = "consent::many_removals_need_a_consent_only_above_the_guard";

pub const LAWS: &[Law] = &[
    consent(
        "        && until < subject.ctx.today",
        r#"        && until < subject.ctx.today
        && !mutant("consent.lapses")"#,
        &["consent::a_consent_holds_to_the_end_of_its_last_day", LIVES],
    ),
    consent(
        "return if need.is_about_lists() && entry.until.is_some() {",
        r#"return if need.is_about_lists() && entry.until.is_some() || mutant("consent.binding/none") {"#,
        &[BOUND, UNBOUND],
    ),
    consent(
        "        if !declared.pointer(pointer).is_some_and(|wanted| is_same(wanted, value)) {",
        r#"        let is_wanted = mutant("consent.binding/value")
            || declared.pointer(pointer).is_some_and(|wanted| is_same(wanted, value));
        if !is_wanted {"#,
        &[BOUND, LIVES],
    ),
    consent(
        "    if entry.values.keys().any(|pointer| need.values.contains_key(pointer)) {",
        r#"    if mutant("consent.binding/pointer")
        || entry.values.keys().any(|pointer| need.values.contains_key(pointer))
    {"#,
        &[BOUND],
    ),
    consent(
        ".filter(|entry| entry.allow == need.kind) {",
        r#".filter(|entry| mutant("consent.kind") || entry.allow == need.kind) {"#,
        &[BOUND],
    ),
    consent(
        "                && allow.tre.as_ref().is_none_or(|tre| *tre == subject.desired.id.value)",
        r#"                && (mutant("consent.allow/other-tre")
                    || allow.tre.as_ref().is_none_or(|tre| *tre == subject.desired.id.value))"#,
        &["consent::allowing_one_tre_allows_no_other_one"],
    ),
    consent(
        "            allow.consent == need.kind
",
        r#"            (mutant("consent.allow/other-kind") || allow.consent == need.kind)
"#,
        &["consent::allowing_one_thing_allows_no_other_one"],
    ),
    consent(
        "        return vec![Need::new(ConsentKind::Delete, reason, [state], operations)];",
        r#"        return match mutant("consent.need/delete") {
            true => Vec::new(),
            false => vec![Need::new(ConsentKind::Delete, reason, [state], operations)],
        };"#,
        &[TABLE, BOUND, LIVES],
    ),
    consent(
        "    if subject.deactivates() {",
        r#"    if subject.deactivates() && !mutant("consent.need/maintenance") {"#,
        &[TABLE, BOUND, LIVES],
    ),
    consent(
        "    if subject.takes(Transition::Publish) && subject.ctx.target.asks_publish() {",
        r#"    if subject.takes(Transition::Publish)
        && subject.ctx.target.asks_publish()
        && !mutant("consent.need/publish")
    {"#,
        &[TABLE, BOUND, LIVES],
    ),
    consent(
        "        (Field::Policy(name), Effect::Loosens) => {",
        r#"        (Field::Policy(_), Effect::Loosens) if mutant("consent.need/loosen-policy") => return None,
        (Field::Policy(name), Effect::Loosens) => {"#,
        &[TABLE, BOUND, LIVES],
    ),
    consent(
        "        (Field::Policy(name), Effect::Incomparable) => (",
        r#"        (Field::Policy(_), Effect::Incomparable) if mutant("consent.need/incomparable") => {
            return None;
        }
        (Field::Policy(name), Effect::Incomparable) => ("#,
        &[TABLE, LIVES],
    ),
    consent(
        "        (Field::Visibility, Effect::Loosens) => {",
        r#"        (Field::Visibility, Effect::Loosens) if mutant("consent.need/public") => return None,
        (Field::Visibility, Effect::Loosens) => {"#,
        &[TABLE, BOUND, LIVES],
    ),
    consent(
        "    needs.extend(reverts(subject));",
        r#"    if !mutant("consent.need/revert") {
        needs.extend(reverts(subject));
    }"#,
        &[REVERTS, LIVES],
    ),
    guard(
        "        .filter(|list| list.before > 0 && list.after.is_empty())",
        r#"        .filter(|list| {
            list.before > 0 && list.after.is_empty() && !mutant("guard.emptied-list")
        })"#,
        &[TABLE, BOUND],
    ),
    guard(
        "    if is_small || lost * 100 <= had.len() * percent {",
        r#"    let is_small = is_small && !mutant("guard.least-people");
    if is_small || lost * 100 <= had.len() * percent || mutant("guard.share") {"#,
        &[MANY],
    ),
    tighten(
        "    if after.visibility == Visibility::Private {",
        r#"    if after.visibility == Visibility::Private && !mutant("tighten.visibility") {"#,
    ),
    tighten(
        "    tightened.admins.retain(|admin| after.admins.contains(admin));",
        r#"    tightened.admins.retain(|admin| mutant("tighten.admins") || after.admins.contains(admin));"#,
    ),
    tighten(
        "    tightened.authorized_users.retain(|person| after.authorized_users.contains(person));",
        r#"    tightened.authorized_users.retain(|person| {
        mutant("tighten.users") || after.authorized_users.contains(person)
    });"#,
    ),
    tighten(
        "        left.retain(|user| wanted.reviewers.contains(user));",
        r#"        left.retain(|user| mutant("tighten.reviewers") || wanted.reviewers.contains(user));"#,
    ),
    law(
        "src/plan/tighten.rs",
        "        if !(is_published && left.is_empty()) {",
        r#"        if mutant("tighten.last-reviewer") || !(is_published && left.is_empty()) {"#,
        &["consent::tightening_does_not_wait_for_a_last_reviewer"],
    ),
    tighten(
        "        for (name, value) in subject.policy_changes().tightened {",
        r#"        let changes = subject.policy_changes();
        let loosened = changes.loosened.into_iter().filter(|_| mutant("tighten.loosens"));
        for (name, value) in changes.tightened.into_iter().chain(loosened) {"#,
    ),
    law(
        "src/plan/tighten.rs",
        "        && !super::consent::consents(subject)",
        r#"        && !mutant("tighten.closes")
        && !super::consent::consents(subject)"#,
        &["consent::closing_is_part_of_tightening_only_where_it_is_consented_to"],
    ),
    strictness(
        "            } else if after.is_subset(before) {",
        r#"            } else if mutant("strictness.wider-list") && before.is_subset(after) {
                Strictness::Stricter
            } else if after.is_subset(before) {"#,
    ),
    strictness(
        "        let Some(spec) = self.get(name) else { return Strictness::Incomparable };",
        r#"        let Some(spec) = self.get(name) else {
            return match mutant("strictness.unknown-policy") {
                true => Strictness::Stricter,
                false => Strictness::Incomparable,
            };
        };"#,
    ),
    strictness(
        "PolicyKind::Bool | PolicyKind::Number => order(strength(before), strength(after)),",
        r#"PolicyKind::Bool if mutant("strictness.bool") => order(strength(after), strength(before)),
            PolicyKind::Number if mutant("strictness.number") => {
                order(strength(after), strength(before))
            }
            PolicyKind::Bool | PolicyKind::Number => order(strength(before), strength(after)),"#,
    ),
];

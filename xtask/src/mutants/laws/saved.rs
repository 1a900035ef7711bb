//! Saved plans: what the digest covers, what is stale, what goes on; and the same bytes again.

use super::{LIVES, Law, law};

const fn digest(find: &'static str, replace: &'static str, tests: &'static [&'static str]) -> Law {
    law("src/plan/digest.rs", find, replace, tests)
}

const COUNTS: &str = "digest::values_states_and_consents_count";

pub const LAWS: &[Law] = &[
    digest(
        "        .map(|change| json!([change.field.key(), change.before, change.after]))",
        r#"        .map(|change| match mutant("digest.list-places") {
            true => json!([change.path, change.before, change.after]),
            false => json!([change.field.key(), change.before, change.after]),
        })"#,
        &["digest::a_list_counts_by_who_comes_and_who_goes"],
    ),
    digest(
        "    let fields: Vec<Value> = subject
        .changes
        .iter()",
        r#"    let fields: Vec<Value> = subject
        .changes
        .iter()
        .filter(|_| !mutant("digest.fields"))"#,
        &["digest::what_is_blocked_counts"],
    ),
    digest(
        "        .map(|step| json!([step.operation, step.route, step.input, step.consents]))",
        r#"        .filter(|_| !mutant("digest.steps"))
        .map(|step| json!([step.operation, step.route, step.input, step.consents]))"#,
        &["digest::the_calls_count"],
    ),
    digest(
        r#"        "target": subject.ctx.target.name,"#,
        r#"        "target": if mutant("digest.target") { "" } else { subject.ctx.target.name.as_str() },"#,
        &["digest::the_target_and_the_id_count"],
    ),
    digest(
        r#"        "id": subject.desired.id.value,"#,
        r#"        "id": if mutant("digest.id") { json!(null) } else { json!(subject.desired.id.value) },"#,
        &["digest::the_target_and_the_id_count"],
    ),
    digest(
        r#"        "desired_state": subject.desired.state.value,"#,
        r#"        "desired_state": subject.desired.state.value,
        "live": if mutant("digest.unmanaged") { json!(subject.before()) } else { json!(null) },"#,
        &["digest::what_is_not_managed_does_not_count", LIVES],
    ),
    digest(
        r#"        "fields": fields,"#,
        r#"        "fields": fields,
        "again": ({
            static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
            match mutant("digest.another-each-time") {
                true => COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                false => 0,
            }
        }),"#,
        &["shape::the_same_input_gives_the_same_bytes", LIVES],
    ),
    digest(
        r#"        "consents": consents.used,"#,
        r#"        "consents": if mutant("digest.consents") { json!([]) } else { json!(consents.used) },"#,
        &[COUNTS],
    ),
    law(
        "src/plan/saved.rs",
        "            let fits = new.is_some_and(|new| new.digest == old.digest || is_rest(old, new));",
        r#"            let fits = new.is_some_and(|new| {
                mutant("saved.stale") || new.digest == old.digest || is_rest(old, new)
            });"#,
        &[LIVES],
    ),
    law(
        "src/apply/resume.rs",
        "progress.digest == saved.digest && rest.eq(planned)",
        r#"progress.digest == saved.digest && (mutant("saved.rest") || rest.eq(planned))"#,
        &["machine::what_was_begun_goes_on_only_as_it_was_reviewed"],
    ),
];

//! Saved plans: what the digest covers, what is stale, what goes on; and the same bytes again.

use super::{LIVES, Law, law};

const fn digest(find: &'static str, replace: &'static str, tests: &'static [&'static str]) -> Law {
    law("src/plan/digest.rs", find, replace, tests)
}

const COUNTS: &str = "digest::values_states_and_consents_count";

pub const LAWS: &[Law] = &[
    digest(
        "(change.field.key(), &change.before, &change.after)",
        r#"({
            let is_broken = mutant("digest.list-places");
            if is_broken { change.path.clone() } else { change.field.key() }
        }, &change.before, &change.after)"#,
        &["digest::a_list_counts_by_who_comes_and_who_goes"],
    ),
    digest(
        "subject.changes.iter()",
        r#"subject.changes.iter().filter(|_| !mutant("digest.fields"))"#,
        &["digest::what_is_blocked_counts"],
    ),
    digest(
        ".map(|step| (",
        r#".filter(|_| !mutant("digest.steps")).map(|step| ("#,
        &["digest::the_calls_count"],
    ),
    digest(
        "        target: &subject.ctx.target.name,",
        r#"        target: if mutant("digest.target") { "" } else { &subject.ctx.target.name },"#,
        &["digest::the_target_and_the_id_count"],
    ),
    digest(
        "        id: &subject.desired.id.value,",
        r#"        id: match mutant("digest.id") {
            true => Box::leak(Box::new(TreId::from_platform("tre-none"))),
            false => &subject.desired.id.value,
        },"#,
        &["digest::the_target_and_the_id_count"],
    ),
    digest(
        "        fields: fields.collect(),",
        r#"        fields: fields
            .chain(mutant("digest.unmanaged").then(|| {
                let live: &Value = Box::leak(Box::new(serde_json::json!(subject.before())));
                (String::new(), live, live)
            }))
            .collect(),"#,
        &["digest::what_is_not_managed_does_not_count", LIVES],
    ),
    digest(
        "    let hash = Sha256::digest(text);",
        r#"    let mut text = text;
        if mutant("digest.another-each-time") {
            static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
            let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            text.extend(count.to_le_bytes());
        }
        let hash = Sha256::digest(text);"#,
        &["shape::the_same_input_gives_the_same_bytes", LIVES],
    ),
    digest(
        "        consents: &consents.used,",
        r#"        consents: if mutant("digest.consents") { &[] } else { &consents.used },"#,
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

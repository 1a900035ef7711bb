//! Drift runs and the comment on a forge: what is accepted and until when, what leads to status 2,
//! what is adopted, which comment is written over, when a call is made again, where a token goes.

use super::telling;
use crate::mutants::mutant::{Mutant, Site, Table, Test};

/// A place where a promise is kept, the unit tests that hold it, and those of the whole program.
pub struct Kept {
    site: Site,
    lib: &'static [&'static str],
    cli: &'static [&'static str],
}

pub const fn kept(
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    lib: &'static [&'static str],
    cli: &'static [&'static str],
) -> Kept {
    Kept { site: Site { file, find, replace }, lib, cli }
}

const LAST_DAY: &str = "drift::accept::tests::an_entry_holds_to_the_end_of_its_last_day";
const VERY_VALUE: &str =
    "drift::accept::tests::an_entry_holds_for_its_own_setting_with_that_very_value";
const COUNTS_AGAIN: &str =
    "drift::accepted_drift_counts_again_after_its_last_day_and_where_the_value_moves";
const TOLD_APART: &str = "drift::accepted_drift_is_told_apart_and_does_not_count";
const FAIL_ON: &str = "drift::only_the_classes_that_are_asked_for_lead_to_status_2";
const UNASKED: &str =
    "drift::what_the_repository_moved_or_somebody_accepted_is_not_adopted_unasked";
const ADOPTED: &str =
    "drift::the_values_of_the_platform_are_written_where_they_belong_and_nothing_else_moves";

const SAME: &str = "forge::keep::tests::the_same_plan_writes_over_its_own_comment";
const ANOTHER: &str =
    "forge::keep::tests::another_plan_comes_beside_it_and_folds_the_older_one_once";
const OTHERS: &str = "forge::keep::tests::marks_of_others_and_of_other_keys_do_not_count";
const TWINS: &str = "forge::keep::tests::of_two_that_are_the_same_the_last_one_stays";
const GITHUB: &str = "comment::one_comment_is_kept_on_github";
const GITLAB: &str = "comment::one_comment_is_kept_on_gitlab";
const ISSUES: &str = "notify::one_issue_for_each_tre_with_drift_on_github";
const NOBODY: &str = "comment::nobody_else_is_written_over";
const FORK: &str = "comment::the_pull_request_of_a_fork_is_found_by_its_branch";
const ELSEWHERE: &str = "comment::a_list_that_goes_on_elsewhere_is_not_followed_there";
const NAMES: &str = "forge::place::tests::what_is_missing_or_no_name_is_said";
const NUMBER: &str = "forge::place::tests::the_number_is_found_wherever_the_ci_says_it";

const KEPT: &[&[Kept]] = &[DRIFT, COMMENT, WEB, telling::KEPT];

const DRIFT: &[Kept] = &[
    kept(
        "src/drift/accept.rs",
        "entry.path == path)",
        r#"entry.path == path || mutant("accept.path"))"#,
        &[VERY_VALUE],
        &[],
    ),
    kept(
        "src/drift/accept.rs",
        "    if *until < today {",
        r#"    if (*until < today && !mutant("accept.for-ever"))
        || (*until == today && mutant("accept.last-day"))
    {"#,
        &[LAST_DAY],
        &[],
    ),
    kept(
        "src/drift/accept.rs",
        "    if *live != change.before {",
        r#"    if *live != change.before && !mutant("accept.moved") {"#,
        &[VERY_VALUE],
        &[COUNTS_AGAIN],
    ),
    kept(
        "src/plan/render/drift.rs",
        "item.accepted.is_none() && self.fail_on",
        r#"(item.accepted.is_none() || mutant("fail-on.accepted")) && self.fail_on"#,
        &[],
        &[TOLD_APART],
    ),
    kept(
        "src/plan/render/drift.rs",
        "self.fail_on.retain(|class| classes.contains(class));",
        r#"self.fail_on
                .retain(|class| classes.contains(class) || mutant("fail-on.all"));"#,
        &[],
        &[FAIL_ON],
    ),
    kept(
        "src/cli/adopt.rs",
        "        if let Some(Acceptance { owner, until, .. }) = &item.accepted {",
        r#"        if !mutant("adopt.accepted")
            && let Some(Acceptance { owner, until, .. }) = &item.accepted
        {"#,
        &[],
        &[UNASKED],
    ),
    kept(
        "src/cli/adopt.rs",
        "if item.class == DriftClass::Unapplied && reach == Reach::Edited {",
        r#"if item.class == DriftClass::Unapplied
            && reach == Reach::Edited
            && !mutant("adopt.unapplied")
        {"#,
        &[],
        &[UNASKED],
    ),
    kept(
        "src/cli/adopt.rs",
        "            None => Ok(Edit::Remove(path, person.to_owned())),",
        r#"            _ if mutant("adopt.group") => Ok(Edit::Remove(path, person.to_owned())),
            None => Ok(Edit::Remove(path, person.to_owned())),"#,
        &[],
        &[ADOPTED],
    ),
];

const COMMENT: &[Kept] = &[
    kept(
        "src/forge/keep.rs",
        "live.into_iter().partition(|(_, found)| found == mark);",
        r#"live.into_iter().partition(|(_, found)| {
            (found == mark && !mutant("comment.same")) || mutant("comment.another")
        });"#,
        &[ANOTHER],
        &[GITHUB, GITLAB],
    ),
    kept(
        "src/forge/keep.rs",
        "older.iter().chain(twins)",
        r#"older.iter().filter(|_| !mutant("comment.fold")).chain(twins)"#,
        &[ANOTHER],
        &[GITHUB, GITLAB],
    ),
    kept(
        "src/forge/keep.rs",
        "same.iter().rev().skip(1).rev();",
        r#"same.iter().rev().skip(if mutant("comment.twin") { usize::MAX } else { 1 }).rev();"#,
        &[TWINS],
        &[],
    ),
    kept(
        "src/forge/keep.rs",
        "filter(|comment| comment.author.eq_ignore_ascii_case(author));",
        r#"filter(|comment| {
            mutant("comment.author") || comment.author.eq_ignore_ascii_case(author)
        });"#,
        &[OTHERS],
        &[NOBODY],
    ),
    kept(
        "src/forge/keep.rs",
        "authors.iter().any(|one| one.eq_ignore_ascii_case(&it.author));",
        r#"{
        mutant("comment.carrying") || authors.iter().any(|one| one.eq_ignore_ascii_case(&it.author))
    };"#,
        &[OTHERS],
        &[],
    ),
    kept(
        "src/forge/mark.rs",
        "self.key == other.key",
        r#"self.key == other.key || mutant("comment.key")"#,
        &[OTHERS],
        &[NOBODY],
    ),
    kept(
        "src/forge/mark.rs",
        "words.next().is_none().then_some(",
        r#"(words.next().is_none() || mutant("comment.folded-again")).then_some("#,
        &[ANOTHER],
        &[GITHUB, GITLAB],
    ),
    kept(
        "src/forge/mark.rs",
        r#"text.replace("\r\n", "\n").trim_end().to_owned();"#,
        r#"match mutant("comment.line-endings") {
        true => text.to_owned(),
        false => text.replace("\r\n", "\n").trim_end().to_owned(),
    };"#,
        &[SAME],
        &[],
    ),
    kept(
        "src/forge/mark.rs",
        "is_plain && !is_second_dash",
        r#"is_plain && (!is_second_dash || mutant("comment.mark"))"#,
        &["forge::mark::tests::no_key_ends_the_mark"],
        &[],
    ),
    kept(
        "src/forge/conversation.rs",
        "== Some(commit.as_str())",
        r#"== Some(commit.as_str()) || mutant("comment.fork-moved-on")"#,
        &[],
        &[FORK],
    ),
    kept(
        "src/forge/repository.rs",
        "if let Some(number) = there().await? {",
        r#"if !mutant("comment.lost-answer") && let Some(number) = there().await? {"#,
        &[],
        &[GITHUB, GITLAB, ISSUES],
    ),
    kept(
        "src/forge/place.rs",
        "parts.clone().count() <= 2 &&",
        r#"(parts.clone().count() <= 2 || mutant("place.three-parts")) &&"#,
        &[NAMES],
        &[],
    ),
    kept(
        "src/forge/place.rs",
        r#"!matches!(part, "." | "..") &&"#,
        r#"(!matches!(part, "." | "..") || mutant("place.dots")) &&"#,
        &[NAMES],
        &[],
    ),
    kept(
        "src/forge/place.rs",
        "known.or_else(by_ref).map(",
        r#"(if mutant("place.ref-first") { by_ref().or(known) } else { known.or_else(by_ref) }).map("#,
        &[NUMBER],
        &[],
    ),
];

const WEB: &[Kept] = &[
    kept(
        "src/web/mod.rs",
        "let is_busy = status.as_u16() == 429 || is_exhausted;",
        r#"let is_busy = (status.as_u16() == 429 && !mutant("web.too-many"))
            || (is_exhausted && !mutant("web.exhausted"));"#,
        &[],
        &[GITHUB, GITLAB],
    ),
    kept(
        "src/web/mod.rs",
        "is_passing: is_busy || status.is_server_error(),",
        r#"is_passing: is_busy || (status.is_server_error() && !mutant("web.server-error")),"#,
        &[],
        &[GITHUB, GITLAB],
    ),
    kept(
        "src/web/mod.rs",
        "            is_passing: true,",
        r#"            is_passing: !mutant("web.lost"),"#,
        &[],
        &[GITHUB, GITLAB],
    ),
    kept(
        "src/web/mod.rs",
        "if !url.strip_prefix(&self.base)",
        r#"if !mutant("web.another-host") && !url.strip_prefix(&self.base)"#,
        &[],
        &[ELSEWHERE],
    ),
];

/// Adds a mutant for each promise.
pub fn add(table: &mut Table) {
    for Kept { site, lib, cli } in KEPT.iter().copied().flatten() {
        table.sites.push(*site);
        for id in site.ids() {
            let lib = lib.iter().copied().map(Test::lib);
            let tests = lib.chain(cli.iter().copied().map(Test::cli)).collect();
            table.mutants.push(Mutant { id, file: site.file, tests });
        }
    }
}

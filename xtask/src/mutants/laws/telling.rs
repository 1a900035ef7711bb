//! What is told of drift, to whom, and what is not: issues, the signed webhook, the chat.

use super::reports::{Kept, kept};

const fn issue(find: &'static str, replace: &'static str, lib: &'static [&'static str]) -> Kept {
    kept("src/forge/issue.rs", find, replace, lib, &[])
}

const fn chat(find: &'static str, replace: &'static str, lib: &'static [&'static str]) -> Kept {
    kept("src/plan/render/chat.rs", find, replace, lib, &[])
}

const OURS: &str = "forge::issue::tests::nothing_is_closed_that_was_not_looked_at_or_is_not_ours";
const STAYS: &str =
    "forge::issue::tests::one_issue_stays_open_and_says_when_something_else_is_wrong";
const BY_HAND: &str =
    "forge::issue::tests::what_a_person_closed_stays_closed_until_something_else_is_wrong";
const SETTLED: &str =
    "forge::issue::tests::it_is_closed_once_nothing_is_wrong_and_a_new_one_follows";
const TODAY: &str = "notify::a_report_is_of_one_root_and_one_target_and_of_today";
const SIGNED: &str = "hook::signature::tests::a_signature_is_that_of_the_specification";
const NEWS: &str = "plan::render::chat::tests::what_was_told_before_is_no_news";
const SEEN: &str =
    "cli::history::tests::drift_is_known_since_the_first_of_the_nights_that_saw_it_without_a_break";

pub const KEPT: &[Kept] = &[
    issue(
        "partition(|it| is_by(it.issue, authors));",
        r#"partition(|it| is_by(it.issue, authors) || mutant("telling.issue/author"));"#,
        &[OURS],
    ),
    issue(
        "issue.is_open && is_by(issue, authors);",
        r#"issue.is_open && (is_by(issue, authors) || mutant("telling.issue/carrying"));"#,
        &[OURS],
    ),
    issue(
        "None => self.is_all.then_some(End::Gone),",
        r#"None => (self.is_all || mutant("telling.issue/looked-at")).then_some(End::Gone),"#,
        &[OURS],
    ),
    issue(
        "            () if *found != mark => Deed::Tell(issue.number, wanted),",
        r#"            () if *found != mark && !mutant("telling.issue/news") => {
                Deed::Tell(issue.number, wanted)
            }"#,
        &[STAYS],
    ),
    issue(
        "        Some(newest) if newest.mark == mark => Deed::Respect(newest.issue.number, wanted),",
        r#"        Some(newest) if newest.mark == mark && !mutant("telling.issue/by-hand") => {
            Deed::Respect(newest.issue.number, wanted)
        }"#,
        &[BY_HAND],
    ),
    issue(
        "if is_kept || (!issue.is_open && mark.says(SETTLED)) {",
        r#"if is_kept || (!issue.is_open && (mark.says(SETTLED) || mutant("telling.issue/put-right"))) {"#,
        &[BY_HAND],
    ),
    issue(
        "body: mark.with(SETTLED).above(&wish.last_text(end)),",
        r#"body: match mutant("telling.issue/settled") {
            true => mark.above(&wish.last_text(end)),
            false => mark.with(SETTLED).above(&wish.last_text(end)),
        },"#,
        &[SETTLED],
    ),
    issue(
        "        Deed::Open(wanted) if opened >= wish.at_most => Deed::Postpone(wanted),",
        r#"        Deed::Open(wanted) if opened >= wish.at_most && !mutant("telling.issue/flood") => {
            Deed::Postpone(wanted)
        }"#,
        &["forge::issue::tests::no_flood_is_opened_at_once"],
    ),
    issue(
        "    let mut about = ours.iter().rev().filter(",
        r#"    let mut ours = ours.to_vec();
    if mutant("telling.issue/twins") {
        ours.reverse();
    }
    let mut about = ours.iter().rev().filter("#,
        &["forge::issue::tests::of_two_that_are_about_the_same_the_last_one_stays"],
    ),
    issue(
        "issue.updated.is_some_and(",
        r#"!mutant("telling.issue/older") && issue.updated.is_some_and("#,
        &["forge::issue::tests::an_older_look_changes_nothing_that_is_newer"],
    ),
    kept(
        "src/forge/mark.rs",
        "self.key.strip_prefix(&escaped(key)).map(unescaped)",
        r#"self.key.strip_prefix(&escaped(key)).map(|about| match mutant("telling.issue/escaped") {
            true => about.to_owned(),
            false => unescaped(about),
        })"#,
        &["forge::issue::tests::an_id_that_the_mark_cannot_hold_as_it_is_is_known_again"],
        &[],
    ),
    kept(
        "src/forge/error.rs",
        "!matches!(status, 403 | 404 | 422),",
        r#"!matches!(status, 403 | 404 | 422) || mutant("telling.issue/one-for-all"),"#,
        &[],
        &["notify::one_issue_that_the_forge_refuses_keeps_no_other_from_being_kept"],
    ),
    kept(
        "src/web/mod.rs",
        "            Err(WebError::Refused { call, status, .. } | WebError::Busy",
        r#"            Err(error) if mutant("telling.answer") => Err(error),
            Err(WebError::Refused { call, status, .. } | WebError::Busy"#,
        &[],
        &["notify::what_is_not_delivered_is_an_error_that_tells_no_secret"],
    ),
    kept(
        "src/cli/commands/notify.rs",
        ".filter(|asked| *asked != name)",
        r#".filter(|asked| *asked != name && !mutant("telling.target"))"#,
        &[],
        &[TODAY],
    ),
    kept(
        "src/cli/commands/notify.rs",
        "    if is_young {",
        r#"    if is_young || mutant("telling.age") {"#,
        &[],
        &[TODAY],
    ),
    kept(
        "src/cli/commands/notify/issues.rs",
        "    match &report.root {",
        r#"    match report.root.as_ref().filter(|_| !mutant("telling.root")) {"#,
        &[],
        &[TODAY],
    ),
    kept(
        "src/hook/signature.rs",
        r#"hmac::sign(&self.key, format!("{id}.{now}.{body}").as_bytes());"#,
        r#"hmac::sign(
            &self.key,
            match () {
                () if mutant("telling.signature/id") => format!("{now}.{body}"),
                () if mutant("telling.signature/time") => format!("{id}.{body}"),
                () if mutant("telling.signature/body") => format!("{id}.{now}."),
                () => format!("{id}.{now}.{body}"),
            }
            .as_bytes(),
        );"#,
        &[SIGNED],
        &[],
    ),
    kept(
        "src/hook/signature.rs",
        "        if !LENGTH.contains(&bytes.len()) {",
        r#"        if !LENGTH.contains(&bytes.len()) && !mutant("telling.secret") {"#,
        &["hook::signature::tests::a_secret_has_one_form_and_enough_bytes"],
        &[],
    ),
    kept(
        "src/web/mod.rs",
        r#"            Some(path) if !path.is_empty() => format!("{method} {path}"),"#,
        r#"            Some(path) if !path.is_empty() => format!("{method} {path}"),
            _ if mutant("telling.address") => format!("{method} {url}"),"#,
        &["web::tests::no_call_is_named_by_what_can_be_a_secret"],
        &[],
    ),
    chat(
        "        report.counting().partition(|item| item.first_seen.is_none());",
        r#"        report
            .counting()
            .partition(|item| mutant("telling.chat/again") || item.first_seen.is_none());"#,
        &[NEWS],
    ),
    chat(
        "    let shown = if path.first().is_some_and(|key| key == \"policies\") { 2 } else { 1 };",
        r#"    let shown = match path.first().is_some_and(|key| key == "policies") {
        _ if mutant("telling.chat/people") => 4,
        true => 2,
        false => 1,
    };"#,
        &["plan::render::chat::tests::what_is_new_is_told_without_values_and_people"],
    ),
    chat(
        "    let text = text.replace('&', \"&amp;\")",
        r#"    if mutant("telling.chat/marks") {
        return text.into_owned();
    }
    let text = text.replace('&', "&amp;")"#,
        &["plan::render::chat::tests::no_name_is_a_mark_and_many_are_counted"],
    ),
    kept(
        "src/cli/history.rs",
        "                if let Some(seen) = self.seen.get_mut(tre) {",
        r#"                if !mutant("telling.seen/applied")
                    && let Some(seen) = self.seen.get_mut(tre)
                {"#,
        &[SEEN],
        &[],
    ),
    kept(
        "src/cli/history.rs",
        "let first = before.get(&sight).unwrap_or(at).clone();",
        r#"let first = match mutant("telling.seen/since") {
                        true => at.clone(),
                        false => before.get(&sight).unwrap_or(at).clone(),
                    };"#,
        &[SEEN],
        &[],
    ),
    kept(
        "src/cli/history.rs",
        "self.seen.get(tre).is_some_and(|seen| seen.counted)",
        r#"self.seen.get(tre).is_some_and(|seen| seen.counted || mutant("telling.seen/cleared"))"#,
        &["cli::history::tests::a_tre_is_cleared_where_the_last_night_saw_drift"],
        &[],
    ),
];

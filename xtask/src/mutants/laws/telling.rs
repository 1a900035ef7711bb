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
const SIGNED: &str = "hook::signature::tests::a_signature_is_that_of_the_specification";
const NEWS: &str = "plan::render::chat::tests::what_was_told_before_is_no_news";
const SEEN: &str =
    "cli::history::tests::drift_is_known_since_the_first_of_the_nights_that_saw_it_without_a_break";

pub const KEPT: &[Kept] = &[
    issue(
        "        .filter(|issue| issue.author.eq_ignore_ascii_case(author))\n",
        r#"        .filter(|issue| {
            mutant("telling.issue/author") || issue.author.eq_ignore_ascii_case(author)
        })
"#,
        &[OURS],
    ),
    issue(
        "        wish.is_looked_at(about).then(|| Deed::Close {",
        r#"        (mutant("telling.issue/looked-at") || wish.is_looked_at(about)).then(|| Deed::Close {"#,
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
        "        Some((issue, found)) if *found == mark => Deed::Respect(issue.number, wanted),",
        r#"        Some((issue, found)) if *found == mark && !mutant("telling.issue/by-hand") => {
            Deed::Respect(issue.number, wanted)
        }"#,
        &[BY_HAND],
    ),
    issue(
        r#"wish.kind), SETTLED).above(&wish.settled);"#,
        r#"wish.kind), match mutant("telling.issue/settled") {
            true => &wish.wanted.first().map_or("1", |wanted| &wanted.digest),
            false => SETTLED,
        })
        .above(&wish.settled);"#,
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
        "                self.seen.remove(tre);\n            }",
        r#"                if !mutant("telling.seen/applied") {
                    self.seen.remove(tre);
                }
            }"#,
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
        "            !seen.is_empty() && compared.contains(*tre)",
        r#"            (mutant("telling.seen/cleared") || !seen.is_empty()) && compared.contains(*tre)"#,
        &["cli::history::tests::a_tre_is_cleared_where_the_last_night_saw_drift"],
        &[],
    ),
];

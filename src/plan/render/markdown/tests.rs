//! The Markdown of the plans that the renderer for people is tested on, and the laws of a comment.

use super::*;
use crate::plan::render::fixtures::{self, fleet, options};
use crate::plan::render::{Verbosity, human, json};

#[test]
fn every_kind_of_news_in_a_pull_request() {
    for (name, plan, exit) in fixtures::all() {
        insta::assert_snapshot!(name, markdown(&plan, &options(exit)));
    }
}

#[test]
fn a_quiet_page_has_no_details_and_a_verbose_one_every_call() {
    let (_, plan, _) = fixtures::all().swap_remove(0);
    let page = |verbosity| markdown(&plan, &Options { verbosity, ..options(3) });
    let (quiet, normal, verbose) =
        (page(Verbosity::Quiet), page(Verbosity::Normal), page(Verbosity::Verbose));
    assert!(!quiet.contains("<details>") && !normal.contains("POST"));
    assert!(verbose.contains(r#"`POST /tre-x/route {"version":"2026.1"}`"#), "{verbose}");
    let summary = |page: &str| page.split("<details>").next().unwrap().to_owned();
    assert_eq!(summary(&normal), summary(&verbose));
    assert!(quiet.starts_with(summary(&normal).trim_end()));
}

/// Returns the figure before some words.
fn figure(page: &str, words: &str) -> usize {
    let Some((before, _)) = page.split_once(words) else { return 0 };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

/// Asserts that a page fits, that nothing in it is left open, and that no TRE is lost.
fn holds(plan: &Plan, page: &str) {
    assert!(part::length(page) <= LIMIT, "{}", part::length(page));
    assert_eq!(page.matches("<details>").count(), page.matches("\n</details>\n").count());
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.iter().all(|row| row.matches('|').count() == 7), "{rows:#?}");
    let left_out = page.lines().find(|line| line.contains("without a row here")).unwrap_or("");
    for (status, word, cut) in [
        (Status::Blocked, "| **blocked** ", " blocked"),
        (Status::Unconsented, "| **needs a consent** ", " waiting for a consent"),
    ] {
        let all = plan.resource_changes.iter().filter(|change| change.status == status).count();
        let shown = rows.iter().filter(|row| row.starts_with(word)).count();
        assert_eq!(shown + figure(left_out, cut), all, "{word}");
    }
}

#[test]
fn whatever_the_plan_it_fits_one_comment() {
    for count in [1, 20, 60, 100, 200, 400, 3_000] {
        let plan = fleet(count);
        for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
            let page = markdown(&plan, &Options { verbosity, ..options(3) });
            holds(&plan, &page);
            let is_cut = page.contains("for which there is no room here");
            assert!(is_cut || count < 400, "{count} {verbosity:?}");
            assert!(!is_cut || count > 20, "{count} {verbosity:?}: {}", part::length(&page));
        }
    }
}

#[test]
fn details_give_way_before_the_summary() {
    let page = markdown(&fleet(200), &options(3));
    let (summary, details) = page.split_once("<details>").unwrap();
    for cut in ["without a row here", "there is no room here"] {
        assert!(!summary.contains(cut), "{summary}");
    }
    let folds: Vec<&str> = details.split("<details>").collect();
    let is_cut: Vec<bool> =
        folds.iter().map(|fold| fold.contains("there is no room here")).collect();
    assert_eq!(is_cut, [false, false, false, true, true, true], "{details}");
}

#[test]
fn what_is_left_out_and_what_is_shown_are_all_there_is() {
    let plan = fleet(400);
    let page = markdown(&plan, &options(3));
    let details = page.split("<details>").find(|fold| fold.contains("steps, in order")).unwrap();
    let numbered = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    let shown = details.lines().filter(numbered).count();
    let left_out = figure(details, " more steps for which there is no room here");
    let all: usize = plan
        .resource_changes
        .iter()
        .filter(|change| matches!(change.status, Status::Ready | Status::Unconsented))
        .map(|change| change.steps.len())
        .sum();
    assert_eq!((shown + left_out, figure(details, " steps, in order")), (all, all), "{details}");
}

#[test]
fn no_name_is_long_enough_to_break_the_page() {
    let mut plan = fleet(40);
    let long = "`|@x \u{202e}</details>\n".repeat(400);
    plan.target.name = long.clone();
    plan.target.operator = long.clone();
    plan.trectl_version = long.clone();
    plan.timestamp = long.clone();
    for change in &mut plan.resource_changes {
        change.name = long.clone();
        change.blocked.iter_mut().for_each(|blocked| blocked.message = long.clone());
        change.steps.iter_mut().for_each(|step| step.reason = long.clone());
        change.impact.gain_access.iter_mut().for_each(|person| person.id = long.clone());
    }
    let invocation = format!("trectl -C {long}");
    let page = markdown(&plan, &Options { invocation, ..options(3) });
    holds(&plan, &page);
}

#[test]
fn only_the_last_line_tells_when_and_from_which_commit() {
    let (_, plan, _) = fixtures::all().swap_remove(0);
    let mut later = plan.clone();
    later.timestamp = "2026-05-07T09:00:00Z".to_owned();
    later.source.git.as_mut().unwrap().commit = "b2b2b2b2".to_owned();
    let [(body, end), (later_body, later_end)] = [plan, later].map(|plan| {
        let page = markdown(&plan, &options(3));
        let (body, end) = page.trim_end().rsplit_once('\n').unwrap();
        (body.to_owned(), end.to_owned())
    });
    assert_eq!(body, later_body);
    assert_ne!(end, later_end);
    assert!(!body.contains("2026-05-06") && !body.contains("14:02"), "{body}");
}

#[test]
fn the_same_plan_gives_the_same_bytes_in_every_format() {
    let plan = fleet(2_000);
    // Once as it was made, and once as it is read from a file.
    let again: Plan = serde_json::from_str(&json(&plan).unwrap()).unwrap();
    assert_eq!(json(&plan).unwrap(), json(&again).unwrap());
    for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
        let options = Options { verbosity, ..options(3) };
        assert!(human(&plan, &options) == human(&again, &options), "{verbosity:?}");
        assert!(markdown(&plan, &options) == markdown(&again, &options), "{verbosity:?}");
    }
}

//! Runs that ended in every way, and texts of others in each of them.

use std::collections::BTreeMap;

use clap::Parser;
use proptest::prelude::*;

use super::*;
use crate::apply::{FailedStep, StepError, Stop};
use crate::cli::args::Args;
use crate::cli::settings::Environment;
use crate::plan::Extent;
use crate::plan::render::fixtures;
use crate::plan::render::hostile::{assert_inert, plan_with, puts, texts};
use crate::platform::{Operation, PlatformError, PlatformErrorKind};
use crate::state::Head;

fn settings() -> Settings {
    let args = Args::try_parse_from(["trectl", "apply"]).unwrap();
    Settings::resolve(&args.global, Environment::default())
}

/// Returns a run in which everything that can happen to a TRE happened to one.
fn outcome(text: &str) -> Outcome {
    let error = PlatformError::new("/tre/x", PlatformErrorKind::InvalidState, text);
    let step = FailedStep {
        id: format!("{text}/2"),
        operation: Operation::Deactivate,
        route: text.to_owned(),
        is_unknown: true,
    };
    let paths = vec![format!("/policies/{text}")];
    let results = [
        TreResult::Applied,
        TreResult::Failed { step: Some(step), error: StepError::Platform(error.clone()) },
        TreResult::Changed { paths: paths.clone() },
        TreResult::ReadBackDiffers { paths },
        TreResult::Interrupted,
        TreResult::NotStarted,
        TreResult::NoWindow,
    ];
    let tres: BTreeMap<TreId, TreReport> = results
        .into_iter()
        .enumerate()
        .map(|(index, result)| {
            let is_left_in_maintenance = matches!(result, TreResult::Failed { .. });
            let report = TreReport { result, done: 1, steps: 3, is_left_in_maintenance };
            (TreId::from_platform(&format!("tre-{index}{text}")), report)
        })
        .collect();
    Outcome { tres, stopped: Some(Stop::Authentication(error)), writes: 9, head: Head::none() }
}

fn page(plan: &Plan, outcome: Option<&Outcome>, status: Status) -> String {
    let report = Report {
        plan,
        outcome,
        after: Some(plan),
        extent: Extent::Full,
        open_windows: 1,
        again: "trectl apply",
        status,
    };
    markdown(report, &settings())
}

fn refused() -> Plan {
    fixtures::all().swap_remove(0).1
}

#[test]
fn a_run_in_which_everything_happened() {
    insta::assert_snapshot!(page(&refused(), Some(&outcome("")), Status::PARTIAL));
}

#[test]
fn a_run_that_had_nothing_to_do() {
    let (_, plan, _) = fixtures::all().pop().unwrap();
    insta::assert_snapshot!(page(&plan, None, Status::DONE));
}

#[test]
fn each_end_of_a_run_has_a_heading_and_says_how_to_go_on() {
    let (everything, plan) = (outcome(""), refused());
    for (outcome, status, heading, said) in [
        (Some(&everything), Status::DONE, "✓ Applied to **production**", ""),
        (None, Status::REFUSED, "✗ Refused for **production**", "Exit 3: something is refused;"),
        (
            Some(&everything),
            Status::REFUSED,
            "! Applied what was not refused to **production**",
            "everything else is done.",
        ),
        (
            Some(&everything),
            Status::PARTIAL,
            "✗ Partly applied to **production**",
            "partly applied.",
        ),
        (
            Some(&everything),
            Status::ERROR,
            "✗ Nothing was applied to **production**",
            "Exit 1: nothing was changed.",
        ),
        (
            Some(&everything),
            Status::INTERRUPTED,
            "! Stopped while applying to **production**",
            "Exit 130: stopped cleanly.",
        ),
    ] {
        let page = page(&plan, outcome, status);
        assert!(page.starts_with(&format!("### {heading}")), "{page}");
        assert!(page.contains(said), "{said}\n{page}");
    }
}

#[test]
fn where_the_platform_could_not_be_read_at_the_end_that_is_said() {
    let plan = refused();
    let error = PlatformError::new("/tre/x", PlatformErrorKind::InternalError, "no answer");
    let error = crate::live::LiveError::from(error);
    let report = TreReport {
        result: TreResult::ReadBackFailed { error },
        done: 3,
        steps: 3,
        is_left_in_maintenance: false,
    };
    let tres = BTreeMap::from([(TreId::from_platform("tre-x"), report)]);
    let outcome = Outcome { tres, stopped: None, writes: 3, head: Head::none() };
    let report = Report {
        plan: &plan,
        outcome: Some(&outcome),
        after: None,
        extent: Extent::Full,
        open_windows: 1,
        again: "trectl apply",
        status: Status::PARTIAL,
    };
    let page = markdown(report, &settings());
    assert!(page.contains("Every step is done; reading it back did not: "), "{page}");
    assert!(page.contains("The platform could not be read to plan again."), "{page}");
    let json = super::super::json(report);
    assert_eq!(json["tres"][0]["result"], "read_back_failed");
    assert_eq!(json["remaining"], serde_json::Value::Null);
}

#[test]
fn programs_get_what_became_of_each_tre() {
    let (plan, outcome) = (refused(), outcome(""));
    let report = Report {
        plan: &plan,
        outcome: Some(&outcome),
        after: Some(&plan),
        extent: Extent::Full,
        open_windows: 1,
        again: "trectl apply",
        status: Status::PARTIAL,
    };
    let mut json = super::super::json(report);
    let keys = json.as_object_mut().unwrap();
    // The plan has snapshots of its own.
    assert_eq!(keys.remove("plan"), Some(serde_json::json!(plan)));
    insta::assert_snapshot!(format!("{json:#}"));
}

#[test]
fn a_saved_plan_that_nobody_applied() {
    let plan = refused();
    let saved = plan.resource_changes[0].clone();
    let pairs = [
        Stale { saved: Box::new(saved.clone()), fresh: Some(Box::new(saved.clone())) },
        Stale { saved: Box::new(saved), fresh: None },
    ];
    let text = stale(&pairs, &plan, &fixtures::options(4));
    assert!(text.starts_with("### ✗ The saved plan for **production** is stale: 2 TREs"), "{text}");
    assert_eq!(text.matches("\nReviewed:\n\n```text\n").count(), 2, "{text}");
    assert!(text.contains("Now: it is no longer planned at all."), "{text}");
}

#[test]
fn a_run_of_any_size_fits_and_what_is_left_out_is_counted() {
    let mut outcome = outcome("");
    let one = outcome.tres.values().next().unwrap().clone();
    for number in 0..9_000 {
        outcome.tres.insert(TreId::from_platform(&format!("tre-many-{number}")), one.clone());
    }
    let page = page(&refused(), Some(&outcome), Status::PARTIAL);
    assert!(page.encode_utf16().count() <= LIMIT);
    let rows = page.lines().filter(|line| line.starts_with("| **")).count();
    let all = outcome.tres.len() + super::super::refused(&refused()).len();
    let left_out = format!("**And {} more TREs** without a row here", all - rows);
    assert!(rows > 100 && page.contains(&left_out), "{rows} of {all}");
    let first = page.lines().find(|line| line.starts_with("| **")).unwrap();
    assert!(!first.contains("applied"), "{first}");
}

#[test]
fn no_text_changes_the_structure_of_a_run() {
    let config =
        ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(put in puts(), text in texts())| {
        let run = |text: &str| {
            let plan = plan_with(&refused(), put, text);
            page(&plan, Some(&outcome(text)), Status::PARTIAL)
        };
        assert_inert(&run(&text), &run("x"));
    });
}

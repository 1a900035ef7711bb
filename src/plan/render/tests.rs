//! Snapshots of both formats over plans that were built by hand, one for each kind of news.

use serde_json::{Value, json};

use super::fixtures::{all, blocked, members, options, plan};
use super::*;
use crate::plan::Plan;

#[test]
fn every_kind_of_news_for_people() {
    for (name, plan, exit) in all() {
        insta::assert_snapshot!(name, human(&plan, &options(exit)));
    }
}

#[test]
fn a_wide_page_uses_its_room() {
    for (name, plan, exit) in all().into_iter().take(3) {
        let wide = Options { width: 120, ..options(exit) };
        insta::assert_snapshot!(format!("{name}_wide"), human(&plan, &wide));
    }
    let narrow = Options { width: 40, ..options(3) };
    let (name, plan, _) = all().swap_remove(0);
    insta::assert_snapshot!(format!("{name}_narrow"), human(&plan, &narrow));
}

#[test]
fn a_snapshot_is_never_taken_for_the_platform() {
    let mut plan = plan(json!([]), json!({}));
    let snapshot = crate::plan::SnapshotInfo {
        digest: "sha256:22".to_owned(),
        taken_at: "2026-05-06T09:30:59Z".to_owned(),
    };
    plan.live = Some(crate::plan::LiveSource { snapshot });
    let first_lines = |age| {
        let options = Options { snapshot_age: age, ..options(0) };
        human(&plan, &options).lines().skip(1).take(2).collect::<Vec<_>>().join(" ")
    };
    let told = "From a snapshot, not the platform: taken 2026-05-06 09:30 UTC";
    let made = "as user-amara, commit a1c9f04. No drift.";
    assert_eq!(first_lines(None), format!("{told} {made}"));
    for (seconds, words) in [
        (59, "just now"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (7_200, "2 hours ago"),
        (172_799, "47 hours ago"),
        (172_800, "2 days ago"),
    ] {
        let age = Some(Duration::from_secs(seconds));
        assert_eq!(first_lines(age), format!("{told} ({words}) {made}"));
    }
}

#[test]
fn colour_repeats_what_the_words_say() {
    let plan = plan(json!([members(), blocked()]), json!({"update": 1, "blocked": 1}));
    let plain = human(&plan, &options(3));
    let coloured = human(&plan, &Options { palette: Palette::Coloured, ..options(3) });
    assert_ne!(plain, coloured);
    assert_eq!(plain, anstream::adapter::strip_str(&coloured).to_string());
}

#[test]
fn no_line_is_longer_than_the_page_unless_it_is_to_be_copied() {
    for width in [40, 80, 100, 120, 200] {
        for (_, plan, exit) in all() {
            for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
                let options = Options { width, verbosity, ..options(exit) };
                let page = human(&plan, &options);
                for line in page.lines().filter(|line| wrap::width_of(line) > width.min(120)) {
                    let is_call = line.contains("POST /");
                    let is_entry = line.contains("- {allow: ");
                    assert!(is_call || is_entry, "{width}: {line}\n{page}");
                }
            }
        }
    }
}

#[test]
fn json_reads_back_as_the_same_plan() {
    let plan = plan(json!([members(), blocked()]), json!({"update": 1, "blocked": 1}));
    let text = json(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
}

#[test]
fn drift_says_who_moved() {
    let item = |class: &str, path: &str, applied: Value, live: Value, desired: Value| {
        json!({
            "address": "tre.tre-x", "path": path, "class": class, "applied": applied,
            "live": live, "desired": desired
        })
    };
    let mut items = json!([
        item("out_of_band", "/policies/restricted", json!(true), json!(false), json!(true)),
        item("unapplied", "/name", json!("A"), json!("A"), json!("B")),
        item("conflict", "/visibility", Value::Null, json!("public"), json!("private")),
    ]);
    items[0]["modified"] = json!("2026-05-06T13:58:41Z");
    items[0]["first_seen"] = json!("2026-05-06T14:02:09Z");
    items[0]["note"] = json!("`user-bot` applied here before.");
    let target = plan(json!([]), json!({})).target;
    let report = DriftReport::new(
        target.clone(),
        serde_json::from_value(items).unwrap(),
        vec!["tre-lost".to_owned()],
        vec!["tre-wild".to_owned()],
    );
    insta::assert_snapshot!("drift", drift_human(&report, &options(2)));
    let none = DriftReport::new(target, Vec::new(), Vec::new(), Vec::new());
    insta::assert_snapshot!("drift_none", drift_human(&none, &options(0)));
}

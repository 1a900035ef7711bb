//! `--format jsonl`: one event a line, and nothing else on standard output.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{ACTIVE, DRAFT, Repo, Run, misfits};

/// Returns the lines, each of which must fit the schema.
fn events(repo: &Repo, run: &Run) -> Vec<Value> {
    let schema = repo.run(&["schema", "events"]).expect(0).json();
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert_eq!(misfits(&schema, line), [] as [String; 0], "{line}");
        for key in ["@level", "@message", "@module", "@timestamp", "type"] {
            assert!(line[key].is_string(), "{line}");
        }
    }
    let first = lines.first().and_then(|line| line.get("type"));
    assert_eq!(first, Some(&Value::from("version")), "{run:?}");
    lines
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

fn last<'a>(events: &'a [Value], kind: &str) -> &'a Value {
    events.iter().rfind(|event| event["type"] == kind).unwrap()
}

#[test]
fn a_run_is_told_step_by_step() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let args = ["apply", "--auto-approve", "--format", "jsonl"];
    let run = repo.run(&args).expect(0);
    let told = events(&repo, &run);
    let expected = [
        "version",
        "planned_change",
        "change_summary",
        "apply_start",
        "apply_progress",
        "apply_complete",
        "change_summary",
    ];
    assert_eq!(types(&told), expected, "{}", run.stdout);
    assert_eq!(told[1]["change"]["action"], "create");
    assert_eq!(told[4]["hook"]["operation"], "create");
    assert_eq!(told[5]["hook"]["resource"]["addr"], "tre.tre-one");
    assert_eq!(told[6]["changes"]["add"], 1);
    assert_eq!(told[6]["changes"]["exit_status"], 0);
    assert!(run.stderr.contains("Applied to local"), "people read the other one: {run:?}");
    let again = repo.run(&args).expect(0);
    assert_eq!(types(&events(&repo, &again)), ["version", "change_summary", "change_summary"]);
}

#[test]
fn each_step_is_one_line() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let run = repo.run(&["apply", "--auto-approve", "--format", "jsonl"]).expect(0);
    let told = events(&repo, &run);
    let steps = last(&told, "planned_change")["change"]["steps"].as_u64().unwrap();
    let done = types(&told).into_iter().filter(|kind| *kind == "apply_progress").count() as u64;
    assert_eq!((steps, done), (7, 7), "{}", run.stdout);
    assert_eq!(last(&told, "apply_progress")["hook"]["steps_done"], 7);
}

#[test]
fn plans_and_refusals_are_told() {
    let repo = Repo::example("refused-configs");
    let run = repo.run(&["plan", "--format", "jsonl"]).expect(3);
    let told = events(&repo, &run);
    let refused: Vec<&Value> = told
        .iter()
        .filter(|event| event["change"]["status"] == "blocked")
        .map(|event| &event["change"])
        .collect();
    assert!(!refused.is_empty(), "{}", run.stdout);
    assert!(refused.iter().all(|change| change["action"] == "no-op"));
    assert!(refused.iter().all(|change| !change["refused"].as_array().unwrap().is_empty()));
    let summary = &last(&told, "change_summary")["changes"];
    assert_eq!((&summary["operation"], &summary["exit_status"]), (&"plan".into(), &3.into()));
    assert!(summary["refused"].as_u64().unwrap() >= refused.len() as u64, "{summary}");
    assert!(run.stderr.contains("Exit 3"), "{run:?}");
}

#[test]
fn drift_is_told_setting_by_setting() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let run = repo.run(&["drift", "--format", "jsonl"]).expect(2);
    let told = events(&repo, &run);
    assert_eq!(types(&told), ["version", "resource_drift", "change_summary"]);
    assert_eq!(told[1]["change"]["path"], "/name");
    assert_eq!(told[1]["change"]["class"], "unapplied");
    assert_eq!(told[2]["changes"]["drift"]["unapplied"], 1);
}

#[test]
fn a_plan_tells_of_drift_what_the_platform_moved() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let run = repo.run(&["plan", "--format", "jsonl"]).expect(0);
    assert_eq!(types(&events(&repo, &run)), ["version", "planned_change", "change_summary"]);
    std::fs::remove_file(repo.at(".trectl/platform.db")).unwrap();
    let told = events(&repo, &repo.run(&["plan", "--format", "jsonl"]));
    let class = &last(&told, "resource_drift")["change"]["class"];
    assert_eq!(class, "out_of_band");
}

#[test]
fn what_is_wrong_is_told_too() {
    let broken = DRAFT.replace("state: draft", "state: drafty");
    let repo = Repo::with(&[("tres/one.yaml", &broken)]);
    let run = repo.run(&["plan", "--format", "jsonl"]).expect(1);
    let told = events(&repo, &run);
    assert_eq!(types(&told), ["version", "diagnostic"], "{}", run.stdout);
    assert_eq!(told[1]["diagnostic"]["range"]["start"]["line"], 4);
    assert!(run.stderr.contains("tres/one.yaml:4"), "{run:?}");
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let run = repo.run(&["apply", "--format", "jsonl"]).expect(1);
    let told = events(&repo, &run);
    assert_eq!(told.last().unwrap()["diagnostic"]["code"], "usage");
    assert_eq!(told.last().unwrap()["@level"], "error");
    let run = repo.run(&["validate", "--format", "jsonl"]).expect(1);
    run.complains("only `plan`, `apply` and `drift` have it");
}

#[test]
fn each_line_is_there_as_soon_as_it_is_known() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let lock = repo.hold_lock();
    let mut child = repo
        .command(&["apply", "--auto-approve", "--format", "jsonl", "--lock-timeout", "60"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The run waits for the lock: what is known is there all the same.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("\"version\""));
    assert!(child.try_wait().unwrap().is_none());
    drop(lock);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(rest.last().unwrap().contains("change_summary"), "{rest:?}");
    assert!(child.wait().unwrap().success());
}

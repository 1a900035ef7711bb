//! `plan`

use std::process::Command;

use crate::harness::{ACTIVE, DRAFT, Repo, Run};

#[test]
fn the_first_line_names_target_and_platform() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let run = repo.run(&["plan"]).expect(0);
    let first = run.stdout.lines().next().unwrap();
    assert!(first.contains("local: embedded platform, not a real one"), "{first}");
    assert!(run.stdout.contains("as user-local"), "{}", run.stdout);
}

#[test]
fn nothing_is_written() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan"]).expect(0);
    repo.run(&["plan", "--format", "json"]).expect(0);
    assert!(!repo.at(".trectl").exists());
}

#[test]
fn json_is_the_plan_of_the_contract() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let plan = repo.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(plan["format_version"], "1.0");
    assert_eq!(plan["target"]["platform"], "embedded");
    assert_eq!(plan["source"]["git"], serde_json::Value::Null);
    assert_eq!(plan["summary"]["create"], 1);
    let change = &plan["resource_changes"][0];
    assert_eq!(change["address"], "tre.tre-one");
    assert_eq!(change["change"]["actions"][0], "create");
    let steps = change["steps"].as_array().unwrap();
    assert_eq!(steps.first().unwrap()["operation"], "create");
    assert_eq!(steps.last().unwrap()["operation"], "publish");
}

#[test]
fn the_same_input_gives_the_same_plan() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let without_time = |run: Run| {
        let mut plan = run.json();
        plan["timestamp"] = "".into();
        plan.to_string()
    };
    let plan = || without_time(repo.run(&["plan", "--format", "json"]));
    assert_eq!(plan(), plan());
}

#[test]
fn only_limits_the_plan_and_takes_known_ids() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    let run = repo.run(&["plan", "--only", "tre-two"]).expect(0);
    assert!(run.stdout.contains("+ tre-two") && !run.stdout.contains("tre-one"), "{}", run.stdout);
    repo.run(&["plan", "--only", "tre-tow"]).expect(1).complains("Did you mean `tre-two`?");
    repo.run(&["plan", "--only", "Tre-two"]).expect(1).complains("is not a TRE id");
    // All files are validated all the same.
    repo.write("tres/three.yaml", "apiVersion: trectl/v1\nkind: Group\n");
    repo.run(&["plan", "--only", "tre-two"]).expect(1);
}

#[test]
fn allow_gives_a_consent_for_one_tre_or_all() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    repo.run(&["plan"]).expect(3);
    repo.run(&["plan", "--allow", "loosen"]).expect(0).says("given: loosen, for this run");
    repo.run(&["plan", "--allow", "maintenance,loosen:tre-one"]).expect(0);
    repo.run(&["plan", "--allow", "publish"]).expect(3);
    repo.run(&["plan", "--allow", "loosen:tre-two"]).expect(1);
    repo.run(&["plan", "--allow", "losen"]).expect(1).complains("did you mean `loosen`?");
}

#[test]
fn the_entry_that_is_shown_gives_the_consent() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    repo.edit(
        "tres/one.yaml",
        "policies: {downloadRestricted: true}",
        "policies: {downloadRestricted: false}",
    );
    let run = repo.run(&["plan"]).expect(3);
    let (_, after) = run.stdout.split_once("add this under").unwrap();
    let entry: String = after
        .lines()
        .skip(1)
        .map(|line| line.get(19..).unwrap_or_default())
        .take_while(|line| line.starts_with("  "))
        .map(|line| format!("{line}\n"))
        .collect();
    let text = repo.read("tres/one.yaml");
    repo.write("tres/one.yaml", format!("{text}consents:\n{entry}"));
    repo.run(&["plan"]).expect(0).says("given: loosen");
}

#[test]
fn released_settings_leave_the_detailed_status_at_0() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "policies: {downloadRestricted: true}\n", "");
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("RELEASED");
    repo.run(&["apply", "--auto-approve"]).expect(0);
    repo.run(&["plan"]).expect(0).says("No changes");
}

#[test]
fn orphans_are_loud_and_leave_the_status_at_0() {
    let repo = Repo::applied(ACTIVE);
    std::fs::remove_file(repo.at("tres/one.yaml")).unwrap();
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    let run = repo.run(&["plan"]).expect(0).says("ORPHANED");
    assert!(run.stdout.contains("rename"), "{}", run.stdout);
}

#[test]
fn git_is_told_and_dirty_looks_at_what_is_read() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT), ("notes.txt", "x")]);
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(repo.path()).args([
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@example.org",
        ]);
        assert!(command.args(args).output().unwrap().status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    let source = || repo.run(&["plan", "--format", "json"]).json()["source"]["git"].clone();
    assert!(source().is_null(), "there is no commit yet");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    assert_eq!(source()["dirty"], false);
    assert_eq!(source()["commit"].as_str().unwrap().len(), 40);
    repo.write("notes.txt", "y");
    repo.write("new.txt", "y");
    assert_eq!(source()["dirty"], false);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    assert_eq!(source()["dirty"], true);
    git(&["checkout", "-q", "tres/one.yaml"]);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    assert_eq!(source()["dirty"], true, "a document that is not in the commit");
    std::fs::remove_file(repo.at("tres/two.yaml")).unwrap();
    assert_eq!(source()["dirty"], false);
    repo.write("tres/zwei.yaml", repo.read("tres/one.yaml"));
    std::fs::remove_file(repo.at("tres/one.yaml")).unwrap();
    assert_eq!(source()["dirty"], true, "a document of the commit that is gone");
}

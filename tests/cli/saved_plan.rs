//! `plan -o`, `show --plan`, `apply PLAN`

use crate::harness::{ACTIVE, DRAFT, Repo};

#[test]
fn a_saved_plan_is_shown_and_applied() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let printed = repo.run(&["plan", "-o", "plan.json"]).expect(0);
    let first = printed.stdout.lines().next().unwrap();
    let run = repo.run(&["show", "--plan", "plan.json"]).expect(0).says("+ tre-one");
    assert_eq!(run.stdout.lines().next().unwrap(), first);
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0).says("No changes.");
}

#[test]
fn a_neighbours_change_and_a_comment_leave_it_fresh() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    repo.write("tres/one.yaml", format!("# A comment.\n{DRAFT}"));
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0);
    repo.run(&["show", "tre-two"]).expect(1);
}

#[test]
fn both_sides_of_a_stale_plan_are_shown() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.edit("tres/one.yaml", "name: One", "name: Another");
    let run = repo.run(&["apply", "plan.json", "--auto-approve"]).expect(4);
    run.says("Reviewed:").says("\"One\"").says("Now:").says("\"Another\"");
    let args = ["apply", "plan.json", "--auto-approve", "--format", "json"];
    let json = repo.run(&args).expect(4).json();
    assert_eq!(json["errored"], true);
    assert_eq!(json["stale"][0]["saved"]["name"], "tre-one");
}

#[test]
fn a_plan_that_was_applied_finds_nothing_left() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0);
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0).says("No changes.");
}

#[test]
fn only_narrows_and_never_widens() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    repo.run(&["plan", "-o", "both.json"]).expect(0);
    repo.run(&["plan", "-o", "one.json", "--only", "tre-one"]).expect(0);
    repo.run(&["apply", "one.json", "--auto-approve", "--only", "tre-two"]).expect(1);
    repo.run(&["apply", "both.json", "--auto-approve", "--only", "tre-two"]).expect(0);
    repo.run(&["show", "tre-one"]).expect(1);
}

#[test]
fn a_plan_for_one_target_is_not_applied_to_another() {
    let repo = Repo::with(&[
        ("tres/one.yaml", DRAFT),
        (
            "trectl.yaml",
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
             a: {platform: {embedded: .trectl/a.db}}\n  b: {platform: {embedded: .trectl/b.db}}\n",
        ),
    ]);
    repo.run(&["plan", "--target", "a", "-o", "plan.json"]).expect(0);
    repo.run(&["apply", "plan.json", "--target", "b", "--auto-approve"])
        .expect(1)
        .complains("--target a");
}

#[test]
fn what_is_no_plan_is_refused() {
    let repo = Repo::with(&[
        ("tres/one.yaml", DRAFT),
        ("broken.json", "{\"format_version\": \"1.0\""),
        ("other.json", "{\"format_version\": \"1.0\"}"),
        ("newer.json", "{\"format_version\": \"2.0\"}"),
    ]);
    for (file, words) in [
        ("broken.json", "no saved plan"),
        ("other.json", "no saved plan"),
        ("newer.json", "format version 2.0"),
        ("missing.json", "cannot be read"),
    ] {
        repo.run(&["apply", file, "--auto-approve"]).expect(1).complains(words);
        repo.run(&["show", "--plan", file]).expect(1).complains(words);
    }
}

#[test]
fn paths_are_relative_to_the_folder_of_the_run() {
    let repo = Repo::with(&[("in/tres/one.yaml", DRAFT)]);
    let run = repo.run(&["-C", "in", "plan", "-o", "plan.json"]).expect(0);
    run.says("`trectl -C in apply plan.json`");
    assert!(repo.at("in/plan.json").exists());
    repo.run(&["-C", "in", "apply", "plan.json", "--auto-approve"]).expect(0);
}

#[test]
fn a_plan_that_cannot_be_saved_is_an_error() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "-o", "nowhere/plan.json"]).expect(1).complains("cannot be written");
}

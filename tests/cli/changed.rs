//! `--changed REV`: only what the working tree touches since it left the history of a revision.

use serde_json::Value;

use crate::harness::{ACTIVE, DRAFT, Repo};

const GROUP: &str = "apiVersion: trectl/v1\nkind: Group\nid: leeds\nmembers: [group:inner]\n";
const INNER: &str = "apiVersion: trectl/v1\nkind: Group\nid: inner\nmembers: [user-li]\n";

/// Returns a repository of three TREs on `main`, all applied, with a branch checked out.
fn branch() -> Repo {
    let one = ACTIVE.replace("[user-li, user-okafor]", "[group:leeds]");
    let repo = Repo::with(&[
        ("trectl.yaml", ""),
        ("tres/one.yaml", &one),
        ("tres/two.yaml", &DRAFT.replace("tre-one", "tre-two")),
        ("tres/three.yaml", &DRAFT.replace("tre-one", "tre-three")),
        ("groups/leeds.yaml", GROUP),
        ("groups/inner.yaml", INNER),
        (".gitignore", ".trectl/\n"),
    ]);
    repo.git(&["init", "-q"]);
    commit(&repo, "main");
    repo.run(&["apply", "--auto-approve"]).expect(0);
    repo.git(&["checkout", "-q", "-b", "branch"]);
    repo
}

fn commit(repo: &Repo, message: &str) {
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "-m", message]);
}

fn touched(repo: &Repo, args: &[&str]) -> Vec<String> {
    let args: Vec<&str> =
        ["plan", "--changed", "main", "--format", "json"].iter().chain(args).copied().collect();
    let plan = repo.run(&args).expect(0).json();
    let names = plan.get("resource_changes").and_then(Value::as_array).unwrap().iter();
    names.map(|change| change.get("name").and_then(Value::as_str).unwrap().to_owned()).collect()
}

#[test]
fn commits_edits_and_new_files_of_a_branch_touch_their_tres() {
    let repo = branch();
    assert_eq!(touched(&repo, &[]), [] as [&str; 0]);
    repo.edit("tres/two.yaml", "name: One", "name: Two");
    assert_eq!(touched(&repo, &[]), ["tre-two"]);
    commit(&repo, "two");
    assert_eq!(touched(&repo, &[]), ["tre-two"]);
    repo.write("tres/four.yaml", DRAFT.replace("tre-one", "tre-four"));
    assert_eq!(touched(&repo, &[]), ["tre-four", "tre-two"]);
    assert_eq!(touched(&repo, &["--only", "tre-four,tre-three"]), ["tre-four"]);
    // What `main` did meanwhile is not ours.
    repo.git(&["stash", "-q", "-u"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.edit("tres/three.yaml", "name: One", "name: Three");
    commit(&repo, "three");
    repo.git(&["checkout", "-q", "branch"]);
    assert_eq!(touched(&repo, &[]), ["tre-two"]);
}

#[test]
fn a_group_touches_whoever_uses_it_by_way_of_others_and_the_project_file_everybody() {
    let repo = branch();
    repo.edit("groups/inner.yaml", "[user-li]", "[user-li, user-okafor]");
    assert_eq!(touched(&repo, &[]), ["tre-one"]);
    repo.write("trectl.yaml", "# A comment\n");
    assert_eq!(touched(&repo, &[]), ["tre-one", "tre-three", "tre-two"]);
}

#[test]
fn a_document_that_is_gone_shows_its_orphan() {
    let repo = branch();
    std::fs::remove_file(repo.at("tres/two.yaml")).unwrap();
    let plan = repo.run(&["plan", "--changed", "main", "--format", "json"]).expect(0).json();
    assert_eq!(plan["resource_changes"][0]["name"], "tre-two");
    assert_eq!(plan["resource_changes"][0]["status"], "orphaned");
    // One that was never applied is nowhere any more, and no reason to fail.
    repo.write("tres/new.yaml", DRAFT.replace("tre-one", "tre-new"));
    commit(&repo, "new");
    repo.git(&["branch", "-f", "main"]);
    std::fs::remove_file(repo.at("tres/new.yaml")).unwrap();
    assert_eq!(touched(&repo, &[]), [] as [&str; 0]);
    repo.run(&["plan", "--changed", "main", "--only", "tre-new"]).expect(1).complains("no TRE");
}

#[test]
fn what_is_looked_at_is_told() {
    let repo = branch();
    let run = repo.run(&["plan", "--changed", "main"]).expect(0);
    run.says("Only what changed since main (at ").says("it touches no TRE.");
    let run = repo.run(&["validate", "--changed", "main"]).expect(0);
    run.says("it touches no TRE.\nValid: 0 TREs, 0 groups, 0 profiles.\n");
    repo.edit("tres/two.yaml", "name: One", "name: Two");
    let base = repo.git(&["rev-parse", "main"]);
    for command in ["plan", "validate"] {
        let json = repo.run(&[command, "--changed", "main", "--format", "json"]).expect(0).json();
        assert_eq!(json["changed"]["since"], "main", "{command}");
        assert_eq!(json["changed"]["merge_base"], base.as_str(), "{command}");
        assert_eq!(json["changed"]["tres"], serde_json::json!(["tre-two"]), "{command}");
    }
    let run = repo.run(&["plan", "--changed", "main"]).expect(0);
    run.says("it touches tre-two.").says("Next: `trectl apply --only tre-two`");
    let run = repo.run(&["plan", "--changed", "main", "--format", "markdown"]).expect(0);
    run.says("Only what changed since main (at ");
    assert!(repo.run(&["plan", "--format", "json"]).json().get("changed").is_none());
}

#[test]
fn validate_fails_over_what_changed_and_plan_over_everything() {
    let repo = branch();
    repo.edit("tres/three.yaml", "state: draft", "state: drafty");
    commit(&repo, "a mistake of others");
    repo.git(&["branch", "-f", "main"]);
    repo.edit("tres/two.yaml", "name: One", "name: Two");
    repo.run(&["validate", "--changed", "main"]).expect(0).says("Valid: 1 TRE,");
    repo.run(&["plan", "--changed", "main"]).expect(1).complains("tres/three.yaml:4");
    let junit = repo.run(&["validate", "--changed", "main", "--format", "junit"]).expect(0);
    assert!(junit.stdout.contains("two.yaml") && !junit.stdout.contains("three.yaml"));
    repo.edit("tres/two.yaml", "name: Two", "nmae: Two");
    let run = repo.run(&["validate", "--changed", "main"]).expect(1);
    assert!(!run.stderr.contains("three.yaml"), "{run:?}");
    // Who used what is gone has a mistake now, in a file that did not change.
    repo.edit("tres/two.yaml", "nmae: Two", "name: Two");
    std::fs::remove_file(repo.at("groups/leeds.yaml")).unwrap();
    repo.run(&["validate", "--changed", "main"]).expect(1).complains("tres/one.yaml");
}

#[test]
fn what_git_cannot_tell_is_an_error_with_its_cure() {
    let repo = branch();
    for command in ["plan", "validate"] {
        let run = repo.run(&[command, "--changed", "no-such-branch"]).expect(1);
        run.complains("git knows no such commit").complains("git fetch origin");
        let run = repo.run(&[command, "--changed=--upload-pack=x"]).expect(1);
        run.complains("git knows no such commit");
    }
    let clone = Repo::empty();
    let url = format!("file://{}", repo.path().display());
    commit_empty(&repo);
    clone.git(&["clone", "-q", "--depth", "1", "--no-single-branch", &url, "deep"]);
    for revision in ["origin/main", "origin/nothing"] {
        let run = clone.run(&["-C", "deep", "validate", "--changed", revision]).expect(1);
        run.complains("fetch-depth: 0");
    }
    let bare = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let run = bare.run(&["validate", "--changed", "main"]).expect(1);
    run.complains("is in no checkout").complains("Run it in a clone");
    let mut lost = repo.command(&["validate", "--changed", "main"]);
    let lost = crate::harness::Run::of(&[], lost.env("PATH", "/nowhere").output().unwrap());
    lost.expect(1).complains("`--changed` needs git");
}

fn commit_empty(repo: &Repo) {
    repo.git(&["commit", "-q", "--allow-empty", "-m", "one more"]);
}

#[test]
fn a_root_below_the_checkout_and_odd_names_are_found() {
    let repo = branch();
    repo.write("deep/trectl.yaml", "");
    repo.write("deep/tres/ä b.yaml", DRAFT.replace("tre-one", "tre-deep"));
    repo.write("deep/.gitignore", ".trectl/\n");
    commit(&repo, "deep");
    repo.git(&["branch", "-f", "main"]);
    repo.edit("deep/tres/ä b.yaml", "name: One", "name: Deep");
    repo.edit("tres/two.yaml", "name: One", "name: Two");
    let args = ["-C", "deep", "validate", "--changed", "main", "--format", "json"];
    let json = repo.run(&args).expect(0).json();
    assert_eq!(json["changed"]["tres"], serde_json::json!(["tre-deep"]));
    std::fs::remove_file(repo.at("deep/tres/ä b.yaml")).unwrap();
    repo.write("deep/tres/other.yaml", DRAFT);
    let json = repo.run(&args).expect(0).json();
    assert_eq!(json["changed"]["tres"], serde_json::json!(["tre-deep", "tre-one"]));
}

//! `validate`

use crate::harness::{ACTIVE, DRAFT, Repo};

const BROKEN: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-one
state: aktive
nmae: One
";

#[test]
fn a_valid_repository_is_summed_up() {
    let repo = Repo::with(&[
        ("tres/one.yaml", ACTIVE),
        ("groups/a.yaml", "apiVersion: trectl/v1\nkind: Group\nid: a\nmembers: [user-li]\n"),
    ]);
    let run = repo.run(&["validate"]).expect(0);
    assert_eq!(run.stdout, "Valid: 1 TRE, 1 group, 0 profiles, 1 warning.\n");
    run.complains("warning");
}

#[test]
fn every_finding_has_its_place() {
    let repo = Repo::with(&[("tres/one.yaml", BROKEN)]);
    let run = repo.run(&["validate"]).expect(1);
    run.complains("tres/one.yaml:4:8")
        .complains("tres/one.yaml:5:1")
        .complains("Did you mean `name`?");
}

#[test]
fn formats_carry_the_same_findings() {
    let repo = Repo::with(&[("tres/one.yaml", BROKEN)]);
    let json = repo.run(&["validate", "--format", "json"]).expect(1).json();
    assert_eq!(json["valid"], false);
    assert_eq!(json["errored"], true);
    let count = json["error_count"].as_u64().unwrap();
    assert!(count >= 2, "{json}");
    assert_eq!(json["diagnostics"][0]["range"]["filename"], "tres/one.yaml");

    let sarif = repo.run(&["validate", "--format", "sarif"]).expect(1).json();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len() as u64, count);
    let github = repo.run(&["validate", "--format", "github"]).expect(1);
    assert_eq!(github.stdout.lines().filter(|line| line.starts_with("::error")).count(), 2);
    let junit = repo.run(&["validate", "--format", "junit"]).expect(1);
    assert!(junit.stdout.contains("failures=\"1\""), "{}", junit.stdout);
}

#[test]
fn paths_in_annotations_begin_at_the_checkout() {
    let repo = Repo::with(&[("deep/tres/one.yaml", BROKEN)]);
    repo.git(&["init", "-q"]);
    let run = repo.run(&["-C", "deep", "validate", "--format", "github"]).expect(1);
    run.says("file=deep/tres/one.yaml");
}

#[test]
fn no_platform_is_asked_or_made() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["validate"]).expect(0);
    assert!(!repo.at(".trectl").exists());
}

#[test]
fn formats_for_findings_are_refused_elsewhere() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "--format", "sarif"]).expect(1).complains("only `validate`");
}

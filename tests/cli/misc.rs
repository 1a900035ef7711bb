//! `schema`, `completions`, `man`, help

use crate::harness::Repo;

#[test]
fn schemas_are_json_and_unknown_kinds_are_named() {
    let repo = Repo::empty();
    for kind in ["tre", "group", "profile", "project", "plan", "drift", "diagnostics"] {
        let schema = repo.run(&["schema", kind]).expect(0).json();
        assert_eq!(schema["type"], "object", "{kind}");
    }
    repo.run(&["schema", "tres"]).expect(1).complains("Did you mean `tre`?");
}

#[test]
fn a_plan_fits_its_schema() {
    let repo = Repo::with(&[("tres/one.yaml", crate::harness::ACTIVE)]);
    let schema = repo.run(&["schema", "plan"]).json();
    let plan = repo.run(&["plan", "--format", "json"]).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&plan).map(|e| e.to_string()).collect();
    assert_eq!(errors, [] as [String; 0]);
}

#[test]
fn scripts_and_pages_are_printed() {
    let repo = Repo::empty();
    repo.run(&["completions", "bash"]).expect(0).says("_trectl");
    repo.run(&["completions", "fish"]).expect(0).says("trectl");
    let page = repo.run(&["man"]).expect(0).says(".TH trectl 1");
    assert!(page.stdout.contains("completions"), "the page leaves out commands");
    repo.run(&["completions", "dos"]).expect(1);
}

#[test]
fn help_and_version_are_results() {
    let repo = Repo::empty();
    repo.run(&["--help"]).expect(0).says("Exit status:");
    repo.run(&["apply", "--help"]).expect(0).says("--tighten-only");
    repo.run(&["--version"]).expect(0).says("trectl 0.1.0");
    let run = repo.run(&["help", "plan"]).expect(0);
    assert_eq!(run.stderr, "");
}

//! `doctor`

#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use serde_json::Value;

use crate::harness::{ACTIVE, Repo, Run};

const SHOWCASE: &str = "record-000000000000000000000001";

const PROJECT: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local:
    platform: {embedded: .trectl/platform.db, seed: seed.yaml}
    select: {billTo: [org-biobank]}
";

/// Amara manages and administers; Jonas is a plain member who may look at the showcase.
pub fn seed(actor: &str) -> String {
    format!(
        "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: {actor}
users: [user-amara, user-jonas]
orgs:
  - id: org-biobank
    members:
      - {{id: user-amara, level: ADMIN, treManagement: true}}
      - {{id: user-jonas, level: MEMBER, treManagement: false}}
projects:
  - id: project-000000000000000000000001
    region: aws:eu-west-2
    billTo: org-biobank
    access: {{user-amara: ADMINISTER, user-jonas: VIEW}}
records:
  - {{id: {SHOWCASE}, project: project-000000000000000000000001}}
tres:
  - id: tre-one
    state: draft
    billTo: org-biobank
    region: aws:eu-west-2
    admins: [user-amara, user-jonas]
    inventory: {{active: {{version: \"1\", dataShowcase: {SHOWCASE}}}}}
"
    )
}

fn seeded(actor: &str) -> Repo {
    Repo::with(&[("trectl.yaml", PROJECT), ("seed.yaml", &seed(actor))])
}

/// Returns the status of a check.
pub fn status(report: &Value, id: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id);
    let check = check.unwrap_or_else(|| panic!("there is no check `{id}`"));
    check["status"].as_str().unwrap().to_owned()
}

fn json(repo: &Repo, expected: i32) -> Value {
    let report = repo.run(&["doctor", "--format", "json"]).expect(expected).json();
    let checks = report["checks"].as_array().unwrap();
    let count = |status: &str| checks.iter().filter(|check| check["status"] == status).count();
    for status in ["ok", "failed", "unknown", "skipped"] {
        assert_eq!(report["summary"][status], count(status), "{status}");
    }
    for check in checks {
        let needs_cure = check["status"] == "failed";
        assert!(!needs_cure || check["cure"].is_string(), "without a cure: {check:#}");
    }
    report
}

fn narrow(run: &Run) {
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "wider than 80 columns: {line}");
    }
}

#[test]
fn an_embedded_platform_as_it_should_be() {
    let repo = seeded("user-amara");
    let run = repo.run(&["doctor"]).expect(0);
    narrow(&run);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!(run.stdout);
    let report = json(&repo, 0);
    assert_eq!(report["target"]["operator"], "user-amara");
    for id in ["tls", "clock", "rate_limit"] {
        assert_eq!(status(&report, id), "skipped", "{id}");
    }
    assert!(!repo.at(".trectl").exists(), "something was written");
}

#[test]
fn without_a_seed_and_without_documents() {
    let repo = Repo::empty();
    repo.run(&["doctor"]).expect(0).says("Nothing stands in the way.");
    assert_eq!(status(&json(&repo, 0), "billing_orgs"), "skipped");
    let repo = Repo::applied(ACTIVE);
    let report = json(&repo, 0);
    for id in ["billing_orgs", "tre_management", "wire_contract", "listed_tres", "state"] {
        assert_eq!(status(&report, id), "ok", "{id}");
    }
}

#[test]
fn an_operator_who_may_not_do_enough() {
    let repo = seeded("user-jonas");
    let run = repo.run(&["doctor"]).expect(1);
    narrow(&run);
    insta::assert_snapshot!(run.stdout);
    let report = json(&repo, 1);
    assert_eq!(status(&report, "billing_orgs"), "ok");
    assert_eq!(status(&report, "tre_management"), "failed");
    assert_eq!(status(&report, "showcase_projects"), "failed");
}

#[test]
fn an_org_that_nobody_knows() {
    let repo = seeded("user-amara");
    repo.edit("trectl.yaml", "[org-biobank]", "[org-biobank, org-gone]");
    repo.run(&["doctor"]).expect(1).says("`org-gone` cannot be read.");
    assert_eq!(status(&json(&repo, 1), "tre_management"), "unknown");
}

#[test]
fn a_state_that_somebody_works_on_or_that_is_damaged() {
    let repo = Repo::applied(ACTIVE);
    let lock = repo.hold_lock();
    repo.run(&["doctor"]).expect(1).says("The lock is held");
    drop(lock);
    repo.run(&["doctor"]).expect(0).says("1 TRE was applied");
    let applied = std::fs::read_dir(repo.at(".trectl/state/applied")).unwrap();
    for snapshot in applied {
        std::fs::write(snapshot.unwrap().path(), "what is this").unwrap();
    }
    let run = repo.run(&["doctor"]).expect(1).says("damaged: its digest").says("Cure: Move");
    assert!(run.stdout.contains("✓ Host"), "the platform is looked at all the same");
}

#[test]
fn a_platform_that_cannot_be_opened() {
    let repo = Repo::with(&[(".trectl/platform.db", "no store")]);
    let run = repo.run(&["doctor"]).expect(1);
    narrow(&run);
    let run = run.says("✗ Host         Wrong. The embedded platform cannot be opened.");
    run.says("– Answers      Not checked: the platform cannot be opened.").says("Next: Host. ");
    let report = json(&repo, 1);
    assert_eq!(status(&report, "host"), "failed");
    assert_eq!(report["summary"]["failed"], 1);
}

#[test]
fn a_target_that_is_not_known() {
    let repo = seeded("user-amara");
    let run = repo.run(&["doctor", "--target", "production"]).expect(1);
    insta::assert_snapshot!(run.stdout);
    let report = repo.run(&["doctor", "--target", "x", "--format", "json"]).expect(1).json();
    assert_eq!(report["target"], Value::Null);
    assert_eq!(status(&report, "target"), "failed");
}

#[test]
fn invalid_files_are_told_as_by_every_command() {
    let repo = seeded("user-amara");
    repo.write("tres/one.yaml", "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\n");
    repo.run(&["doctor"]).expect(1).complains("is missing");
    let document = repo.run(&["doctor", "--format", "json"]).expect(1).json();
    assert_eq!(document["errored"], true);
}

#[test]
fn the_report_fits_its_schema() {
    let repo = seeded("user-jonas");
    let schema = repo.run(&["schema", "doctor"]).expect(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [
        repo.run(&["doctor", "--format", "json"]).json(),
        repo.run(&["doctor", "--target", "x", "--format", "json"]).json(),
    ] {
        let errors: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert_eq!(errors, [] as [String; 0]);
    }
}

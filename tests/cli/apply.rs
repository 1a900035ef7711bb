//! `apply`

use crate::harness::{ACTIVE, DRAFT, Repo};

#[test]
fn it_ends_with_no_changes_and_so_does_the_next_run() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let run = repo.run(&["apply", "--auto-approve"]).expect(0).says("✓ tre-one");
    assert!(run.stdout.trim_end().lines().last().unwrap().starts_with("No changes."));
    let again = repo.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(again.stdout.matches("No changes.").count(), 1, "{}", again.stdout);
    repo.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["apply"]).expect(1).says("+ tre-one").complains("--auto-approve");
    repo.run(&["show", "tre-one"]).expect(1);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    // Nothing to approve, so nothing to ask.
    repo.run(&["apply"]).expect(0).says("No changes.");
}

#[test]
fn json_is_one_document() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let json = repo.run(&["apply", "--auto-approve", "--format", "json"]).expect(0).json();
    assert_eq!(json["errored"], false);
    assert_eq!(json["exit_status"], 0);
    assert_eq!(json["tres"][0]["result"], "applied");
    assert_eq!(json["tres"][0]["steps_done"], json["tres"][0]["steps"]);
    assert_eq!(json["remaining"]["no_op"], 1);
    let again = repo.run(&["apply", "--auto-approve", "--format", "json"]).expect(0).json();
    assert_eq!(again["tres"].as_array().unwrap().len(), 0);
}

#[test]
fn a_release_passes_through_maintenance() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "\"2025.2\"", "\"2026.1\"");
    repo.edit("tres/one.yaml", "record-0123", "record-1123");
    repo.run(&["apply", "--auto-approve"]).expect(3);
    let run = repo.run(&["apply", "--auto-approve", "--allow", "maintenance"]).expect(0);
    run.says("RELEASE · inventory 2025.2 → 2026.1").says("3 of 3 steps");
    let live = repo.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(live["tre"]["inventory"]["version"], "2026.1");
    assert_eq!(live["tre"]["state"], "active");
}

#[test]
fn tighten_only_takes_access_away_in_a_blocked_tre() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "aws:eu-west-2", "aws:us-east-1");
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li, user-new]");
    repo.run(&["apply", "--auto-approve"]).expect(3);
    let run = repo.run(&["apply", "--auto-approve", "--tighten-only"]).expect(0);
    let run = run.says("✓ tre-one").says("Nothing is left to take away.");
    assert!(!run.stdout.contains("as the repository asks"), "{}", run.stdout);
    let live = repo.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(live["tre"]["authorizedUsers"], serde_json::json!(["user-li"]));
    assert_eq!(live["tre"]["region"], "aws:eu-west-2");
}

#[test]
fn only_applies_what_it_names() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    repo.run(&["apply", "--auto-approve", "--only", "tre-two"]).expect(0);
    repo.run(&["show", "tre-one"]).expect(1);
    repo.run(&["show", "tre-two"]).expect(0);
}

#[test]
fn deleting_takes_its_consent_and_is_done_once() {
    let repo = Repo::applied(ACTIVE);
    repo.write(
        "tres/one.yaml",
        "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-one\nstate: deleted\n",
    );
    repo.run(&["apply", "--auto-approve"]).expect(3);
    repo.run(&["apply", "--auto-approve", "--allow", "delete:tre-one"]).expect(0).says("DELETE");
    repo.run(&["show", "tre-one"]).expect(1);
    repo.run(&["apply", "--auto-approve"]).expect(0).says("No changes.");
}

#[test]
fn many_applied_tres_are_one_line() {
    let repo = Repo::empty();
    for number in 0..21 {
        let id = format!("tre-n{number}");
        repo.write(&format!("tres/{id}.yaml"), DRAFT.replace("tre-one", &id));
    }
    repo.run(&["apply", "--auto-approve"]).expect(0).says("✓ 21 TREs  applied");
    repo.run(&["plan"]).expect(0).says("= 21 TREs · no change");
}

#[test]
fn a_wrong_parallelism_is_refused() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["apply", "--auto-approve", "--parallelism", "0"]).expect(1);
    repo.run(&["apply", "--auto-approve", "--parallelism", "1"]).expect(0);
}

//! `state`

use std::fs;

use crate::harness::{ACTIVE, Repo};

#[test]
fn what_was_applied_is_listed_and_forgotten() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["state", "list"]).expect(0).says("tre-one   active").says("Journal: ");
    let json = repo.run(&["state", "list", "--format", "json"]).expect(0).json();
    assert_eq!(json["applied"]["tre-one"]["name"], "One");
    let head = json["journal_head"].as_str().unwrap();
    repo.run(&["audit", "verify", "--anchor", head]).expect(0);
    repo.run(&["state", "forget", "tre-one"]).expect(0).says("Journal: ");
    repo.run(&["state", "forget", "tre-one"]).expect(1).complains("never applied");
    repo.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn who_holds_the_lock_is_told() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["state", "locks"]).expect(0).says("Nobody holds it.");
    let json = repo.run(&["state", "locks", "--format", "json"]).expect(0).json();
    assert_eq!(json["lock"], serde_json::Value::Null);
    let _held = repo.hold_lock();
    let run = repo.run(&["state", "locks"]).expect(0);
    insta::with_settings!({filters => vec![(r"\d+ s ago", "[age] s ago")]}, {
        insta::assert_snapshot!(run.stdout);
    });
    let json = repo.run(&["state", "locks", "--format", "json"]).expect(0).json();
    let lock = &json["lock"];
    assert_eq!((&lock["token"], &lock["pid"]), (&9000.into(), &1.into()));
    assert_eq!((&lock["host"], &lock["since"]), (&"ci-7".into(), &"2026-05-01T10:00:00Z".into()));
    assert_eq!(lock["job_url"], "https://ci.example.org/jobs/7");
    assert_eq!((&lock["lease_seconds"], &lock["is_known_dead"]), (&3600.into(), &false.into()));
}

#[test]
fn a_lock_whose_claim_cannot_be_read_is_told_and_can_be_taken() {
    let repo = Repo::applied(ACTIVE);
    let held = repo.hold_lock();
    repo.write(".trectl/state/lock/000000009000-claim.json", "torn");
    repo.run(&["state", "locks"]).expect(0).says("whose claim cannot be read");
    repo.run(&["state", "unlock", "--yes"]).expect(0);
    drop(held);
}

#[test]
fn a_lock_is_taken_away_by_a_yes_only_and_the_journal_says_so() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["state", "unlock", "--yes"]).expect(1).complains("Nobody holds the lock");
    let held = repo.hold_lock();
    let refused = repo.run(&["state", "unlock"]).expect(1);
    refused.complains("`trectl apply`").complains("Pass `--yes`");
    repo.run(&["apply", "--auto-approve", "--lock-timeout", "0"]).expect(5);

    let done = repo.run(&["state", "unlock", "--yes", "--format", "json"]).expect(0).json();
    assert_eq!(done["unlocked"]["token"], 9000);
    repo.run(&["state", "locks"]).expect(0).says("Nobody holds it.");
    repo.run(&["apply", "--auto-approve", "--lock-timeout", "0"]).expect(0);
    let head = done["journal_head"].as_str().unwrap();
    repo.run(&["audit", "verify", "--anchor", head]).expect(0);
    let log = repo.run(&["audit", "log", "--format", "json"]).expect(0).json();
    let taken = log["entries"].as_array().unwrap().last().unwrap();
    assert_eq!((&taken["kind"], &taken["result"]), (&"lock_taken".into(), &"unlocked".into()));
    assert_eq!(taken["token"], 9001);
    let message = taken["message"].as_str().unwrap();
    assert!(message.contains("from `trectl apply` (process 1 on ci-7)"), "{message}");
    assert!(message.contains("state unlock"), "{message}");
    drop(held);
}

#[test]
fn old_segments_are_archived_and_everything_is_still_there() {
    let repo = Repo::applied(ACTIVE);
    for name in ["Two", "Three"] {
        let text = ACTIVE.replace("name: One", &format!("name: {name}"));
        repo.write("tres/one.yaml", text);
        repo.run(&["apply", "--auto-approve"]).expect(0);
    }
    let segments = || fs::read_dir(repo.at(".trectl/state/journal")).unwrap().count();
    let log = repo.run(&["audit", "log", "--csv"]).expect(0).stdout;
    let list = repo.run(&["state", "list"]).expect(0).stdout;
    let before = segments();
    repo.run(&["state", "gc"]).expect(0).says("Nothing is old enough");
    assert_eq!(segments(), before);

    let done = repo.run(&["state", "gc", "--keep-days", "0", "--format", "json"]).expect(0).json();
    assert_eq!(done["archives"], 1);
    assert_eq!(done["removed"], done["archived"]);
    assert_eq!(done["left"], segments());
    assert!(segments() < before);
    assert_eq!(repo.run(&["audit", "log", "--csv"]).expect(0).stdout, log);
    assert_eq!(repo.run(&["state", "list"]).expect(0).stdout, list);
    repo.run(&["audit", "verify"]).expect(0).says("of them in archives");
    // Without any snapshot all of it is read again.
    fs::remove_dir_all(repo.at(".trectl/state/applied")).unwrap();
    assert_eq!(repo.run(&["state", "list"]).expect(0).stdout, list);
    repo.run(&["apply", "--auto-approve"]).expect(0).says("No changes.");
    let _held = repo.hold_lock();
    repo.run(&["state", "gc", "--lock-timeout", "0"]).expect(5);
}

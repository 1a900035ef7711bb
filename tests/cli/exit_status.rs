//! Every exit status of the contract, on the real binary.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::harness::{ACTIVE, DRAFT, Repo};

#[test]
fn status_0_done() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["validate"]).expect(0);
    repo.run(&["plan"]).expect(0);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    repo.run(&["plan", "--detailed-exitcode"]).expect(0);
    repo.run(&["drift"]).expect(0);
}

#[test]
fn status_1_an_error_and_a_wrong_command_line() {
    let repo = Repo::with(&[("tres/one.yaml", "apiVersion: trectl/v1\nkind: Nonsense\n")]);
    repo.run(&["validate"]).expect(1);
    repo.run(&["plan"]).expect(1);
    repo.run(&["apply", "--auto-approve"]).expect(1);
    repo.run(&["drift"]).expect(1);
    repo.run(&["frobnicate"]).expect(1);
    repo.run(&["plan", "--allow", "everything"]).expect(1);
    repo.run(&["show"]).expect(1);
    assert!(!repo.at(".trectl").exists(), "something was written");
}

#[test]
fn status_1_when_every_attempt_fails_without_effect() {
    let repo = hidden();
    repo.write("tres/hidden.yaml", DRAFT.replace("tre-one", "tre-hidden"));
    let run = repo.run(&["apply", "--auto-approve"]).expect(1).says("FAILED");
    run.says("/tre/new").says("nothing was changed");
}

#[test]
fn status_2_differences() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "--detailed-exitcode"]).expect(2);
    repo.run(&["drift"]).expect(2);
}

#[test]
fn status_3_refused_and_all_else_is_done() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "aws:eu-west-2", "aws:us-east-1");
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    repo.run(&["plan"]).expect(3);
    repo.run(&["plan", "--detailed-exitcode"]).expect(3);
    repo.run(&["apply", "--auto-approve"]).expect(3).says("Refused, and not touched: tre-one");
    repo.run(&["show", "tre-two"]).expect(0);
    repo.run(&["apply", "--auto-approve"]).expect(3);
}

#[test]
fn status_3_a_missing_consent() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    repo.run(&["plan"]).expect(3).says("--allow loosen:tre-one");
    repo.run(&["apply", "--auto-approve"]).expect(3);
    repo.run(&["apply", "--auto-approve", "--allow", "loosen:tre-one"]).expect(0);
}

#[test]
fn status_4_a_stale_plan() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.edit("tres/one.yaml", "name: One", "name: Another");
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(4).complains("stale");
    repo.run(&["show", "tre-one"]).expect(1);
}

#[test]
fn status_5_another_run_holds_the_lock() {
    let repo = Repo::applied(DRAFT);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let lock = repo.hold_lock();
    let args = ["apply", "--auto-approve", "--lock-timeout", "0"];
    let run = repo.run(&args).expect(5).complains("--lock-timeout");
    run.complains("process 1 on ci-7, since 2026-05-01T10:00:00Z, https://ci.example.org/jobs/7");
    drop(lock);
    repo.run(&args).expect(0);
}

#[test]
fn status_5_the_store_is_in_use() {
    let repo = Repo::applied(DRAFT);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let store = File::options().write(true).open(repo.at(".trectl/platform.db")).unwrap();
    store.lock().unwrap();
    repo.run(&["plan", "--lock-timeout", "0"]).expect(5).complains("in use");
    repo.run(&["apply", "--auto-approve", "--lock-timeout", "0"]).expect(5);
    drop(store);
    repo.run(&["plan"]).expect(0);
}

#[test]
fn status_6_partly_applied() {
    let repo = hidden();
    repo.write("tres/hidden.yaml", DRAFT.replace("tre-one", "tre-hidden"));
    repo.write("tres/one.yaml", DRAFT);
    let run = repo.run(&["apply", "--auto-approve"]).expect(6);
    run.says("✓ tre-one").says("✗ tre-hidden").says("`trectl apply`");
    repo.run(&["show", "tre-one"]).expect(0);
}

#[test]
fn a_failed_step_is_told_with_route_and_error_type() {
    let repo = hidden();
    repo.write("tres/hidden.yaml", DRAFT.replace("tre-one", "tre-hidden"));
    repo.write("tres/one.yaml", DRAFT);
    let json = repo.run(&["apply", "--auto-approve", "--format", "json"]).expect(6).json();
    assert_eq!((&json["errored"], &json["exit_status"]), (&true.into(), &6.into()));
    let failed = &json["tres"][0];
    assert_eq!(failed["result"], "failed");
    assert_eq!(failed["error"]["route"], "/tre/new");
    assert!(failed["error"]["type"].is_string(), "{failed}");
    assert_eq!(json["tres"][1]["result"], "applied");
}

/// A handle that is taken and cannot be seen: what no plan can know.
fn hidden() -> Repo {
    Repo::with(&[
        (
            "trectl.yaml",
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
             local: {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}\n",
        ),
        (
            "seed.yaml",
            "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
users: [user-bot, user-else]
orgs:
  - id: org-biobank
    members:
      - {id: user-bot, level: MEMBER, treManagement: true}
      - {id: user-else, level: MEMBER, treManagement: true}
tres:
  - id: tre-hidden
    state: draft
    name: Hidden
    description: ''
    billTo: org-biobank
    region: aws:eu-west-2
    visibility: private
    admins: [user-else]
    authorizedUsers: []
    policies: {}
    inventory: {active: null, pending: null}
    applicationReviewSteps: []
    created: 1704067200000
    modified: 1704067200000
    createdBy: user-else
",
        ),
    ])
}

#[cfg(unix)]
#[test]
fn status_130_and_143_interrupted() {
    for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
        let repo = Repo::applied(DRAFT);
        repo.edit("tres/one.yaml", "name: One", "name: Two");
        let lock = repo.hold_lock();
        let mut child = repo
            .command(&["apply", "--auto-approve", "--lock-timeout", "600"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        assert!(line.contains("waiting"), "{line}");
        let pid = child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(status));
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("interrupted"), "{rest}");
        drop(lock);
        repo.run(&["apply", "--auto-approve"]).expect(0);
    }
}

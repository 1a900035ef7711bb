//! `audit`

use std::fs;

use serde_json::Value;

use crate::drift::elsewhere;
use crate::harness::{ACTIVE, Repo, Run};
use crate::served::Served;

/// Compares with a snapshot, without what differs from run to run.
macro_rules! assert_settled {
    ($text:expr) => {
        insta::with_settings!({filters => vec![
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[time]"),
            (r"\d{8}T\d{6}Z-\d+", "[run]"),
            (r"sha256:[0-9a-f]{64}", "sha256:[digest]"),
            (r"\d+:[0-9a-f]{64}", "[head]"),
        ]}, {
            insta::assert_snapshot!($text);
        });
    };
}

/// Runs a command for a window that is wider than any line: names of runs are not always as
/// long.
fn wide(repo: &Repo, args: &[&str]) -> Run {
    Run::of(args, repo.command(args).env("COLUMNS", "400").output().unwrap())
}

/// A TRE that was applied, and whose authorized users changed since.
fn two_runs() -> Repo {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li]");
    repo.run(&["apply", "--auto-approve"]).expect(0);
    repo
}

#[test]
fn the_log_tells_every_entry_for_people() {
    let repo = two_runs();
    assert_settled!(wide(&repo, &["audit", "log"]).expect(0).stdout);
}

#[test]
fn a_program_reads_one_document_or_a_table() {
    let repo = two_runs();
    let log = repo.run(&["audit", "log", "--format", "json"]).expect(0).json();
    let entries = log["entries"].as_array().unwrap();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], kinds.last().copied()), ("run_started", Some("run_ended")));
    let create = &entries[3];
    assert_eq!((&create["kind"], &create["operation"]), (&"outcome".into(), &"create".into()));
    assert_eq!((&create["result"], &create["step"]), (&"ok".into(), &1.into()));
    assert_eq!((&create["actor"], &create["token"]), (&"user-local".into(), &1.into()));
    assert!(create["plan"].as_str().unwrap().starts_with("sha256:"), "{create}");
    assert_eq!(create["request_id"], Value::Null, "the embedded platform has none");

    let table = repo.run(&["audit", "log", "--csv"]).expect(0).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("time,segment,token,run,actor,command,commit,tre,kind,plan,"));
    assert_eq!(lines.len(), entries.len() + 1);
    assert!(lines[4].contains(",tre-one,outcome,sha256:"), "{}", lines[4]);
    assert!(lines[4].contains(",1,create,ok,"), "{}", lines[4]);
    repo.run(&["audit", "log", "--csv", "--format", "json"]).expect(1).json();
}

#[test]
fn the_log_is_narrowed_by_tre_time_actor_and_run() {
    let repo = two_runs();
    repo.write("tres/two.yaml", ACTIVE.replace("tre-one", "tre-two"));
    repo.run(&["apply", "--auto-approve"]).expect(0);
    let entries = |flags: &[&str]| {
        let args = [&["audit", "log", "--format", "json"], flags].concat();
        let log = repo.run(&args).expect(0).json();
        log["entries"].as_array().unwrap().clone()
    };
    let all = entries(&[]);
    let two = entries(&["--tre", "tre-two"]);
    assert!(!two.is_empty() && two.iter().all(|entry| entry["tre"] == "tre-two"));
    let both = entries(&["--tre", "tre-one,tre-two"]);
    assert!(two.len() < both.len() && both.len() < all.len());
    let run = all[0]["run"].as_str().unwrap();
    let first = entries(&["--run", run]);
    assert!(!first.is_empty() && first.len() < all.len());
    assert_eq!(entries(&["--actor", "user-local"]).len(), all.len());
    assert_eq!(entries(&["--actor", "user-other"]).len(), 0);
    let (begin, end) = (all[0]["time"].as_str().unwrap(), "2001-01-01");
    assert_eq!(entries(&["--since", begin]).len(), all.len());
    assert_eq!(entries(&["--until", end]).len(), 0);
    repo.run(&["audit", "log", "--until", end]).expect(0).says("No entry fits.");
    repo.run(&["audit", "log", "--since", "noon"]).expect(1).complains("write a day");
}

#[test]
fn the_ids_that_the_platform_gives_to_calls_are_kept() {
    let served = Served::new(&[]);
    served.repo.write("tres/one.yaml", ACTIVE);
    served.run(&["apply", "--auto-approve", "--allow", "publish"]).expect(0);
    let log = served.run(&["audit", "log", "--format", "json"]).expect(0).json();
    let entries = log["entries"].as_array().unwrap();
    let outcomes = || entries.iter().filter(|entry| entry["kind"] == "outcome");
    assert!(outcomes().count() > 3);
    for outcome in outcomes() {
        assert_eq!(outcome["result"], "ok");
        assert!(outcome["request_id"].as_str().unwrap().starts_with("sim-"), "{outcome}");
    }
    served.run(&["audit", "log"]).expect(0).says("create ok [request sim-");
}

#[test]
fn the_head_that_a_run_prints_verifies_it_later() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    repo.run(&["audit", "verify"]).expect(0).says("Nothing was written yet.");
    let run = repo.run(&["apply", "--auto-approve", "--format", "json"]).expect(0).json();
    let head = run["journal_head"].as_str().unwrap();
    repo.run(&["audit", "verify", "--anchor", head]).expect(0).says("the head that you kept");
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let human = repo.run(&["apply", "--auto-approve"]).expect(0).says("keep it to verify later");
    let line = human.stdout.lines().find(|line| line.starts_with("Journal: ")).unwrap();
    let later = line.strip_prefix("Journal: ").unwrap().strip_suffix(';').unwrap();
    let json = ["audit", "verify", "--anchor", head, "--format", "json"];
    let verified = repo.run(&json).expect(0).json();
    assert_eq!(verified["journal_head"], later);
    assert_eq!(verified["verified"], true);
    assert_settled!(repo.run(&["audit", "verify", "--anchor", later]).expect(0).stdout);
    // Nothing to do, nothing written.
    let idle = repo.run(&["apply", "--auto-approve", "--format", "json"]).expect(0).json();
    assert_eq!(idle["journal_head"], Value::Null);
    repo.run(&["audit", "verify", "--anchor", "12"]).expect(1).complains("is no head of a journal");
}

#[test]
fn what_was_edited_removed_or_cut_is_named() {
    let repo = two_runs();
    let verified = repo.run(&["audit", "verify", "--format", "json"]).expect(0).json();
    let head = verified["journal_head"].as_str().unwrap();
    let last = verified["segments"].as_u64().unwrap();
    let segment = |number: u64| format!(".trectl/state/journal/{number:012}.json");

    let text = repo.read(&segment(2));
    repo.write(&segment(2), text.replace("tre-one", "tre-two"));
    let run = repo.run(&["audit", "verify"]).expect(1).complains("journal/000000000002.json");
    assert_settled!(run.stderr.replace(&repo.path().display().to_string(), "[root]"));
    let json = repo.run(&["audit", "verify", "--format", "json"]).expect(1).json();
    assert_eq!(json["errored"], true);
    // What is damaged is not shown as if it were true.
    let log = repo.run(&["audit", "log"]).expect(1);
    assert_eq!(log.stdout, "");

    fs::remove_file(repo.at(&segment(2))).unwrap();
    repo.run(&["audit", "verify"]).expect(1).complains("it is missing");
    repo.write(&segment(2), text);
    repo.run(&["audit", "verify"]).expect(0);

    // Somebody takes the last segments away, and every snapshot that tells of them.
    fs::remove_file(repo.at(&segment(last))).unwrap();
    fs::remove_dir_all(repo.at(".trectl/state/applied")).unwrap();
    repo.run(&["audit", "verify"]).expect(0);
    let run = repo.run(&["audit", "verify", "--anchor", head]).expect(1);
    run.complains("its tail was cut");
}

#[test]
fn what_was_applied_at_a_time_is_told_with_who_did_it() {
    let repo = two_runs();
    let log = repo.run(&["audit", "log", "--format", "json"]).expect(0).json();
    let entries = log["entries"].as_array().unwrap();
    let end = entries.last().unwrap()["time"].as_str().unwrap();
    assert_settled!(wide(&repo, &["audit", "as-of", end, "tre-one"]).expect(0).stdout);
    let json =
        repo.run(&["audit", "as-of", "2999-01-01", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(json["applied"]["authorizedUsers"], serde_json::json!(["user-li"]));
    assert_eq!(json["applied_by"]["run"], entries.last().unwrap()["run"]);
    assert_eq!(json["applied_by"]["actor"], "user-local");
    assert_eq!(json["unfinished"], Value::Null);
    let before = ["audit", "as-of", "2001-01-01", "tre-one", "--format", "json"];
    let json = repo.run(&before).expect(0).json();
    assert_eq!(json["applied"], Value::Null);
    assert_eq!(json["seen_after"]["run"], entries[0]["run"]);
    repo.run(&["audit", "as-of", "2001-01-01", "tre-one"]).expect(0).says("nothing applied");
}

#[test]
fn drift_is_recorded_where_that_is_asked_for() {
    let repo = two_runs();
    let head = |repo: &Repo| {
        repo.run(&["audit", "verify", "--format", "json"]).expect(0).json()["journal_head"].clone()
    };
    let before = head(&repo);
    repo.edit("tres/one.yaml", "name: One", "name: Somebody's phone number");
    repo.edit("tres/one.yaml", "[user-li]", "[user-li, user-new]");
    repo.run(&["drift"]).expect(2);
    assert_eq!(head(&repo), before, "drift alone never writes");
    let json = repo.run(&["drift", "--record", "--format", "json"]).expect(2).json();
    assert_eq!(json["journal_head"], head(&repo));
    let human = repo.run(&["drift", "--record"]).expect(2);
    human.says("Not applied").says("Journal: ");
    let log = ["audit", "log", "--tre", "tre-one"];
    repo.run(&log).expect(0).says("is seen: /name /authorizedUsers/1 differ");
    let json = ["audit", "as-of", "2999-01-01", "tre-one", "--format", "json"];
    let seen = repo.run(&json).expect(0).json()["seen_before"].clone();
    assert_eq!(seen["observed"][0]["path"], "/name");
    assert_eq!(seen["observed"][0]["class"], "unapplied");
    assert!(!seen.to_string().contains("One"), "free text is not kept: {seen}");
    // The state is what it was, and the next run goes on from it.
    repo.run(&["apply", "--auto-approve"]).expect(0).says("No changes.");
    let _held = repo.hold_lock();
    repo.run(&["drift", "--record", "--lock-timeout", "0"]).expect(5);
    repo.run(&["drift"]).expect(0);
}

#[test]
fn who_had_access_is_told_from_the_journal_between_two_looks() {
    let repo = two_runs();
    let log = repo.run(&["audit", "log", "--format", "json"]).expect(0).json();
    let end = log["entries"].as_array().unwrap().last().unwrap()["time"].as_str().unwrap();
    let of = |time: &str, id: &str| {
        repo.run(&["who", "--as-of", time, id, "--format", "json"]).expect(0).json()
    };
    let found = of(end, "user-li");
    let entry = &found["tres"][0]["access"][0];
    assert_eq!((&entry["path"], &entry["before"]), (&"listed".into(), &true.into()));
    assert_eq!((&entry["after"], &found["tres"][0]["seen_after"]), (&Value::Null, &Value::Null));
    assert_eq!(of(end, "user-okafor")["tres"], Value::Array(Vec::new()), "taken out in run two");
    assert_eq!(of("2001-01-01", "user-okafor")["tres"][0]["access"][0]["before"], false);

    // Journals count in whole seconds, and what is seen in the same one is not seen later.
    let end_second: jiff::Timestamp = end.parse().unwrap();
    while jiff::Timestamp::now().as_second() <= end_second.as_second() {
        std::thread::yield_now();
    }
    // Somebody edits the platform by hand: one goes, another one comes.
    let users = ("[user-li, user-okafor]", "[user-silva]");
    elsewhere(&repo, &[users, ("[user-priya]", "[user-priya, user-maria]")]);
    repo.run(&["drift", "--record"]).expect(2);
    let entry = |id: &str| of(end, id)["tres"][0]["access"][0].clone();
    for (id, before, after) in
        [("user-li", true, false), ("user-silva", false, true), ("user-priya", true, true)]
    {
        let entry = entry(id);
        assert_eq!((&entry["before"], &entry["after"]), (&before.into(), &after.into()), "{id}");
    }
    assert_eq!(entry("user-maria")["path"], "reviewer");
    assert_settled!(wide(&repo, &["who", "--as-of", end]).expect(0).stdout);
    let later = of("2999-01-01", "tre-one");
    assert!(later["tres"][0]["seen_after"].is_null());
    let ids: Vec<&str> = later["tres"][0]["access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["user-amara", "user-silva", "user-maria", "user-priya"]);
    repo.run(&["who", "--as-of", end, "group:leeds"]).expect(1).complains("knows no groups");
    repo.run(&["who", "--as-of", "noon"]).expect(1).complains("write a day");
}

//! `plan -o`, `show --plan`, `apply PLAN`

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{ACTIVE, DRAFT, Repo};
use crate::served::Served;

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

#[test]
fn it_survives_a_squash_merge_and_another_tres_change() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT), (".gitignore", "plan.json\n.trectl\n")]);
    repo.git(&["init", "-q", "-b", "main"]);
    repo.git(&["add", "."]);
    repo.git(&["commit", "-q", "-m", "first"]);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    // A pull request of two commits, planned where it stands.
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.edit("tres/one.yaml", "name: One", "name: Uno");
    repo.git(&["commit", "-q", "-am", "second"]);
    repo.edit("tres/one.yaml", "name: Uno", "name: Eins");
    repo.git(&["commit", "-q", "-am", "third"]);
    let plan = || repo.run(&["plan", "--format", "json", "-o", "plan.json"]).expect(0).json();
    let reviewed = plan()["source"]["git"]["commit"].clone();
    // Meanwhile a neighbour arrives on the main branch; then the pull request is squashed.
    repo.git(&["checkout", "-q", "main"]);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    repo.git(&["add", "."]);
    repo.git(&["commit", "-q", "-m", "neighbour"]);
    repo.git(&["merge", "-q", "--squash", "feature"]);
    repo.git(&["commit", "-q", "-m", "squashed"]);
    let args = ["apply", "plan.json", "--auto-approve", "--format", "json"];
    let report = repo.run(&args).expect(0).json();
    assert_ne!(report["plan"]["source"]["git"]["commit"], reviewed);
    assert_eq!(report["tres"].as_array().unwrap().len(), 1, "only what was reviewed");
    let live = repo.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(live["tre"]["name"], "Eins");
    repo.run(&["show", "tre-two"]).expect(1);
}

const CONSENT: &str =
    "consents:\n  - {allow: loosen, for: {/visibility: public}, until: 2999-12-31}\n";

/// Returns an active TRE of which a loosening, with its consent, was planned and saved.
fn reviewed() -> Repo {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    repo.write("tres/one.yaml", format!("{}{CONSENT}", repo.read("tres/one.yaml")));
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo
}

/// Returns the TRE as it is live.
fn live(repo: &Repo) -> Value {
    repo.run(&["show", "tre-one", "--format", "json"]).expect(0).json().get("tre").cloned().unwrap()
}

#[test]
fn what_moves_the_tre_itself_makes_it_stale_and_nothing_is_done() {
    type Move = fn(&Repo);
    let moves: [(&str, Move, &str); 4] = [
        ("the change", |repo| repo.edit("tres/one.yaml", "name: One", "name: Other"), "\"Other\""),
        (
            "its steps",
            |repo| repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li]"),
            "user-okafor",
        ),
        (
            "its consent",
            |repo| repo.edit("tres/one.yaml", "2999-12-31", "2999-12-30"),
            "until 2999-12-30",
        ),
        (
            "the live state",
            |repo| {
                let asked = repo.read("tres/one.yaml");
                repo.write("tres/one.yaml", ACTIVE.replace("name: One", "name: Elsewhere"));
                repo.run(&["apply", "--auto-approve"]).expect(0);
                repo.write("tres/one.yaml", asked);
            },
            "\"Elsewhere\" → \"One\"",
        ),
    ];
    for (what, make, words) in moves {
        let repo = reviewed();
        make(&repo);
        let before = live(&repo);
        let run = repo.run(&["apply", "plan.json", "--auto-approve"]).expect(4);
        let (_, sides) = run.stdout.split_once("Reviewed:").unwrap();
        let (saved, fresh) = sides.split_once("Now:").unwrap();
        assert!(!saved.contains(words) && fresh.contains(words), "{what}: {}", run.stdout);
        assert_eq!(live(&repo), before, "{what}");
    }
}

#[test]
fn nothing_is_executed_from_the_file() {
    type Edit = fn(&mut Value);
    // What the file says beside its digests is for readers: the honest plan is applied.
    let harmless: [Edit; 4] = [
        |plan| plan["resource_changes"][0]["steps"][0]["input"] = json!({"name": "Evil"}),
        |plan| plan["resource_changes"][0]["steps"][0]["operation"] = json!("delete"),
        |plan| plan["resource_changes"][0]["steps"][0]["route"] = json!("/tre-one/destroy"),
        |plan| plan["resource_changes"][0]["change"]["after"]["name"] = json!("Evil"),
    ];
    for edit in harmless {
        let repo = reviewed();
        tamper(&repo, edit);
        repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0);
        let live = live(&repo);
        assert_eq!((&live["name"], &live["visibility"]), (&json!("One"), &json!("public")));
    }
    // What decides is compared, or decides for less.
    let decisive: [(Edit, i32); 5] = [
        (|plan| plan["resource_changes"][0]["digest"] = json!("sha256:0"), 4),
        (|plan| plan["resource_changes"][0]["name"] = json!("tre-two"), 1),
        (|plan| plan["target"]["name"] = json!("production"), 1),
        (|plan| plan["resource_changes"][0]["status"] = json!("no_op"), 0),
        (|plan| plan["resource_changes"] = json!([]), 0),
    ];
    for (edit, status) in decisive {
        let repo = reviewed();
        tamper(&repo, edit);
        repo.run(&["apply", "plan.json", "--auto-approve"]).expect(status);
        assert_eq!(live(&repo)["visibility"], "private");
    }
}

fn tamper(repo: &Repo, edit: impl FnOnce(&mut Value)) {
    let mut plan: Value = serde_json::from_str(&repo.read("plan.json")).unwrap();
    edit(&mut plan);
    repo.write("plan.json", plan.to_string());
}

#[test]
fn an_interrupted_run_is_resumed_by_the_same_plan() {
    let mut served = Served::new(&["--fault", "500:/tre-one/setInventory"]);
    served.repo.write("tres/one.yaml", ACTIVE);
    served.run(&["plan", "-o", "plan.json", "--allow", "publish"]).expect(0);
    let apply = ["apply", "plan.json", "--auto-approve", "--allow", "publish", "--retry-for", "0s"];
    let run = served.run(&apply).expect(6);
    run.says("Go on: `trectl apply plan.json --allow publish`");
    // What is left is compared with what was reviewed, too.
    served.restart(&[]);
    served.repo.edit("tres/one.yaml", "name: One", "name: Other");
    served.run(&apply).expect(4);
    served.repo.edit("tres/one.yaml", "name: Other", "name: One");
    served.run(&apply).expect(0).says("✓ tre-one");
    served.run(&apply).expect(0).says("No changes.");
    let effects = served.effects();
    assert_eq!(effects.iter().filter(|(route, _)| route == "/tre/new").count(), 1, "{effects:?}");
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_is_resumed_by_the_same_plan() {
    let mut served = Served::new(&["--fault", "latency=3s:/tre-one/setInventory"]);
    served.repo.write("tres/one.yaml", ACTIVE);
    served.run(&["plan", "-o", "plan.json", "--allow", "publish"]).expect(0);
    let apply = ["apply", "plan.json", "--auto-approve", "--allow", "publish", "-vvv"];
    let mut child =
        served.command(&apply).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("call /tre-one/setInventory") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "the call was never made");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    served.restart(&[]);
    served.run(&apply).expect(0).says("✓ tre-one");
    served.run(&["plan", "--detailed-exitcode"]).expect(0);
    let effects = served.effects();
    assert_eq!(effects.iter().filter(|(route, _)| route == "/tre/new").count(), 1, "{effects:?}");
}

#[test]
fn a_plan_made_against_a_snapshot_is_applied_like_any_other() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    repo.edit("tres/one.yaml", "name: One", "name: Other");
    let args = ["plan", "--live", "live.json", "-o", "plan.json", "--expires-in", "1d"];
    repo.run(&args).expect(0);
    // A plan counts from when it was made, not from when the snapshot was taken.
    tamper(&repo, |plan| assert!(plan["expires_at"].as_str() > plan["timestamp"].as_str()));
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0);
    assert_eq!(live(&repo)["name"], "Other");
}

#[test]
fn it_can_expire() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let plain = repo.run(&["plan", "-o", "plan.json", "--format", "json"]).expect(0).json();
    assert!(plain["expires_at"].is_null());
    let run = repo.run(&["plan", "-o", "plan.json", "--expires-in", "7d"]).expect(0);
    let until = run.stdout.lines().nth(2).unwrap().to_owned();
    assert!(until.starts_with("It can be applied until "), "{until}");
    repo.run(&["show", "--plan", "plan.json"]).expect(0).says(&until);
    let saved: Value = serde_json::from_str(&repo.read("plan.json")).unwrap();
    let of = |key: &str| saved[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let days = of("expires_at").duration_since(of("timestamp")).as_hours();
    assert!((167..=168).contains(&days), "{days}");
    repo.run(&["show", "tre-one"]).expect(1);
    // Past it nothing is done, whatever else would fit.
    tamper(&repo, |plan| plan["expires_at"] = json!("2026-05-06T14:02:09Z"));
    let run = repo.run(&["apply", "plan.json", "--auto-approve"]).expect(4);
    let run = run.complains("The saved plan expired on 2026-05-06 at 14:02 UTC.");
    run.complains("`trectl plan -o plan.json`");
    let args = ["apply", "plan.json", "--auto-approve", "--format", "json"];
    let json = repo.run(&args).expect(4).json();
    assert_eq!(
        (&json["errored"], &json["expires_at"]),
        (&json!(true), &json!("2026-05-06T14:02:09Z"))
    );
    repo.run(&["show", "tre-one"]).expect(1);
    tamper(&repo, |plan| plan["expires_at"] = json!("never"));
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(1).complains("no time");
    // It protects nothing: it only says how long an approval counts.
    tamper(&repo, |plan| plan["expires_at"] = Value::Null);
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0);
}

#[test]
fn how_long_it_counts_is_said_with_a_file_and_in_words_that_mean_one_thing() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["plan", "--expires-in", "7d"]).expect(1).complains("--out <FILE>");
    for good in ["12h", "7d", "2w", "1d 12h", "P7D", "90m"] {
        repo.run(&["plan", "-o", "plan.json", "--expires-in", good]).expect(0);
    }
    for wrong in ["7", "0d", "-7d", "1mo", "soon", "", "99999999w"] {
        let flag = format!("--expires-in={wrong}");
        repo.run(&["plan", "-o", "plan.json", &flag]).expect(1);
    }
}

#[test]
fn an_expired_plan_is_refused_before_the_first_call() {
    let mut served = Served::new(&[]);
    served.repo.write("tres/one.yaml", DRAFT);
    served.run(&["plan", "-o", "plan.json", "--expires-in", "1h"]).expect(0);
    tamper(&served.repo, |plan| plan["expires_at"] = json!("2026-05-06T14:02:09Z"));
    // Nobody answers, and nobody is asked.
    served.stop();
    served.run(&["apply", "plan.json", "--auto-approve", "--retry-for", "0s"]).expect(4);
}

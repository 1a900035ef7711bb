//! `plan --live`

use serde_json::{Value, json};
use trectl::live::Snapshot;

use crate::harness::{ACTIVE, DRAFT, Repo, Run};
use crate::served::Served;
use crate::snapshot::{PROJECT, SEED, biobank};
use crate::standin::StandIn;

/// Returns a repository that holds no more than a checkout does: the documents, and a snapshot.
fn checkout(repo: &Repo, files: &[&str]) -> Repo {
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    let other = Repo::empty();
    for file in files.iter().chain(&["live.json"]) {
        other.write(file, repo.read(file));
    }
    other
}

/// Returns a copy of an example.
pub fn example(name: &str) -> Repo {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let repo = Repo::empty();
    copy(&root, repo.path());
    repo
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == ".trectl" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn it_is_the_plan_that_the_platform_would_have_given() {
    for (name, status) in [("tre-configs", 0), ("refused-configs", 3)] {
        let repo = example(name);
        let mut asked = repo.run(&["plan", "--format", "json"]).expect(status).json();
        repo.run(&["snapshot", "-o", "live.json"]).expect(0);
        let args = ["plan", "--live", "live.json", "--format", "json"];
        let mut read = repo.run(&args).expect(status).json();
        let snapshot: Value = serde_json::from_str(&repo.read("live.json")).unwrap();
        assert_eq!(read["live"]["snapshot"]["digest"], snapshot["digest"]);
        assert_eq!(read["live"]["snapshot"]["taken_at"], snapshot["taken_at"]);
        assert_eq!(read["timestamp"], snapshot["taken_at"]);
        assert_eq!(asked["live"], Value::Null);
        for plan in [&mut asked, &mut read] {
            plan["timestamp"] = Value::Null;
            plan["live"] = Value::Null;
        }
        assert_eq!(asked, read);
    }
}

#[test]
fn the_first_lines_say_that_it_is_a_snapshot_and_how_old() {
    let repo = biobank();
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    let mut snapshot = Snapshot::read(repo.read("live.json").as_bytes()).unwrap();
    snapshot.taken_at = "2026-05-06T14:02:09Z".to_owned();
    repo.write("live.json", snapshot.to_text());
    let run = repo.run(&["plan", "--live", "live.json"]).expect(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].contains("local: embedded platform, not a real one"), "{}", run.stdout);
    let begin = "From a snapshot, not the platform: taken 2026-05-06 14:02 UTC (";
    assert!(lines[1].starts_with(begin), "{}", run.stdout);
    assert!(run.stdout.contains(" days ago) as\nuser-bot"), "{}", run.stdout);
    // A saved plan says it as well.
    repo.run(&["plan", "--live", "live.json", "-o", "plan.json"]).expect(0);
    repo.run(&["show", "--plan", "plan.json"]).expect(0).says(begin);
}

/// Whatever lies in `.trectl` is none of its business.
#[test]
fn neither_platform_nor_state_is_opened() {
    let repo = biobank();
    let fork = checkout(&repo, &["trectl.yaml", "tres/live.yaml"]);
    fork.run(&["plan", "--live", "live.json", "--detailed-exitcode"]).expect(0).says("No changes.");
    assert!(!fork.at(".trectl").exists());
    for file in [".trectl/platform.db", ".trectl/state/local/applied/000000000009.json"] {
        fork.write(file, "no store at all");
    }
    fork.run(&["plan"]).expect(1);
    fork.run(&["plan", "--live", "live.json", "--detailed-exitcode"]).expect(0).says("No changes.");
    assert_eq!(fork.read(".trectl/platform.db"), "no store at all");
}

#[test]
fn a_plan_against_a_snapshot_is_applied_where_nothing_has_moved_since() {
    let repo = biobank();
    let fork = checkout(&repo, &["trectl.yaml", "tres/live.yaml"]);
    for here in [&fork, &repo] {
        here.edit("tres/live.yaml", "name: Live", "name: Another");
        here.edit("tres/live.yaml", "user-okafor", "user-okafor, user-priya");
    }
    let run = fork.run(&["plan", "--live", "live.json", "-o", "plan.json"]).expect(0);
    run.says("`trectl apply plan.json`");
    repo.write("plan.json", fork.read("plan.json"));
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(0).says("No changes.");
    // The snapshot is as it was, and the platform is not.
    fork.run(&["plan", "--live", "live.json", "--detailed-exitcode"]).expect(2);
}

#[test]
fn a_platform_that_has_moved_since_makes_the_plan_stale() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li, user-okafor, user-zoe]");
    repo.run(&["plan", "--live", "live.json", "-o", "plan.json"]).expect(0);
    // Meanwhile somebody else admits another person, whom this plan would send away again.
    let other = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    other.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li, user-okafor, user-wu]");
    let store = repo.at(".trectl/platform.db");
    other.write(
        "trectl.yaml",
        format!(
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local: \
             {{platform: {{embedded: {}}}}}\n",
            store.display()
        ),
    );
    other.run(&["apply", "--auto-approve"]).expect(0);
    repo.run(&["apply", "plan.json", "--auto-approve"]).expect(4).complains("stale");
}

#[test]
fn what_the_snapshot_does_not_know_is_claimed_by_nobody_and_said() {
    let repo = biobank();
    let fork = checkout(&repo, &["trectl.yaml", "tres/live.yaml"]);
    fork.edit("tres/live.yaml", "[user-amara]", "[user-amara, user-nobody]");
    fork.edit("tres/live.yaml", "user-okafor]", "user-okafor, org-nowhere]");
    let args = ["plan", "--live", "live.json", "--format", "json"];
    let plan = fork.run(&args).expect(0).json();
    let change = &plan["resource_changes"][0];
    assert_eq!(change["status"], "ready");
    let expected = [
        "members of org-nowhere",
        "whether user-nobody was a member of org-leeds",
        "whether org-nowhere exists",
        "whether user-nobody exists",
        "members of org-leeds",
        "whether user-nobody holds treManagement in org-biobank",
    ];
    assert_eq!(change["impact"]["unknown"], json!(expected));
    let warning = change["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("Not in the snapshot, so not checked: whether `org-n"),
        "{warning}"
    );
    fork.run(&["plan", "--live", "live.json"])
        .expect(0)
        .says("Not in the snapshot, so not checked");
    // The platform knows.
    repo.write("tres/live.yaml", fork.read("tres/live.yaml"));
    repo.run(&["plan"]).expect(3).says("There is no `org-nowhere` on the platform.");
}

/// Without asking anybody the snapshot tells of people whom it names, and of admins who lack the
/// flag.
#[test]
fn what_the_snapshot_knows_is_held_against_the_plan() {
    let repo = biobank();
    let fork = checkout(&repo, &["trectl.yaml", "tres/live.yaml"]);
    fork.edit("tres/live.yaml", "[user-amara]", "[user-amara, user-jonas]");
    let args = ["plan", "--live", "live.json", "--format", "json"];
    let plan = fork.run(&args).expect(3).json();
    let blocked = &plan["resource_changes"][0]["blocked"][0];
    assert_eq!(blocked["rule"], "admin-lacks-tre-management");
    assert_eq!(blocked["range"]["filename"], "tres/live.yaml");
    fork.edit("tres/live.yaml", "user-jonas]", "user-bot]");
    fork.edit("tres/live.yaml", "user-okafor]", "user-okafor, user-priya]");
    let plan = fork.run(&args).expect(0).json();
    assert_eq!(plan["resource_changes"][0]["warnings"], json!([]));
    // Who leaves the list stays in as a member of the org.
    fork.edit("tres/live.yaml", "user-li, ", "");
    let plan = fork.run(&args).expect(0).json();
    let impact = &plan["resource_changes"][0]["impact"];
    assert_eq!(impact["keep_access"][0]["via"], json!(["org-leeds"]));
    assert_eq!(impact["requests"], json!({"in_review": 1, "approved": 1}));
}

#[test]
fn origins_need_no_state_but_that_of_the_snapshot() {
    let repo = Repo::applied(ACTIVE);
    let fork = checkout(&repo, &["tres/one.yaml"]);
    fork.edit("tres/one.yaml", "name: One", "name: Two");
    let args = ["plan", "--live", "live.json", "--format", "json"];
    let plan = fork.run(&args).expect(0).json();
    assert_eq!(plan["resource_changes"][0]["fields"][0]["origin"], "change");
    // An orphan is one by the record too.
    std::fs::remove_file(fork.at("tres/one.yaml")).unwrap();
    fork.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    fork.run(&["plan", "--live", "live.json"]).expect(0).says("ORPHANED");
}

#[test]
fn only_and_allow_hold_as_ever() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    let run = repo.run(&["plan", "--live", "live.json", "--only", "tre-two"]).expect(0);
    assert!(run.stdout.contains("+ tre-two") && !run.stdout.contains("tre-one"), "{}", run.stdout);
    repo.run(&["plan", "--live", "live.json", "--only", "tre-tow"])
        .expect(1)
        .complains("Did you mean `tre-two`?");
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    repo.run(&["plan", "--live", "live.json"]).expect(3);
    repo.run(&["plan", "--live", "live.json", "--allow", "loosen"]).expect(0);
}

#[test]
fn a_file_that_is_not_as_it_was_written_is_refused() {
    let repo = biobank();
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    let text = repo.read("live.json");
    let value: Value = serde_json::from_str(&text).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = value.clone();
        change(&mut changed);
        changed.to_string()
    };
    let renamed = with(&|it| it["tres"][0]["name"] = "Another".into());
    let cases = [
        (text.chars().take(text.len() / 2).collect(), "or only a part of one"),
        (String::new(), "or only a part of one"),
        ("kind: Snapshot".to_owned(), "no snapshot"),
        (r#"{"format_version": "1.0", "kind": "Plan"}"#.to_owned(), "no snapshot"),
        (renamed, "its digest does not fit its content"),
        (
            with(&|it| it["applied"] = json!({"tre-x": {"state": "draft"}})),
            "its digest does not fit",
        ),
        (with(&|it| it["digest"] = "sha256:0".into()), "its digest does not fit"),
        (with(&|it| it["format_version"] = "2.0".into()), "format version 2.0"),
    ];
    for (text, words) in cases {
        repo.write("broken.json", &text);
        let run = repo.run(&["plan", "--live", "broken.json"]).expect(1).complains(words);
        assert!(run.stdout.is_empty(), "{}", run.stdout);
    }
    repo.run(&["plan", "--live", "missing.json"]).expect(1).complains("cannot be read");
    // The same content laid out in another way, at another time.
    repo.write("again.json", with(&|it| it["taken_at"] = "2026-05-06T14:02:09Z".into()));
    repo.run(&["plan", "--live", "again.json"]).expect(0);
}

#[test]
fn a_snapshot_of_something_else_is_refused() {
    let repo = biobank();
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    let plan = ["plan", "--live", "live.json"];
    repo.write("trectl.yaml", PROJECT.replace("local:", "staging:"));
    repo.run(&plan).expect(1).complains("is of the target `local`");
    let real = "{dnanexus: {}}";
    let embedded = "{embedded: .trectl/platform.db, seed: seed.yaml}";
    repo.write("trectl.yaml", PROJECT.replace(embedded, real));
    repo.run(&plan).expect(1).complains("the target `local` now is api.dnanexus.com");
    let selecting = |orgs: &str| {
        let select = format!("{embedded}, select: {{billTo: [{orgs}]}}");
        repo.write("trectl.yaml", PROJECT.replace(embedded, &select));
    };
    // Fewer TREs are in it, others are not.
    selecting("org-biobank");
    repo.run(&plan).expect(0).says("No changes.");
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    selecting("org-biobank, org-clinic");
    repo.run(&plan).expect(1).complains("those billed to `org-clinic`");
    repo.write("trectl.yaml", PROJECT);
    repo.run(&plan).expect(1).complains("those billed to other orgs than it was taken for");
}

/// A fork has no token, and another host in its environment is none of its business.
#[test]
fn a_target_over_http_needs_no_credential_and_no_network() {
    let mut served = Served::new(&[]);
    served.repo.write("tres/one.yaml", ACTIVE);
    served.run(&["apply", "--auto-approve", "--allow", "publish"]).expect(0);
    served.run(&["snapshot", "-o", "live.json"]).expect(0);
    served.repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li, user-priya]");
    let asked = served.run(&["plan", "--format", "json"]).expect(0).json();
    served.stop();
    let fork = Repo::empty();
    for file in ["trectl.yaml", "tres/one.yaml", "live.json"] {
        fork.write(file, served.repo.read(file));
    }
    fork.edit("trectl.yaml", "protocol: http}}", "protocol: http}}, state: \"s3://bucket/served\"");
    fork.write(
        ".dnanexus_config/environment.json",
        "{\"DX_APISERVER_HOST\": \"platform.invalid\"}",
    );
    let plan = |flags: &[&str]| {
        let args = [&["plan", "--live", "live.json"], flags].concat();
        let mut command = fork.command(&args);
        Run::of(&args, command.env("DX_APISERVER_HOST", "platform.invalid").output().unwrap())
    };
    plan(&["--detailed-exitcode", "-v"]).expect(2).says("served: 127.0.0.1\nFrom a snapshot");
    let read = plan(&["--format", "json", "-o", "plan.json"]).expect(0).json();
    assert_eq!(read["resource_changes"], asked["resource_changes"]);
    assert!(!fork.at(".trectl").exists());
    // Publishing takes a consent, as on any real platform.
    fork.write("tres/two.yaml", ACTIVE.replace("tre-one", "tre-two"));
    plan(&[]).expect(3).says("MISSING: publish");

    served.restart(&[]);
    served.repo.write("plan.json", fork.read("plan.json"));
    served.run(&["apply", "plan.json", "--auto-approve"]).expect(0).says("No changes.");
    served.run(&["apply", "plan.json", "--auto-approve"]).expect(0).says("No changes.");
    served.repo.edit("tres/one.yaml", "[user-li, user-priya]", "[user-li]");
    served.run(&["apply", "--auto-approve"]).expect(0);
    served.repo.edit("tres/one.yaml", "[user-li]", "[user-li, user-priya]");
    served.run(&["apply", "plan.json", "--auto-approve"]).expect(4).complains("stale");
}

/// What the platform says beyond the wire contract is kept, and a listing that describes nothing
/// is completed.
#[test]
fn a_platform_that_says_more_or_less_than_expected_is_read_all_the_same() {
    let served = StandIn::new(SEED, None, |route, answer| {
        if route == "/system/findTres" {
            let results = answer["results"].as_array_mut().unwrap();
            results.iter_mut().for_each(|it| _ = it.as_object_mut().unwrap().remove("describe"));
        }
        if route == "/tre-live/describe" {
            answer["ofTheFuture"] = json!({"level": 7});
        }
    });
    served.run(&["snapshot", "-o", "live.json"]).expect(0);
    let snapshot: Value = serde_json::from_str(&served.repo.read("live.json")).unwrap();
    assert_eq!(snapshot["tres"][0]["ofTheFuture"]["level"], 7);
    let shown = served.run(&["show", "tre-live", "--format", "json"]).expect(0).json();
    assert_eq!(shown["raw"]["ofTheFuture"]["level"], 7);
    served.run(&["import"]).expect(0);
    let run = served.run(&["plan", "-v", "--detailed-exitcode"]).expect(0);
    run.complains("Calls: 3 (1 describe, 1 findTres, 1 whoami).");
    served.run(&["plan", "--live", "live.json", "--detailed-exitcode"]).expect(0);
}

//! `who`

use serde_json::{Value, json};

use crate::harness::{ACTIVE, Repo};
use crate::live::example;
use crate::snapshot::biobank;

/// Returns the entry of somebody in the first TRE that is told.
fn entry<'a>(report: &'a Value, id: &str) -> &'a Value {
    let entries = report.pointer("/tres/0/access").and_then(Value::as_array).unwrap();
    entries.iter().find(|entry| entry["id"] == id).unwrap_or_else(|| panic!("{id}: {report}"))
}

#[test]
fn everybody_in_every_tre_of_a_biobank() {
    let repo = example("tre-configs");
    let run = repo.run(&["who"]).expect(0);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn one_person_and_each_path_to_each_tre() {
    let repo = example("tre-configs");
    insta::assert_snapshot!(repo.run(&["who", "user-okafor"]).expect(0).stdout);
}

#[test]
fn one_tre_with_the_members_of_its_orgs() {
    let repo = example("refused-configs");
    let run = repo.run(&["who"]).expect(0).stdout;
    let first = run.lines().find_map(|line| line.strip_prefix("tre-")).unwrap();
    let id = format!("tre-{}", first.split(' ').next().unwrap());
    insta::assert_snapshot!(repo.run(&["who", &id]).expect(0).stdout);
}

#[test]
fn it_takes_one_listing_and_one_more_for_each_org() {
    let repo = example("tre-configs");
    for args in [&["who", "-v"][..], &["who", "user-okafor", "-v"]] {
        repo.run(args).expect(0).complains("Calls: 4 (2 findMembers, 1 findTres, 1 whoami).");
    }
    repo.run(&["who", "tre-oncology", "-v"])
        .expect(0)
        .complains("Calls: 2 (1 findTres, 1 whoami).");
}

#[test]
fn a_group_and_an_org_reach_what_lists_them() {
    let repo = example("tre-configs");
    insta::assert_snapshot!(repo.run(&["who", "group:leeds"]).expect(0).stdout);
    let report = repo.run(&["who", "org-fjord-institute", "--format", "json"]).expect(0).json();
    let tres: Vec<&Value> =
        report["tres"].as_array().unwrap().iter().map(|tre| &tre["id"]).collect();
    assert_eq!(tres, ["tre-cardio", "tre-genomics", "tre-imaging", "tre-nutrition"]);
    let listed = entry(&report, "org-fjord-institute");
    assert_eq!(listed["members"], 2);
    assert_eq!(listed["from"][0]["groups"], json!(["group:partners"]));
    assert_eq!(listed["from"][0]["range"]["filename"], "groups/biobank.yaml");
}

#[test]
fn each_line_tells_whether_it_is_live_asked_for_or_both() {
    let repo = Repo::applied(ACTIVE);
    let who = || repo.run(&["who", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(entry(&who(), "user-li")["standing"], "both");
    assert_eq!(entry(&who(), "user-local")["standing"], "operator");
    repo.edit("tres/one.yaml", "user-li, user-okafor", "user-okafor, user-zoe");
    let report = who();
    let (li, zoe) = (entry(&report, "user-li"), entry(&report, "user-zoe"));
    assert_eq!((&li["standing"], &li["from"]), (&json!("live"), &json!([])));
    assert!(!li["gives"].as_array().unwrap().is_empty() && li["will_give"] == json!([]));
    assert_eq!((&zoe["standing"], &zoe["gives"]), (&json!("asked"), &json!([])));
    assert_eq!(zoe["from"][0]["range"]["line"], 9);
    let sends = json!({"right": "send_requests", "evidence": "documented"});
    assert!(zoe["will_give"].as_array().unwrap().contains(&sends), "{zoe}");
    // What the document does not manage stays as it is.
    repo.edit("tres/one.yaml", "authorizedUsers: [user-okafor, user-zoe]\n", "");
    assert_eq!(entry(&who(), "user-li")["standing"], "unmanaged");
}

#[test]
fn whoever_belongs_to_a_listed_org_is_in_by_it() {
    let repo = biobank();
    let report = repo.run(&["who", "user-li", "--format", "json"]).expect(0).json();
    let paths: Vec<&Value> = report["tres"][0]["access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["path"])
        .collect();
    assert_eq!(paths, ["listed", "member"]);
    assert_eq!(report["tres"][0]["access"][1]["org"], "org-leeds");
}

#[test]
fn a_public_tre_lets_everybody_in_and_does_not_claim_more_than_is_known() {
    let repo = Repo::applied(&ACTIVE.replace("visibility: private", "visibility: public"));
    let report = repo.run(&["who", "user-zoe", "--format", "json"]).expect(0).json();
    let public = entry(&report, "everybody");
    assert_eq!((&public["path"], &public["standing"]), (&json!("public"), &json!("both")));
    let sends = json!({"right": "send_requests", "evidence": "assumed"});
    assert!(public["gives"].as_array().unwrap().contains(&sends), "{public}");
    repo.run(&["who"]).expect(0).says("They can find it and send requests †.");
}

#[test]
fn it_works_without_any_document() {
    let repo = Repo::applied(ACTIVE);
    std::fs::remove_file(repo.at("tres/one.yaml")).unwrap();
    let report = repo.run(&["who", "--format", "json"]).expect(0).json();
    assert_eq!(entry(&report, "user-li")["standing"], "unmanaged");
    assert_eq!(report["tres"][0]["desired_state"], Value::Null);
    repo.run(&["who"]).expect(0).says("active, not managed here");
}

#[test]
fn an_id_that_is_nowhere_is_an_error_with_a_guess() {
    let repo = example("tre-configs");
    for (asked, guess) in [
        ("user-okafro", "user-okafor"),
        ("tre-cardoi", "tre-cardio"),
        ("group:leads", "group:leeds"),
        ("leeds", "group:leeds"),
    ] {
        repo.run(&["who", asked]).expect(1).complains(&format!("Did you mean `{guess}`?"));
    }
    repo.run(&["who", "org-nowhere-at-all"]).expect(1).complains("`trectl who` lists everybody");
    let failed = repo.run(&["who", "user-okafro", "--format", "json"]).expect(1).json();
    assert_eq!(failed["errored"], true);
}

#[test]
fn somebody_who_exists_and_has_no_part_is_told_so() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["who", "user-stranger"])
        .expect(0)
        .says("`user-stranger` has no part in any TRE of this target.");
}

//! `explain`

use std::path::Path;

use serde_json::Value;

use crate::harness::{ACTIVE, Repo};

/// Returns a copy of an example with a saved plan of it.
fn planned(example: &str) -> Repo {
    let repo = Repo::empty();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example), repo.path());
    repo.run(&["plan", "-o", "plan.json"]);
    repo
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), &to).unwrap();
        }
    }
}

/// Returns what is explained below the first lines, which tell the time.
fn explained(repo: &Repo, of: &[&str]) -> String {
    let args = [&["explain", "--plan", "plan.json"], of].concat();
    let text = repo.run(&args).expect(0).stdout;
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("Plan ") && first.contains("local: embedded"), "{first}");
    let (_, rest) = text.split_once("\n\n").unwrap();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let until = today.saturating_add(jiff::Span::new().days(14)).last_of_month();
    rest.replace(&until.to_string(), "2030-01-15")
}

#[test]
fn one_field_with_its_reason_and_its_evidence() {
    let repo = Repo::empty();
    let run = repo.run(&["explain", "reviewSteps", "--state", "active"]).expect(0);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn everything_and_one_rule() {
    let repo = Repo::empty();
    let all = repo.run(&["explain", "--format", "json"]).expect(0).json();
    assert_eq!(all["settings"].as_array().unwrap().len(), 15);
    assert_eq!(all["passages"].as_array().unwrap().len(), 16);
    assert!(all["rules"].as_array().unwrap().len() >= 10);
    assert!(all["tre"].is_null());
    repo.run(&["explain", "policy-one-way"]).expect(0).says("rule policy-one-way");
    repo.run(&["explain", "inventroy"]).expect(1).complains("Did you mean `inventory`?");
    repo.run(&["explain", "tre-x"]).expect(1).complains("explain --plan FILE TRE");
}

#[test]
fn the_whole_begins_with_one_table() {
    let text = Repo::empty().run(&["explain"]).expect(0).stdout;
    let (table, details) = text.split_once("\nid\n").unwrap();
    insta::assert_snapshot!(table);
    assert!(details.contains("rule policy-one-way"), "{details}");
    let text = Repo::empty().run(&["explain", "--state", "active"]).expect(0).stdout;
    let (table, _) = text.split_once("\nid\n").unwrap();
    insta::assert_snapshot!(table);
}

#[test]
fn a_field_is_a_name_or_a_pointer() {
    let repo = Repo::empty();
    for (field, words) in [
        ("/inventory/version", "inventory-via-maintenance"),
        ("version", "inventory-via-maintenance"),
        ("/reviewSteps/1", "review-pipeline-locked"),
        ("/reviewSteps/1/name", "review-step-text-locked"),
        ("/reviewSteps/1/reviewers/0", "reviewSteps[].reviewers"),
        ("downloadRestricted", "policies"),
        ("/state", "active → draft"),
    ] {
        repo.run(&["explain", field]).expect(0).says(words);
    }
    repo.run(&["explain", "state", "--state", "draft"]).expect(0).says("draft → active");
}

#[test]
fn what_is_blocked_comes_with_the_cheapest_route_first() {
    let repo = planned("refused-configs");
    for (name, of) in [
        ("a_review_step", ["tre-oncology", "/reviewSteps/2"].as_slice()),
        ("a_frozen_setting", &["tre-dementia", "region"]),
        ("no_return_to_draft", &["tre-twins"]),
        ("a_pending_inventory", &["tre-imaging"]),
        ("a_one_way_policy", &["tre-maternity"]),
        ("an_unknown_person", &["tre-cardio"]),
    ] {
        insta::assert_snapshot!(name, explained(&repo, of));
    }
}

#[test]
fn what_is_open_comes_with_its_steps_and_consents() {
    let repo = planned("refused-configs");
    insta::assert_snapshot!("a_release", explained(&repo, &["tre-genomics", "/inventory"]));
    insta::assert_snapshot!(
        "a_loosened_policy",
        explained(&repo, &["tre-registry", "downloadRestricted"])
    );
    insta::assert_snapshot!("held_back", explained(&repo, &["tre-oncology", "user-novak"]));
}

#[test]
fn the_first_route_leads_there() {
    let repo = planned("refused-configs");
    let route = |tre: &str, path: &str| -> String {
        let args = ["explain", "--plan", "plan.json", tre, path, "--format", "json"];
        let json = repo.run(&args).expect(0).json();
        assert_eq!(json["tre"]["changes"][0]["verdict"], "blocked");
        json["tre"]["changes"][0]["routes"][0].as_str().unwrap().to_owned()
    };
    for (tre, path, file, asked) in [
        ("tre-dementia", "/region", "tres/another-region.yaml", "region: aws:us-east-1"),
        ("tre-twins", "/state", "tres/back-to-draft.yaml", "state: draft"),
        ("tre-maternity", "containsPHI", "tres/phi-off.yaml", "containsPHI: false"),
        ("tre-imaging", "/inventory", "tres/pending-not-named.yaml", "state: active"),
    ] {
        let route = route(tre, path);
        let (_, value) = route.split_once('`').unwrap();
        let value = value.trim_end_matches('`');
        let written =
            if path == "/inventory" { format!("{asked}\n{value}") } else { value.to_owned() };
        repo.edit(file, asked, &written);
        repo.run(&["plan", "--only", tre]).expect(0);
    }
}

#[test]
fn a_saved_plan_needs_neither_repository_nor_platform() {
    let repo = planned("refused-configs");
    let apart = Repo::with(&[("plan.json", repo.read("plan.json").as_str())]);
    let run = apart.run(&["explain", "--plan", "plan.json", "tre-oncology", "ethics"]).expect(0);
    run.says("review-pipeline-locked");
    assert!(!apart.at(".trectl").exists());
}

#[test]
fn people_of_one_list_are_told_together_and_one_by_one() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-ada, user-bea, user-li]");
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    let changes = |of: &[&str]| -> Vec<Value> {
        let args =
            [&["explain", "--format", "json", "--plan", "plan.json", "tre-one"], of].concat();
        repo.run(&args).expect(0).json()["tre"]["changes"].as_array().unwrap().clone()
    };
    let all = changes(&[]);
    assert_eq!(all.len(), 2);
    let of = |change: &Value| {
        (change["path"].clone(), change["before"].clone(), change["after"].clone())
    };
    let came = serde_json::json!(["user-ada", "user-bea"]);
    assert_eq!(of(&all[0]), ("/authorizedUsers".into(), Value::Null, came));
    assert_eq!(of(&all[1]), ("/authorizedUsers/1".into(), "user-okafor".into(), Value::Null));
    assert_eq!(all[0]["steps"][0]["id"], "tre-one/2");
    assert_eq!(all[1]["steps"][0]["id"], "tre-one/1");
    let one = changes(&["user-bea"]);
    assert_eq!((one.len(), &one[0]["after"]), (1, &"user-bea".into()));
}

#[test]
fn what_the_plan_does_not_hold_is_an_error() {
    let repo = planned("refused-configs");
    let run = |of: &[&str]| repo.run(&[&["explain", "--plan", "plan.json"], of].concat());
    run(&["tre-onclogy"]).expect(1).complains("Did you mean `tre-oncology`?");
    run(&["tre-nowhere-at-all"]).expect(1).complains("It holds `tre-cardio`");
    run(&["tre-dementia", "/regoin"]).expect(1).complains("Did you mean `/region`?");
    run(&["tre-dementia", "/billTo"]).expect(1).complains("It changes `/region`.");
    run(&[]).expect(1).complains("FIELD|TRE");
    repo.run(&["explain", "tre-dementia", "/region"]).expect(1).complains("--plan");
    repo.run(&["explain", "--plan", "trectl.yaml", "tre-dementia"])
        .expect(1)
        .complains("no saved plan");
    let args = ["explain", "--plan", "plan.json", "tre-x", "--state", "active"];
    repo.run(&args).expect(1).complains("cannot be used with");
}

#[test]
fn where_nothing_differs_nothing_is_explained() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.run(&["explain", "--plan", "plan.json", "tre-one"]).expect(0).says("Nothing differs");
}

#[test]
fn json_has_the_form_of_its_schema() {
    let repo = planned("refused-configs");
    let schema = repo.run(&["schema", "explain"]).expect(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for of in [
        &["explain"][..],
        &["explain", "policy-one-way"],
        &["explain", "--plan", "plan.json", "tre-oncology"],
        &["explain", "--plan", "plan.json", "tre-genomics"],
    ] {
        let json = repo.run(&[of, &["--format", "json"]].concat()).expect(0).json();
        assert!(validator.is_valid(&json), "{of:?}: {:?}", validator.validate(&json));
    }
}

//! Rules that people have for Terraform's plan JSON read our plans unchanged. They are found on
//! disk, in `tests/fixtures/rego`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regorus::{Engine, Value as Rego};
use serde_json::{Value, json};

use crate::harness::{ACTIVE, DRAFT, Repo};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rego")
}

/// Every rule that is asked for, and the file that it stands in.
const RULES: &[(&str, &str)] = &[
    ("deny_deletes.rego", "data.main.deny"),
    ("counts.rego", "data.terraform.counts.num_creates"),
    ("counts.rego", "data.terraform.counts.num_modifies"),
    ("counts.rego", "data.terraform.counts.num_deletes"),
    ("changed_addresses.rego", "data.terraform.changed.addresses"),
    ("changed_addresses.rego", "data.terraform.changed.replaced"),
    ("blast_radius.rego", "data.terraform.analysis.score"),
    ("blast_radius.rego", "data.terraform.analysis.authz"),
    ("deny_type.rego", "data.terraform.owners.deny"),
    ("deny_type.rego", "data.terraform.owners.deny_public"),
];

/// Evaluates a rule on a plan as it was printed.
fn rule(name: &str, plan: &str) -> Value {
    let (file, _) = RULES.iter().find(|(_, rule)| *rule == name).unwrap();
    let mut engine = Engine::new();
    engine.add_policy_from_file(folder().join(file)).unwrap();
    engine.set_input(Rego::from_json_str(plan).unwrap());
    let value = engine.eval_rule(name.to_owned()).unwrap();
    serde_json::from_str(&value.to_json_str().unwrap()).unwrap()
}

/// Returns what every rule says of a plan, in the order of [`RULES`].
fn all(plan: &str) -> Vec<Value> {
    RULES.iter().map(|(_, name)| rule(name, plan)).collect()
}

fn plan(repo: &Repo) -> String {
    repo.run(&["plan", "--format", "json"]).stdout
}

#[test]
fn every_file_is_picked_up() {
    let found = std::fs::read_dir(folder()).unwrap();
    let found: BTreeSet<String> =
        found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let named: BTreeSet<String> = RULES.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, named);
}

#[test]
fn a_create() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let one = json!(["tre.tre-one"]);
    let is_of_a_type = json!(["tre.tre-one is of the type tre"]);
    let expected = [
        json!([]),
        json!({"tre": 1}),
        json!({"tre": 0}),
        json!({"tre": 0}),
        one,
        json!([]),
        json!(10),
        json!(true),
        is_of_a_type,
        json!([]),
    ];
    assert_eq!(all(&plan(&repo)), expected);
}

#[test]
fn an_update() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "visibility: private", "visibility: public");
    let plan = plan(&repo);
    assert_eq!(rule("data.terraform.counts.num_modifies", &plan), json!({"tre": 1}));
    assert_eq!(rule("data.terraform.changed.addresses", &plan), json!(["tre.tre-one"]));
    assert_eq!(rule("data.terraform.analysis.score", &plan), json!(1));
    assert_eq!(rule("data.main.deny", &plan), json!([]));
    let public = json!(["tre.tre-one becomes public"]);
    assert_eq!(rule("data.terraform.owners.deny_public", &plan), public);
}

#[test]
fn a_delete() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "state: active", "state: deleted");
    let plan = plan(&repo);
    let denied = json!(["tre.tre-one: deleting is not allowed"]);
    assert_eq!(rule("data.main.deny", &plan), denied);
    assert_eq!(rule("data.terraform.counts.num_deletes", &plan), json!({"tre": 1}));
    assert_eq!(rule("data.terraform.analysis.score", &plan), json!(100));
    assert_eq!(rule("data.terraform.analysis.authz", &plan), json!(false));
    assert_eq!(rule("data.terraform.changed.replaced", &plan), json!([]));
}

#[test]
fn what_stays_as_it_is_counts_for_nothing() {
    let nothing = [
        json!([]),
        json!({"tre": 0}),
        json!({"tre": 0}),
        json!({"tre": 0}),
        json!([]),
        json!([]),
        json!(0),
        json!(true),
        json!([]),
        json!([]),
    ];
    // Unchanged.
    let repo = Repo::applied(ACTIVE);
    assert_eq!(all(&plan(&repo)), nothing);
    // Blocked: nothing of it would be done.
    repo.edit("tres/one.yaml", "aws:eu-west-2", "aws:us-east-1");
    assert_eq!(all(&plan(&repo)), nothing);
    // Renamed, which is blocked too.
    let renamed =
        Repo::with(&[("tres/one.yaml", &DRAFT.replace("\nid:", "\npreviously: tre-old\nid:"))]);
    assert_eq!(all(&plan(&renamed)), nothing);
    // Orphaned: a document that is gone deletes nothing.
    std::fs::remove_file(repo.at("tres/one.yaml")).unwrap();
    repo.write("groups/leeds.yaml", "apiVersion: trectl/v1\nkind: Group\nid: leeds\nmembers: []\n");
    assert_eq!(all(&plan(&repo)), nothing);
}

#[test]
fn the_examples() {
    let of = |example: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
        let repo = Repo::empty();
        let args = ["-C", root.to_str().unwrap(), "plan", "--format", "json"];
        repo.run(&args).stdout
    };
    for (example, creates, updates, deletes) in
        [("tre-configs", 1, 4, 1), ("refused-configs", 0, 3, 1)]
    {
        let plan = of(example);
        let number =
            |name: &str| rule(&format!("data.terraform.counts.{name}"), &plan)["tre"].clone();
        let found = (number("num_creates"), number("num_modifies"), number("num_deletes"));
        assert_eq!(found, (json!(creates), json!(updates), json!(deletes)), "{example}");
        let changed = rule("data.terraform.changed.addresses", &plan);
        assert_eq!(changed.as_array().unwrap().len(), creates + updates + deletes, "{example}");
        let denied = rule("data.main.deny", &plan);
        assert_eq!(denied.as_array().unwrap().len(), deletes, "{example}");
        // The same figures as our own summary.
        let summary = serde_json::from_str::<Value>(&plan).unwrap()["summary"].clone();
        assert_eq!((&summary["create"], &summary["update"]), (&json!(creates), &json!(updates)));
    }
}

#[test]
fn a_saved_plan_reads_the_same() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let printed = plan(&repo);
    repo.run(&["plan", "-o", "plan.json", "--expires-in", "7d"]).expect(0);
    assert_eq!(all(&repo.read("plan.json")), all(&printed));
}

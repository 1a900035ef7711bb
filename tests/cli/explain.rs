//! `explain`

use crate::harness::Repo;

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
    assert!(all["settings"].as_array().unwrap().len() >= 10);
    assert!(all["rules"].as_array().unwrap().len() >= 10);
    repo.run(&["explain", "policy-one-way"]).expect(0).says("rule policy-one-way");
    repo.run(&["explain", "inventroy"]).expect(1).complains("Did you mean `inventory`?");
}

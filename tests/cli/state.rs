//! `state`

use crate::harness::{ACTIVE, Repo};

#[test]
fn what_was_applied_is_listed_and_forgotten() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["state", "list"]).expect(0).says("tre-one   active");
    let json = repo.run(&["state", "list", "--format", "json"]).expect(0).json();
    assert_eq!(json["applied"]["tre-one"]["name"], "One");
    repo.run(&["state", "forget", "tre-one"]).expect(0);
    repo.run(&["state", "forget", "tre-one"]).expect(1).complains("never applied");
    repo.run(&["plan", "--detailed-exitcode"]).expect(0);
}

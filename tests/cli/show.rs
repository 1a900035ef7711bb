//! `show`

use crate::harness::{ACTIVE, Repo};

#[test]
fn one_tre_as_it_is_live() {
    let repo = Repo::applied(ACTIVE);
    let run = repo.run(&["show", "tre-one"]).expect(0);
    insta::assert_snapshot!(run.stdout);
    let json = repo.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(json["tre"]["state"], "active");
    assert_eq!(json["raw"]["class"], "tre");
    assert_eq!(json["requests"]["approved"], 0);
}

#[test]
fn an_unknown_tre_is_an_error_with_a_guess() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["show", "tre-ome"]).expect(1).complains("Did you mean `tre-one`?");
    repo.run(&["show", "one"]).expect(1).complains("is not a TRE id");
}

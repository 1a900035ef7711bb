//! `previously`: an id that a document says its TRE had before

use crate::harness::{ACTIVE, DRAFT, Repo};

/// Returns a repository whose one TRE was applied as `tre-one`, and then renamed in place.
fn renamed() -> Repo {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "id: tre-one", "id: tre-new\npreviously: tre-one");
    repo
}

/// Returns the text from the first line that holds `from` on.
fn tail(text: &str, from: &str) -> String {
    let lines: Vec<&str> = text.lines().skip_while(|line| !line.contains(from)).collect();
    lines.join("\n")
}

#[test]
fn it_is_explained_as_impossible_with_the_way_there_is() {
    let repo = renamed();
    let run = repo.run(&["plan"]).expect(3);
    insta::assert_snapshot!(tail(&run.stdout, "tre-one "));
    let plan = repo.run(&["plan", "--format", "json"]).expect(3).json();
    let change = &plan["resource_changes"][0];
    assert_eq!(change["name"], "tre-new");
    assert_eq!(change["status"], "blocked");
    assert_eq!(change["change"]["actions"][0], "no-op");
    let field = &change["fields"][0];
    assert_eq!(
        (&field["path"], &field["before"], &field["after"], &field["lock"]),
        (&"/id".into(), &"tre-one".into(), &"tre-new".into(), &"immutable".into())
    );
    let blocked = &change["blocked"][0];
    assert_eq!(blocked["rule"], "handle-immutable");
    assert_eq!(blocked["evidence"], "assumed");
    assert_eq!(
        (&blocked["range"]["filename"], &blocked["range"]["line"]),
        (&"tres/one.yaml".into(), &4.into())
    );
}

#[test]
fn the_way_that_is_told_leads_there() {
    let repo = renamed();
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    // Another TRE goes on.
    repo.run(&["apply", "--auto-approve"]).expect(3).says("✓ tre-two");
    repo.run(&["show", "tre-new"]).expect(1);
    // 1: without the key the new TRE is created beside the old one.
    repo.edit("tres/one.yaml", "previously: tre-one\n", "");
    repo.run(&["plan"]).expect(0).says("Probably a rename of `tre-one`");
    repo.run(&["apply", "--auto-approve"]).expect(0).says("✓ tre-new");
    repo.run(&["show", "tre-one"]).expect(0);
    // 3: the old one goes by its own document.
    repo.write(
        "tres/old.yaml",
        "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-one\nstate: deleted\n\
         consents: [{allow: delete, for: {/state: deleted}, until: 2999-12-31}]\n",
    );
    repo.run(&["apply", "--auto-approve"]).expect(0).says("DELETE");
    repo.run(&["show", "tre-one"]).expect(1);
    repo.run(&["show", "tre-new"]).expect(0);
}

#[test]
fn the_steps_that_are_left_are_the_ones_that_are_told() {
    let repo = renamed();
    let remedy = |repo: &Repo| {
        let plan = repo.run(&["plan", "--format", "json"]).expect(3).json();
        let mut changes = plan["resource_changes"].as_array().unwrap().iter();
        let change = changes.find(|change| change["name"] == "tre-new").unwrap();
        change["blocked"][0]["remedy"].as_str().unwrap().to_owned()
    };
    assert!(remedy(&repo).contains("a document of its own for `tre-one`"), "{}", remedy(&repo));
    repo.write("tres/old.yaml", ACTIVE);
    assert!(remedy(&repo).contains("`tre-one` (tres/old.yaml:4)"), "{}", remedy(&repo));
    // Where there is nothing to move from, the key is all that is in the way.
    let repo = Repo::with(&[("one.yaml", DRAFT)]);
    repo.edit("one.yaml", "id: tre-one", "id: tre-new\npreviously: tre-one");
    let only = "Remove the key `previously`: `apply` then creates `tre-new`.";
    assert_eq!(remedy(&repo), only);
}

#[test]
fn taking_access_away_does_not_wait_for_it() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "id: tre-one", "id: tre-one\npreviously: tre-zero");
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li]");
    repo.run(&["apply", "--auto-approve"]).expect(3);
    repo.run(&["apply", "--auto-approve", "--tighten-only"]).expect(0).says("✓ tre-one");
    let live = repo.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(live["tre"]["authorizedUsers"], serde_json::json!(["user-li"]));
    // It is a wish about another TRE: nothing has drifted.
    repo.run(&["drift"]).expect(0);
}

#[test]
fn an_earlier_id_is_checked_like_every_id() {
    let repo = Repo::with(&[("one.yaml", DRAFT)]);
    repo.edit("one.yaml", "id: tre-one", "id: tre-one\npreviously: Tre_Old");
    repo.run(&["validate"]).expect(1).complains("one.yaml:4");
    repo.edit("one.yaml", "Tre_Old", "tre-one");
    repo.run(&["validate"]).expect(1).complains("TRE066");
    repo.edit("one.yaml", "previously: tre-one", "previosly: tre-old");
    repo.run(&["validate"]).expect(1).complains("previously");
}

#[test]
fn a_successor_does_not_inherit_the_key() {
    let repo = renamed();
    repo.run(&["new", "tre-third", "--from", "tre-new"]).expect(0);
    assert!(!repo.read("tres/third.yaml").contains("previously"));
}

#[test]
fn explain_tells_the_story_of_the_id() {
    let repo = Repo::empty();
    repo.run(&["explain", "id"]).expect(0).says("previously");
    repo.run(&["explain", "previously"]).expect(0).says("handle-immutable");
}

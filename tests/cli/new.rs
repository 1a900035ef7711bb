//! `new`

use crate::harness::{ACTIVE, Repo};

#[test]
fn a_new_tre_begins_as_a_draft() {
    let repo = Repo::empty();
    repo.run(&["new", "tre-fresh"]).expect(0).says("tres/fresh.yaml");
    insta::assert_snapshot!(repo.read("tres/fresh.yaml"));
    repo.run(&["validate"]).expect(0);
    repo.run(&["new", "tre-fresh"]).expect(1).complains("tres/fresh.yaml");
}

#[test]
fn a_successor_takes_over_the_document_without_its_consents() {
    let repo = Repo::with(&[(
        "tres/one.yaml",
        &format!(
            "{ACTIVE}consents:\n  - {{allow: publish, for: {{/state: active}}, until: 2099-01-01}}\n"
        ),
    )]);
    repo.run(&["new", "tre-two", "--from", "tre-one"]).expect(0);
    let text = repo.read("tres/two.yaml");
    assert!(text.contains("id: tre-two\nstate: draft\n"), "{text}");
    assert!(text.contains("region: aws:eu-west-2") && !text.contains("consents"), "{text}");
    repo.run(&["validate"]).expect(0);
}

#[test]
fn a_successor_of_a_live_tre_without_a_document() {
    let repo = Repo::applied(ACTIVE);
    std::fs::remove_file(repo.at("tres/one.yaml")).unwrap();
    repo.run(&["new", "tre-two", "--from", "tre-one"]).expect(0);
    assert!(repo.read("tres/two.yaml").contains("user-okafor"));
    repo.run(&["new", "tre-three", "--from", "tre-nowhere"]).expect(1);
}

#[test]
fn what_a_document_does_not_manage_comes_from_the_live_tre() {
    let repo = Repo::applied(ACTIVE);
    repo.write(
        "tres/one.yaml",
        "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-one\nstate: active\n\
         policies: {restricted: true}\n",
    );
    repo.run(&["new", "tre-two", "--from", "tre-one"]).expect(0);
    let text = repo.read("tres/two.yaml");
    assert!(text.contains("billTo: org-biobank") && text.contains("id: governance"), "{text}");
    assert!(!text.contains("downloadRestricted"), "{text}");
}

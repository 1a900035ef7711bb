//! What the writer of a document is told about its form.

use super::*;
use crate::source::Repository;

/// Returns the findings of a document as `line:column CODE summary | help`.
fn told(text: &str) -> Vec<String> {
    let repository = Repository::from_memory("repository", [("trectl.yaml", text)]);
    assert_eq!(repository.diagnostics, [], "the example is no YAML");
    let found = repository.documents.iter().flat_map(check);
    found
        .map(|found| {
            let at = found.range.unwrap().start;
            let help = found.help.unwrap_or_default();
            format!("{}:{} {} {} | {help}", at.line, at.column, found.code.id, found.summary)
        })
        .collect()
}

fn tre(settings: &str) -> Vec<String> {
    told(&format!(
        "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-x\nstate: draft\n{settings}"
    ))
}

#[test]
fn the_example_of_the_documentation_is_well_formed() {
    let found = tre("\
name: Genomics Research Environment
description: Whole-genome sequences of the national cohort.
visibility: private
extends: [baseline]
policies: {downloadRestricted: true, allowedExecutables: null}
admins: [user-amara, user-jonas]
authorizedUsers: [user-li, org-university, group:leeds]
inventory:
  version: \"2026.1\"
  tabularData: record-0123456789BFGJKPQVXYZbfg
  dataShowcase: project-0123456789BFGJKPQVXYZbfg:record-0123456789BFGJKPQVXYZbfg
  fileInventory: file-0123456789BFGJKPQVXYZbfg
  dataCollections: {path: inventory/c.json, project: project-0123456789BFGJKPQVXYZbfg}
billTo: org-biobank
region: aws:eu-west-2
customizedURL: https://example.org
customizedRateCard: {storage: 1}
reviewSteps:
  - {id: datagovernance, name: Data Governance Review, reviewers: [user-priya, group:leeds]}
consents:
  - {allow: maintenance, for: {/inventory/version: \"2026.1\"}, until: 2026-05-20, ticket: DAC-1}
");
    assert_eq!(found, [""; 0]);
}

#[test]
fn misspelt_keys_are_told_with_what_was_meant() {
    insta::assert_snapshot!(
        tre("autorizedUsers: []\ninventory: {versoin: \"1\"}\nNAME: x\nnonsense: 1\n").join("\n")
    );
}

#[test]
fn types_are_told_in_words_with_a_cure() {
    insta::assert_snapshot!(
        tre("\
name: 2026
description: true
managed: yes
admins: user-li
authorizedUsers:
  li: user-li
inventory:
  version: 2026.1
  tabularData: [record-0123456789BFGJKPQVXYZbfg]
  fileInventory: 7
customizedRateCard: 3
consents: {allow: delete}
reviewSteps:
  - ethics
")
        .join("\n")
    );
}

#[test]
fn keys_without_a_value_are_told() {
    insta::assert_snapshot!(
        tre("name:\nadmins: null\ninventory: ~\nauthorizedUsers:\n  - user-li\n  -\nstate2:\n")
            .join("\n")
    );
}

#[test]
fn values_out_of_a_set_are_told_with_the_set() {
    insta::assert_snapshot!(
        told(
            "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-x\nstate: Active\n\
             visibility: hidden\nconsents:\n  - {allow: maintenence, until: 2026-02-30}\n"
        )
        .join("\n")
    );
}

#[test]
fn ids_are_told_with_their_form() {
    insta::assert_snapshot!(
        tre("\
admins: [amara, User-Amara, group_leeds, group-leeds, 'group:Leeds', 'user:amara', org-a b]
billTo: biobank
region: eu-west-2
inventory:
  version: a
  tabularData: record-123
  fileInventory: file-123
  dataCollections: {path: a, project: project-1, nme: x}
reviewSteps: [{id: data-governance}]
consents: [{allow: delete, for: {state: deleted}}]
")
        .join("\n")
    );
}

#[test]
fn missing_keys_are_told_unless_they_are_misspelt() {
    insta::assert_snapshot!(
        told(
            "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nsate: draft\n\
             reviewSteps:\n  - name: Ethics\n"
        )
        .join("\n")
    );
}

#[test]
fn of_a_tre_to_be_deleted_only_id_and_consents_count() {
    let document = "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-x\n\
                    state: deleted\nadmins: 3\nname: []\n";
    assert_eq!(told(document), [""; 0]);
    insta::assert_snapshot!(
        told(&format!("{document}consent: []\nconsents: [{{alow: delete}}]\n")).join("\n")
    );
}

#[test]
fn the_project_file_is_told_in_the_same_way() {
    insta::assert_snapshot!(
        told(
            "\
apiVersion: trectl/v1
kind: Project
targets:
  my target: {platform: {embedded: x}}
  other: {platform: {dnanexus: {port: 99999, protocol: ftp}}, select: {billTo: [biobank]}}
  third: {state: x, askConsent: [maintenance]}
defaultTarget: ../x
guards: {massRemoval: {percent: 130, leastPeople: many}, openWindows: 0}
ignore: drafts
policies: {clipboard: {type: boolean}}
"
        )
        .join("\n")
    );
}

#[test]
fn every_finding_of_a_document_is_told() {
    let settings: String = (0..50).map(|at| format!("nonsense{at}: 1\n")).collect();
    assert_eq!(tre(&settings).len(), 50);
}

#[test]
fn a_document_full_of_nonsense_ends_quickly() {
    let settings: String = (0..100_000).map(|at| format!("nonsense{at}: 1\n")).collect();
    let found = tre(&settings);
    assert_eq!(found.len(), 1_001);
    assert!(found.last().unwrap().contains("more than 1000 findings"), "{:?}", found.last());
}

#[test]
fn every_kind_has_a_schema_that_compiles() {
    for kind in [
        Kind::TrustedResearchEnvironment,
        Kind::Group,
        Kind::Profile,
        Kind::Project,
        Kind::PlatformSeed,
    ] {
        assert!(checker(kind).validator.is_some(), "{kind:?}");
        assert!(checker(kind).schema.is_object(), "{kind:?}");
    }
}

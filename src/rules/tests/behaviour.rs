//! What the examples of single rules do not show: that one slip is told once, and that nothing is
//! told which does not count.

use super::super::build;
use super::{TODAY, built, told};
use crate::source::Repository;

const TRE: &str =
    "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-x\nstate: draft\n";
const LEEDS: &str = "apiVersion: trectl/v1\nkind: Group\nid: leeds\nmembers: [user-li]\n";

/// Returns the findings of a repository of two files.
fn of_files(tre: &str, other: &str) -> Vec<String> {
    let files = [("other.yaml", other.to_owned()), ("tre.yaml", format!("{TRE}{tre}"))];
    told(&build(&Repository::from_memory("repository", files), TODAY))
}

#[test]
fn a_group_that_cannot_be_read_is_not_called_unknown() {
    let list = "authorizedUsers: [group:leeds]\n";
    assert_eq!(of_files(list, LEEDS), [""; 0]);
    for (broken, code) in [
        (LEEDS.replace("members", "membrs"), "TRE030"),
        (LEEDS.replace("[user-li]", "[user-li"), "TRE001"),
        (LEEDS.replace("apiVersion: trectl/v1\n", ""), "TRE016"),
    ] {
        let found = of_files(list, &broken);
        assert!(found.iter().all(|line| line.starts_with(code)), "{broken}\n{found:#?}");
        assert!(!found.is_empty());
    }
}

#[test]
fn another_group_is_unknown_even_beside_a_file_that_cannot_be_read() {
    let found = of_files("authorizedUsers: [group:york]\n", &LEEDS.replace("[user", "[[user"));
    assert!(found.iter().any(|line| line == "TRE041 5: There is no group `york`."), "{found:#?}");
}

#[test]
fn a_misspelt_reference_does_not_make_its_group_unused() {
    let found = of_files("authorizedUsers: [group:leads]\n", LEEDS);
    assert_eq!(found, ["TRE041 5: There is no group `leads`."]);
}

#[test]
fn what_could_not_be_read_is_not_called_empty() {
    let found = told(&built(&format!("{TRE}admins: *amara\npolicies: {{restricted: 010}}\n")));
    let codes: Vec<_> = found.iter().filter_map(|line| line.get(..6)).collect();
    assert_eq!(codes, ["TRE008", "TRE013"], "{found:#?}");
}

#[test]
fn of_a_tre_to_be_deleted_only_the_consents_are_judged() {
    let deleted = TRE.replace("draft", "deleted");
    let found = told(&built(&format!(
        "{deleted}admins: []\nauthorizedUsers: [group:nowhere, user-li, user-li]\n\
         extends: [nowhere]\npolicies: {{nonsense: 1}}\n\
         consents:\n  - {{allow: delete, until: 2099-01-01}}\n"
    )));
    assert_eq!(found, ["TRE059 10: The consent `delete` does not say to which change."]);
}

#[test]
fn an_unmanaged_document_is_checked_all_the_same() {
    let found = told(&built(&format!("{TRE}managed: false\nadmins: []\n")));
    assert_eq!(found, ["TRE049 6: `admins` is empty."]);
}

#[test]
fn a_draft_may_lack_reviewers_and_absent_keys_are_fine() {
    let steps = "reviewSteps:\n  - {id: ethics, reviewers: []}\n";
    assert_eq!(told(&built(&format!("{TRE}{steps}"))), [""; 0]);
    let active = TRE.replace("draft", "active");
    assert_eq!(told(&built(&active)), [""; 0]);
    assert_eq!(told(&built(&format!("{active}reviewSteps:\n  - {{id: ethics}}\n"))), [""; 0]);
}

#[test]
fn a_consent_holds_to_the_end_of_its_last_day() {
    let consent = |until| {
        let text = format!(
            "{TRE}authorizedUsers: []\nconsents: [{{allow: mass-removal, until: {until}}}]\n"
        );
        told(&built(&text))
    };
    assert_eq!(consent("2026-05-01"), [""; 0]);
    assert_eq!(
        consent("2026-04-30"),
        ["TRE058 6: The consent `mass-removal` has expired on 2026-04-30."]
    );
}

#[test]
fn a_consent_may_be_to_what_a_profile_says() {
    let profile = "apiVersion: trectl/v1\nkind: Profile\nid: open\npolicies: {restricted: false}\n";
    let tre = "extends: [open]\nconsents: [{allow: loosen, for: {/policies/restricted: false}}]\n";
    assert_eq!(of_files(tre, profile), [""; 0]);
}

#[test]
fn people_who_come_in_twice_count_once() {
    let members: String = (0..100).map(|at| format!("  - user-u{at}\n")).collect();
    let group = LEEDS.replace(" [user-li]", &format!("\n{members}"));
    assert_eq!(of_files("admins: [user-u1, user-u2, group:leeds]\n", &group), [""; 0]);
    assert_eq!(
        of_files("admins: [user-v1, group:leeds]\n", &group),
        ["TRE048 5: These are 101 TRE admins, and the platform takes at most 100."]
    );
}

#[test]
fn a_policy_of_the_project_file_is_known_with_its_type() {
    let project = "apiVersion: trectl/v1\nkind: Project\npolicies:\n  clipboard: {type: bool}\n";
    let with =
        |value| told(&built(&format!("{project}---\n{TRE}policies: {{clipboard: {value}}}\n")));
    assert_eq!(with("true"), [""; 0]);
    assert_eq!(with("3"), ["TRE056 10: The policy `clipboard` must be `true` or `false`."]);
}

#[test]
fn an_error_leaves_nothing_to_work_with_and_a_warning_does() {
    assert!(built(&format!("{TRE}admins: []\n")).desired.is_none());
    let warned = built(&format!("{TRE}policies: {{containsPHI: false}}\n"));
    assert_eq!((warned.diagnostics.len(), warned.desired.is_some()), (1, true));
}

#[test]
fn loopback_in_every_spelling_may_use_plain_http() {
    let with = |host| {
        told(&built(&format!(
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  sim: {{platform: {{dnanexus: \
             {{host: \"{host}\", protocol: http}}}}}}\n"
        )))
    };
    for host in ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"] {
        assert_eq!(with(host), [""; 0], "{host}");
    }
    for host in ["example.org", "localhost.example.org", "10.0.0.1", "127.0.0.1.example.org"] {
        assert_eq!(with(host).len(), 1, "{host}");
    }
}

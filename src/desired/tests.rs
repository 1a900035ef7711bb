//! What documents resolve to.

use super::*;
use crate::model::{Asset, DesiredState, PolicyValue, Principal};
use crate::source::Repository;

const TRE: &str =
    "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-x\nstate: draft\n";

/// Resolves files and expects that each has its form.
fn desired(files: &[(&str, &str)]) -> Desired {
    let repository = Repository::from_memory("repository", files.iter().copied());
    assert_eq!(repository.diagnostics, []);
    let resolved = resolve(&repository);
    assert_eq!(resolved.diagnostics, []);
    resolved.desired
}

/// Resolves a repository whose only TRE is `tre-x`.
fn tre(settings: &str, others: &[(&str, &str)]) -> DesiredTre {
    let text = format!("{TRE}{settings}");
    let files: Vec<_> = others.iter().copied().chain([("tre.yaml", text.as_str())]).collect();
    desired(&files).tres.into_values().next().unwrap()
}

fn group(id: &str, members: &str) -> String {
    format!("apiVersion: trectl/v1\nkind: Group\nid: {id}\nmembers: [{members}]\n")
}

fn profile(id: &str, extends: &str, policies: &str) -> String {
    format!(
        "apiVersion: trectl/v1\nkind: Profile\nid: {id}\nextends: [{extends}]\npolicies: \
         {{{policies}}}\n"
    )
}

/// Returns each person with the ways in, as `path file:line`.
fn ways<T: Ord + std::fmt::Display>(people: &People<T>) -> Vec<String> {
    let mut lines = Vec::new();
    for (person, origins) in &people.members {
        for Origin { path, range } in origins {
            let path: Vec<_> = path.iter().map(ToString::to_string).collect();
            let (file, line) = (&range.file, range.start.line);
            lines.push(format!("{person} [{}] {file}:{line}", path.join(" > ")));
        }
    }
    lines
}

#[test]
fn an_absent_key_is_not_managed_and_an_empty_list_is_none() {
    let DesiredTre {
        range: _,
        id,
        previously,
        state,
        is_managed,
        name,
        description,
        visibility,
        policies,
        admins,
        authorized_users,
        inventory,
        bill_to,
        region,
        customized_url,
        customized_rate_card,
        review_steps,
        consents,
        accepted_drift,
    } = tre("authorizedUsers: []\n", &[]);
    assert_eq!((id.value.as_str(), state.value, is_managed), ("tre-x", DesiredState::Draft, true));
    assert!(previously.is_none() && name.is_none());
    assert!(description.is_none() && visibility.is_none());
    assert!(policies.is_empty() && admins.is_none() && inventory.is_none());
    assert!(authorized_users.unwrap().members.is_empty());
    assert!(bill_to.is_none() && region.is_none() && customized_url.is_none());
    assert!(customized_rate_card.is_none() && review_steps.is_none() && consents.is_empty());
    assert!(accepted_drift.is_empty());
}

#[test]
fn everybody_stands_once_with_every_way_in() {
    let leeds = group("leeds", "user-li, group:cardiology");
    let cardiology = group("cardiology", "user-okafor, user-li");
    let tre = tre(
        "authorizedUsers:\n  - user-li\n  - group:leeds\n  - group:cardiology\n",
        &[("cardiology.yaml", &cardiology), ("leeds.yaml", &leeds)],
    );
    let people = tre.authorized_users.unwrap();
    assert_eq!(
        ways(&people),
        [
            "user-li [] tre.yaml:6",
            "user-li [leeds] leeds.yaml:4",
            "user-li [leeds > cardiology] cardiology.yaml:4",
            "user-li [cardiology] cardiology.yaml:4",
            "user-okafor [leeds > cardiology] cardiology.yaml:4",
            "user-okafor [cardiology] cardiology.yaml:4",
        ]
    );
    assert_eq!(people.range.start.line, 6);
}

#[test]
fn groups_that_share_groups_do_not_multiply_without_end() {
    let mut files = vec![("g0.yaml".to_owned(), group("g0", "user-li"))];
    for level in 1..=20 {
        let below = level - 1;
        let twins =
            ["a", "b"].map(|twin| group(&format!("g{level}{twin}"), &format!("group:g{below}")));
        let both = group(&format!("g{level}"), &format!("group:g{level}a, group:g{level}b"));
        files.push((format!("g{level}.yaml"), format!("{}---\n{}---\n{both}", twins[0], twins[1])));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let tre = tre("authorizedUsers: [group:g16]\n", &files);
    let people = tre.authorized_users.unwrap();
    let li = Principal::from_platform("user-li");
    assert_eq!(people.members.get(&li).map(Vec::len), Some(64));
}

#[test]
fn later_profiles_win_and_the_document_wins_over_all() {
    let files = [
        ("a.yaml", profile("a", "base", "restricted: true, protected: true")),
        ("b.yaml", profile("b", "", "protected: false, previewViewerRestricted: true")),
        ("base.yaml", profile("base", "", "restricted: false, downloadRestricted: true")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let tre = tre("extends: [a, b]\npolicies: {previewViewerRestricted: null}\n", &files);
    let policies: Vec<_> = tre
        .policies
        .iter()
        .map(|(name, at)| (name.as_str(), at.value.clone(), at.range.file.as_ref()))
        .collect();
    assert_eq!(
        policies,
        [
            ("downloadRestricted", PolicyValue::Bool(true), "base.yaml"),
            ("previewViewerRestricted", PolicyValue::Default, "tre.yaml"),
            ("protected", PolicyValue::Bool(false), "b.yaml"),
            ("restricted", PolicyValue::Bool(true), "a.yaml"),
        ]
    );
}

#[test]
fn an_inventory_is_managed_as_a_whole() {
    let tre = tre(
        "inventory:\n  version: \"2026.1\"\n  fileInventory: file-0123456789BFGJKPQVXYZbfg\n",
        &[],
    );
    let inventory = tre.inventory.unwrap();
    assert_eq!(inventory.inventory.version, "2026.1");
    let assets: Vec<_> = inventory.inventory.assets().map(|(asset, _)| asset).collect();
    assert_eq!(assets, [Asset::FileInventory]);
    assert_eq!(inventory.asset_ranges.keys().copied().collect::<Vec<_>>(), assets);
}

#[test]
fn of_a_tre_to_be_deleted_nothing_else_counts() {
    let text = TRE.replace("draft", "deleted")
        + "managed: false\nname: x\nadmins: nonsense\n\
           consents: [{allow: delete, for: {/state: deleted}, ticket: DAC-7}]\n";
    let tre = desired(&[("tre.yaml", &text)]).tres.into_values().next().unwrap();
    assert_eq!(tre.state.value, DesiredState::Deleted);
    assert!(tre.is_managed && tre.name.is_none() && tre.admins.is_none());
    let [consent] = tre.consents.as_slice() else { panic!("{:?}", tre.consents) };
    assert_eq!(consent.allow, ConsentKind::Delete);
    assert_eq!(consent.values.get("/state"), Some(&serde_json::json!("deleted")));
    assert_eq!(consent.ticket.as_deref(), Some("DAC-7"));
}

#[test]
fn without_a_project_file_the_only_target_is_local() {
    for files in [&[][..], &[("trectl.yaml", "apiVersion: trectl/v1\nkind: Project\n")]] {
        let project = desired(files).project;
        assert_eq!(project.default_target.as_deref(), Some("local"));
        let [target] = project.targets.into_values().collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(
            target.platform,
            PlatformTarget::Embedded { path: ".trectl/platform.db".into(), seed: None }
        );
        assert_eq!(target.state, StateTarget::Local(".trectl/state".into()));
        assert_eq!(project.guards, Guards::default());
    }
}

#[test]
fn targets_have_the_defaults_of_the_contract() {
    let project = desired(&[(
        "trectl.yaml",
        "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: a.db, seed: seed.yaml}, askConsent: [publish]}
  simulator: {platform: {dnanexus: {host: localhost, port: 8080, protocol: http}}}
  production:
    platform: {dnanexus: {}}
    state: s3://bucket/production
    select: {billTo: [org-biobank]}
guards: {massRemoval: {percent: 10}, openWindows: 3}
",
    )])
    .project;
    assert_eq!(project.default_target, None);
    assert_eq!(
        project.guards,
        Guards { mass_removal_percent: 10, mass_removal_least_people: 10, open_windows: 3 }
    );
    let [local, production, simulator] =
        project.targets.into_values().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(
        local.platform,
        PlatformTarget::Embedded { path: "a.db".into(), seed: Some("seed.yaml".into()) }
    );
    assert!(local.asks_publish());
    assert_eq!(local.state, StateTarget::Local(".trectl/state/local".into()));
    assert_eq!(production.platform, PlatformTarget::DnaNexus(Address::default()));
    assert_eq!(
        production.state,
        StateTarget::Remote(BucketUrl {
            cloud: Cloud::S3,
            bucket: "bucket".to_owned(),
            prefix: "production".to_owned(),
        })
    );
    assert_eq!(production.select_bill_to, Some(vec!["org-biobank".parse().unwrap()]));
    assert_eq!(
        simulator.platform,
        PlatformTarget::DnaNexus(Address {
            host: Some("localhost".to_owned()),
            port: Some(8080),
            protocol: Some(Protocol::Http),
        })
    );
}

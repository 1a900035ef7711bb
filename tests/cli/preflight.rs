//! What the platform would refuse midway is found before the first call, with its place.

use serde_json::Value;

use crate::harness::Repo;

const SEED: &str = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
users: [user-amara, user-bot, user-li, user-okafor, user-priya]
orgs:
  - id: org-biobank
    members: [{id: user-bot, treManagement: true}, {id: user-amara, treManagement: true}]
  - {id: org-clinic, members: [{id: user-bot}]}
projects:
  - {id: project-000000000000000000000001, region: 'aws:eu-west-2', billTo: org-biobank, access: {user-bot: CONTRIBUTE}}
  - {id: project-000000000000000000000002, region: 'aws:eu-west-2', billTo: org-biobank, access: {user-bot: ADMINISTER}}
  - {id: project-000000000000000000000003, region: 'aws:us-east-1', billTo: org-biobank, access: {user-bot: VIEW}}
  - {id: project-000000000000000000000004, region: 'aws:eu-west-2', billTo: org-clinic, access: {user-bot: VIEW}}
  - {id: project-000000000000000000000005, region: 'aws:eu-west-2', billTo: org-biobank, access: {user-bot: CONTRIBUTE}}
records:
  - {id: record-000000000000000000000001, project: project-000000000000000000000001}
  - {id: record-000000000000000000000002, project: project-000000000000000000000002}
  - {id: record-000000000000000000000003, project: project-000000000000000000000003}
  - {id: record-000000000000000000000004, project: project-000000000000000000000004}
  - {id: record-000000000000000000000005, project: project-000000000000000000000001, types: [Cohort]}
  - {id: record-000000000000000000000006, project: project-000000000000000000000001, state: open}
  - {id: record-000000000000000000000007, project: project-000000000000000000000001}
  - {id: record-000000000000000000000008, project: project-000000000000000000000005}
tres:
  - id: tre-live
    state: active
    name: Live
    billTo: org-biobank
    region: aws:eu-west-2
    authorizedUsers: [user-li]
    inventory:
      active:
        version: '1'
        tabularData: record-000000000000000000000001
        dataShowcase: record-000000000000000000000002
    applicationReviewSteps: [{id: governance, reviewers: [user-priya]}]
";

/// The TRE as it is live, each setting on lines of its own.
const LIVE: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-live
state: active
admins:
  - user-bot
authorizedUsers:
  - user-li
inventory:
  version: \"1\"
  tabularData: record-000000000000000000000001
  dataShowcase: record-000000000000000000000002
reviewSteps:
  - id: governance
    reviewers:
      - user-priya
";

/// A TRE that is not there yet.
const NEW: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-new
state: draft
name: New
billTo: org-biobank
region: aws:eu-west-2
admins:
  - user-bot
";

const PROJECT: &str = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local: \
                       {platform: {embedded: .trectl/platform.db, seed: platform-seed.yaml}}\n";

fn repo(document: &str) -> Repo {
    Repo::with(&[
        ("trectl.yaml", PROJECT),
        ("platform-seed.yaml", SEED),
        ("tres/one.yaml", document),
    ])
}

/// Returns a document with a change, and the line that holds the last line of what is new.
fn edited(document: &str, (from, to): (&str, &str)) -> (String, u64) {
    assert!(document.contains(from), "`{from}` is not in\n{document}");
    let text = document.replacen(from, to, 1);
    let (before, _) = text.split_once(to).unwrap();
    let line = before.matches('\n').count() + to.trim_end().matches('\n').count() + 1;
    (text, line as u64)
}

/// Plans and applies a change that is refused: nothing is called, and the refusal has its place.
fn refused(document: &str, change: (&str, &str), rules: &[&str]) {
    let (text, line) = edited(document, change);
    let repo = repo(&text);
    let consents = ["--allow", "maintenance,publish"];
    let plan = repo.run(&[&["plan", "--format", "json"], &consents[..]].concat()).expect(3).json();
    let blocked = plan.pointer("/resource_changes/0/blocked").and_then(Value::as_array).unwrap();
    let found: Vec<&str> =
        blocked.iter().map(|it| it.get("rule").and_then(Value::as_str).unwrap()).collect();
    assert_eq!(found, rules, "{blocked:#?}");
    let range = blocked.first().and_then(|it| it.get("range")).unwrap();
    assert_eq!(range.get("filename"), Some(&"tres/one.yaml".into()));
    assert_eq!(range.get("line"), Some(&line.into()), "{change:?} {blocked:#?}");
    let place = format!("tres/one.yaml:{line}");
    repo.run(&[&["plan"], &consents[..]].concat()).expect(3).says(&place);

    repo.run(&[&["apply", "--auto-approve"], &consents[..]].concat()).expect(3);
    assert_eq!(intents(&repo), 0, "{change:?}");
}

/// Returns how many calls were announced in the journal.
fn intents(repo: &Repo) -> usize {
    let Ok(segments) = std::fs::read_dir(repo.at(".trectl/state/local/journal")) else { return 0 };
    segments
        .flat_map(|segment| {
            let text = std::fs::read_to_string(segment.unwrap().path()).unwrap();
            let segment: Value = serde_json::from_str(&text).unwrap();
            segment.get("entries").unwrap().as_array().unwrap().clone()
        })
        .filter(|entry| entry.get("kind") == Some(&"intent".into()))
        .count()
}

#[test]
fn the_live_documents_are_fine_as_they_are() {
    repo(LIVE).run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
    let repo = repo(NEW);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(intents(&repo), 1);
}

#[test]
fn a_person_or_org_that_does_not_exist() {
    let unknown = ["unknown-person"];
    refused(LIVE, ("  - user-li\n", "  - user-li\n  - user-tanka\n"), &unknown);
    refused(LIVE, ("  - user-li\n", "  - user-li\n  - org-leads\n"), &unknown);
    refused(LIVE, ("- user-priya\n", "- user-priya\n      - user-prija\n"), &unknown);
    refused(NEW, ("billTo: org-biobank", "billTo: org-biobnak"), &unknown);
}

#[test]
fn an_admin_without_tre_management() {
    let lacks = ["admin-lacks-tre-management"];
    refused(LIVE, ("  - user-bot\n", "  - user-bot\n  - user-priya\n"), &lacks);
    refused(NEW, ("  - user-bot\n", "  - user-bot\n  - user-priya\n"), &lacks);
    // Nor does the account that creates it, which is listed as its admin.
    let rules = ["operator-lacks-tre-management", "admin-lacks-tre-management"];
    refused(NEW, ("billTo: org-biobank", "billTo: org-clinic"), &rules);
}

#[test]
fn a_showcase_that_the_account_does_not_administer() {
    let (from, to) = (
        "dataShowcase: record-000000000000000000000002",
        "dataShowcase: record-000000000000000000000008",
    );
    refused(LIVE, (from, to), &["showcase-administer"]);
}

#[test]
fn assets_of_another_region_or_billing_org() {
    let to = |last| format!("tabularData: record-00000000000000000000000{last}");
    refused(LIVE, (&to(1), &to(3)), &["asset-elsewhere"]);
    refused(LIVE, (&to(1), &to(4)), &["asset-elsewhere"]);
}

#[test]
fn a_showcase_that_shares_the_project_of_another_asset() {
    // The place is that of the asset which lies where the showcase does.
    let to = |last| format!("tabularData: record-00000000000000000000000{last}");
    let project = ["record-000000000000000000000002", "record-000000000000000000000007"];
    let (text, _) = edited(LIVE, (project[0], project[1]));
    refused(&text, (&to(1), &to(1)), &["showcase-shares-project"]);
}

#[test]
fn a_record_that_is_no_dataset_or_not_closed_or_not_there() {
    let to = |last| format!("tabularData: record-00000000000000000000000{last}");
    refused(LIVE, (&to(1), &to(5)), &["asset-not-dataset"]);
    refused(LIVE, (&to(1), &to(6)), &["asset-not-closed"]);
    refused(LIVE, (&to(1), &to(9)), &["asset-missing"]);
}

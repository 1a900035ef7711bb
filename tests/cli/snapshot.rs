//! `snapshot`

use serde_json::Value;

use crate::harness::{ACTIVE, DRAFT, Repo};

/// Two orgs: one pays, the other one is listed, and most of its members are no business of ours.
pub const SEED: &str = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
tokens: {a-secret-token: user-bot}
users: [user-amara, user-bot, user-jonas, user-li, user-novak, user-okafor, user-priya, user-silva]
orgs:
  - id: org-biobank
    members:
      - {id: user-bot, treManagement: true}
      - {id: user-amara, level: ADMIN, treManagement: true}
      - {id: user-jonas}
  - {id: org-leeds, members: [{id: user-li}, {id: user-novak}, {id: user-silva}]}
projects:
  - {id: project-000000000000000000000001, region: 'aws:eu-west-2', billTo: org-biobank, access: {user-bot: CONTRIBUTE}}
  - {id: project-000000000000000000000002, region: 'aws:eu-west-2', billTo: org-biobank, access: {user-bot: ADMINISTER}}
records:
  - {id: record-000000000000000000000001, project: project-000000000000000000000001}
  - {id: record-000000000000000000000002, project: project-000000000000000000000002}
tres:
  - id: tre-live
    state: active
    name: Live
    billTo: org-biobank
    region: aws:eu-west-2
    admins: [user-amara, user-bot]
    authorizedUsers: [org-leeds, user-li, user-okafor]
    inventory:
      active:
        version: '1'
        tabularData: record-000000000000000000000001
        dataShowcase: record-000000000000000000000002
    applicationReviewSteps: [{id: governance, reviewers: [user-priya]}]
requests:
  - {id: treApplication-000000000000000000000001, tre: tre-live, state: approved}
  - {id: treApplication-000000000000000000000002, tre: tre-live, state: in-review}
";

pub const PROJECT: &str = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local: \
                           {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}\n";

/// Returns a repository beside a platform with a directory, and a document of its TRE.
pub fn biobank() -> Repo {
    Repo::with(&[
        ("trectl.yaml", PROJECT),
        ("seed.yaml", SEED),
        (
            "tres/live.yaml",
            "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-live\n\
             state: active\nname: Live\nadmins: [user-amara]\n\
             authorizedUsers: [org-leeds, user-li, user-okafor]\n",
        ),
    ])
}

/// Takes a snapshot and reads it as JSON.
fn taken(repo: &Repo) -> Value {
    repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    serde_json::from_str(&repo.read("live.json")).unwrap()
}

#[test]
fn it_holds_what_a_plan_asks_for_and_nothing_about_other_people() {
    let snapshot = taken(&biobank());
    assert_eq!(snapshot["kind"], "Snapshot");
    assert_eq!(snapshot["format_version"], "1.0");
    assert_eq!(snapshot["target"]["name"], "local");
    assert_eq!(snapshot["target"]["operator"], "user-bot");
    assert_eq!(snapshot["select"]["billTo"], Value::Null);
    assert_eq!(snapshot["tres"][0]["id"], "tre-live");
    assert_eq!(snapshot["tres"][0]["class"], "tre", "the whole answer");
    assert_eq!(snapshot["requests"]["tre-live"]["approved"], 1);
    assert_eq!(snapshot["requests"]["tre-live"]["in_review"], 1);
    let directory = &snapshot["directory"];
    assert_eq!(directory["members"]["org-biobank"]["user-amara"]["tre_management"], true);
    assert_eq!(directory["members"]["org-biobank"]["user-jonas"]["tre_management"], false);
    assert_eq!(directory["members"]["org-leeds"]["user-li"]["is_admin"], false);
    let record = "record-000000000000000000000002";
    assert_eq!(directory["objects"][record]["project"], "project-000000000000000000000002");
    let project = &directory["projects"]["project-000000000000000000000002"];
    assert_eq!(project["level"], "ADMINISTER");

    let text = snapshot.to_string();
    assert!(!text.contains("secret"), "{text}");
    for stranger in ["user-novak", "user-silva"] {
        assert!(!text.contains(stranger), "a member of somebody else's org: {text}");
    }
}

#[test]
fn it_has_the_form_of_its_schema() {
    let repo = biobank();
    repo.run(&["apply", "--auto-approve"]).expect(0);
    let schema = repo.run(&["schema", "snapshot"]).expect(0).json();
    let snapshot = taken(&repo);
    assert!(snapshot["applied"]["tre-live"].is_object(), "{snapshot:#}");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&snapshot).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut broken = snapshot;
    broken["directory"]["people"] = "user-li".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn only_the_time_tells_two_snapshots_of_the_same_state_apart() {
    let repo = biobank();
    let without_time = || {
        let mut snapshot = taken(&repo);
        assert!(snapshot["taken_at"].as_str().unwrap().ends_with('Z'));
        snapshot["taken_at"] = "".into();
        snapshot.to_string()
    };
    assert_eq!(without_time(), without_time());
}

#[test]
fn it_needs_no_document_and_says_where_it_is() {
    let repo = Repo::with(&[("trectl.yaml", PROJECT), ("seed.yaml", SEED)]);
    let run = repo.run(&["snapshot", "-o", "live.json"]).expect(0);
    assert!(run.stdout.starts_with("Snapshot of local: embedded platform, not a real one\n"));
    run.says("Saved in `live.json`: 1 TRE.\nsha256:").says("`trectl plan --live live.json`");
    assert!(!repo.at(".trectl").exists(), "reading writes nothing");
    let json = repo.run(&["snapshot", "-o", "live.json", "--format", "json"]).expect(0).json();
    assert_eq!(json["tres"], 1);
    assert_eq!(json["file"], "live.json");
    let digest = serde_json::from_str::<Value>(&repo.read("live.json")).unwrap()["digest"].clone();
    assert_eq!(json["digest"], digest);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let repo = biobank();
    repo.run(&["snapshot", "-o", "nowhere/live.json"]).expect(1).complains("cannot be written");
    repo.write("live.json", "what was there");
    repo.write("trectl.yaml", PROJECT.replace("seed.yaml", "no-seed.yaml"));
    repo.run(&["snapshot", "-o", "live.json"]).expect(1);
    assert_eq!(repo.read("live.json"), "what was there");
    let leftovers = std::fs::read_dir(repo.path()).unwrap();
    let is_draft = |name: &str| name.starts_with(".trectl-");
    assert!(!leftovers.into_iter().any(|e| is_draft(e.unwrap().file_name().to_str().unwrap())));
}

#[test]
fn only_the_selection_is_in_it() {
    let repo = Repo::applied(ACTIVE);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two").replace("biobank", "clinic"));
    repo.run(&["apply", "--auto-approve"]).expect(0);
    assert_eq!(taken(&repo)["tres"].as_array().unwrap().len(), 2);
    let project = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local:\n    \
                   platform: {embedded: .trectl/platform.db}\n    \
                   select: {billTo: [org-clinic]}\n";
    repo.write("trectl.yaml", project);
    let snapshot = taken(&repo);
    assert_eq!(snapshot["select"]["billTo"][0], "org-clinic");
    assert_eq!(snapshot["tres"].as_array().unwrap().len(), 1);
    assert_eq!(snapshot["tres"][0]["id"], "tre-two");
}

/// Returns the snapshots that are kept in the state.
fn kept(repo: &Repo) -> Vec<String> {
    let files = std::fs::read_dir(repo.at(".trectl/state/local/live")).unwrap();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_plan_from_the_state_needs_no_platform() {
    let repo = biobank();
    repo.run(&["plan", "--from-state"]).expect(1).complains("There is no snapshot in the state");
    let run = repo.run(&["snapshot", "--to-state", "-o", "live.json"]).expect(0);
    run.says("Saved in `live.json` and in the state store: 1 TRE.");
    repo.run(&["snapshot", "--to-state"]).expect(0).says("`trectl plan --from-state`");
    // Neither the platform nor what it begins with is looked at.
    std::fs::remove_file(repo.at("seed.yaml")).unwrap();
    let _ = std::fs::remove_file(repo.at(".trectl/platform.db"));
    let from_file = repo.run(&["plan", "--live", "live.json", "--format", "json"]).expect(0).json();
    let from_state = repo.run(&["plan", "--from-state", "--format", "json"]).expect(0).json();
    assert_eq!(from_state["live"]["snapshot"]["digest"], from_file["live"]["snapshot"]["digest"]);
    assert_eq!(from_state["resource_changes"], from_file["resource_changes"]);
    repo.run(&["plan", "--from-state"]).expect(0).says("From a snapshot, not the platform: taken");
}

#[test]
fn the_newest_few_are_kept_and_an_old_one_is_refused_where_that_is_asked() {
    let repo = biobank();
    let snapshot = taken(&repo);
    for day in 1..=4 {
        let mut older = snapshot.clone();
        older["taken_at"] = format!("2026-05-0{day}T10:00:00Z").into();
        let name = format!(".trectl/state/local/live/2026050{day}T100000Z-0123456789ab.json");
        repo.write(&name, older.to_string());
    }
    // The digest does not cover the time, so these are whole.
    let old = repo.run(&["plan", "--from-state", "--max-age", "36h"]).expect(1);
    old.complains("too old: it was taken at 2026-05-04T10:00:00Z").complains("every night");
    repo.run(&["plan", "--from-state"]).expect(0).says("2026-05-04 10:00 UTC");
    repo.run(&["snapshot", "--to-state"]).expect(0);
    assert_eq!(kept(&repo).len(), 3, "{:?}", kept(&repo));
    assert_eq!(kept(&repo)[0], "20260503T100000Z-0123456789ab.json");
    repo.run(&["plan", "--from-state", "--max-age", "36h"]).expect(0).says("(just now)");
    // One that was changed is not taken for true.
    let newest = format!(".trectl/state/local/live/{}", kept(&repo)[2]);
    repo.edit(&newest, "user-okafor", "user-novak");
    repo.run(&["plan", "--from-state"]).expect(1).complains("is not as it was written");
    // What is kept there is no part of the journal.
    repo.run(&["audit", "verify"]).expect(0);
}

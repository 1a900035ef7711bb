//! `import`

use crate::harness::{ACTIVE, DRAFT, Repo};

#[test]
fn what_is_imported_plans_to_nothing() {
    let repo = Repo::applied(ACTIVE);
    repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    repo.run(&["apply", "--auto-approve"]).expect(0);
    let fresh = Repo::empty();
    std::fs::create_dir(fresh.at(".trectl")).unwrap();
    std::fs::copy(repo.at(".trectl/platform.db"), fresh.at(".trectl/platform.db")).unwrap();
    let run = fresh.run(&["import"]).expect(0);
    assert_eq!(run.stdout.matches(" → ").count(), 2, "{}", run.stdout);
    fresh.run(&["validate"]).expect(0);
    fresh.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
    insta::assert_snapshot!(fresh.read("tres/one.yaml"));
}

#[test]
fn the_example_imports_to_nothing() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tre-configs");
    let seed = std::fs::read_to_string(format!("{examples}/platform-seed.yaml")).unwrap();
    let project = std::fs::read_to_string(format!("{examples}/trectl.yaml")).unwrap();
    let repo = Repo::with(&[("platform-seed.yaml", &seed), ("trectl.yaml", &project)]);
    let json = repo.run(&["import", "--format", "json"]).expect(0).json();
    assert!(json["imported"].as_array().unwrap().len() >= 6, "{json}");
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
}

#[test]
fn without_ids_only_what_has_no_document() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["import"]).expect(0).says("Nothing to import");
    repo.run(&["import", "--all"]).expect(1).complains("never writes over a file");
    let other = Repo::empty();
    repo.run(&["import", "--all", "--out", other.path().to_str().unwrap()]).expect(0);
    assert!(other.read("one.yaml").contains("id: tre-one"));
    repo.run(&["import", "tre-nowhere"]).expect(1).complains("no TRE `tre-nowhere`");
}

#[test]
fn an_existing_file_is_never_written_over() {
    let repo = Repo::applied(ACTIVE);
    let before = repo.read("tres/one.yaml");
    repo.run(&["import", "tre-one"]).expect(1);
    assert_eq!(repo.read("tres/one.yaml"), before);
}

/// A step without a reviewer can be live and is refused in a document of a published TRE; so can a
/// policy that trectl does not know.
#[test]
fn what_would_be_refused_is_left_out_with_a_comment_and_a_warning() {
    let seed = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
users: [user-bot, user-priya]
orgs:
  - {id: org-biobank, members: [{id: user-bot, treManagement: true}]}
projects:
  - {id: project-0123456789BFGJKPQVXYZbfg, region: 'aws:eu-west-2', billTo: org-biobank}
records:
  - id: record-0123456789BFGJKPQVXYZbfg
    project: project-0123456789BFGJKPQVXYZbfg
    types: [Dataset]
tres:
  - id: tre-odd
    state: active
    name: Odd
    description: ''
    billTo: org-biobank
    region: aws:eu-west-2
    visibility: private
    admins: [user-bot]
    authorizedUsers: []
    policies: {downloadRestricted: true, futurePolicy: 7}
    inventory:
      active: {version: '1', tabularData: 'project-0123456789BFGJKPQVXYZbfg:record-0123456789BFGJKPQVXYZbfg'}
      pending: null
    applicationReviewSteps:
      - {id: governance, name: Governance, description: Checks., reviewers: [user-priya]}
      - {id: empty, name: Empty, description: Nobody., reviewers: []}
    created: 1704067200000
    modified: 1704067200000
    createdBy: user-bot
";
    let project = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
                   local: {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}\n";
    let repo = Repo::with(&[("trectl.yaml", project), ("seed.yaml", seed)]);
    let run = repo.run(&["import"]).expect(0);
    let run = run.complains("`policies.futurePolicy` of `tre-odd` is left out");
    run.complains("`reviewSteps.empty.reviewers` of `tre-odd` is left out");
    let text = repo.read("tres/odd.yaml");
    assert!(text.starts_with("# `"), "{text}");
    assert!(!text.contains("futurePolicy: 7"), "{text}");
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
}

/// A biobank whose TREs share people: two of them all admins, three a committee, one of these with
/// a guest.
const SHARING: &str = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
users: [user-amara, user-bot, user-guest, user-henrik, user-jonas, user-li, user-okafor, user-priya]
orgs:
  - id: org-biobank
    members:
      - {id: user-bot, treManagement: true}
      - {id: user-amara, treManagement: true}
      - {id: user-jonas, treManagement: true}
  - {id: org-leeds, members: []}
projects:
  - {id: project-0123456789BFGJKPQVXYZbfg, region: 'aws:eu-west-2', billTo: org-biobank}
records:
  - {id: record-0123456789BFGJKPQVXYZbfg, project: project-0123456789BFGJKPQVXYZbfg}
tres:
  - id: tre-cardio
    state: active
    billTo: org-biobank
    region: aws:eu-west-2
    admins: [user-amara, user-bot, user-jonas]
    authorizedUsers: [org-leeds, user-li]
    inventory: {active: {version: '1', tabularData: record-0123456789BFGJKPQVXYZbfg}}
    applicationReviewSteps: [{id: governance, reviewers: [user-henrik, user-priya]}]
  - id: tre-genomics
    state: active
    billTo: org-biobank
    region: aws:eu-west-2
    admins: [user-amara, user-bot, user-jonas]
    authorizedUsers: [org-leeds, user-li, user-okafor]
    inventory: {active: {version: '1', tabularData: record-0123456789BFGJKPQVXYZbfg}}
    applicationReviewSteps:
      - {id: ethics, reviewers: [user-priya]}
      - {id: governance, reviewers: [user-henrik, user-priya]}
  - id: tre-imaging
    state: draft
    billTo: org-biobank
    region: aws:eu-west-2
    authorizedUsers: [org-leeds, user-li]
    applicationReviewSteps: [{id: governance, reviewers: [user-guest, user-henrik, user-priya]}]
";

const SEEDED: &str = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
                      local: {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}\n";

fn sharing() -> Repo {
    Repo::with(&[("trectl.yaml", SEEDED), ("seed.yaml", SHARING)])
}

#[test]
fn lists_that_several_tres_share_become_groups() {
    let repo = sharing();
    let json = repo.run(&["import", "--groups", "--format", "json"]).expect(0).json();
    let ids: Vec<&str> =
        json["groups"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["admins", "governance-reviewers", "users"]);
    let users = &json["groups"][2];
    assert_eq!(users["members"], serde_json::json!(["org-leeds", "user-li"]));
    assert_eq!(users["lists"].as_array().unwrap().len(), 3);
    assert_eq!(users["lists"][1]["address"], "tre.tre-genomics");
    let written = ["groups/governance-reviewers.yaml", "tres/genomics.yaml", "tres/imaging.yaml"];
    let texts: Vec<String> = written.map(|file| format!("{file}:\n{}", repo.read(file))).into();
    insta::assert_snapshot!(texts.join("\n"));
    let run = repo.run(&["validate"]).expect(0).says("3 TREs, 3 groups");
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
}

#[test]
fn without_groups_one_line_says_how_many_lists_could_be_shared() {
    let repo = sharing();
    let run = repo.run(&["import"]).expect(0);
    run.says(
        "8 lists of people are shared by several TREs: with `--groups` they name 3 new\ngroups.",
    );
    assert!(!repo.at("groups").exists());
    assert!(!repo.read("tres/cardio.yaml").contains("group:"));
    let run = Repo::applied(ACTIVE).run(&["import"]).expect(0);
    assert!(!run.stdout.contains("--groups"), "{}", run.stdout);
    let json = sharing().run(&["import", "--format", "json"]).expect(0).json();
    assert_eq!(json["shared"], serde_json::json!({"lists": 8, "groups": 3}));
    assert_eq!(json["groups"], serde_json::json!([]));
}

#[test]
fn a_group_of_the_repository_with_the_same_people_is_used() {
    let repo = sharing();
    let group = "apiVersion: trectl/v1\nkind: Group\nid: committee\nmembers: [group:chair, user-priya]\n\
                 ---\napiVersion: trectl/v1\nkind: Group\nid: chair\nmembers: [user-henrik]\n";
    repo.write("groups/people.yaml", group);
    let run = repo.run(&["import", "tre-cardio", "--groups"]).expect(0);
    assert!(
        run.stdout.contains("tre-cardio → ") && !run.stdout.contains("group:"),
        "{}",
        run.stdout
    );
    assert!(repo.read("tres/cardio.yaml").contains("reviewers: [group:committee]"));
    repo.run(&["import", "--groups"]).expect(0);
    assert!(repo.read("tres/genomics.yaml").contains("reviewers: [group:committee]"));
    assert!(!repo.at("groups/governance-reviewers.yaml").exists());
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
}

#[test]
fn a_group_is_never_written_over_a_file_or_named_like_another() {
    let repo = sharing();
    repo.write(
        "groups/users.yaml",
        "apiVersion: trectl/v1\nkind: Group\nid: other\nmembers: [user-guest]\n",
    );
    let taken = "apiVersion: trectl/v1\nkind: Group\nid: admins\nmembers: [user-guest]\n";
    repo.write("groups/some.yaml", taken);
    repo.run(&["import", "--groups"]).expect(0);
    assert!(repo.read("groups/users.yaml").contains("id: other"));
    assert!(repo.read("groups/users-cardio.yaml").contains("id: users-cardio"));
    assert!(repo.read("groups/admins-cardio.yaml").contains("user-jonas"));
    assert!(!repo.at("groups/admins.yaml").exists());
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
}

#[test]
fn groups_go_where_the_documents_go() {
    let repo = sharing();
    repo.run(&["import", "--groups", "--out", "live"]).expect(0);
    assert!(repo.at("live/groups/users.yaml").exists() && repo.at("live/cardio.yaml").exists());
    repo.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
    let before = repo.read("live/groups/users.yaml");
    std::fs::remove_file(repo.at("live/cardio.yaml")).unwrap();
    // The groups that are there are those of the list that is written again.
    repo.run(&["import", "--groups", "--out", "live"]).expect(0);
    assert_eq!(repo.read("live/groups/users.yaml"), before);
    assert!(repo.read("live/cardio.yaml").contains("authorizedUsers: [group:users]"));
}

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

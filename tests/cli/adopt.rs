//! `drift --adopt`, where whole entries come, go and move, and where it may not write.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::drift::changed_elsewhere;
use crate::harness::{DRAFT, Repo};
use crate::standin::StandIn;

/// A draft whose review steps are not frozen yet.
const PIPELINE: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-one
state: draft
name: One
billTo: org-biobank
region: aws:eu-west-2
reviewSteps: # the pipeline
  # First the rules.
  - id: governance # frozen later
    name: Governance
    description: Checks.
    reviewers:
      - user-priya # chair
  # Then the law.
  - id: legal
    reviewers: [group:leads]

  # Last of all.
  - id: ethics
    name: Ethics # by the board
    reviewers: [user-ben]
# Below.
";

const THEIRS: &str = "\
reviewSteps:
  - {id: ethics, name: Ethics, reviewers: [user-eve]}
  - {id: triage, name: Triage, description: Is it complete?, reviewers: [user-eve, user-li]}
  - {id: governance, name: Governance, description: Checks., reviewers: [user-priya]}
  - {id: last, reviewers: []}
";

#[test]
fn review_steps_that_came_went_or_moved_are_written_at_their_place() {
    let leads = "apiVersion: trectl/v1\nkind: Group\nid: leads\nmembers: [user-lea, user-max]\n";
    let repo = Repo::with(&[("tres/one.yaml", PIPELINE), ("groups/leads.yaml", leads)]);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    let head = PIPELINE.split("reviewSteps").next().unwrap();
    let theirs = format!("{head}{THEIRS}");
    changed_elsewhere(&repo, &theirs, &[]);
    let run = repo.run(&["drift", "--adopt"]).expect(0);
    insta::assert_snapshot!("drift_adopted_steps", run.stdout);
    insta::assert_snapshot!("drift_adopted_steps_document", repo.read("tres/one.yaml"));
    assert_eq!(repo.read("groups/leads.yaml"), leads);
    repo.run(&["plan"]).expect(0).says("No changes.");

    repo.run(&["apply", "--auto-approve"]).expect(0);

    // All of them go, and come again.
    changed_elsewhere(&repo, &format!("{head}reviewSteps: []\n"), &[]);
    repo.run(&["drift", "--adopt"]).expect(0).says("/reviewSteps/ethics: taken out");
    let text = repo.read("tres/one.yaml");
    assert!(text.contains("reviewSteps: [] # the pipeline\n") && text.contains("# by the board"));
    repo.run(&["plan"]).expect(0).says("No changes.");
    repo.run(&["apply", "--auto-approve"]).expect(0);
    changed_elsewhere(&repo, &theirs, &[]);
    repo.run(&["drift", "--adopt"]).expect(0).says("/reviewSteps/triage: added");
    assert!(repo.read("tres/one.yaml").contains("\n  - id: ethics\n    name: Ethics\n"));
    repo.run(&["plan"]).expect(0).says("No changes.");
}

#[test]
fn review_steps_that_a_document_cannot_take_are_left_and_said() {
    let repo = Repo::applied(PIPELINE.replace("group:leads", "user-lea").as_str());
    // It is to be published, which needs a reviewer in each step.
    repo.edit("tres/one.yaml", "state: draft", "state: active");
    repo.edit("tres/one.yaml", "region:", "inventory: {version: \"1\"}\nregion:");
    let before = repo.read("tres/one.yaml");
    let head = PIPELINE.split("reviewSteps").next().unwrap();
    changed_elsewhere(&repo, &format!("{head}reviewSteps: [{{id: new}}]\n"), &[]);
    let json = repo.run(&["drift", "--adopt", "--format", "json"]).expect(2).json();
    let left = json["left"].as_array().unwrap();
    let reason =
        |key: &str| left.iter().find(|left| left["key"] == key).map(|left| &left["reason"]);
    let refused = reason("/reviewSteps/new").unwrap().as_str().unwrap();
    assert!(refused.starts_with("trectl would refuse it: The review step `new`"), "{refused}");
    assert_ne!(repo.read("tres/one.yaml"), before);
    repo.run(&["validate"]).expect(0);
}

/// Lets the platform have other review steps and people than a draft that ends so, adopts that, and
/// returns the whole file.
fn adopted(ours: &str, theirs: &str) -> String {
    let head = PIPELINE.split("reviewSteps").next().unwrap();
    let repo = Repo::applied(&format!("{head}{ours}"));
    changed_elsewhere(&repo, &format!("{head}{theirs}"), &[]);
    repo.run(&["drift", "--adopt"]).expect(0);
    repo.run(&["plan"]).expect(0).says("No changes.");
    let text = repo.read("tres/one.yaml");
    text.strip_prefix(head).unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn lists_in_each_layout_are_read_as_what_they_are() {
    let went_and_came = "\
reviewSteps: [{id: ethics, reviewers: [user-ben]}, {id: last, reviewers: [user-li]}]
authorizedUsers: [user-li]
";
    let below_the_key = adopted(
        "\
reviewSteps:
- {id: legal, reviewers: [user-lea]} # law
# Then the board.
- {id: ethics, reviewers: [user-ben]} # board
authorizedUsers:
  []
",
        went_and_came,
    );
    let expected = "\
reviewSteps:
# law
# Then the board.
- {id: ethics, reviewers: [user-ben]} # board
- {id: last, name: last, description: \"\", reviewers: [user-li]}
authorizedUsers:
  [user-li]
";
    assert_eq!(below_the_key, expected);
    let dash_alone = adopted(
        "\
reviewSteps:
  - # law
    id: legal
    reviewers: [user-lea]
  -
    id: ethics
    reviewers: [user-ben]
authorizedUsers: []
",
        went_and_came,
    );
    let expected = "\
reviewSteps:
  # law
  -
    id: ethics
    reviewers: [user-ben]
  -
    id: last
    name: last
    description: \"\"
    reviewers: [user-li]
authorizedUsers: [user-li]
";
    assert_eq!(dash_alone, expected);
    let empty = adopted("reviewSteps:\n  []\n", "reviewSteps: [{id: last}]\n");
    assert_eq!(
        empty,
        "reviewSteps:\n  - id: last\n    name: last\n    description: \"\"\n    reviewers: []\n"
    );
}

#[test]
fn in_brackets_each_comment_stays_with_its_entry() {
    let in_lines = adopted(
        "\
authorizedUsers: [
  user-ada, # PI, DAC-1
  user-ben, # until May, DAC-2
]
reviewSteps: [
  # First the rules.
  {id: governance, reviewers: [user-ada]}, # chair
  {id: ethics, reviewers: [user-ben]} # board
]
",
        "\
authorizedUsers: [user-ada, user-ben, user-new]
reviewSteps:
  - {id: zero, reviewers: [user-ada]}
  - {id: governance, reviewers: [user-ada]}
  - {id: law, reviewers: [user-ben]}
  - {id: ethics, reviewers: [user-ben]}
  - {id: last, reviewers: [user-ben]}
",
    );
    let expected = "\
authorizedUsers: [
  user-ada, # PI, DAC-1
  user-ben, # until May, DAC-2
  user-new,
]
reviewSteps: [
  {id: zero, name: zero, description: \"\", reviewers: [user-ada]},
  # First the rules.
  {id: governance, reviewers: [user-ada]}, # chair
  {id: law, name: law, description: \"\", reviewers: [user-ben]},
  {id: ethics, reviewers: [user-ben]}, # board
  {id: last, name: last, description: \"\", reviewers: [user-ben]}
]
";
    assert_eq!(in_lines, expected);

    // Behind the bracket, the comment could be about either.
    let ours = format!("{DRAFT}authorizedUsers: [\n  user-ada,\n  user-ben] # until May\n");
    let repo = Repo::applied(&ours);
    let theirs = format!("{DRAFT}authorizedUsers: [user-ada, user-ben, user-new]\n");
    changed_elsewhere(&repo, &theirs, &[]);
    let json = repo.run(&["drift", "--adopt", "--format", "json"]).expect(2).json();
    let reason = json["left"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("It has comments inside or behind it"), "{reason}");
    assert_eq!(repo.read("tres/one.yaml"), ours);
}

const SEED: &str = "\
actor: user-bot
users: [user-bot]
orgs: [{id: org-biobank, members: [{id: user-bot, level: ADMIN, treManagement: true}]}]
tres:
  - {id: tre-one, state: draft, name: Theirs, billTo: org-biobank, region: 'aws:eu-west-2', admins: [user-bot]}
  - {id: tre-two, state: draft, name: Theirs, billTo: org-biobank, region: 'aws:eu-west-2', admins: [user-bot]}
";

#[test]
fn where_a_document_is_changed_while_the_platform_is_read_nothing_at_all_is_written() {
    const ADOPT: [&str; 3] = ["drift", "--adopt", "--adopt-unapplied"];
    let changing: Arc<OnceLock<PathBuf>> = Arc::default();
    let file = Arc::clone(&changing);
    let platform = StandIn::new(SEED, None, move |_, _| {
        if let Some(file) = file.get() {
            let text = std::fs::read_to_string(file).unwrap();
            std::fs::write(file, text + "# A colleague was here.\n").unwrap();
        }
    });
    let repo = &platform.repo;
    let two = DRAFT.replace("tre-one", "tre-two");
    repo.write("tres/one.yaml", DRAFT);
    repo.write("tres/two.yaml", &two);
    changing.set(repo.at("tres/two.yaml")).unwrap();
    let run = platform.run(&ADOPT).expect(1);
    assert_eq!(run.stdout, "");
    let run = run.complains("error: `tres/two.yaml` was changed since it was read: nothing was");
    run.complains("next: Run it again.");
    assert_eq!(repo.read("tres/one.yaml"), DRAFT);
    let text = repo.read("tres/two.yaml");
    let added = text.strip_prefix(&two).unwrap();
    assert!(added.lines().all(|line| line == "# A colleague was here."), "{text}");
    let left = std::fs::read_dir(repo.at("tres")).unwrap().count();
    assert_eq!(left, 2, "a file was left behind");

    // Nobody changes the other file, so that it alone is adopted.
    let told = [&ADOPT[..], &["--only", "tre-one"]].concat();
    platform.run(&told).expect(0).says("tres/one.yaml:5  /name: Theirs");
    assert_eq!(repo.read("tres/one.yaml"), DRAFT.replace("One", "Theirs"));
}

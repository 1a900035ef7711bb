//! Every script of every pipeline below `ci/`, taken out of its YAML and run by bash: what ships
//! there is what runs here. A script without a scenario fails the tests.
//!
//! Left out is what a script cannot show: `if:`, `permissions:`, `concurrency:` and the actions of
//! others. `ci/check` holds those to their schemas, and files are carried between jobs by hand.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use crate::forge::{FORK, Kind, Note, TOKEN};
use crate::harness::{ACTIVE, Run};
use crate::notify::{SECRET, receiver};
use runner::Runner;
use shipped::Shipped;

mod gitlab;
mod runner;
mod shipped;

const PLAN: &str = "ci/github/workflows/trectl-plan.yml";
const APPLY: &str = "ci/github/workflows/trectl-apply.yml";
const DRIFT: &str = "ci/github/workflows/trectl-drift.yml";
const CRONJOB: &str = "ci/kubernetes/drift-cronjob.yaml";

#[test]
fn no_script_is_of_a_kind_that_nobody_runs() {
    let known = ["ci/github/", "ci/gitlab/", "ci/kubernetes/", ".pre-commit-hooks.yaml"];
    for place in Shipped::read().places() {
        assert!(known.iter().any(|prefix| place.starts_with(prefix)), "{place}");
    }
}

/// The page says of each action of somebody else's which commit and which release it is.
#[test]
fn every_pin_stands_on_the_page() {
    let page = include_str!("../../docs/ci.md");
    let workflows = [PLAN, APPLY, DRIFT, "ci/github/workflows/trectl-validate.yml"];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = workflows.map(|file| std::fs::read_to_string(root.join(file)).unwrap());
    for pin in texts.iter().flat_map(|text| text.lines()).filter_map(|it| it.split_once(" uses: "))
    {
        let (action, commit) = pin.1.split_once('@').unwrap();
        match commit.split_once(" # ") {
            Some((commit, release)) => {
                let row = format!("| `{action}` | `{commit}` | {release} |");
                assert!(page.contains(&row), "{row}");
            }
            None => {
                assert!(action.starts_with("example-org/trectl/ci/github"), "{action}");
                assert_eq!(commit, "0".repeat(40));
            }
        }
    }
}

/// The page's own commands copy the workflows and pin them.
#[test]
fn the_first_step_of_the_page_leaves_nothing_to_fill_in() {
    let page = include_str!("../../docs/ci.md");
    let (_, rest) = page.split_once("**1. Copy the workflows**").unwrap();
    let (_, rest) = rest.split_once("```sh\n").unwrap();
    let (script, _) = rest.split_once("```").unwrap();
    let shipped = Shipped::read();
    let on = Runner::new(&shipped, Kind::GitHub, &[("README.md", "trectl\n")]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/github/workflows");
    for file in std::fs::read_dir(root).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        on.at.write(&format!("origin/ci/github/workflows/{name}"), std::fs::read(path).unwrap());
    }
    let commit = on.commit("What is trusted");
    let run = on.bash(&script.replace("YOUR-ORG", "biobank"), "origin").expect(0);
    assert_eq!(run.stderr, "");
    let mut actions = 0;
    for file in ["validate", "plan", "apply", "drift"] {
        let text = on.at.read(&format!("tres/.github/workflows/trectl-{file}.yml"));
        assert!(!text.contains("example-org") && !text.contains(&"0".repeat(40)), "{text}");
        actions += text.matches(&format!("biobank/trectl/ci/github@{commit}")).count();
    }
    assert!(actions > 6, "{actions}");
}

fn one(description: &str) -> String {
    format!("{ACTIVE}description: {description}\n")
}

fn said_of_apply(runner: &Runner) -> Note {
    let notes = runner.forge.notes();
    notes.into_iter().rfind(|note| note.body.contains("key=apply:production")).unwrap()
}

/// A pull request.
struct PullRequest {
    head: String,
}

fn opened(on: &mut Runner, branch: &str, document: &str) -> PullRequest {
    on.git(&["checkout", "-q", "-b", branch, "main"]);
    on.at.write("origin/tres/one.yaml", document);
    let head = on.commit("Describe");
    on.git(&["checkout", "-q", "main"]);
    on.forge.planned(&head, "{}");
    on.know("github.event.workflow_run.head_sha", &head);
    let event = serde_json::json!({"workflow_run": {
        "pull_requests": [], "head_branch": "patch-1", "head_sha": head,
        "head_repository": {"owner": {"login": "eve"}},
    }});
    on.at.write("event.json", event.to_string());
    PullRequest { head }
}

/// Plans it as `trectl-plan.yml` does; the platform is not even there meanwhile.
fn planned(on: &mut Runner, pull: &PullRequest, job: &str) -> Run {
    on.check_out("main", &format!("{job}/base"));
    on.check_out(&pull.head, &format!("{job}/head"));
    on.run(&format!("{PLAN}: plan / Keep the project file"), job).expect(0);
    believed(on, "credential");
    std::fs::rename(on.path("platform.db"), on.path("away.db")).unwrap();
    let run = on.run(&format!("{PLAN}: plan / Plan"), job);
    std::fs::rename(on.path("away.db"), on.path("platform.db")).unwrap();
    run
}

/// Gets a credential of the state store.
fn believed(on: &mut Runner, id: &str) {
    on.know("inputs.audience", "sts.amazonaws.com");
    on.run("ci/github/state-credential/action.yml: action / token", "job").expect(0);
    let file = on.known["steps.token.outputs.file"].clone();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "token-for-the-store");
    on.know(&format!("steps.{id}.outputs.file"), &file);
}

fn shown(on: &mut Runner, job: &str) -> Run {
    on.hand_over(&format!("{job}/plan.json"), &format!("{job}-comment/plan.json"));
    on.run(&format!("{PLAN}: comment / Comment"), &format!("{job}-comment"))
}

fn told(on: &mut Runner, plan: &str, comment: &str) -> serde_json::Value {
    on.know("needs.plan.result", plan);
    on.know("needs.comment.result", comment);
    on.run(&format!("{PLAN}: status / Status"), "job").expect(0);
    on.forge.statuses().pop().unwrap()
}

/// Merges it, and does what `trectl-apply.yml` does as far as `apply`.
fn merged(on: &mut Runner, pull: &PullRequest, job: &str) -> Run {
    on.git(&["merge", "-q", "--squash", &pull.head]);
    let commit = on.commit("Describe (#12)");
    on.forge.merge(&commit);
    on.know("github.sha", &commit);
    on.run(&format!("{APPLY}: find / Find"), "job").expect(0);
    let left = on.given(PLAN, "plan", "actions/upload-artifact@", "name");
    for (input, value) in [("name", left.as_str()), ("run-id", "777")] {
        assert_eq!(on.given(APPLY, "apply", "actions/download-artifact@", input), value);
    }
    on.hand_over(&format!("{job}/plan.json"), "temp/reviewed/plan.json");
    on.check_out(&commit, &format!("{job}-apply"));
    believed(on, "credential");
    let run = on.run(&format!("{APPLY}: apply / Apply"), &format!("{job}-apply"));
    believed(on, "fresh");
    on.run(&format!("{APPLY}: apply / Snapshot"), &format!("{job}-apply")).expect(0);
    on.hand_over("temp/applied.md", &format!("{job}-apply-comment/applied.md"));
    on.run(&format!("{APPLY}: comment / Comment"), &format!("{job}-apply-comment")).expect(0);
    run
}

fn a_night(on: &mut Runner, job: &str) -> Run {
    on.check_out("main", job);
    believed(on, "credential");
    on.run(&format!("{DRIFT}: drift / Snapshot"), job).expect(0).says("Saved in the state store");
    believed(on, "fresh");
    let found = on.run(&format!("{DRIFT}: drift / Drift"), job).expect(0);
    assert_eq!(on.known["steps.drift.outputs.report"], "true");
    let notify = format!("{job}-notify");
    on.hand_over("temp/drift.json", &format!("{notify}/drift.json"));
    on.run(&format!("{DRIFT}: notify / Notify"), &notify).expect(0);
    let mut outcome = on.run(&format!("{DRIFT}: notify / Outcome"), &notify);
    outcome.stdout.insert_str(0, &found.stdout);
    outcome
}

fn github(shipped: &Shipped) -> Runner<'_> {
    let mut on = Runner::new(shipped, Kind::GitHub, &[("tres/one.yaml", &one("A."))]);
    on.at_home();
    let server = "https://github.example.org";
    for (expression, value) in [
        ("github.event.repository.default_branch", "main"),
        ("github.repository", "biobank/tres"),
        ("github.run_id", "777"),
        ("github.server_url", server),
        ("github.token", TOKEN),
        ("secrets.DX_SECURITY_CONTEXT", "{}"),
        ("secrets.DX_SECURITY_CONTEXT_READ", "{}"),
        ("secrets.TRECTL_SLACK_URL", ""),
        ("secrets.TRECTL_WEBHOOK_SECRET", SECRET),
        ("secrets.TRECTL_WEBHOOK_URL", ""),
        ("vars.AWS_REGION", "eu-west-2"),
        ("vars.TRECTL_STATE_ROLE", "arn:aws:iam::000000000000:role/trectl"),
    ] {
        on.know(expression, value);
    }
    on.at.run(&["-C", "origin", "apply", "--auto-approve"]).expect(0);
    on
}

#[test]
fn a_pull_request_is_planned_shown_applied_and_watched_on_github() {
    let shipped = Shipped::read();
    let on = &mut github(&shipped);
    builds(on);
    a_night(on, "first-night").expect(0).says("No drift");
    let summary = on.at.read("temp/summary.md");
    assert!(summary.contains("Drift of **production**"), "{summary}");

    let pull = opened(on, "patch-1", &one("B."));
    on.check_out(&pull.head, "validate");
    let validate = "ci/github/workflows/trectl-validate.yml: validate / Validate";
    on.run(validate, "validate").expect(0);
    on.at.edit("validate/tres/one.yaml", "state: active", "state: actve");
    on.run(validate, "validate").expect(1).says("::error file=tres/one.yaml,line=4");

    planned(on, &pull, "one").expect(0);
    assert!(on.at.read("temp/summary.md").contains("for **production**: 1 TRE ready"));
    shown(on, "one").expect(0).says("on pull request 12: created.");
    let status = told(on, "success", "success");
    assert_eq!(status["state"], "success");
    assert_eq!(status["commit"], *pull.head);
    assert_eq!(status["context"], "trectl/plan/production");
    merged(on, &pull, "one").expect(0).says("applied");
    let body = said_of_apply(on).body;
    assert!(body.contains("### ✓ Applied to **production**: 1 TRE applied"), "{body}");
    a_night(on, "second-night").expect(0).says("No drift");

    the_platform_moves(on);
    what_cannot_be_planned_is_told(on);
    a_plan_that_nobody_reviewed_is_not_applied(on);
    shipped.all_ran("ci/github/");
}

/// Between review and merge: nothing is done, and the comment says what moved.
fn the_platform_moves(on: &mut Runner) {
    let pull = opened(on, "patch-2", &one("C."));
    planned(on, &pull, "two").expect(0);
    shown(on, "two").expect(0);
    on.edit_platform("one.yaml", &one("Edited by hand."));
    merged(on, &pull, "two").expect(4).complains("The saved plan is stale");
    assert_eq!(on.known["steps.apply.outputs.status"], "4");
    let body = said_of_apply(on).body;
    assert!(body.contains("is stale: 1 TRE has moved since it was reviewed"), "{body}");
    for line in ["Reviewed:", "description \"B.\" → \"C.\"", "\"Edited by hand.\" → \"C.\""] {
        assert!(body.contains(line), "`{line}` is not in:\n{body}");
    }
    assert!(on.forge.issues().is_empty());
    let (url, received) = receiver(&[200]);
    on.know("secrets.TRECTL_SLACK_URL", &url);
    on.know("secrets.TRECTL_WEBHOOK_URL", &url);
    a_night(on, "third-night").expect(2).says("Edited by hand.");
    assert_eq!(received.try_iter().count(), 2);
    let [issue] = &on.forge.issues()[..] else { panic!("one issue") };
    assert_eq!(issue.title, "Drift: tre-one (production)");
    assert!(issue.is_open && issue.body.contains("Edited by hand."), "{}", issue.body);
    // What is told again alone is told from the same file.
    on.run(&format!("{DRIFT}: notify / Notify"), "third-night-notify").expect(0).says("unchanged");
    let summary = on.at.read("temp/summary.md");
    let row = summary.lines().rfind(|line| line.starts_with("| **")).unwrap();
    assert!(row.contains("`tre-one`") && row.contains("Edited by hand."), "{row}");
}

/// A refusal is a plan, and is shown; what is none is told on the commit.
fn what_cannot_be_planned_is_told(on: &mut Runner) {
    let moved = one("D.").replace("aws:eu-west-2", "aws:us-east-1");
    let pull = opened(on, "patch-3", &moved);
    planned(on, &pull, "three").expect(0);
    assert_eq!(on.known["steps.plan.outputs.status"], "3");
    // A comment that cannot be written fails its job, and the commit says so.
    on.know("github.token", FORK);
    shown(on, "three").expect(1).complains("Resource not accessible");
    on.run(&format!("{PLAN}: status / Status"), "job").expect(22);
    on.know("github.token", TOKEN);
    let silent = told(on, "success", "failure");
    assert_eq!(silent["description"], "The plan could not be shown as a comment");
    shown(on, "three").expect(0).says("created; one older plan is folded");
    let refused = told(on, "success", "success");
    assert_eq!(refused["description"], "Something is refused: see the comment");

    on.at.write("three/head/tres/one.yaml", "kind: ?");
    on.run(&format!("{PLAN}: plan / Plan"), "three").expect(1);
    assert_eq!(told(on, "failure", "skipped")["description"], "There is no plan");
    for state in [refused, silent] {
        assert_eq!(state["state"], "failure");
    }
    // A fork that would have another state read.
    on.at.write("three/head/trectl.yaml", "kind: Project");
    let keep = format!("{PLAN}: plan / Keep the project file");
    on.run(&keep, "three").expect(1).says("::error::A fork may not change trectl.yaml");
    std::fs::remove_file(on.path("three/head/trectl.yaml")).unwrap();
    on.run(&keep, "three").expect(1);
}

fn a_plan_that_nobody_reviewed_is_not_applied(on: &mut Runner) {
    let find = format!("{APPLY}: find / Find");
    on.forge.planned("beef", "{}");
    on.forge.merge("cafe");
    on.know("github.sha", "cafe");
    on.run(&find, "job").expect(0);
    on.know("github.sha", "f00d");
    on.run(&find, "job").expect(1).says("::error::No pull request was merged as f00d");
    on.know("github.token", "x");
    on.run(&find, "job").expect(22);
    on.know("github.token", TOKEN);
    // One that is no plan at all.
    on.at.write("temp/reviewed/plan.json", "{}");
    on.run(&format!("{APPLY}: apply / Apply"), "two-apply").expect(1);
    assert!(on.at.read("temp/applied.md").contains("ended with status 1: its log says why"));
}

/// The build itself takes minutes: instead of cargo and rustup there are two that write down what
/// is asked of them, and one of them gives the binary of the tests.
fn builds(on: &mut Runner) {
    let stub = "#!/bin/sh\necho \"$PWD $0 $*\" >> \"$RUNNER_TEMP/asked\"\n";
    let built =
        "mkdir -p \"$CARGO_TARGET_DIR/release\"\ncp \"$TRECTL\" \"$CARGO_TARGET_DIR/release\"\n";
    on.at.write("bin/rustup", stub);
    on.at.write("bin/cargo", format!("{stub}{built}"));
    for program in ["bin/rustup", "bin/cargo"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(on.path(program), mode).unwrap();
    }
    let root = env!("CARGO_MANIFEST_DIR");
    on.env.insert("GITHUB_ACTION_PATH".to_owned(), format!("{root}/ci/github"));
    on.env.insert("TRECTL".to_owned(), env!("CARGO_BIN_EXE_trectl").to_owned());
    on.run("ci/github/action.yml: action / Build", "job").expect(0);
    let asked = on.at.read("temp/asked");
    assert!(asked.lines().all(|line| line.starts_with(&format!("{root} "))), "{asked}");
    let version = env!("CARGO_PKG_RUST_VERSION");
    let wanted = format!("cargo +{version} build --release --locked --features remote-state");
    assert!(asked.contains(&wanted), "{asked}");
    let added = on.at.read("temp/path");
    assert!(std::path::Path::new(added.trim()).join("trectl").exists(), "{added}");
}

#[test]
fn a_night_is_watched_on_kubernetes() {
    let shipped = Shipped::read();
    let mut on = Runner::new(&shipped, Kind::GitHub, &[("tres/one.yaml", &one("A."))]);
    on.at.run(&["-C", "origin", "apply", "--auto-approve"]).expect(0);
    for (name, value) in [
        ("FOLDER", on.path("work").display().to_string()),
        ("GIT_CONFIG_VALUE_0", "Authorization: Basic eDp5".to_owned()),
        ("REPORT", on.path("drift.json").display().to_string()),
        ("REPOSITORY", format!("file://{}", on.path("origin").display())),
    ] {
        on.env.insert(name.to_owned(), value);
    }
    on.run(&format!("{CRONJOB}: checkout"), "job").expect(0);
    on.run(&format!("{CRONJOB}: drift"), "job").expect(0).says("No drift");
    on.edit_platform("one.yaml", &one("Edited by hand."));
    on.run(&format!("{CRONJOB}: drift"), "job").expect(2).says("Edited by hand.");
    let (url, received) = receiver(&[200]);
    for (name, value) in [
        ("TRECTL_SLACK_URL", url.as_str()),
        ("TRECTL_WEBHOOK_URL", &url),
        ("TRECTL_WEBHOOK_SECRET", SECRET),
    ] {
        on.env.insert(name.to_owned(), value.to_owned());
    }
    on.run(&format!("{CRONJOB}: drift"), "job").expect(2).says("took the report");
    assert_eq!(received.try_iter().count(), 1, "the chat was told before");
    // What could not be told is told the night after.
    let (gone, _received) = receiver(&[404]);
    on.edit_platform("one.yaml", &one("Edited again."));
    on.env.insert("TRECTL_SLACK_URL".to_owned(), gone);
    on.run(&format!("{CRONJOB}: drift"), "job").expect(2).complains("was not delivered");
    on.env.insert("TRECTL_SLACK_URL".to_owned(), url);
    on.run(&format!("{CRONJOB}: drift"), "job").expect(2).says("Chat:");
    assert_eq!(received.try_iter().count(), 3, "the report twice, and one message");
    std::fs::remove_file(on.path("drift.json")).unwrap();
    // A platform that cannot be read is no night without drift.
    std::fs::remove_dir_all(on.path("state")).unwrap();
    on.at.write("state", "");
    on.run(&format!("{CRONJOB}: drift"), "job").expect(1);
    assert_eq!(received.try_iter().count(), 0);
    shipped.all_ran("ci/kubernetes/");
}

#[test]
fn a_commit_is_checked_before_it_is_made() {
    let shipped = Shipped::read();
    let mut on = Runner::new(&shipped, Kind::GitHub, &[("tres/one.yaml", ACTIVE)]);
    let hook = ".pre-commit-hooks.yaml: trectl-validate";
    on.run(hook, "origin").expect(0);
    on.at.edit("origin/tres/one.yaml", "state: active", "state: actve");
    on.run(hook, "origin").expect(1).complains("actve");
    shipped.all_ran(".pre-commit-hooks.yaml");
}

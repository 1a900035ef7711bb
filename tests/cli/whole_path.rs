//! The whole path of a change, with real git: from a branch in somebody's clone to the platform and
//! back, and what happens where the platform moves in between.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use crate::drift::elsewhere;
use crate::forge::{BOT, Forge, Kind, Note, TOKEN};
use crate::harness::{ACTIVE, Repo, Run};

const CONSENT: &str =
    "consents:\n  - {allow: loosen, for: {/visibility: public}, until: 2999-12-31}\n";

/// The repository's own checkout, which may act; a clone that may not; and where changes are
/// reviewed.
struct Biobank {
    /// Runs with the account of the platform.
    trusted: Repo,
    /// A clone with a branch: it has the repository and may read the state store, and nothing else.
    fork: Repo,
    forge: Forge,
}

impl Biobank {
    fn new() -> Self {
        let trusted = Repo::applied(ACTIVE);
        trusted.write(".gitignore", ".trectl\nplan.json\n*.md\n");
        trusted.git(&["init", "-q", "-b", "main"]);
        trusted.git(&["add", "."]);
        trusted.git(&["commit", "-q", "-m", "As it is."]);
        trusted.run(&["snapshot", "--to-state"]).expect(0);
        let fork = Repo::empty();
        let from = trusted.path().display().to_string();
        fork.git(&["clone", "-q", &from, "."]);
        fork.git(&["checkout", "-q", "-b", "open-up"]);
        std::fs::create_dir(fork.at(".trectl")).unwrap();
        std::os::unix::fs::symlink(trusted.at(".trectl/state"), fork.at(".trectl/state")).unwrap();
        Self { trusted, fork, forge: Forge::new(Kind::GitHub) }
    }

    /// Somebody proposes a change, and it is planned where no account of the platform is.
    fn proposed(&self) {
        self.fork.edit("tres/one.yaml", "visibility: private", "visibility: public");
        self.fork.write("tres/one.yaml", self.fork.read("tres/one.yaml") + CONSENT);
        self.fork.git(&["commit", "-q", "-am", "Open up."]);
        let (range, age) = (["--changed", "origin/main"], ["--max-age", "36h"]);
        self.fork.run(&[&["validate"], &range[..]].concat()).expect(0);
        let plan = ["plan", "--from-state", "-o", "plan.json", "--expires-in", "7d"];
        let run = self.fork.run(&[&plan[..], &range, &age].concat()).expect(0);
        run.says("tre-one").says("From a snapshot, not the platform");
        assert!(!self.fork.at(".trectl/platform.db").exists(), "no platform is opened");
    }

    fn comment(&self, repo: &Repo, args: &[&str]) -> Run {
        self.tells(repo, &[&["comment", "--required"], args].concat())
    }

    /// Looks for drift, and tells the forge what was found.
    fn a_night(&self, status: i32) -> Run {
        let drift = ["drift", "--record", "-o", "drift.json", "--write-metrics", "drift.prom"];
        self.trusted.run(&drift).expect(status);
        self.tells(&self.trusted, &["notify", "drift.json", "--issues"]).expect(0)
    }

    fn tells(&self, repo: &Repo, args: &[&str]) -> Run {
        let mut command = repo.command(args);
        self.forge.hosts(&mut command, TOKEN);
        Run::of(args, command.output().unwrap())
    }

    /// A trusted job comments, somebody approves, and the branch is merged as one commit.
    fn reviewed_and_merged(&self) {
        self.comment(&self.fork, &["plan.json"]).expect(0).says("created.");
        assert!(self.notes()[0].body.contains("tre-one"));
        let plan = self.fork.read("plan.json");
        self.trusted.git(&["fetch", "-q", &self.fork.path().display().to_string(), "open-up"]);
        self.trusted.git(&["merge", "-q", "--squash", "FETCH_HEAD"]);
        self.trusted.git(&["commit", "-q", "-m", "Open up (#12)."]);
        self.trusted.write("plan.json", plan);
    }

    fn notes(&self) -> Vec<Note> {
        self.forge.notes().into_iter().filter(|note| note.author == BOT).collect()
    }
}

#[test]
fn from_a_branch_to_the_platform_and_back() {
    let biobank = Biobank::new();
    biobank.proposed();
    biobank.reviewed_and_merged();
    let trusted = &biobank.trusted;
    trusted.run(&["apply", "plan.json", "--auto-approve"]).expect(0).says("✓ tre-one");
    biobank.a_night(0).says("there is nothing to do");

    // Somebody edits the platform by hand; the next night finds it, and tells whose it is.
    let by_hand = [
        ("visibility: private", "visibility: public"),
        ("name: One", "name: Uno"),
        ("user-okafor]", "user-okafor, user-silva]"),
    ];
    elsewhere(trusted, &by_hand);
    let found = trusted.run(&["drift", "--format", "json"]).expect(2).json();
    let items = found["drift"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{items:#?}");
    assert!(items.iter().all(|item| item["class"] == "out_of_band"), "{items:#?}");
    biobank.a_night(2).says("Issue #41 for tre-one: opened.");
    biobank.a_night(2).says("#41 for tre-one: text kept up.");
    biobank.a_night(2).says("#41 for tre-one: unchanged.");
    assert!(biobank.forge.issues()[0].body.contains("user-silva"));
    let figures = trusted.read("drift.prom");
    assert!(figures.contains("{target=\"local\",class=\"out_of_band\"} 1\n"), "{figures}");
    trusted.run(&["drift", "--fail-on", "conflict"]).expect(0).says("tre-one");
    trusted.run(&["drift", "--format", "markdown"]).expect(2).says("tre-one");

    // It is taken into the repository, where it is reviewed like any other change.
    trusted.run(&["drift", "--adopt"]);
    let adopted = trusted.read("tres/one.yaml");
    assert!(adopted.contains("name: Uno") && adopted.contains("user-silva"), "{adopted}");
    assert!(adopted.contains(CONSENT), "everything else is as it was: {adopted}");
    trusted.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes.");
    trusted.run(&["apply", "--auto-approve"]).expect(0);
    biobank.a_night(0).says("#41 for tre-one: closed");
    trusted.run(&["audit", "verify"]).expect(0);
}

#[test]
fn what_moves_between_review_and_merge_stops_the_apply_and_is_said() {
    let biobank = Biobank::new();
    biobank.proposed();
    biobank.reviewed_and_merged();
    let trusted = &biobank.trusted;
    elsewhere(trusted, &[("name: One", "name: Uno")]);
    let run = trusted.run(&["apply", "plan.json", "--auto-approve", "--format", "markdown"]);
    let run = run.expect(4);
    trusted.write("moved.md", &run.stdout);
    biobank.comment(trusted, &["--body", "moved.md", "--key", "apply:local"]).expect(0);
    let [plan, moved] = &biobank.notes()[..] else { panic!("two comments") };
    assert!(!plan.body.contains("Superseded"), "the plan stays as it was reviewed");
    assert!(moved.body.contains("stale") && moved.body.contains("Uno"), "{}", moved.body);
    let live = trusted.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(live["tre"]["visibility"], "private", "nothing was done");
}

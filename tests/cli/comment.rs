//! `comment`: one comment for each plan, on both forges.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use crate::forge::{BOT, FORK, Fault, Forge, Kind, Note, TOKEN};
use crate::harness::{ACTIVE, Repo, Run};

/// A repository with a saved plan, and the forge that it is reviewed on.
struct Review {
    repo: Repo,
    forge: Forge,
}

impl Review {
    fn new(kind: Kind) -> Self {
        let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
        repo.run(&["plan", "-o", "plan.json"]).expect(0);
        Self { repo, forge: Forge::new(kind) }
    }

    fn as_token(&self, token: &str, args: &[&str]) -> Run {
        let mut command = self.repo.command(&[&["comment", "--retry-for", "30s"], args].concat());
        self.forge.hosts(&mut command, token);
        Run::of(args, command.output().unwrap())
    }

    fn comment(&self, args: &[&str]) -> Run {
        self.as_token(TOKEN, args)
    }

    /// Makes another plan.
    fn change(&self, from: &str, to: &str) {
        self.repo.edit("tres/one.yaml", from, to);
        self.repo.run(&["plan", "-o", "plan.json"]).expect(0);
    }

    fn ours(&self) -> Vec<Note> {
        self.forge.notes().into_iter().filter(|note| note.author == BOT).collect()
    }
}

fn is_folded(note: &Note) -> bool {
    note.body.contains("<b>Superseded</b>")
}

fn one_comment_is_kept(kind: Kind) {
    let review = Review::new(kind);
    let forge = &review.forge;
    for text in ["Looks good.", "Does it?", "It does."] {
        forge.write("amara", text);
    }
    review.comment(&["plan.json"]).expect(0).says("created.");
    let [first] = &review.ours()[..] else { panic!("one comment") };
    assert!(first.body.starts_with("<!-- trectl key=plan:local digest=sha256:"), "{}", first.body);
    assert!(first.body.contains("tre-one"));

    // The same plan: nothing is written, and what somebody changed is written over.
    let writes = forge.writes();
    review.comment(&["plan.json"]).expect(0).says("unchanged.");
    assert_eq!(forge.writes(), writes);
    let mark = first.body.lines().next().unwrap();
    forge.edit(3, &format!("{mark}\nApproved!"));
    review.comment(&["plan.json"]).expect(0).says("updated.");
    assert_eq!(review.ours()[0].body, first.body);

    // Another plan: another comment, and the older one is folded, once.
    review.change("name: One", "name: Two");
    let told = review.comment(&["plan.json", "--format", "json"]).expect(0).json();
    assert_eq!((&told["action"], &told["number"]), (&"created".into(), &12.into()));
    assert_eq!(told["superseded"], serde_json::json!([first.id]));
    let [old, new] = &review.ours()[..] else { panic!("two comments") };
    assert!(is_folded(old) && !is_folded(new));
    assert!(new.body.contains("Two"));
    let writes = forge.writes();
    review.comment(&["plan.json"]).expect(0).says("unchanged.");
    assert_eq!(forge.writes(), writes);

    // Whatever goes wrong for a while, the comment is there once.
    review.change("name: Two", "name: Three");
    forge.goes_wrong(&[Fault::TooMany, Fault::HangsUp, Fault::Slower, Fault::AfterWriting]);
    review.comment(&["plan.json"]).expect(0).says("created; one older plan is folded");
    let ours = review.ours();
    assert_eq!(ours.iter().map(is_folded).collect::<Vec<_>>(), [true, true, false]);

    refusals(&review);
    forge.insisted();
    assert!(forge.notes().iter().filter(|note| note.author == "amara").count() == 3);
}

/// A comment that cannot be written is a warning, or an error for those who ask for that.
fn refusals(review: &Review) {
    let before = review.forge.writes();
    review.change("name: Three", "name: Four");
    for (token, cause) in
        [(FORK, "Resource not accessible by integration"), ("x", "Bad credentials")]
    {
        review.as_token(token, &["plan.json"]).expect(0).complains("warning:").complains(cause);
        review.as_token(token, &["plan.json", "--required"]).expect(1).complains("error:");
    }
    review.as_token("", &["plan.json"]).expect(0).complains("There is no token");
    review.repo.write("long.md", "x".repeat(70_000));
    let args = ["--body", "long.md", "--key", "apply:local", "--required", "--format", "json"];
    let told = review.comment(&args).expect(1).complains("422").json();
    assert_eq!(told["errored"], true);
    assert_eq!(review.forge.writes(), before);
    assert!(!review.ours().last().is_none_or(is_folded), "the newest comment is never folded");
}

#[test]
fn one_comment_is_kept_on_github() {
    one_comment_is_kept(Kind::GitHub);
}

#[test]
fn one_comment_is_kept_on_gitlab() {
    one_comment_is_kept(Kind::GitLab);
}

#[test]
fn nobody_else_is_written_over() {
    let review = Review::new(Kind::GitHub);
    review.comment(&["plan.json"]).expect(0);
    let body = review.ours()[0].body.clone();
    let other = Review::new(Kind::GitHub);
    other.forge.write("eve", &body);
    other.comment(&["plan.json"]).expect(0).says("created.");
    assert_eq!(other.forge.notes()[0].body, body);
    // Another kind of comment is kept beside the plan.
    other.repo.write("applied.md", "Applied.\n");
    for said in ["created.", "unchanged."] {
        other.comment(&["--body", "applied.md", "--key", "apply:local"]).expect(0).says(said);
    }
    assert_eq!(other.ours().iter().filter(|note| is_folded(note)).count(), 0);
}

#[test]
fn the_pull_request_of_a_fork_is_found_by_its_branch() {
    let review = Review::new(Kind::GitHub);
    let run = |sha: &str| {
        let event = serde_json::json!({"workflow_run": {
            "pull_requests": [], "head_branch": "patch-1", "head_sha": sha,
            "head_repository": {"owner": {"login": "eve"}},
        }});
        review.repo.write("event.json", event.to_string());
        let mut command =
            review.repo.command(&["comment", "plan.json", "--required", "--retry-for", "1s"]);
        let api = format!("http://127.0.0.1:{}/api", review.forge.port);
        command.env("GITHUB_API_URL", api).env("GITHUB_REPOSITORY", "biobank/tres");
        command.env("GITHUB_EVENT_PATH", review.repo.at("event.json")).env("GH_TOKEN", TOKEN);
        Run::of(&["comment"], command.env("GITHUB_REF", "refs/heads/main").output().unwrap())
    };
    run("abcd").expect(0).says("on pull request 12: created.");
    // A branch that moved on since is not the one that was planned.
    run("beef").expect(1).complains("no open pull request merges `eve:patch-1` at beef");
}

#[test]
fn a_token_never_leaves_unencrypted_or_for_another_host() {
    let review = Review::new(Kind::GitHub);
    let mut command = review.repo.command(&["comment", "plan.json", "--number", "1"]);
    command.env("GITHUB_API_URL", "http://forge.example.org").env("GITHUB_REPOSITORY", "a/b");
    let run = Run::of(&["comment"], command.env("GITHUB_TOKEN", TOKEN).output().unwrap());
    let run = run.expect(0).complains("it would leave unencrypted");
    assert!(!run.stderr.contains(TOKEN));
    let outside = review.repo.run(&["comment", "plan.json"]).expect(0);
    outside.complains("neither GitHub nor GitLab is recognised");
    review.repo.run(&["comment", "none.json"]).expect(1).complains("cannot be read");
}

#[test]
fn a_list_that_goes_on_elsewhere_is_not_followed_there() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let review = Review::new(kind);
        let other = Forge::new(kind);
        (0..3).for_each(|_| review.forge.write("amara", "Looks good."));
        review.forge.leads_to(other.port);
        let run = review.comment(&["plan.json"]).expect(0);
        run.complains("a page of the list is said to lie there");
        assert_eq!((other.calls(), review.forge.writes()), (0, 0));
    }
}

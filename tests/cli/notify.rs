//! `notify`: issues that open and close themselves, a signed webhook, a chat.

#![expect(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::drift::elsewhere;
use crate::forge::{BOT, FORK, Fault, Forge, Kind, Row, TOKEN};
use crate::harness::{ACTIVE, Repo, Run};
use crate::wire::{self, Request, Response};

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A fleet that drift runs look at, and the forge that its issues are on.
struct Nights {
    repo: Repo,
    forge: Forge,
}

impl Nights {
    /// Three TREs that are as they were applied.
    fn new(kind: Kind) -> Self {
        let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
        for id in ["tre-two", "tre-six"] {
            repo.write(&format!("tres/{id}.yaml"), ACTIVE.replace("tre-one", id));
        }
        repo.run(&["apply", "--auto-approve"]).expect(0);
        Self { repo, forge: Forge::new(kind) }
    }

    fn drift(&self, args: &[&str], status: i32) {
        self.repo.run(&[&["drift", "-o", "drift.json"], args].concat()).expect(status);
    }

    fn told(&self, report: &str, token: &str, args: &[&str]) -> Command {
        let given = [&["notify", report, "--issues", "--retry-for", "30s"], args].concat();
        let mut command = self.repo.command(&given);
        self.forge.hosts(&mut command, token);
        command
    }

    fn notify_as(&self, token: &str, args: &[&str]) -> Run {
        Run::of(args, self.told("drift.json", token, args).output().unwrap())
    }

    /// Runs it, and says which process it is.
    #[cfg(unix)]
    fn spawned(&self, args: &[&str], child: &OnceLock<u32>) -> Run {
        let mut command = self.told("drift.json", TOKEN, args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = command.spawn().unwrap();
        child.set(process.id()).unwrap();
        Run::of(args, process.wait_with_output().unwrap())
    }

    fn notify(&self, args: &[&str]) -> Run {
        self.notify_as(TOKEN, args)
    }

    fn open(&self) -> Vec<Row> {
        self.forge.issues().into_iter().filter(|row| row.author == BOT && row.is_open).collect()
    }
}

fn one_issue_for_each_tre_with_drift(kind: Kind) {
    let nights = Nights::new(kind);
    let forge = &nights.forge;
    nights.drift(&[], 0);
    nights.notify(&[]).expect(0).says("there is nothing to do");
    elsewhere(&nights.repo, &[("name: One", "name: Theirs")]);
    nights.drift(&[], 2);
    nights.notify(&[]).expect(0).says("Issue #41 for tre-one: opened.");
    let [first] = &nights.open()[..] else { panic!("one issue") };
    assert_eq!(first.title, "Drift: tre-one (local)");
    assert!(first.body.starts_with("<!-- trectl key=drift:local:tre-one digest=sha256:"));
    assert!(first.body.contains("Theirs") && !first.body.contains("tre-two"), "{}", first.body);

    // The same drift another night: nothing is written. What somebody changed is written over.
    nights.drift(&[], 2);
    let writes = forge.writes();
    nights.notify(&[]).expect(0).says("#41 for tre-one: unchanged.");
    assert_eq!(forge.writes(), writes);
    forge.by_hand(|rows| rows[0].body.push_str("Never mind."));
    nights.notify(&[]).expect(0).says("text kept up");
    assert!(!nights.open()[0].body.contains("Never mind."));

    // Something else drifts: the text says it, and so does one comment, once.
    elsewhere(&nights.repo, &[("name: One", "name: Theirs"), (", user-okafor", "")]);
    nights.drift(&[], 2);
    forge.goes_wrong(&[Fault::HangsUp, Fault::AfterWriting]);
    nights.notify(&[]).expect(0).says("told that something else has drifted");
    let [told] = &nights.open()[..] else { panic!("one issue") };
    assert!(told.body.contains("user-okafor"), "{}", told.body);
    assert_eq!(told.notes.len(), 1);
    assert!(told.notes[0].body.contains("it is 2 settings now"), "{}", told.notes[0].body);

    // A run that did not look at it does not close it; one that did, does.
    elsewhere(&nights.repo, &[]);
    nights.drift(&["--only", "tre-two"], 0);
    nights.notify(&[]).expect(0).says("there is nothing to do");
    nights.drift(&[], 0);
    nights.notify(&[]).expect(0).says("Issue #41 for tre-one: closed");
    assert!(nights.open().is_empty());
    assert!(forge.issues()[0].body.contains("No drift is left that counts"));

    hindered(&nights);
    forge.insisted_on(&["401", "403", "429", "5xx", "hang up", "page", "GET /user"]);
}

/// Whatever goes wrong for a while, there is one issue; whatever others write is theirs.
fn hindered(nights: &Nights) {
    let forge = &nights.forge;
    elsewhere(&nights.repo, &[("name: One", "name: Again")]);
    nights.drift(&[], 2);
    let before = forge.writes();
    for (token, cause) in
        [(FORK, "Resource not accessible by integration"), ("x", "Bad credentials")]
    {
        let told = nights.notify_as(token, &["--format", "json"]).expect(1).complains(cause).json();
        assert!(told["failed"]["issues"].as_str().unwrap().contains(cause), "{told}");
    }
    nights.notify_as("", &[]).expect(1).complains("There is no token");
    assert_eq!(forge.writes(), before);
    forge.goes_wrong(&[Fault::TooMany, Fault::HangsUp, Fault::Slower, Fault::AfterWriting]);
    nights.notify(&[]).expect(0).says("Issue #42 for tre-one: opened.");
    let [open] = &nights.open()[..] else { panic!("one issue") };
    // Somebody copies it, and GitHub lists a pull request that carries the label.
    let copies = [("eve", false), (BOT, forge.kind == Kind::GitHub)].map(|(author, is_pull)| Row {
        number: if is_pull { 90 } else { 91 },
        author: author.to_owned(),
        is_pull,
        ..open.clone()
    });
    let copies = copies.into_iter().filter(|row| row.author == "eve" || row.is_pull);
    forge.by_hand(|rows| rows.extend(copies));
    nights.notify(&[]).expect(0).says("#42 for tre-one: unchanged.");

    // Who closes it by hand is not asked again about the same drift.
    forge.by_hand(|rows| rows[1].is_open = false);
    let told = nights.notify(&["--format", "json"]).expect(0).json();
    let issues = &told["issues"]["issues"];
    assert_eq!(issues[0], json!({"tre": "tre-one", "number": 42, "action": "left_closed"}));
    assert_eq!((&issues[1]["action"], &issues[1]["number"]), (&json!("strange"), &json!(91)));
    assert!(forge.issues().iter().filter(|row| row.author == "eve").all(|row| row.is_open));
    // Once it was put right, the same edit is another one.
    elsewhere(&nights.repo, &[]);
    nights.drift(&[], 0);
    nights.notify(&[]).expect(0).says("#42 for tre-one: was closed by hand, and its drift is gone");
    let writes = forge.writes();
    nights.notify(&[]).expect(0).says("#91 for tre-one: opened by eve and left alone");
    assert_eq!(forge.writes(), writes);
    elsewhere(&nights.repo, &[("name: One", "name: Again")]);
    nights.drift(&[], 2);
    nights.notify(&[]).expect(0).says("for tre-one: opened.");
    // An account that was replaced is named, and its issues go on.
    nights.notify(&["--author", "somebody-else"]).expect(0).says("opened by github-actions[bot]");
    let both = ["--author", BOT, "--author", "somebody-else"];
    nights.notify(&both).expect(0).says("for tre-one: unchanged.");
}

#[test]
fn one_issue_for_each_tre_with_drift_on_github() {
    one_issue_for_each_tre_with_drift(Kind::GitHub);
}

#[test]
fn one_issue_for_each_tre_with_drift_on_gitlab() {
    one_issue_for_each_tre_with_drift(Kind::GitLab);
}

#[test]
fn what_does_not_count_opens_nothing_and_no_flood_is_opened() {
    let nights = Nights::new(Kind::GitHub);
    for id in ["tre-two", "tre-six"] {
        nights.repo.edit(&format!("tres/{id}.yaml"), "name: One", "name: Other");
    }
    nights.drift(&["--fail-on", "out_of_band"], 0);
    nights.notify(&[]).expect(0).says("there is nothing to do");
    nights.drift(&[], 2);
    let run = nights.notify(&["--at-most", "1", "--label", "drift"]).expect(0);
    run.says("#41 for tre-six: opened.").says("1 more TRE has drift and no issue yet");
    let run = nights.notify(&["--at-most", "1", "--label", "drift"]).expect(0);
    run.says("#41 for tre-six: unchanged.").says("#42 for tre-two: opened.");
    assert!(nights.open().iter().all(|row| row.label == "drift"));
    let run = nights.notify(&["--label", "forbidden"]).expect(1);
    run.complains("issue 43 was opened without its label `forbidden`").complains("write access");
    nights.notify(&["--label", "a&b"]).expect(1).complains("a label holds letters");
}

#[test]
fn one_issue_that_the_forge_refuses_keeps_no_other_from_being_kept() {
    let nights = Nights::new(Kind::GitHub);
    for id in ["one", "tre-six", "tre-two"] {
        nights.repo.edit(&format!("tres/{id}.yaml"), "name: One", "name: Other");
    }
    nights.drift(&[], 2);
    nights.notify(&[]).expect(0);
    nights.forge.by_hand(|rows| rows[0].is_locked = true);
    for id in ["one", "tre-six", "tre-two"] {
        nights.repo.edit(&format!("tres/{id}.yaml"), "name: Other", "name: Another");
    }
    nights.drift(&[], 2);
    let run = nights.notify(&[]).expect(1).complains("Not all issues could be kept.");
    let run = run.says("#41 for tre-one: not done:").says("#42 for tre-six: told");
    run.says("#43 for tre-two: told").complains("or the place is locked");
    let told = nights.notify(&["--format", "json"]).expect(0).json();
    let issues = told["issues"]["issues"].as_array().unwrap();
    let actions: Vec<&Value> = issues.iter().map(|issue| &issue["action"]).collect();
    assert_eq!(actions, ["unchanged", "unchanged", "unchanged"], "the text was written");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_says_what_it_did() {
    let nights = Nights::new(Kind::GitHub);
    for id in ["one", "tre-six", "tre-two"] {
        nights.repo.edit(&format!("tres/{id}.yaml"), "name: One", "name: Other");
    }
    nights.drift(&[], 2);
    let child = nights.forge.interrupts_after_a_write();
    let run = nights.spawned(&["--format", "json"], &child).expect(130);
    let told = run.complains("The run was interrupted. What it says above is done.").json();
    let issues = told["told"]["issues"]["issues"].as_array().unwrap();
    let actions: Vec<&Value> = issues.iter().map(|issue| &issue["action"]).collect();
    assert_eq!(actions, ["opened", "interrupted", "interrupted"]);
    assert_eq!(nights.forge.issues().len(), 1);
}

#[test]
fn a_report_is_of_one_root_and_one_target_and_of_today() {
    let nights = Nights::new(Kind::GitHub);
    nights.repo.git(&["init", "-q"]);
    nights.repo.edit("tres/one.yaml", "name: One", "name: Other");
    nights.drift(&[], 2);
    nights.notify(&[]).expect(0).says("#41 for tre-one: opened.");
    let mut report: Value = serde_json::from_str(&nights.repo.read("drift.json")).unwrap();
    assert_eq!(report.get("root"), None);
    let compared = json!(["tre-one", "tre-six", "tre-two"]);
    assert_eq!((&report["compared"], &report["only"]), (&compared, &json!([])));

    // Another root in the same repository has a target of the same name.
    report["root"] = json!("biobank-b");
    report["drift"] = json!([]);
    nights.repo.write("other.json", report.to_string());
    let run = Run::of(&[], nights.told("other.json", TOKEN, &[]).output().unwrap());
    run.expect(0).says("there is nothing to do");
    assert!(nights.open()[0].is_open);

    // One whose document is gone is not put right.
    report.as_object_mut().unwrap().remove("root");
    report["compared"] = json!(["tre-six", "tre-two"]);
    nights.repo.write("other.json", report.to_string());
    let run = Run::of(&[], nights.told("other.json", TOKEN, &[]).output().unwrap());
    run.expect(0).says("#41 for tre-one: closed: the TRE is not compared any more");

    nights.notify(&["--target", "production"]).expect(1).complains("of the target `local`");
    for (at, said) in [
        (json!("2026-01-01T03:17:00Z"), "The report is too old"),
        (json!("2996-01-01T03:17:00Z"), "which is no time past"),
        (Value::Null, "does not say when it was made"),
    ] {
        report["at"] = at;
        nights.repo.write("drift.json", report.to_string());
        nights.notify(&[]).expect(1).complains(said);
    }
    nights.notify(&["--max-age", "90000h"]).expect(1);
    // One that is older than what was done since closes and opens nothing.
    report["compared"] = json!(["tre-one"]);
    report["at"] = json!((jiff::Timestamp::now() - jiff::Span::new().hours(2)).to_string());
    nights.repo.write("drift.json", report.to_string());
    nights.forge.by_hand(|rows| rows[0].is_open = true);
    nights.notify(&[]).expect(0).says("#41 for tre-one: left alone: it was changed after");
    report["compared"] = json!([]);
    nights.repo.write("drift.json", report.to_string());
    nights.notify(&[]).expect(1).complains("does not say what was compared");
}

#[test]
fn a_root_below_the_top_of_a_git_repository_is_named() {
    let repo = Repo::with(&[
        ("biobank/tres/one.yaml", ACTIVE),
        (
            "biobank/trectl.yaml",
            "\
apiVersion: trectl/v1\nkind: Project\ntargets: {local: {platform: {embedded: .trectl/platform.db}}}\n",
        ),
    ]);
    repo.git(&["init", "-q"]);
    repo.run(&["-C", "biobank", "drift", "-o", "drift.json"]).expect(2);
    let report: Value = serde_json::from_str(&repo.read("biobank/drift.json")).unwrap();
    assert_eq!(report["root"], "biobank");
}

/// Somebody who takes messages: answers with these statuses, the last one again and again.
pub fn receiver(statuses: &'static [u16]) -> (String, Receiver<Request>) {
    let (sender, receiver) = channel();
    let mut statuses = statuses.iter().peekable();
    let port = wire::listen(move |request| {
        // Who does not look at a message any more is no concern of the server's.
        let _ = sender.send(request);
        let status = if statuses.len() > 1 { statuses.next() } else { statuses.peek().copied() };
        let headers = vec![("Retry-After", "0".to_owned())];
        Some(Response {
            status: *status.unwrap(),
            headers,
            body: "Cannot POST /T0/hidden".to_owned(),
        })
    });
    (format!("http://127.0.0.1:{port}/T0/hidden"), receiver)
}

fn notify(repo: &Repo, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let given = [&["notify", "drift.json", "--retry-for", "30s"], args].concat();
    let mut command = repo.command(&given);
    command.envs(variables.iter().copied());
    Run::of(&given, command.output().unwrap())
}

#[test]
fn a_webhook_is_signed_so_that_others_can_check_it() {
    let repo = Repo::applied(ACTIVE);
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    repo.run(&["drift", "-o", "drift.json"]).expect(2);
    let (url, received) = receiver(&[500, 429, 204]);
    let variables = [("TRECTL_WEBHOOK_URL", url.as_str()), ("TRECTL_WEBHOOK_SECRET", SECRET)];
    let run = notify(&repo, &["--webhook"], &variables).expect(0);
    let run = run.says("took the report, as `drift-");
    assert!(!run.stdout.contains("hidden"), "{}", run.stdout);

    let attempts: Vec<Request> = received.try_iter().collect();
    assert_eq!(attempts.len(), 3);
    let reference = standardwebhooks::Webhook::new(SECRET).unwrap();
    for attempt in &attempts {
        assert_eq!(attempt.headers["webhook-id"], attempts[0].headers["webhook-id"]);
        let mut headers = HeaderMap::new();
        for (name, value) in &attempt.headers {
            let name = HeaderName::try_from(name.as_str()).unwrap();
            headers.insert(name, HeaderValue::try_from(value.as_str()).unwrap());
        }
        reference.verify(&attempt.body, &headers).unwrap();
        assert!(reference.verify(b"{}", &headers).is_err());
    }
    let body: Value = serde_json::from_slice(&attempts[0].body).unwrap();
    let saved: Value = serde_json::from_str(&repo.read("drift.json")).unwrap();
    assert_eq!((&body["type"], &body["data"]), (&json!("drift.reported"), &saved));
    assert_eq!(body["timestamp"], saved["at"]);
}

#[test]
fn what_is_not_delivered_is_an_error_that_tells_no_secret() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["drift", "-o", "drift.json"]).expect(0);
    let (gone, _received) = receiver(&[404]);
    let secret = ("TRECTL_WEBHOOK_SECRET", SECRET);
    let at = |url| [("TRECTL_WEBHOOK_URL", url), secret];
    for (variables, said) in [
        (&at(&gone)[..], "Look whether `TRECTL_WEBHOOK_URL` is still the address"),
        (&at("http://hooks.example.org/hidden"), "it would leave unencrypted"),
        (&at("hidden"), "what should be a web address is none"),
        (&[secret], "`TRECTL_WEBHOOK_URL` is unset"),
        (&[("TRECTL_WEBHOOK_URL", &gone)], "`TRECTL_WEBHOOK_SECRET` is unset"),
        (&[("TRECTL_WEBHOOK_URL", &gone), ("TRECTL_WEBHOOK_SECRET", "x")], "openssl rand"),
    ] {
        let run = notify(&repo, &["--webhook"], variables).expect(1);
        let run = run.complains(said).complains("Not everybody was told: `--webhook` failed.");
        assert!(!run.stderr.contains("hidden") && !run.stderr.contains("MfKQ"), "{}", run.stderr);
    }
    // One way that fails keeps no other from being tried.
    let run = notify(&repo, &["--webhook", "--slack"], &[("TRECTL_SLACK_URL", &gone)]).expect(1);
    run.says("Chat: nothing is new").complains("`TRECTL_WEBHOOK_URL` is unset");
    notify(&repo, &[], &[]).expect(1).complains("--issues");
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.run(&["notify", "plan.json", "--slack"]).expect(1).complains("is no report of drift");
}

#[test]
fn the_chat_hears_what_is_new_and_not_the_same_every_night() {
    let repo = Repo::applied(ACTIVE);
    let (url, received) = receiver(&[200]);
    let variables = [("TRECTL_SLACK_URL", url.as_str()), ("BUILD_URL", "https://ci.example/7")];
    let night = |status| {
        repo.run(&["drift", "--record", "-o", "drift.json"]).expect(status);
        notify(&repo, &["--slack"], &variables).expect(0);
        let texts = received.try_iter().map(|request| {
            let message: Value = serde_json::from_slice(&request.body).unwrap();
            message["text"].as_str().unwrap().to_owned()
        });
        texts.collect::<Vec<String>>()
    };
    assert_eq!(night(0), [""; 0]);
    elsewhere(&repo, &[("name: One", "name: Theirs"), ("[user-li, user-okafor]", "[user-wu]")]);
    let told = "*local*: new drift in 1 TRE.\n\
        • *tre-one* edited on the platform: authorizedUsers, name\n<https://ci.example/7|The run>";
    assert_eq!(night(2), [told]);
    let first: Value = serde_json::from_str(&repo.read("drift.json")).unwrap();
    assert_eq!(night(2), [""; 0]);
    let second: Value = serde_json::from_str(&repo.read("drift.json")).unwrap();
    for (first, second) in
        first["drift"].as_array().unwrap().iter().zip(second["drift"].as_array().unwrap())
    {
        let at = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(first["first_seen"], Value::Null);
        assert!(
            at(&second["first_seen"]) <= at(&second["modified"]) + jiff::Span::new().seconds(60)
        );
    }
    repo.run(&["drift", "--record"]).expect(2).says("last changed there 2").says("seen since 2");
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    let told = night(2);
    assert_eq!(told, [""; 0], "one of them is as it was told");
    elsewhere(&repo, &[]);
    let told = "*local*: less drift than before.\nNo drift is left that counts in tre-one.\n\
        <https://ci.example/7|The run>";
    assert_eq!(night(0), [told]);
    assert_eq!(night(0), [""; 0]);

    // What was edited again is new, and what an apply undid is told.
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    assert_eq!(night(2).len(), 1);
    elsewhere(&repo, &[("name: One", "name: Others")]);
    assert_eq!(night(2).len(), 1);
    repo.run(&["apply", "--auto-approve", "--allow", "revert"]).expect(0);
    assert_eq!(night(0), [told]);
    assert_eq!(night(0), [""; 0]);
}

#[test]
fn the_chat_hears_of_accepted_drift_once_it_counts() {
    let repo = Repo::applied(ACTIVE);
    let (url, received) = receiver(&[200]);
    let night = |status| {
        repo.run(&["drift", "--record", "-o", "drift.json"]).expect(status);
        notify(&repo, &["--slack"], &[("TRECTL_SLACK_URL", &url)]).expect(0);
        received.try_iter().count()
    };
    let accepted = |until: &str| {
        format!(
            "{ACTIVE}acceptedDrift:\n  - {{path: /name, live: Theirs, owner: user-amara, \
             reason: Agreed., ticket: DAC-7, until: {until}}}\n"
        )
    };
    repo.write("tres/one.yaml", accepted("2099-12-31"));
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    assert_eq!([night(0), night(0), night(0)], [0, 0, 0]);
    repo.write("tres/one.yaml", accepted("2024-12-31"));
    assert_eq!([night(2), night(2)], [1, 0]);
    repo.write("tres/one.yaml", accepted("2099-12-31"));
    assert_eq!([night(0), night(0)], [1, 0]);
}

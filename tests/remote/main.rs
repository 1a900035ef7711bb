//! The real binary with its state in a bucket, and the embedded platform. `tests/remote/with-s3`
//! starts the server that these tests need; `.ci/run` does so.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "the tests of the commands need more of it")]
#[path = "../cli/harness.rs"]
mod harness;

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use harness::{ACTIVE, DRAFT, Repo, Run};
use trectl::desired::{BucketUrl, Cloud};
use trectl::state::{Location, Owner, Patience, Store};

/// A repository whose state is in the bucket of the test server, below a prefix of its own.
struct Remote {
    repo: Repo,
    state: String,
    endpoint: String,
}

/// Returns a variable that `tests/remote/with-s3` sets.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("`tests/remote/with-s3` sets {name}"))
}

impl Remote {
    fn new(document: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let bucket = variable("TRECTL_TEST_BUCKET");
        let state = format!("s3://{bucket}/binary/{}/{number}", std::process::id());
        let repo = Repo::with(&[("tres/one.yaml", document)]);
        let remote = Self { repo, state, endpoint: variable("AWS_ENDPOINT_URL") };
        remote.point_at(&remote.state);
        remote
    }

    /// Goes through another door of the server.
    fn through(self, door: &str) -> Self {
        Self { endpoint: variable(door), ..self }
    }

    fn point_at(&self, state: &str) {
        let project = format!(
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
             local: {{platform: {{embedded: .trectl/platform.db}}, state: \"{state}\"}}\n"
        );
        self.repo.write("trectl.yaml", project);
    }

    fn url(&self) -> BucketUrl {
        let rest = self.state.strip_prefix("s3://").unwrap();
        let (bucket, prefix) = rest.split_once('/').unwrap();
        BucketUrl { cloud: Cloud::S3, bucket: bucket.to_owned(), prefix: prefix.to_owned() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.repo.command(args);
        command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "example")
            .env("AWS_SECRET_ACCESS_KEY", "marker-of-the-bucket")
            .env("AWS_REGION", "us-east-1");
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        let run = Run::of(args, self.command(args).output().unwrap());
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains("marker-of-the-bucket"), "{text}");
        }
        run
    }
}

/// Enough TREs that an apply takes a while.
fn many(remote: &Remote) {
    for number in 0..40 {
        let document = ACTIVE.replace("tre-one", &format!("tre-{number:03}"));
        remote.repo.write(&format!("tres/{number:03}.yaml"), document);
    }
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn a_target_lives_with_its_state_in_a_bucket() {
    let remote = Remote::new(ACTIVE);
    remote.run(&["state", "list"]).expect(0).says("Nothing was applied yet.");
    remote.run(&["apply", "--auto-approve"]).expect(0);
    assert!(!remote.repo.at(".trectl/state").exists(), "nothing is kept beside the bucket");
    remote.run(&["plan", "--detailed-exitcode"]).expect(0);
    remote.run(&["drift"]).expect(0);
    remote.run(&["snapshot", "--to-state"]).expect(0);
    remote.run(&["plan", "--from-state", "--max-age", "1h"]).expect(0).says("From a snapshot");
    remote.run(&["state", "list"]).expect(0).says("tre-one   active");
    remote.run(&["doctor"]).expect(0).says(&remote.state);

    // Another checkout on another machine knows what was applied.
    remote.repo.edit("tres/one.yaml", "name: One", "name: Two");
    let plan = remote.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(plan["resource_changes"][0]["fields"][0]["origin"], "change", "{plan}");
    remote.run(&["apply", "--auto-approve"]).expect(0);
    remote.run(&["state", "forget", "tre-one"]).expect(0);
    remote.run(&["state", "list"]).expect(0).says("Nothing was applied yet.");
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn an_apply_goes_through_although_answers_are_lost() {
    let remote = Remote::new(ACTIVE).through("TRECTL_TEST_LOSSY");
    remote.run(&["apply", "--auto-approve"]).expect(0);
    remote.run(&["plan", "--detailed-exitcode"]).expect(0);
    remote.run(&["state", "list"]).expect(0).says("tre-one   active");
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn a_store_that_ignores_conditional_writes_is_refused_before_anything_is_done() {
    let remote = Remote::new(DRAFT).through("TRECTL_TEST_CARELESS");
    remote
        .run(&["apply", "--auto-approve"])
        .expect(1)
        .complains("overwrites objects that it was asked to create")
        .complains("If-None-Match");
    remote.run(&["plan", "--detailed-exitcode"]).expect(2);
    // The same bucket through the honest door is as free as before.
    let honest = remote.through("AWS_ENDPOINT_URL");
    honest.run(&["apply", "--auto-approve"]).expect(0);
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn of_two_applies_at_once_one_waits_for_the_other() {
    let remote = Remote::new(ACTIVE);
    many(&remote);
    let args = ["apply", "--auto-approve", "--lock-timeout", "120"];
    let start = || {
        let mut command = remote.command(&args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    // Both are read at once: whoever has the lock must not wait for somebody to read what it says.
    let read = |child: Child| std::thread::spawn(|| child.wait_with_output().unwrap());
    for child in [start(), start()].map(read) {
        Run::of(&args, child.join().unwrap()).expect(0);
    }
    remote.run(&["plan", "--detailed-exitcode"]).expect(0);
    let list = remote.run(&["state", "list", "--format", "json"]).expect(0).json();
    assert_eq!(list["applied"].as_object().unwrap().len(), 41);
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn who_finds_the_lock_taken_is_told_who_holds_it() {
    let remote = Remote::new(DRAFT);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let owner = Owner {
        pid: 7,
        host: "ci-7".to_owned(),
        started: "2026-05-01T10:00:00Z".to_owned(),
        command: "trectl apply".to_owned(),
        job_url: Some("https://ci.example.org/jobs/7".to_owned()),
        commit: None,
        process: None,
    };
    let store = Store::at(Location::Bucket(remote.url()));
    let lock = runtime.block_on(store.lock(&owner, Patience::of(Duration::ZERO))).unwrap();
    let args = ["apply", "--auto-approve", "--lock-timeout", "0"];
    remote.run(&args).expect(5).complains("on ci-7").complains("https://ci.example.org/jobs/7");
    remote.run(&["plan", "--detailed-exitcode"]).expect(2);
    drop(lock);
    remote.run(&args).expect(0);
}

#[cfg(unix)]
#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn after_an_apply_that_was_killed_the_next_one_goes_on() {
    let remote = Remote::new(ACTIVE);
    many(&remote);
    let mut command = remote.command(&["apply", "--auto-approve"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Until something was recorded: the kill comes in the middle.
    loop {
        let json = remote.run(&["state", "list", "--format", "json"]).expect(0).json();
        if json["applied"].as_object().is_some_and(|applied| !applied.is_empty()) {
            break;
        }
    }
    assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
    child.kill().unwrap();
    child.wait().unwrap();
    // Its lock is free at once: this machine knows that it is dead.
    remote.run(&["apply", "--auto-approve", "--lock-timeout", "0"]).expect(0);
    remote.run(&["plan", "--detailed-exitcode"]).expect(0);
    remote.run(&["drift"]).expect(0);
    let list = remote.run(&["state", "list", "--format", "json"]).expect(0).json();
    assert_eq!(list["applied"].as_object().unwrap().len(), 41);
    assert_eq!(list["part_way"], serde_json::json!([]));
}

#[test]
#[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
fn a_bucket_that_is_not_there_is_an_error_that_names_it() {
    let remote = Remote::new(DRAFT);
    remote.point_at("s3://no-such-bucket/state");
    for args in [&["plan"][..], &["state", "list"], &["apply", "--auto-approve"]] {
        remote
            .run(args)
            .expect(1)
            .complains("no bucket `no-such-bucket`")
            .complains("Create the bucket");
    }
    remote.run(&["doctor"]).expect(1).says("no bucket `no-such-bucket`");
}

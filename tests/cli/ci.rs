//! What the program does differently where a CI server runs it.

use crate::harness::{ACTIVE, Repo};

const BROKEN: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-one
state: aktive
nmae: One
";

const GITHUB: [(&str, &str); 2] = [("CI", "true"), ("GITHUB_ACTIONS", "true")];
const GITLAB: [(&str, &str); 2] = [("CI", "true"), ("GITLAB_CI", "true")];

#[test]
fn on_github_mistakes_are_annotations_and_people_read_the_log() {
    let repo = Repo::with(&[("tres/one.yaml", BROKEN)]);
    let run = repo.run_in(&GITHUB, &["validate"]).expect(1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines.iter().filter(|line| line.starts_with("::error file=tres/one.yaml,")).count(),
        2
    );
    assert!(lines.last().unwrap().starts_with("Invalid: "), "{run:?}");
    let plain = repo.run(&["validate"]).expect(1);
    assert_eq!(run.stderr, plain.stderr);
    assert!(!plain.stdout.contains("::"), "{plain:?}");
}

#[test]
fn a_format_that_is_asked_for_is_all_that_is_printed() {
    let repo = Repo::with(&[("tres/one.yaml", BROKEN)]);
    for format in ["json", "human", "gitlab", "sarif"] {
        let args = ["validate", "--format", format];
        let plain = repo.run(&args).expect(1);
        assert_eq!(repo.run_in(&GITHUB, &args).expect(1).stdout, plain.stdout, "{format}");
    }
}

#[test]
fn on_github_a_run_that_stops_over_its_documents_marks_their_lines_and_prints_what_it_always_does()
{
    let repo = Repo::with(&[("deep/trectl.yaml", ""), ("deep/tres/one.yaml", BROKEN)]);
    repo.git(&["init", "-q"]);
    let marks = repo.run(&["-C", "deep", "validate", "--format", "github"]).expect(1).stdout;
    assert_eq!(marks.matches("::error file=deep/tres/one.yaml,").count(), 2, "{marks}");
    for command in ["plan", "apply", "drift"] {
        for format in [&[] as &[&str], &["human"], &["json"], &["jsonl"], &["markdown"]] {
            let flags: Vec<&str> = format.iter().flat_map(|format| ["--format", format]).collect();
            let args = [&["-C", "deep", command], &flags[..]].concat();
            let (plain, run) = (repo.run(&args).expect(1), repo.run_in(&GITHUB, &args).expect(1));
            assert_eq!(without_times(&run.stdout), without_times(&plain.stdout), "{args:?}");
            assert!(!run.stdout.contains("::error"), "{args:?}");
            assert!(run.stderr.contains(&marks), "{run:?}");
            assert_eq!(run.stderr.replace(&marks, ""), plain.stderr, "{args:?}");
            assert_eq!(repo.run_in(&GITLAB, &args).expect(1).stderr, plain.stderr, "{args:?}");
        }
    }
}

/// Returns a stream of events without what differs from run to run.
fn without_times(text: &str) -> Vec<&str> {
    text.split(',').filter(|part| !part.starts_with("\"@timestamp\"")).collect()
}

#[test]
fn gitlab_reads_files_and_so_its_log_is_for_people() {
    let repo = Repo::with(&[("tres/one.yaml", BROKEN)]);
    let plain = repo.run(&["validate"]).expect(1);
    assert_eq!(repo.run_in(&GITLAB, &["validate"]).expect(1).stdout, plain.stdout);
}

#[test]
fn nobody_is_asked_anything() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    for server in [&GITHUB as &[_], &GITLAB, &[("CI", "1")], &[]] {
        let run = repo.run_in(server, &["apply"]).expect(1);
        run.complains("nobody can be asked here").complains("--auto-approve");
    }
    let _held = repo.hold_lock();
    for server in [&GITHUB as &[_], &GITLAB, &[]] {
        repo.run_in(server, &["state", "unlock"]).expect(1).complains("nobody can be asked here");
    }
}

/// Runs a command with a file for the summary of the step, and returns what it adds.
fn summary(repo: &Repo, args: &[&str], status: i32) -> String {
    let file = repo.at("summary.md");
    std::fs::write(&file, "# Before\n").unwrap();
    let token = r#"{"auth_token_type":"Bearer","auth_token":"any"}"#;
    let file_name = ("GITHUB_STEP_SUMMARY", file.to_str().unwrap());
    repo.run_in(&[file_name, ("DX_SECURITY_CONTEXT", token)], args).expect(status);
    let text = std::fs::read_to_string(&file).unwrap();
    text.strip_prefix("# Before\n").unwrap().to_owned()
}

#[test]
fn the_summary_of_a_step_gets_each_page_whatever_is_printed() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    for format in ["human", "json", "markdown"] {
        let page = summary(&repo, &["plan", "--format", format], 0);
        assert!(page.starts_with("\n### Plan `"), "{format}: {page}");
    }
    let page = summary(&repo, &["apply", "--auto-approve", "--format", "json"], 0);
    assert!(page.starts_with("\n### ✓ Applied to **local**: 1 TRE applied\n"), "{page}");
    assert_eq!(page.matches("###").count(), 1, "{page}");
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let page = summary(&repo, &["drift"], 2);
    assert!(page.starts_with("\n### Drift of **local**: 1 setting not applied yet\n"), "{page}");
    assert_eq!(summary(&repo, &["validate"], 0), "");
}

#[test]
fn the_summary_of_a_step_says_why_a_run_stopped() {
    let repo = Repo::with(&[("tres/one.yaml", BROKEN)]);
    // A key that somebody could write to be read by people.
    repo.edit("tres/one.yaml", "nmae", "'# @team <b>![x](http://x.example)'");
    for format in ["human", "json", "jsonl", "markdown"] {
        let page = summary(&repo, &["plan", "--format", format], 1);
        insta::assert_snapshot!("stopped_over_documents", page);
    }
    repo.write("tres/one.yaml", ACTIVE);
    let page = summary(&repo, &["apply"], 1);
    insta::assert_snapshot!("stopped_without_an_answer", page);
    let held = repo.hold_lock();
    let page = summary(&repo, &["drift", "--record", "--lock-timeout", "0"], 5);
    assert!(page.starts_with("\n### ✗ `drift` stopped\n\n"), "{page}");
    assert!(page.contains("ci-7") && page.contains("\n\nNext: "), "{page}");
    drop(held);
    // A page that says it already is the only one.
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let page = summary(&repo, &["apply", "plan.json", "--auto-approve"], 4);
    assert_eq!(page.matches("###").count(), 1, "{page}");
    assert!(page.starts_with("\n### ✗ The saved plan for **local** is stale"), "{page}");
    repo.write("trectl.yaml", UNREACHABLE);
    let page = summary(&repo, &["drift", "--retry-for", "0s"], 1);
    assert!(page.starts_with("\n### ✗ `drift` stopped\n\n"), "{page}");
    assert!(page.contains("\n\nBecause: ") && page.contains("\n\nNext: "), "{page}");
    // These have no page.
    assert_eq!(summary(&repo, &["show", "tre-one", "--retry-for", "0s"], 1), "");
}

const UNREACHABLE: &str = "\
apiVersion: trectl/v1
kind: Project
targets: {far: {platform: {dnanexus: {host: 127.0.0.1, port: 1, protocol: http}}}}
";

#[test]
fn a_summary_that_cannot_be_written_is_a_warning() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let nowhere = repo.at("no/such/folder.md");
    let variables = [("GITHUB_STEP_SUMMARY", nowhere.to_str().unwrap())];
    let run = repo.run_in(&variables, &["plan"]).expect(0);
    run.complains("warning: The summary of the step cannot be written to")
        .says("Plan: 1 to create");
    // A variable that is set to nothing names no file.
    let run = repo.run_in(&[("GITHUB_STEP_SUMMARY", "")], &["plan"]).expect(0);
    assert_eq!(run.stderr, "");
    // Of a file that is longer GitHub shows nothing at all.
    repo.write("full.md", "x".repeat(1 << 20));
    let full = repo.at("full.md");
    let variables = [("GITHUB_STEP_SUMMARY", full.to_str().unwrap())];
    repo.run_in(&variables, &["plan", "-q"]).expect(0).complains("nothing was added to it");
    assert_eq!(std::fs::metadata(&full).unwrap().len(), 1 << 20);
}

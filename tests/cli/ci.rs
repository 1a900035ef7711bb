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

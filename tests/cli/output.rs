//! Where things are printed, in which colours, and what happens when nobody reads.

use std::process::Stdio;

use crate::harness::{ACTIVE, DRAFT, Repo, Run};

#[test]
fn results_go_to_standard_output_and_talk_to_standard_error() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let run = repo.run(&["plan"]).expect(0);
    assert_eq!(run.stderr, "");
    repo.write("tres/bad.yaml", "apiVersion: trectl/v1\nkind: Nonsense\n");
    let run = repo.run(&["plan"]).expect(1);
    assert_eq!(run.stdout, "");
}

#[test]
fn json_is_one_document_also_on_failure() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    for args in [
        &["plan", "--target", "nowhere"] as &[&str],
        &["-C", "missing", "plan"],
        &["show", "tre-nowhere"],
        &["plan", "--only", "tre-nowhere"],
        &["apply"],
        &["import", "tre-nowhere"],
        &["explain", "nonsense"],
        &["schema", "nonsense"],
        &["sim", "seed", "--target", "nowhere"],
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
        let json = repo.run(&args).expect(1).json();
        assert_eq!(json["errored"], true, "{args:?}");
        assert_eq!(json["diagnostics"][0]["severity"], "error", "{args:?}");
    }
    repo.write("tres/bad.yaml", "a: [");
    for command in ["validate", "plan", "apply", "drift", "import"] {
        let json = repo.run(&[command, "--format", "json"]).expect(1).json();
        assert_eq!((&json["errored"], &json["valid"]), (&true.into(), &false.into()), "{command}");
        assert_eq!(json["diagnostics"][0]["range"]["filename"], "tres/bad.yaml", "{command}");
    }
}

#[test]
fn global_flags_go_before_or_after_the_command() {
    let repo = Repo::with(&[("in/tres/one.yaml", DRAFT)]);
    repo.run(&["-C", "in", "--color", "never", "plan"]).expect(0).says("+ tre-one");
    repo.run(&["plan", "-C", "in", "--color", "never"]).expect(0).says("trectl -C in apply");
}

#[test]
fn colour_is_asked_for_forced_or_not_there() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = repo.command(args);
        command.envs(variables.iter().copied());
        Run::of(args, command.output().unwrap()).stdout.contains('\u{1b}')
    };
    assert!(!run(&["plan"], &[]), "a pipe is no terminal");
    assert!(run(&["plan", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(run(&["plan"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&["plan"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!run(&["plan", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&["plan", "--format", "json"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn quiet_and_verbose_say_less_and_more() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let length = |flags: &[&str]| {
        let args: Vec<&str> = ["plan"].iter().chain(flags).copied().collect();
        repo.run(&args).expect(0).stdout.len()
    };
    assert!(length(&["-q"]) < length(&[]) && length(&[]) < length(&["-v"]));
    repo.run(&["plan", "-q", "-v"]).expect(1);
}

#[test]
fn text_of_files_cannot_act_on_the_terminal() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.edit("tres/one.yaml", "name: One", "name: \"\\e[2J\\u202Eevil\"");
    let run = repo.run(&["plan"]);
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{run:?}");
    assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains('\u{202e}'), "{run:?}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    for args in [&["plan"] as &[&str], &["plan", "--detailed-exitcode"], &["explain"], &["man"]] {
        let mut child =
            repo.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(args, child.wait_with_output().unwrap()).expect(0);
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn apply_goes_on_when_nobody_reads() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let args = ["apply", "--auto-approve"];
    let mut child = repo.command(&args).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    repo.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = repo.command(&["plan"]).stdout(full).output().unwrap();
    Run::of(&["plan"], output).expect(1).complains("standard output");
}

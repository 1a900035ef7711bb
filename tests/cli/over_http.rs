//! Whole runs over HTTP: the real binary against the real server.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{ACTIVE, DRAFT, Run};
use crate::served::{Served, TOKEN};

/// The consent that a real platform asks for.
const APPLY: &[&str] = &["apply", "--auto-approve", "--allow", "publish"];

fn active(served: &Served) {
    served.repo.write("tres/one.yaml", ACTIVE);
}

#[test]
fn everything_works_as_on_the_embedded_platform() {
    let served = Served::new(&[]);
    active(&served);
    served.run(&["plan"]).expect(3).says("publish");
    served.run(APPLY).expect(0).says("✓ tre-one");
    served.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes");
    served.run(&["drift"]).expect(0);
    let live = served.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(live["tre"]["state"], "active");
    assert_eq!(live["raw"]["class"], "tre", "what trectl does not know is kept");
    std::fs::remove_file(served.repo.at("tres/one.yaml")).unwrap();
    served.run(&["import"]).expect(0);
    served.run(&["plan", "--detailed-exitcode"]).expect(0).says("No changes");
}

#[test]
fn a_plan_without_a_change_makes_two_calls() {
    let served = Served::new(&[]);
    active(&served);
    served.run(APPLY).expect(0);
    served.run(&["plan", "-v"]).expect(0).complains("Calls: 2 (1 findTres, 1 whoami).");
}

#[test]
fn no_secret_is_ever_told() {
    // The first calls fail, so that errors and repetitions are told as well.
    let mut served = Served::new(&[
        "--fault",
        "503:/system/whoami:100%:x1",
        "--fault",
        "truncated:/tre-one/describe:100%:x1",
    ]);
    active(&served);
    let mut runs: Vec<Run> = [
        &["validate"] as &[&str],
        &["plan"],
        APPLY,
        &["plan", "-o", "plan.json", "--allow", "publish"],
        &["show", "--plan", "plan.json"],
        &["apply", "plan.json", "--auto-approve"],
        &["plan", "--format", "json"],
        &["drift"],
        &["show", "tre-one", "--format", "json"],
        &["snapshot", "-o", "snapshot.json"],
        &["plan", "--live", "snapshot.json"],
        &["import", "--all", "--out", "imported"],
        &["doctor"],
        &["doctor", "--format", "json"],
        &["state", "list"],
    ]
    .iter()
    .map(|args| served.run(&loud(args)))
    .collect();
    // A platform that is gone, and a token that it does not know.
    served.restart(&["--fault", "not-json:/system/whoami"]);
    runs.push(served.run(&loud(&["plan"])));
    served.stop();
    runs.push(served.run(&loud(&["plan", "--retry-for", "0s"])));
    for run in &runs {
        assert!(!run.stdout.contains(TOKEN), "{run:?}");
        assert!(!run.stderr.contains(TOKEN), "{run:?}");
        assert!(!run.stderr.contains("panicked"), "{run:?}");
    }
    assert!(runs.iter().any(|run| run.stderr.contains("/system/whoami")), "-vvv tells no call");
    let files = files(served.repo.path());
    for wanted in ["plan.json", "snapshot.json", ".trectl/state"] {
        assert!(
            files.keys().any(|path| path.contains(wanted)),
            "{wanted} is not there: {:?}",
            files.keys()
        );
    }
    for (path, text) in files {
        let found = text.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
        assert!(!found, "{path} holds the token");
    }
}

fn loud<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &["-vvv"]].concat()
}

/// Returns every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.to_str().unwrap().to_owned(), std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn an_answer_that_is_lost_is_looked_for_and_nothing_is_done_twice() {
    let faults = ["/tre/new", "/tre-one/addAdmins", "/tre-one/activate"]
        .map(|route| format!("reset-after:{route}:100%:x1"));
    let flags: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
    let mut served = Served::new(&flags);
    active(&served);
    served.run(APPLY).expect(0).says("✓ tre-one");
    served.run(&["plan", "--detailed-exitcode"]).expect(0);
    let effects = served.effects();
    let creates = effects.iter().filter(|(route, _)| route == "/tre/new").count();
    assert_eq!(creates, 1, "{effects:?}");
    let mut once = effects.clone();
    once.dedup();
    assert_eq!(once, effects);
}

#[test]
fn what_fails_for_good_ends_with_6_and_goes_on_later() {
    let mut served = Served::new(&["--fault", "500:/tre-one/setInventory"]);
    active(&served);
    served.repo.write("tres/two.yaml", DRAFT.replace("tre-one", "tre-two"));
    let apply = [APPLY, &["--retry-for", "0s"]].concat();
    let run = served.run(&apply).expect(6).says("✗ tre-one").says("✓ tre-two");
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("`/tre-one/setInventory` answered 500 InternalError"), "{words}");
    assert!(words.contains("[request sim-"), "{words}");
    served.restart(&[]);
    served.run(&apply).expect(0).says("✓ tre-one");
    served.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn only_the_token_of_an_admin_changes_a_tre() {
    let served = Served::new(&[]);
    active(&served);
    served.run(APPLY).expect(0);
    let amara = r#"{"auth_token_type":"Bearer","auth_token":"another-token-of-amara"}"#;
    let wrong = r#"{"auth_token_type":"Bearer","auth_token":"nobody-has-this"}"#;
    let run = |context: &str| {
        let mut command = served.repo.command(&["plan", "--format", "json"]);
        Run::of(&["plan"], command.env("DX_SECURITY_CONTEXT", context).output().unwrap())
    };
    assert_eq!(run(amara).json()["target"]["operator"], "user-amara");
    run(wrong).expect(1).complains("InvalidAuthentication");
}

#[cfg(unix)]
#[test]
fn a_stopped_run_lets_the_call_in_flight_end_and_goes_on_later() {
    let mut served = Served::new(&["--fault", "latency=1s:/tre-one/setPolicies"]);
    active(&served);
    let mut child = served
        .command(&[APPLY, &["-vvv"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("call /tre-one/setPolicies") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "the call was never made");
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143), "{rest}");
    assert!(rest.contains("answer 200 of /tre-one/setPolicies"), "{rest}");
    assert!(!rest.contains("setInventory"), "another call was begun: {rest}");
    served.run(APPLY).expect(0).says("✓ tre-one");
    served.run(&["drift"]).expect(0);
    let effects = served.effects();
    assert_eq!(effects.iter().filter(|(route, _)| route.ends_with("setPolicies")).count(), 1);
}

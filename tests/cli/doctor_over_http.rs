//! `doctor` over HTTP: connections that work or do not, and answers that are not as the wire
//! contract says.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::doctor::{seed, status};
use crate::harness::{ACTIVE, Run};
use crate::served::Served;
use crate::standin::StandIn;

/// Returns the text without what differs from run to run.
fn snapshot(name: &str, run: &Run) {
    insta::with_settings!({filters => vec![
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
        (r"port: `\d+`", "port: `[port]`"),
        (r"\[request \S+\]", "[request …]"),
        (r"Connection refused \(os error \d+\)", "Connection refused"),
    ]}, {
        insta::assert_snapshot!(name, run.stdout);
    });
}

#[test]
fn a_connection_that_works() {
    let served = Served::new(&[]);
    served.repo.write("tres/one.yaml", ACTIVE);
    served.run(&["apply", "--auto-approve", "--allow", "publish"]).expect(0);
    snapshot("a_connection_that_works", &served.run(&["doctor"]).expect(0));
    let report = served.run(&["doctor", "--format", "json"]).expect(0).json();
    assert_eq!(report["target"]["platform"], "127.0.0.1");
    assert_eq!(report["summary"]["failed"], 0);
    for id in ["host", "tls", "token", "clock", "rate_limit", "wire_contract"] {
        assert_eq!(status(&report, id), "ok", "{id}");
    }
}

#[test]
fn a_token_that_is_not_accepted_and_none_at_all() {
    let served = Served::new(&[]);
    let doctor = |context: Option<&str>| {
        let mut command = served.repo.command(&["doctor"]);
        command.envs(context.map(|context| ("DX_SECURITY_CONTEXT", context)));
        Run::of(&["doctor"], command.output().unwrap()).expect(1)
    };
    let wrong = r#"{"auth_token_type":"Bearer","auth_token":"never-seen-7f3a"}"#;
    let run = doctor(Some(wrong));
    assert!(!run.stdout.contains("never-seen-7f3a"), "{}", run.stdout);
    snapshot("a_token_that_is_not_accepted", &run);
    let run =
        doctor(None).says("✗ Token        Wrong. There is no token").says("DX_SECURITY_CONTEXT");
    assert!(run.stdout.contains("Not checked: there is no token to call with."), "{}", run.stdout);
    doctor(Some("{}")).says("✗ Token        Wrong. The security context in DX_SECURITY_CONTEXT");
}

#[test]
fn a_platform_that_is_gone_or_speaks_no_tls() {
    let mut served = Served::new(&[]);
    served.repo.edit("trectl.yaml", "protocol: http", "protocol: https");
    let run = served.run(&["doctor"]).expect(1);
    assert!(run.stdout.contains("✓ Host") && run.stdout.contains("✗ TLS"), "{}", run.stdout);
    served.repo.edit("trectl.yaml", "protocol: https", "protocol: http");
    served.stop();
    let run = served.run(&["doctor", "--retry-for", "0s"]).expect(1);
    snapshot("a_platform_that_is_gone", &run);
}

#[test]
fn a_platform_that_is_down_or_that_asks_to_slow_down() {
    let down = Served::new(&["--fault", "503:/system/whoami"]);
    let run = down.run(&["doctor", "--retry-for", "0s"]).expect(1);
    run.says("✗ Host").says("503 ServiceUnavailable");
    let busy = Served::new(&["--fault", "429:/system/findTres:100%:x1"]);
    let report = busy.run(&["doctor", "--format", "json"]).expect(0).json();
    assert_eq!(status(&report, "rate_limit"), "unknown");
}

/// Returns the `Date` of so many seconds from now.
fn date(seconds: i64) -> Option<String> {
    let now = Timestamp::try_from(SystemTime::now()).unwrap();
    let then = now + jiff::SignedDuration::from_secs(seconds);
    Some(jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap())
}

#[test]
fn clocks_that_differ_and_clocks_that_nobody_tells() {
    for (date, expected, exit) in
        [(date(0), "ok", 0), (date(3_600), "failed", 1), (None, "unknown", 0)]
    {
        let platform = StandIn::new(&seed("user-amara"), date, |_, _| ());
        let report = platform.run(&["doctor", "--format", "json"]).expect(exit).json();
        assert_eq!(status(&report, "clock"), expected);
    }
}

/// Returns the descriptions of TREs in an answer.
fn descriptions<'a>(route: &str, answer: &'a mut Value) -> Vec<&'a mut Value> {
    if route.starts_with("/tre-") {
        return vec![answer];
    }
    let results = answer.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten();
    results.filter_map(|result| result.get_mut("describe")).collect()
}

#[test]
fn what_the_platform_has_more_is_a_question_and_kept() {
    let platform = StandIn::new(&seed("user-amara"), date(0), |route, answer| {
        for tre in descriptions(route, answer) {
            tre["dataUseOntology"] = json!([{ "code": "GRU" }]);
            tre["inventory"]["active"]["size"] = json!(12_345_678_901_u64);
        }
    });
    let run = platform.run(&["doctor"]).expect(0);
    snapshot("what_the_platform_has_more", &run);
    let shown = platform.run(&["show", "tre-one", "--format", "json"]).expect(0).json();
    assert_eq!(shown["raw"]["dataUseOntology"], json!([{ "code": "GRU" }]));
    assert_eq!(shown["raw"]["inventory"]["active"]["size"], json!(12_345_678_901_u64));
    platform.run(&["import"]).expect(0);
}

#[test]
fn what_the_platform_lacks_is_wrong_and_no_default() {
    let platform = StandIn::new(&seed("user-amara"), date(0), |route, answer| {
        for tre in descriptions(route, answer) {
            let fields = tre.as_object_mut().unwrap();
            let users = fields.shift_remove("authorizedUsers").unwrap();
            fields.insert("authorizedUser".to_owned(), users);
        }
    });
    snapshot("what_the_platform_lacks", &platform.run(&["doctor"]).expect(1));
    let report = platform.run(&["doctor", "--format", "json"]).expect(1).json();
    assert_eq!(status(&report, "wire_contract"), "failed");
    let show = platform.run(&["show", "tre-one"]).expect(1);
    show.complains("/tre-one/describe").complains("`authorizedUsers`");
    let import = platform.run(&["import"]).expect(1);
    import.complains("/system/findTres").complains("`authorizedUsers`");
}

#[test]
fn what_takes_long_is_not_waited_for_by_doctor() {
    let served = Served::new(&["--fault", "503=60:/system/whoami"]);
    let begin = SystemTime::now();
    served.run(&["doctor"]).expect(1).says("✗ Host");
    assert!(begin.elapsed().unwrap() < Duration::from_secs(20));
}

//! `drift`

use crate::harness::{ACTIVE, Repo};

#[test]
fn what_was_not_applied_is_unapplied() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["drift"]).expect(0).says("No drift.");
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let json = repo.run(&["drift", "--format", "json"]).expect(2).json();
    assert_eq!(json["drift"][0]["path"], "/name");
    assert_eq!(json["drift"][0]["class"], "unapplied");
    assert_eq!(json["drift"][0]["applied"], "One");
    assert_eq!(json["summary"]["unapplied"], 1);
    repo.run(&["drift"]).expect(2).says("Not applied");
}

#[test]
fn an_edit_on_the_platform_is_out_of_band_and_conflicts_with_ours() {
    let repo = Repo::applied(ACTIVE);
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    let json = repo.run(&["drift", "--format", "json"]).expect(2).json();
    assert_eq!(json["drift"][0]["class"], "out_of_band");
    assert_eq!(json["drift"][0]["live"], "Theirs");
    repo.run(&["plan"]).expect(0).says("Undoes").says("edit made on the platform");
    repo.edit("tres/one.yaml", "name: One", "name: Ours");
    repo.run(&["drift"]).expect(2).says("Conflict");
}

#[test]
fn a_tre_that_vanished_is_out_of_band() {
    let repo = Repo::applied(ACTIVE);
    std::fs::remove_file(repo.at(".trectl/platform.db")).unwrap();
    let json = repo.run(&["drift", "--format", "json"]).expect(2).json();
    assert_eq!(json["drift"][0]["class"], "out_of_band");
    repo.run(&["plan"]).says("gone from the platform");
}

#[test]
fn orphans_and_unmanaged_tres_are_named_and_leave_the_status_at_0() {
    let repo = Repo::applied(ACTIVE);
    let other = ACTIVE.replace("tre-one", "tre-two");
    repo.write("tres/two.yaml", &other);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    std::fs::remove_file(repo.at("tres/two.yaml")).unwrap();
    let json = repo.run(&["drift", "--format", "json"]).expect(0).json();
    assert_eq!(json["orphaned"][0], "tre-two");
    repo.run(&["state", "forget", "tre-two"]).expect(0);
    let json = repo.run(&["drift", "--format", "json"]).expect(0).json();
    assert_eq!(json["unmanaged"][0], "tre-two");
}

#[test]
fn only_the_classes_that_are_asked_for_lead_to_status_2() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    repo.run(&["drift"]).expect(2);
    repo.run(&["drift", "--fail-on", "unapplied"]).expect(2).says("Exit 2: there are differences.");
    repo.run(&["drift", "--fail-on", "conflict", "--fail-on", "unapplied"]).expect(2);
    let other = ["drift", "--fail-on", "out_of_band,conflict"];
    repo.run(&other).expect(0).says("Not applied").says("Exit 0: nothing of this is `out_of_band`");
    let json = repo.run(&[&other[..], &["--format", "json"]].concat()).expect(0).json();
    assert_eq!(json["drift"][0]["class"], "unapplied");
    assert_eq!(json["fail_on"], serde_json::json!(["out_of_band", "conflict"]));
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    repo.run(&["drift", "--fail-on", "unapplied"]).expect(0).says("Conflict");
    repo.run(&["drift", "--fail-on", "conflict"]).expect(2);
    repo.run(&["drift", "--fail-on", "conflicts"]).expect(1).complains("did you mean `conflict`?");
}

const ACCEPTED: &str = "\
acceptedDrift:
  - {path: /name, live: Theirs, owner: user-amara, reason: Agreed by phone., ticket: DAC-7, until: 2099-12-31}
  - {path: /authorizedUsers/user-okafor, live: null, owner: Registry, reason: On leave., ticket: DAC-8, until: 2099-12-31}
";

#[test]
fn accepted_drift_is_told_apart_and_does_not_count() {
    let repo = Repo::applied(ACTIVE);
    elsewhere(&repo, &[("name: One", "name: Theirs"), (", user-okafor", "")]);
    repo.run(&["drift"]).expect(2);
    repo.write("tres/one.yaml", format!("{ACTIVE}{ACCEPTED}"));
    let run = repo.run(&["drift"]).expect(0);
    insta::with_settings!({filters => vec![(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "[at]")]}, {
        insta::assert_snapshot!("drift_accepted", run.stdout);
    });
    let json = repo.run(&["drift", "--format", "json"]).expect(0).json();
    assert_eq!(json["drift"][0]["accepted"]["owner"], "user-amara");
    assert_eq!(json["drift"][0]["accepted"]["until"], "2099-12-31");
    assert_eq!(json["drift"][0]["rejected"], serde_json::Value::Null);
    assert_eq!(json["summary"]["accepted"], 2);
    assert_eq!(json["summary"]["out_of_band"], 0);
    // What apply would do stays the same, and is said.
    let plan = repo.run(&["plan", "--format", "json"]).expect(3).json();
    let change = &plan["resource_changes"][0];
    assert_eq!(change["fields"].as_array().unwrap().len(), 2);
    assert_eq!(change["missing_consents"][0], "revert");
    assert!(change["warnings"][0].as_str().unwrap().contains("applying undoes it"), "{change}");
}

#[test]
fn accepted_drift_counts_again_after_its_last_day_and_where_the_value_moves() {
    let repo = Repo::applied(ACTIVE);
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    let lapsed = ACCEPTED.replace("2099", "2024");
    repo.write("tres/one.yaml", format!("{ACTIVE}{lapsed}"));
    repo.run(&["drift"])
        .expect(2)
        .says("which is past")
        .complains("Drift of `/name` was accepted until 2024-12-31.");
    let moved = ACCEPTED.replace("Theirs", "Others");
    repo.write("tres/one.yaml", format!("{ACTIVE}{moved}"));
    repo.run(&["drift"]).expect(2).says("it has moved since").says("1 setting edited");
    let json = repo.run(&["drift", "--format", "json"]).expect(2).json();
    assert!(json["drift"][0]["rejected"].as_str().unwrap().contains("tres/one.yaml:18"), "{json}");
}

#[test]
fn entries_that_can_never_count_are_told() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    for (from, to, said) in [
        ("/name", "/nam", "Did you mean `/name…`?"),
        ("/name", "/authorizedUsers/1", "Name the one person"),
        ("/name", "/authorizedUsers/user-okafor", "accepted twice"),
        ("/name", "/region/x", "which is no setting of a TRE"),
        (", ticket: DAC-7", "", "The key `ticket` is missing"),
        ("Agreed by phone.", "\"\"", "is empty"),
        ("2099-12-31", "2099-02-30", "`2099-02-30` is not a day of the calendar."),
    ] {
        repo.write("tres/one.yaml", format!("{ACTIVE}{}", ACCEPTED.replacen(from, to, 1)));
        repo.run(&["validate"]).expect(1).complains(said);
    }
    repo.write("tres/one.yaml", format!("{ACTIVE}{}", ACCEPTED.replace("/name", "/description")));
    repo.run(&["validate"]).expect(0).complains("which this document does not set");
}

#[test]
fn metrics_are_written_for_a_parser_that_nobody_here_wrote() {
    let repo = Repo::applied(ACTIVE);
    elsewhere(&repo, &[("name: One", "name: Theirs"), (", user-okafor", "")]);
    let accepted =
        ACCEPTED.lines().next().unwrap().to_owned() + "\n" + ACCEPTED.lines().nth(2).unwrap();
    repo.write("tres/one.yaml", format!("{ACTIVE}{accepted}\n"));
    repo.write("metrics.prom", "old");
    let before = jiff::Timestamp::now().as_second() - 600;
    repo.run(&["drift", "--write-metrics", "metrics.prom"]).expect(2).says("Accepted");
    let text = repo.read("metrics.prom");
    let lines = text.lines().map(|line| Ok(line.to_owned()));
    let scrape = prometheus_parse::Scrape::parse(lines).unwrap();
    let value = |name: &str, class: Option<&str>| {
        let found = scrape.samples.iter().find(|sample| {
            sample.metric == name
                && sample.labels.get("class") == class
                && sample.labels.get("target") == Some("local")
        });
        match found.unwrap_or_else(|| panic!("{name} is not in:\n{text}")).value {
            prometheus_parse::Value::Gauge(value) => value,
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(value("trectl_drifted_tres", Some("out_of_band")), 1.0);
    assert_eq!(value("trectl_drifted_settings", Some("out_of_band")), 1.0);
    assert_eq!(value("trectl_drifted_settings", Some("unapplied")), 0.0);
    assert_eq!(value("trectl_accepted_drift_settings", None), 1.0);
    assert_eq!(value("trectl_compared_tres", None), 1.0);
    assert!(value("trectl_api_calls", None) >= 3.0);
    let last = value("trectl_last_apply_timestamp_seconds", None);
    assert!(last > before as f64 && last <= value("trectl_run_timestamp_seconds", None), "{last}");
    let left = std::fs::read_dir(repo.path()).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| name.ends_with(".tmp")));
    let missing = ["drift", "--write-metrics", "nowhere/metrics.prom", "--format", "json"];
    assert_eq!(repo.run(&missing).expect(1).json()["errored"], true);
}

/// A document with comments wherever they can be, in block and in flow style.
const COMMENTED: &str = "\
# Above.
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-one
state: active # state
name: 'One'  # name
visibility: private
extends: [base] # profiles
admins: [user-amara, group:leads] # admins
authorizedUsers:
  # The first.
  - user-li # li
  - user-okafor
  - group:leads
inventory:
  version: \"2025.2\" # version
  tabularData: record-0123456789BFGJKPQVXYZbfg
billTo: org-biobank
region: aws:eu-west-2
reviewSteps:
  - {id: governance, name: Governance, description: Checks., reviewers: [user-priya, user-ben]} # g
# Below.
";

#[test]
fn the_values_of_the_platform_are_written_where_they_belong_and_nothing_else_moves() {
    let group = "apiVersion: trectl/v1\nkind: Group\nid: leads\nmembers: [user-lea, user-max]\n";
    let profile = "apiVersion: trectl/v1\nkind: Profile\nid: base\n\
                   policies: {downloadRestricted: true, externalUploadRestricted: false}\n";
    let files = [
        ("tres/one.yaml", COMMENTED),
        ("groups/leads.yaml", group),
        ("profiles/base.yaml", profile),
    ];
    let repo = Repo::with(&files);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    let resolved = COMMENTED
        .replace("extends: [base]", "policies: {downloadRestricted: true}")
        .replace(", group:leads]", ", user-lea, user-max]")
        .replace("  - group:leads\n", "  - user-lea\n  - user-max\n");
    let edits = [
        ("'One'", "\"It's: theirs\""),
        ("policies: {", "policies: {externalUploadRestricted: true, "),
        ("  - user-okafor\n", ""),
        ("  - user-max\n", "  - user-new\n"),
        ("user-ben]", "user-eve]"),
        ("\"2025.2\"", "\"2026.1\""),
    ];
    changed_elsewhere(&repo, &resolved, &edits);
    let before = repo.run(&["drift", "--format", "json"]).expect(2).json();
    assert_eq!(before["summary"]["out_of_band"], 8, "{before:#}");

    let run = repo.run(&["drift", "--adopt"]).expect(2).says("Exit 2: drift is left.");
    insta::assert_snapshot!("drift_adopted", run.stdout);
    let wanted = COMMENTED
        .replace("'One'", "\"It's: theirs\"")
        .replace("  - user-okafor\n", "")
        .replace("  - group:leads\n", "  - group:leads\n  - user-new\n")
        .replace("\"2025.2\"", "\"2026.1\"")
        .replace("user-ben]", "user-eve]")
        .replace("# Below.", "policies: {externalUploadRestricted: true}\n# Below.");
    assert_eq!(repo.read("tres/one.yaml"), wanted);
    assert_eq!(repo.read("groups/leads.yaml"), group);
    assert_eq!(repo.read("profiles/base.yaml"), profile);

    repo.run(&["validate"]).expect(0);
    let plan = repo.run(&["plan", "--format", "json"]).json();
    let fields = plan["resource_changes"][0]["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 1, "{fields:#?}");
    assert_eq!(fields[0]["after"], "user-max");
    let again = repo.run(&["drift", "--adopt", "--format", "json"]).expect(2).json();
    assert_eq!(again["adopted"], serde_json::json!([]));
    assert_eq!(again["left"][0]["key"], "/authorizedUsers/user-max");
}

#[test]
fn what_the_repository_moved_or_somebody_accepted_is_not_adopted_unasked() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    let ours = repo.read("tres/one.yaml");
    repo.run(&["drift", "--adopt"]).expect(2).says("Left: /name").says("Nothing was adopted.");
    assert_eq!(repo.read("tres/one.yaml"), ours);
    repo.run(&["drift", "--adopt", "tre-two"]).expect(1).complains("There is no TRE `tre-two`");
    let json = ["drift", "--adopt", "tre-one", "--adopt-unapplied", "--format", "json"];
    let json = repo.run(&json).expect(0).json();
    assert_eq!(json["adopted"][0]["file"], "tres/one.yaml");
    assert_eq!(json["adopted"][0]["line"], 5);
    assert_eq!(json["drift"], serde_json::json!([]));
    assert_eq!(repo.read("tres/one.yaml"), ACTIVE);

    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    repo.write("tres/one.yaml", format!("{ACTIVE}{ACCEPTED}"));
    repo.run(&["drift", "--adopt"]).says("user-amara accepts it until 2099-12-31");
    assert!(repo.read("tres/one.yaml").contains("name: One"));
}

#[test]
fn only_the_document_of_the_drifted_tre_is_written() {
    let asset = "record-0123456789BFGJKPQVXYZbfg";
    let repo = Repo::applied(ACTIVE);
    // The document is of two TREs, and only one of them drifts.
    repo.write("tres/one.yaml", format!("{ACTIVE}---\n{}", ACTIVE.replace("tre-one", "tre-two")));
    repo.run(&["apply", "--auto-approve"]).expect(0);
    elsewhere(&repo, &[("name: One", "name: Theirs")]);
    let shared = format!("tabularData: &asset {asset}");
    repo.edit("tres/one.yaml", &format!("tabularData: {asset}"), &shared);
    repo.run(&["drift", "--adopt", "--only", "tre-one"]).expect(0).says("tres/one.yaml:5");
    let text = repo.read("tres/one.yaml");
    assert!(text.contains("name: Theirs") && text.contains("name: One"), "{text}");
    assert!(text.contains("&asset"), "{text}");
}

/// Changes the platform from another repository, which has a state of its own.
pub fn elsewhere(repo: &Repo, edits: &[(&str, &str)]) {
    changed_elsewhere(repo, ACTIVE, edits);
}

/// Makes the platform what a document says, with edits, from another repository.
pub fn changed_elsewhere(repo: &Repo, document: &str, edits: &[(&str, &str)]) {
    let other = Repo::with(&[("tres/one.yaml", document)]);
    for (from, to) in edits {
        other.edit("tres/one.yaml", from, to);
    }
    let store = repo.at(".trectl/platform.db");
    let project = format!(
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         local: {{platform: {{embedded: {}}}}}\n",
        store.display()
    );
    other.write("trectl.yaml", project);
    other.run(&["apply", "--auto-approve", "--allow", "maintenance,loosen"]).expect(0);
}

//! What CI servers read, held against schemas that nobody here wrote
//! (`tests/fixtures/ci-formats`), on every kind of finding that a file can give rise to.

use std::collections::BTreeSet;
use std::path::Path;

use fastxml::schema::{Schema, Validator};
use serde_json::{Value, json};

use crate::harness::{Repo, misfits};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Returns a repository with the mistakes of all fixtures that are one file.
fn mistakes() -> Repo {
    let repo = Repo::empty();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diagnostics");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            repo.write(&format!("tres/{name}"), std::fs::read(&path).unwrap());
        }
    }
    repo
}

fn report(repo: &Repo) -> Vec<Value> {
    let report = repo.run(&["validate", "--format", "gitlab"]).expect(1).json();
    report.as_array().unwrap().clone()
}

fn fingerprints(report: &[Value]) -> Vec<&str> {
    report.iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect()
}

#[test]
fn sarif_fits_the_schema_of_its_committee() {
    // The pattern of a language, which trectl does not write, has a bracket too many: the reader of
    // schemas here refuses the whole schema for it.
    let schema = fixture("ci-formats/sarif-2.1.0.schema.json").replace("{2}]?$", "{2}?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let mut sarif = mistakes().run(&["validate", "--format", "sarif"]).expect(1).json();
    assert_eq!(misfits(&schema, &sarif), [] as [String; 0]);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.len() > 30, "{} codes are too few to show anything", rules.len());
    sarif["runs"][0]["results"][0]["level"] = "fatal".into();
    assert_ne!(misfits(&schema, &sarif), [] as [String; 0]);
}

#[test]
fn junit_fits_the_schema_of_jenkins() {
    let schema = Schema::from_xsd(fixture("ci-formats/junit-10.xsd").into_bytes()).unwrap();
    let misfits = |page: &str| -> Vec<String> {
        let report = Validator::from_reader(page.as_bytes()).schema(schema.clone()).run().unwrap();
        report.errors().iter().map(ToString::to_string).collect()
    };
    let page = mistakes().run(&["validate", "--format", "junit"]).expect(1).stdout;
    assert_eq!(misfits(&page), [] as [String; 0]);
    assert!(page.matches("<failure ").count() > 20, "{page}");
    for (ours, wrong) in [
        ("failure type=", "failure kind="),
        ("<testcase ", "<testcase x=\"\" "),
        (" name=", " id="),
    ] {
        assert_ne!(misfits(&page.replace(ours, wrong)), [] as [String; 0], "{wrong}");
    }
}

/// GitLab's own schema is not in any package that could be had: this is what its documentation
/// asks for.
#[test]
fn a_code_quality_report_has_what_gitlab_reads() {
    let repo = mistakes();
    let report = report(&repo);
    let findings = repo.run(&["validate", "--format", "json"]).expect(1).json();
    assert_eq!(report.len(), findings["diagnostics"].as_array().unwrap().len());
    for (entry, finding) in report.iter().zip(findings["diagnostics"].as_array().unwrap()) {
        let description = entry["description"].as_str().unwrap();
        assert!(!description.contains('\n') && !description.is_empty(), "{entry}");
        assert_eq!(entry["check_name"], finding["code"]);
        let severity = if finding["severity"] == "error" { "critical" } else { "minor" };
        assert_eq!(entry["severity"], severity, "{entry}");
        assert_eq!(entry["location"]["path"], finding["range"]["filename"]);
        assert_eq!(entry["location"]["lines"]["begin"], finding["range"]["start"]["line"]);
    }
}

#[test]
fn a_fingerprint_is_unique_and_stays_where_lines_move() {
    let repo = mistakes();
    let before = report(&repo);
    let distinct: BTreeSet<&str> = fingerprints(&before).into_iter().collect();
    assert_eq!(distinct.len(), before.len());
    let is_digest = |text: &&str| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    assert!(distinct.iter().all(is_digest), "{distinct:?}");
    let file = before[0]["location"]["path"].as_str().unwrap();
    repo.write(file, format!("# A comment\n\n{}", repo.read(file)));
    let after = report(&repo);
    assert_eq!(fingerprints(&before), fingerprints(&after));
    assert_ne!(before, after, "no line has moved");
}

#[test]
fn the_same_mistake_twice_in_a_file_is_two_findings() {
    let document = |id: &str| {
        format!(
            "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: {id}\nstate: draft\n\
             nmae: One\n"
        )
    };
    let both = format!("{}---\n{}", document("tre-one"), document("tre-two"));
    let repo = Repo::with(&[("both.yaml", &both)]);
    let report = report(&repo);
    let same: Vec<&Value> =
        report.iter().filter(|entry| entry["description"] == report[0]["description"]).collect();
    assert!(same.len() > 1, "{report:#?}");
    assert_ne!(same[0]["fingerprint"], same[1]["fingerprint"]);
}

#[test]
fn paths_begin_at_the_checkout_and_the_repository_has_a_place() {
    let repo = Repo::with(&[("deep/trectl.yaml", "")]);
    repo.git(&["init", "-q"]);
    let run = repo.run(&["-C", "deep", "validate", "--format", "gitlab"]).expect(1);
    let place = json!({"path": "deep/trectl.yaml", "lines": {"begin": 1}});
    assert_eq!(run.json()[0]["location"], place);
}

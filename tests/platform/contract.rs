//! The rows of the reference, the tests that show them, and the page that lists them agree.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Mark, Row};
use crate::{
    errors, inventory, lifecycle, limits, locks, people, policies, requests, routes, unseeded,
    uploads, visibility,
};

/// What is about HTTP itself: other tests show it.
const OVER_HTTP: &[Row] = &[
    Row {
        id: "L8.http",
        mark: Mark::D,
        statement: "POST with JSON bodies, a bearer token, and a request id in answers.",
        shown_by: &[
            ("http::client::requests", "a_call_is_a_post_with_these_headers_and_no_others"),
            ("http::server::calls", "who_calls_is_told_byte_by_byte"),
        ],
    },
    Row {
        id: "L8.retry",
        mark: Mark::D,
        statement: "429 and 5xx are tried again, other errors are not.",
        shown_by: &[
            ("http::client::again", "a_busy_or_broken_platform_is_asked_again_whatever_the_call"),
            ("http::client::again", "a_refusal_is_not_asked_again"),
        ],
    },
    Row {
        id: "L8.limit",
        mark: Mark::S,
        statement: "200 calls per second per account.",
        shown_by: &[(
            "http::server::limit",
            "two_hundred_calls_are_taken_at_once_unless_told_otherwise",
        )],
    },
    Row {
        id: "L8.configuration",
        mark: Mark::D,
        statement: "Environment and configuration file name host and token.",
        shown_by: &[(
            "trectl::api::config::tests",
            "the_environment_wins_over_the_file_key_by_key",
        )],
    },
    Row {
        id: "L8.tls",
        mark: Mark::D,
        statement: "TLS 1.2 or newer only.",
        shown_by: &[("http::client::tls", "nothing_older_than_tls_1_2_is_offered_or_accepted")],
    },
];

/// What the reference says and no test shows.
const WITHOUT_A_TEST: &[Row] = &[
    without(
        "L4.dispensal",
        Mark::D,
        "Dispensal takes the version that is active when its job starts.",
    ),
    without("L4.columns", Mark::A, "The TSV's columns and the JSON's structure are as declared."),
    without("L5.enforced", Mark::D, "Policies are enforced on all research projects of the TRE."),
];

const fn without(id: &'static str, mark: Mark, statement: &'static str) -> Row {
    Row { id, mark, statement, shown_by: &[] }
}

fn rows() -> Vec<Row> {
    let tested = [
        lifecycle::ROWS,
        locks::ROWS,
        people::ROWS,
        limits::ROWS,
        visibility::ROWS,
        inventory::ROWS,
        policies::ROWS,
        requests::ROWS,
        routes::ROWS,
        uploads::ROWS,
        errors::ROWS,
        unseeded::ROWS,
        OVER_HTTP,
        WITHOUT_A_TEST,
    ];
    let mut rows = tested.concat();
    rows.sort_by_key(|row| row.id);
    rows
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_row_has_an_id_of_its_own() {
    let ids: Vec<_> = rows().iter().map(|row| row.id).collect();
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len());
}

/// Returns the file of a module: of the program, or of a folder of tests.
fn file(module: &str) -> PathBuf {
    let (package, path) = module.split_once("::").unwrap();
    let package = match package {
        "trectl" => Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        tests => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(tests),
    };
    let file = package.join(format!("{}.rs", path.replace("::", "/")));
    // A module of unit tests may stand in the file that it is about.
    if file.exists() { file } else { file.parent().unwrap().with_extension("rs") }
}

#[test]
fn every_test_of_a_row_is_run() {
    for (module, test) in rows().iter().flat_map(|row| row.shown_by) {
        let source = fs::read_to_string(file(module)).unwrap();
        let (before, _) = source
            .split_once(&format!("fn {test}()"))
            .unwrap_or_else(|| panic!("{module} has no test {test}"));
        let before = before.trim_end().trim_end_matches("async").trim_end();
        let attribute = before.lines().next_back().unwrap().trim();
        let is_test = attribute == "#[test]" || attribute.starts_with("#[tokio::test");
        assert!(is_test, "{module}::{test} is not run");
    }
}

#[test]
fn every_module_with_rows_runs_over_http_too() {
    let listed = read("tests/platform/over_http.rs");
    let modules: BTreeSet<_> = rows().iter().flat_map(|row| row.shown_by).map(|at| at.0).collect();
    for module in modules.into_iter().filter_map(|module| module.strip_prefix("platform::")) {
        assert!(listed.contains(&format!("\nmod {module};")), "{module} runs directly only");
        let source = read(&format!("tests/platform/{module}.rs"));
        assert!(!source.contains("crate::support"), "{module} has a caller of its own");
    }
}

/// Names a test on the page: those of this folder without the name of the folder.
fn shown((module, test): &(&str, &str)) -> String {
    format!("`{}::{test}`", module.strip_prefix("platform::").unwrap_or(module))
}

#[test]
fn the_page_lists_the_rows() {
    let mut table = String::from("| row | what | mark | shown by |\n|---|---|---|---|\n");
    for Row { id, mark, statement, shown_by } in rows() {
        let tests: Vec<_> = shown_by.iter().map(shown).collect();
        let tests = if tests.is_empty() { "–".to_owned() } else { tests.join(", ") };
        writeln!(table, "| `{id}` | {statement} | {mark:?} | {tests} |").unwrap();
    }
    let page = read("docs/platform-contract.md");
    assert!(page.contains(&table), "docs/platform-contract.md lacks this table:\n{table}");
}

#[test]
fn rows_without_a_test_are_known() {
    let missing: Vec<_> = rows().into_iter().filter(|row| row.shown_by.is_empty()).collect();
    for row in &missing {
        println!("{}: {}", row.id, row.statement);
    }
    println!("{} of {} rows have no test", missing.len(), rows().len());
    assert_eq!(missing.len(), WITHOUT_A_TEST.len());
}

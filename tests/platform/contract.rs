//! The rows of the reference, the tests that show them, and the page that lists them agree.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::{Mark, Row};
use crate::{
    errors, inventory, lifecycle, limits, locks, people, policies, requests, routes, unseeded,
    uploads, visibility,
};

/// What the reference says and the embedded platform alone cannot show.
const WITHOUT_A_TEST: &[Row] = &[
    without(
        "L4.dispensal",
        Mark::D,
        "Dispensal takes the version that is active when its job starts.",
    ),
    without("L4.columns", Mark::A, "The TSV's columns and the JSON's structure are as declared."),
    without("L5.enforced", Mark::D, "Policies are enforced on all research projects of the TRE."),
    without(
        "L8.http",
        Mark::D,
        "POST with JSON bodies, a bearer token, and a request id in answers.",
    ),
    without("L8.retry", Mark::D, "429 and 5xx are tried again, other errors are not."),
    without("L8.limit", Mark::S, "200 calls per second per account."),
    without("L8.configuration", Mark::D, "Environment and configuration file name host and token."),
    without("L8.tls", Mark::D, "TLS 1.2 or newer only."),
];

const fn without(id: &'static str, mark: Mark, statement: &'static str) -> Row {
    Row { id, mark, statement, test: None }
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

#[test]
fn every_test_of_a_row_is_run() {
    for row in rows() {
        let Some((module, test)) = row.test else { continue };
        let file = module.rsplit("::").next().unwrap();
        let source = read(&format!("tests/platform/{file}.rs"));
        assert!(source.contains(&format!("#[test]\nfn {test}()")), "{test} is not run");
    }
}

#[test]
fn the_page_lists_the_rows() {
    let mut table = String::from("| row | what | mark | shown by |\n|---|---|---|---|\n");
    for Row { id, mark, statement, test } in rows() {
        let test = test.map_or("–".to_owned(), |(module, test)| {
            format!("`{}::{test}`", module.rsplit("::").next().unwrap())
        });
        writeln!(table, "| `{id}` | {statement} | {mark:?} | {test} |").unwrap();
    }
    let page = read("docs/platform-contract.md");
    assert!(page.contains(&table), "docs/platform-contract.md lacks this table:\n{table}");
}

#[test]
fn rows_without_a_test_are_known() {
    let missing: Vec<_> = rows().into_iter().filter(|row| row.test.is_none()).collect();
    for row in &missing {
        println!("{}: {}", row.id, row.statement);
    }
    println!("{} of {} rows have no test here", missing.len(), rows().len());
    assert_eq!(missing.len(), WITHOUT_A_TEST.len());
}

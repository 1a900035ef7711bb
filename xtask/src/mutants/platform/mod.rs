//! Every rule of the embedded platform that decides about TREs, by the id of its row in
//! `docs/platform-contract.md`. That page names the test that shows the row, which must fail.
//!
//! `ROW/PART` breaks a part of what a row says.

mod access;
mod describe;
mod inventory;
mod life;
mod people;
mod requests;
mod review;
mod settings;
mod states;
mod unseeded;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::mutant::{Mutant, Site, Table, Test};

const PAGE: &str = "docs/platform-contract.md";

const SITES: &[&[Site]] = &[
    access::SITES,
    describe::SITES,
    inventory::SITES,
    life::SITES,
    people::SITES,
    requests::SITES,
    review::SITES,
    settings::SITES,
    unseeded::SITES,
];

/// The rows that no mutant breaks, by the beginning of their ids, each with the reason.
const WITHOUT: &[(&str, &str)] = &[
    ("L4.columns", "no call shows it"),
    ("L4.dispensal", "no call shows it"),
    ("L5.enforced", "no call shows it"),
    ("L7.paging", "about listings, not about TREs"),
    ("L7.upload", "about files"),
    ("L8.configuration", "about HTTP"),
    ("L8.errors", "about HTTP"),
    ("L8.http", "about HTTP"),
    ("L8.limit", "about HTTP"),
    ("L8.retry", "about HTTP"),
    ("L8.tls", "about HTTP"),
    ("U.rules", "every other row is what it says"),
];

/// Adds a mutant for each rule.
///
/// # Errors
///
/// Where the page cannot be read.
pub fn add(table: &mut Table, root: &Path) -> Result<(), String> {
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let rows = rows(&page);
    let sites = SITES.iter().copied().flatten();
    let written = sites.flat_map(|site| site.ids().into_iter().map(|id| (site.file, id)));
    let mut broken = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (file, id) in written.chain(states::ids()) {
        // What is refused in two places is broken in both.
        if !seen.insert(id.clone()) {
            continue;
        }
        let row = id.split('/').next().unwrap_or(&id);
        match rows.get(row) {
            Some(tests) => {
                broken.insert(row.to_owned());
                table.mutants.push(Mutant { id, file, tests: tests.clone() });
            }
            None => table.problems.push(format!("{PAGE} has no row `{row}` with a test")),
        }
    }
    table.sites.extend(SITES.iter().copied().flatten());
    table.sites.push(states::site());
    let is_spared = |row: &str| WITHOUT.iter().any(|(id, _)| row.starts_with(id));
    let missing = rows.keys().filter(|row| !broken.contains(*row) && !is_spared(row));
    table.problems.extend(missing.map(|row| format!("no mutant breaks the row `{row}`")));
    Ok(())
}

/// Returns the tests of each row of the page, those of `tests/platform`.
fn rows(page: &str) -> BTreeMap<String, Vec<Test>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let row = |line: &str| {
        let (id, rest) = line.split_once("` | ")?;
        let (_, shown) = rest.trim_end_matches(" |").rsplit_once(" | ")?;
        let names = shown.split(", ").map(|name| name.trim_matches('`'));
        let tests: Vec<Test> =
            names.filter(|name| name.contains("::")).map(Test::platform).collect();
        (!tests.is_empty()).then(|| (id.to_owned(), tests))
    };
    rows.filter_map(row).collect()
}

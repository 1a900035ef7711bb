//! The laws of a plan and of a run (contract §4 to §6), each broken where it is kept.

mod consents;
mod durable;
mod model;
mod obstacles;
mod order;
mod record;
mod reports;
mod saved;
mod telling;

use super::mutant::{Mutant, Site, Table, Test};

/// A place where a law is kept, and the tests of `tests/laws` that hold it.
struct Law {
    site: Site,
    tests: &'static [&'static str],
}

const fn law(
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    tests: &'static [&'static str],
) -> Law {
    Law { site: Site { file, find, replace }, tests }
}

/// The long lives of one TRE.
const LIVES: &str = "machine::whatever_happens_the_laws_hold";

const LAWS: &[&[Law]] = &[
    consents::LAWS,
    order::EXPOSURE,
    order::IMPACT,
    order::MODEL,
    order::SEQUENCE,
    record::LAWS,
    saved::LAWS,
];

/// Adds a mutant for each law.
pub fn add(table: &mut Table) {
    obstacles::add(table);
    durable::add(table);
    reports::add(table);
    for Law { site, tests } in LAWS.iter().copied().flatten() {
        table.sites.push(*site);
        for id in site.ids() {
            let tests = tests.iter().map(|name| Test::law(name)).collect();
            table.mutants.push(Mutant { id, file: site.file, tests });
        }
    }
    model::add(table);
}

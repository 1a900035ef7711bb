//! Every cell of the lock table, flipped to the verdict that hurts.

use trectl::lifecycle::LOCKS;
use trectl::model::TreState;

use super::mutant::{Mutant, Site, Table, Test};

const FILE: &str = "src/lifecycle/table.rs";

const SITE: Site = Site {
    file: FILE,
    find: "        match state {
            TreState::Draft => self.draft,
            TreState::Active => self.active,
            TreState::Maintenance => self.maintenance,
        }",
    replace: r#"        let verdict = match state {
            TreState::Draft => self.draft,
            TreState::Active => self.active,
            TreState::Maintenance => self.maintenance,
        };
        if !mutant(&format!("lock.{:?}.{state}", self.setting)) {
            return verdict;
        }
        match verdict {
            Open => Locked,
            ViaMaintenance | Locked | Immutable => Open,
        }"#,
};

/// Adds a mutant for each setting and state.
pub fn add(table: &mut Table) {
    table.sites.push(SITE);
    for row in LOCKS {
        for state in [TreState::Draft, TreState::Active, TreState::Maintenance] {
            let tests = if row.key == "id" {
                vec![Test::law("locks::what_is_explained_is_what_the_platform_does")]
            } else {
                ["what_is_explained_is_what_the_platform_does", "what_may_change_is_planned"]
                    .map(|name| Test::law(&format!("locks::{name}")))
                    .into()
            };
            table.mutants.push(Mutant {
                id: format!("lock.{:?}.{state}", row.setting),
                file: FILE,
                tests,
            });
        }
    }
}

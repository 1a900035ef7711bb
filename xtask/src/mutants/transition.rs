//! Every row of the ways from state to state: what is forbidden is open, what is open is forbidden.

use trectl::lifecycle::TRANSITIONS;
use trectl::model::TreState;

use super::mutant::{Mutant, Site, Table, Test};

const FILE: &str = "src/lifecycle/transition.rs";

const SITE: Site = Site {
    file: FILE,
    find: "    TRANSITIONS
        .iter()
        .find(|(from, to, _)| *from == live && *to == desired)
        .map_or(Way::Open(&[]), |(_, _, way)| *way)",
    replace: r#"    let way = TRANSITIONS
        .iter()
        .find(|(from, to, _)| *from == live && *to == desired)
        .map_or(Way::Open(&[]), |(_, _, way)| *way);
    if !mutant(&format!("way.{}.{desired}", live.map_or("none", TreState::as_str))) {
        return way;
    }
    match way {
        Way::Open(_) => Way::Forbidden(rule::NO_RETURN_TO_DRAFT),
        Way::Forbidden(_) => Way::Open(&[]),
    }"#,
};

/// Adds a mutant for each pair of states.
pub fn add(table: &mut Table) {
    table.sites.push(SITE);
    for (live, desired, _) in TRANSITIONS {
        table.mutants.push(Mutant {
            id: format!("way.{}.{desired}", live.map_or("none", TreState::as_str)),
            file: FILE,
            tests: vec![Test::law("locks::a_way_is_planned_where_the_platform_has_one")],
        });
    }
}

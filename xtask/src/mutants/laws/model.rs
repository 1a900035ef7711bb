//! Each property of the model check, with a broken rule that it notices: a check that holds
//! whatever is broken would be worth nothing.

use crate::mutants::mutant::{Model, Site, Table, Test};

/// Mutants that other lists hold, the slice that is checked with each alive, and the property that
/// must be found broken.
const NOTICED: [(&str, &str, &str); 12] = [
    ("rule.operator-not-admin", "people", "sound:"),
    ("way.active.active", "texts", "settled:"),
    ("way.draft.active", "texts", "complete:"),
    ("order.two-calls-for-policies", "policies", "shortest:"),
    ("order.pipeline-anew", "order", "direct:"),
    ("order.opens-first", "doors", "never more open than both ends"),
    ("order.headless-while-closed", "reviewers", "never headless"),
    ("rule.pending-inventory-unmanaged", "doors", "nothing unseen goes live"),
    ("digest.another-each-time", "order", "deterministic:"),
    ("consent.need/publish", "texts", "consents:"),
    ("tighten.users", "doors", "tighten only:"),
    ("order.unmarked", "texts", "blocked with a rule"),
];

/// The platform itself refuses to take the last reviewer of a published step, so a plan that does it
/// is refused before it is headless. With this it is not: one mutant breaks both.
const UNREFUSED: Site = Site {
    file: "src/sim/world/review.rs",
    find: "    let before = step.reviewers.len();",
    replace: r#"    let before = match mutant("order.headless-while-closed") {
        true => 0,
        false => step.reviewers.len(),
    };"#,
};

/// Adds the properties to the mutants that they notice.
pub fn add(table: &mut Table) {
    table.sites.push(UNREFUSED);
    for (id, slice, property) in NOTICED {
        let found = table.mutants.iter_mut().find(|mutant| mutant.id == id);
        match found {
            Some(mutant) => mutant.tests.push(Test::model(Model { slice, property })),
            None => {
                table.problems.push(format!("`{property}` needs the mutant {id}, which is gone"))
            }
        }
    }
}

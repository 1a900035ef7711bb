//! "… changes in every state": each change is refused in one state in which the reference allows it.

use super::Site;

const FILE: &str = "src/sim/world/mod.rs";

/// A row, the change that it allows, and in which states.
const ALLOWED: &[(&str, &str, &[&str])] = &[
    ("L2.frozen.draft", "Update", &["Draft"]),
    ("L2.inventory.amending", "SetInventory", &["Amending"]),
    ("L2.inventory.draft", "SetInventory", &["Draft"]),
    ("L2.name", "Update", ALL),
    ("L2.people", "AddAdmins", ALL),
    ("L2.people", "AddAuthorizedUsers", ALL),
    ("L2.people", "RemoveAdmins", ALL),
    ("L2.people", "RemoveAuthorizedUsers", ALL),
    ("L2.policies", "SetPolicies", ALL),
    ("L2.reviewers", "AddReviewers", ALL),
    ("L2.reviewers", "RemoveReviewers", ALL),
    ("L2.step-text", "UpdateStep", &["Draft"]),
    ("L2.steps.draft", "AddStep", &["Draft"]),
    ("L2.steps.draft", "RemoveStep", &["Draft"]),
    ("L2.visibility", "Update", ALL),
];

const ALL: &[&str] = &["Draft", "Active", "Amending"];

/// Returns where it is refused.
pub fn site() -> Site {
    Site {
        file: FILE,
        find: "        let mut tre = before.clone();
        match change {",
        replace: r#"        let mut tre = before.clone();
        let rows = ["frozen.draft", "inventory.amending", "inventory.draft", "name", "people",
            "policies", "reviewers", "step-text", "steps.draft", "visibility"];
        let is_alive = |row: &&str| mutant(&format!("L2.{row}/{change:?}.{:?}", before.state));
        if rows.iter().any(is_alive) {
            return Err(Refusal::state("Broken on purpose."));
        }
        match change {"#,
    }
}

/// Returns the id of each mutant, with its file.
pub fn ids() -> impl Iterator<Item = (&'static str, String)> {
    ALLOWED.iter().flat_map(|(row, change, states)| {
        states.iter().map(move |state| (FILE, format!("{row}/{change}.{state}")))
    })
}

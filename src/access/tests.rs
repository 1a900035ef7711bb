//! What each path gives in each state, as a table.

use std::collections::BTreeSet;

use super::grant::{Holds, grants};
use super::*;
use crate::lifecycle::Evidence::{Assumed, Documented};
use crate::model::{OrgId, StepId, TreState};

fn paths() -> [Path; 5] {
    [
        Path::Admin,
        Path::Listed,
        Path::Member { org: OrgId::from_platform("org-leeds") },
        Path::Reviewer { step: StepId::from_platform("governance") },
        Path::Public,
    ]
}

/// Writes what a path gives in short: the first letters of the rights, assumed ones with `?`.
fn short(path: &Path, holds: Holds) -> String {
    grants(path, holds)
        .into_iter()
        .map(|Grant { right, evidence }| {
            let name = match right {
                Right::Find => "find",
                Right::SendRequests => "send",
                Right::ReadShowcaseProject => "read",
                Right::DecideStep { .. } => "decide",
                Right::ChangeTre => "change",
                Right::AdministerInventoryProjects => "administer",
            };
            format!("{name}{}", if evidence == Assumed { "?" } else { "" })
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn holds(state: TreState) -> Holds {
    Holds { state, has_inventory: true, has_showcase: true }
}

#[test]
fn each_path_gives_what_the_reference_says_and_how_well_it_is_known() {
    let table = [
        (TreState::Draft, ["find? change", "", "", "", ""]),
        (
            TreState::Maintenance,
            [
                "find read change administer",
                "find read",
                "find read",
                "find? read decide?",
                "find?",
            ],
        ),
        (
            TreState::Active,
            [
                "find send? read change administer",
                "find send read",
                "find send read",
                "find? send? read decide",
                "find send?",
            ],
        ),
    ];
    for (state, expected) in table {
        for (path, expected) in paths().iter().zip(expected) {
            assert_eq!(short(path, holds(state)), expected, "{path:?} in {state}");
        }
    }
}

#[test]
fn without_a_showcase_or_an_inventory_there_is_no_project_to_reach() {
    let none = Holds { has_inventory: false, has_showcase: false, ..holds(TreState::Active) };
    let all = paths().map(|path| short(&path, none));
    assert_eq!(
        all,
        ["find send? change", "find send", "find send", "find? send? decide", "find send?"]
    );
    let no_showcase = Holds { has_showcase: false, ..holds(TreState::Active) };
    assert_eq!(short(&Path::Admin, no_showcase), "find send? change administer");
}

#[test]
fn together_each_right_counts_once_as_well_known_as_the_best_path_makes_it() {
    let all: Vec<Grant> =
        paths().iter().flat_map(|path| grants(path, holds(TreState::Active))).collect();
    let merged = merged(all);
    let rights: BTreeSet<&Right> = merged.iter().map(|grant| &grant.right).collect();
    assert_eq!((merged.len(), rights.len()), (6, 6));
    assert!(merged.iter().all(|grant| grant.evidence == Documented), "{merged:?}");
}

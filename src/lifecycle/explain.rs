//! The lock rules in words: what `explain` prints and `docs/lock-rules.md` holds.

use std::fmt::Write as _;

use serde::Serialize;

use super::rule::{Evidence, RULES};
use super::table::{LOCKS, Lock, Setting};
use super::transition::{TRANSITIONS, Transition, Way};
use crate::model::{Asset, DesiredState, PolicyTable, TreState};

/// What holds for one setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Explanation {
    /// Its key in YAML.
    pub field: &'static str,
    /// What holds in each state that was asked for.
    pub states: Vec<Ruling>,
    /// The rule's id.
    pub rule: &'static str,
    /// Why.
    pub reason: &'static str,
    /// The way round it.
    pub remedy: &'static str,
    /// How well it is known.
    pub evidence: Evidence,
}

/// What holds in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Ruling {
    /// The state.
    pub state: TreState,
    /// What holds.
    pub verdict: super::Verdict,
    /// How well that is known.
    pub evidence: Evidence,
}

/// Returns what holds for the settings that `field` stands for (a key, a pointer, a part of one), in one state or in all.
pub fn explain(field: Option<&str>, state: Option<TreState>) -> Vec<Explanation> {
    let wanted = field.map(|field| field.trim_start_matches('/'));
    LOCKS
        .iter()
        .filter(|row| wanted.is_none_or(|wanted| names(row, wanted)))
        .map(|row| Explanation {
            field: row.key,
            states: [TreState::Draft, TreState::Active, TreState::Maintenance]
                .into_iter()
                .filter(|candidate| state.is_none_or(|state| state == *candidate))
                .map(|state| Ruling {
                    state,
                    verdict: row.verdict(state),
                    evidence: row.evidence(state),
                })
                .collect(),
            rule: row.rule.id,
            reason: row.rule.reason,
            remedy: row.rule.remedy,
            evidence: row.rule.evidence,
        })
        .collect()
}

/// Which way leads from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Passage {
    /// The live state, or null where there is no TRE yet.
    pub from: Option<TreState>,
    /// The state that is asked for.
    pub to: DesiredState,
    /// The calls that lead there, in order; empty where there is nothing to do, or no way.
    pub way: Vec<&'static str>,
    /// The rule that forbids it, or null where there is a way.
    pub rule: Option<&'static str>,
}

/// Returns the way from every state, or from one, to every other.
pub fn passages(from: Option<TreState>) -> Vec<Passage> {
    TRANSITIONS
        .iter()
        .filter(|(live, ..)| from.is_none() || *live == from)
        .map(|(from, to, way)| Passage {
            from: *from,
            to: *to,
            way: match way {
                Way::Open(edges) => edges.iter().map(|edge| verb(*edge)).collect(),
                Way::Forbidden(_) => Vec::new(),
            },
            rule: match way {
                Way::Open(_) => None,
                Way::Forbidden(rule) => Some(rule.id),
            },
        })
        .collect()
}

/// Returns the row that speaks of the place a JSON Pointer leads to; the state has none.
pub fn lock_at(pointer: &str) -> Option<&'static Lock> {
    let wanted = pointer.trim_start_matches('/');
    LOCKS.iter().find(|row| names(row, wanted))
}

/// Tells whether a row is about `wanted`: its key, the key of something below it, or a JSON Pointer
/// without its first slash, in which an entry of a list may stand as its number or its id.
fn names(row: &Lock, wanted: &str) -> bool {
    let wanted = wanted.replace("[].", "/-/");
    let parts: Vec<&str> = wanted.split('/').collect();
    row.key.split(", ").any(|key| {
        let (head, below) = match key.split_once("[].") {
            Some((head, below)) => (head, Some(below)),
            None => (key, None),
        };
        match (parts.as_slice(), below) {
            ([word], None) => *word == head || is_part_of(row.setting, word),
            ([word], Some(below)) => *word == head || *word == below,
            ([list, _], None) if head == STEPS => *list == head,
            ([first, ..], None) => *first == head && head != STEPS,
            ([list, _, key, ..], Some(below)) => *list == head && *key == below,
            _ => false,
        }
    })
}

/// Review steps have rows of their own for what is below them.
const STEPS: &str = "reviewSteps";

/// Tells whether a word stands for a part of a setting.
fn is_part_of(setting: Setting, word: &str) -> bool {
    match setting {
        Setting::Id => word == "previously",
        Setting::Policies => PolicyTable::default().get(word).is_some(),
        Setting::Inventory => {
            word == "version" || Asset::ALL.into_iter().any(|asset| asset.key() == word)
        }
        _ => false,
    }
}

/// Returns `docs/lock-rules.md`.
pub fn reference() -> String {
    let mut page = String::from(
        "# The lock rules\n\nGenerated from the table that the planner uses; do not edit by hand.\n\n\
         ## What may change in which state\n\n\
         | setting | draft | active | maintenance | rule | evidence |\n|:--|:--|:--|:--|:--|:--|\n",
    );
    for row in LOCKS {
        let Lock { setting: _, key, draft, active, maintenance, rule } = row;
        let _ = writeln!(
            page,
            "| `{key}` | {draft} | {active} | {maintenance} | `{}` | {} |",
            rule.id,
            rule.evidence.as_str()
        );
    }
    page.push_str(
        "\n`open`: now. `via_maintenance`: the plan deactivates, changes, reactivates. `locked`: not in \
         this state, and no legal step leads to one where it can. `immutable`: never.\n\n\
         ## Which way leads from state to state\n\n| from | to | way |\n|:--|:--|:--|\n",
    );
    for (live, desired, way) in TRANSITIONS {
        let from = live.map_or("–", TreState::as_str);
        let _ = writeln!(page, "| {from} | {desired} | {} |", way_in_words(*way));
    }
    page.push_str("\n## Every rule that can block a change\n\n");
    for rule in RULES.iter().filter(|rule| rule.id != "open") {
        let _ = write!(
            page,
            "### `{}`\n\n{} ({})\n\n**Way round it.** {}\n\n",
            rule.id,
            rule.reason,
            rule.evidence.as_str(),
            rule.remedy
        );
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn way_in_words(way: Way) -> String {
    match way {
        Way::Open([]) => "nothing to do".to_owned(),
        Way::Open(edges) => edges.iter().map(|edge| verb(*edge)).collect::<Vec<_>>().join(", "),
        Way::Forbidden(rule) => format!("forbidden: `{}`", rule.id),
    }
}

fn verb(transition: Transition) -> &'static str {
    match transition {
        Transition::Create => "create",
        Transition::Publish => "publish",
        Transition::Deactivate => "deactivate",
        Transition::Reactivate => "reactivate",
        Transition::Delete => "delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pointer_of_a_plan_finds_its_row() {
        let rows = [
            ("/id", Setting::Id),
            ("/name", Setting::Name),
            ("/policies/ofTheVendor", Setting::Policies),
            ("/inventory", Setting::Inventory),
            ("/inventory/version", Setting::Inventory),
            ("/reviewSteps", Setting::ReviewSteps),
            ("/reviewSteps/2", Setting::ReviewSteps),
            ("/reviewSteps/2/name", Setting::ReviewStepText),
            ("/reviewSteps/2/description", Setting::ReviewStepText),
            ("/reviewSteps/2/reviewers/0", Setting::Reviewers),
        ];
        for (pointer, setting) in rows {
            assert_eq!(lock_at(pointer).map(|row| row.setting), Some(setting), "{pointer}");
        }
        assert!(lock_at("/state").is_none());
    }

    #[test]
    fn every_state_leads_to_every_other_or_says_why_not() {
        assert_eq!(passages(None).len(), 16);
        let from_active = passages(Some(TreState::Active));
        assert_eq!(from_active.len(), 4);
        let deleted = from_active.iter().find(|way| way.to == DesiredState::Deleted).unwrap();
        assert_eq!(deleted.way, ["deactivate", "delete"]);
        let draft = from_active.iter().find(|way| way.to == DesiredState::Draft).unwrap();
        assert_eq!(draft.rule, Some("no-return-to-draft"));
    }

    #[test]
    fn one_setting_is_found_by_key_or_pointer() {
        let fields = |field| -> Vec<_> {
            explain(Some(field), None).into_iter().map(|row| row.field).collect()
        };
        assert_eq!(fields("inventory"), ["inventory"]);
        assert_eq!(fields("/inventory/version"), ["inventory"]);
        assert_eq!(fields("/reviewSteps/0/reviewers"), ["reviewSteps[].reviewers"]);
        assert_eq!(fields("/reviewSteps/0/reviewers/3"), ["reviewSteps[].reviewers"]);
        assert_eq!(fields("reviewSteps[].reviewers"), ["reviewSteps[].reviewers"]);
        assert_eq!(fields("/reviewSteps/1"), ["reviewSteps"]);
        assert_eq!(fields("reviewSteps").len(), 3);
        assert_eq!(fields("/authorizedUsers/4"), ["authorizedUsers"]);
        assert_eq!(fields("downloadRestricted"), ["policies"]);
        assert_eq!(fields("dataShowcase"), ["inventory"]);
        assert_eq!(fields("previously"), ["id"]);
        assert_eq!(fields("name"), ["name", "reviewSteps[].name, reviewSteps[].description"]);
        assert!(fields("nonsense").is_empty() && fields("state").is_empty());
        assert_eq!(explain(None, Some(TreState::Active))[0].states.len(), 1);
    }
}

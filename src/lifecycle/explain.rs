//! The lock rules in words: what `explain` prints and `docs/lock-rules.md` holds.

use std::fmt::Write as _;

use serde::Serialize;

use super::rule::{Evidence, RULES};
use super::table::{LOCKS, Lock};
use super::transition::{TRANSITIONS, Transition, Way};
use crate::model::TreState;

/// What holds for one setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ruling {
    /// The state.
    pub state: TreState,
    /// What holds.
    pub verdict: super::Verdict,
}

/// Returns what holds for the settings whose key contains `field`, in one state or in all.
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
                .map(|state| Ruling { state, verdict: row.verdict(state) })
                .collect(),
            rule: row.rule.id,
            reason: row.rule.reason,
            remedy: row.rule.remedy,
            evidence: row.rule.evidence,
        })
        .collect()
}

/// Tells whether a row is about `wanted`: its key, or the key of something below it, as a word or
/// as a JSON Pointer without its first slash.
fn names(row: &Lock, wanted: &str) -> bool {
    let first = wanted.split('/').next().unwrap_or(wanted);
    let last = wanted.rsplit('/').next().unwrap_or(wanted);
    row.key.split(", ").any(|key| {
        let mut parts = key.split("[].");
        let head = parts.next().unwrap_or(key);
        match parts.next() {
            Some(below) => wanted == head || wanted == below || (first == head && last == below),
            None => wanted == head || (first == head && head != "reviewSteps"),
        }
    })
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
    fn one_setting_is_found_by_key_or_pointer() {
        let fields = |field| -> Vec<_> {
            explain(Some(field), None).into_iter().map(|row| row.field).collect()
        };
        assert_eq!(fields("inventory"), ["inventory"]);
        assert_eq!(fields("/inventory/version"), ["inventory"]);
        assert_eq!(fields("/reviewSteps/0/reviewers"), ["reviewSteps[].reviewers"]);
        assert_eq!(fields("name"), ["name", "reviewSteps[].name, reviewSteps[].description"]);
        assert!(fields("nonsense").is_empty());
        assert_eq!(explain(None, Some(TreState::Active))[0].states.len(), 1);
    }
}

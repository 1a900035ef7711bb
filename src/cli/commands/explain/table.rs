//! The lock rules for people: one table, then each setting and each rule.

use crate::lifecycle::{Evidence, Explanation, Passage, Rule, Ruling, Verdict};
use crate::plan::render::{Page, Para, Role};

/// How wide the first column is, and each of the others.
const SETTING: usize = 29;
const STATE: usize = 17;

/// Writes the table: a row for each setting, a column for each state that was asked for.
pub fn write(page: &mut Page, settings: &[Explanation]) {
    let states = settings.first().map_or(&[][..], |setting| &setting.states);
    let mut head = format!("{:SETTING$}", "setting");
    for Ruling { state, .. } in states {
        head.push_str(&format!("{:STATE$}", state.as_str()));
    }
    page.line(&[(Role::Strong, head.trim_end())]);
    for setting in settings {
        for key in setting.field.split(", ") {
            row(page, key, setting);
        }
    }
    page.blank();
    page.words(
        Role::Plain,
        "open: it can change now. via maintenance: the plan deactivates, changes, reactivates. \
         locked: not in this state, and no way leads to one. immutable: never.",
        0,
    );
    page.line(&[(Role::Muted, FOOTNOTE)]);
    page.blank();
}

const FOOTNOTE: &str = "† assumed, not documented by the vendor: see docs/platform-contract.md";

fn row(page: &mut Page, key: &str, setting: &Explanation) {
    let mark = if setting.evidence == Evidence::Assumed { " †" } else { "" };
    let lead = format!("{:SETTING$}", format!("{key}{mark}"));
    let cells: Vec<(Role, String)> = setting
        .states
        .iter()
        .map(|ruling| {
            // What is assumed of the whole setting stands beside its name.
            let is_assumed = mark.is_empty() && ruling.evidence == Evidence::Assumed;
            let cell = format!("{}{}", short(ruling.verdict), if is_assumed { " †" } else { "" });
            (role(ruling.verdict), format!("{cell:STATE$}"))
        })
        .collect();
    let mut pieces = vec![(Role::Plain, lead.as_str())];
    let last = cells.len().saturating_sub(1);
    pieces.extend(cells.iter().enumerate().map(|(index, (role, cell))| {
        (*role, if index == last { cell.trim_end() } else { cell.as_str() })
    }));
    page.line(&pieces);
}

fn short(verdict: Verdict) -> String {
    verdict.as_str().replace('_', " ")
}

fn role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Open => Role::Add,
        Verdict::ViaMaintenance => Role::Change,
        Verdict::Locked | Verdict::Immutable => Role::Refused,
    }
}

/// Writes which way leads from state to state.
pub fn passages(page: &mut Page, passages: &[Passage]) {
    if passages.is_empty() {
        return;
    }
    page.line(&[(Role::Strong, "state")]);
    for Passage { from, to, way, rule } in passages {
        let label = format!("{} → {to}", from.map_or("not there", |state| state.as_str()));
        let (role, words) = match (rule, way.as_slice()) {
            (Some(rule), _) => (Role::Refused, format!("no way [{rule}]")),
            (None, []) => continue,
            (None, way) => (Role::Plain, way.join(", ")),
        };
        page.line(&[(Role::Plain, "    "), (Role::Plain, &format!("{label:27}")), (role, &words)]);
    }
    page.blank();
}

/// Writes what holds for a setting.
pub fn setting(page: &mut Page, setting: &Explanation) {
    let Explanation { field, states, rule, reason, remedy, evidence } = setting;
    page.line(&[(Role::Strong, field)]);
    for Ruling { state, verdict, evidence: known } in states {
        let mark = if known == evidence { "" } else { " †" };
        let words = format!("{}{mark}", verdict_words(*verdict));
        page.row((Role::Plain, state.as_str()), &[Para::words(words).role(role(*verdict))]);
    }
    reasons(page, (rule, reason, remedy), *evidence);
}

/// Writes what a rule says.
pub fn rule(page: &mut Page, rule: &Rule) {
    let Rule { id, reason, remedy, evidence } = *rule;
    page.line(&[(Role::Plain, "rule "), (Role::Strong, id)]);
    reasons(page, (id, reason, remedy), evidence);
}

fn reasons(page: &mut Page, (rule, reason, remedy): (&str, &str, &str), evidence: Evidence) {
    if rule != "open" {
        let source = format!("[{rule}, {}]", evidence.as_str().replace('_', " "));
        page.row((Role::Plain, "Why"), &[Para::words(reason).at(Some(source))]);
        page.row((Role::Plain, "Way round"), &[Para::words(remedy)]);
    }
    page.blank();
}

fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Open => "open: it can change now",
        Verdict::ViaMaintenance => "via maintenance: the plan deactivates, changes, reactivates",
        Verdict::Locked => "locked: not in this state, and no way leads to one",
        Verdict::Immutable => "immutable: never",
    }
}

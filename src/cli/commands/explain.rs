//! `explain`: what may change in which state, why, how well that is known, and the way round it.

use serde::Serialize;

use crate::cli::args::{Explain, StateName};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::diag::did_you_mean;
use crate::lifecycle::{Evidence, Explanation, LOCKS, RULES, Rule, Ruling, Verdict, explain};
use crate::model::TreState;
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Para, Role};

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Document {
    format_version: &'static str,
    settings: Vec<Explanation>,
    rules: Vec<RuleDocument>,
}

#[derive(Debug, Serialize)]
struct RuleDocument {
    rule: &'static str,
    reason: &'static str,
    remedy: &'static str,
    evidence: Evidence,
}

/// Prints what was asked for, or all of it.
pub fn run(args: &Explain, output: &mut Output) -> Outcome {
    let state = args.state.map(|state| match state {
        StateName::Draft => TreState::Draft,
        StateName::Active => TreState::Active,
        StateName::Maintenance => TreState::Maintenance,
    });
    let settings = explain(args.field.as_deref(), state);
    let rules = rules(args.field.as_deref());
    if settings.is_empty() && rules.is_empty() {
        return Err(unknown(args.field.as_deref().unwrap_or_default()).into());
    }
    if output.settings().is_json() {
        output.json(&Document {
            format_version: FORMAT_VERSION,
            settings,
            rules: rules.iter().map(document).collect(),
        });
    } else {
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        settings.iter().for_each(|setting| write_setting(&mut page, setting));
        rules.iter().for_each(|rule| write_rule(&mut page, rule));
        output.result(&page.finish());
    }
    Ok(Status::DONE)
}

/// Returns the rules that are not about one setting: all of them, or the one that is named.
fn rules(name: Option<&str>) -> Vec<Rule> {
    let is_lock = |rule: &Rule| LOCKS.iter().any(|lock| lock.rule.id == rule.id);
    RULES
        .iter()
        .filter(|rule| match name {
            Some(name) => rule.id == name,
            None => !is_lock(rule) && rule.id != "open",
        })
        .copied()
        .collect()
}

fn document(rule: &Rule) -> RuleDocument {
    let Rule { id, reason, remedy, evidence } = *rule;
    RuleDocument { rule: id, reason, remedy, evidence }
}

fn unknown(field: &str) -> Failure {
    let names: Vec<&str> = LOCKS
        .iter()
        .flat_map(|lock| lock.key.split(", "))
        .chain(RULES.iter().map(|rule| rule.id))
        .collect();
    let failure = Failure::usage(format!("There is no setting and no rule `{field}`."));
    match did_you_mean(field, names.iter().copied()) {
        Some(name) => failure.hint(format!("Did you mean `{name}`?")),
        None => failure.hint("`trectl explain` lists every setting and every rule."),
    }
}

fn write_setting(page: &mut Page, setting: &Explanation) {
    let Explanation { field, states, rule, reason, remedy, evidence } = setting;
    page.line(&[(Role::Strong, field)]);
    for Ruling { state, verdict } in states {
        let (role, words) = verdict_words(*verdict);
        page.row((Role::Plain, state.as_str()), &[Para::words(words).role(role)]);
    }
    write_reason(page, (rule, reason, remedy), *evidence);
}

fn write_rule(page: &mut Page, rule: &Rule) {
    let Rule { id, reason, remedy, evidence } = *rule;
    page.line(&[(Role::Plain, "rule "), (Role::Strong, id)]);
    write_reason(page, (id, reason, remedy), evidence);
}

fn write_reason(page: &mut Page, (rule, reason, remedy): (&str, &str, &str), evidence: Evidence) {
    if rule != "open" {
        let source = format!("[{rule}, {}]", evidence.as_str().replace('_', " "));
        page.row((Role::Plain, "Why"), &[Para::words(reason).at(Some(source))]);
        page.row((Role::Plain, "Way round"), &[Para::words(remedy)]);
    }
    page.blank();
}

fn verdict_words(verdict: Verdict) -> (Role, &'static str) {
    match verdict {
        Verdict::Open => (Role::Add, "open: it can change now"),
        Verdict::ViaMaintenance => {
            (Role::Change, "via maintenance: the plan deactivates, changes, reactivates")
        }
        Verdict::Locked => (Role::Refused, "locked: not in this state, and no way leads to one"),
        Verdict::Immutable => (Role::Refused, "immutable: never"),
    }
}

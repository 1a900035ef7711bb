//! `explain`: what may change in which state, why, how well that is known, and the way round it;
//! or what a saved plan makes of a TRE.

mod table;

use camino::Utf8Path;
use serde::Serialize;

use crate::cli::args::{Explain, StateName};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::{pages, saved};
use crate::diag::did_you_mean;
use crate::lifecycle::{Evidence, Explanation, LOCKS, Passage, RULES, Rule, explain, passages};
use crate::model::TreState;
use crate::plan::explain::{TreExplanation, explain as explain_change, names};
use crate::plan::render::{Page, Purpose, explanation};
use crate::plan::{FORMAT_VERSION, Plan, TreChange};

/// What `--format json` prints.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(title = "Explanation")]
pub struct Document {
    /// The version of this format.
    format_version: &'static str,
    /// What may change in which state; empty with `--plan`.
    settings: Vec<Explanation>,
    /// Which way leads from state to state, where that was asked for.
    passages: Vec<Passage>,
    /// Rules that are not about one setting, or the one that was asked for.
    rules: Vec<RuleDocument>,
    /// What the saved plan makes of the TRE that was named, or null without `--plan`.
    tre: Option<TreExplanation>,
}

/// One rule.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RuleDocument {
    /// Its id.
    rule: &'static str,
    /// Why it forbids.
    reason: &'static str,
    /// The way round it.
    remedy: &'static str,
    /// How well it is known.
    evidence: Evidence,
}

/// Prints what was asked for, or all of it.
pub fn run(args: &Explain, output: &mut Output) -> Outcome {
    let Explain { subject, change, state, plan } = args;
    match (plan, subject) {
        (Some(file), Some(tre)) => of_plan(file, tre, change.as_deref(), output),
        _ => of_rules(subject.as_deref(), *state, output),
    }
}

fn of_rules(subject: Option<&str>, state: Option<StateName>, output: &mut Output) -> Outcome {
    let state = state.map(|state| match state {
        StateName::Draft => TreState::Draft,
        StateName::Active => TreState::Active,
        StateName::Maintenance => TreState::Maintenance,
    });
    let settings = explain(subject, state);
    let rules = rules(subject);
    let is_about_states = matches!(subject, None | Some("state" | "/state"));
    let passages = if is_about_states { passages(state) } else { Vec::new() };
    if settings.is_empty() && rules.is_empty() && passages.is_empty() {
        return Err(unknown(subject.unwrap_or_default()).into());
    }
    if output.settings().is_json() {
        output.json(&Document {
            format_version: FORMAT_VERSION,
            settings,
            passages,
            rules: rules.iter().map(document).collect(),
            tre: None,
        });
    } else {
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        if subject.is_none() {
            table::write(&mut page, &settings);
        }
        table::passages(&mut page, &passages);
        settings.iter().for_each(|setting| table::setting(&mut page, setting));
        rules.iter().for_each(|rule| table::rule(&mut page, rule));
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

fn unknown(subject: &str) -> Failure {
    let names: Vec<&str> = LOCKS
        .iter()
        .flat_map(|lock| lock.key.split(", "))
        .chain(["state"])
        .chain(RULES.iter().map(|rule| rule.id))
        .collect();
    let failure = Failure::usage(format!("There is no setting and no rule `{subject}`."));
    match did_you_mean(subject.trim_start_matches('/'), names.iter().copied()) {
        Some(name) => failure.hint(format!("Did you mean `{name}`?")),
        None if subject.starts_with("tre-") => {
            failure.hint("For a TRE name a saved plan too: `trectl explain --plan FILE TRE`.")
        }
        None => failure.hint("`trectl explain` lists every setting and every rule."),
    }
}

fn of_plan(file: &Utf8Path, tre: &str, asked: Option<&str>, output: &mut Output) -> Outcome {
    let plan = saved::read(&output.settings().path(file))?;
    let Some(change) = plan.resource_changes.iter().find(|change| change.name == tre) else {
        return Err(not_held(&plan, file, tre).into());
    };
    let Some(explained) = explain_change(change, asked) else {
        return Err(not_changed(change, asked.unwrap_or_default()).into());
    };
    if output.settings().is_json() {
        output.json(&Document {
            format_version: FORMAT_VERSION,
            settings: Vec::new(),
            passages: Vec::new(),
            rules: Vec::new(),
            tre: Some(explained),
        });
    } else {
        let options = pages::options(output.settings(), &plan, Purpose::Execute);
        output.result(&explanation(&plan, change, &explained, &options));
    }
    Ok(Status::DONE)
}

fn not_held(plan: &Plan, file: &Utf8Path, tre: &str) -> Failure {
    let failure = Failure::usage(format!("The plan `{file}` holds no TRE `{tre}`."));
    let names = || plan.resource_changes.iter().map(|change| change.name.as_str());
    match did_you_mean(tre, names()) {
        Some(known) => failure.hint(format!("Did you mean `{known}`?")),
        None => failure.hint(format!("It holds {}.", some_of(names()))),
    }
}

fn not_changed(change: &TreChange, asked: &str) -> Failure {
    let failure =
        Failure::usage(format!("The plan changes nothing at `{asked}` in `{}`.", change.name));
    let names = names(change);
    let names = || names.iter().map(String::as_str);
    let meant = did_you_mean(asked, names())
        .or_else(|| did_you_mean(asked, names().map(|name| name.trim_start_matches('/'))));
    match (meant, names().next()) {
        (Some(known), _) => failure.hint(format!("Did you mean `{known}`?")),
        (None, Some(_)) => failure.hint(format!("It changes {}.", some_of(names()))),
        (None, None) => failure.hint("It changes nothing of this TRE."),
    }
}

/// Names a few.
fn some_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.get(..SHOWN) {
        Some(first) if names.len() > SHOWN => {
            format!("{} and {} more", first.join(", "), names.len() - SHOWN)
        }
        _ => names.join(", "),
    }
}

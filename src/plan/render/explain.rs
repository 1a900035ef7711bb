//! One TRE of a plan, change by change, for people.

use super::Options;
use super::consent;
use super::field::phrase;
use super::headline;
use super::summary;
use super::text::{Page, Para, Role};
use super::wrap::width_of;
use crate::desired::ConsentKind;
use crate::plan::explain::{ChangeExplanation, ChangeVerdict, Reason, StepRef, TreExplanation};
use crate::plan::{FieldChange, Plan, Status, TreChange};

/// Returns the explanation of a TRE of a plan.
pub fn explanation(
    plan: &Plan,
    change: &TreChange,
    explained: &TreExplanation,
    options: &Options,
) -> String {
    let mut page = Page::new(options.width, options.palette);
    summary::opening(&mut page, plan, options);
    headline::write(&mut page, change, width_of(&change.name), options);
    page.blank();
    if explained.changes.is_empty() {
        page.words(Role::Plain, nothing(change.status), 0);
    }
    let mut told: Option<&ChangeExplanation> = None;
    for (index, one) in explained.changes.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        block(&mut page, (change, one), told, options);
        told = told.filter(|told| told.steps == one.steps).or(Some(one));
    }
    page.finish()
}

fn nothing(status: Status) -> &'static str {
    match status {
        Status::Orphaned => {
            "Its document is gone, so nothing is asked for. Nothing is deleted for that."
        }
        Status::Released => "Something is no longer managed here; nothing changes.",
        _ => "Nothing differs: there is nothing to explain.",
    }
}

/// Writes one change; steps that were told of one before it are not told twice.
fn block(
    page: &mut Page,
    (change, one): (&TreChange, &ChangeExplanation),
    told: Option<&ChangeExplanation>,
    options: &Options,
) {
    let ChangeExplanation { path, range, verdict, reasons, routes, steps, .. } = one;
    page.line(&[(Role::Strong, path)]);
    let place = range.as_ref().map(ToString::to_string);
    let asked = Para::words(asked(change, one)).hang(2).at(place);
    page.row((Role::Strong, "You ask for"), &[asked]);
    let (role, words) = verdict_words(*verdict, change);
    page.row((Role::Strong, "Verdict"), &[Para::words(words).role(role)]);
    for (index, reason) in reasons.iter().enumerate() {
        let label = if index == 0 { "Why" } else { "" };
        page.row((Role::Strong, label), &why(reason));
    }
    if let Some(told) = told.filter(|told| !steps.is_empty() && told.steps == *steps) {
        let text = format!("those of `{}`", told.path);
        page.row((Role::Strong, "Steps"), &[Para::words(text)]);
        return;
    }
    if !steps.is_empty() {
        page.row((Role::Strong, "Steps"), &step_lines(steps, change));
    }
    if !routes.is_empty() {
        page.row((Role::Strong, "Route"), &route_lines(routes));
    }
    consent::rows(page, &consents_of(change, one), options);
}

fn asked(change: &TreChange, one: &ChangeExplanation) -> String {
    if one.before.is_null() && one.after.is_null() {
        return "nothing of it by itself: another change needs it".to_owned();
    }
    let same = change.fields.iter().find(|field| field.path == one.path);
    let Some(field) = same.or_else(|| change.fields.first()) else { return String::new() };
    let field = FieldChange {
        path: one.path.clone(),
        before: one.before.clone(),
        after: one.after.clone(),
        ..field.clone()
    };
    phrase(change, &field)
}

fn verdict_words(verdict: ChangeVerdict, change: &TreChange) -> (Role, String) {
    let state = match change.live_state.as_deref() {
        None => "the TRE is not there yet".to_owned(),
        Some("draft") => "the TRE is a draft".to_owned(),
        Some("maintenance") => "the TRE is in Maintenance".to_owned(),
        Some(state) => format!("the TRE is {state}"),
    };
    match verdict {
        ChangeVerdict::Open => (Role::Add, format!("open: {state}, and it can change now")),
        ChangeVerdict::ViaMaintenance => {
            (Role::Change, format!("via maintenance: {state}, so it has to be deactivated for it"))
        }
        ChangeVerdict::Blocked => {
            (Role::Refused, format!("blocked: {state}, and no step leads there"))
        }
    }
}

fn why(reason: &Reason) -> [Para; 2] {
    let Reason { rule, text, evidence } = reason;
    let known = match evidence.as_str() {
        "documented" => "Documented by the vendor.",
        "second_hand" => "Known at second hand only.",
        "assumed" => "Assumed: the vendor does not document it.",
        _ => "How well it is known is not told.",
    };
    let rule = rule.as_ref().map(|rule| format!("[{rule}]"));
    [Para::words(text), Para::words(known).at(rule)]
}

fn step_lines(steps: &[StepRef], change: &TreChange) -> Vec<Para> {
    let all = change.steps.len();
    let lines = steps.iter().map(|StepRef { id, text, consents: _ }| {
        let number = id.rsplit('/').next().unwrap_or(id);
        Para::words(format!("{number} {text}")).hang(width_of(number) + 1)
    });
    let of = if all == 1 { "of 1 step".to_owned() } else { format!("of {all} steps") };
    let count = Para::words(format!("{} {of}", steps.len())).role(Role::Muted);
    lines.chain([count]).collect()
}

/// The first is the cheapest; each on its own leads there.
fn route_lines(routes: &[String]) -> Vec<Para> {
    let letters = 'a'..='z';
    let mut lines = Vec::new();
    for (route, letter) in routes.iter().zip(letters) {
        let lead = if routes.len() == 1 { String::new() } else { format!("{letter}) ") };
        for (index, line) in route.lines().enumerate() {
            let text = if index == 0 { format!("{lead}{line}") } else { line.to_owned() };
            lines.push(Para::words(text).hang(lead.len().max(2)));
        }
    }
    lines
}

/// Returns the entry of a TRE with no more consents than one change has a part in.
fn consents_of(change: &TreChange, one: &ChangeExplanation) -> TreChange {
    let mut of_one = change.clone();
    let is_needed = |kind: &ConsentKind| one.steps.iter().any(|step| step.consents.contains(kind));
    of_one.missing_consents.retain(is_needed);
    of_one.given_consents.retain(|given| is_needed(&given.consent));
    of_one
}

//! What became of a run as one page of Markdown: what needs somebody first.

use super::{Report, details, result_words, sentences};
use crate::apply::{Counts, Outcome, TreReport, TreResult};
use crate::cli::exit::Status;
use crate::cli::settings::Settings;
use crate::model::TreId;
use crate::plan::render::markdown::{Inline, LIMIT, Part, brief, fit, from, on};
use crate::plan::render::{self, Options, Role, count, counted};
use crate::plan::saved::Stale;
use crate::plan::{self, Plan, TreChange};

const HEAD: &str = "| TRE | Steps | What happened |\n|:--|:--|:--|\n";
/// The right of the table, and of each stale TRE's texts, to room.
const SHARE: usize = 20_000;
/// A list of TREs in a sentence is cut after so many characters.
const SENTENCE: usize = 600;

/// Returns what became of a run as one page of Markdown.
pub fn markdown(report: Report<'_>, settings: &Settings) -> String {
    let Report { plan, outcome, .. } = report;
    let (said, last) = sentences(report, settings);
    let said = said.into_iter().chain(last).filter(|(_, text)| !text.is_empty());
    let (urgent, calm): (Vec<_>, Vec<_>) =
        said.partition(|(role, _)| matches!(role, Role::Attention | Role::Refused));
    let urgent = urgent.iter().map(|(_, text)| format!("> {}\n", sentence(text)));
    let urgent: Vec<String> = urgent.collect();
    let alert = match urgent.is_empty() {
        true => String::new(),
        false => format!("> [!WARNING]\n{}\n", urgent.join(">\n")),
    };
    let calm: Vec<String> = calm.iter().map(|(_, text)| sentence(text)).collect();
    let parts = [
        Part::fixed(heading(report)),
        Part::fixed(alert),
        table(plan, outcome, settings),
        Part::fixed(format!("{}\n\n", calm.join("\n\n"))),
        Part::fixed(origin(plan, outcome)),
    ];
    fit(&parts, LIMIT)
}

fn sentence(text: &str) -> String {
    let is_long = text.chars().nth(SENTENCE).is_some();
    let text = match is_long {
        true => text.chars().take(SENTENCE).chain(['…']).collect(),
        false => text.to_owned(),
    };
    // A cut may fall between two ticks, of which one alone would be read as text.
    Inline::line().words(&text).as_str().to_owned()
}

fn heading(report: Report<'_>) -> String {
    let Report { plan, outcome, status, .. } = report;
    let counts = outcome.map(Outcome::counts).unwrap_or_default();
    let is_untouched = outcome.is_none_or(|outcome| outcome.tres.is_empty());
    let words = match status {
        Status::DONE if is_untouched => "Nothing to apply to ",
        Status::DONE => "✓ Applied to ",
        Status::REFUSED if is_untouched => "✗ Refused for ",
        Status::REFUSED => "! Applied what was not refused to ",
        Status::PARTIAL => "✗ Partly applied to ",
        Status::ERROR => "✗ Nothing was applied to ",
        _ => "! Stopped while applying to ",
    };
    let said = match counts_words(counts, super::refused(plan).len()) {
        said if said.is_empty() => String::new(),
        said => format!(": {said}"),
    };
    let heading = Inline::line().words(words).strong(&plan.target.name).words(&said);
    format!("### {}\n\n{}\n\n", heading.as_str(), on(&plan.target).as_str())
}

fn counts_words(counts: Counts, refused: usize) -> String {
    let Counts {
        applied,
        failed,
        changed,
        differing,
        interrupted,
        not_started,
        no_window,
        steps: _,
    } = counts;
    let said = [
        (applied, "applied"),
        (failed, "failed"),
        (changed, "moved since it was planned"),
        (differing, "not as planned afterwards"),
        (interrupted, "stopped part-way"),
        (not_started, "not begun"),
        (no_window, "held back"),
        (refused, "refused"),
    ];
    counted(&said, "TRE", "TREs")
}

/// Returns the table: what failed, what is refused, and then what went well.
fn table<'a>(plan: &'a Plan, outcome: Option<&'a Outcome>, settings: &Settings) -> Part<'a> {
    let refused = plan.resource_changes.iter().filter(|change| {
        matches!(change.status, plan::Status::Blocked | plan::Status::Unconsented)
    });
    let (well, badly): (Vec<_>, Vec<_>) = outcome
        .into_iter()
        .flat_map(|outcome| &outcome.tres)
        .partition(|(_, report)| matches!(report.result, TreResult::Applied));
    let (refused, number) = (refused.collect::<Vec<_>>(), well.len() + badly.len());
    let number = number + refused.len();
    if number == 0 {
        return Part::fixed("");
    }
    let invocation = brief(&settings.invocation).to_owned();
    let cut = move |shown: usize| {
        let left_out = count(number.saturating_sub(shown), "more TRE", "more TREs");
        let line = Inline::line().strong(&format!("And {left_out}")).words(&format!(
            " without a row here: `{invocation} audit log` tells what was done, `{invocation} plan` \
             what is left."
        ));
        format!("\n{}\n", line.as_str())
    };
    let mut table = Part::new((HEAD, "\n"), SHARE, cut);
    badly.into_iter().for_each(|(id, report)| table.push(|| row(id, report)));
    refused.into_iter().for_each(|change| table.push(|| refused_row(change)));
    well.into_iter().for_each(|(id, report)| table.push(|| row(id, report)));
    table
}

fn row(id: &TreId, report: &TreReport) -> String {
    let TreReport { result, done, steps, is_left_in_maintenance } = report;
    let (_, _, words) = result_words(result);
    let tre = Inline::cell().strong(words).words(" ").code(id.as_str());
    let mut happened = details(result).join(" ");
    if *is_left_in_maintenance {
        happened = format!("Left in Maintenance. {happened}");
    }
    cells(&tre, &format!("{done} of {steps}"), &happened)
}

fn refused_row(change: &TreChange) -> String {
    let missing: Vec<&str> = change.missing_consents.iter().map(|kind| kind.as_str()).collect();
    let mut why: Vec<String> = change.blocked.iter().map(|why| why.message.clone()).collect();
    if !missing.is_empty() {
        why.push(format!("It needs a consent: {}.", missing.join(", ")));
    }
    let tre = Inline::cell().strong("refused").words(" ").code(&change.name);
    cells(&tre, "none", &why.join(" "))
}

fn cells(tre: &Inline, steps: &str, happened: &str) -> String {
    let happened = if happened.trim().is_empty() { "–" } else { happened.trim() };
    let happened = Inline::cell().words(happened);
    format!("| {} | {steps} | {} |\n", tre.as_str(), happened.as_str())
}

/// Returns the last line: from what it was applied, and where the journal ends.
fn origin(plan: &Plan, outcome: Option<&Outcome>) -> String {
    let mut line = from(&plan.source).words(&format!(", trectl {}.", plan.trectl_version));
    if let Some(outcome) = outcome {
        line = line.words(" Journal: ").code(&outcome.head.to_string()).words(".");
    }
    format!("{}\n", line.as_str())
}

/// Returns what was reviewed beside what would be done now, for a plan that nobody applied.
pub fn stale(stale: &[Stale], fresh: &Plan, options: &Options) -> String {
    let names = count(stale.len(), "TRE has", "TREs have");
    let heading = Inline::line()
        .words("✗ The saved plan for ")
        .strong(&fresh.target.name)
        .words(&format!(" is stale: {names} moved since it was reviewed"));
    let said = "Nothing was done. Make a plan again, have it reviewed, and apply that one.";
    let mut parts = vec![Part::fixed(format!(
        "### {}\n\n{}\n\n{said}\n\n",
        heading.as_str(),
        on(&fresh.target).as_str()
    ))];
    let page = |change: &TreChange| -> Vec<String> {
        let text = render::changes(std::slice::from_ref(change), options);
        text.lines().map(str::to_owned).collect()
    };
    for Stale { saved, fresh } in stale {
        let cut = |_: usize| "There is no room here for more of it.\n\n".to_owned();
        let title = Inline::line().strong(&format!("`{}`", saved.name));
        let mut part = Part::new((format!("{}\n\n", title.as_str()), ""), SHARE, cut);
        part.push(|| format!("Reviewed:\n\n{}\n", Inline::fenced("text", &page(saved))));
        part.push(|| match fresh {
            Some(fresh) => format!("Now:\n\n{}\n", Inline::fenced("text", &page(fresh))),
            None => "Now: it is no longer planned at all.\n\n".to_owned(),
        });
        parts.push(part);
    }
    fit(&parts, LIMIT)
}

#[cfg(test)]
mod tests;

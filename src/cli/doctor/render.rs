//! The checks for people: a line for each, more where something is wrong, and at the end how many
//! are fine and what to do next.

use super::report::{Check, Report, Status, Summary, Target};
use crate::cli::settings::Settings;
use crate::plan::render::{Page, Para, Role, Verbosity};

/// So many lines of one check are shown without `-v`.
const LINES: usize = 6;

/// Returns the report as a page.
pub fn human(report: &Report, settings: &Settings) -> String {
    let Report { format_version: _, target, checks, summary } = report;
    let mut page = Page::new(settings.width, settings.stdout);
    heading(&mut page, target.as_ref());
    for check in checks {
        row(&mut page, check, settings.verbosity);
    }
    page.blank();
    page.words(Role::Strong, &counts(summary), 0);
    page.words(Role::Plain, &next(checks, settings), 0);
    page.finish()
}

fn heading(page: &mut Page, target: Option<&Target>) {
    match target {
        Some(Target { name, platform, operator: _ }) => {
            let platform = match platform.as_str() {
                "embedded" => "embedded platform, not a real one",
                host => host,
            };
            page.line(&[
                (Role::Plain, "Doctor for "),
                (Role::Strong, name),
                (Role::Plain, ": "),
                (Role::Plain, platform),
            ]);
        }
        None => page.line(&[(Role::Plain, "Doctor, without a target")]),
    }
    page.blank();
}

fn row(page: &mut Page, check: &Check, verbosity: Verbosity) {
    let Check { id: _, title, status, message, cure, details: _, lines } = check;
    let (mark, role, word) = match status {
        Status::Ok => ('✓', Role::Add, "Fine. "),
        Status::Failed => ('✗', Role::Refused, "Wrong. "),
        Status::Unknown => ('?', Role::Attention, "Unknown. "),
        Status::Skipped => ('–', Role::Muted, ""),
    };
    let mut body = vec![Para::words(format!("{word}{message}"))];
    let shown = if verbosity == Verbosity::Verbose { lines.len() } else { LINES };
    body.extend(lines.iter().take(shown).map(|line| Para::words(line.as_str()).hang(2)));
    if let Some(left) = lines.len().checked_sub(shown).filter(|left| *left > 0) {
        body.push(Para::words(format!("and {left} more: see them with `-v`")));
    }
    body.extend(cure.iter().map(|cure| Para::words(format!("Cure: {cure}")).hang(2)));
    page.row((role, &format!("{mark} {title}")), &body);
}

fn counts(summary: &Summary) -> String {
    let Summary { ok, failed, unknown, skipped } = summary;
    let mut text = format!("{ok} fine, {failed} wrong, {unknown} unknown");
    if *skipped > 0 {
        text.push_str(&format!(", {skipped} skipped"));
    }
    text.push('.');
    text
}

/// The first that failed comes first: the others may depend on it.
fn next(checks: &[Check], settings: &Settings) -> String {
    let first = |status| checks.iter().find(|check: &&Check| check.status == status);
    if let Some(Check { title, cure: Some(cure), .. }) = first(Status::Failed) {
        return format!("Next: {title}. {cure}");
    }
    let plan = format!("Next: `{} plan`.", settings.invocation);
    match first(Status::Unknown) {
        Some(_) => format!("Nothing is known to stand in the way. {plan}"),
        None => format!("Nothing stands in the way. {plan}"),
    }
}

//! What became of a run, for people and for programs.

mod markdown;
mod stopped;

use serde_json::{Map, Value, json};

use super::exit::Status;
use super::settings::Settings;
use crate::apply::{FailedStep, Outcome, StepError, Stop, TreReport, TreResult};
use crate::model::TreId;
use crate::plan::render::{Page, Role, Verbosity};
use crate::plan::{self, Extent, FORMAT_VERSION, Plan, Summary};
use crate::state::Head;
pub use markdown::{markdown, stale};
pub use stopped::stopped;

/// Up to so many applied TREs get a line each.
const LINES: usize = 20;

/// All that is told at the end of a run.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The plan that was executed.
    pub plan: &'a Plan,
    /// What became of it; `None` where there was nothing to execute.
    pub outcome: Option<&'a Outcome>,
    /// The plan made again at the end, where the platform could be read.
    pub after: Option<&'a Plan>,
    /// How much of each change was planned.
    pub extent: Extent,
    /// How many TREs may be in Maintenance at once for releases.
    pub open_windows: u32,
    /// The command that goes on.
    pub again: &'a str,
    /// The exit status.
    pub status: Status,
}

/// Returns the report for programs.
pub fn json(report: Report<'_>) -> Value {
    let Report { plan, outcome, after, extent: _, open_windows: _, again: _, status } = report;
    let tres: Vec<Value> =
        outcome.into_iter().flat_map(|outcome| &outcome.tres).map(tre_json).collect();
    let left: Vec<&TreId> = outcome.into_iter().flat_map(Outcome::left_in_maintenance).collect();
    json!({
        "format_version": FORMAT_VERSION,
        "trectl_version": plan.trectl_version,
        "errored": matches!(status, Status::ERROR | Status::PARTIAL),
        "exit_status": status.code(),
        "target": plan.target,
        "tres": tres,
        "refused": refused(plan),
        "left_in_maintenance": left,
        "stopped": outcome.and_then(|outcome| outcome.stopped.as_ref()).map(stop_words),
        "journal_head": outcome.map(|outcome| outcome.head.to_string()),
        "plan": plan,
        "remaining": after.map(|after| after.summary),
    })
}

fn tre_json((id, report): (&TreId, &TreReport)) -> Value {
    let TreReport { result, done, steps, is_left_in_maintenance: _ } = report;
    let mut entry = Map::new();
    entry.insert("address".to_owned(), json!(format!("tre.{id}")));
    entry.insert("result".to_owned(), json!(result_name(result)));
    entry.insert("steps_done".to_owned(), json!(done));
    entry.insert("steps".to_owned(), json!(steps));
    match result {
        TreResult::Failed { step, error } => {
            entry.insert("error".to_owned(), error_json(step.as_ref(), error));
        }
        TreResult::ReadBackFailed { error } => {
            entry.insert("error".to_owned(), json!({ "message": error.to_string() }));
        }
        TreResult::Changed { paths } | TreResult::ReadBackDiffers { paths } => {
            entry.insert("paths".to_owned(), json!(paths));
        }
        TreResult::Applied
        | TreResult::Interrupted
        | TreResult::NotStarted
        | TreResult::NoWindow => {}
    }
    Value::Object(entry)
}

fn error_json(step: Option<&FailedStep>, error: &StepError) -> Value {
    let platform = match error {
        StepError::Platform(error) => Some(error),
        StepError::Live(error) => error.platform(),
        StepError::State(_) => None,
    };
    json!({
        "step": step.map(|step| &step.id),
        "operation": step.map(|step| step.operation),
        "route": step.map(|step| &step.route),
        "outcome_unknown": step.is_some_and(|step| step.is_unknown),
        "type": platform.map(|error| error.kind.as_str()),
        "message": error.to_string(),
        "status": platform.and_then(|error| error.status),
        "request_id": platform.and_then(|error| error.request_id.as_ref()),
        "attempts": platform.map(|error| error.attempts),
    })
}

/// Returns the name of a result in JSON.
pub fn result_name(result: &TreResult) -> &'static str {
    match result {
        TreResult::Applied => "applied",
        TreResult::Failed { .. } => "failed",
        TreResult::Changed { .. } => "changed",
        TreResult::ReadBackDiffers { .. } => "read_back_differs",
        TreResult::ReadBackFailed { .. } => "read_back_failed",
        TreResult::Interrupted => "interrupted",
        TreResult::NotStarted => "not_started",
        TreResult::NoWindow => "no_window",
    }
}

fn stop_words(stop: &Stop) -> String {
    match stop {
        Stop::Interrupted => "The run was interrupted.".to_owned(),
        Stop::Authentication(error) => {
            format!(
                "The platform no longer accepts the account, so the run ended for every TRE: \
                 {error}. Run it again with a token that is accepted."
            )
        }
        Stop::Journal(error) => {
            format!("The journal cannot be written: {error}. {}", error.hint())
        }
    }
}

/// Returns the TREs that the plan refuses.
fn refused(plan: &Plan) -> Vec<&str> {
    plan.resource_changes
        .iter()
        .filter(|change| matches!(change.status, plan::Status::Blocked | plan::Status::Unconsented))
        .map(|change| change.name.as_str())
        .collect()
}

/// Returns the report for people; the last lines say what is left and how to go on.
pub fn human(report: Report<'_>, settings: &Settings) -> String {
    let Report { plan, outcome, status, .. } = report;
    let mut page = Page::new(settings.width, settings.stdout);
    let is_untouched = outcome.is_none_or(|outcome| outcome.tres.is_empty());
    if is_untouched && status == Status::DONE {
        // The plan above has said all of it.
        if let Some(outcome) = outcome {
            head(&mut page, &outcome.head, settings);
        }
        return page.finish();
    }
    if let Some(outcome) = outcome.filter(|outcome| !outcome.tres.is_empty()) {
        let target = &plan.target.name;
        page.line(&[(Role::Plain, "Applied to "), (Role::Strong, target)]);
        page.blank();
        let width = outcome.tres.keys().map(|id| id.as_str().len()).max().unwrap_or(0);
        let applied = outcome.counts().applied;
        let folds = applied > LINES && settings.verbosity < Verbosity::Verbose;
        if folds {
            let text = format!("{applied} TREs  applied");
            page.line(&[(Role::Add, "✓"), (Role::Plain, " "), (Role::Plain, &text)]);
        }
        let is_told = |report: &TreReport| !folds || !matches!(report.result, TreResult::Applied);
        for (id, report) in outcome.tres.iter().filter(|(_, report)| is_told(report)) {
            tre_lines(&mut page, (id, width), report);
        }
        page.blank();
    }
    let (said, last) = sentences(report, settings);
    for (role, text) in said {
        page.words(role, &text, 0);
    }
    if let Some(outcome) = outcome {
        head(&mut page, &outcome.head, settings);
    }
    for (role, text) in last {
        page.words(role, &text, 0);
    }
    page.finish()
}

/// A sentence, and how much it matters.
type Sentence = (Role, String);

/// Returns what is said below the TREs: before the end of the journal, and behind it.
fn sentences(report: Report<'_>, settings: &Settings) -> (Vec<Sentence>, Vec<Sentence>) {
    let Report { plan, outcome, after, extent, .. } = report;
    let stop = outcome.and_then(|outcome| outcome.stopped.as_ref());
    let stop = stop.map(|stop| (Role::Refused, stop_words(stop)));
    let refused = refused(plan).join(", ");
    let refused = (!refused.is_empty())
        .then(|| (Role::Attention, format!("Refused, and not touched: {refused}.")));
    let held_back = outcome.and_then(|outcome| held_back(outcome, report));
    let mut last = vec![again(after.map(|after| (after, extent)), settings)];
    last.extend(closing(report));
    (stop.into_iter().chain(refused).chain(held_back).collect(), last)
}

/// Says who was kept from Maintenance, and by whom.
fn held_back(outcome: &Outcome, report: Report<'_>) -> Option<Sentence> {
    let held = outcome.tres.iter().filter(|(_, tre)| matches!(tre.result, TreResult::NoWindow));
    let held: Vec<&str> = held.map(|(id, _)| id.as_str()).collect();
    if held.is_empty() {
        return None;
    }
    let most = report.open_windows;
    let noun = if most == 1 { "TRE" } else { "TREs" };
    let text = format!(
        "Held back: {}. At most {most} {noun} may be in Maintenance at once (`openWindows`), and \
         what is left there counts.",
        held.join(", ")
    );
    Some((Role::Attention, text))
}

/// Says where the journal ends: whoever keeps that can tell later whether its tail was cut.
pub fn head(page: &mut Page, head: &Head, settings: &Settings) {
    page.words(Role::Muted, &head_words(head, settings), 4);
}

/// Returns the end of the journal in words.
pub fn head_words(head: &Head, settings: &Settings) -> String {
    let keep = format!("keep it to verify later with `{} audit verify", settings.invocation);
    format!("Journal: {head}; {keep} --anchor …`.")
}

fn tre_lines(page: &mut Page, (id, width): (&TreId, usize), report: &TreReport) {
    let TreReport { result, done, steps, is_left_in_maintenance: _ } = report;
    let (role, sign, words) = result_words(result);
    let id = format!("{id:width$}");
    let noun = if *steps == 1 { "step" } else { "steps" };
    let tail = format!("  {words} · {done} of {steps} {noun}");
    page.line(&[(role, sign), (Role::Plain, " "), (Role::Strong, &id), (Role::Plain, &tail)]);
    for line in details(result) {
        page.block(Role::Plain, &line, 4);
    }
}

fn result_words(result: &TreResult) -> (Role, &'static str, &'static str) {
    match result {
        TreResult::Applied => (Role::Add, "✓", "applied"),
        TreResult::Failed { .. } => (Role::Refused, "✗", "FAILED"),
        TreResult::Changed { .. } => (Role::Refused, "✗", "MOVED since it was planned"),
        TreResult::ReadBackDiffers { .. } => (Role::Refused, "✗", "READ BACK DIFFERENTLY"),
        TreResult::ReadBackFailed { .. } => (Role::Refused, "✗", "NOT READ BACK"),
        TreResult::Interrupted => (Role::Attention, "!", "stopped part-way"),
        TreResult::NotStarted => (Role::Muted, "–", "not begun"),
        TreResult::NoWindow => (Role::Attention, "!", "HELD BACK from Maintenance"),
    }
}

/// Returns what went wrong with a TRE, a sentence each.
pub fn details(result: &TreResult) -> Vec<String> {
    match result {
        TreResult::Failed { step, error } => failed(step.as_ref(), error),
        TreResult::Changed { paths } => vec![format!(
            "Somebody changed it on the platform meanwhile: {}. Nothing was done; plan again.",
            paths.join(", ")
        )],
        TreResult::ReadBackDiffers { paths } => vec![format!(
            "Every step is done, and the platform shows something else in {}.",
            paths.join(", ")
        )],
        TreResult::ReadBackFailed { error } => {
            vec![format!("Every step is done; reading it back did not: {error}.")]
        }
        TreResult::Applied
        | TreResult::Interrupted
        | TreResult::NotStarted
        | TreResult::NoWindow => Vec::new(),
    }
}

fn failed(step: Option<&FailedStep>, error: &StepError) -> Vec<String> {
    let Some(FailedStep { id, operation, route: _, is_unknown }) = step else {
        return vec![match error {
            StepError::State(error) => {
                format!("What became of it could not be written down: {error}.")
            }
            error => format!("It could not be read before the first step: {error}."),
        }];
    };
    let mut lines = vec![format!("Step {id}, {operation}: {error}")];
    if *is_unknown {
        lines.push("Whether it took effect is not known; the next run finds out.".to_owned());
    }
    lines
}

/// Says what is left to do.
fn again(after: Option<(&Plan, Extent)>, settings: &Settings) -> Sentence {
    match after {
        Some((after, extent)) if is_done(after) => {
            (Role::Strong, plan::render::nothing(after, extent))
        }
        Some((after, _)) => {
            let Summary { create, update, delete, blocked, .. } = after.summary;
            let waiting = create + update + delete;
            let text = format!(
                "Planned again: {waiting} with changes, {blocked} blocked. `{} plan` shows them.",
                settings.invocation
            );
            (Role::Plain, text)
        }
        None => (Role::Plain, "The platform could not be read to plan again.".to_owned()),
    }
}

/// Says what the status means, and last of all who is left in Maintenance: somebody waits there.
fn closing(report: Report<'_>) -> Vec<Sentence> {
    let Report { outcome, again, status, .. } = report;
    let left = outcome.into_iter().flat_map(Outcome::left_in_maintenance);
    let left: Vec<&str> = left.map(TreId::as_str).collect();
    let go_on = if left.is_empty() { format!(" Go on: `{again}`") } else { String::new() };
    let meaning = match status {
        Status::DONE => None,
        Status::REFUSED => {
            Some("Exit 3: something is refused; everything else is done.".to_owned())
        }
        Status::PARTIAL => Some(format!("Exit 6: partly applied.{go_on}")),
        Status::ERROR => Some("Exit 1: nothing was changed.".to_owned()),
        other => Some(format!("Exit {other}: stopped cleanly.{go_on}")),
    };
    let meaning = meaning.map(|meaning| (Role::Plain, meaning));
    let left = (!left.is_empty()).then(|| {
        let left = left.join(", ");
        let text = format!("Left in Maintenance, without new requests: {left}. Go on: `{again}`");
        (Role::Attention, text)
    });
    meaning.into_iter().chain(left).collect()
}

/// Tells whether a plan asks for nothing any more.
fn is_done(plan: &Plan) -> bool {
    plan.complete && !plan.applyable
}

//! The entries of a journal as rows that each tell all of it: what an entry leaves to those before
//! it (who acts, from which commit, by which plan) is filled in.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::args::{Log as Args, When};
use crate::model::TreId;
use crate::platform::Operation;
use crate::state::{
    Entry, Owner, RunInfo, RunResult, Segment, Stamped, StepResult, TakeReason, TreEnd,
};

/// One entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Row {
    /// When, by the clock of the machine.
    pub time: String,
    /// The segment of the journal.
    pub segment: u64,
    /// The fencing token: the epoch of the lock.
    pub token: u64,
    /// The run.
    pub run: String,
    /// The acting account.
    pub actor: Option<String>,
    /// The command.
    pub command: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// The TRE.
    pub tre: Option<String>,
    /// What kind of entry it is.
    pub kind: &'static str,
    /// The digest of the TRE's plan.
    pub plan: Option<String>,
    /// The step, from 1.
    pub step: Option<usize>,
    /// The operation.
    pub operation: Option<Operation>,
    /// What became of it.
    pub result: Option<String>,
    /// The id of the call in the vendor's logs.
    pub request_id: Option<String>,
    /// More words.
    pub message: Option<String>,
}

/// The names of the columns of [`Row::csv`].
pub const COLUMNS: &str = "time,segment,token,run,actor,command,commit,tre,kind,plan,step,\
                           operation,result,request_id,message\n";

impl Row {
    /// Returns the row as comma-separated values (RFC 4180, but for the line ends).
    pub fn csv(&self) -> String {
        let Self {
            time,
            segment,
            token,
            run,
            actor,
            command,
            commit,
            tre,
            kind,
            plan,
            step,
            operation,
            result,
            request_id,
            message,
        } = self;
        let number = |number: &Option<usize>| number.map(|number| number.to_string());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            time.clone(),
            segment.to_string(),
            token.to_string(),
            run.clone(),
            text(actor),
            text(command),
            text(commit),
            text(tre),
            (*kind).to_owned(),
            text(plan),
            text(&number(step)),
            operation.map_or_else(String::new, |operation| operation.to_string()),
            text(result),
            text(request_id),
            text(message),
        ];
        cells.map(|cell| quoted(&cell)).join(",") + "\n"
    }
}

/// Quotes a cell where it must be. What a spreadsheet would take for a formula stays text.
fn quoted(cell: &str) -> String {
    let cell = match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

/// Reads segments in order and returns the rows that are asked for.
pub struct Rows<'a> {
    asked: &'a Args,
    info: Option<RunInfo>,
    plans: BTreeMap<TreId, Plan>,
}

/// What is known of the plan that is worked on.
#[derive(Default)]
struct Plan {
    digest: String,
    operation: Option<Operation>,
}

impl<'a> Rows<'a> {
    /// Returns a reader of rows.
    pub fn new(asked: &'a Args) -> Self {
        Self { asked, info: None, plans: BTreeMap::new() }
    }

    /// Returns the rows of the next segment that are asked for.
    pub fn of(&mut self, segment: &Segment) -> Vec<Row> {
        let mut rows = Vec::new();
        for Stamped { at, entry } in &segment.entries {
            match entry {
                Entry::RunStarted { info } => self.info = Some(info.clone()),
                Entry::LockTaken { .. } => self.info = None,
                _ => {}
            }
            let info = self.info.as_ref();
            let mut row = Row {
                time: at.clone(),
                segment: segment.segment,
                token: segment.token,
                run: segment.run.clone(),
                actor: info.map(|info| info.operator.to_string()),
                command: info.map(|info| info.command.clone()),
                commit: info.and_then(|info| info.commit.clone()),
                ..Row::default()
            };
            self.fill(&mut row, entry);
            if self.is_asked(&row) {
                rows.push(row);
            }
        }
        rows
    }

    fn is_asked(&self, row: &Row) -> bool {
        let Args { tre, since, until, actor, run, csv: _ } = self.asked;
        // What says no time is never left out for its time.
        let time = row.time.parse::<jiff::Timestamp>().ok();
        let fits = |limit: &Option<When>, fits: fn(jiff::Timestamp, &When) -> bool| {
            limit.as_ref().zip(time).is_none_or(|(limit, time)| fits(time, limit))
        };
        let is_about = |asked: &TreId| row.tre.as_deref() == Some(asked.as_str());
        (tre.is_empty() || tre.iter().any(is_about))
            && fits(since, |time, since| time >= since.first)
            && fits(until, |time, until| time <= until.last)
            && actor.as_ref().is_none_or(|actor| row.actor.as_ref() == Some(actor))
            && run.as_ref().is_none_or(|run| row.run == *run)
    }

    fn fill(&mut self, row: &mut Row, entry: &Entry) {
        match entry {
            Entry::LockTaken { from, by, reason } => {
                row.kind = "lock_taken";
                row.command = by.as_ref().map(|by| by.command.clone());
                row.commit = by.as_ref().and_then(|by| by.commit.clone());
                row.result = reason.map(|reason| reason_word(reason).to_owned());
                row.message = Some(taken(from, by.as_ref()));
            }
            Entry::RunStarted { info: _ } => row.kind = "run_started",
            Entry::TreStarted { tre, digest, steps, confirmed, baseline: _ } => {
                row.kind = "tre_started";
                self.plans.insert(tre.clone(), Plan { digest: digest.clone(), operation: None });
                self.about(row, tre);
                let noun = if steps.len() == 1 { "step" } else { "steps" };
                row.message = Some(format!("{} {noun}, {confirmed} done earlier", steps.len()));
            }
            Entry::Intent { tre, step, route, call } => {
                row.kind = "intent";
                self.plans.entry(tre.clone()).or_default().operation = Some(call.operation);
                self.about(row, tre);
                (row.step, row.operation) = (Some(*step), Some(call.operation));
                row.message = Some(route.clone());
            }
            Entry::Outcome { tre, step, result } => {
                row.kind = "outcome";
                self.about(row, tre);
                row.step = Some(*step);
                row.operation = self.plans.get(tre).and_then(|plan| plan.operation);
                outcome(row, result);
            }
            Entry::Recorded { tre, record } => {
                row.kind = "recorded";
                self.about(row, tre);
                row.result = record.as_ref().map(|record| record.state.to_string());
            }
            Entry::Observed { tre, drift } => {
                row.kind = "observed";
                self.about(row, tre);
                let word = if drift.is_empty() { "as_recorded" } else { "differs" };
                row.result = Some(word.to_owned());
                let paths: Vec<&str> = drift.iter().map(|field| field.path.as_str()).collect();
                row.message = (!paths.is_empty()).then(|| paths.join(" "));
            }
            Entry::TreEnded { tre, result } => {
                row.kind = "tre_ended";
                self.about(row, tre);
                row.result = Some(end_word(*result).to_owned());
            }
            Entry::RunEnded { result } => {
                row.kind = "run_ended";
                let word = match result {
                    RunResult::Done => "done",
                    RunResult::Interrupted => "interrupted",
                };
                row.result = Some(word.to_owned());
            }
        }
    }

    fn about(&self, row: &mut Row, tre: &TreId) {
        row.tre = Some(tre.to_string());
        let digest = self.plans.get(tre).map(|plan| plan.digest.clone());
        row.plan = digest.filter(|digest| !digest.is_empty());
    }
}

fn outcome(row: &mut Row, result: &StepResult) {
    let (word, error) = match result {
        StepResult::Ok { request_id } => {
            row.request_id.clone_from(request_id);
            ("ok", None)
        }
        StepResult::Seen => ("seen", None),
        StepResult::NotSeen => ("not_seen", None),
        StepResult::Error { error } => ("error", Some(error)),
        StepResult::Unknown { error } => ("unknown", Some(error)),
    };
    row.result = Some(word.to_owned());
    if let Some(error) = error {
        row.request_id.clone_from(&error.request_id);
        row.message = Some(format!("{}: {}", error.kind, error.message));
    }
}

fn taken(from: &Owner, by: Option<&Owner>) -> String {
    let who =
        |owner: &Owner| format!("`{}` (process {} on {})", owner.command, owner.pid, owner.host);
    let by = by.map_or_else(String::new, |by| format!(" by {}", who(by)));
    format!("taken from {}{by}", who(from))
}

fn reason_word(reason: TakeReason) -> &'static str {
    match reason {
        TakeReason::Dead => "dead",
        TakeReason::Expired => "expired",
        TakeReason::Unlocked => "unlocked",
    }
}

fn end_word(end: TreEnd) -> &'static str {
    match end {
        TreEnd::Applied => "applied",
        TreEnd::Failed => "failed",
        TreEnd::Differs => "differs",
        TreEnd::Interrupted => "interrupted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_never_a_formula() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("-x,y", "\"'-x,y\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }

    #[test]
    fn there_is_a_column_for_each_cell() {
        let cells = Row::default().csv();
        assert_eq!(cells.matches(',').count(), COLUMNS.matches(',').count());
    }
}

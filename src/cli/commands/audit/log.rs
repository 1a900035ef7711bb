//! `audit log`: the entries of the journal, for people, as JSON and as CSV.

use serde_json::json;

use super::row::{COLUMNS, Row, Rows};
use super::spool::Spool;
use crate::cli::args::Log as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::cli::{pages, runtime};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Role};

/// Runs the command.
pub fn run(args: &Args, session: &Session, output: &mut Output) -> Outcome {
    if args.csv && output.settings().is_json() {
        return Err(Failure::usage("The log is either JSON or CSV.")
            .hint("Leave out `--csv` or `--format json`.")
            .into());
    }
    runtime::block_on(|interrupt| async move {
        let mut writing = Writing::begin(args, session, output.settings())?;
        let mut rows = Rows::new(args);
        let store = session.state()?;
        let history = store.history(|segment| {
            for row in rows.of(segment) {
                writing.row(&row);
            }
        });
        let head = interrupt.or(history).await?.map_err(state_failure)?;
        writing.end(&head.to_string()).print(output)?;
        Ok(Status::DONE)
    })
}

/// The log under way.
struct Writing<'a> {
    spool: Spool,
    settings: &'a Settings,
    is_csv: bool,
    count: u64,
    run: Option<String>,
}

impl<'a> Writing<'a> {
    fn begin(args: &Args, session: &Session, settings: &'a Settings) -> Result<Self, Failure> {
        let mut spool = Spool::new()?;
        if args.csv {
            spool.push(COLUMNS);
        } else if settings.is_json() {
            let (version, target) = (json!(FORMAT_VERSION), json!(session.target.name));
            let begin = format!("{{\n  \"format_version\": {version},\n  \"target\": {target},\n");
            spool.push(&begin);
            spool.push("  \"entries\": [");
        } else {
            let mut page = Page::new(settings.width, settings.stdout);
            pages::heading(&mut page, "Journal of", &session.target);
            spool.push(&page.finish());
        }
        Ok(Self { spool, settings, is_csv: args.csv, count: 0, run: None })
    }

    fn row(&mut self, row: &Row) {
        if self.is_csv {
            self.spool.push(&row.csv());
        } else if self.settings.is_json() {
            // One entry a line, so that other tools can take the document apart.
            self.spool.push(if self.count == 0 { "\n    " } else { ",\n    " });
            self.spool.push(&json!(row).to_string());
        } else {
            let text = self.human(row);
            self.spool.push(&text);
        }
        self.count += 1;
    }

    /// Ends the log with the head of the journal.
    fn end(mut self, head: &str) -> Spool {
        if self.is_csv {
            return self.spool;
        }
        if self.settings.is_json() {
            let end = if self.count == 0 { "]" } else { "\n  ]" };
            self.spool.push(&format!("{end},\n  \"journal_head\": {}\n}}\n", json!(head)));
            return self.spool;
        }
        let count = match self.count {
            0 => "No entry fits.".to_owned(),
            1 => "1 entry.".to_owned(),
            count => format!("{count} entries."),
        };
        let gap = if self.count == 0 { "" } else { "\n" };
        self.spool.push(&format!("{gap}{count}\n"));
        self.spool
    }

    fn human(&mut self, row: &Row) -> String {
        let mut page = Page::new(self.settings.width, self.settings.stdout);
        if self.run.as_ref() != Some(&row.run) {
            if self.run.is_some() {
                page.blank();
            }
            heading(&mut page, row);
            self.run = Some(row.run.clone());
        }
        let tre = row.tre.as_ref().map_or_else(String::new, |tre| format!("{tre}  "));
        let text = format!("{}  {tre}{}", row.time, words(row));
        page.words(Role::Plain, &text, 4);
        page.finish()
    }
}

/// Writes who acts in a run.
fn heading(page: &mut Page, row: &Row) {
    page.line(&[(Role::Strong, &row.run)]);
    if let Some(command) = &row.command {
        page.words(Role::Plain, &format!("    `{command}`"), 6);
    }
    let actor = row.actor.as_ref().map_or_else(String::new, |actor| format!("as {actor}, "));
    let commit = row.commit.as_ref().map_or_else(
        || "not in git".to_owned(),
        |commit| format!("commit {}", commit.chars().take(7).collect::<String>()),
    );
    page.block(Role::Muted, &format!("{actor}{commit}, token {}", row.token), 4);
}

/// Returns what an entry says.
fn words(row: &Row) -> String {
    let operation = row.operation.map_or_else(String::new, |operation| format!(" {operation}"));
    let step = row.step.map_or_else(String::new, |step| format!("step {step}{operation}"));
    let result = row.result.as_deref().unwrap_or_default();
    let message = row.message.as_deref().unwrap_or_default();
    let request = row.request_id.as_ref().map_or_else(String::new, |id| format!(" [request {id}]"));
    match row.kind {
        "lock_taken" => format!("the lock is {message}: {}", reason(result)),
        "run_started" => "the run begins".to_owned(),
        "run_ended" => format!("the run ends: {result}"),
        "tre_started" => format!("is begun: {message}"),
        "tre_ended" => format!("is over: {result}"),
        "intent" => format!("{step} begins"),
        "recorded" if result.is_empty() => "is forgotten".to_owned(),
        "recorded" => format!("is recorded as {result}"),
        "observed" if message.is_empty() => "is seen: nothing differs".to_owned(),
        "observed" => format!("is seen: {message} differ"),
        _ if message.is_empty() => format!("{step} {result}{request}"),
        _ => format!("{step} {result}: {message}{request}"),
    }
}

fn reason(word: &str) -> &str {
    match word {
        "dead" => "its process had ended",
        "expired" => "it gave no sign of life for its lease",
        "unlocked" => "somebody took it away",
        _ => "it had not let go",
    }
}

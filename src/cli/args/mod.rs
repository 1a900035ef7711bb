//! The command line as it is written.

mod audit;
mod comment;
mod drift;
mod global;
mod notify;
mod state;

use std::net::SocketAddr;

use camino::Utf8PathBuf;
use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::{SignedDuration, Span, SpanRelativeTo};

pub use self::audit::{AsOf, Audit, Log, Verify, When};
pub use self::comment::Comment;
pub use self::drift::Drift;
pub use self::global::{Color, Format, Global};
pub use self::notify::Notify;
pub use self::state::{Forget, Gc, State, Unlock};
use crate::desired::ConsentKind;
use crate::model::{IdError, TreId};
use crate::plan::Allow;

const EXIT_STATUS: &str = "\
Exit status:
  0  done
  1  an error; nothing was changed
  2  differences (`plan --detailed-exitcode`, `drift`)
  3  refused: a lock rule, a missing consent or a guard; all else is done
  4  the saved plan is stale; nothing was done
  5  another run holds the lock
  6  partly applied; running the same command again goes on
  130, 143  interrupted, stopped cleanly, resumable";

/// Trusted Research Environments as code: YAML in git, a plan that respects the lock rules, and
/// a platform that follows.
#[derive(Debug, Parser)]
#[command(name = "trectl", version, after_help = EXIT_STATUS, max_term_width = 100)]
pub struct Args {
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks every document, without asking any platform
    Validate(Validate),
    /// Shows what `apply` would do
    Plan(Plan),
    /// Makes the platform what the repository asks for
    Apply(Apply),
    /// Shows what changed on the platform, and what was not applied yet
    Drift(Drift),
    /// Writes live TREs as YAML documents that plan to nothing
    Import(Import),
    /// Saves the live state in one file, for `plan --live`, audit and support
    Snapshot(Snapshot),
    /// Shows one TRE as it is live, or a saved plan again
    Show(Show),
    /// Shows who has access to what, through which path, from which line
    Who(Who),
    /// Explains what may change in which state, why, and the way round it
    Explain(Explain),
    /// Prints the JSON Schema of a kind of document
    Schema(Schema),
    /// Begins the document of a new TRE
    New(New),
    /// Checks target, account and permissions, and the platform's answers
    Doctor,
    /// Works on the embedded platform itself
    #[command(subcommand)]
    Sim(Sim),
    /// Works on what trectl remembers of its runs
    #[command(subcommand)]
    State(State),
    /// Reads the journal: what was done, by whom, when and from which commit
    #[command(subcommand)]
    Audit(Audit),
    /// Keeps one comment for each plan on the pull request, and folds the older ones
    Comment(Comment),
    /// Tells others what a drift run found: issues, a signed webhook, a chat
    Notify(Notify),
    /// Lists the targets of the project file, for whoever runs one beside another
    Targets,
    /// Prints a completion script for a shell
    Completions(Completions),
    /// Prints the manual page
    Man,
}

/// Which TREs a command looks at.
#[derive(Debug, ClapArgs)]
pub struct Scope {
    /// Only these TREs; all files are still validated
    #[arg(long, value_name = "ID", value_delimiter = ',', action = ArgAction::Append)]
    pub only: Vec<TreId>,
}

/// What of the repository a command looks at.
#[derive(Debug, ClapArgs)]
pub struct Since {
    /// Only TREs that the working tree touches since it left the history of this revision: their
    /// documents, and the groups and profiles that they use
    #[arg(long, value_name = "REV")]
    pub changed: Option<String>,
}

/// `validate`
#[derive(Debug, ClapArgs)]
pub struct Validate {
    /// Since when.
    #[command(flatten)]
    pub since: Since,
}

/// Consents of one run.
#[derive(Debug, ClapArgs)]
pub struct Consents {
    /// Consents for this run: one of `maintenance`, `delete`, `loosen`, `mass-removal`, `revert`,
    /// `publish`; with `:ID` for one TRE only
    #[arg(
        long,
        value_name = "CONSENT[:ID]",
        value_delimiter = ',',
        action = ArgAction::Append,
        value_parser = parse_allow
    )]
    pub allow: Vec<Allow>,
}

fn parse_allow(text: &str) -> Result<Allow, String> {
    let (consent, tre) = match text.split_once(':') {
        Some((consent, tre)) => (consent, Some(tre)),
        None => (text, None),
    };
    let names = || ConsentKind::ALL.map(ConsentKind::as_str);
    let consent =
        ConsentKind::ALL.into_iter().find(|kind| kind.as_str() == consent).ok_or_else(|| {
            match crate::diag::did_you_mean(consent, names()) {
                Some(name) => format!("`{consent}` is no consent; did you mean `{name}`?"),
                None => format!("`{consent}` is no consent; there are {}", names().join(", ")),
            }
        })?;
    let tre = tre.map(str::parse).transpose().map_err(|error: IdError| error.to_string())?;
    Ok(Allow { consent, tre })
}

/// Reads how long something counts, as people write it. A day has 24 hours.
fn parse_validity(text: &str) -> Result<SignedDuration, String> {
    let parsed =
        text.parse::<Span>().ok().filter(|span| !text.trim().is_empty() && span.signum() > 0);
    parsed
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .ok_or_else(|| format!("`{text}` is no duration to come; write `12h` or `7d`"))
}

/// `plan`
#[derive(Debug, ClapArgs)]
pub struct Plan {
    /// Saves the plan, for `apply FILE`
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<Utf8PathBuf>,
    /// Lets the saved plan be applied for so long only: `12h`, `7d`
    #[arg(long, value_name = "DURATION", requires = "out", value_parser = parse_validity)]
    pub expires_in: Option<SignedDuration>,
    /// Exits with 2 where there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Plans against a snapshot, without any platform or credential
    #[arg(long, value_name = "FILE")]
    pub live: Option<Utf8PathBuf>,
    /// Plans against the newest snapshot in the state store, without any platform or its credential
    #[arg(long, conflicts_with = "live")]
    pub from_state: bool,
    /// Refuses a snapshot that is older: `36h`, `7d`
    #[arg(long, value_name = "DURATION", value_parser = parse_validity)]
    pub max_age: Option<SignedDuration>,
    /// Since when.
    #[command(flatten)]
    pub since: Since,
    /// Which TREs.
    #[command(flatten)]
    pub scope: Scope,
    /// Consents of this run.
    #[command(flatten)]
    pub consents: Consents,
}

/// `apply`
#[derive(Debug, ClapArgs)]
pub struct Apply {
    /// A saved plan: applied only if it still holds
    #[arg(value_name = "PLAN")]
    pub plan: Option<Utf8PathBuf>,
    /// Does not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Takes access away and does nothing else, in blocked TREs too
    #[arg(long)]
    pub tighten_only: bool,
    /// Works on so many TREs at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub parallelism: u16,
    /// Which TREs.
    #[command(flatten)]
    pub scope: Scope,
    /// Consents of this run.
    #[command(flatten)]
    pub consents: Consents,
}

/// `import`
#[derive(Debug, ClapArgs)]
pub struct Import {
    /// These TREs; without any, every one of the selection that has no document
    #[arg(value_name = "ID")]
    pub ids: Vec<TreId>,
    /// Those that have a document too
    #[arg(long)]
    pub all: bool,
    /// Writes the files here instead of `tres/` below the root; never over an existing one
    #[arg(long, value_name = "DIR")]
    pub out: Option<Utf8PathBuf>,
    /// Writes lists of people that several TREs share as groups, into `groups/` below the root
    #[arg(long)]
    pub groups: bool,
}

/// `snapshot`
#[derive(Debug, ClapArgs)]
pub struct Snapshot {
    /// Writes it to this file
    #[arg(short, long, value_name = "FILE", required_unless_present = "to_state")]
    pub out: Option<Utf8PathBuf>,
    /// Keeps it in the state store, for `plan --from-state`
    #[arg(long)]
    pub to_state: bool,
}

/// `show`
#[derive(Debug, ClapArgs)]
pub struct Show {
    /// The TRE
    #[arg(value_name = "ID", required_unless_present = "plan", conflicts_with = "plan")]
    pub id: Option<TreId>,
    /// A saved plan
    #[arg(long, value_name = "FILE")]
    pub plan: Option<Utf8PathBuf>,
}

/// `who`
#[derive(Debug, ClapArgs)]
pub struct Who {
    /// A person or org (`user-…`, `org-…`), a group (`group:…`) or a TRE; without one, every TRE
    #[arg(value_name = "PERSON or ID")]
    pub id: Option<String>,
    /// Tells it from the journal, for a time gone by: `2026-05-01`, which counts to its end in UTC,
    /// or `2026-05-01T14:00:00Z`; names the two looks between which the answer lies
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<When>,
}

/// `explain`
#[derive(Debug, ClapArgs)]
pub struct Explain {
    /// A field by its name or its JSON Pointer, such as `reviewSteps` or `/inventory/version`;
    /// `state`; or a rule. With `--plan` the TRE
    #[arg(value_name = "FIELD|TRE")]
    pub subject: Option<String>,
    /// One change of that TRE, by its pointer, its name, or the person who comes or goes
    #[arg(value_name = "CHANGE", requires = "plan")]
    pub change: Option<String>,
    /// Only what holds in this state
    #[arg(long, value_enum)]
    pub state: Option<StateName>,
    /// What this saved plan makes of a TRE: each change, why, and the cheapest legal route
    #[arg(long, value_name = "FILE", requires = "subject", conflicts_with = "state")]
    pub plan: Option<Utf8PathBuf>,
}

/// A state that a live TRE can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StateName {
    /// After creation.
    Draft,
    /// Open for requests.
    Active,
    /// Closed for new requests; the inventory can change.
    Maintenance,
}

/// `schema`
#[derive(Debug, ClapArgs)]
pub struct Schema {
    /// `tre`, `group`, `profile`, `project`, `platform-seed`, `plan`, …
    #[arg(value_name = "KIND")]
    pub kind: String,
}

/// `new`
#[derive(Debug, ClapArgs)]
pub struct New {
    /// The id of the new TRE
    #[arg(value_name = "ID")]
    pub id: TreId,
    /// Takes over the settings of this TRE's document, or of the live one
    #[arg(long, value_name = "ID")]
    pub from: Option<TreId>,
    /// Writes the file here instead of `tres/` below the root; never over an existing one
    #[arg(long, value_name = "DIR")]
    pub out: Option<Utf8PathBuf>,
}

/// `sim`
#[derive(Debug, Subcommand)]
pub enum Sim {
    /// Loads the seed into an embedded platform that does not exist yet
    Seed,
    /// Empties the embedded platform, and the state that goes with it
    Reset,
    /// Serves the embedded platform over HTTP, in the real wire format, until it is stopped
    Serve(Serve),
}

/// `sim serve`
#[derive(Debug, ClapArgs)]
pub struct Serve {
    /// Listens here; port 0 takes a free one. Anything but loopback must be asked for
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8765")]
    pub listen: SocketAddr,
    /// Goes wrong on purpose: `KIND[=VALUE][:ROUTE[:CHANCE[:xTIMES]]]`, such as `latency=20ms`,
    /// `429=2`, `503`, `500`, `reset-before`, `reset-after:/tre/new:10%`, `truncated`, `not-json`,
    /// `stale`
    #[arg(long, value_name = "FAULT", action = ArgAction::Append)]
    pub fault: Vec<String>,
    /// Which calls the faults hit: the same seed hits the same ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub fault_seed: u64,
    /// Refuses what an account calls beyond so many calls per second; 0 refuses nothing
    #[arg(long, value_name = "CALLS", default_value_t = 200)]
    pub limit: u32,
}

/// `completions`
#[derive(Debug, ClapArgs)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests;

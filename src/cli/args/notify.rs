//! The command line of `notify`.

use camino::Utf8PathBuf;
use clap::{ArgAction, ArgGroup, Args as ClapArgs};
use jiff::SignedDuration;

use super::parse_validity;

/// `notify`
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("ways").args(["issues", "webhook", "slack"]).required(true).multiple(true))]
pub struct Notify {
    /// What `drift --out` saved
    #[arg(value_name = "REPORT")]
    pub report: Utf8PathBuf,
    /// Refuses a report that is older
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_validity)]
    pub max_age: SignedDuration,
    /// Keeps one issue open for each TRE with drift, on GitHub or GitLab, and closes it when none
    /// is left
    #[arg(long)]
    pub issues: bool,
    /// The label of these issues
    #[arg(long, value_name = "NAME", default_value = "trectl-drift", value_parser = parse_label)]
    pub label: String,
    /// Opens so many issues in one run at most; the next run goes on
    #[arg(long, value_name = "NUMBER", default_value_t = 25)]
    pub at_most: usize,
    /// The account that opens them, by its login; the forge tells it otherwise. Repeated: those
    /// that did so before, too
    #[arg(long, value_name = "LOGIN", value_delimiter = ',', action = ArgAction::Append)]
    pub author: Vec<String>,
    /// Sends the report to `TRECTL_WEBHOOK_URL`, signed with `TRECTL_WEBHOOK_SECRET`
    #[arg(long)]
    pub webhook: bool,
    /// Sends a short message to `TRECTL_SLACK_URL` when something is new
    #[arg(long)]
    pub slack: bool,
}

/// Takes a label that means the same in the address of both forges.
fn parse_label(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    match !text.is_empty() && text.chars().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err("a label holds letters, digits, `-`, `_`, `.` and `:` only".to_owned()),
    }
}

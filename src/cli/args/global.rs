//! The flags of every command.

use std::time::Duration;

use camino::Utf8PathBuf;
use clap::{ArgAction, Args as ClapArgs, ValueEnum};

/// Flags that go before or after the command.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Works in this folder; the root is the nearest one at or above it with a `trectl.yaml`
    #[arg(short = 'C', long = "chdir", value_name = "DIR", global = true)]
    pub chdir: Option<Utf8PathBuf>,
    /// Works on this target of the project file
    #[arg(long, value_name = "NAME", global = true)]
    pub target: Option<String>,
    /// How the result is printed; without it as `human`, and by `validate` in a GitHub workflow as
    /// `github` too
    #[arg(long, value_enum, global = true)]
    pub format: Option<Format>,
    /// Whether the output is coloured
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub color: Color,
    /// Prints results only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Prints more: every name, and how many calls were made; twice names each call, three times
    /// shows what is sent and answered
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Waits so many seconds for a lock that another run holds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, global = true)]
    pub lock_timeout: u64,
    /// Counts as dead to other runs after so long without a sign of life
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_lease, global = true)]
    pub lock_lease: Duration,
    /// Repeats a call that may be repeated for so long at most: `30s`, `10m`, `0s`
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = parse_duration, global = true)]
    pub retry_for: Duration,
    /// Makes so many calls per second at most, over HTTP
    #[arg(long, value_name = "CALLS", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000), global = true)]
    pub rate_limit: u32,
}

/// Reads a duration as people write it; a bare number is seconds.
fn parse_duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let parsed = text.parse::<jiff::SignedDuration>().ok();
    parsed
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| format!("`{text}` is no duration; write `30s` or `10m`"))
}

/// Reads a lease, which must leave time for a sign of life.
fn parse_lease(text: &str) -> Result<Duration, String> {
    let lease = parse_duration(text)?;
    if lease < Duration::from_secs(1) {
        return Err("a lease takes at least `1s`".to_owned());
    }
    Ok(lease)
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document on standard output, also when the command fails.
    Json,
    /// One page for people in a browser (`plan`, `apply`, `drift`, and `show --plan`).
    Markdown,
    /// Events for programs, one JSON object a line, as they happen (`plan`, `apply`, `drift`).
    Jsonl,
    /// Annotations of a GitHub workflow (`validate` only).
    Github,
    /// A code quality report for GitLab (`validate` only).
    Gitlab,
    /// SARIF for code scanning (`validate` only).
    Sarif,
    /// JUnit XML for test reports (`validate` only).
    Junit,
}

/// Whether the output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set; elsewhere where `CLICOLOR_FORCE` is.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

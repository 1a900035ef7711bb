//! The command line of `comment`.

use camino::Utf8PathBuf;
use clap::Args as ClapArgs;

/// `comment`
#[derive(Debug, ClapArgs)]
pub struct Comment {
    /// The saved plan that is shown
    #[arg(value_name = "PLAN", required_unless_present = "body", conflicts_with = "body")]
    pub plan: Option<Utf8PathBuf>,
    /// Shows this Markdown instead of a plan
    #[arg(long, value_name = "FILE", requires = "key")]
    pub body: Option<Utf8PathBuf>,
    /// What the Markdown is about, such as `apply:production`: one comment is kept for each
    #[arg(long, value_name = "NAME", requires = "body")]
    pub key: Option<String>,
    /// The number of the pull request or merge request; the CI tells it otherwise
    #[arg(long, value_name = "NUMBER")]
    pub number: Option<u64>,
    /// The account that comments, by its login; the forge tells it otherwise
    #[arg(long, value_name = "LOGIN")]
    pub author: Option<String>,
    /// Ends with status 1 where the comment cannot be written; otherwise that is a warning
    #[arg(long)]
    pub required: bool,
}

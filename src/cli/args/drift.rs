//! The command line of `drift`.

use camino::Utf8PathBuf;
use clap::{ArgAction, Args as ClapArgs};

use super::Scope;
use crate::diag::did_you_mean;
use crate::model::TreId;
use crate::plan::DriftClass;

/// `drift`
#[derive(Debug, ClapArgs)]
pub struct Drift {
    /// Writes to the journal what was seen, for `audit as-of` and `audit log`
    #[arg(long)]
    pub record: bool,
    /// Saves the report as JSON, for `notify`
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<Utf8PathBuf>,
    /// Exits with 2 for these classes only: `unapplied`, `out_of_band`, `conflict`. All are shown
    #[arg(
        long,
        value_name = "CLASS",
        value_delimiter = ',',
        action = ArgAction::Append,
        value_parser = parse_class
    )]
    pub fail_on: Vec<DriftClass>,
    /// Writes what was found for Prometheus, in its text format, in place of a file that is there
    #[arg(long, value_name = "FILE")]
    pub write_metrics: Option<Utf8PathBuf>,
    /// Writes the platform's values into the documents, of these TREs or of all: edits on the
    /// platform and conflicts. Review it with `git diff`
    #[arg(long, value_name = "ID", num_args = 0.., value_delimiter = ',')]
    pub adopt: Option<Vec<TreId>>,
    /// Adopts over changes of the repository that were not applied yet, too
    #[arg(long, requires = "adopt")]
    pub adopt_unapplied: bool,
    /// Which TREs.
    #[command(flatten)]
    pub scope: Scope,
}

fn parse_class(text: &str) -> Result<DriftClass, String> {
    let names = || DriftClass::ALL.map(DriftClass::as_str);
    let found = DriftClass::ALL.into_iter().find(|class| class.as_str() == text);
    found.ok_or_else(|| match did_you_mean(text, names()) {
        Some(name) => format!("`{text}` is no class of drift; did you mean `{name}`?"),
        None => format!("`{text}` is no class of drift; there are {}", names().join(", ")),
    })
}

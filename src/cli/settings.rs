//! Flags and environment, resolved once: what stands on the command line wins.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::args::{Color, Format, Global};
use super::calls::Tally;
use super::ci::{self, Server};
use super::progress::Screen;
use crate::plan::render::{Palette, Verbosity};

/// What a page is wide where nobody says how wide the terminal is: in pipes and files, so that what
/// is kept or compared does not depend on a window.
const WIDTH: usize = 80;

/// Whether somebody sits at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// Questions can be asked.
    Terminal,
    /// Nobody would answer.
    None,
}

/// The environment, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Environment {
    /// `NO_COLOR` is set to something.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set to something else than `0`.
    pub force_color: bool,
    /// A CI server runs this: nobody watches.
    pub ci: Option<Server>,
    /// Standard input is a terminal.
    pub stdin: bool,
    /// Standard output is a terminal.
    pub stdout: bool,
    /// Standard error is a terminal.
    pub stderr: bool,
    /// Columns, by `COLUMNS` or by the terminal that is standard output.
    pub columns: Option<usize>,
}

impl Environment {
    /// Reads the environment of the process.
    pub fn read() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_zero = |name: &str| std::env::var_os(name).is_some_and(|value| value == "0");
        Self {
            no_color: is_set("NO_COLOR"),
            force_color: is_set("CLICOLOR_FORCE") && !is_zero("CLICOLOR_FORCE"),
            ci: ci::server(),
            stdin: std::io::stdin().is_terminal(),
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
            columns: columns(),
        }
    }
}

/// Returns how wide the reader's window is, if that is known.
fn columns() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.filter(|columns| *columns > 0).or_else(|| {
        let size = std::io::stdout().is_terminal().then(terminal_size::terminal_size)??;
        Some(usize::from(size.0.0))
    })
}

/// What holds for a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder to begin in.
    pub folder: Utf8PathBuf,
    /// The target that was asked for.
    pub target: Option<String>,
    /// How the result is printed.
    pub format: Format,
    /// Whether findings are printed as annotations too: on GitHub, where no format was asked for.
    pub annotates: bool,
    /// Whether a run that stops over its documents marks their lines: on GitHub, in any format.
    pub is_on_github: bool,
    /// The file that collects the summary of a step in CI.
    pub step_summary: Option<PathBuf>,
    /// Colours on standard output.
    pub stdout: Palette,
    /// Colours on standard error.
    pub stderr: Palette,
    /// How much is told.
    pub verbosity: Verbosity,
    /// How much is told of calls: 1 counts them, 2 names each, 3 shows what is sent and answered.
    pub trace: u8,
    /// The calls of the run.
    pub calls: Arc<Tally>,
    /// Where lines are said while a run goes on.
    pub screen: Arc<Screen>,
    /// How long a lock is waited for.
    pub lock_timeout: Duration,
    /// How long a lock may go without a sign of life.
    pub lock_lease: Duration,
    /// For how long a call is repeated at most.
    pub retry_for: Duration,
    /// How many calls per second are made over HTTP at most.
    pub rate_limit: u32,
    /// Whether questions can be asked.
    pub interaction: Interaction,
    /// Whether progress is drawn.
    pub progress: Interaction,
    /// Columns.
    pub width: usize,
    /// The command up to its verb, for commands that can be pasted.
    pub invocation: String,
}

impl Settings {
    /// Resolves flags and environment.
    pub fn resolve(global: &Global, environment: Environment) -> Self {
        let Global {
            chdir,
            target,
            format,
            color,
            quiet,
            verbose,
            lock_timeout,
            lock_lease,
            retry_for,
            rate_limit,
        } = global;
        let Environment { no_color, force_color, ci, stdin, stdout, stderr, columns } = environment;
        let palette = |is_terminal: bool| {
            let is_coloured = match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => !no_color && (force_color || is_terminal),
            };
            if is_coloured { Palette::Coloured } else { Palette::Plain }
        };
        let when = |holds: bool| if holds { Interaction::Terminal } else { Interaction::None };
        let verbosity = match (quiet, verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        };
        Self {
            folder: chdir.clone().unwrap_or_else(|| Utf8PathBuf::from(".")),
            target: target.clone(),
            format: format.unwrap_or(Format::Human),
            annotates: format.is_none() && ci == Some(Server::GitHub),
            is_on_github: ci == Some(Server::GitHub),
            step_summary: ci::step_summary(),
            stdout: palette(stdout),
            stderr: palette(stderr),
            verbosity,
            trace: if *quiet { 0 } else { *verbose },
            calls: Arc::default(),
            screen: Arc::default(),
            lock_timeout: Duration::from_secs(*lock_timeout),
            lock_lease: *lock_lease,
            retry_for: *retry_for,
            rate_limit: *rate_limit,
            interaction: when(stdin && stderr && ci.is_none()),
            progress: when(stderr && ci.is_none() && verbosity > Verbosity::Quiet),
            width: columns.unwrap_or(WIDTH),
            invocation: invocation(chdir.as_ref(), target.as_deref()),
        }
    }

    /// Returns a path of the command line: as with `git -C`, it is relative to that folder.
    pub fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        if self.folder == "." { path.to_owned() } else { self.folder.join(path) }
    }

    /// Returns what holds for a page on standard error.
    pub fn for_stderr(&self) -> Self {
        Self { stdout: self.stderr, ..self.clone() }
    }

    /// Tells whether standard output must be one JSON document.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

fn invocation(chdir: Option<&Utf8PathBuf>, target: Option<&str>) -> String {
    let mut text = "trectl".to_owned();
    if let Some(folder) = chdir {
        text.push_str(&format!(" -C {}", quote(folder.as_str())));
    }
    if let Some(target) = target {
        text.push_str(&format!(" --target {}", quote(target)));
    }
    text
}

/// Returns a word as a POSIX shell takes it.
pub fn quote(word: &str) -> String {
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ':' | '=');
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::Args;

    fn settings(flags: &[&str], environment: Environment) -> Settings {
        let args = ["trectl", "validate"].iter().chain(flags);
        Settings::resolve(&Args::try_parse_from(args).unwrap().global, environment)
    }

    #[test]
    fn colour_follows_flag_then_environment_then_terminal() {
        let terminal = Environment { stdout: true, ..Environment::default() };
        let no_color = Environment { no_color: true, ..terminal };
        let forced = Environment { force_color: true, ..Environment::default() };
        for (flags, environment, expected) in [
            (&[] as &[&str], Environment::default(), Palette::Plain),
            (&[], terminal, Palette::Coloured),
            (&[], no_color, Palette::Plain),
            (&[], forced, Palette::Coloured),
            (&[], Environment { no_color: true, ..forced }, Palette::Plain),
            (&["--color", "always"], no_color, Palette::Coloured),
            (&["--color", "never"], forced, Palette::Plain),
        ] {
            assert_eq!(settings(flags, environment).stdout, expected, "{flags:?} {environment:?}");
        }
    }

    #[test]
    fn pages_are_as_wide_as_the_window_where_there_is_one() {
        assert_eq!(settings(&[], Environment::default()).width, 80);
        let wide = Environment { columns: Some(132), ..Environment::default() };
        assert_eq!(settings(&[], wide).width, 132);
    }

    #[test]
    fn annotations_are_for_github_unless_a_format_is_asked_for() {
        let on = |ci| Environment { ci, ..Environment::default() };
        assert!(settings(&[], on(Some(Server::GitHub))).annotates);
        assert!(!settings(&["--format", "human"], on(Some(Server::GitHub))).annotates);
        assert!(!settings(&[], on(Some(Server::GitLab))).annotates);
        assert!(!settings(&[], on(None)).annotates);
        assert!(settings(&["--format", "json"], on(Some(Server::GitHub))).is_on_github);
        assert!(!settings(&[], on(Some(Server::GitLab))).is_on_github);
    }

    #[test]
    fn nobody_is_asked_in_ci() {
        let terminal = Environment { stdin: true, stderr: true, ..Environment::default() };
        assert_eq!(settings(&[], terminal).interaction, Interaction::Terminal);
        for server in [Server::GitHub, Server::GitLab, Server::Other] {
            let ci = Environment { ci: Some(server), ..terminal };
            assert_eq!(settings(&[], ci).interaction, Interaction::None);
            assert_eq!(settings(&[], ci).progress, Interaction::None);
        }
    }

    #[test]
    fn the_invocation_can_be_pasted() {
        let settings = settings(&["-C", "my folder", "--target", "local"], Environment::default());
        assert_eq!(settings.invocation, "trectl -C 'my folder' --target local");
    }
}

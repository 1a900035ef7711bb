//! What every command that knows a repository begins with: the root, its documents and the target,
//! resolved once.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::civil::Date;

use super::clock;
use super::failure::{Failure, Stop};
use super::output::Output;
use super::platform;
use super::settings::Settings;
use crate::desired::{Address, Desired, PlatformTarget, Project, StateTarget, Target};
use crate::diag::{Diagnostic, did_you_mean};
use crate::rules::{self, Built};
use crate::source::{self, Repository, SourceError};
use crate::state::{Location, Store};

/// Whether a command can work where nothing is written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documents {
    /// Without a TRE, a group or a profile there is nothing to do, so something is wrong.
    Needed,
    /// It works on the platform, or begins the first document.
    Optional,
}

/// A repository as it was read, with everything that was found.
#[derive(Debug)]
pub struct Checked {
    /// The files.
    pub repository: Repository,
    /// What they ask for; `None` where there is an error.
    pub desired: Option<Desired>,
    /// Everything that was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The day (UTC) on which consents were judged.
    pub today: Date,
}

impl Checked {
    /// Reads the repository of a folder and checks all of it.
    ///
    /// # Errors
    ///
    /// Where a file or folder cannot be read.
    pub fn read(settings: &Settings, documents: Documents) -> Result<Self, Failure> {
        let root = source::find_root(&settings.folder).map_err(unreadable)?;
        let repository = source::load(&root).map_err(unreadable)?;
        let today = clock::today();
        let Built { mut desired, mut diagnostics } = rules::build(&repository, today);
        if documents == Documents::Needed
            && let Some(nothing) = repository.no_documents()
        {
            diagnostics.push(nothing);
            desired = None;
        }
        Ok(Self { repository, desired, diagnostics, today })
    }
}

/// A valid repository and the target of the run.
#[derive(Debug)]
pub struct Session {
    /// The files.
    pub repository: Repository,
    /// What they ask for.
    pub desired: Desired,
    /// The target; its address is the one that is spoken to.
    pub target: Target,
    /// The address as far as the project file gives it.
    pub address: Address,
    /// The day (UTC) on which consents are judged.
    pub today: Date,
}

impl Session {
    /// Opens the repository and resolves the target. Warnings go to standard error.
    ///
    /// # Errors
    ///
    /// Where something cannot be read, is invalid, or the target is not one.
    pub fn open(output: &Output, documents: Documents) -> Result<Self, Stop> {
        let mut session = Self::apart(output, documents)?;
        session.address = platform::settle_address(&mut session.target);
        Ok(session)
    }

    /// Opens the repository and resolves the target by its files alone: for commands that no
    /// platform, environment or credential has a part in.
    ///
    /// # Errors
    ///
    /// Where something cannot be read, is invalid, or the target is not one.
    pub fn apart(output: &Output, documents: Documents) -> Result<Self, Stop> {
        let settings = output.settings();
        let checked = Checked::read(settings, documents)?;
        let Checked { repository, desired, diagnostics, today } = checked;
        let sources = &repository.sources;
        let Some(desired) = desired else {
            return Err(Stop::invalid(&repository, diagnostics));
        };
        output.findings(&diagnostics, sources);
        let target = target(&desired.project, settings.target.as_deref())?.clone();
        let address = match &target.platform {
            PlatformTarget::Embedded { .. } => Address::default(),
            PlatformTarget::DnaNexus(address) => address.clone(),
        };
        Ok(Self { repository, desired, target, address, today })
    }

    /// Returns the target's state. Nothing is opened yet.
    ///
    /// # Errors
    ///
    /// Where the target keeps it in a bucket, and this program was built without them.
    pub fn state(&self) -> Result<Store, Failure> {
        match &self.target.state {
            StateTarget::Local(folder) => Ok(Store::local(self.path(folder))),
            StateTarget::Remote(url) if !cfg!(feature = "remote-state") => Err(Failure::usage(
                format!("The state is at `{url}`: this trectl was built without `remote-state`."),
            )
            .hint(
                "Build it with `cargo build --release --features remote-state`, or name a folder \
                 with `state:` in `trectl.yaml`.",
            )),
            StateTarget::Remote(url) => Ok(Store::at(Location::Bucket(url.clone()))),
        }
    }

    /// Returns a path of the project file as a path of the system.
    pub fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.repository.root.join(path)
    }
}

fn unreadable(error: SourceError) -> Failure {
    let hint = error.hint();
    let message = format!("The repository cannot be read: {error}.");
    let SourceError { action: _, path: _, source } = error;
    Failure::files(message).because(source).hint(hint)
}

fn target<'a>(project: &'a Project, asked: Option<&str>) -> Result<&'a Target, Failure> {
    let Project { targets, default_target, guards: _ } = project;
    let names = targets.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let Some(name) = asked.or(default_target.as_deref()) else {
        return Err(Failure::usage("The project has several targets and none is the default.")
            .hint(format!("Name one of them with `--target`: {names}.")));
    };
    targets.get(name).ok_or_else(|| {
        let failure = Failure::usage(format!("There is no target `{name}`."));
        match did_you_mean(name, targets.keys().map(String::as_str)) {
            Some(known) => failure.hint(format!("Did you mean `{known}`?")),
            None => failure.hint(format!("The project has {names}.")),
        }
    })
}

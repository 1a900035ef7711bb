//! The embedded platform of a target: its store, and the seed that it begins with.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::clock;
use crate::cli::failure::{Failure, FailureKind, Stop};
use crate::cli::interrupt::Interrupt;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::desired::PlatformTarget;
use crate::diag::Severity;
use crate::platform::seed::Seed;
use crate::schema;
use crate::sim::{self, Access, Embedded, OpenError};
use crate::source::{Document, Kind, Repository};

/// Opens the store beside the runtime, since one in use is waited for.
pub(super) async fn open(
    session: &Session,
    settings: &Settings,
    interrupt: &Interrupt,
    access: Access,
) -> Result<Embedded, Stop> {
    let options = options(session, settings, access)?;
    Ok(interrupt.blocking(move || Embedded::open(options)).await?.map_err(refused)?)
}

/// Returns how to open the embedded platform of the target.
///
/// # Errors
///
/// Where the target is another platform, or its seed cannot be read.
pub fn options(
    session: &Session,
    settings: &Settings,
    access: Access,
) -> Result<sim::Options, Stop> {
    let (path, seed) = match &session.target.platform {
        PlatformTarget::Embedded { path, seed } => (session.path(path), seed),
        PlatformTarget::DnaNexus(_) => return Err(not_embedded(session).into()),
    };
    let seed = match seed {
        // A store that is there has its world; the seed counts again after a reset.
        Some(_) if path.exists() => None,
        Some(seed) => Some(read_seed(session, seed)?),
        None => None,
    };
    Ok(sim::Options {
        path: path.into(),
        seed,
        access,
        lock_timeout: settings.lock_timeout,
        clock: Arc::new(clock::millis),
    })
}

fn not_embedded(session: &Session) -> Failure {
    let host = session.target.describe_platform();
    Failure::usage(format!("The target `{}` is `{host}`, not embedded.", session.target.name))
        .hint("Name an embedded target with `--target`.")
}

/// Returns the seed: among the documents that were read, or else from its file.
fn read_seed(session: &Session, path: &Utf8PathBuf) -> Result<Seed, Stop> {
    let root = &session.repository.root;
    let relative = path.strip_prefix(root).unwrap_or(path);
    let relative = relative.strip_prefix(".").unwrap_or(relative);
    let is_seed = |document: &&Document| {
        document.kind == Kind::PlatformSeed && document.file.as_ref() == relative.as_str()
    };
    if let Some(document) = session.repository.documents.iter().find(is_seed) {
        return parse_seed(&session.repository, document);
    }
    let file = root.join(path);
    let text = fs_err::read(&file).map_err(|error| {
        Failure::files(format!("The seed of the target `{}` cannot be read.", session.target.name))
            .because(error)
            .hint("Correct `seed:` in `trectl.yaml`, or leave it out to begin without a directory.")
    })?;
    let apart = Repository::from_memory(root.clone(), [(relative.as_str(), text)]);
    match apart.documents.iter().find(|document| document.kind == Kind::PlatformSeed) {
        Some(document) => parse_seed(&apart, document),
        None if apart.diagnostics.iter().any(|found| found.severity == Severity::Error) => {
            Err(Stop::invalid(&apart, apart.diagnostics.clone()))
        }
        None => Err(no_seed(&file).into()),
    }
}

fn parse_seed(repository: &Repository, document: &Document) -> Result<Seed, Stop> {
    let found = schema::check(document);
    if !found.is_empty() {
        return Err(Stop::invalid(repository, found));
    }
    schema::read(document).map_err(|error| Stop::invalid(repository, vec![*error]))
}

fn no_seed(file: &Utf8Path) -> Failure {
    Failure::files(format!("`{file}` holds no document of the kind `PlatformSeed`."))
        .hint("Correct `seed:` in `trectl.yaml`.")
}

/// Returns the failure of an embedded platform that cannot be opened.
pub fn refused(error: OpenError) -> Failure {
    let kind = match &error {
        OpenError::Busy { .. } => FailureKind::Locked,
        _ => FailureKind::Platform,
    };
    let failure = Failure::new(kind, "The embedded platform cannot be opened.");
    let failure = match &error {
        OpenError::Busy { .. } => {
            failure.hint("Wait for the other run, or wait longer with `--lock-timeout SECONDS`.")
        }
        OpenError::Unwritable { .. } => failure.hint(
            "Make the folder writable for the current user and see that the disk is not full, or \
             name another place with `embedded:` in `trectl.yaml`.",
        ),
        OpenError::Unreadable { .. } => {
            failure.hint("Make the file readable for the current user.")
        }
        OpenError::Seed(_) => failure.hint("Correct the seed."),
        OpenError::NotAStore { .. } => {
            failure.hint("Name another file with `embedded:` in `trectl.yaml`.")
        }
        OpenError::Corrupted { .. } | OpenError::Newer { .. } | OpenError::Exists { .. } => failure,
    };
    failure.because(error)
}

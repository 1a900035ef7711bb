//! `doctor`: target, credentials, permissions, and the platform's answers against the contract.

use std::time::Duration;

use crate::cli::doctor::{self, Link, Report, Subject};
use crate::cli::exit::Status;
use crate::cli::failure::{FailureKind, Outcome, Stop};
use crate::cli::output::Output;
use crate::cli::platform::Opened;
use crate::cli::session::{Documents, Session};
use crate::cli::settings::Settings;
use crate::cli::{platform, runtime};

/// For how long a call is repeated at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the command.
pub fn run(output: &mut Output) -> Outcome {
    let session = match Session::open(output, Documents::Optional) {
        Ok(session) => session,
        Err(Stop::Failed(failure)) if failure.kind == FailureKind::Usage => {
            return Ok(tell(&doctor::unresolved(&failure), output));
        }
        Err(stop) => return Err(stop),
    };
    runtime::block_on(|interrupt| async move {
        let settings = impatient(output.settings());
        let opened = platform::open_transport(&session, &settings, &interrupt).await;
        let (transport, connection) = match opened {
            Ok(Opened { transport, connection }) => (Ok(transport), connection),
            Err(Stop::Failed(failure)) if is_a_finding(failure.kind) => (Err(*failure), None),
            Err(stop) => return Err(stop),
        };
        let link = connection.as_ref().map(|connection| connection as &dyn Link);
        let subject = Subject { session: &session, settings: &settings, transport, link };
        let report = interrupt.or(doctor::examine(subject)).await?;
        Ok(tell(&report, output))
    })
}

/// Returns the settings with less patience: what is repeated for minutes is what a reader of
/// `doctor` wants to know now.
fn impatient(settings: &Settings) -> Settings {
    Settings { retry_for: settings.retry_for.min(PATIENCE), ..settings.clone() }
}

/// Tells whether a platform that did not open is what the reader wants to know, rather than the
/// reader's own signal.
fn is_a_finding(kind: FailureKind) -> bool {
    !matches!(kind, FailureKind::Interrupted | FailureKind::Terminated)
}

fn tell(report: &Report, output: &mut Output) -> Status {
    if output.settings().is_json() {
        output.json(report);
    } else {
        output.result(&doctor::human(report, output.settings()));
    }
    if report.summary.failed == 0 { Status::DONE } else { Status::ERROR }
}

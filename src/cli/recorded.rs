//! Plans against a snapshot: no platform, no state, no credential, no network.

use std::collections::BTreeMap;

use camino::Utf8Path;
use jiff::SignedDuration;

use super::clock;
use super::failure::Failure;
use super::planning::{self, Request, unread};
use super::session::Session;
use crate::desired::{Address, PlatformTarget};
use crate::live::{Snapshot, SnapshotError, Uncovered};
use crate::model::{Directory, OrgId, TreId};
use crate::plan::{self, EMBEDDED, LiveSource, Plan, TargetInfo};

/// So many things that were not checked are told of each TRE.
const TOLD: usize = 6;

/// Reads a snapshot.
///
/// # Errors
///
/// Where the file cannot be read, is no snapshot, or is not as it was written.
pub fn read(path: &Utf8Path) -> Result<Snapshot, Failure> {
    let bytes = fs_err::read(path).map_err(|error| {
        Failure::files(format!("The snapshot `{path}` cannot be read."))
            .because(error)
            .hint("`trectl snapshot -o FILE` takes one.")
    })?;
    Snapshot::read(&bytes).map_err(|error| refused(path.as_str(), error))
}

/// Reads the newest snapshot in the state of a session's target.
///
/// # Errors
///
/// Where there is none, the state cannot be read, or the snapshot is not as it was written.
pub async fn newest(session: &Session) -> Result<Snapshot, Failure> {
    let newest = session.state()?.newest_live().await.map_err(planning::state_failure)?;
    let Some((name, bytes)) = newest else {
        return Err(Failure::files("There is no snapshot in the state store.")
            .hint("`trectl snapshot --to-state` keeps one there, with an account."));
    };
    Snapshot::read(&bytes).map_err(|error| refused(&name, error))
}

/// Refuses a snapshot that is older than somebody wants.
///
/// # Errors
///
/// Where it is, or its age cannot be told.
pub fn is_young(snapshot: &Snapshot, most: Option<SignedDuration>) -> Result<(), Failure> {
    let Some(most) = most else { return Ok(()) };
    let age = clock::age(&snapshot.taken_at);
    if age.and_then(|age| SignedDuration::try_from(age).ok()).is_some_and(|age| age <= most) {
        return Ok(());
    }
    let taken = &snapshot.taken_at;
    Err(Failure::usage(format!("The snapshot is too old: it was taken at {taken}."))
        .because(format!("`--max-age` asks for one of the last {most:#}"))
        .hint("Take it again with an account, or look why the run that takes it every night does not."))
}

fn refused(path: &str, error: SnapshotError) -> Failure {
    let (message, hint) = match &error {
        SnapshotError::Json(_) | SnapshotError::Kind => (
            format!("`{path}` is no snapshot, or only a part of one."),
            "`trectl snapshot -o FILE` takes one.",
        ),
        SnapshotError::Version(version) => (
            format!("`{path}` has the format version {version}, which this trectl does not know."),
            "Take the snapshot again with this trectl.",
        ),
        SnapshotError::Digest { .. } => (
            format!("`{path}` is not as it was written: its digest does not fit its content."),
            "Somebody changed it, or it was damaged on the way. Take it again.",
        ),
        SnapshotError::Content(_) => (
            format!("`{path}` does not hold what a snapshot holds."),
            "Take it again: `trectl snapshot -o FILE`.",
        ),
    };
    Failure::files(message).because(error).hint(hint)
}

/// Makes a plan against a snapshot. What the snapshot does not tell is claimed by nobody, and said.
///
/// # Errors
///
/// Where it was taken of another target or of fewer TREs, or `--only` names a TRE that is nowhere.
pub fn plan(session: &Session, snapshot: &Snapshot, request: &Request) -> Result<Plan, Failure> {
    let select = session.target.select_bill_to.as_deref();
    is_of_target(session, snapshot)?;
    covers(snapshot, select)?;
    let live = snapshot.live(select).map_err(unread)?;
    let applied = &snapshot.applied;
    planning::is_known(session, &live, applied, request)?;
    let nobody = Directory::of(snapshot.directory.operator.clone());
    let questions = plan::questions(&planning::context(session, &live, applied, &nobody, request));
    let directory = snapshot.directory(&questions, &live);
    let ctx = planning::context(session, &live, applied, &directory, request);
    let mut plan = plan::plan(&ctx, snapshot.taken_at.clone(), planning::source(session));
    plan.live = Some(LiveSource { snapshot: snapshot.info() });
    plan.target.platform.clone_from(&snapshot.target.platform);
    let changed = planning::changed(&plan, &live);
    planning::note_requests(&mut plan, &changed, &snapshot.requests);
    note_unchecked(&mut plan, &plan::unanswered(&ctx));
    Ok(plan)
}

fn is_of_target(session: &Session, snapshot: &Snapshot) -> Result<(), Failure> {
    let TargetInfo { name, platform, operator: _ } = &snapshot.target;
    let target = &session.target;
    if *name != target.name {
        return Err(Failure::usage(format!(
            "The snapshot is of the target `{name}`, and this plan is for `{}`.",
            target.name
        ))
        .hint(format!("Name it with `--target {name}`, or take a snapshot of this one.")));
    }
    let fits = match &target.platform {
        PlatformTarget::Embedded { .. } => platform == EMBEDDED,
        // Without a host in the project file the environment of the snapshot named it.
        PlatformTarget::DnaNexus(Address { host, port: _, protocol: _ }) => {
            platform != EMBEDDED && host.as_ref().is_none_or(|host| host == platform)
        }
    };
    if fits {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "The snapshot is of `{platform}`, and the target `{name}` now is {}.",
        target.describe_platform()
    ))
    .hint("Take a snapshot again."))
}

/// What is not in a snapshot of fewer TREs would look as if it were not on the platform.
fn covers(snapshot: &Snapshot, select: Option<&[OrgId]>) -> Result<(), Failure> {
    let missing = match snapshot.uncovered(select) {
        Uncovered::Nothing => return Ok(()),
        Uncovered::Orgs(orgs) => {
            let orgs: Vec<String> = orgs.iter().map(|org| format!("`{org}`")).collect();
            format!("those billed to {}", orgs.join(", "))
        }
        Uncovered::AllOthers => "those billed to other orgs than it was taken for".to_owned(),
    };
    Err(Failure::usage(format!("The target selects TREs that are not in the snapshot: {missing}."))
        .hint("Take a snapshot again: `select` in `trectl.yaml` has changed since."))
}

/// Says in each TRE what nobody has checked.
fn note_unchecked(plan: &mut Plan, open: &BTreeMap<TreId, Vec<String>>) {
    for change in &mut plan.resource_changes {
        let Some(open) = open.get(&TreId::from_platform(&change.name)) else { continue };
        let mut told = open.iter().take(TOLD).cloned().collect::<Vec<_>>().join("; ");
        if open.len() > TOLD {
            told.push_str(&format!("; and {} more", open.len() - TOLD));
        }
        change.warnings.push(format!("Not in the snapshot, so not checked: {told}."));
        let unknown = &mut change.impact.unknown;
        for what in open.iter().map(|what| what.replace('`', "")) {
            if !unknown.contains(&what) {
                unknown.push(what);
            }
        }
    }
}

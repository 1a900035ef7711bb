//! From a session to a plan: the live state and what was applied are read, the planner is asked
//! what it wants to know of people and assets, and then for the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::clock;
use super::failure::{Failure, FailureKind};
use super::git;
use super::platform;
use super::session::Session;
use crate::diag::did_you_mean;
use crate::live::{self, LiveError};
use crate::model::{Applied, Directory, Live, RequestCounts, TreId, UserId};
use crate::plan::{self, Allow, Context, Extent, Plan, Source, Status};
use crate::platform::Reader;
use crate::state::{Loaded, StateError};

/// What a plan is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these TREs.
    pub only: Option<BTreeSet<TreId>>,
    /// TREs among them that nobody named, so that they need not be anywhere.
    pub untold: BTreeSet<TreId>,
    /// Consents of this run.
    pub allow: Vec<Allow>,
    /// How much of the changes.
    pub extent: Extent,
}

impl Request {
    /// Returns what `--only` and `--allow` ask for.
    pub fn new(only: &[TreId], allow: &[Allow]) -> Self {
        let only = (!only.is_empty()).then(|| only.iter().cloned().collect());
        Self { only, untold: BTreeSet::new(), allow: allow.to_vec(), extent: Extent::Full }
    }

    /// Returns the TREs that must be read where they are few: those that are named, and those of
    /// which nobody knows what became of a call. `None` means all of the selection.
    fn few(&self, loaded: &Loaded) -> Option<BTreeSet<TreId>> {
        let mut ids = self.only.clone()?;
        ids.extend(self.allow.iter().filter_map(|allow| allow.tre.clone()));
        ids.extend(loaded.unsettled().keys().cloned());
        (ids.len() <= live::FEW).then_some(ids)
    }
}

/// A plan with what it was made from.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The state, with everything settled that earlier runs left open.
    pub loaded: Loaded,
    /// Live TREs that never had a document.
    pub unmanaged: Vec<TreId>,
    /// What is on the platform.
    pub live: Live,
}

/// Makes a plan.
///
/// # Errors
///
/// Where the platform or the state cannot be read, or `--only` names a TRE that is nowhere.
pub async fn make(
    session: &Session,
    reader: &dyn Reader,
    request: &Request,
) -> Result<Planned, Failure> {
    plan(session, reader, request, source(session)).await
}

/// Makes a plan that tells its readers of this source.
async fn plan(
    session: &Session,
    reader: &dyn Reader,
    request: &Request,
    source: Source,
) -> Result<Planned, Failure> {
    let Observed { operator, live, loaded } = observe(session, reader, request).await?;
    let nobody = Directory::of(operator.clone());
    let questions = plan::questions(&context(session, &live, loaded.applied(), &nobody, request));
    let directory = live::fill(reader, &operator, &questions, &live).await.map_err(unread)?;
    let ctx = context(session, &live, loaded.applied(), &directory, request);
    let mut plan = plan::plan(&ctx, clock::now(), source);
    let unmanaged = plan::unmanaged(&ctx).cloned().collect();
    let changed = changed(&plan, &live);
    let counts = live::requests(reader, &changed).await.map_err(unread)?;
    note_requests(&mut plan, &changed, &counts);
    Ok(Planned { plan, loaded, unmanaged, live })
}

/// What is there: who acts, what is live, and what was applied.
#[derive(Debug)]
pub struct Observed {
    /// The acting account.
    pub operator: UserId,
    /// The TREs of the selection, as far as the request needs them.
    pub live: Live,
    /// The state, with everything settled that earlier runs left open.
    pub loaded: Loaded,
}

/// Reads the TREs that the request is about, and the state of the target.
///
/// # Errors
///
/// Where the platform or the state cannot be read, or the request names a TRE that is nowhere.
pub async fn observe(
    session: &Session,
    reader: &dyn Reader,
    request: &Request,
) -> Result<Observed, Failure> {
    let select = session.target.select_bill_to.as_deref();
    let mut loaded = session.state()?.load().await.map_err(state_failure)?;
    let few = request.few(&loaded);
    let live = async {
        match &few {
            Some(ids) => live::read_some(reader, select, ids).await,
            None => live::read(reader, select).await,
        }
    };
    let operator = async { reader.whoami().await.map_err(LiveError::from) };
    let (operator, mut live) = tokio::try_join!(operator, live).map_err(unread)?;
    if few.is_some() && is_known(session, &live, loaded.applied(), request).is_err() {
        // Whoever mistypes an id is told of all that there are.
        live = live::read(reader, select).await.map_err(unread)?;
    }
    is_known(session, &live, loaded.applied(), request)?;
    loaded.settle(&live).map_err(|error| state_failure(error.into()))?;
    Ok(Observed { operator, live, loaded })
}

/// Returns all that a plan is made from.
pub fn context<'a>(
    session: &'a Session,
    live: &'a Live,
    applied: &'a Applied,
    directory: &'a Directory,
    request: &'a Request,
) -> Context<'a> {
    Context {
        desired: &session.desired,
        target: &session.target,
        live,
        applied,
        directory,
        only: request.only.as_ref(),
        allow: &request.allow,
        extent: request.extent,
        today: session.today,
    }
}

/// Returns the live TREs that change: nobody needs the requests of the others.
pub fn changed(plan: &Plan, live: &Live) -> BTreeSet<TreId> {
    plan.resource_changes
        .iter()
        .filter(|change| !change.fields.is_empty() && change.status != Status::NoOp)
        .map(|change| TreId::from_platform(&change.name))
        .filter(|id| live.tres.contains_key(id))
        .collect()
}

/// Notes the requests of the TREs that change, or that they could not be counted.
pub fn note_requests(
    plan: &mut Plan,
    changed: &BTreeSet<TreId>,
    counts: &BTreeMap<TreId, RequestCounts>,
) {
    for change in &mut plan.resource_changes {
        let id = TreId::from_platform(&change.name);
        if changed.contains(&id) {
            change.impact.note_requests(counts.get(&id).copied());
        }
    }
}

/// Returns what a plan is made from, as it tells its readers.
pub fn source(session: &Session) -> Source {
    let files: BTreeSet<&str> = session.repository.sources.iter().map(|(file, _)| file).collect();
    Source {
        digest: session.repository.digest.clone(),
        git: git::describe(&session.repository.root, &files),
    }
}

/// Tells whether every TRE that the request names is somewhere.
///
/// # Errors
///
/// Where one of them is nowhere.
pub fn is_known(
    session: &Session,
    live: &Live,
    applied: &Applied,
    request: &Request,
) -> Result<(), Failure> {
    let known: BTreeSet<&TreId> =
        session.desired.tres.keys().chain(live.tres.keys()).chain(applied.keys()).collect();
    let named = request.only.iter().flatten().filter(|id| !request.untold.contains(*id));
    let consented = request.allow.iter().filter_map(|allow| allow.tre.as_ref());
    match named.chain(consented).find(|id| !known.contains(id)) {
        Some(id) => Err(unknown_tre(id, known.into_iter())),
        None => Ok(()),
    }
}

/// Returns the failure of naming a TRE that is nowhere.
pub fn unknown_tre<'a>(id: &TreId, known: impl Iterator<Item = &'a TreId>) -> Failure {
    let failure = Failure::usage(format!(
        "There is no TRE `{id}`, neither in the repository nor on the platform."
    ));
    match did_you_mean(id.as_str(), known.map(TreId::as_str)) {
        Some(known) => failure.hint(format!("Did you mean `{known}`?")),
        None => failure.hint("`trectl plan` shows the TREs that there are."),
    }
}

/// Returns the failure of a platform that could not be read.
pub fn unread(error: LiveError) -> Failure {
    match error {
        LiveError::Platform(error) => platform::failed(error),
        shape @ LiveError::Shape { .. } => {
            Failure::new(FailureKind::Platform, "The platform answered what trectl does not know.")
                .because(shape)
                .hint("Compare `docs/platform-contract.md` with the platform's own reference.")
        }
        recorded @ LiveError::Recorded { .. } => {
            Failure::files("The snapshot holds what trectl does not know.")
                .because(recorded)
                .hint("Take a new one with this trectl: `trectl snapshot -o FILE`.")
        }
    }
}

/// Returns the failure of a state that cannot be read or written.
pub fn state_failure(error: StateError) -> Failure {
    let kind = match &error {
        StateError::Busy { .. } | StateError::Lost { .. } => FailureKind::Locked,
        _ => FailureKind::Files,
    };
    let hint = error.hint();
    let message = match kind {
        FailureKind::Locked => "Another run holds the lock.",
        _ => "The state of the target cannot be used.",
    };
    Failure::new(kind, message).because(error).hint(hint)
}

#[cfg(test)]
mod tests;

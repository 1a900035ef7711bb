//! The platform's own rules, pure: JSON in, JSON out, at the level of the wire.
//!
//! Written from the reference of the platform alone. It shares no rule with the planner, so that
//! each is the other's check. A call is decided on a world that does not change ([`World::decide`])
//! and its effect is a list of rows that change ([`Change`]): a store can make them durable before
//! anybody sees them.

mod access;
mod describe;
mod directory;
mod entity;
mod file;
mod find;
mod input;
mod inventory;
mod nonce;
mod people;
mod policy;
mod refusal;
mod request;
mod review;
mod route;
mod seeding;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

pub use self::seeding::{SeedError, SeedProblem};

pub use self::file::Content;

pub(in crate::sim) use self::directory::{Directory, Listed};
pub(in crate::sim) use self::entity::{Nonce, Request, Tre};
pub(in crate::sim) use self::file::File;
pub(in crate::sim) use self::route::Route;

use self::input::Input;
use self::refusal::{Outcome, Refusal};
use self::route::TreChange;
use crate::model::ids::{ObjectId, ProjectId, RequestId, TreId, UserId};
use crate::platform::PlatformError;

/// The account that acts on a platform without a seed.
const LOCAL_ACTOR: &str = "user-local";

/// The platform's side: everything that it knows.
#[derive(Debug, Clone)]
pub struct World {
    actor: UserId,
    tokens: Arc<BTreeMap<String, UserId>>,
    directory: Arc<Directory>,
    tres: BTreeMap<TreId, Arc<Tre>>,
    requests: BTreeMap<RequestId, Arc<Request>>,
    nonces: BTreeMap<String, Arc<Nonce>>,
    files: BTreeMap<ObjectId, Arc<File>>,
    /// The published TREs whose active inventory lies in a project.
    holders: BTreeMap<ProjectId, BTreeSet<TreId>>,
    /// The data access requests of a TRE.
    requests_of: BTreeMap<TreId, BTreeSet<RequestId>>,
}

/// A row that a call changes.
#[derive(Debug, Clone)]
pub(in crate::sim) enum Change {
    PutTre(Arc<Tre>),
    DropTre(TreId),
    PutRequest(Arc<Request>),
    DropRequest(RequestId),
    PutNonce(String, Arc<Nonce>),
    DropNonce(String),
    PutFile(Arc<File>),
    /// The content of a part of a file, which a store alone keeps.
    PutContent(ObjectId, u64, Arc<[u8]>),
}

/// What a call answers, and the rows that it changes.
#[derive(Debug)]
pub(in crate::sim) struct Decision {
    pub answer: Value,
    pub changes: Vec<Change>,
}

impl Decision {
    fn unchanged(answer: Value) -> Self {
        Self { answer, changes: Vec::new() }
    }
}

/// Who calls, and when.
struct Caller<'a> {
    user: &'a UserId,
    now: i64,
}

impl World {
    /// Returns a platform without a seed: it knows no directory, every well-formed id exists, and
    /// `user-local` acts.
    pub fn unseeded() -> Self {
        Self::of(UserId::from_platform(LOCAL_ACTOR), BTreeMap::new(), Directory::Open)
    }

    /// Returns an empty platform with a directory.
    pub(in crate::sim) fn of(
        actor: UserId,
        tokens: BTreeMap<String, UserId>,
        directory: Directory,
    ) -> Self {
        Self {
            actor,
            tokens: Arc::new(tokens),
            directory: Arc::new(directory),
            tres: BTreeMap::new(),
            requests: BTreeMap::new(),
            nonces: BTreeMap::new(),
            files: BTreeMap::new(),
            holders: BTreeMap::new(),
            requests_of: BTreeMap::new(),
        }
    }

    /// Returns the account that acts where no token says otherwise.
    pub fn actor(&self) -> &UserId {
        &self.actor
    }

    /// Returns the account that a token stands for. Where no tokens are listed, without a seed
    /// above all, a token that is spelled like a user's id stands for that user: a convention of
    /// this platform alone.
    pub fn user_of_token(&self, token: &str) -> Option<UserId> {
        if self.has_tokens() { self.tokens.get(token).cloned() } else { token.parse().ok() }
    }

    /// Tells whether a seed listed tokens.
    pub fn has_tokens(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Returns what never changes: the tokens and the directory.
    pub(in crate::sim) fn settings(&self) -> (&BTreeMap<String, UserId>, &Directory) {
        (&self.tokens, &self.directory)
    }

    /// Returns everything that calls can change, as changes of an empty world.
    pub(in crate::sim) fn contents(&self) -> Vec<Change> {
        let tres = self.tres.values().map(|tre| Change::PutTre(Arc::clone(tre)));
        let requests = self.requests.values().map(|one| Change::PutRequest(Arc::clone(one)));
        let nonces =
            self.nonces.iter().map(|(key, one)| Change::PutNonce(key.clone(), Arc::clone(one)));
        let files = self.files.values().map(|file| Change::PutFile(Arc::clone(file)));
        tres.chain(requests).chain(nonces).chain(files).collect()
    }

    /// Answers a call and takes its effect; `now_ms` is milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// The platform's refusal, with the vendor's error type.
    pub fn handle(
        &mut self,
        actor: &UserId,
        route: &str,
        input: &Value,
        now_ms: i64,
    ) -> Result<Value, PlatformError> {
        let decided = self.decide(actor, route, input, now_ms);
        self.take(decided)
    }

    /// Takes the effect of what was decided, and returns the answer.
    pub(in crate::sim) fn take(
        &mut self,
        decided: Result<Decision, PlatformError>,
    ) -> Result<Value, PlatformError> {
        let Decision { answer, changes } = decided?;
        changes.into_iter().for_each(|change| self.apply(change));
        Ok(answer)
    }

    /// Answers a call without taking its effect.
    pub(in crate::sim) fn decide(
        &self,
        user: &UserId,
        route: &str,
        input: &Value,
        now: i64,
    ) -> Result<Decision, PlatformError> {
        self.dispatch(&Caller { user, now }, route, input).map_err(|refusal| refusal.at(route))
    }

    fn dispatch(&self, caller: &Caller<'_>, route: &str, input: &Value) -> Outcome<Decision> {
        let route = Route::parse(route)?;
        if !self.directory.has_user(caller.user) {
            return Err(Refusal::stranger(caller.user));
        }
        let fields = Input::of(input)?;
        match route {
            Route::NewTre => self.create_once(caller, input, |fields| self.create(caller, fields)),
            Route::NewFile => {
                self.create_once(caller, input, |fields| self.new_file(caller, fields))
            }
            Route::ChangeFile(id, change) => self.change_file(caller, &id, change, fields),
            Route::NewRequest => self.new_request(caller, fields),
            Route::ChangeTre(id, TreChange::Destroy) => self.destroy(caller, &id, fields),
            Route::ChangeTre(id, change) => self.change_tre(caller, &id, change, fields),
            Route::ChangeRequest(id, change) => self.change_request(caller, &id, change, fields),
            reading => self.read(caller, reading, fields).map(Decision::unchanged),
        }
    }

    /// Changes a TRE by one rule; a rule that leaves it as it was succeeds and changes nothing.
    fn change_tre(
        &self,
        caller: &Caller<'_>,
        id: &TreId,
        change: TreChange,
        input: Input<'_>,
    ) -> Outcome<Decision> {
        let before = self.seen_tre(caller.user, id)?;
        self.require_admin(caller.user, before)?;
        let mut tre = before.clone();
        match change {
            TreChange::Update => self.update(caller.user, &mut tre, input)?,
            TreChange::Activate => self.activate(caller, &mut tre, input)?,
            TreChange::Deactivate => Self::deactivate(&mut tre, input)?,
            TreChange::SetPolicies => policy::set(&mut tre, input)?,
            TreChange::SetInventory => self.set_inventory(caller, &mut tre, input)?,
            TreChange::AddStep => self.add_step(&mut tre, input)?,
            TreChange::UpdateStep => review::update_step(&mut tre, input)?,
            TreChange::RemoveStep => review::remove_step(&mut tre, input)?,
            TreChange::AddReviewers => self.add_reviewers(&mut tre, input)?,
            TreChange::RemoveReviewers => review::remove_reviewers(&mut tre, input)?,
            TreChange::AddAdmins => self.add_admins(&mut tre, input)?,
            TreChange::RemoveAdmins => people::remove_admins(caller.user, &mut tre, input)?,
            TreChange::AddAuthorizedUsers => {
                self.add_authorized_users(caller.user, &mut tre, input)?;
            }
            TreChange::RemoveAuthorizedUsers => people::remove_authorized_users(&mut tre, input)?,
            TreChange::Destroy => return self.destroy(caller, id, input),
        }
        let answer = json!({ "id": id });
        if tre == *before {
            return Ok(Decision::unchanged(answer));
        }
        tre.modified = caller.now;
        Ok(Decision { answer, changes: vec![Change::PutTre(Arc::new(tre))] })
    }

    /// Takes an effect.
    pub(in crate::sim) fn apply(&mut self, change: Change) {
        match change {
            Change::PutTre(tre) => {
                self.forget_holder(&tre.id.clone());
                for project in held_projects(&tre) {
                    self.holders.entry(project).or_default().insert(tre.id.clone());
                }
                self.tres.insert(tre.id.clone(), tre);
            }
            Change::DropTre(id) => {
                self.forget_holder(&id);
                self.tres.remove(&id);
            }
            Change::PutRequest(request) => {
                let of_tre = self.requests_of.entry(request.tre.clone()).or_default();
                of_tre.insert(request.id.clone());
                self.requests.insert(request.id.clone(), request);
            }
            Change::DropRequest(id) => {
                if let Some(request) = self.requests.remove(&id)
                    && let Some(of_tre) = self.requests_of.get_mut(&request.tre)
                {
                    of_tre.remove(&id);
                }
            }
            Change::PutNonce(key, nonce) => {
                self.nonces.insert(key, nonce);
            }
            Change::DropNonce(key) => {
                self.nonces.remove(&key);
            }
            Change::PutFile(file) => {
                self.files.insert(file.id.clone(), file);
            }
            Change::PutContent(..) => {}
        }
    }

    fn forget_holder(&mut self, id: &TreId) {
        let Some(before) = self.tres.get(id) else { return };
        for project in held_projects(before) {
            if let Some(holders) = self.holders.get_mut(&project) {
                holders.remove(id);
            }
        }
    }
}

/// Returns the projects of a published TRE's active inventory.
fn held_projects(tre: &Tre) -> BTreeSet<ProjectId> {
    tre.active
        .iter()
        .filter(|_| tre.is_published())
        .flat_map(|inventory| inventory.assets.values())
        .map(|placed| placed.project.clone())
        .collect()
}

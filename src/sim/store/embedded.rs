//! The embedded platform as a transport.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use super::committer::{Committer, Job, Work, broken};
use super::{OpenError, file, rows};
use crate::model::ids::UserId;
use crate::platform::seed::Seed;
use crate::platform::{Pending, PlatformError, PlatformErrorKind, Transport};
use crate::sim::world::{Decision, Route};
use crate::sim::{Content, World};

/// Tells the time: milliseconds since the Unix epoch.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What the embedded platform is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read. Nothing is created or written; where there is no store yet, the platform is one
    /// in memory, as it would begin.
    Read,
    /// To read and write. A store that does not exist yet is created and the seed loaded.
    Write,
}

/// How to open the embedded platform.
#[derive(Clone)]
pub struct Options {
    /// The file of the store.
    pub path: PathBuf,
    /// What the platform begins with; `None` for no directory. It counts only where there is no
    /// store yet.
    pub seed: Option<Seed>,
    /// What for.
    pub access: Access,
    /// How long to wait for a store that another process works with.
    pub lock_timeout: Duration,
    /// Tells the time.
    pub clock: Clock,
}

/// The embedded platform. Clones share it; it is closed with the last of them.
#[derive(Clone)]
pub struct Embedded {
    shared: Arc<Shared>,
    writer: Option<Arc<Writer>>,
    user: UserId,
}

/// What readers and the committing thread share.
pub(super) struct Shared {
    /// What is durable.
    pub world: RwLock<World>,
    pub clock: Clock,
    failure: Mutex<Option<String>>,
    commits: AtomicU64,
}

/// The committing thread; dropping it waits for its end.
struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// Opens the embedded platform.
    ///
    /// # Errors
    /// Where the store is in use, damaged, no store at all, not readable or not writable, or the
    /// seed contradicts itself.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let Options { path, seed, access, lock_timeout, clock } = options;
        match access {
            Access::Read => {
                let world = if file::exists(&path)? {
                    rows::read_world(&path, &file::open_copy(&path, lock_timeout)?)?
                } else {
                    file::world_of(seed.as_ref())?
                };
                Ok(Self::of(Arc::new(Shared::new(world, clock)), None))
            }
            Access::Write => {
                if !file::exists(&path)? {
                    // Whoever else creates it at the same time has created it from the same seed.
                    file::create(&path, &file::world_of(seed.as_ref())?)?;
                }
                let db = file::open(&path, lock_timeout)?;
                Self::write(&path, db, clock)
            }
        }
    }

    /// Starts to work with an open store.
    pub(super) fn write(
        path: &std::path::Path,
        db: redb::Database,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let world = rows::read_world(path, &db)?;
        let next_call = rows::next_call(&db).map_err(|error| OpenError::of(path, error))?;
        let shared = Arc::new(Shared::new(world.clone(), clock));
        let committer = Committer { db, world, shared: Arc::clone(&shared), next_call };
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("embedded-platform".to_owned())
            .spawn(move || committer.run(&waiting))
            .map_err(|error| OpenError::unwritable(path, error))?;
        let writer = Writer { jobs: Some(jobs), thread: Some(thread) };
        Ok(Self::of(shared, Some(Arc::new(writer))))
    }

    fn of(shared: Arc<Shared>, writer: Option<Arc<Writer>>) -> Self {
        let user = shared.actor();
        Self { shared, writer, user }
    }

    /// Returns the same platform, called by another account.
    #[must_use]
    pub fn acting_as(&self, user: UserId) -> Self {
        Self { user, ..self.clone() }
    }

    /// Returns the account that acts where no token says otherwise.
    pub fn actor(&self) -> UserId {
        self.shared.actor()
    }

    /// Tells whether a seed listed tokens; without any, users' ids are tokens.
    pub fn has_tokens(&self) -> bool {
        self.shared.world.read().unwrap_or_else(PoisonError::into_inner).has_tokens()
    }

    /// Returns the account that a token stands for.
    pub fn user_of_token(&self, token: &str) -> Option<UserId> {
        let world = self.shared.world.read().unwrap_or_else(PoisonError::into_inner);
        world.user_of_token(token)
    }

    /// Returns how many durable commits were made since it was opened: each is one sync of the
    /// disk, and calls that arrive together share one.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    fn read(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        if let Some(failure) = self.shared.failure() {
            return Err(broken(route, &failure));
        }
        let now = (self.shared.clock)();
        let world = self.shared.world.read().unwrap_or_else(PoisonError::into_inner);
        world.decide(&self.user, route, input, now).map(|Decision { answer, changes: _ }| answer)
    }

    /// Takes the content of a part of a file, and returns when it is durable.
    ///
    /// # Errors
    /// The platform's refusal.
    pub async fn put(&self, content: Content) -> Result<Value, PlatformError> {
        self.change(Work::Put(content)).await
    }

    async fn change(&self, work: Work) -> Result<Value, PlatformError> {
        let route = work.route().to_owned();
        let failed = |message: &str| PlatformError::new(&route, PlatformErrorKind::Store, message);
        let jobs =
            self.writer.as_ref().and_then(|writer| writer.jobs.as_ref()).ok_or_else(|| {
                failed("The embedded platform was opened for reading and takes no changes.")
            })?;
        let (reply, answer) = oneshot::channel();
        let ended = || failed("The embedded platform ended before it answered.");
        jobs.send(Job { work, reply }).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

impl Transport for Embedded {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            if Route::is_change(route) {
                let (user, route) = (self.user.clone(), route.to_owned());
                self.change(Work::Call { user, route, input }).await
            } else {
                self.read(route, &input)
            }
        })
    }
}

impl Shared {
    fn new(world: World, clock: Clock) -> Self {
        Self {
            world: RwLock::new(world),
            clock,
            failure: Mutex::new(None),
            commits: AtomicU64::new(0),
        }
    }

    fn actor(&self) -> UserId {
        self.world.read().unwrap_or_else(PoisonError::into_inner).actor().clone()
    }

    /// Returns why the store failed, if it did.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that the store failed, for good.
    pub(super) fn fail(&self, failure: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    pub(super) fn count_commit(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told to every caller as an ended platform.
            drop(thread.join());
        }
    }
}

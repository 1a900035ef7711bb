//! A store that goes wrong: every failure is told, nothing that was acknowledged is lost, and once
//! the store is well again the next run goes on.

use std::fmt;
use std::io::Error as SystemError;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result as Answer,
};

use super::*;

/// What goes wrong with an object that is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing is written, and the system says why.
    Refused(i32),
    /// It is written, and an error comes back: an answer that was lost, or a sync that failed.
    LostAnswer(i32),
    /// It is written, the answer is lost, and the store's own repetition finds the name taken.
    TakenByItself,
}

/// Which writes go wrong.
#[derive(Debug, Clone, Copy)]
struct Plan {
    fault: Fault,
    /// The first one, counted from 1.
    from: usize,
    times: usize,
}

/// A store in memory that can go wrong.
#[derive(Debug, Default)]
struct Faulty {
    inner: InMemory,
    plan: Mutex<Option<Plan>>,
    writes: Mutex<usize>,
    /// Objects whose names hold this are read by half.
    torn: Mutex<Option<&'static str>>,
    /// How far the store's clock is ahead, in hours.
    ahead: Mutex<i64>,
}

fn locked<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Faulty {
    fn fails(&self, fault: Fault, from: usize, times: usize) {
        *locked(&self.writes) = 0;
        *locked(&self.plan) = Some(Plan { fault, from, times });
    }

    fn heal(&self) {
        *locked(&self.plan) = None;
        *locked(&self.torn) = None;
    }

    fn fault(&self) -> Option<Fault> {
        let mut writes = locked(&self.writes);
        *writes += 1;
        let Plan { fault, from, times } = (*locked(&self.plan))?;
        (from..from.saturating_add(times)).contains(&writes).then_some(fault)
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store that goes wrong")
    }
}

fn system(code: i32) -> Error {
    Error::Generic { store: "test", source: Box::new(SystemError::from_raw_os_error(code)) }
}

impl ObjectStore for Faulty {
    fn put_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> BoxFuture<'c, Answer<PutResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(async move {
            let fault = self.fault();
            if let Some(Fault::Refused(code)) = fault {
                return Err(system(code));
            }
            let put = self.inner.put_opts(location, payload, options).await?;
            match fault {
                Some(Fault::LostAnswer(code)) => Err(system(code)),
                Some(Fault::TakenByItself) => Err(Error::AlreadyExists {
                    path: location.to_string(),
                    source: "412 Precondition Failed".into(),
                }),
                Some(Fault::Refused(_)) | None => Ok(put),
            }
        })
    }

    fn put_multipart_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Path,
        options: PutMultipartOptions,
    ) -> BoxFuture<'c, Answer<Box<dyn MultipartUpload>>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.inner.put_multipart_opts(location, options)
    }

    fn get_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Path,
        options: GetOptions,
    ) -> BoxFuture<'c, Answer<GetResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(async move {
            let torn = *locked(&self.torn);
            if !torn.is_some_and(|name| location.as_ref().contains(name)) {
                return self.inner.get_opts(location, options).await;
            }
            let whole = self.inner.get(location).await?.bytes().await?;
            let half = InMemory::new();
            half.put(location, whole.slice(..whole.len() / 2).into()).await?;
            half.get_opts(location, options).await
        })
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Answer<Path>>,
    ) -> BoxStream<'static, Answer<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Answer<ObjectMeta>> {
        let ahead = *locked(&self.ahead);
        let hours = Duration::from_secs(ahead.unsigned_abs() * 3_600);
        let listed = self.inner.list(prefix).map(move |meta| {
            meta.map(|mut meta| {
                let time = meta.last_modified;
                meta.last_modified = if ahead < 0 { time - hours } else { time + hours };
                meta
            })
        });
        listed.boxed()
    }

    fn list_with_delimiter<'a, 'b, 'c>(
        &'a self,
        prefix: Option<&'b Path>,
    ) -> BoxFuture<'c, Answer<ListResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.inner.list_with_delimiter(prefix)
    }

    fn copy_opts<'a, 'b, 'd, 'c>(
        &'a self,
        from: &'b Path,
        to: &'d Path,
        options: CopyOptions,
    ) -> BoxFuture<'c, Answer<()>>
    where
        'a: 'c,
        'b: 'c,
        'd: 'c,
    {
        self.inner.copy_opts(from, to, options)
    }
}

fn bench() -> (Arc<Faulty>, Store) {
    let faulty = Arc::new(Faulty::default());
    let location =
        Location::Opened(faulty.clone(), Path::from("state"), "s3://bucket/state".to_owned());
    (faulty, Store::at(location))
}

/// Waits for nobody, and gives no sign of life in a test.
fn quiet() -> Patience {
    Patience { wait: Duration::ZERO, lease: Duration::from_secs(3_600) }
}

/// One run that records two TREs; those that it was told are durable are in `safe`.
async fn run(store: &Store, owner: &Owner, safe: &mut Vec<&'static str>) -> Result<(), StateError> {
    let lock = store.lock(owner, quiet()).await?;
    let journal = Journal::begin(lock, store.load().await?, "run-1", info(), clock()).await?;
    for name in ["tre-a", "tre-b"] {
        journal.append(vec![recorded(name, TreState::Draft)]).await?;
        safe.push(name);
    }
    journal.finish(RunResult::Done).await
}

/// Returns how many objects a run creates that nothing disturbs.
async fn writes() -> usize {
    let (faulty, store) = bench();
    run(&store, &owner(), &mut Vec::new()).await.unwrap();
    *locked(&faulty.writes)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_write_that_fails_anywhere_is_told_loses_nothing_and_the_next_run_goes_on() {
    const FULL: i32 = 28;
    const BROKEN: i32 = 5;
    const READ_ONLY: i32 = 30;
    let owner = ended_owner();
    let count = writes().await;
    assert!(count >= 7, "a claim, four segments, a snapshot, an end: {count}");
    for (fault, times, hint) in [
        (Fault::Refused(FULL), usize::MAX, "Make room"),
        (Fault::Refused(BROKEN), usize::MAX, "then run the same command again"),
        (Fault::Refused(BROKEN), 1, "then run the same command again"),
        (Fault::Refused(READ_ONLY), usize::MAX, "writable for this account"),
        (Fault::LostAnswer(BROKEN), 1, "then run the same command again"),
        (Fault::LostAnswer(FULL), usize::MAX, "Make room"),
    ] {
        for from in 1..=count {
            let (faulty, store) = bench();
            faulty.fails(fault, from, times);
            let mut safe = Vec::new();
            let ended = run(&store, &owner, &mut safe).await;
            let is_last = from == count;
            assert_eq!(ended.is_ok(), is_last, "{fault:?} from {from}: {ended:?}");
            if let Err(error) = ended {
                assert!(matches!(error, StateError::Io { .. }), "{fault:?} from {from}: {error}");
                assert!(error.to_string().contains("s3://bucket/state/"), "{error}");
                assert!(error.hint().contains(hint), "{fault:?} from {from}: {}", error.hint());
            }
            faulty.heal();
            let left = store.load().await.unwrap();
            for name in &safe {
                assert!(left.applied().contains_key(&tre(name)), "{fault:?} from {from}: {name}");
            }
            run(&store, &owner, &mut safe).await.unwrap_or_else(|error| panic!("{error}"));
            let head = store.history(|_| {}).await.unwrap();
            assert_eq!(*store.load().await.unwrap().head(), head);
        }
    }
}

#[tokio::test]
async fn a_name_that_is_taken_by_ones_own_write_is_ones_own() {
    for from in 1..=writes().await {
        let (faulty, store) = bench();
        faulty.fails(Fault::TakenByItself, from, 1);
        run(&store, &owner(), &mut Vec::new()).await.unwrap();
        assert_eq!(store.load().await.unwrap().applied().len(), 2);
        assert_eq!(store.standing().await.unwrap(), Standing::Free { epoch: 1 });
    }
}

#[tokio::test]
async fn an_object_that_is_read_by_half_is_named_and_nothing_is_written_then() {
    for torn in ["journal/000000000004", "applied/"] {
        let (faulty, store) = bench();
        run(&store, &owner(), &mut Vec::new()).await.unwrap();
        *locked(&faulty.torn) = Some(torn);
        let before = *locked(&faulty.writes);
        let read = if torn == "applied/" {
            store.load().await.map(drop)
        } else {
            store.history(|_| {}).await.map(drop)
        };
        let error = read.unwrap_err();
        assert!(matches!(error, StateError::Corrupted { .. }), "{error}");
        assert!(error.to_string().contains(torn), "{error}");
        assert!(!error.hint().is_empty());
        assert_eq!(*locked(&faulty.writes), before);
        faulty.heal();
        run(&store, &owner(), &mut Vec::new()).await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_jumps_neither_frees_a_lock_nor_holds_one() {
    for ahead in [-6, 6] {
        let (faulty, store) = bench();
        let lock = store.lock(&owner(), quiet()).await.unwrap();
        *locked(&faulty.ahead) = ahead;
        let briefly = Patience { wait: Duration::from_millis(250), ..quiet() };
        let error = store.lock(&owner(), briefly).await.unwrap_err();
        assert!(matches!(error, StateError::Busy { .. }), "{error}");
        drop(lock);
        store.lock(&owner(), patience()).await.unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_lock_that_was_taken_is_not_free_before_the_journal_says_so() {
    let (faulty, store) = bench();
    // A run that ends without a word: every write fails from its first segment on.
    faulty.fails(Fault::Refused(5), 2, usize::MAX);
    let first = ended_owner();
    run(&store, &first, &mut Vec::new()).await.unwrap_err();
    // The claim of who takes over succeeds, and what it has to say does not.
    faulty.fails(Fault::Refused(5), 2, 1);
    let second = Owner { command: "trectl drift".to_owned(), ..ended_owner() };
    store.lock(&second, quiet()).await.unwrap_err();
    let standing = store.standing().await.unwrap();
    assert_eq!(standing.owner(), Some(&second), "{standing:?}");
    drop(store.lock(&owner(), quiet()).await.unwrap());
    let mut taken = Vec::new();
    let each = |segment: &Segment| {
        let entries = segment.entries.iter().map(|stamped| stamped.entry.clone());
        taken.extend(entries.filter(|entry| matches!(entry, Entry::LockTaken { .. })));
    };
    store.history(each).await.unwrap();
    assert_eq!(
        taken,
        [Entry::LockTaken { from: second, by: Some(owner()), reason: Some(TakeReason::Dead) }]
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_ended_and_that_nobody_has_asked_after_holds_no_lock() {
    let (_, store) = bench();
    let (mut child, owner) = living_owner();
    let _lock = store.lock(&owner, quiet()).await.unwrap();
    assert!(!store.standing().await.unwrap().is_dead());
    child.kill().unwrap();
    let began = Instant::now();
    while !store.standing().await.unwrap().is_dead() {
        assert!(began.elapsed() < Duration::from_secs(30), "it counts as alive");
        tokio::task::yield_now().await;
    }
    child.wait().unwrap();
}

#[tokio::test]
async fn a_claim_that_somebody_removed_is_a_lock_of_nobody_known() {
    let (_, store) = bench();
    let lock = store.lock(&owner(), quiet()).await.unwrap();
    let objects = objects::Objects::open(store.location()).unwrap();
    objects.create("lock/000000000001-beat-000001.json", b"{}".to_vec()).await.unwrap();
    objects.remove("lock/000000000001-claim.json").await.unwrap();
    let standing = store.standing().await.unwrap();
    assert!(matches!(standing, Standing::Held { epoch: 1, owner: None, .. }), "{standing:?}");
    drop(lock);
}

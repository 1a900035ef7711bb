//! What must hold of a state wherever it is kept: the same scenarios in a folder, in memory and in a
//! bucket. The last ones are started by `.ci/run`, which has a server for them.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use object_store::memory::InMemory;
use object_store::path::Path;

use super::stores::{Flaw, Flawed};
use super::*;
use crate::desired::{BucketUrl, Cloud};
use crate::state::objects::Objects;

/// A place for one scenario.
struct Place {
    location: Location,
    _folder: Option<Folder>,
}

impl Place {
    fn folder() -> Self {
        let folder = Folder::new();
        Self { location: Location::Folder(folder.path()), _folder: Some(folder) }
    }

    fn memory() -> Self {
        Self::opened(Arc::new(InMemory::new()))
    }

    fn flawed(flaw: Flaw) -> Self {
        Self::opened(Arc::new(Flawed::new(flaw)))
    }

    fn opened(store: Arc<dyn object_store::ObjectStore>) -> Self {
        let location = Location::Opened(store, Path::from("state"), "memory".to_owned());
        Self { location, _folder: None }
    }

    /// A prefix of its own in the bucket of the test server.
    fn bucket() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("suite/{}/{number}", std::process::id());
        let bucket = std::env::var("TRECTL_TEST_BUCKET").expect("`tests/remote/with-s3` sets it");
        let url = BucketUrl { cloud: Cloud::S3, bucket, prefix };
        Self { location: Location::Bucket(url), _folder: None }
    }

    fn store(&self) -> Store {
        Store::at(self.location.clone())
    }

    fn objects(&self) -> Objects {
        Objects::open(&self.location).unwrap()
    }

    async fn begin(&self) -> Journal {
        let lock = self.store().lock(&owner(), patience()).await.unwrap();
        let loaded = self.store().load().await.unwrap();
        Journal::begin(lock, loaded, "run-1", info(), clock()).await.unwrap()
    }

    /// Puts something else in the place of an object.
    async fn replace(&self, name: &str, bytes: Vec<u8>) {
        let objects = self.objects();
        objects.remove(name).await.unwrap();
        assert_eq!(objects.create(name, bytes).await.unwrap(), objects::Created::New);
    }

    async fn bytes(&self, name: &str) -> Vec<u8> {
        self.objects().read(name).await.unwrap().unwrap()
    }
}

/// Runs a scenario in each kind of place.
macro_rules! everywhere {
    ($($scenario:ident),* $(,)?) => {
        mod folder {
            use super::*;
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(&Place::folder()).await;
            })*
        }
        mod memory {
            use super::*;
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(&Place::memory()).await;
            })*
        }
        mod bucket {
            use super::*;
            $(#[tokio::test]
            #[ignore = "needs an S3-compatible server: `.ci/run` starts one"]
            async fn $scenario() {
                super::$scenario(&Place::bucket()).await;
            })*
        }
    };
}

everywhere!(
    reading_what_is_not_there_creates_nothing,
    one_holds_the_lock_and_tokens_never_fall,
    of_eight_who_want_the_lock_one_gets_it,
    signs_of_life_keep_the_lock,
    who_sleeps_past_the_lease_writes_no_more,
    records_are_there_with_and_without_the_snapshot,
    many_append_at_once_and_nothing_is_lost,
    an_edited_and_a_lost_segment_show,
    after_a_reset_nothing_is_left,
);

async fn reading_what_is_not_there_creates_nothing(place: &Place) {
    let store = place.store();
    assert_eq!(store.load().await.unwrap(), Loaded::default());
    assert_eq!(store.standing().await.unwrap(), Standing::Free { epoch: 0 });
    assert_eq!(store.history(|_| panic!("there is none")).await.unwrap(), Head::none());
    for folder in ["applied", "journal", "lock"] {
        assert_eq!(place.objects().list(folder).await.unwrap(), []);
    }
}

async fn one_holds_the_lock_and_tokens_never_fall(place: &Place) {
    let store = place.store();
    for token in 1..=3 {
        let lock = store.lock(&owner(), patience()).await.unwrap();
        assert_eq!(lock.token(), token);
        let error = store.lock(&owner(), patience()).await.unwrap_err();
        let StateError::Busy { standing, .. } = &error else { panic!("{error}") };
        assert_eq!(standing.owner(), Some(&owner()));
        drop(lock);
        assert_eq!(store.standing().await.unwrap(), Standing::Free { epoch: token });
    }
}

async fn of_eight_who_want_the_lock_one_gets_it(place: &Place) {
    race(&place.location, 12).unwrap();
}

/// Lets eight threads ask for the lock at the same time, again and again. Says where not exactly
/// one of them got it, or a token fell.
fn race(location: &Location, rounds: u64) -> Result<(), String> {
    const RACERS: usize = 8;
    let mut last = 0;
    for round in 1..=rounds {
        let start = Barrier::new(RACERS);
        let ready = &start;
        let taken: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..RACERS)
                .map(|_| {
                    scope.spawn(move || {
                        let runtime = tokio::runtime::Builder::new_current_thread()
                            .enable_all()
                            .build()
                            .unwrap();
                        ready.wait();
                        // All of one owner: what they write tells them apart all the same.
                        runtime.block_on(Store::at(location.clone()).lock(&owner(), patience()))
                    })
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let mut tokens = Vec::new();
        for one in &taken {
            match one {
                Ok(lock) => tokens.push(lock.token()),
                Err(StateError::Busy { .. }) => {}
                Err(error) => return Err(format!("round {round}: {error}")),
            }
        }
        match tokens.as_slice() {
            [token] if *token > last => last = *token,
            [token] => return Err(format!("round {round}: the token {token} after {last}")),
            several => return Err(format!("round {round}: {} hold the lock", several.len())),
        }
    }
    Ok(())
}

#[test]
fn the_race_is_lost_on_a_store_that_does_not_honour_conditional_writes() {
    for flaw in [Flaw::Overwrites, Flaw::LooksFirst] {
        let lost = race(&Place::flawed(flaw).location, 20).unwrap_err();
        assert!(lost.contains("hold the lock"), "{flaw:?}: {lost}");
    }
    race(&Place::flawed(Flaw::None).location, 20).unwrap();
}

async fn signs_of_life_keep_the_lock(place: &Place) {
    let store = place.store();
    let lease = Duration::from_millis(1_600);
    let _lock = store.lock(&owner(), Patience { wait: Duration::ZERO, lease }).await.unwrap();
    let wait = Duration::from_millis(2_400);
    let error = store.lock(&owner(), Patience { wait, lease }).await.unwrap_err();
    let StateError::Busy { standing, .. } = &error else { panic!("{error}") };
    assert!(matches!(**standing, Standing::Held { beat: 1.., .. }), "{standing:?}");
}

async fn who_sleeps_past_the_lease_writes_no_more(place: &Place) {
    let store = place.store();
    let never = Patience { wait: Duration::ZERO, lease: Duration::from_secs(3_600) };
    let lock = store.lock(&owner(), never).await.unwrap();
    let late = Journal::begin(lock, Loaded::default(), "run-1", info(), clock()).await.unwrap();
    late.append(vec![started("tre-a", 0), intent("tre-a", 1)]).await.unwrap();

    // What the others see of the sleeper is a lease that has run out.
    let name = "lock/000000000001-claim.json";
    let mut claim: serde_json::Value = serde_json::from_slice(&place.bytes(name).await).unwrap();
    claim["lease_ms"] = json!(40);
    place.replace(name, serde_json::to_vec(&claim).unwrap()).await;
    let wait = Duration::from_secs(60);
    let lock = store.lock(&owner(), Patience { wait, ..never }).await.unwrap();
    assert_eq!(lock.token(), 2);
    let error = late.append(vec![outcome("tre-a", 1, ok())]).await.unwrap_err();
    assert!(matches!(error, StateError::Lost { .. }), "{error}");

    let loaded = store.load().await.unwrap();
    assert_eq!(loaded.unsettled().len(), 1, "its last call waits for being settled");
    let next = Journal::begin(lock, loaded, "run-2", info(), clock()).await.unwrap();
    next.append(vec![recorded("tre-b", TreState::Draft)]).await.unwrap();
    drop((late, next));
    let mut takeovers = 0;
    let count = |segment: &Segment| {
        let is_taken = |one: &&Stamped| matches!(one.entry, Entry::LockTaken { .. });
        takeovers += segment.entries.iter().filter(is_taken).count();
    };
    store.history(count).await.unwrap();
    assert_eq!(takeovers, 1);
    assert_eq!(store.load().await.unwrap().applied().len(), 1);
}

async fn records_are_there_with_and_without_the_snapshot(place: &Place) {
    for state in [TreState::Draft, TreState::Active] {
        let journal = place.begin().await;
        let both = vec![recorded("tre-a", state), recorded("tre-b", TreState::Draft)];
        journal.append(both).await.unwrap();
        journal.finish(RunResult::Done).await.unwrap();
    }
    let loaded = place.store().load().await.unwrap();
    assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    let snapshots = place.objects().list("applied").await.unwrap();
    assert_eq!(snapshots.len(), 2);
    for snapshot in snapshots.iter().rev() {
        place.objects().remove(&snapshot.name).await.unwrap();
        assert_eq!(place.store().load().await.unwrap(), loaded);
    }
}

async fn many_append_at_once_and_nothing_is_lost(place: &Place) {
    let journal = place.begin().await;
    let names: Vec<String> = (0..200).map(|number| format!("tre-{number}")).collect();
    let appended: Vec<_> =
        names.iter().map(|name| journal.append(vec![recorded(name, TreState::Draft)])).collect();
    for appended in appended {
        appended.await.unwrap();
    }
    assert!(journal.writes() < 100, "{} writes", journal.writes());
    let head = journal.head();
    drop(journal);
    let loaded = place.store().load().await.unwrap();
    assert_eq!(loaded.applied().len(), 200);
    assert_eq!(*loaded.head(), head);
    assert_eq!(place.store().history(|_| {}).await.unwrap(), head);
}

async fn an_edited_and_a_lost_segment_show(place: &Place) {
    let journal = place.begin().await;
    for name in ["tre-a", "tre-b", "tre-c"] {
        journal.append(vec![recorded(name, TreState::Draft)]).await.unwrap();
    }
    let head = journal.head();
    drop(journal);
    let whole = place.bytes(&segment::name(2)).await;

    let edited = String::from_utf8(whole.clone()).unwrap().replace("tre-a", "tre-x");
    place.replace(&segment::name(2), edited.into_bytes()).await;
    let error = place.store().history(|_| {}).await.unwrap_err();
    assert!(error.to_string().contains("digest"), "{error}");

    let (mut forged, _): (Segment, _) = segment::decode(&whole).unwrap();
    forged.entries.clear();
    place.replace(&segment::name(2), forged.encode().unwrap().0).await;
    let error = place.store().history(|_| {}).await.unwrap_err();
    assert!(error.to_string().contains("000003.json"), "{error}");

    place.replace(&segment::name(2), whole).await;
    assert_eq!(place.store().history(|_| {}).await.unwrap(), head);
    place.objects().remove(&segment::name(head.segment)).await.unwrap();
    assert_ne!(place.store().history(|_| {}).await.unwrap(), head, "a cut tail shows in the head");
}

async fn after_a_reset_nothing_is_left(place: &Place) {
    let journal = place.begin().await;
    journal.append(vec![recorded("tre-a", TreState::Draft)]).await.unwrap();
    journal.finish(RunResult::Done).await.unwrap();
    drop(journal);
    let lock = place.store().lock(&owner(), patience()).await.unwrap();
    place.store().reset(lock).await.unwrap();
    assert_eq!(place.store().load().await.unwrap(), Loaded::default());
    // The lock goes on counting: a token of before must not count again.
    assert_eq!(place.store().standing().await.unwrap(), Standing::Free { epoch: 2 });
}

#[cfg(feature = "remote-state")]
#[tokio::test]
async fn answers_and_requests_that_are_lost_cost_no_entry_and_double_none() {
    for flaw in [Flaw::LosesAnswers, Flaw::LosesRequests] {
        let place = Place::flawed(flaw);
        let journal = place.begin().await;
        for number in 0..30 {
            let entry = recorded(&format!("tre-{number}"), TreState::Draft);
            journal.append(vec![entry]).await.unwrap();
        }
        journal.finish(RunResult::Done).await.unwrap();
        drop(journal);
        let mut segments = 0;
        place.store().history(|_| segments += 1).await.unwrap();
        assert_eq!(segments, 32, "{flaw:?}: its begin, 30 entries and its end");
        assert_eq!(place.store().load().await.unwrap().applied().len(), 30, "{flaw:?}");
    }
}

#[tokio::test]
async fn reading_needs_no_permission_to_write() {
    let written = Flawed::new(Flaw::None);
    let place = Place::opened(Arc::new(written.clone()));
    let journal = place.begin().await;
    journal.append(vec![recorded("tre-a", TreState::Draft)]).await.unwrap();
    journal.finish(RunResult::Done).await.unwrap();
    drop(journal);

    let read_only = Place::opened(Arc::new(Flawed { flaw: Flaw::ReadOnly, ..written.clone() }));
    let deletes = written.counts.deletes.load(Ordering::Relaxed);
    assert_eq!(read_only.store().load().await.unwrap().applied().len(), 1);
    read_only.store().standing().await.unwrap();
    read_only.store().history(|_| {}).await.unwrap();
    assert_eq!(written.counts.deletes.load(Ordering::Relaxed), deletes);
    let error = read_only.store().lock(&owner(), patience()).await.unwrap_err();
    assert!(matches!(error, StateError::Io { .. }), "{error}");
}

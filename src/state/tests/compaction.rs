//! Old segments go into archives: everything is still read, and it can break off anywhere.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::fencing::{hasty, memory, shorten_lease, sleepy};
use super::*;

/// A store that fails once so many objects were created or removed; it counts what is read.
#[derive(Debug)]
struct Breaking {
    inner: Arc<InMemory>,
    left: Arc<AtomicUsize>,
    reads: AtomicUsize,
}

impl Breaking {
    fn after(inner: Arc<InMemory>, left: usize) -> Self {
        Self { inner, left: Arc::new(AtomicUsize::new(left)), reads: AtomicUsize::new(0) }
    }
}

/// Takes one of the operations that are left.
fn is_left(left: &AtomicUsize) -> Result<()> {
    let one_less = |left: usize| left.checked_sub(1);
    match left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Generic { store: "breaking", source: "it broke".into() }),
    }
}

impl fmt::Display for Breaking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store that breaks")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Breaking {
    async fn put_opts(&self, at: &Path, what: PutPayload, how: PutOptions) -> Result<PutResult> {
        is_left(&self.left)?;
        self.inner.put_opts(at, what, how).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(at, how).await
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.get_opts(at, how).await
    }

    fn delete_stream(
        &self,
        places: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let left = Arc::clone(&self.left);
        let places = places.map(move |place| is_left(&left).and(place));
        self.inner.delete_stream(places.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, how).await
    }
}

fn opened(store: Arc<dyn ObjectStore>) -> Store {
    Store::at(Location::Opened(store, Path::from("state"), "memory".to_owned()))
}

fn at(minute: u8) -> Timestamp {
    format!("2026-05-01T10:{minute:02}:30Z").parse().unwrap()
}

fn always() -> Timestamp {
    "2099-01-01T00:00:00Z".parse().unwrap()
}

/// A journal of several runs, one of which took the lock from another.
async fn journal() -> Arc<InMemory> {
    let objects = Arc::new(InMemory::new());
    let store = opened(objects.clone());
    for minute in 1..=3 {
        run_at(&store, minute, vec![recorded("tre-a", TreState::Draft)]).await;
    }
    // One that dies part-way.
    let lock = store.lock(&owner(), patience()).await.unwrap();
    let loaded = store.load().await.unwrap();
    let died = Journal::begin(lock, loaded, "run-4", info(), clock()).await.unwrap();
    died.append(vec![started("tre-b", 0), intent("tre-b", 1)]).await.unwrap();
    store.unlock(&owner(), &store.standing().await.unwrap()).await.unwrap();
    drop(died);
    let outcome = outcome("tre-b", 1, StepResult::Seen);
    run_at(&store, 5, vec![outcome]).await;
    run_at(&store, 6, vec![recorded("tre-c", TreState::Active)]).await;
    run_at(&store, 7, vec![]).await;
    objects
}

async fn history(store: &Store) -> (Vec<Segment>, Head) {
    let mut segments = Vec::new();
    let head = store.history(|segment| segments.push(segment.clone())).await.unwrap();
    (segments, head)
}

async fn names(objects: &InMemory) -> Vec<String> {
    let listed: Vec<_> = objects.list(None).map(|meta| meta.unwrap().location).collect().await;
    let mut names: Vec<String> = listed.iter().map(ToString::to_string).collect();
    names.retain(|name| name.contains("/journal/") || name.contains("/archive/"));
    names.sort();
    names
}

#[tokio::test]
async fn everything_is_read_through_archives_and_new_runs_go_on_behind_them() {
    let objects = journal().await;
    let store = opened(objects.clone());
    let before = history(&store).await;
    let loaded = store.load().await.unwrap();
    let verified = store.verify(None).await.unwrap();

    let lock = store.lock(&owner(), patience()).await.unwrap();
    let first = store.compact(&lock, at(2)).await.unwrap();
    assert!(first.archives == 1 && first.archived > 2 && first.removed == first.archived);
    let again = store.compact(&lock, at(2)).await.unwrap();
    assert_eq!((again.archives, again.removed), (0, 0));
    let rest = store.compact(&lock, always()).await.unwrap();
    assert_eq!(rest.archives, 1);
    drop(lock);

    assert_eq!(history(&store).await, before);
    assert_eq!(store.load().await.unwrap(), loaded);
    let after = store.verify(Some(&before.1)).await.unwrap();
    assert_eq!((after.entries, &after.head), (verified.entries, &verified.head));
    assert_eq!((verified.archived, after.archived), (0, first.archived + rest.archived));
    assert!(names(&objects).await.len() < usize::try_from(after.segments).unwrap());

    let head = run_at(&store, 9, vec![recorded("tre-d", TreState::Draft)]).await;
    assert_eq!(store.verify(Some(&before.1)).await.unwrap().head, head);
}

#[tokio::test]
async fn what_no_snapshot_covers_and_what_is_young_stays_alone() {
    let store = Store::at(memory());
    run_at(&store, 1, vec![]).await;
    run_at(&store, 2, vec![]).await;
    let lock = store.lock(&owner(), patience()).await.unwrap();
    let young = store.compact(&lock, "2026-05-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((young.archives, young.removed), (0, 0));
    // Of two snapshots the older one counts: either may be the one that is read.
    let covered = store.compact(&lock, always()).await.unwrap();
    assert_eq!(covered.removed, covered.archived);
    assert_eq!(covered.left, covered.archived, "two runs alike, one of them behind a snapshot");
}

#[tokio::test]
async fn it_can_break_off_anywhere_and_be_done_again() {
    let original = journal().await;
    let before = history(&opened(original.clone())).await;
    let loaded = opened(original.clone()).load().await.unwrap();
    let mut points = 0;
    loop {
        let objects = Arc::new(original.fork());
        let store = opened(objects.clone());
        let lock = store.lock(&owner(), patience()).await.unwrap();
        // The same objects, behind a store that breaks.
        let breaking = Breaking::after(objects.clone(), points);
        let broken = opened(Arc::new(breaking)).compact(&lock, always()).await;

        assert_eq!(history(&store).await, before, "after {points}");
        assert_eq!(store.load().await.unwrap(), loaded, "after {points}");
        store.verify(Some(&before.1)).await.unwrap();

        let done = store.compact(&lock, always()).await.unwrap();
        assert_eq!(history(&store).await, before, "after {points}");
        store.verify(Some(&before.1)).await.unwrap();
        let names = names(&objects).await;
        assert_eq!(names.iter().filter(|name| name.contains("/archive/")).count(), 1, "{names:?}");
        if broken.is_ok() {
            assert_eq!((done.archives, done.removed), (0, 0));
            break;
        }
        points += 1;
    }
    assert!(points > 10, "only {points} points were tried");
}

#[tokio::test]
async fn a_load_reads_as_much_after_as_before() {
    let objects = journal().await;
    let reads = |objects: Arc<InMemory>| async {
        let counting = Arc::new(Breaking::after(objects, 0));
        opened(counting.clone()).load().await.unwrap();
        counting.reads.load(Ordering::Relaxed)
    };
    let before = reads(objects.clone()).await;
    let store = opened(objects.clone());
    let lock = store.lock(&owner(), patience()).await.unwrap();
    store.compact(&lock, always()).await.unwrap();
    assert_eq!(reads(objects.clone()).await, before);
}

#[tokio::test]
async fn a_sleeper_finds_its_place_taken_even_where_all_was_archived() {
    let location = memory();
    let store = Store::at(location.clone());
    let lock = store.lock(&owner(), sleepy()).await.unwrap();
    let late = Journal::begin(lock, Loaded::default(), "late", info(), clock()).await.unwrap();
    shorten_lease(&location, 1, 40).await;
    drop(store.lock(&owner(), hasty()).await.unwrap());
    for minute in 1..=3 {
        run_at(&store, minute, vec![]).await;
    }
    let lock = store.lock(&owner(), patience()).await.unwrap();
    let done = store.compact(&lock, always()).await.unwrap();
    assert!(done.archived > 3 && done.removed == done.archived - 1, "{done:?}");
    let before = history(&store).await;

    let error = late.append(vec![recorded("tre-a", TreState::Draft)]).await.unwrap_err();
    assert!(matches!(error, StateError::Lost { .. }), "{error}");
    assert_eq!(history(&store).await, before);
}

#[tokio::test]
async fn an_archive_that_does_not_hold_what_it_says_removes_nothing() {
    let objects = journal().await;
    let store = opened(objects.clone());
    let lock = store.lock(&owner(), patience()).await.unwrap();
    // One operation: the archive is there, and nothing is removed yet.
    let breaking = Breaking::after(objects.clone(), 1);
    opened(Arc::new(breaking)).compact(&lock, always()).await.unwrap_err();
    let before = names(&objects).await;
    let archive = Path::from(before[0].as_str());
    let text = objects.get_opts(&archive, GetOptions::default()).await.unwrap();
    let text = String::from_utf8(text.bytes().await.unwrap().to_vec()).unwrap();
    let edited = text.replacen("tre-a", "tre-x", 1);
    assert_ne!(text, edited);
    objects.put_opts(&archive, edited.into(), PutOptions::default()).await.unwrap();

    let error = store.compact(&lock, always()).await.unwrap_err();
    assert!(error.to_string().contains("holds another segment"), "{error}");
    assert_eq!(names(&objects).await, before);
    let error = store.verify(None).await.unwrap_err();
    assert!(error.to_string().contains("archive/"), "{error}");
}

//! The store on disk: durable, crash-safe, and clear about what is wrong with it.

use std::fs;
use std::future::{Future, poll_fn};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use trectl::model::{ObjectId, UserId};
use trectl::platform::{Pending, PlatformErrorKind, Transport};
use trectl::sim::{
    Access, Content, Embedded, InMemory, LoggedCall, OpenError, Options, World, calls, content,
    load_seed, reset,
};

use crate::support::seed;

const NO_WAIT: Duration = Duration::ZERO;
/// Longer than any test runs.
const FOREVER: Duration = Duration::from_secs(600);
/// Names the store that the killed half of a test writes.
const CHILD_STORE: &str = "TRECTL_TEST_STORE";

fn options(path: &Path, access: Access) -> Options {
    Options {
        path: path.to_owned(),
        seed: None,
        access,
        lock_timeout: NO_WAIT,
        clock: Arc::new(|| 1_000),
    }
}

fn open(path: &Path, access: Access) -> Result<Embedded, OpenError> {
    Embedded::open(options(path, access))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(future)
}

fn new(handle: &str) -> Value {
    json!({ "handle": handle, "name": "N", "billTo": "org-any", "region": "aws:eu-west-2" })
}

fn create(platform: &Embedded, handle: &str) {
    block_on(platform.post("/tre/new", new(handle))).unwrap();
}

fn tres(platform: &Embedded) -> Vec<String> {
    let found = block_on(platform.post("/system/findTres", json!({}))).unwrap();
    let results = found["results"].as_array().unwrap();
    results.iter().map(|tre| tre["id"].as_str().unwrap().to_owned()).collect()
}

/// A folder, and the path of a store in it that does not exist yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/platform.db");
    (folder, path)
}

fn error(result: Result<Embedded, OpenError>) -> OpenError {
    match result {
        Ok(_) => panic!("the store is opened"),
        Err(error) => error,
    }
}

#[test]
fn effects_survive() {
    let (_folder, path) = place();
    let platform = open(&path, Access::Write).unwrap();
    create(&platform, "one");
    block_on(platform.post("/tre-one/update", json!({ "name": "Renamed" }))).unwrap();
    let before = block_on(platform.post("/tre-one/describe", json!({}))).unwrap();
    drop(platform);
    for access in [Access::Read, Access::Write] {
        let platform = open(&path, access).unwrap();
        let after = block_on(platform.post("/tre-one/describe", json!({}))).unwrap();
        assert_eq!(before, after);
    }
}

#[test]
fn everything_of_a_seed_survives() {
    let (_folder, path) = place();
    let seeded = |access| Options { seed: Some(seed()), ..options(&path, access) };
    let in_memory = Embedded::open(seeded(Access::Read)).unwrap();
    drop(Embedded::open(seeded(Access::Write)).unwrap());
    let stored = Embedded::open(options(&path, Access::Read)).unwrap();
    let questions = [
        ("/system/whoami", json!({})),
        ("/system/findTres", json!({ "describe": true })),
        ("/system/findTreApplications", json!({ "tre": "tre-active", "describe": true })),
        ("/org-biobank/findMembers", json!({})),
        (&format!("/{}/describe", crate::support::SHOWROOM), json!({})),
        (&format!("/{}/describe", crate::support::TABULAR), json!({})),
        (&format!("/{}/describe", crate::support::FILES), json!({})),
    ];
    for (route, input) in questions {
        for user in ["user-amara", "user-li"] {
            let ask = |platform: &Embedded| {
                let platform = platform.acting_as(UserId::from_platform(user));
                block_on(platform.post(route, input.clone()))
            };
            assert_eq!(ask(&in_memory), ask(&stored), "{route} by {user}");
        }
    }
    let jonas = stored.user_of_token("secret-of-jonas");
    assert_eq!(jonas, Some(UserId::from_platform("user-jonas")));
}

#[test]
fn a_seed_is_loaded_once() {
    let (_folder, path) = place();
    let seeded = Options { seed: Some(seed()), ..options(&path, Access::Write) };
    let platform = Embedded::open(seeded.clone()).unwrap();
    block_on(platform.post("/tre-draft/destroy", json!({}))).unwrap();
    drop(platform);
    let mut other = seed();
    other.tres.truncate(1);
    other.requests.clear();
    let again = Options { seed: Some(other), ..seeded };
    let platform = Embedded::open(again.clone()).unwrap();
    assert_eq!(tres(&platform), ["tre-active", "tre-amending", "tre-empty", "tre-public"]);
    drop(platform);
    assert!(matches!(load_seed(&again), Err(OpenError::Exists { .. })));
    assert!(reset(&path, NO_WAIT).unwrap());
    load_seed(&again).unwrap();
    assert_eq!(tres(&open(&path, Access::Read).unwrap()), ["tre-draft"]);
}

#[test]
fn a_seed_that_contradicts_itself_creates_nothing() {
    let (folder, path) = place();
    let bad = trectl::platform::seed::Seed { actor: "user-x".to_owned(), ..seed() };
    for access in [Access::Read, Access::Write] {
        let options = Options { seed: Some(bad.clone()), ..options(&path, access) };
        assert!(matches!(error(Embedded::open(options)), OpenError::Seed(_)));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn reading_creates_and_changes_nothing() {
    let (folder, path) = place();
    let platform = open(&path, Access::Read).unwrap();
    assert_eq!(tres(&platform), [""; 0]);
    let refusal = block_on(platform.post("/tre/new", new("one"))).unwrap_err();
    assert_eq!(refusal.kind, PlatformErrorKind::Store);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_torn_store_is_read_without_repairing_it() {
    let (folder, path) = place();
    let platform = open(&path, Access::Write).unwrap();
    create(&platform, "one");
    // What a crash leaves: the file as it is while the platform works with it.
    let torn = folder.path().join("torn.db");
    fs::copy(&path, &torn).unwrap();
    let before = fs::read(&torn).unwrap();
    assert_eq!(tres(&open(&torn, Access::Read).unwrap()), ["tre-one"]);
    assert_eq!(fs::read(&torn).unwrap(), before);
    assert_eq!(tres(&open(&torn, Access::Write).unwrap()), ["tre-one"]);
}

#[test]
fn no_confirmed_effect_is_lost_to_a_kill() {
    let (_folder, path) = place();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::the_half_that_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(CHILD_STORE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let confirmed: Vec<String> =
        lines.map(|line| line.unwrap()).filter(|line| line.starts_with("tre-")).take(200).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(confirmed.len(), 200);
    let platform = open(&path, Access::Write).unwrap();
    let present = tres(&platform);
    for tre in &confirmed {
        assert!(present.contains(tre), "{tre} was confirmed and is lost");
    }
    drop(platform);
    let log = calls(&path, NO_WAIT).unwrap();
    assert_eq!(log.len(), present.len(), "the log tells of every effect, and of each once");
    create(&open(&path, Access::Write).unwrap(), "after");
}

#[test]
#[ignore = "the half of another test that is killed"]
fn the_half_that_is_killed() {
    let path = std::env::var_os(CHILD_STORE).unwrap();
    let platform = open(Path::new(&path), Access::Write).unwrap();
    for number in 0.. {
        let answer = block_on(platform.post("/tre/new", new(&format!("n{number}")))).unwrap();
        println!("\n{}", answer["id"].as_str().unwrap());
    }
}

#[test]
fn a_store_in_use_is_waited_for() {
    let (_folder, path) = place();
    let platform = open(&path, Access::Write).unwrap();
    for access in [Access::Read, Access::Write] {
        assert!(matches!(error(open(&path, access)), OpenError::Busy { .. }));
    }
    assert!(matches!(calls(&path, NO_WAIT), Err(OpenError::Busy { .. })));
    assert!(matches!(reset(&path, NO_WAIT), Err(OpenError::Busy { .. })));
    let patient = Options { lock_timeout: FOREVER, ..options(&path, Access::Write) };
    let waiting = std::thread::spawn(move || Embedded::open(patient).map(|_| ()));
    drop(platform);
    waiting.join().unwrap().unwrap();
}

/// Makes a call; it waits for its turn from the moment that it is first polled.
fn call<'a>(platform: &'a Embedded, handle: &str) -> Pending<'a, Value> {
    platform.post("/tre/new", new(handle))
}

#[test]
fn concurrent_calls_share_a_commit() {
    let (_folder, path) = place();
    // The clock is asked once a batch: it holds the first batch until all calls wait.
    let (open_gate, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let clock = move || {
        let held = gate.lock().unwrap().recv();
        assert!(held.is_err(), "nobody sends through the gate, it only opens");
        1_000
    };
    let platform =
        Embedded::open(Options { clock: Arc::new(clock), ..options(&path, Access::Write) })
            .unwrap();
    block_on(async {
        let mut answers: Vec<_> =
            (0..64).map(|number| call(&platform, &format!("n{number}"))).collect();
        for answer in &mut answers {
            let first = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
            assert!(first.is_pending(), "a call answers before it is committed");
        }
        drop(open_gate);
        for answer in answers {
            answer.await.unwrap();
        }
    });
    assert!(platform.commits() <= 2, "{} commits for 64 calls", platform.commits());
    assert_eq!(tres(&platform).len(), 64);
}

#[test]
fn the_log_tells_of_every_change() {
    let (_folder, path) = place();
    let platform = open(&path, Access::Write).unwrap();
    create(&platform, "one");
    block_on(platform.post("/tre/new", new("one"))).unwrap_err();
    block_on(platform.post("/tre-one/describe", json!({}))).unwrap();
    for _ in 0..2 {
        block_on(platform.post("/tre-one/update", json!({ "name": "Other" }))).unwrap();
    }
    drop(platform);
    let log = calls(&path, NO_WAIT).unwrap();
    assert_eq!(told(&log), TOLD);
    assert_eq!(log[0].input, log[1].input);
    assert_eq!((log[0].time, log[0].actor.as_str()), (1_000, "user-local"));
}

#[test]
fn uploads_survive() {
    let (_folder, path) = place();
    let clock = Arc::new(Mutex::new(1_000));
    let now = Arc::clone(&clock);
    let write = || Options {
        clock: Arc::new({
            let now = Arc::clone(&now);
            move || *now.lock().unwrap()
        }),
        ..options(&path, Access::Write)
    };
    let platform = Embedded::open(write()).unwrap();
    let new = json!({ "project": crate::support::DATA, "name": "x" });
    let id = block_on(platform.post("/file/new", new)).unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    let put = |platform: &Embedded, index: u64, bytes: &str, md5: &str| {
        let input = json!({ "size": bytes.len(), "md5": md5, "index": index });
        let announced = block_on(platform.post(&format!("/{id}/upload"), input)).unwrap();
        let path = announced["url"].as_str().unwrap().to_owned();
        let content = Content { path, md5: Some(md5.to_owned()), bytes: bytes.as_bytes().into() };
        block_on(platform.put(content)).unwrap();
    };
    // The second part comes first.
    put(&platform, 2, "world", "7d793037a0760186574b0282f2f435e7");
    drop(platform);
    let platform = Embedded::open(write()).unwrap();
    put(&platform, 1, "hello", "5d41402abc4b2a76b9719d911017c592");
    block_on(platform.post(&format!("/{id}/close"), json!({}))).unwrap();
    drop(platform);
    let state = || {
        let platform = Embedded::open(write()).unwrap();
        block_on(platform.post(&format!("/{id}/describe"), json!({}))).unwrap()["state"].clone()
    };
    assert_eq!(state(), "closing");
    *clock.lock().unwrap() += 2;
    assert_eq!(state(), "closed");
    let file = ObjectId::from_platform(id);
    let stored = content(&path, &file, NO_WAIT).unwrap();
    assert_eq!(stored.as_deref(), Some(b"helloworld".as_slice()));
    let other = ObjectId::from_platform(crate::support::FILES);
    assert_eq!(content(&path, &other, NO_WAIT).unwrap(), None);
    let routes: Vec<_> =
        calls(&path, NO_WAIT).unwrap().into_iter().map(|call| call.route).collect();
    // The log names the part and not the key that lets content in.
    assert_eq!(routes[2], format!("/upload/{id}/2"));
}

#[test]
fn a_store_that_knows_no_uploads_takes_them() {
    let (_folder, path) = place();
    drop(open(&path, Access::Write).unwrap());
    let db = redb::Database::open(&path).unwrap();
    let txn = db.begin_write().unwrap();
    let files = redb::TableDefinition::<&str, &[u8]>::new("files");
    let contents = redb::TableDefinition::<(&str, u64), &[u8]>::new("contents");
    assert!(txn.delete_table(files).unwrap() && txn.delete_table(contents).unwrap());
    txn.commit().unwrap();
    drop(db);
    let file = ObjectId::from_platform(crate::support::FILES);
    assert_eq!(content(&path, &file, NO_WAIT).unwrap(), None);
    let platform = open(&path, Access::Write).unwrap();
    let new = json!({ "project": crate::support::DATA, "name": "x" });
    let id = block_on(platform.post("/file/new", new)).unwrap()["id"].clone();
    drop(platform);
    let platform = open(&path, Access::Read).unwrap();
    let route = format!("/{}/describe", id.as_str().unwrap());
    assert_eq!(block_on(platform.post(&route, json!({}))).unwrap()["name"], "x");
}

/// What the calls of the log's tests leave in it.
const TOLD: [(&str, &str, Option<usize>); 4] = [
    ("/tre/new", "ok", Some(1)),
    ("/tre/new", "InvalidInput", Some(0)),
    ("/tre-one/update", "ok", Some(1)),
    ("/tre-one/update", "ok", Some(0)),
];

fn told(log: &[LoggedCall]) -> Vec<(&str, &str, Option<usize>)> {
    log.iter().map(|call| (call.route.as_str(), call.outcome.as_str(), call.changes)).collect()
}

#[test]
fn the_log_in_memory_is_the_same() {
    let platform = InMemory::new(World::unseeded());
    platform.call("/tre/new", &new("one")).unwrap();
    platform.call("/tre/new", &new("one")).unwrap_err();
    platform.call("/tre-one/describe", &json!({})).unwrap();
    for _ in 0..2 {
        platform.call("/tre-one/update", &json!({ "name": "Other" })).unwrap();
    }
    assert_eq!(told(&platform.calls()), TOLD);
}

#[test]
fn a_log_that_does_not_tell_effects_is_still_read() {
    let (_folder, path) = place();
    drop(open(&path, Access::Write).unwrap());
    let table = redb::TableDefinition::<u64, &[u8]>::new("calls");
    let db = redb::Database::open(&path).unwrap();
    let txn = db.begin_write().unwrap();
    let old =
        br#"{"time":7,"actor":"user-local","route":"/tre/new","input":"sha256:00","outcome":"ok"}"#;
    txn.open_table(table).unwrap().insert(0, old.as_slice()).unwrap();
    txn.commit().unwrap();
    drop(db);
    create(&open(&path, Access::Write).unwrap(), "one");
    let log = calls(&path, NO_WAIT).unwrap();
    assert_eq!(told(&log), [("/tre/new", "ok", None), ("/tre/new", "ok", Some(1))]);
}

#[test]
fn what_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.db");
    let table = redb::TableDefinition::<&str, &str>::new("someone-elses");
    let db = redb::Database::create(&other).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(table).unwrap();
    txn.commit().unwrap();
    drop(db);
    let text = folder.path().join("text.db");
    fs::write(&text, "a note to myself, longer than any header could be ".repeat(400)).unwrap();
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    for path in [&other, &text, &empty] {
        for access in [Access::Read, Access::Write] {
            let error = error(open(path, access));
            assert!(matches!(error, OpenError::NotAStore { .. }), "{error}");
        }
    }
    assert!(matches!(reset(&text, NO_WAIT), Err(OpenError::NotAStore { .. })));
    assert!(text.exists());
    assert!(!reset(&folder.path().join("none.db"), NO_WAIT).unwrap());
    for access in [Access::Read, Access::Write] {
        let error = error(open(folder.path(), access));
        let is_told = matches!(error, OpenError::Unreadable { .. } | OpenError::Unwritable { .. });
        assert!(is_told, "{error}");
    }
}

#[test]
fn a_newer_store_is_left_alone() {
    let (_folder, path) = place();
    drop(open(&path, Access::Write).unwrap());
    let meta = redb::TableDefinition::<&str, &[u8]>::new("meta");
    let db = redb::Database::open(&path).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(meta).unwrap().insert("world", br#"{"format":2}"#.as_slice()).unwrap();
    txn.commit().unwrap();
    drop(db);
    for access in [Access::Read, Access::Write] {
        let error = error(open(&path, access));
        assert!(matches!(error, OpenError::Newer { found: 2, .. }), "{error}");
    }
}

#[test]
fn damage_is_told_or_harmless() {
    let (folder, path) = place();
    let seeded = Options { seed: Some(seed()), ..options(&path, Access::Write) };
    drop(Embedded::open(seeded).unwrap());
    let whole = fs::read(&path).unwrap();
    let intact = |platform: &Embedded| {
        block_on(platform.post("/system/findTres", json!({ "describe": true }))).unwrap()
    };
    let expected = intact(&open(&path, Access::Read).unwrap());
    let damaged = folder.path().join("damaged.db");
    let mut told = 0;
    let mut check = |content: &[u8]| {
        for access in [Access::Read, Access::Write] {
            fs::write(&damaged, content).unwrap();
            match open(&damaged, access) {
                Ok(platform) => assert_eq!(intact(&platform), expected),
                Err(OpenError::Corrupted { .. } | OpenError::NotAStore { .. }) => told += 1,
                Err(error) => panic!("{error}: {error:?}"),
            }
        }
    };
    // Every part of the file that holds something, in steps that meet every page.
    for position in (0..whole.len()).step_by(1_021).filter(|position| whole[*position] != 0) {
        let mut content = whole.clone();
        content[position] ^= 0xff;
        check(&content);
    }
    for part in [1, 2, 3, 5, 8] {
        check(&whole[..whole.len() * part / 10]);
    }
    check(&whole[..100]);
    assert!(told > 0, "no damage was told");
    fs::write(&damaged, &whole[..4_096]).unwrap();
    assert!(reset(&damaged, NO_WAIT).unwrap());
}

#[test]
fn a_folder_that_takes_no_files_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let mut places = vec![file.join("platform.db")];
    if cfg!(target_os = "linux") {
        places.push(PathBuf::from("/proc/self/platform.db"));
    }
    for path in places {
        let error = error(open(&path, Access::Write));
        let is_told = matches!(error, OpenError::Unreadable { .. } | OpenError::Unwritable { .. });
        assert!(is_told, "{error}");
        assert!(error.to_string().contains("platform.db"), "{error}");
    }
}

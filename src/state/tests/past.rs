//! What was known of a TRE at some time.

use jiff::Timestamp;

use super::fencing::memory;
use super::*;
use crate::drift::DriftClass;

fn at(minute: u8) -> Timestamp {
    format!("2026-05-01T10:{minute:02}:00Z").parse().unwrap()
}

fn observed(path: &str) -> Entry {
    let field = ObservedField {
        path: path.to_owned(),
        class: DriftClass::OutOfBand,
        key: None,
        live: None,
        applied: None,
        fingerprint: None,
        uncounted: false,
    };
    Entry::Observed { tre: tre("tre-a"), drift: vec![field] }
}

async fn as_of(store: &Store, minute: u8) -> AsOf {
    store.as_of(at(minute)).await.unwrap().remove(&tre("tre-a")).unwrap_or_default()
}

fn minute_of(author: Option<&Author>) -> Option<String> {
    author.map(|author| author.run.clone())
}

#[tokio::test]
async fn the_last_record_up_to_a_time_counts_and_who_wrote_it() {
    let store = Store::at(memory());
    run_at(&store, 10, vec![recorded("tre-a", TreState::Draft)]).await;
    run_at(&store, 20, vec![recorded("tre-b", TreState::Draft)]).await;
    run_at(&store, 30, vec![recorded("tre-a", TreState::Active)]).await;
    let forgotten = Entry::Recorded { tre: tre("tre-a"), record: None };
    run_at(&store, 40, vec![forgotten]).await;
    for (minute, state, run) in [
        (9, None, None),
        (10, Some(TreState::Draft), Some("run-10")),
        (29, Some(TreState::Draft), Some("run-10")),
        (30, Some(TreState::Active), Some("run-30")),
        (50, None, Some("run-40")),
    ] {
        let found = as_of(&store, minute).await;
        assert_eq!(found.record.map(|record| record.state), state, "{minute}");
        assert_eq!(minute_of(found.by.as_ref()).as_deref(), run, "{minute}");
    }
    let found = as_of(&store, 30).await;
    assert_eq!(found.by.unwrap().info, Some(info()));
}

#[tokio::test]
async fn the_looks_on_both_sides_of_a_time_are_found() {
    let store = Store::at(memory());
    run_at(&store, 10, vec![recorded("tre-a", TreState::Draft)]).await;
    run_at(&store, 20, vec![observed("/admins")]).await;
    run_at(&store, 30, vec![recorded("tre-b", TreState::Draft)]).await;
    run_at(&store, 40, vec![observed("/policies")]).await;
    for (minute, before, after) in [
        (5, None, Some("run-10")),
        (15, Some("run-10"), Some("run-20")),
        (35, Some("run-20"), Some("run-40")),
        (45, Some("run-40"), None),
    ] {
        let found = as_of(&store, minute).await;
        let (found, later) = (found.before, found.after);
        assert_eq!(minute_of(found.as_ref().map(|seen| &seen.by)).as_deref(), before, "{minute}");
        assert_eq!(minute_of(later.as_ref().map(|seen| &seen.by)).as_deref(), after, "{minute}");
    }
    let found = as_of(&store, 35).await;
    let Sight::Observed { fields: drift, .. } = &found.before.unwrap().sight else {
        panic!("not observed")
    };
    assert_eq!(drift[0].path, "/admins");
    // What was seen is no record.
    assert_eq!(found.record.map(|record| record.state), Some(TreState::Draft));
}

#[tokio::test]
async fn what_was_begun_and_not_finished_is_told() {
    let store = Store::at(memory());
    let unknown = StepResult::Unknown { error: refusal() };
    let entries = vec![
        started("tre-a", 0),
        intent("tre-a", 1),
        outcome("tre-a", 1, ok()),
        intent("tre-a", 2),
        outcome("tre-a", 2, unknown),
        ended("tre-a", TreEnd::Failed),
    ];
    run_at(&store, 10, entries).await;
    run_at(&store, 20, vec![outcome("tre-a", 2, StepResult::Seen)]).await;
    let found = as_of(&store, 15).await;
    assert_eq!(found.progress.unwrap().confirmed, 1);
    assert_eq!(found.unsettled.unwrap().step, 2);
    assert_eq!(found.record.unwrap().state, TreState::Maintenance);
    assert_eq!(minute_of(found.by.as_ref()).as_deref(), Some("run-10"));
    let found = as_of(&store, 25).await;
    assert_eq!(found.unsettled, None);
    assert_eq!(minute_of(found.by.as_ref()).as_deref(), Some("run-20"));
}

#[tokio::test]
async fn entries_without_the_newer_keys_stay_readable() {
    let old: Entry =
        serde_json::from_str(r#"{"kind":"outcome","tre":"tre-a","step":1,"result":"ok"}"#).unwrap();
    assert_eq!(old, outcome("tre-a", 1, StepResult::Ok { request_id: None }));
    let owner = serde_json::to_value(owner()).unwrap();
    let old: Entry =
        serde_json::from_value(json!({ "kind": "lock_taken", "from": owner })).unwrap();
    assert!(matches!(old, Entry::LockTaken { by: None, reason: None, .. }));
    let new = serde_json::to_value(outcome("tre-a", 1, ok())).unwrap();
    assert_eq!(new["request_id"], "1");
}

#[tokio::test]
async fn a_lock_that_is_taken_away_says_so_and_its_holder_can_write_no_more() {
    let store = Store::at(memory());
    let lock = store.lock(&owner(), super::fencing::sleepy()).await.unwrap();
    let late = Journal::begin(lock, Loaded::default(), "late", info(), clock()).await.unwrap();
    let standing = store.standing().await.unwrap();
    let by = Owner { command: "trectl state unlock".to_owned(), ..owner() };
    let head = store.unlock(&by, &standing).await.unwrap();
    assert_eq!(store.standing().await.unwrap(), Standing::Free { epoch: 2 });
    let mut last = None;
    store.history(|segment| last = segment.entries.last().cloned()).await.unwrap();
    let reason = Some(TakeReason::Unlocked);
    let expected = Entry::LockTaken { from: owner(), by: Some(by.clone()), reason };
    assert_eq!(last.unwrap().entry, expected);
    let error = late.append(vec![recorded("tre-a", TreState::Draft)]).await.unwrap_err();
    assert!(matches!(error, StateError::Lost { .. }), "{error}");
    drop(late);
    // What was seen is over: nobody is unlocked by mistake.
    let error = store.unlock(&by, &standing).await.unwrap_err();
    assert!(matches!(error, StateError::Busy { .. }), "{error}");
    assert_eq!(store.load().await.unwrap().head(), &head);
}

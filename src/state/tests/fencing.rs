//! A holder that sleeps past its lease, and the run that takes the lock from it.

use object_store::memory::InMemory;
use object_store::path::Path;

use super::*;

pub(super) fn memory() -> Location {
    Location::Opened(Arc::new(InMemory::new()), Path::from("state"), "memory".to_owned())
}

/// Holds for so long without a sign of life, waits for a minute.
pub(super) fn hasty() -> Patience {
    Patience { wait: Duration::from_secs(60), lease: Duration::from_millis(40) }
}

/// Never gives a sign of life in a test.
pub(super) fn sleepy() -> Patience {
    Patience { wait: Duration::ZERO, lease: Duration::from_secs(3_600) }
}

#[tokio::test]
async fn a_lock_is_free_once_it_was_let_go_and_its_token_never_falls() {
    let store = Store::at(memory());
    for token in 1..=3 {
        let lock = store.lock(&owner(), patience()).await.unwrap();
        assert_eq!(lock.token(), token);
        assert_eq!(store.standing().await.unwrap().owner(), Some(&owner()));
        let error = store.lock(&owner(), patience()).await.unwrap_err();
        assert!(matches!(error, StateError::Busy { .. }), "{error}");
        drop(lock);
        assert_eq!(store.standing().await.unwrap(), Standing::Free { epoch: token });
    }
}

#[tokio::test]
async fn who_sleeps_past_the_lease_can_write_no_more() {
    let location = memory();
    let store = Store::at(location.clone());
    let lock = store.lock(&owner(), sleepy()).await.unwrap();
    let late = Journal::begin(lock, Loaded::default(), "run-1", info(), clock()).await.unwrap();
    late.append(vec![started("tre-a", 0), intent("tre-a", 1)]).await.unwrap();

    // What the others see of the sleeper is a lease that has run out.
    shorten_lease(&location, 1, 40).await;
    let lock = store.lock(&owner(), hasty()).await.unwrap();
    assert_eq!(lock.token(), 2);
    let error = late.append(vec![outcome("tre-a", 1, ok())]).await.unwrap_err();
    assert!(matches!(error, StateError::Lost { .. }), "{error}");

    let loaded = store.load().await.unwrap();
    assert_eq!(loaded.unsettled().len(), 1, "its last call waits for being settled");
    let next = Journal::begin(lock, loaded, "run-2", info(), clock()).await.unwrap();
    next.append(vec![recorded("tre-b", TreState::Draft)]).await.unwrap();
    drop((late, next));
    assert_eq!(store.load().await.unwrap().applied().len(), 1);
}

/// Makes a claim say that its lease is shorter: the holder gives signs of life by the one it knows.
pub(super) async fn shorten_lease(location: &Location, epoch: u64, lease_ms: u64) {
    let objects = objects::Objects::open(location).unwrap();
    let name = format!("lock/{epoch:012}-claim.json");
    let claim = objects.read(&name).await.unwrap().unwrap();
    let mut claim: serde_json::Value = serde_json::from_slice(&claim).unwrap();
    claim["lease_ms"] = json!(lease_ms);
    objects.remove(&name).await.unwrap();
    objects.create(&name, serde_json::to_vec(&claim).unwrap()).await.unwrap();
}

#[tokio::test]
async fn signs_of_life_keep_a_lock() {
    let store = Store::at(memory());
    let lease = Duration::from_millis(400);
    let _lock = store.lock(&owner(), Patience { wait: Duration::ZERO, lease }).await.unwrap();
    let wait = Duration::from_millis(1_200);
    let error = store.lock(&owner(), Patience { wait, lease }).await.unwrap_err();
    let StateError::Busy { standing, .. } = &error else { panic!("{error}") };
    assert!(matches!(**standing, Standing::Held { beat: 1.., .. }), "{standing:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_lock_of_a_process_that_is_known_to_be_dead_is_free_at_once() {
    let pid = std::process::id();
    let alive = Owner { pid, process: Process::of(pid), ..owner() };
    for (holder, is_free) in [(ended_owner(), true), (alive, false)] {
        let store = Store::at(memory());
        let lock = store.lock(&holder, sleepy()).await.unwrap();
        let next = store.lock(&owner(), patience()).await;
        assert_eq!(next.is_ok(), is_free, "{next:?}");
        drop(lock);
    }
}

#[tokio::test]
async fn an_old_epoch_that_was_tidied_away_cannot_be_claimed_again() {
    let location = memory();
    let store = Store::at(location.clone());
    for _ in 1..=3 {
        drop(store.lock(&owner(), patience()).await.unwrap());
    }
    let objects = objects::Objects::open(&location).unwrap();
    let late = lock::claim(&objects, 2, &owner(), LEASE).await.unwrap();
    assert_eq!(late, None);
    assert_eq!(store.standing().await.unwrap(), Standing::Free { epoch: 3 });
}

use std::fs;

use super::*;

#[tokio::test]
async fn reading_a_folder_that_is_not_there_creates_nothing() {
    let folder = Folder::new();
    let loaded = folder.store().load().await.unwrap();
    assert_eq!(loaded, Loaded::default());
    assert!(!folder.path().exists());
}

#[tokio::test]
async fn a_second_run_is_told_who_holds_the_lock_and_waits_no_longer_than_it_may() {
    let folder = Folder::new();
    let held = folder.store().lock(&owner(), patience()).await.unwrap();
    let briefly = Patience::of(Duration::from_millis(1));
    let error = folder.store().lock(&owner(), briefly).await.unwrap_err();
    let StateError::Busy { standing, .. } = &error else { panic!("{error}") };
    assert_eq!(standing.owner(), Some(&owner()));
    assert!(error.to_string().contains("`trectl apply` (process 7 on host"), "{error}");
    drop(held);
    folder.store().lock(&owner(), patience()).await.unwrap();
}

#[tokio::test]
async fn what_a_run_recorded_is_there_with_and_without_its_snapshot() {
    let folder = Folder::new();
    let journal = folder.begin().await;
    journal
        .append(vec![recorded("tre-a", TreState::Active), recorded("tre-b", TreState::Draft)])
        .await
        .unwrap();
    journal.finish(RunResult::Done).await.unwrap();
    drop(journal);

    let loaded = folder.store().load().await.unwrap();
    assert_eq!(loaded.applied().len(), 2);
    assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    fs::remove_dir_all(folder.path().join("applied")).unwrap();
    assert_eq!(folder.store().load().await.unwrap(), loaded);
}

#[tokio::test]
async fn a_snapshot_spares_reading_the_segments_before_it_and_few_are_kept() {
    let folder = Folder::new();
    for state in [TreState::Draft, TreState::Active, TreState::Draft, TreState::Active] {
        let journal = folder.begin().await;
        journal.append(vec![recorded("tre-a", state)]).await.unwrap();
        journal.finish(RunResult::Done).await.unwrap();
    }
    fs::write(folder.segment(1), "not read any more").unwrap();
    folder.crash_after(vec![recorded("tre-b", TreState::Draft)]).await;
    let loaded = folder.store().load().await.unwrap();
    assert_eq!(loaded.applied().len(), 2);
    assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    assert_eq!(fs::read_dir(folder.path().join("applied")).unwrap().count(), 2);
}

#[tokio::test]
async fn a_tre_that_is_part_way_is_known_after_the_run_and_after_a_crash() {
    let entries = || {
        vec![
            started("tre-a", 0),
            intent("tre-a", 1),
            outcome("tre-a", 1, ok()),
            intent("tre-a", 2),
            outcome("tre-a", 2, StepResult::Error { error: refusal() }),
            ended("tre-a", TreEnd::Failed),
        ]
    };
    for is_killed in [false, true] {
        let folder = Folder::new();
        let journal = folder.begin().await;
        journal.append(entries()).await.unwrap();
        if !is_killed {
            journal.finish(RunResult::Done).await.unwrap();
        }
        drop(journal);
        let loaded = folder.store().load().await.unwrap();
        let progress = &loaded.progress()[&tre("tre-a")];
        assert_eq!((progress.digest.as_str(), progress.confirmed), ("sha256:1", 1));
        assert_eq!(progress.rest(), [stored(Operation::Reactivate)]);

        let journal = folder.begin().await;
        journal
            .append(vec![
                started("tre-a", 1),
                intent("tre-a", 2),
                outcome("tre-a", 2, ok()),
                ended("tre-a", TreEnd::Applied),
            ])
            .await
            .unwrap();
        drop(journal);
        let loaded = folder.store().load().await.unwrap();
        assert!(loaded.progress().is_empty());
        assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    }
}

#[tokio::test]
async fn a_tre_of_which_nothing_was_done_is_not_part_way() {
    let folder = Folder::new();
    folder.crash_after(vec![started("tre-a", 0)]).await;
    assert!(folder.store().load().await.unwrap().progress().is_empty());
}

#[tokio::test]
async fn a_forgotten_tre_leaves_no_trace_in_the_records() {
    let folder = Folder::new();
    folder.crash_after(vec![recorded("tre-a", TreState::Active)]).await;
    for is_known in [true, false] {
        let lock = folder.store().lock(&owner(), patience()).await.unwrap();
        let store = folder.store();
        let found = store.forget(lock, &tre("tre-a"), "run-2", info(), clock()).await.unwrap();
        assert_eq!(found.is_some(), is_known);
    }
    assert!(folder.store().load().await.unwrap().applied().is_empty());
}

#[tokio::test]
async fn formats_of_another_version_are_left_alone() {
    let newer = br#"{"format_version":"3.0","later":"things"}"#;
    for name in ["applied/000000000001.json", "journal/000000000001.json"] {
        let folder = Folder::new();
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), newer).unwrap();
        let error = folder.store().load().await.unwrap_err();
        assert!(matches!(&error, StateError::Newer { version, .. } if version == "3.0"), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_snapshot_is_an_error_that_names_it() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path().join("applied")).unwrap();
    fs::write(folder.path().join("applied/000000000007.json"), "{}").unwrap();
    let error = folder.store().load().await.unwrap_err();
    assert!(error.to_string().contains("applied/000000000007.json"), "{error}");
    assert!(error.hint().contains("made anew"), "{}", error.hint());
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = Folder::new();
    fs::write(folder.root.path().join("state"), "in the way").unwrap();
    let error = folder.store().lock(&owner(), patience()).await.unwrap_err();
    assert!(matches!(error, StateError::Io { .. }), "{error}");
    assert!(error.to_string().contains("state/local"), "{error}");
}

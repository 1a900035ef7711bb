use std::fs;

use super::*;

#[test]
fn reading_a_folder_that_is_not_there_creates_nothing() {
    let folder = Folder::new();
    let loaded = folder.store().load().unwrap();
    assert_eq!(loaded, Loaded::default());
    assert!(!folder.path().exists());
}

#[test]
fn a_second_run_is_told_who_holds_the_lock_and_waits_no_longer_than_it_may() {
    let folder = Folder::new();
    let held = folder.store().lock(&owner(), Duration::ZERO).unwrap();
    let error = folder.store().lock(&owner(), Duration::from_millis(1)).unwrap_err();
    let StateError::Busy { owner: Some(found), .. } = &error else { panic!("{error}") };
    assert_eq!(*found, owner());
    assert!(error.to_string().contains("`trectl apply` (process 7 on host"), "{error}");
    drop(held);
    folder.store().lock(&owner(), Duration::ZERO).unwrap();
}

#[tokio::test]
async fn what_a_run_recorded_is_there_with_and_without_its_snapshot() {
    let folder = Folder::new();
    let journal = folder.begin();
    journal
        .append(vec![recorded("tre-a", TreState::Active), recorded("tre-b", TreState::Draft)])
        .await
        .unwrap();
    journal.finish(RunResult::Done).await.unwrap();
    drop(journal);

    let loaded = folder.store().load().unwrap();
    assert_eq!(loaded.applied().len(), 2);
    assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    fs::remove_file(folder.path().join("applied.json")).unwrap();
    assert_eq!(folder.store().load().unwrap(), loaded);
}

#[tokio::test]
async fn every_run_has_a_segment_of_its_own_and_the_snapshot_spares_reading_them() {
    let folder = Folder::new();
    for state in [TreState::Draft, TreState::Active] {
        let journal = folder.begin();
        journal.append(vec![recorded("tre-a", state)]).await.unwrap();
        journal.finish(RunResult::Done).await.unwrap();
    }
    fs::write(folder.segment(1), "not read any more").unwrap();
    folder.crash_after(vec![recorded("tre-b", TreState::Draft)]).await;
    let loaded = folder.store().load().unwrap();
    assert_eq!(loaded.applied().len(), 2);
    assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    assert!(folder.segment(3).exists());
}

#[tokio::test]
async fn a_tre_that_is_part_way_is_known_after_the_run_and_after_a_crash() {
    let entries = || {
        vec![
            started("tre-a", 0),
            intent("tre-a", 1),
            outcome("tre-a", 1, StepResult::Ok),
            intent("tre-a", 2),
            outcome("tre-a", 2, StepResult::Error { error: refusal() }),
            ended("tre-a", TreEnd::Failed),
        ]
    };
    for is_killed in [false, true] {
        let folder = Folder::new();
        let journal = folder.begin();
        journal.append(entries()).await.unwrap();
        if !is_killed {
            journal.finish(RunResult::Done).await.unwrap();
        }
        drop(journal);
        let loaded = folder.store().load().unwrap();
        let progress = &loaded.progress()[&tre("tre-a")];
        assert_eq!((progress.digest.as_str(), progress.confirmed), ("sha256:1", 1));
        assert_eq!(progress.rest(), [stored(Operation::Reactivate)]);

        let journal = folder.begin();
        journal
            .append(vec![
                started("tre-a", 1),
                intent("tre-a", 2),
                outcome("tre-a", 2, StepResult::Ok),
                ended("tre-a", TreEnd::Applied),
            ])
            .await
            .unwrap();
        drop(journal);
        let loaded = folder.store().load().unwrap();
        assert!(loaded.progress().is_empty());
        assert_eq!(loaded.applied()[&tre("tre-a")].state, TreState::Active);
    }
}

#[tokio::test]
async fn a_tre_of_which_nothing_was_done_is_not_part_way() {
    let folder = Folder::new();
    folder.crash_after(vec![started("tre-a", 0)]).await;
    assert!(folder.store().load().unwrap().progress().is_empty());
}

#[tokio::test]
async fn a_forgotten_tre_leaves_no_trace_in_the_records() {
    let folder = Folder::new();
    folder.crash_after(vec![recorded("tre-a", TreState::Active)]).await;
    for is_known in [true, false] {
        let lock = folder.store().lock(&owner(), Duration::ZERO).unwrap();
        let store = folder.store();
        let found = store.forget(lock, &tre("tre-a"), "run-2", info(), clock()).await.unwrap();
        assert_eq!(found, is_known);
    }
    assert!(folder.store().load().unwrap().applied().is_empty());
}

#[tokio::test]
async fn formats_of_another_version_are_left_alone() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    let newer = folder.path().join("applied.json");
    fs::write(&newer, r#"{"format_version":"2.0","applied":{}}"#).unwrap();
    let error = folder.store().load().unwrap_err();
    assert!(matches!(&error, StateError::Newer { version, .. } if version == "2.0"), "{error}");

    let folder = Folder::new();
    folder.crash_after(vec![]).await;
    let text = fs::read_to_string(folder.segment(1)).unwrap();
    let (body, _) = text.split_once(",\"sum\"").unwrap();
    let body =
        format!("{}}}", body.replace("\"format_version\":\"1.0\"", "\"format_version\":\"2.0\""));
    let mut sealed = segment::seal(body.into_bytes());
    sealed.push(b'\n');
    fs::write(folder.segment(1), sealed).unwrap();
    let error = folder.store().load().unwrap_err();
    assert!(matches!(&error, StateError::Newer { version, .. } if version == "2.0"), "{error}");
}

#[test]
fn a_damaged_snapshot_is_an_error_that_names_it() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    fs::write(folder.path().join("applied.json"), "{}").unwrap();
    let error = folder.store().load().unwrap_err();
    assert!(error.to_string().contains("applied.json"), "{error}");
    assert!(error.hint().contains("made anew"), "{}", error.hint());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = Folder::new();
    fs::write(folder.root.path().join("state"), "in the way").unwrap();
    let error = folder.store().lock(&owner(), Duration::ZERO).unwrap_err();
    assert!(matches!(error, StateError::Io { .. }), "{error}");
    assert!(error.to_string().contains("state/local"), "{error}");
}

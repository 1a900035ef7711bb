use std::fs;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;

use tokio::sync::oneshot;

use super::super::writer::{Gauge, Job, Writer};
use super::*;
use crate::model::{Live, LiveTre, OrgId, Region, Tre, Visibility};

fn live_in(state: TreState) -> Live {
    let settings = Tre {
        id: tre("tre-a"),
        state,
        name: "A".to_owned(),
        description: String::new(),
        visibility: Visibility::Private,
        policies: Default::default(),
        admins: Default::default(),
        authorized_users: Default::default(),
        inventory: None,
        bill_to: OrgId::from_platform("org-x"),
        region: Region::from_platform("aws:eu-west-2"),
        customized_url: None,
        customized_rate_card: None,
        review_steps: Vec::new(),
    };
    let live = LiveTre { tre: settings, active_inventory: None, is_pending: false, raw: json!({}) };
    Live { tres: [(tre("tre-a"), live)].into(), requests: Default::default() }
}

#[tokio::test]
async fn an_intent_without_an_outcome_is_settled_by_what_the_platform_shows() {
    for (state, rest, applied) in
        [(TreState::Maintenance, 1, Some(TreState::Maintenance)), (TreState::Active, 2, None)]
    {
        let folder = Folder::new();
        folder.crash_after(vec![started("tre-a", 0), intent("tre-a", 1)]).await;
        let mut loaded = folder.store().load().unwrap();
        assert_eq!(loaded.unsettled().len(), 1);
        loaded.settle(&live_in(state)).unwrap();
        assert!(loaded.unsettled().is_empty());
        assert_eq!(loaded.applied().get(&tre("tre-a")).map(|record| record.state), applied);
        assert_eq!(loaded.progress()[&tre("tre-a")].rest().len(), rest);

        let expected = loaded.applied().clone();
        drop(folder.begin_with(loaded));
        let loaded = folder.store().load().unwrap();
        assert!(loaded.unsettled().is_empty(), "what was found out is written");
        assert_eq!(*loaded.applied(), expected);
    }
}

#[tokio::test]
async fn an_unknown_outcome_stays_open_beyond_the_snapshot() {
    let folder = Folder::new();
    let journal = folder.begin();
    let unknown = StepResult::Unknown { error: refusal() };
    journal
        .append(vec![
            started("tre-a", 0),
            intent("tre-a", 1),
            outcome("tre-a", 1, unknown),
            ended("tre-a", TreEnd::Failed),
        ])
        .await
        .unwrap();
    journal.finish(RunResult::Done).await.unwrap();
    drop(journal);
    let loaded = folder.store().load().unwrap();
    assert_eq!(loaded.unsettled()[&tre("tre-a")].call, stored(Operation::Deactivate));
}

/// One run, each entry synced by itself, so that every line vouches for the one before.
async fn one_by_one(folder: &Folder, entries: Vec<Entry>) {
    let journal = folder.begin();
    for entry in entries {
        journal.append(vec![entry]).await.unwrap();
    }
}

#[tokio::test]
async fn a_segment_torn_anywhere_reads_as_the_lines_before() {
    let folder = Folder::new();
    let entries = vec![recorded("tre-a", TreState::Active), recorded("tre-b", TreState::Draft)];
    one_by_one(&folder, entries).await;
    let whole = fs::read(folder.segment(1)).unwrap();
    for length in 0..=whole.len() {
        fs::write(folder.segment(1), &whole[..length]).unwrap();
        let lines = whole[..length].iter().filter(|byte| **byte == b'\n').count();
        let loaded = folder.store().load().unwrap();
        assert_eq!(loaded.applied().len(), lines.saturating_sub(1), "{length} bytes");
    }
}

#[tokio::test]
async fn a_damaged_line_that_was_durable_is_an_error_that_names_it() {
    let folder = Folder::new();
    let entries = vec![recorded("tre-a", TreState::Active), recorded("tre-b", TreState::Draft)];
    one_by_one(&folder, entries).await;
    let text = fs::read_to_string(folder.segment(1)).unwrap();
    fs::write(folder.segment(1), text.replacen("active", "draft", 1)).unwrap();
    let error = folder.store().load().unwrap_err();
    let StateError::Corrupted { path, line, .. } = &error else { panic!("{error}") };
    assert_eq!((path, *line), (&folder.segment(1), Some(2)));

    let without: Vec<&str> =
        text.lines().enumerate().filter(|(at, _)| *at != 1).map(|(_, line)| line).collect();
    fs::write(folder.segment(1), without.join("\n") + "\n").unwrap();
    let error = folder.store().load().unwrap_err();
    assert!(error.to_string().contains("a line is missing"), "{error}");
}

#[tokio::test]
async fn a_lost_block_within_the_last_batch_is_dropped_with_what_follows() {
    let folder = Folder::new();
    folder
        .crash_after(vec![recorded("tre-a", TreState::Active), recorded("tre-b", TreState::Draft)])
        .await;
    let text = fs::read_to_string(folder.segment(1)).unwrap();
    let second = text.lines().nth(1).unwrap();
    fs::write(folder.segment(1), text.replacen(second, &"\0".repeat(second.len()), 1)).unwrap();
    assert!(folder.store().load().unwrap().applied().is_empty());
}

#[tokio::test]
async fn a_missing_segment_is_an_error() {
    let folder = Folder::new();
    folder.crash_after(vec![recorded("tre-a", TreState::Active)]).await;
    folder.crash_after(vec![recorded("tre-b", TreState::Active)]).await;
    fs::remove_file(folder.segment(1)).unwrap();
    let error = folder.store().load().unwrap_err();
    assert!(error.to_string().contains("000002.jsonl"), "{error}");
}

#[tokio::test]
async fn nothing_follows_an_entry_that_was_refused() {
    let folder = Folder::new();
    let journal = folder.begin();
    let refused = journal.append(vec![intent("tre-a", 1)]).await;
    assert!(matches!(refused, Err(StateError::Order(_))));
    let next = journal.append(vec![recorded("tre-a", TreState::Draft)]).await;
    assert!(matches!(next, Err(StateError::Closed)));
    drop(journal);
    assert!(folder.store().load().unwrap().applied().is_empty());
}

/// Hands over so many lines at once, then lets the writer begin; returns their answers and the
/// number of syncs.
fn write_all(path: &Utf8Path, jobs: u64) -> (Vec<Result<(), StateError>>, u64) {
    let file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
    let gauge = Arc::new(Gauge::default());
    let writer = Writer { path: path.to_owned(), file, gauge: gauge.clone(), failed: None };
    let (sender, queue) = channel();
    let answers: Vec<_> = (1..=jobs)
        .map(|last| {
            let (done, answer) = oneshot::channel();
            sender.send(Job::Lines { bytes: b"{}\n".to_vec(), last, done }).unwrap();
            answer
        })
        .collect();
    drop(sender);
    writer.run(&queue);
    let answers = answers.into_iter().map(|answer| answer.blocking_recv().unwrap()).collect();
    (answers, gauge.syncs.load(Ordering::Relaxed))
}

#[test]
fn whoever_waits_at_the_same_time_shares_one_sync() {
    let folder = Folder::new();
    let path = Utf8Path::from_path(folder.root.path()).unwrap().join("segment");
    let (answers, syncs) = write_all(&path, 200);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(syncs, 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n".repeat(200));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_everybody_who_waits_and_says_so() {
    let (answers, _) = write_all(Utf8Path::new("/dev/full"), 3);
    for answer in answers {
        let error = answer.unwrap_err();
        assert!(error.hint().contains("is full"), "{error}: {}", error.hint());
    }
}

use std::fs;

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
        let mut loaded = folder.store().load().await.unwrap();
        assert_eq!(loaded.unsettled().len(), 1);
        loaded.settle(&live_in(state)).unwrap();
        assert!(loaded.unsettled().is_empty());
        assert_eq!(loaded.applied().get(&tre("tre-a")).map(|record| record.state), applied);
        assert_eq!(loaded.progress()[&tre("tre-a")].rest().len(), rest);

        let expected = loaded.applied().clone();
        drop(folder.begin_with(loaded).await);
        let loaded = folder.store().load().await.unwrap();
        assert!(loaded.unsettled().is_empty(), "what was found out is written");
        assert_eq!(*loaded.applied(), expected);
    }
}

#[tokio::test]
async fn an_unknown_outcome_stays_open_beyond_the_snapshot() {
    let folder = Folder::new();
    let journal = folder.begin().await;
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
    let loaded = folder.store().load().await.unwrap();
    assert_eq!(loaded.unsettled()[&tre("tre-a")].call, stored(Operation::Deactivate));
}

/// One run, each entry durable by itself.
async fn one_by_one(folder: &Folder, entries: Vec<Entry>) {
    let journal = folder.begin().await;
    for entry in entries {
        journal.append(vec![entry]).await.unwrap();
    }
}

async fn three_segments() -> Folder {
    let folder = Folder::new();
    let entries = vec![recorded("tre-a", TreState::Active), recorded("tre-b", TreState::Draft)];
    one_by_one(&folder, entries).await;
    folder
}

#[tokio::test]
async fn a_segment_that_was_edited_torn_or_swapped_is_an_error_that_names_it() {
    for number in 1..=3 {
        let folder = three_segments().await;
        let path = folder.segment(number);
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let error = folder.store().load().await.unwrap_err();
            let StateError::Corrupted { path: named, is_spare: false, .. } = &error else {
                panic!("{error}")
            };
            assert_eq!(*named, path, "{length} bytes");
        }
        let edited = String::from_utf8(whole).unwrap().replace("run-1", "run-2");
        fs::write(&path, edited).unwrap();
        let error = folder.store().load().await.unwrap_err();
        assert!(error.to_string().contains("digest"), "{error}");
    }
    let folder = three_segments().await;
    fs::copy(folder.segment(2), folder.segment(3)).unwrap();
    let error = folder.store().load().await.unwrap_err();
    assert!(error.to_string().contains("000003.json"), "{error}");
}

#[tokio::test]
async fn a_segment_that_was_made_anew_does_not_fit_the_ones_behind_it() {
    let folder = three_segments().await;
    let (mut segment, _): (Segment, _) =
        segment::decode(&fs::read(folder.segment(2)).unwrap()).unwrap();
    segment.entries.clear();
    fs::write(folder.segment(2), segment.encode().unwrap().0).unwrap();
    let error = folder.store().load().await.unwrap_err();
    assert!(error.to_string().contains("does not follow"), "{error}");
    assert!(error.to_string().contains("000003.json"), "{error}");
}

#[tokio::test]
async fn nothing_follows_an_entry_that_was_refused() {
    let folder = Folder::new();
    let journal = folder.begin().await;
    let refused = journal.append(vec![intent("tre-a", 1)]).await;
    assert!(matches!(refused, Err(StateError::Order(_))));
    let next = journal.append(vec![recorded("tre-a", TreState::Draft)]).await;
    assert!(matches!(next, Err(StateError::Closed)));
    drop(journal);
    assert!(folder.store().load().await.unwrap().applied().is_empty());
}

#[tokio::test]
async fn whoever_waits_at_the_same_time_shares_one_segment() {
    let folder = Folder::new();
    let journal = folder.begin().await;
    let names: Vec<String> = (0..200).map(|number| format!("tre-{number}")).collect();
    let appended: Vec<_> =
        names.iter().map(|name| journal.append(vec![recorded(name, TreState::Draft)])).collect();
    for appended in appended {
        appended.await.unwrap();
    }
    assert!(journal.writes() < 100, "{} writes", journal.writes());
    drop(journal);
    assert_eq!(folder.store().load().await.unwrap().applied().len(), 200);
}

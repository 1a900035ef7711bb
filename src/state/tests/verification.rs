//! Whatever is changed in a journal shows.

use std::fs;

use super::*;

/// A journal of three runs, and the head of each.
async fn journal() -> (Folder, Vec<Head>) {
    let folder = Folder::new();
    let mut heads = Vec::new();
    for minute in 1..=3 {
        let entries = vec![recorded("tre-a", TreState::Draft), recorded("tre-b", TreState::Active)];
        heads.push(run_at(&folder.store(), minute, entries).await);
    }
    (folder, heads)
}

/// Verifies, which must fail, and returns what it says.
async fn refusal_of(folder: &Folder, anchor: Option<&Head>) -> String {
    folder.store().verify(anchor).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_journal_that_nobody_touched_is_whole_and_holds_every_head() {
    let (folder, heads) = journal().await;
    for head in &heads {
        let verified = folder.store().verify(Some(head)).await.unwrap();
        assert_eq!(Some(&verified.head), heads.last());
        assert_eq!(verified.segments, verified.head.segment);
        assert_eq!(verified.entries, 3 * 4);
    }
    let empty = Folder::new().store().verify(None).await.unwrap();
    assert_eq!((empty.segments, empty.head), (0, Head::none()));
}

#[tokio::test]
async fn a_changed_byte_a_missing_and_a_moved_segment_are_named() {
    let last = journal().await.1.pop().unwrap().segment;
    for number in 1..=last {
        let (folder, _) = journal().await;
        let path = folder.segment(number);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("run-", "ran-", 1)).unwrap();
        let said = refusal_of(&folder, None).await;
        assert!(said.contains(&segment::name(number)), "{said}");

        let (folder, _) = journal().await;
        fs::remove_file(folder.segment(number)).unwrap();
        let said = refusal_of(&folder, None).await;
        assert!(said.contains(&segment::name(number)), "{said}");

        let (folder, _) = journal().await;
        let other = number % last + 1;
        let (a, b) = (folder.segment(number), folder.segment(other));
        let texts = (fs::read(&a).unwrap(), fs::read(&b).unwrap());
        fs::write(&a, texts.1).unwrap();
        fs::write(&b, texts.0).unwrap();
        let said = refusal_of(&folder, None).await;
        assert!(said.contains(&segment::name(number.min(other))), "{said}");
    }
}

#[tokio::test]
async fn a_cut_tail_shows_by_a_snapshot_or_by_the_head_that_was_kept() {
    let (folder, heads) = journal().await;
    for number in heads[1].segment + 1..=heads[2].segment {
        fs::remove_file(folder.segment(number)).unwrap();
    }
    let said = refusal_of(&folder, None).await;
    assert!(said.contains("applied/"), "{said}");
    // Whoever cuts carefully takes the snapshots along.
    fs::remove_dir_all(folder.path().join("applied")).unwrap();
    let verified = folder.store().verify(None).await.unwrap();
    assert_eq!(verified.head, heads[1]);
    let said = refusal_of(&folder, Some(&heads[2])).await;
    assert!(said.contains("its tail was cut"), "{said}");
    folder.store().verify(Some(&heads[1])).await.unwrap();
}

#[tokio::test]
async fn a_history_that_is_written_anew_does_not_hold_the_head_that_was_kept() {
    let (_, heads) = journal().await;
    let (folder, _) = (Folder::new(), ());
    for minute in 4..=6 {
        run_at(&folder.store(), minute, vec![recorded("tre-a", TreState::Draft)]).await;
    }
    folder.store().verify(None).await.unwrap();
    let said = refusal_of(&folder, Some(&heads[0])).await;
    assert!(said.contains("it was rewritten"), "{said}");
    let nowhere = Head { segment: 0, ..heads[0].clone() };
    refusal_of(&folder, Some(&nowhere)).await;
}

#[tokio::test]
async fn entries_that_cannot_have_happened_are_named_though_every_digest_fits() {
    let folder = Folder::new();
    let forged = Segment {
        format_version: FORMAT_VERSION.to_owned(),
        segment: 1,
        previous: Link::none(),
        token: 1,
        run: "forged".to_owned(),
        entries: vec![Stamped { at: clock()(), entry: outcome("tre-a", 1, ok()) }],
    };
    fs::create_dir_all(folder.path().join("journal")).unwrap();
    fs::write(folder.segment(1), forged.encode().unwrap().0).unwrap();
    let said = refusal_of(&folder, None).await;
    assert!(said.contains("the run has not begun"), "{said}");
}

#[tokio::test]
async fn a_snapshot_that_says_something_else_is_named() {
    let (folder, heads) = journal().await;
    let mut loaded = folder.store().load().await.unwrap().into_parts();
    loaded.ledger.applied.remove(&tre("tre-b"));
    let token = 3;
    let (name, bytes) = snapshot::encode(&loaded.ledger, &heads[2], token).unwrap();
    fs::write(folder.path().join(&name), bytes).unwrap();
    let said = refusal_of(&folder, None).await;
    assert!(said.contains(&name), "{said}");
}

#[tokio::test]
async fn a_token_that_falls_is_named() {
    let (folder, heads) = journal().await;
    let head = heads.last().unwrap().clone();
    let late = Segment {
        format_version: FORMAT_VERSION.to_owned(),
        segment: head.segment + 1,
        previous: head.link,
        token: 1,
        run: "late".to_owned(),
        entries: vec![Stamped { at: clock()(), entry: Entry::RunStarted { info: info() } }],
    };
    fs::write(folder.segment(late.segment), late.encode().unwrap().0).unwrap();
    let said = refusal_of(&folder, None).await;
    assert!(said.contains("under the token 1, after 3 was given"), "{said}");
}

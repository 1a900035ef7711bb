use super::*;

fn run_started() -> Entry {
    Entry::RunStarted { info: info() }
}

fn after(entries: &[Entry]) -> Ledger {
    let mut ledger = Ledger::default();
    for entry in entries {
        ledger.accept(entry).unwrap();
    }
    ledger
}

#[test]
fn what_cannot_have_happened_is_refused_and_changes_nothing() {
    use StepResult::{Error, Unknown};
    let failed = || outcome("tre-a", 1, Error { error: refusal() });
    let unknown = || outcome("tre-a", 1, Unknown { error: refusal() });
    let a = || tre("tre-a");
    let not_next = |step| OrderError::NotNext { tre: a(), step };
    let cases = [
        (vec![], started("tre-a", 0), OrderError::NotStarted),
        (vec![run_started()], intent("tre-a", 1), OrderError::TreNotStarted(a())),
        (
            vec![run_started(), started("tre-a", 0)],
            outcome("tre-a", 1, ok()),
            OrderError::NoIntent { tre: a(), step: 1 },
        ),
        (vec![run_started(), started("tre-a", 0)], started("tre-a", 0), OrderError::TreTwice(a())),
        (vec![run_started(), started("tre-a", 0)], intent("tre-a", 2), not_next(2)),
        (
            vec![run_started(), started("tre-a", 0), intent("tre-a", 1)],
            intent("tre-a", 1),
            OrderError::IntentOpen { tre: a(), step: 1, open: 1 },
        ),
        (
            vec![run_started(), started("tre-a", 0), intent("tre-a", 1), failed()],
            intent("tre-a", 1),
            not_next(1),
        ),
        (
            vec![run_started(), started("tre-a", 0), intent("tre-a", 1), unknown()],
            intent("tre-a", 2),
            OrderError::IntentOpen { tre: a(), step: 2, open: 1 },
        ),
        (vec![run_started()], ended("tre-a", TreEnd::Applied), OrderError::TreNotStarted(a())),
        (
            vec![run_started(), Entry::RunEnded { result: RunResult::Done }],
            started("tre-a", 0),
            OrderError::NotOpen,
        ),
    ];
    for (before, entry, expected) in cases {
        let mut ledger = after(&before);
        let same = ledger.clone();
        assert_eq!(ledger.accept(&entry), Err(expected), "{entry:?}");
        assert_eq!(ledger, same, "{entry:?}");
    }
}

#[test]
fn an_intent_must_be_the_call_that_was_announced() {
    let mut ledger = after(&[run_started(), started("tre-a", 0)]);
    let call = stored(Operation::Delete);
    let entry = Entry::Intent { tre: tre("tre-a"), step: 1, route: String::new(), call };
    assert!(matches!(ledger.accept(&entry), Err(OrderError::NotNext { .. })));
}

#[test]
fn the_record_follows_every_confirmed_step() {
    let mut ledger = after(&[run_started(), started("tre-a", 0), intent("tre-a", 1)]);
    assert!(ledger.applied.is_empty());
    ledger.accept(&outcome("tre-a", 1, ok())).unwrap();
    assert_eq!(ledger.applied[&tre("tre-a")].state, TreState::Maintenance);
    assert_eq!(ledger.progress[&tre("tre-a")].rest(), [stored(Operation::Reactivate)]);
    ledger.accept(&intent("tre-a", 2)).unwrap();
    ledger.accept(&outcome("tre-a", 2, StepResult::Seen)).unwrap();
    ledger.accept(&ended("tre-a", TreEnd::Applied)).unwrap();
    assert_eq!(ledger.applied[&tre("tre-a")].state, TreState::Active);
    assert!(ledger.progress.is_empty());
}

#[test]
fn tres_are_followed_side_by_side() {
    let ledger = after(&[
        run_started(),
        started("tre-a", 0),
        started("tre-b", 0),
        intent("tre-a", 1),
        intent("tre-b", 1),
        outcome("tre-b", 1, ok()),
    ]);
    assert_eq!(ledger.unsettled.keys().collect::<Vec<_>>(), [&tre("tre-a")]);
    assert_eq!(ledger.applied.keys().collect::<Vec<_>>(), [&tre("tre-b")]);
}

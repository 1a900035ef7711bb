//! The vendor's rule, with a clock that stands still until it is waited for.

use std::cell::{Cell, RefCell};

use super::*;
use crate::platform::PlatformErrorKind;

const SECOND: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);

fn miss(class: Class) -> Miss {
    let kind = match class {
        Class::Refused => PlatformErrorKind::InvalidInput,
        Class::Later => PlatformErrorKind::RateLimitConditional,
        Class::Broken => PlatformErrorKind::InternalError,
        Class::Lost => PlatformErrorKind::NoAnswer,
        Class::Garbled => PlatformErrorKind::UnexpectedAnswer,
        Class::Unsent | Class::UnsentForGood | Class::Stopped => {
            PlatformErrorKind::Unreachable(crate::platform::Unreachable::Other)
        }
    };
    Miss { error: PlatformError::new("/tre/new", kind, "no.").into(), class, retry_after: None }
}

fn asked(class: Class, seconds: u64) -> Miss {
    Miss { retry_after: Some(Duration::from_secs(seconds)), ..miss(class) }
}

struct Told {
    result: Result<(), PlatformError>,
    waits: Vec<Duration>,
    attempts: u32,
}

/// A call whose attempts fail in these ways and then succeed.
struct Play {
    misses: Vec<Miss>,
    repeat: Repeat,
    limit: Duration,
    random: f64,
    has_answered: bool,
}

impl Play {
    fn of(misses: impl IntoIterator<Item = Miss>) -> Self {
        Self {
            misses: misses.into_iter().collect(),
            repeat: Repeat::Reads,
            limit: TEN_MINUTES,
            random: 0.0,
            has_answered: true,
        }
    }

    async fn run(self) -> Told {
        let Self { misses, repeat, limit, random, has_answered } = self;
        let cancel = CancellationToken::new();
        let repetition =
            Repetition { backoff: Backoff { unit: SECOND, limit }, repeat, cancel: &cancel };
        let mut misses = misses.into_iter();
        let (waits, attempts) = (RefCell::new(Vec::new()), Cell::new(0));
        let begin = Instant::now();
        let result = repetition
            .run(
                |number| {
                    attempts.set(number);
                    let next = misses.next();
                    async move { next.map_or(Ok(()), Err) }
                },
                || has_answered,
                || random,
                |_, Wait { wait, left, .. }| {
                    assert!(wait <= left, "{wait:?} of {left:?}");
                    waits.borrow_mut().push(wait);
                },
            )
            .await;
        let waits = waits.into_inner();
        let slept: Duration = waits.iter().sum();
        // The clock moved by what was waited, and by nothing else.
        assert!(begin.elapsed().abs_diff(slept) < Duration::from_millis(20), "{waits:?}");
        Told { result, waits, attempts: attempts.get() }
    }
}

fn seconds(waits: &[Duration]) -> Vec<f64> {
    waits.iter().map(Duration::as_secs_f64).collect()
}

fn many(class: Class, count: usize) -> impl Iterator<Item = Miss> {
    (0..count).map(move |_| miss(class))
}

#[tokio::test(start_paused = true)]
async fn the_delay_doubles_from_one_second_within_its_bounds() {
    for (random, expected) in
        [(0.0, [1.0, 1.0, 2.0, 4.0, 8.0, 16.0]), (1.0, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0])]
    {
        let told = Play { random, ..Play::of(many(Class::Broken, 6)) }.run().await;
        assert!(told.result.is_ok());
        assert_eq!(seconds(&told.waits), expected);
        assert_eq!(told.attempts, 7);
    }
}

#[tokio::test(start_paused = true)]
async fn six_repeats_and_no_more() {
    let told = Play::of(many(Class::Broken, 20)).run().await;
    let error = told.result.unwrap_err();
    assert_eq!((error.attempts, told.attempts), (7, 7));
}

#[tokio::test(start_paused = true)]
async fn later_does_not_count_and_the_delay_is_capped() {
    let told = Play::of(many(Class::Later, 9)).run().await;
    assert!(told.result.is_ok());
    assert_eq!(seconds(&told.waits), [1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0]);
    // Six failures that count still fit in between.
    let mixed = many(Class::Later, 3).chain(many(Class::Broken, 6));
    let told = Play { limit: Duration::MAX, ..Play::of(mixed) }.run().await;
    assert!(told.result.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_the_platform_asks_for_is_waited_plus_jitter() {
    let told = Play { random: 0.5, ..Play::of([asked(Class::Later, 7)]) }.run().await;
    assert_eq!(seconds(&told.waits), [7.5]);
    let told = Play { random: 0.5, ..Play::of([asked(Class::Broken, 3)]) }.run().await;
    assert_eq!(seconds(&told.waits), [3.5]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final_and_so_is_a_certificate() {
    for class in [Class::Refused, Class::UnsentForGood] {
        let told = Play::of([miss(class)]).run().await;
        assert_eq!((told.attempts, told.waits.len()), (1, 0), "{class:?}");
        assert!(told.result.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_only_where_that_is_safe() {
    assert!(Play::of([miss(Class::Lost)]).run().await.result.is_ok());
    let told = Play { repeat: Repeat::Sets, ..Play::of([miss(Class::Lost)]) }.run().await;
    assert!(told.result.is_ok());
    let told = Play { repeat: Repeat::Unknown, ..Play::of([miss(Class::Lost)]) }.run().await;
    assert_eq!(told.attempts, 1);
    assert!(told.result.unwrap_err().is_outcome_unknown());
    // A platform that says that it failed may be asked again, whatever the call.
    let told = Play { repeat: Repeat::Unknown, ..Play::of([miss(Class::Broken)]) }.run().await;
    assert!(told.result.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_asked_for_again_and_never_done_again() {
    assert!(Play::of([miss(Class::Garbled)]).run().await.result.is_ok());
    for repeat in [Repeat::Sets, Repeat::Unknown] {
        let told = Play { repeat, ..Play::of([miss(Class::Garbled)]) }.run().await;
        assert_eq!(told.attempts, 1, "{repeat:?}");
        assert!(told.result.unwrap_err().is_outcome_unknown());
    }
}

#[tokio::test(start_paused = true)]
async fn an_effect_of_an_earlier_attempt_is_not_forgotten() {
    let told = Play::of([miss(Class::Broken), miss(Class::Refused)]).run().await;
    let error = told.result.unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::InvalidInput);
    assert!(error.is_outcome_unknown());
    let told = Play::of([miss(Class::Later), miss(Class::Refused)]).run().await;
    assert!(!told.result.unwrap_err().is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn no_wait_is_begun_that_ends_after_the_limit() {
    let told = Play { limit: 8 * SECOND, ..Play::of(many(Class::Later, 20)) }.run().await;
    assert_eq!(seconds(&told.waits), [1.0, 1.0, 2.0, 4.0]);
    // Not even where nothing would be waited.
    for first in [miss(Class::Later), asked(Class::Later, 0)] {
        let told = Play { limit: Duration::ZERO, ..Play::of([first]) }.run().await;
        assert_eq!(told.attempts, 1);
    }
    let told = Play { limit: 8 * SECOND, ..Play::of([asked(Class::Later, 9)]) }.run().await;
    assert_eq!((told.attempts, told.waits.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn first_contact_fails_soon() {
    let never = Play { has_answered: false, ..Play::of(many(Class::Unsent, 20)) }.run().await;
    assert_eq!(never.attempts, 3);
    assert!(!never.result.unwrap_err().is_outcome_unknown());
    let before = Play::of(many(Class::Unsent, 20)).run().await;
    assert_eq!(before.attempts, 7);
    let page = Play { has_answered: false, ..Play::of(many(Class::Garbled, 20)) }.run().await;
    assert_eq!(page.attempts, 3);
}

/// Returns a repetition of a call that only reads, with the rules as they are.
fn reading(cancel: &CancellationToken) -> Repetition<'_> {
    let backoff = Backoff { unit: SECOND, limit: TEN_MINUTES };
    Repetition { backoff, repeat: Repeat::Reads, cancel }
}

#[tokio::test(start_paused = true)]
async fn a_stopped_run_waits_no_longer() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let begin = Instant::now();
    let told = Cell::new(0);
    let result: Result<(), _> = reading(&cancel)
        .run(
            |_| async { Err(miss(Class::Later)) },
            || true,
            || 0.0,
            |_, _| told.set(told.get() + 1),
        )
        .await;
    assert_eq!(result.unwrap_err().attempts, 1);
    assert_eq!((begin.elapsed(), told.get()), (Duration::ZERO, 0), "no wait is told of");
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_wait_and_the_last_error_stays() {
    let cancel = CancellationToken::new();
    let begin = Instant::now();
    let repetition = reading(&cancel);
    let run = repetition.run(
        |_| async { Err::<(), _>(asked(Class::Later, 60)) },
        || true,
        || 0.0,
        |_, _| {},
    );
    let stop = async {
        sleep(5 * SECOND).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(run, stop);
    assert_eq!(result.unwrap_err().kind, PlatformErrorKind::RateLimitConditional);
    assert!(begin.elapsed().abs_diff(5 * SECOND) < Duration::from_millis(20));
    // An attempt that was not made any more does not hide why the one before failed.
    let cancel = CancellationToken::new();
    let mut misses = [miss(Class::Broken), miss(Class::Stopped)].into_iter();
    let result: Result<(), _> = reading(&cancel)
        .run(
            |_| {
                let next = misses.next();
                async move { next.map_or(Ok(()), Err) }
            },
            || true,
            || 0.0,
            |_, _| {},
        )
        .await;
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.attempts), (PlatformErrorKind::InternalError, 1));
}

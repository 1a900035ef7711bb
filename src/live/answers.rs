//! Many questions to the platform, a few of them at a time.

use std::future::poll_fn;
use std::task::Poll;

use crate::platform::{Pending, PlatformError, PlatformErrorKind};

/// How many questions wait for their answers at the same time.
const AT_ONCE: usize = 16;

/// Returns the answer of every question, in the order of the questions.
pub async fn gather<'a, T>(
    questions: impl Iterator<Item = Pending<'a, T>>,
) -> Vec<Result<T, PlatformError>> {
    let mut questions = questions.enumerate();
    let mut answers: Vec<Option<Result<T, PlatformError>>> = Vec::new();
    let mut asked: Vec<(usize, Pending<'a, T>)> = Vec::new();
    poll_fn(|context| {
        loop {
            while asked.len() < AT_ONCE
                && let Some(question) = questions.next()
            {
                asked.push(question);
                answers.push(None);
            }
            let before = asked.len();
            asked.retain_mut(|(place, question)| match question.as_mut().poll(context) {
                Poll::Ready(answer) => {
                    if let Some(slot) = answers.get_mut(*place) {
                        *slot = Some(answer);
                    }
                    false
                }
                Poll::Pending => true,
            });
            if asked.is_empty() && before < AT_ONCE {
                return Poll::Ready(());
            }
            if asked.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

/// Turns a refusal to tell into no answer: what may not be seen is unknown, not missing.
pub(super) fn unless_refused<T>(
    answer: Result<T, PlatformError>,
) -> Result<Option<T>, PlatformError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error)
            if matches!(
                error.kind,
                PlatformErrorKind::PermissionDenied | PlatformErrorKind::ResourceNotFound
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

//! Many questions to the platform, a few of them at a time.

use std::future::poll_fn;
use std::task::Poll;

use super::{Pending, PlatformError, PlatformErrorKind};

/// How many questions wait for their answers at the same time.
const AT_ONCE: usize = 16;

/// Returns the answer of every question, in the order of the questions.
///
/// After a failure that is no refusal nothing more is asked: the answers end behind those that were
/// under way then, the failure among them.
pub async fn gather<'a, T>(
    questions: impl Iterator<Item = Pending<'a, T>>,
) -> Vec<Result<T, PlatformError>> {
    let mut questions = questions.enumerate();
    let mut has_failed = false;
    let mut answers: Vec<Option<Result<T, PlatformError>>> = Vec::new();
    let mut asked: Vec<(usize, Pending<'a, T>)> = Vec::new();
    poll_fn(|context| {
        loop {
            while asked.len() < AT_ONCE
                && !has_failed
                && let Some(question) = questions.next()
            {
                asked.push(question);
                answers.push(None);
            }
            let before = asked.len();
            asked.retain_mut(|(place, question)| match question.as_mut().poll(context) {
                Poll::Ready(answer) => {
                    has_failed |= answer.as_ref().is_err_and(is_failure);
                    if let Some(slot) = answers.get_mut(*place) {
                        *slot = Some(answer);
                    }
                    false
                }
                Poll::Pending => true,
            });
            if asked.is_empty() && (has_failed || before < AT_ONCE) {
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

/// Tells whether an error is about more than the one thing that was asked for.
fn is_failure(error: &PlatformError) -> bool {
    !matches!(error.kind, PlatformErrorKind::PermissionDenied | PlatformErrorKind::ResourceNotFound)
}

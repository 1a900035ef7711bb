//! A TRE that nobody can run any more: without an admin, or with a step that nobody decides.

use trectl::platform::wire::{TreDescription, WireState};

/// Tells whether a call took the last admin, or the last reviewer of a published step.
pub fn is_beheaded(before: &TreDescription, after: &TreDescription) -> bool {
    if after.admins.is_empty() && !before.admins.is_empty() {
        return true;
    }
    let is_published = before.state != WireState::Draft;
    is_published
        && after.application_review_steps.iter().any(|step| {
            let had = before.application_review_steps.iter().find(|old| old.id == step.id);
            step.reviewers.is_empty() && had.is_some_and(|old| !old.reviewers.is_empty())
        })
}

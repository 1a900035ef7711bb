//! What `apply --tighten-only` is to do, read from contract 4: whatever of a change takes access
//! away, and nothing else.

use trectl::model::{DesiredState, Visibility};
use trectl::platform::wire::{TreDescription, WireState};

use super::case::Case;
use crate::world::exposure::is_at_least_as_strict;
use crate::world::goal::is_loosest;

/// Whether closing the TRE for new requests is consented to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    Consented,
    Unconsented,
}

/// Returns the TRE once all that can be taken away is; `None` where there is none to begin with.
///
/// A published step keeps its reviewers where it would lose the last one (contract 5.4 outranks).
/// Closing for requests disrupts, so it is part of this where its consent is given. Deleting and
/// taking out review steps is more than taking access away.
pub fn tightened(case: &Case<'_>, closing: Closing) -> Option<TreDescription> {
    let before = case.before().filter(|_| !case.is_hidden())?;
    let mut tre = before.clone();
    let document = case.document();
    let Some(goal) = case.goal.as_ref().filter(|_| document.state != DesiredState::Deleted) else {
        return Some(tre);
    };
    if document.visibility == Some(Visibility::Private) {
        tre.visibility = "private".to_owned();
    }
    tre.admins.retain(|admin| goal.admins.contains(admin));
    tre.authorized_users.retain(|user| goal.authorized_users.contains(user));
    for step in &mut tre.application_review_steps {
        let Some(wanted) = goal.application_review_steps.iter().find(|it| it.id == step.id) else {
            continue;
        };
        let stay = |reviewer: &&String| wanted.reviewers.contains(*reviewer);
        let left: Vec<String> = step.reviewers.iter().filter(stay).cloned().collect();
        if tre.state == WireState::Draft || !left.is_empty() {
            step.reviewers = left;
        }
    }
    for (name, value) in &document.policies {
        let of = |tre: &TreDescription| {
            tre.policies.get(name).filter(|value| !is_loosest(value)).cloned()
        };
        let (old, new) = (of(before), of(goal));
        let is_stricter = is_at_least_as_strict(new.as_ref(), old.as_ref())
            && !is_at_least_as_strict(old.as_ref(), new.as_ref());
        if is_stricter {
            tre.policies.insert(name.clone(), value.clone());
        }
    }
    if closing == Closing::Consented
        && before.state == WireState::Active
        && document.state == DesiredState::Maintenance
    {
        tre.state = WireState::Amending;
    }
    Some(tre)
}

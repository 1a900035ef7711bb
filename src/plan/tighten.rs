//! `--tighten-only`: the part of a change that only takes access away. It never waits.

use super::subject::Subject;
use crate::desired::ConsentKind;
use crate::diff::Field;
use crate::lifecycle::Way;
use crate::model::{DesiredState, Tre, TreState, Visibility};

/// Returns the same subject, changed only in what tightens, whether the whole is blocked or not.
///
/// A step of a published TRE that would be left without a reviewer keeps the ones it has, since
/// nobody new comes in here. Closing a TRE for new requests disrupts, so it is part of this only
/// where its consent is given; deleting never is.
pub(crate) fn only<'a>(subject: &Subject<'a>) -> Subject<'a> {
    let (ctx, desired) = (subject.ctx, subject.desired);
    let Some(before) = subject.before() else {
        return Subject::compared(ctx, desired, None, Way::Open(&[]));
    };
    let mut tightened = before.clone();
    let mut way = Way::Open(&[]);
    if let Some(after) = &subject.after {
        tighten(&mut tightened, after);
        for (name, value) in subject.policy_changes().tightened {
            tightened.policies.insert(name, value);
        }
        if closes(subject) {
            tightened.state = TreState::Maintenance;
            way = subject.way;
        }
    }
    let mut only = Subject::compared(ctx, desired, Some(tightened), way);
    only.changes.retain(|change| change.field != Field::Id);
    only
}

fn tighten(tightened: &mut Tre, after: &Tre) {
    if after.visibility == Visibility::Private {
        tightened.visibility = Visibility::Private;
    }
    tightened.admins.retain(|admin| after.admins.contains(admin));
    tightened.authorized_users.retain(|person| after.authorized_users.contains(person));
    let is_published = tightened.state.is_published();
    for step in &mut tightened.review_steps {
        let Some(wanted) = after.review_step(&step.id) else { continue };
        let mut left = step.reviewers.clone();
        left.retain(|user| wanted.reviewers.contains(user));
        if !(is_published && left.is_empty()) {
            step.reviewers = left;
        }
    }
}

fn closes(subject: &Subject<'_>) -> bool {
    subject.desired.state.value == DesiredState::Maintenance
        && subject.live_state() == Some(TreState::Active)
        && !super::consent::consents(subject).missing_kinds().contains(&ConsentKind::Maintenance)
}

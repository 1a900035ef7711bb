//! What a reader must know of a change and no rule forbids.

use super::subject::Subject;
use crate::drift::{self, Acceptance, Judgement};
use crate::lifecycle::Transition;
use crate::model::{Asset, Tre};

/// Returns the warnings of one TRE, each a full sentence or two.
pub(crate) fn of(subject: &Subject<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    if subject.live.is_none() && subject.applied.is_some() && subject.after.is_some() {
        warnings.push(
            "It was applied before and is gone from the platform: somebody deleted it there. \
             Applying creates it anew, without its requests."
                .to_owned(),
        );
    }
    if let (Some(before), Some(after)) = (subject.before(), &subject.after)
        && same_version_other_assets(before, after)
    {
        warnings.push(
            "The assets change and the inventory's version does not: earlier requests cannot tell \
             the two apart. Give it a new `version`."
                .to_owned(),
        );
    }
    if subject.live.is_some_and(|live| live.is_pending) && subject.inventory_changes() {
        warnings.push("An inventory is pending on the platform; applying replaces it.".to_owned());
    }
    warnings.extend(pending_goes_live(subject));
    warnings.extend(accepted_drift(subject));
    warnings
}

/// Says which accepted drift applying would end.
fn accepted_drift(subject: &Subject<'_>) -> Vec<String> {
    let entries = &subject.desired.accepted_drift;
    let judged = subject.changes.iter().filter_map(|change| {
        match drift::judge(entries, change, subject.ctx.today) {
            Judgement::Accepted(acceptance) => Some((change.field.key(), acceptance)),
            Judgement::Unnamed | Judgement::Rejected(_) => None,
        }
    });
    judged
        .map(|(path, Acceptance { owner, reason: _, ticket, until })| {
            format!(
                "{path} is drift that {owner} accepts until {until} ({ticket}), and applying \
                 undoes it. To keep it, write the platform's value into the document."
            )
        })
        .collect()
}

fn same_version_other_assets(before: &Tre, after: &Tre) -> bool {
    let (Some(before), Some(after)) = (&before.inventory, &after.inventory) else { return false };
    before.version == after.version
        && Asset::ALL.into_iter().any(|asset| match (before.asset(asset), after.asset(asset)) {
            (Some(old), Some(new)) => !old.is_same(new),
            (old, new) => old.is_some() != new.is_some(),
        })
}

/// Says that a pending inventory is given out, although no field of the document changes.
fn pending_goes_live(subject: &Subject<'_>) -> Option<String> {
    let is_named = subject.desired.inventory.is_some();
    let goes_live = is_named
        && subject.takes(Transition::Reactivate)
        && !subject.inventory_changes()
        && subject.given_out_changes();
    let pending = subject.after.as_ref().filter(|_| goes_live)?.inventory.as_ref()?;
    let instead = subject
        .given_out_before()
        .map_or_else(String::new, |active| format!(" in place of {}", active.version));
    Some(format!(
        "{} is pending on the platform and goes live{instead}: approved requests get it at their \
         next dispensal, with no new review.",
        pending.version
    ))
}

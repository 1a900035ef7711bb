//! Renames: what a document asks for that names an earlier id, and the way there is instead.

use super::Context;
use super::model::{Blocked, Place};
use super::subject::Subject;
use crate::desired::{At, DesiredTre};
use crate::lifecycle;
use crate::model::{DesiredState, TreId};

/// Returns why a TRE cannot take over another one's id, with the way to a new one beside it.
pub(crate) fn blocked(subject: &Subject<'_>) -> Option<Blocked> {
    let DesiredTre { id, previously, .. } = subject.desired;
    let At { value: old, range } = previously.as_ref()?;
    let rule = lifecycle::HANDLE_IMMUTABLE;
    Some(Blocked {
        path: "/id".to_owned(),
        rule: rule.id.to_owned(),
        message: format!("`{old}` is to go on under the id `{}`. {}", id.value, rule.reason),
        remedy: way(subject, old),
        evidence: rule.evidence.as_str().to_owned(),
        range: Some(Place::from(range)),
    })
}

/// Returns the steps of the way, one on each line.
fn way(subject: &Subject<'_>, old: &TreId) -> String {
    let new = &subject.desired.id.value;
    let is_live = subject.ctx.live.tres.contains_key(old);
    let document = subject.ctx.desired.tres.get(old);
    let mut steps = vec![match (subject.live.is_some(), is_live) {
        (true, _) => format!("Remove the key `previously`: `{new}` is there, beside `{old}`."),
        (false, true) => format!(
            "Remove the key `previously`: `apply` then creates `{new}` beside `{old}`, which stays \
             as it is. What the document leaves out, `trectl new NEW-ID --from {old}` would write."
        ),
        (false, false) => format!("Remove the key `previously`: `apply` then creates `{new}`."),
    }];
    if is_live {
        steps.push(format!(
            "Move the people: list them in the new document. Requests stay with `{old}`."
        ));
    }
    let is_to_go = document.is_some_and(|tre| tre.state.value == DesiredState::Deleted);
    if is_live && !is_to_go {
        let place = match document {
            Some(tre) => format!("the document of `{old}` ({})", Place::from(&tre.state.range)),
            None => format!("a document of its own for `{old}`"),
        };
        steps.push(format!(
            "When nobody needs it any more, write `state: deleted` into {place}, with the consent \
             `delete`."
        ));
    }
    match steps.as_slice() {
        [only] => only.clone(),
        steps => {
            let lettered =
                steps.iter().zip('a'..).map(|(step, letter)| format!("{letter}) {step}"));
            lettered.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Returns what stands beside a TRE without a document that another document claims to have been:
/// nothing of it moves there.
pub(crate) fn claims<'a>(
    ctx: &'a Context<'_>,
    orphan: &'a TreId,
) -> impl Iterator<Item = String> + use<'a> {
    let claims =
        |tre: &&DesiredTre| tre.previously.as_ref().is_some_and(|old| old.value == *orphan);
    ctx.desired.tres.values().filter(claims).map(move |tre| {
        format!(
            "`{}` says that it was `{orphan}` before: a TRE keeps its id for ever, so this one \
             stays as it is.",
            tre.id.value
        )
    })
}

//! While a plan runs, nobody is ever more exposed than at both of its ends, and nothing that was
//! published is ever headless.

use proptest::prelude::*;
use trectl::model::DesiredState;
use trectl::plan::{Status, TreChange};
use trectl::platform::wire::{TreDescription, WireState};

use crate::support::check;
use crate::support::scene::{Scene, scenes};
use crate::support::stage::{Terms, change, operations};
use crate::world::exposure::{Audience, Ends};
use crate::world::headless::is_beheaded;

type States = Vec<Option<TreDescription>>;

#[test]
fn nobody_is_more_exposed_on_the_way_than_at_both_ends() {
    check(2_500, scenes(), |scene| {
        let Some((planned, states)) = played(&scene, &Terms::consented())? else { return Ok(()) };
        let audience = Audience::of(&scene.seed());
        let (before, after) = (states[0].as_ref(), states[states.len() - 1].as_ref());
        for person in audience.people() {
            let ends = Ends::of(&audience, before, after, person);
            for (index, state) in states.iter().enumerate() {
                let now = audience.exposure(state.as_ref(), person);
                prop_assert!(
                    ends.allow(now.as_ref()) || ends.is_swapped_in(state.as_ref()),
                    "after step {index} of {:?}, {person} has {now:?}\nbefore: {:?}\nafter: {:?}",
                    operations(&planned),
                    ends.before,
                    ends.after
                );
            }
        }
        Ok(())
    });
}

#[test]
fn no_step_makes_a_published_step_reviewerless_or_a_tre_adminless() {
    check(2_500, scenes(), |scene| {
        let Some((planned, states)) = played(&scene, &Terms::consented())? else { return Ok(()) };
        for (index, pair) in states.windows(2).enumerate() {
            let [Some(before), Some(after)] = pair else { continue };
            prop_assert!(
                !is_beheaded(before, after),
                "step {} of {:?} makes {before:?} headless",
                index + 1,
                operations(&planned)
            );
        }
        Ok(())
    });
}

#[test]
fn a_new_reviewer_comes_before_the_last_one_leaves_and_elsewhere_behind() {
    check(2_500, scenes(), |scene| {
        let Some((planned, states)) = played(&scene, &Terms::consented())? else { return Ok(()) };
        let Some(before) = &states[0] else { return Ok(()) };
        let at = |operation: &str, step: Option<&str>| {
            planned.steps.iter().position(|call| {
                call.operation.as_str() == operation
                    && step.is_none_or(|step| call.input["stepId"] == step)
            })
        };
        for step in &before.application_review_steps {
            let [Some(add), Some(remove)] = ["add_reviewers", "remove_reviewers"]
                .map(|operation| at(operation, Some(&step.id)))
            else {
                continue;
            };
            let taken = planned.steps[remove].input["reviewers"].as_array().unwrap().len();
            let is_emptied = taken == step.reviewers.len() && before.state != WireState::Draft;
            let calls = operations(&planned);
            if is_emptied {
                prop_assert_eq!(add + 1, remove, "{:?}", calls);
                prop_assert!(at("reactivate", None).is_none_or(|at| remove < at), "{calls:?}");
            } else {
                prop_assert!(remove < add, "{calls:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn what_only_tightens_lets_less_in_with_every_step() {
    check(2_500, scenes(), |scene| {
        let terms = Terms::consented().tighten_only();
        let Some((planned, states)) = played(&scene, &terms)? else { return Ok(()) };
        let audience = Audience::of(&scene.seed());
        for pair in states.windows(2) {
            let (before, after) = (pair[0].as_ref(), pair[1].as_ref());
            for person in audience.people() {
                let ends = Ends::of(&audience, before, after, person);
                prop_assert!(
                    ends.is_at_most(ends.after.as_ref(), ends.before.as_ref()),
                    "{:?} opens for {person}: {:?}, then {:?}",
                    operations(&planned),
                    ends.before,
                    ends.after
                );
            }
        }
        withdrawn(&scene, states[states.len() - 1].as_ref())
    });
}

/// Nothing of what the document takes away is left, except a published step's last reviewers.
fn withdrawn(scene: &Scene, after: Option<&TreDescription>) -> Result<(), TestCaseError> {
    let Some(after) = after.filter(|tre| tre.admins.iter().any(|admin| admin == scene.actor))
    else {
        return Ok(());
    };
    let document = &scene.document;
    if document.state == DesiredState::Deleted {
        return Ok(());
    }
    if let Some(users) = &document.users {
        prop_assert!(after.authorized_users.iter().all(|user| users.contains(user)));
    }
    if let Some(admins) = &document.admins {
        let stay = |admin: &String| admins.contains(admin) || admin == scene.actor;
        prop_assert!(after.admins.iter().all(stay));
    }
    if document.visibility == Some(trectl::model::Visibility::Private) {
        prop_assert_eq!(&after.visibility, "private");
    }
    for step in document.steps.iter().flatten() {
        let live = after.application_review_steps.iter().find(|live| live.id == step.id);
        if let (Some(live), Some(wanted)) = (live, &step.reviewers) {
            let stay = live.reviewers.iter().filter(|reviewer| wanted.contains(*reviewer)).count();
            let is_last_resort = after.state != WireState::Draft && stay == 0;
            prop_assert!(is_last_resort || stay == live.reviewers.len(), "{live:?} keeps somebody");
        }
    }
    Ok(())
}

/// Plays what is ready of a scene; `None` where nothing is, or the TRE is hidden.
fn played(scene: &Scene, terms: &Terms) -> Result<Option<(TreChange, States)>, TestCaseError> {
    let stage = scene.stage();
    let plan = stage.plan(&scene.document, terms);
    let planned = change(&plan).clone();
    if planned.status != Status::Ready || !stage.is_in_sight() {
        return Ok(None);
    }
    match stage.play_all(&planned) {
        Ok(states) => Ok(Some((planned, states))),
        Err(refusal) => {
            Err(TestCaseError::fail(format!("{refusal} of {:?}", operations(&planned))))
        }
    }
}

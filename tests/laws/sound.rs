//! A plan without blocked changes is never refused, and planning again gives nothing.

use proptest::prelude::*;
use trectl::plan::{Action, Status};

use crate::support::check;
use crate::support::goal::{goal, normal};
use crate::support::scene::{Scene, scenes};
use crate::support::stage::{Terms, change, operations};

#[test]
fn a_ready_plan_is_never_refused_and_the_second_one_is_empty() {
    check(4_000, scenes(), sound);
}

fn sound(scene: Scene) -> Result<(), TestCaseError> {
    let stage = scene.stage();
    let (before, seen) = (stage.describe(), stage.seen());
    let terms = Terms::consented();
    let plan = stage.plan(&scene.document, &terms);
    let planned = change(&plan);
    if planned.status != Status::Ready {
        return Ok(());
    }
    if before.is_some() && seen.is_none() {
        // A taken handle that nobody shows is a typed failure of the first call.
        prop_assert_eq!(&planned.change.actions, &[Action::Create]);
        prop_assert!(stage.play_all(planned).is_err());
        prop_assert_eq!(stage.describe(), before);
        return Ok(());
    }
    if let Err(refusal) = stage.play_all(planned) {
        prop_assert!(false, "{refusal}\nof {:?}", operations(planned));
    }
    let wanted = goal(before.as_ref(), &scene.document, scene.actor);
    prop_assert_eq!(
        stage.describe().as_ref().map(normal),
        wanted.as_ref().map(normal),
        "after {:?}",
        operations(planned)
    );
    let again = stage.plan(&scene.document, &terms);
    let again = change(&again);
    prop_assert_eq!(again.status, Status::NoOp, "{:?}", again);
    prop_assert!(again.fields.is_empty() && again.steps.is_empty(), "{:?}", again.fields);
    Ok(())
}

//! A plan without blocked changes is never refused, and planning again gives nothing.

use proptest::prelude::*;
use serde_json::json;
use trectl::model::{AppliedTre, PolicyTable};
use trectl::plan::{Action, Status};
use trectl::sim::World;

use crate::support::check;
use crate::support::scene::{Scene, rows, scenes};
use crate::support::stage::{Stage, Terms, change, operations};
use crate::world::directory::TRE;
use crate::world::goal::{goal, normal};

#[test]
fn a_ready_plan_is_never_refused_and_the_second_one_is_empty() {
    check(3_000, scenes(), sound);
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
    let is_in_sight = stage.is_in_sight();
    if let Err(refusal) = stage.play_all(planned) {
        prop_assert!(!is_in_sight, "{refusal}\nof {:?}", operations(planned));
        return Ok(());
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

#[test]
fn documents_in_a_row_are_applied_one_after_the_other() {
    check(800, rows(), |row| {
        let stage = Stage::of(World::unseeded());
        let mut record: Option<AppliedTre> = None;
        for wishes in row {
            let before = stage.describe();
            let live = before.as_ref().map(|tre| serde_json::from_value(json!(tre)).unwrap());
            let document = wishes.document(live.as_ref(), "user-local");
            let terms = Terms::consented().after(record.clone());
            let plan = stage.plan(&document, &terms);
            let planned = change(&plan);
            if planned.status != Status::Ready {
                continue;
            }
            if let Err(refusal) = stage.play_all(planned) {
                prop_assert!(false, "{refusal}\nof {document:?}\nto {before:?}");
            }
            record = trectl::diff::record(&document.resolved(TRE), &PolicyTable::default());
            let wanted = goal(before.as_ref(), &document, "user-local");
            prop_assert_eq!(stage.describe().as_ref().map(normal), wanted.as_ref().map(normal));
            let again = stage.plan(&document, &terms.after(record.clone()));
            prop_assert_eq!(change(&again).status, Status::NoOp, "{:?}", change(&again));
            prop_assert!(again.resource_drift.is_empty());
        }
        Ok(())
    });
}

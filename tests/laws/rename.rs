//! Renames: nothing is ever deleted and created in one plan, and no id goes from one TRE to another.

use std::collections::BTreeMap;

use proptest::prelude::*;
use trectl::desired::{At, DesiredTre};
use trectl::model::{AppliedTre, DesiredState, TreState};
use trectl::plan::{Action, Plan, Status};
use trectl::platform::Operation;

use crate::support::check;
use crate::support::scene::{Scene, scenes};
use crate::support::stage::{Terms, change};
use crate::world::directory::TRE;
use crate::world::document::range;

const OTHER: &str = "tre-renamed";

fn terms() -> [Terms; 3] {
    [Terms::consented(), Terms::unconsented(), Terms::consented().tighten_only()]
}

/// Returns the document of a scene under an id, which says that it had another one before.
fn renamed(scene: &Scene, id: &str, previously: Option<&str>) -> DesiredTre {
    let previously = previously.map(|id| At { value: id.parse().unwrap(), range: range() });
    DesiredTre { previously, ..scene.document.resolved(id) }
}

/// Returns the operations that begin or end a TRE, by its id.
fn ends(plan: &Plan) -> BTreeMap<&str, Vec<Operation>> {
    let mut ends: BTreeMap<&str, Vec<Operation>> = BTreeMap::new();
    for change in &plan.resource_changes {
        let found = change.steps.iter().map(|step| step.operation);
        let found = found.filter(|end| matches!(end, Operation::Create | Operation::Delete));
        ends.entry(&change.name).or_default().extend(found);
    }
    ends
}

#[test]
fn no_tre_is_both_created_and_deleted() {
    check(300, scenes(), |scene| {
        for terms in terms() {
            for previously in [None, Some(OTHER)] {
                let documents = [renamed(&scene, TRE, previously)];
                let plan = scene.stage().plan_all(documents, &terms);
                for (id, ends) in ends(&plan) {
                    prop_assert!(ends.len() <= 1, "{} has {:?}", id, ends);
                }
                let deletes = change(&plan).steps.iter().any(|s| s.operation == Operation::Delete);
                prop_assert!(!deletes || scene.document.state == DesiredState::Deleted);
            }
        }
        Ok(())
    });
}

#[test]
fn a_document_gone_beside_a_new_one_deletes_nothing() {
    check(250, scenes(), |scene| {
        let applied = Some(AppliedTre::of_state(TreState::Active));
        for terms in terms() {
            for previously in [None, Some(TRE)] {
                let terms = terms.clone().after(applied.clone());
                let plan = scene.stage().plan_all([renamed(&scene, OTHER, previously)], &terms);
                let calls = || plan.resource_changes.iter().flat_map(|change| &change.steps);
                prop_assert!(calls().all(|step| step.operation != Operation::Delete));
                let route = format!("/{TRE}/");
                prop_assert!(calls().all(|step| !step.route.starts_with(&route)));
                let orphan = plan.resource_changes.iter().find(|change| change.name == TRE);
                let is_told = orphan.is_none_or(|orphan| {
                    let is_named = orphan.warnings.iter().any(|warning| warning.contains(OTHER));
                    orphan.status == Status::Orphaned && (is_named || previously.is_none())
                });
                prop_assert!(is_told, "{:?}", orphan);
            }
        }
        Ok(())
    });
}

#[test]
fn an_earlier_id_blocks_whatever_else_is_asked_for_and_taking_away_goes_on() {
    check(250, scenes(), |scene| {
        let documents = || [renamed(&scene, TRE, Some(OTHER))];
        let plan = scene.stage().plan_all(documents(), &Terms::consented());
        let change = change(&plan);
        if scene.document.state == DesiredState::Deleted {
            prop_assert!(change.fields.iter().all(|field| field.path != "/id"));
        } else {
            prop_assert_eq!(change.status, Status::Blocked);
            prop_assert_eq!(&change.change.actions, &[Action::NoOp]);
            prop_assert_eq!(change.fields[0].path.as_str(), "/id");
            let of_id = change.blocked.iter().filter(|blocked| blocked.path == "/id");
            prop_assert_eq!(of_id.count(), 1);
            prop_assert!(plan.resource_drift.iter().all(|item| item.path != "/id"));
        }
        let tightened = Terms::consented().tighten_only();
        let with = scene.stage().plan_all(documents(), &tightened);
        let without = scene.stage().plan_all([renamed(&scene, TRE, None)], &tightened);
        prop_assert_eq!(with, without);
        Ok(())
    });
}

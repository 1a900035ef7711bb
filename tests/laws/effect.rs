//! What a plan says of a field, that it tightens or loosens, is what becomes of people's exposure.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use trectl::diff::Effect;
use trectl::model::{PolicyTable, PolicyValue, Strictness};
use trectl::plan::Status;

use crate::support::check;
use crate::support::scene::{Scene, policies, scenes};
use crate::support::stage::{Terms, change};
use crate::world::exposure::{Audience, Ends};

#[test]
fn what_only_tightens_exposes_nobody_more_and_what_only_loosens_nobody_less() {
    let (tightened, loosened) = (Cell::new(0), Cell::new(0));
    check(4_000, scenes(), |scene| {
        match labelled(&scene)? {
            Some(Effect::Tightens) => tightened.set(tightened.get() + 1),
            Some(Effect::Loosens) => loosened.set(loosened.get() + 1),
            _ => {}
        }
        Ok(())
    });
    assert!(tightened.get() > 20 && loosened.get() > 50, "{} {}", tightened.get(), loosened.get());
}

/// Holds a change whose fields all point in one direction to it; returns which that is.
fn labelled(scene: &Scene) -> Result<Option<Effect>, TestCaseError> {
    let stage = scene.stage();
    let plan = stage.plan(&scene.document, &Terms::consented());
    let planned = change(&plan);
    let before = stage.describe();
    let gives_out = before.as_ref().is_some_and(|tre| tre.inventory.pending.is_some());
    if planned.status != Status::Ready || !stage.is_in_sight() || gives_out {
        // A reactivation that gives out what is pending turns the data, which no field says: the
        // plan warns of it instead.
        return Ok(None);
    }
    let mut effects: BTreeSet<Effect> = planned.fields.iter().map(|field| field.effect).collect();
    effects.remove(&Effect::Neutral);
    let direction = match Vec::from_iter(effects).as_slice() {
        [direction @ (Effect::Tightens | Effect::Loosens)] => *direction,
        _ => return Ok(None),
    };
    if let Err(refusal) = stage.play_all(planned) {
        return Err(TestCaseError::fail(refusal));
    }
    let (after, audience) = (stage.describe(), Audience::of(&scene.seed()));
    for person in audience.people() {
        let ends = Ends::of(&audience, before.as_ref(), after.as_ref(), person);
        let (less, more) = match direction {
            Effect::Tightens => (&ends.after, &ends.before),
            _ => (&ends.before, &ends.after),
        };
        prop_assert!(
            ends.is_at_most(less.as_ref(), more.as_ref()),
            "{:?} all {direction}, and yet {person} goes from {:?} to {:?}",
            planned.fields.iter().map(|field| &field.path).collect::<Vec<_>>(),
            ends.before,
            ends.after
        );
    }
    Ok(Some(direction))
}

/// Returns every pair of values of a policy, the one that was never set among them.
fn pairs() -> impl Iterator<Item = (&'static str, PolicyValue, PolicyValue)> {
    policies().into_iter().flat_map(|(name, values)| {
        let values: Vec<PolicyValue> = values.into_iter().map(PolicyValue::from).collect();
        let pairs: Vec<_> = values
            .iter()
            .flat_map(|one| values.iter().map(move |other| (one.clone(), other.clone())))
            .collect();
        pairs.into_iter().map(move |(one, other)| (name, one, other))
    })
}

#[test]
fn values_of_a_policy_are_partially_ordered() {
    let table = PolicyTable::default();
    for (name, one, other) in pairs() {
        let there = table.compare(name, &one, &other);
        let back = table.compare(name, &other, &one);
        let mirrored = match there {
            Strictness::Same => Strictness::Same,
            Strictness::Stricter => Strictness::Looser,
            Strictness::Looser => Strictness::Stricter,
            Strictness::Incomparable => Strictness::Incomparable,
        };
        assert_eq!(back, mirrored, "{name}: {one:?}, {other:?}");
        for (_, _, third) in pairs().filter(|(policy, from, _)| *policy == name && *from == other) {
            let onward = table.compare(name, &other, &third);
            if there == onward && there != Strictness::Incomparable {
                let whole = table.compare(name, &one, &third);
                assert_eq!(whole, there, "{name}: {one:?}, {other:?}, {third:?}");
            }
        }
    }
    let unset = PolicyValue::Default;
    let stranger = PolicyValue::from(Value::from("of the vendor"));
    assert_eq!(table.compare("ofTheVendor", &unset, &stranger), Strictness::Incomparable);
}

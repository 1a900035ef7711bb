//! A change is blocked only where no direct sequence of calls leads to it, and where one does, the
//! plan is a shortest one: held against a search that tries them all in small worlds.

use std::cell::Cell;

use proptest::prelude::*;
use trectl::plan::Status;

use crate::support::check;
use crate::support::scene::{Scene, scenes};
use crate::support::search::{Found, search};
use crate::support::stage::{Terms, change, operations};

#[test]
fn no_call_by_call_search_does_better_than_the_plan() {
    let (ways, dead_ends) = (Cell::new(0), Cell::new(0));
    check(1_000, scenes(), |scene| {
        match compared(&scene)? {
            Found::Way(_) => ways.set(ways.get() + 1),
            Found::None => dead_ends.set(dead_ends.get() + 1),
            Found::Unclear => {}
        }
        Ok(())
    });
    assert!(ways.get() > 300 && dead_ends.get() > 300, "{} {}", ways.get(), dead_ends.get());
}

fn compared(scene: &Scene) -> Result<Found, TestCaseError> {
    let stage = scene.stage();
    let plan = stage.plan(&scene.document, &Terms::consented());
    let planned = change(&plan);
    if !stage.is_in_sight() {
        return Ok(Found::Unclear);
    }
    let found = search(scene);
    match (&found, planned.status) {
        (Found::Unclear, _) => {}
        (Found::Way(way), Status::Blocked) => {
            prop_assert!(false, "blocked by {:?}, and yet {way:?}", planned.blocked);
        }
        (Found::Way(way), _) => {
            // Of long lists the search moves only the whole and each entry, so it may take longer.
            let calls = operations(planned);
            prop_assert!(calls.len() <= way.len(), "{calls:?}, and yet {way:?}");
        }
        (Found::None, Status::Blocked) => {}
        (Found::None, _) => {
            prop_assert!(false, "no way is found, and yet {:?}", operations(planned));
        }
    }
    Ok(found)
}

//! A snapshot tells a plan all that the platform would have told it, or says what it leaves open.

use std::cell::Cell;

use proptest::prelude::*;
use trectl::plan::Status;

use crate::support::check;
use crate::support::scene::scenes;
use crate::support::stage::{Taken, Terms, change};

#[test]
fn a_plan_against_a_snapshot_is_the_plan_against_the_platform() {
    let (ready, blocked) = (Cell::new(0), Cell::new(0));
    check(400, scenes(), |scene| {
        let stage = scene.stage();
        for terms in [Terms::consented(), Terms::unconsented().tighten_only()] {
            let asked = stage.plan(&scene.document, &terms);
            let (read, _) = stage.plan_recorded(&scene.document, &terms, Taken::BesideIt);
            prop_assert_eq!(&asked, &read);
            match change(&asked).status {
                Status::Ready => ready.set(ready.get() + 1),
                Status::Blocked => blocked.set(blocked.get() + 1),
                _ => {}
            }
        }
        Ok(())
    });
    assert!(ready.get() > 100 && blocked.get() > 100, "{} {}", ready.get(), blocked.get());
}

/// A pull request asks what nobody could know when the snapshot was taken.
#[test]
fn where_nothing_is_left_open_the_plan_is_that_of_the_platform() {
    let (whole, open) = (Cell::new(0), Cell::new(0));
    check(600, scenes(), |scene| {
        let stage = scene.stage();
        let terms = Terms::consented();
        let asked = stage.plan(&scene.document, &terms);
        let (read, left) = stage.plan_recorded(&scene.document, &terms, Taken::WithoutIt);
        if left.is_empty() {
            prop_assert_eq!(&asked, &read);
            whole.set(whole.get() + 1);
        } else {
            open.set(open.get() + 1);
        }
        Ok(())
    });
    assert!(whole.get() > 100 && open.get() > 100, "{} {}", whole.get(), open.get());
}

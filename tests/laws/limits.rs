//! The limits of lists: what is above them is blocked, and refused by the platform.

use std::collections::BTreeSet;

use serde_json::json;
use trectl::model::DesiredState;
use trectl::plan::{Status, TreChange};
use trectl::sim::World;

use crate::support::cast::document;
use crate::support::stage::{Stage, Terms, change, operations};
use crate::world::directory::TRE;
use crate::world::document::Document;

fn users(count: usize) -> BTreeSet<String> {
    (0..count).map(|index| format!("user-{index:04}")).collect()
}

/// Returns a platform where every account exists, with a TRE of so many admins and users.
fn stage(admins: usize, listed: usize) -> Stage {
    let stage = Stage::of(World::unseeded());
    let asked = asked(admins - 1, listed);
    let plan = stage.plan(&asked, &Terms::consented());
    stage.play_all(change(&plan)).unwrap();
    stage
}

fn asked(admins: usize, listed: usize) -> Document {
    Document {
        name: Some("Large".to_owned()),
        bill_to: Some("org-ash".to_owned()),
        region: Some("aws:eu-west-2".to_owned()),
        // An empty list of admins is no document: whoever creates is listed in its place.
        admins: Some(if admins == 0 {
            BTreeSet::from(["user-local".to_owned()])
        } else {
            users(admins)
        }),
        users: Some(users(listed)),
        ..document(DesiredState::Draft)
    }
}

fn planned(stage: &Stage, asked: &Document) -> TreChange {
    change(&stage.plan(asked, &Terms::consented())).clone()
}

#[test]
fn a_tre_has_at_most_a_hundred_admins_the_operator_among_them() {
    let stage = stage(1, 0);
    let full = planned(&stage, &asked(99, 0));
    assert_eq!((full.status, operations(&full)), (Status::Ready, vec!["add_admins".to_owned()]));
    let over = planned(&stage, &asked(100, 0));
    assert_eq!(over.status, Status::Blocked);
    assert_eq!(over.blocked[0].rule, "too-many-admins");
    let input = json!({ "admins": users(100) });
    assert!(stage.call(&format!("/{TRE}/addAdmins"), &input).is_err());
    stage.play_all(&full).unwrap();
    // One leaves before another one comes in.
    let mut others = users(99);
    others.remove("user-0000");
    others.insert("user-other".to_owned());
    let swapped = planned(&stage, &Document { admins: Some(others), ..asked(99, 0) });
    assert_eq!(operations(&swapped), ["remove_admins", "add_admins"]);
    stage.play_all(&swapped).unwrap();
}

#[test]
fn a_tre_has_at_most_a_thousand_authorized_users() {
    let stage = stage(1, 999);
    let full = planned(&stage, &asked(0, 1_000));
    assert_eq!(operations(&full), ["add_authorized_users"]);
    let over = planned(&stage, &asked(0, 1_001));
    assert_eq!(over.status, Status::Blocked);
    assert_eq!(over.blocked[0].rule, "too-many-users");
    let input = json!({ "authorizedUsers": ["user-1000", "user-1001"] });
    assert!(stage.call(&format!("/{TRE}/addAuthorizedUsers"), &input).is_err());
    stage.play_all(&full).unwrap();
}

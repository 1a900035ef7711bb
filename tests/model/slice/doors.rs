//! Doors: who is let in, to what, while versions come and go.

use serde_json::json;
use trectl::model::Visibility;
use trectl::platform::seed::SeedVisibility;

use super::Sketch;
use super::parts::{
    FIRST, OPERATOR, SECOND, cross, documents, exchange_versions, in_every_state, inventory, live,
    people,
};

/// Visibility × listed people and orgs × a policy × the inventory given out × the one pending.
pub fn doors() -> Sketch {
    let listed: [Vec<&str>; 3] = [vec![], vec!["user-eve"], vec!["org-cedar"]];
    let lives =
        cross(vec![live()], &[SeedVisibility::Private, SeedVisibility::Public], |it, to| {
            it.visibility = *to;
        });
    let lives = cross(lives, &listed, |it, to| {
        it.authorized_users = people(to).into_iter().collect();
    });
    let lives = cross(lives, &[false, true], |it, is_on| {
        it.policies = is_on.then(|| ("restricted".to_owned(), json!(true))).into_iter().collect();
    });
    let documents = documents(|all| {
        let visibilities = [Visibility::Private, Visibility::Public];
        let all = cross(all, &visibilities, |it, to| it.visibility = Some(*to));
        let all = cross(all, &listed, |it, to| it.users = Some(people(to)));
        let all = cross(all, &[true, false], |it, on| {
            it.policies = [("restricted".to_owned(), json!(on))].into();
        });
        cross(all, &[None, Some(FIRST), Some(SECOND)], |it, to| it.inventory = inventory(*to))
    });
    Sketch {
        name: "doors",
        actor: OPERATOR,
        lives: in_every_state(lives, &[None, Some(FIRST), Some(SECOND)]),
        documents,
        exchanges: vec![exchange_versions()],
    }
}

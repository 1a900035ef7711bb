//! People: who acts, what they see, who may be an admin, and who does not exist.

use trectl::platform::seed::SeedVisibility;

use super::Sketch;
use super::parts::{
    FIRST, OPERATOR, cross, documents, in_every_state, inventory, live, or_unmanaged, parts,
    people as list, step,
};

/// State × admins with and without `treManagement`, the acting account among them or not × who is
/// listed × visibility; documents name somebody who does not exist, too.
pub fn people() -> Sketch {
    let admins = parts(&[OPERATOR, "user-ben", "user-fay"]);
    // The acting account sees the TRE as listed, not at all, and as everybody does.
    let seen: [(&[&str], SeedVisibility); 3] = [
        (&[OPERATOR], SeedVisibility::Private),
        (&["user-eve"], SeedVisibility::Private),
        (&["user-eve"], SeedVisibility::Public),
    ];
    let lives = in_every_state(vec![live()], &[Some(FIRST)]);
    let lives = cross(lives, &admins[1..], |it, to| it.admins = list(to).into_iter().collect());
    let lives = cross(lives, &seen, |it, (listed, visibility)| {
        it.authorized_users = list(listed).into_iter().collect();
        it.visibility = *visibility;
    });
    let mut wanted = parts(&[OPERATOR, "user-ben", "user-fay"]);
    wanted.push(vec!["user-ben", "user-ghost"]);
    let asked: [&[&str]; 2] = [&["user-eve"], &["user-eve", "user-ghost"]];
    let reviewers: [&[&str]; 2] = [&["user-dan"], &["user-ghost"]];
    let documents = documents(|all| {
        let all = cross(all, &or_unmanaged(&wanted[1..]), |it, to| {
            it.admins = to.as_deref().map(list);
        });
        let all = cross(all, &or_unmanaged(&asked), |it, to| it.users = to.map(list));
        cross(all, &or_unmanaged(&reviewers), |it, to| {
            it.steps = Some(vec![step("first", *to)]);
            it.inventory = inventory(Some(FIRST));
        })
    });
    Sketch { name: "people", actor: OPERATOR, lives, documents, exchanges: Vec::new() }
}

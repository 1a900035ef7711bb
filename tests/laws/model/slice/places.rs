//! Places: where assets lie, who pays, and who administers the showcase.

use super::Sketch;
use super::parts::{
    OPERATOR, cross, documents, in_every_state, inventory, live, or_unmanaged, parts, people,
};
use crate::support::directory::{BILLING, REGIONS};

/// Inventories by their places in the directory: at home; with a showcase that the acting account
/// does not administer; billed to another org.
const KNOWN: [usize; 3] = [0, 3, 9];
/// Besides: in another region; still open; no Dataset; beside the showcase; not there.
const ASKED: [usize; 8] = [0, 3, 9, 10, 12, 13, 14, 17];

/// State × region × billing org × where assets lie × who is listed.
pub fn places() -> Sketch {
    let listed = parts(&["user-eve"]);
    let known: Vec<Option<usize>> = or_unmanaged(&KNOWN);
    let lives = in_every_state(vec![live()], &known);
    let lives = cross(lives, &REGIONS, |it, to| it.region = (*to).to_owned());
    let lives = cross(lives, &BILLING[..2], |it, to| it.bill_to = (*to).to_owned());
    let lives = cross(lives, &listed, |it, to| {
        it.authorized_users = people(to).into_iter().collect();
    });
    let documents = documents(|all| {
        let all = cross(all, &or_unmanaged(&REGIONS), |it, to| it.region = to.map(str::to_owned));
        let all = cross(all, &or_unmanaged(&BILLING), |it, to| it.bill_to = to.map(str::to_owned));
        let all = cross(all, &or_unmanaged(&listed), |it, to| it.users = to.as_deref().map(people));
        cross(all, &or_unmanaged(&ASKED), |it, to| it.inventory = inventory(*to))
    });
    Sketch { name: "places", actor: OPERATOR, lives, documents, exchanges: Vec::new() }
}

//! Places: where assets lie, who pays, and who administers the showcase.

use trectl::platform::seed::SeedTre;

use super::Sketch;
use super::parts::{
    OPERATOR, cross, documents, in_every_state, inventory, live, or_unmanaged, parts, people,
};
use crate::world::directory::{BILLING, REGIONS};
use crate::world::document::Document;

/// Inventories by their places in the directory: at home; with a showcase that the acting account
/// does not administer.
const KNOWN: [usize; 2] = [0, 3];
/// Those, and one that is billed to another org, one that lies in another region.
const ASKED: [usize; 4] = [0, 3, 9, 10];
/// With files and without a showcase.
const FILES: usize = 4;
/// At home; not administered; files; another that is still open, is no Dataset, lies beside the
/// showcase, is not there.
const SORTS: [usize; 7] = [0, 3, FILES, 12, 13, 14, 17];

fn listed(lives: Vec<SeedTre>) -> Vec<SeedTre> {
    cross(lives, &parts(&["user-eve"]), |it, to| {
        it.authorized_users = people(to).into_iter().collect();
    })
}

fn asked(all: Vec<Document>, inventories: &[usize]) -> Vec<Document> {
    let all = cross(all, &[None, Some("user-eve")], |it, to| it.users = to.map(|to| people(&[to])));
    cross(all, &or_unmanaged(inventories), |it, to| it.inventory = inventory(*to))
}

/// State × region × billing org × where assets lie × who is listed.
pub fn places() -> Sketch {
    let lives = listed(in_every_state(vec![live()], &or_unmanaged(&KNOWN)));
    let lives = cross(lives, &REGIONS, |it, to| it.region = (*to).to_owned());
    let lives = cross(lives, &BILLING[..2], |it, to| it.bill_to = (*to).to_owned());
    let documents = documents(|all| {
        let all = cross(all, &or_unmanaged(&REGIONS), |it, to| it.region = to.map(str::to_owned));
        let orgs = or_unmanaged(&BILLING[..2]);
        let all = cross(all, &orgs, |it, to| it.bill_to = to.map(str::to_owned));
        asked(all, &ASKED)
    });
    Sketch { name: "places", actor: OPERATOR, lives, documents, exchanges: Vec::new() }
}

/// State × assets of every sort × who is listed × orgs that the acting account cannot bill, or that
/// are not there.
pub fn assets() -> Sketch {
    let known = or_unmanaged(&[&KNOWN[..], &[FILES]].concat());
    let lives = listed(in_every_state(vec![live()], &known));
    let documents = documents(|all| {
        let orgs = or_unmanaged(&BILLING[2..]);
        let all = cross(all, &orgs, |it, to| it.bill_to = to.map(str::to_owned));
        asked(all, &SORTS)
    });
    Sketch { name: "assets", actor: OPERATOR, lives, documents, exchanges: Vec::new() }
}

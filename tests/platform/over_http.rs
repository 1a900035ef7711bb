//! The same scenarios, through HTTP on loopback: each module is there a second time, and finds a
//! `Caller` here whose calls go through a client and a server.

#![expect(dead_code, reason = "the page lists the rows of the scenarios once")]
#![expect(clippy::duplicate_mod, reason = "that is what this is for")]

#[path = "answers.rs"]
mod answers;
#[path = "errors.rs"]
mod errors;
#[path = "inventory.rs"]
mod inventory;
#[path = "lifecycle.rs"]
mod lifecycle;
#[path = "limits.rs"]
mod limits;
#[path = "locks.rs"]
mod locks;
#[path = "people.rs"]
mod people;
#[path = "policies.rs"]
mod policies;
#[path = "requests.rs"]
mod requests;
#[path = "routes.rs"]
mod routes;
#[path = "unseeded.rs"]
mod unseeded;
#[path = "uploads.rs"]
mod uploads;
#[path = "visibility.rs"]
mod visibility;
#[path = "wire.rs"]
mod wire;

mod support {
    pub use crate::support::*;

    pub type Caller = Calling<Http>;
}

//! When a call is made: the order follows from what the call does to exposure.
//!
//! A person's exposure is which inventory they reach, under which policies, in which state. After
//! every call each person's exposure must be at most what it was before or at most what it will
//! be. So every way has a turning point: up to it only doors are shut, behind it only doors are
//! opened, and what can be compared with neither end happens at it. Doors are shut from the outside
//! in and opened from the inside out, so that nobody stands between a door that is open and one
//! that is not shut yet.

use crate::platform::Call;

/// What a call does to exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It takes exposure away, or none is touched: each person stays at most at what they had.
    Shuts,
    /// It replaces what people reach by something that is neither more nor less.
    Turns,
    /// It gives exposure: each person stays at most at what they will have.
    Opens,
}

/// The doors between a person and the data, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Door {
    /// Who is let in once publishing made the operator the administrator of the showcase's
    /// project: behind everything.
    AfterPublishing,
    /// That there is a TRE, and that others than its admins see it.
    Life,
    /// Who finds it, and the settings that open nothing.
    Visibility,
    /// The authorized users.
    Users,
    /// The admins, who must fit the billing org.
    Admins,
    /// The reviewers.
    Reviewers,
    /// Region and billing org, by which admins and assets are judged.
    Place,
    /// The review pipeline of a draft.
    Pipeline,
    /// The policies.
    Policies,
    /// Active, or in Maintenance.
    State,
    /// The last reviewers of a published step, replaced without a gap: before a reactivation.
    Replacement,
    /// What is given out.
    Inventory,
}

/// A call and its place.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub phase: Phase,
    pub door: Door,
    pub call: Call,
}

/// Returns the calls in their order; what stands at the same place keeps the order it came in.
pub(super) fn ordered(mut calls: Vec<Placed>) -> Vec<Call> {
    calls.sort_by_key(|placed| {
        let depth = placed.door as i8;
        (placed.phase, if placed.phase == Phase::Shuts { depth } else { -depth })
    });
    calls.into_iter().map(|placed| placed.call).collect()
}

//! One TRE with everything that its part of the plan is made from.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::desired::DesiredTre;
use crate::diff::{self, Change, Field, Sides};
use crate::lifecycle::{self, Transition, Way};
use crate::model::{
    AppliedTre, Inventory, LiveTre, PolicyValue, ReviewStep, Strictness, Tre, TreState, UserId,
};

/// One TRE: what is asked for, what is live, what was applied, and what follows.
pub(crate) struct Subject<'a> {
    pub ctx: &'a Context<'a>,
    pub desired: &'a DesiredTre,
    pub live: Option<&'a LiveTre>,
    pub applied: Option<&'a AppliedTre>,
    /// The TRE as it will be; `None` where it is to be gone.
    pub after: Option<Tre>,
    pub changes: Vec<Change>,
    pub way: Way,
}

impl<'a> Subject<'a> {
    /// Compares the three sides of one TRE.
    pub fn new(ctx: &'a Context<'a>, desired: &'a DesiredTre) -> Self {
        let id = &desired.id.value;
        let live = ctx.live.tres.get(id);
        let before = live.map(|live| &live.tre);
        let policies = &ctx.desired.policies;
        let after = diff::target(desired, before, &ctx.directory.operator, policies);
        let way = lifecycle::way(before.map(|tre| tre.state), desired.state.value);
        Self::compared(ctx, desired, after, way)
    }

    /// Compares the three sides of one TRE towards `after`, along `way`.
    pub fn compared(
        ctx: &'a Context<'a>,
        desired: &'a DesiredTre,
        after: Option<Tre>,
        way: Way,
    ) -> Self {
        let id = &desired.id.value;
        let live = ctx.live.tres.get(id);
        let applied = ctx.applied.get(id);
        let sides =
            Sides { desired, before: live.map(|live| &live.tre), after: after.as_ref(), applied };
        let changes = diff::changes(sides, &ctx.desired.policies);
        Self { ctx, desired, live, applied, after, changes, way }
    }

    /// Returns the live settings.
    pub fn before(&self) -> Option<&'a Tre> {
        self.live.map(|live| &live.tre)
    }

    /// Returns the live state.
    pub fn live_state(&self) -> Option<TreState> {
        self.before().map(|tre| tre.state)
    }

    /// Tells whether the way takes an edge of the lifecycle.
    pub fn takes(&self, edge: Transition) -> bool {
        matches!(self.way, Way::Open(edges) if edges.contains(&edge))
    }

    /// Tells whether the TRE is to be deleted, and is there to be.
    pub fn deletes(&self) -> bool {
        self.takes(Transition::Delete)
    }

    /// Tells whether any asset or the version of the inventory changes.
    pub fn inventory_changes(&self) -> bool {
        self.changes.iter().any(|change| change.field.is_inventory())
    }

    /// Tells whether an active TRE passes through Maintenance and comes back.
    pub fn passes_through_maintenance(&self) -> bool {
        self.live_state() == Some(TreState::Active)
            && self.after.as_ref().is_some_and(|after| after.state == TreState::Active)
            && self.inventory_changes()
    }

    /// Tells whether the plan deactivates the TRE.
    pub fn deactivates(&self) -> bool {
        self.takes(Transition::Deactivate) || self.passes_through_maintenance()
    }

    /// Tells whether the plan reactivates the TRE.
    pub fn reactivates(&self) -> bool {
        self.takes(Transition::Reactivate) || self.passes_through_maintenance()
    }

    /// Returns the inventory that researchers get now.
    pub fn given_out_before(&self) -> Option<&'a Inventory> {
        let live = self.live?;
        if live.is_pending { live.active_inventory.as_ref() } else { live.tre.inventory.as_ref() }
    }

    /// Tells whether the plan changes what researchers get.
    pub fn given_out_changes(&self) -> bool {
        let Some(after) = &self.after else { return false };
        if after.state == TreState::Maintenance {
            return false;
        }
        match (self.given_out_before(), &after.inventory) {
            (Some(before), Some(after)) => !before.is_same(after),
            (None, None) => false,
            _ => true,
        }
    }

    /// Returns the policies that change, split into those that tighten and all others.
    pub fn policy_changes(&self) -> PolicyChanges {
        let mut split = PolicyChanges::default();
        let Some(after) = &self.after else { return split };
        for (name, value) in &after.policies {
            let before = self.before().and_then(|tre| tre.policies.get(name));
            if before == Some(value) {
                continue;
            }
            let before = before.unwrap_or(&PolicyValue::Default);
            match self.ctx.desired.policies.compare(name, before, value) {
                Strictness::Same => {}
                Strictness::Stricter => {
                    split.tightened.insert(name.clone(), value.clone());
                }
                Strictness::Looser | Strictness::Incomparable => {
                    split.loosened.insert(name.clone(), value.clone());
                }
            }
        }
        split
    }

    /// Returns the reviewers of every step that stays, before and after.
    pub fn reviewer_changes(&self) -> Vec<ReviewerChange<'_>> {
        let (Some(before), Some(after)) = (self.before(), &self.after) else { return Vec::new() };
        after
            .review_steps
            .iter()
            .filter_map(|step| Some((before.review_step(&step.id)?, step)))
            .map(|(before, after)| ReviewerChange { before, after })
            .filter(|change| change.before.reviewers != change.after.reviewers)
            .collect()
    }

    /// Returns the operator.
    pub fn operator(&self) -> &'a UserId {
        &self.ctx.directory.operator
    }

    /// Returns the change of a field, if it changes.
    pub fn change(&self, field: &Field) -> Option<&Change> {
        self.changes.iter().find(|change| change.field == *field)
    }
}

/// Policies that change.
#[derive(Default)]
pub(crate) struct PolicyChanges {
    /// Those that become stricter.
    pub tightened: BTreeMap<String, PolicyValue>,
    /// Those that become less strict, or of which it cannot be told.
    pub loosened: BTreeMap<String, PolicyValue>,
}

/// The reviewers of a step that stays.
pub(crate) struct ReviewerChange<'a> {
    pub before: &'a ReviewStep,
    pub after: &'a ReviewStep,
}

impl ReviewerChange<'_> {
    /// Returns who leaves.
    pub fn removed(&self) -> Vec<UserId> {
        difference(&self.before.reviewers, &self.after.reviewers)
    }

    /// Returns who comes in.
    pub fn added(&self) -> Vec<UserId> {
        difference(&self.after.reviewers, &self.before.reviewers)
    }

    /// Tells whether removing first would leave the step without a reviewer.
    pub fn is_swap(&self) -> bool {
        !self.before.reviewers.is_empty()
            && self.before.reviewers.is_disjoint(&self.after.reviewers)
    }
}

/// Returns what is in the first set and not in the second, in order.
pub(crate) fn difference<T: Ord + Clone>(of: &BTreeSet<T>, without: &BTreeSet<T>) -> Vec<T> {
    of.difference(without).cloned().collect()
}

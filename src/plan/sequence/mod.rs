//! The calls of a change, and their order.
//!
//! Which calls there are follows from what differs; when each is made follows from what it does to
//! exposure ([`order`]). Two things outrank that: what the platform needs first, and that no
//! published review step loses its last reviewer before it has a new one.

mod order;
mod pipeline;

use std::collections::BTreeMap;

use self::order::{Door, Phase, Placed, ordered};
use self::pipeline::Pipeline;
use super::asset::{MovesAfterwards, moves_afterwards};
use super::subject::{PolicyChanges, ReviewerChange, Subject, difference};
use crate::diff::{Effect, Field};
use crate::lifecycle::Transition;
use crate::model::{Level, Lookup, PolicyValue, Principal, Tre, TreState, UserId};
use crate::platform::{Call, NewTre, TreUpdate};

/// Returns the calls that lead from the live TRE to the one that is asked for.
pub(crate) fn sequence(subject: &Subject<'_>) -> Vec<Call> {
    if subject.deletes() {
        let deactivate = subject.takes(Transition::Deactivate).then_some(Call::Deactivate);
        return deactivate.into_iter().chain([Call::Delete]).collect();
    }
    let Some(after) = &subject.after else { return Vec::new() };
    let mut sequence = Sequence { subject, after, calls: Vec::new() };
    sequence.life();
    sequence.settings();
    sequence.policies();
    sequence.people();
    sequence.pipeline();
    sequence.inventory();
    ordered(sequence.calls)
}

struct Sequence<'a> {
    subject: &'a Subject<'a>,
    after: &'a Tre,
    calls: Vec<Placed>,
}

impl Sequence<'_> {
    fn push(&mut self, phase: Phase, door: Door, call: Call) {
        self.calls.push(Placed { phase, door, call });
    }

    /// Creating and publishing, deactivating and reactivating.
    fn life(&mut self) {
        if self.subject.takes(Transition::Create) {
            self.push(Phase::Shuts, Door::Life, create(self.subject, self.after));
        }
        if self.subject.takes(Transition::Publish) {
            self.push(Phase::Opens, Door::Life, Call::Publish);
        }
        if self.subject.deactivates() {
            self.push(Phase::Shuts, Door::State, Call::Deactivate);
        }
        if self.subject.reactivates() {
            self.push(self.phase_of_data(), Door::State, Call::Reactivate);
        }
    }

    /// One `update`, or two where the inventory fits only between two moves. A new billing org or
    /// region must be there before assets and admins are judged by it, and behind the removal of
    /// admins that it does not hold; only a draft moves, which nobody but its admins sees, whatever
    /// its visibility (A).
    fn settings(&mut self) {
        let mut update = changed_settings(self.subject.before(), self.after);
        let MovesAfterwards { region, bill_to } = moves_afterwards(self.subject);
        let late = TreUpdate {
            region: update.region.take_if(|_| region),
            bill_to: update.bill_to.take_if(|_| bill_to),
            ..TreUpdate::default()
        };
        let moves = update.bill_to.is_some() || update.region.is_some();
        if !late.is_empty() {
            // What else there is goes with the move that comes last, unless another one has to be
            // made before.
            let rest = if moves { TreUpdate::default() } else { std::mem::take(&mut update) };
            let TreUpdate { region, bill_to, .. } = late;
            let last = TreUpdate { region, bill_to, ..rest };
            self.push(self.phase_of_data(), Door::Place, Call::Update(last));
        }
        if update.is_empty() {
            return;
        }
        let visibility = self.subject.change(&Field::Visibility).map(|change| change.effect);
        let (phase, door) = if moves {
            (Phase::Shuts, Door::Place)
        } else if visibility == Some(Effect::Loosens) {
            (Phase::Opens, Door::Visibility)
        } else {
            (Phase::Shuts, Door::Visibility)
        };
        self.push(phase, door, Call::Update(update));
    }

    /// What tightens before the turning point and what loosens behind it. Where nothing else
    /// turns, one call does for both: then everybody goes straight from what they had to what they
    /// will have.
    fn policies(&mut self) {
        let PolicyChanges { mut tightened, mut loosened } = self.subject.policy_changes();
        let turns = self.data_turns() || self.reviewers_turn();
        if !tightened.is_empty() && !loosened.is_empty() && !turns {
            tightened.append(&mut loosened);
            self.set_policies(Phase::Turns, tightened);
            return;
        }
        self.set_policies(Phase::Shuts, tightened);
        self.set_policies(Phase::Opens, loosened);
    }

    fn set_policies(&mut self, phase: Phase, policies: BTreeMap<String, PolicyValue>) {
        if !policies.is_empty() {
            self.push(phase, Door::Policies, Call::SetPolicies(policies));
        }
    }

    /// Admins and authorized users.
    fn people(&mut self) {
        if let Some(before) = self.subject.before() {
            let users = difference(&before.authorized_users, &self.after.authorized_users);
            if !users.is_empty() {
                self.push(Phase::Shuts, Door::Users, Call::RemoveAuthorizedUsers(users));
            }
            let admins = difference(&before.admins, &self.after.admins);
            if !admins.is_empty() {
                self.push(Phase::Shuts, Door::Admins, Call::RemoveAdmins(admins));
            }
        }
        let admins = self.added_admins();
        if !admins.is_empty() {
            self.push(Phase::Opens, Door::Admins, Call::AddAdmins(admins));
        }
        let users = added_users(self.subject);
        if !users.is_empty() {
            let waits = users_wait_for_publishing(self.subject);
            let door = if waits { Door::AfterPublishing } else { Door::Users };
            self.push(Phase::Opens, door, Call::AddAuthorizedUsers(users));
        }
    }

    fn added_admins(&self) -> Vec<UserId> {
        match self.subject.before() {
            Some(before) => difference(&self.after.admins, &before.admins),
            None => {
                let others = self.after.admins.iter().filter(|id| *id != self.subject.operator());
                others.cloned().collect()
            }
        }
    }

    /// The review steps, and the reviewers of those that stay.
    fn pipeline(&mut self) {
        let pipeline = Pipeline::of(self.subject, self.after);
        let is_published = self.subject.live_state().is_some_and(TreState::is_published);
        for change in self.subject.reviewer_changes() {
            if !pipeline.keeps(&change.after.id) {
                continue;
            }
            let (added, removed) = (change.added(), change.removed());
            let replaces = is_published && change.is_swap() && !added.is_empty();
            // What stands at one place keeps its order: the new reviewer comes just before the
            // last one leaves.
            let (adds, removes, door) = match replaces {
                true => (self.phase_of_data(), self.phase_of_data(), Door::Replacement),
                false => (Phase::Opens, Phase::Shuts, Door::Reviewers),
            };
            let id = &change.after.id;
            if !added.is_empty() {
                self.push(adds, door, Call::AddReviewers(id.clone(), added));
            }
            if !removed.is_empty() {
                self.push(removes, door, Call::RemoveReviewers(id.clone(), removed));
            }
        }
        for call in pipeline.shortened {
            self.push(Phase::Shuts, Door::Pipeline, call);
        }
        for call in pipeline.appended {
            self.push(Phase::Opens, Door::Pipeline, call);
        }
    }

    fn inventory(&mut self) {
        if self.subject.inventory_changes()
            && let Some(inventory) = &self.after.inventory
        {
            let call = Call::SetInventory(inventory.clone());
            self.push(self.phase_of_data(), Door::Inventory, call);
        }
    }

    /// Tells whether people who reach data come to reach other data.
    fn data_turns(&self) -> bool {
        self.subject.given_out_before().is_some() && self.subject.given_out_changes()
    }

    /// Tells whether the last reviewers of a published step are replaced while there is something
    /// to reach: whoever comes in then does so under the stricter policies of both ends.
    fn reviewers_turn(&self) -> bool {
        self.subject.given_out_before().is_some()
            && self.subject.live_state().is_some_and(TreState::is_published)
            && self.subject.reviewer_changes().iter().any(ReviewerChange::is_swap)
    }

    /// What giving out the inventory does, and what goes with it: where nobody reached anything
    /// before, or all reach the same again, it only opens.
    fn phase_of_data(&self) -> Phase {
        if self.data_turns() || self.reviewers_turn() { Phase::Turns } else { Phase::Opens }
    }
}

fn create(subject: &Subject<'_>, after: &Tre) -> Call {
    Call::Create(NewTre {
        name: after.name.clone(),
        description: subject.desired.description.as_ref().map(|at| at.value.clone()),
        bill_to: after.bill_to.clone(),
        region: after.region.clone(),
        customized_rate_card: after.customized_rate_card.clone(),
        customized_url: after.customized_url.clone(),
    })
}

/// Returns the authorized users that come in.
pub(crate) fn added_users(subject: &Subject<'_>) -> Vec<Principal> {
    let Some(after) = &subject.after else { return Vec::new() };
    match subject.before() {
        Some(before) => difference(&after.authorized_users, &before.authorized_users),
        None => after.authorized_users.iter().cloned().collect(),
    }
}

/// Tells whether authorized users can only be added once the TRE is published: the operator lacks
/// ADMINISTER on the project of the showcase, and gets it by publishing, as the TRE's admin (D).
pub(crate) fn users_wait_for_publishing(subject: &Subject<'_>) -> bool {
    subject.takes(Transition::Publish) && lacks_administer(subject)
}

/// Tells whether the operator is known not to hold ADMINISTER on the project of the showcase that
/// is asked for.
pub(crate) fn lacks_administer(subject: &Subject<'_>) -> bool {
    let Some(showcase) = subject
        .after
        .as_ref()
        .and_then(|after| after.inventory.as_ref())
        .and_then(|inventory| inventory.data_showcase.as_ref())
    else {
        return false;
    };
    let directory = subject.ctx.directory;
    let project = match directory.object(&showcase.object) {
        Lookup::Known(object) => &object.project,
        // What the operator may not even see lies in a project that it does not administer.
        Lookup::Missing => return true,
        Lookup::Unknown => match &showcase.project {
            Some(project) => project,
            None => return false,
        },
    };
    match directory.project(project) {
        Lookup::Known(project) => project.level < Some(Level::Administer),
        Lookup::Missing => true,
        Lookup::Unknown => false,
    }
}

fn changed_settings(before: Option<&Tre>, after: &Tre) -> TreUpdate {
    let Some(before) = before else {
        // Creating sets everything but the visibility: a new TRE is private (A).
        let visibility =
            (after.visibility == crate::model::Visibility::Public).then_some(after.visibility);
        return TreUpdate { visibility, ..TreUpdate::default() };
    };
    fn changed<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
        (before != after).then(|| after.clone())
    }
    TreUpdate {
        name: changed(&before.name, &after.name),
        description: changed(&before.description, &after.description),
        visibility: changed(&before.visibility, &after.visibility),
        bill_to: changed(&before.bill_to, &after.bill_to),
        region: changed(&before.region, &after.region),
        customized_rate_card: changed(&before.customized_rate_card, &after.customized_rate_card)
            .flatten(),
        customized_url: changed(&before.customized_url, &after.customized_url).flatten(),
    }
}

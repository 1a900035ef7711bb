//! The order of the calls.
//!
//! Exposure decides it: a person's exposure is which inventory they reach, under which policies,
//! in which state. After every call each person's exposure must be at most what it was before or
//! at most what it will be. So access is taken away first and given last, and what tightens goes
//! before a release, what loosens behind it. A step that would lose its last reviewer gets the new
//! one just before; that outranks the order.

use std::collections::BTreeMap;

use super::asset::is_set_before_moving;
use super::subject::{PolicyChanges, ReviewerChange, Subject, difference};
use crate::lifecycle::Transition;
use crate::model::{
    Level, Lookup, PolicyValue, Principal, ReviewStep, StepId, Tre, TreState, UserId,
};
use crate::platform::{Call, NewStep, NewTre, TreUpdate};

/// Returns the calls that lead from the live TRE to the one that is asked for.
pub(crate) fn sequence(subject: &Subject<'_>) -> Vec<Call> {
    if subject.deletes() {
        let deactivate = subject.takes(Transition::Deactivate).then_some(Call::Deactivate);
        return deactivate.into_iter().chain([Call::Delete]).collect();
    }
    let Some(after) = &subject.after else { return Vec::new() };
    let mut sequence = Sequence { subject, after, calls: Vec::new() };
    sequence.build();
    sequence.calls
}

/// When an `update` call is made.
#[derive(PartialEq, Eq)]
enum Moment {
    First,
    AfterRemovals,
    AfterInventory,
    Last,
}

struct Sequence<'a> {
    subject: &'a Subject<'a>,
    after: &'a Tre,
    calls: Vec<Call>,
}

impl Sequence<'_> {
    fn build(&mut self) {
        if self.subject.takes(Transition::Create) {
            self.create();
        }
        let (update, moment) = self.update();
        let pipeline = Pipeline::of(self.subject, self.after);
        let (early, late) = self.policies();

        self.push_if(moment == Moment::First, &update);
        self.remove_people(&pipeline);
        self.push_if(moment == Moment::AfterRemovals, &update);
        self.set_policies(early);
        self.calls.extend(pipeline.shortened);
        if self.subject.deactivates() {
            self.calls.push(Call::Deactivate);
        }
        if self.subject.inventory_changes()
            && let Some(inventory) = &self.after.inventory
        {
            self.calls.push(Call::SetInventory(inventory.clone()));
        }
        self.push_if(moment == Moment::AfterInventory, &update);
        self.swap_reviewers();
        if self.subject.reactivates() {
            self.calls.push(Call::Reactivate);
        }
        self.set_policies(late);
        self.calls.extend(pipeline.appended);
        self.add_people();
        self.push_if(moment == Moment::Last, &update);
        self.publish();
    }

    fn create(&mut self) {
        let desired = self.subject.desired;
        self.calls.push(Call::Create(NewTre {
            name: self.after.name.clone(),
            description: desired.description.as_ref().map(|at| at.value.clone()),
            bill_to: self.after.bill_to.clone(),
            region: self.after.region.clone(),
            customized_rate_card: self.after.customized_rate_card.clone(),
            customized_url: self.after.customized_url.clone(),
        }));
    }

    /// Returns the one `update` that is needed, and when. Going private comes first, going public
    /// last; a new billing org or region must be there before assets and admins are judged by it,
    /// and behind the removal of admins that it does not hold.
    fn update(&self) -> (TreUpdate, Moment) {
        let update = changed_settings(self.subject.before(), self.after);
        let moves = update.bill_to.is_some() || update.region.is_some();
        let moment = if moves && is_set_before_moving(self.subject) {
            Moment::AfterInventory
        } else if moves {
            Moment::AfterRemovals
        } else if self.subject.goes_public() {
            Moment::Last
        } else {
            Moment::First
        };
        (update, moment)
    }

    fn push_if(&mut self, is_due: bool, update: &TreUpdate) {
        if is_due && !update.is_empty() {
            self.calls.push(Call::Update(update.clone()));
        }
    }

    /// Splits the policies into one call before a release and one behind it. One call does for
    /// both where nothing stands between: then everybody goes straight from what they had to what
    /// they will have.
    fn policies(&self) -> (BTreeMap<String, PolicyValue>, BTreeMap<String, PolicyValue>) {
        let PolicyChanges { mut tightened, mut loosened } = self.subject.policy_changes();
        let reaches_nothing_yet = self.subject.given_out_before().is_none();
        let swaps_in_sight = self.has_swap() && !reaches_nothing_yet;
        if tightened.is_empty() || loosened.is_empty() || swaps_in_sight {
            return (tightened, loosened);
        }
        let same_data = !self.subject.given_out_changes();
        let before = self.subject.live_state().unwrap_or(TreState::Draft);
        if (same_data || reaches_nothing_yet) && before <= self.after.state {
            tightened.append(&mut loosened);
        } else if same_data && self.after.state <= before {
            loosened.append(&mut tightened);
        }
        (tightened, loosened)
    }

    fn set_policies(&mut self, policies: BTreeMap<String, PolicyValue>) {
        if !policies.is_empty() {
            self.calls.push(Call::SetPolicies(policies));
        }
    }

    fn has_swap(&self) -> bool {
        self.subject.live_state().is_some_and(TreState::is_published)
            && self.subject.reviewer_changes().iter().any(ReviewerChange::is_swap)
    }

    fn remove_people(&mut self, pipeline: &Pipeline) {
        let Some(before) = self.subject.before() else { return };
        let users = difference(&before.authorized_users, &self.after.authorized_users);
        if !users.is_empty() {
            self.calls.push(Call::RemoveAuthorizedUsers(users));
        }
        let admins = difference(&before.admins, &self.after.admins);
        if !admins.is_empty() {
            self.calls.push(Call::RemoveAdmins(admins));
        }
        let is_published = before.state.is_published();
        for change in self.subject.reviewer_changes() {
            let removed = change.removed();
            let waits = is_published && change.is_swap();
            if !waits && !removed.is_empty() && pipeline.keeps(&change.after.id) {
                self.calls.push(Call::RemoveReviewers(change.after.id.clone(), removed));
            }
        }
    }

    /// Replaces the reviewers of published steps that would otherwise be left without one.
    fn swap_reviewers(&mut self) {
        if !self.subject.live_state().is_some_and(TreState::is_published) {
            return;
        }
        for change in self.subject.reviewer_changes() {
            if change.is_swap() && !change.after.reviewers.is_empty() {
                let id = &change.after.id;
                self.calls.push(Call::AddReviewers(id.clone(), change.added()));
                self.calls.push(Call::RemoveReviewers(id.clone(), change.removed()));
            }
        }
    }

    fn add_people(&mut self) {
        let pipeline = Pipeline::of(self.subject, self.after);
        let is_published = self.subject.live_state().is_some_and(TreState::is_published);
        for change in self.subject.reviewer_changes() {
            let added = change.added();
            let is_done = is_published && change.is_swap();
            if !is_done && !added.is_empty() && pipeline.keeps(&change.after.id) {
                self.calls.push(Call::AddReviewers(change.after.id.clone(), added));
            }
        }
        let admins: Vec<UserId> = match self.subject.before() {
            Some(before) => difference(&self.after.admins, &before.admins),
            None => self
                .after
                .admins
                .iter()
                .filter(|admin| *admin != self.subject.operator())
                .cloned()
                .collect(),
        };
        if !admins.is_empty() {
            self.calls.push(Call::AddAdmins(admins));
        }
        if !users_wait_for_publishing(self.subject) {
            self.add_users();
        }
    }

    fn add_users(&mut self) {
        let users = added_users(self.subject);
        if !users.is_empty() {
            self.calls.push(Call::AddAuthorizedUsers(users));
        }
    }

    fn publish(&mut self) {
        if self.subject.takes(Transition::Publish) {
            self.calls.push(Call::Publish);
            if users_wait_for_publishing(self.subject) {
                self.add_users();
            }
        }
    }
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

/// How a draft's review pipeline becomes the one that is asked for.
///
/// No route reorders steps (A). The longest prefix of the desired order that stands in that order
/// already is kept and edited in place; the rest is removed and appended.
struct Pipeline {
    kept: Vec<StepId>,
    shortened: Vec<Call>,
    appended: Vec<Call>,
}

impl Pipeline {
    fn of(subject: &Subject<'_>, after: &Tre) -> Self {
        let live: &[ReviewStep] = subject.before().map_or(&[], |tre| &tre.review_steps);
        let mut rest = live.iter();
        let kept: Vec<StepId> = after
            .review_steps
            .iter()
            .map(|step| &step.id)
            .take_while(|id| rest.any(|live| live.id == **id))
            .cloned()
            .collect();
        let removed = live.iter().filter(|step| !kept.contains(&step.id));
        let edited = after.review_steps.iter().zip(&kept).filter_map(|(step, _)| {
            let before = live.iter().find(|live| live.id == step.id)?;
            let name = (before.name != step.name).then(|| step.name.clone());
            let description =
                (before.description != step.description).then(|| step.description.clone());
            (name.is_some() || description.is_some()).then(|| Call::UpdateReviewStep {
                id: step.id.clone(),
                name,
                description,
            })
        });
        let shortened =
            removed.map(|step| Call::RemoveReviewStep(step.id.clone())).chain(edited).collect();
        let appended = after.review_steps.iter().skip(kept.len()).map(append).collect();
        Self { kept, shortened, appended }
    }

    /// Tells whether a step stays where it is, so that its reviewers are changed in place.
    fn keeps(&self, id: &StepId) -> bool {
        self.kept.contains(id)
    }
}

fn append(step: &ReviewStep) -> Call {
    Call::AddReviewStep(NewStep {
        id: step.id.clone(),
        name: step.name.clone(),
        description: step.description.clone(),
        reviewers: step.reviewers.iter().cloned().collect(),
    })
}

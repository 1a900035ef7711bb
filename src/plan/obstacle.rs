//! What forbids a change: lock rules, limits, and what the acting account may not do.
//!
//! Whatever the platform would refuse midway is found here, before the first call. What the
//! directory does not know raises no obstacle: no claim is made without an answer.

use super::asset;
use super::model::{Blocked, Place};
use super::rename;
use super::sequence::added_users;
use super::subject::Subject;
use crate::diag::Range;
use crate::diff::{Change, Field};
use crate::lifecycle::{self, Rule, Transition, Verdict, Way};
use crate::model::{Lookup, OrgId, PolicyValue, Principal, Tre, UserId};

const MOST_ADMINS: usize = 100;
const MOST_USERS: usize = 1_000;

/// Returns every reason why the change cannot be made, in the order of the YAML.
pub(crate) fn obstacles(subject: &Subject<'_>) -> Vec<Blocked> {
    let mut found = Obstacles { subject, blocked: Vec::new() };
    found.way();
    found.operator();
    if let Some(after) = &subject.after {
        found.locks();
        found.creation(after);
        found.publishing(after);
        found.pending_inventory();
        found.reviewers(after);
        found.policies(after);
        found.people(after);
        asset::obstacles(&mut found, after);
    }
    found.blocked
}

/// Collects obstacles of one TRE.
pub(crate) struct Obstacles<'a> {
    pub subject: &'a Subject<'a>,
    blocked: Vec<Blocked>,
}

impl Obstacles<'_> {
    /// Adds an obstacle: which rule, what it forbids here, and where that is written.
    pub fn add(&mut self, rule: Rule, path: &str, message: String, range: Option<&Range>) {
        let id = self.subject.desired.id.value.as_str();
        self.blocked.push(Blocked {
            path: path.to_owned(),
            rule: rule.id.to_owned(),
            message: format!("{message} {}", rule.reason),
            remedy: rule.remedy.replace("THIS-ID", id).replace("OLD-ID", id),
            evidence: rule.evidence.as_str().to_owned(),
            range: Some(Place::from(range.unwrap_or(&self.subject.desired.range))),
        });
    }

    fn at(&mut self, rule: Rule, change: &Change, message: String) {
        self.add(rule, &change.path, message, change.range.as_ref());
    }

    fn way(&mut self) {
        let Way::Forbidden(rule) = self.subject.way else { return };
        let live = self
            .subject
            .live_state()
            .map_or("not there yet".to_owned(), |state| format!("`{state}`"));
        let state = &self.subject.desired.state;
        let message = format!("The TRE is {live} and is asked to become `{}`.", state.value);
        self.add(rule, "/state", message, Some(&state.range));
    }

    fn operator(&mut self) {
        let Some(before) = self.subject.before() else { return };
        let operator = self.subject.operator();
        // Nobody's call changes an id, so it is not for want of a right.
        let mut changes = self.subject.changes.iter().filter(|change| change.field != Field::Id);
        let Some(first) = changes.next().filter(|_| !before.admins.contains(operator)) else {
            return;
        };
        let message = format!("The acting account is `{operator}`.");
        self.at(lifecycle::OPERATOR_NOT_ADMIN, first, message);
    }

    fn locks(&mut self) {
        let subject = self.subject;
        for change in &subject.changes {
            if change.field == Field::Id {
                self.blocked.extend(rename::blocked(subject));
                continue;
            }
            let (Verdict::Locked | Verdict::Immutable, Some(setting)) =
                (change.lock, change.field.setting())
            else {
                continue;
            };
            self.at(lifecycle::lock(setting).rule, change, asked_for(change));
        }
    }

    fn creation(&mut self, after: &Tre) {
        if !self.subject.takes(Transition::Create) {
            return;
        }
        let desired = self.subject.desired;
        let needed = [
            ("/name", desired.name.is_some()),
            ("/billTo", desired.bill_to.is_some()),
            ("/region", desired.region.is_some()),
        ];
        for (path, is_there) in needed {
            if !is_there {
                let key = path.trim_start_matches('/');
                let message = format!("The TRE is not there yet, and its document has no `{key}`.");
                self.add(lifecycle::CREATE_INCOMPLETE, path, message, None);
            }
        }
        if let Some(bill_to) = &desired.bill_to {
            self.known_org(after);
            let operator = self.subject.operator();
            if self.lacks_tre_management(&after.bill_to, operator) {
                let message =
                    format!("`{operator}` does not hold the flag in `{}`.", after.bill_to);
                self.add(lifecycle::OPERATOR_NOT_MEMBER, "/billTo", message, Some(&bill_to.range));
            }
        }
    }

    fn lacks_tre_management(&self, org: &OrgId, user: &UserId) -> bool {
        match self.subject.ctx.directory.member(org, user) {
            Lookup::Known(member) => !member.tre_management,
            Lookup::Missing => true,
            Lookup::Unknown => false,
        }
    }

    fn publishing(&mut self, after: &Tre) {
        if !self.subject.takes(Transition::Publish) {
            return;
        }
        let desired = self.subject.desired;
        let range = &desired.state.range;
        if after.review_steps.is_empty() {
            let message = "The TRE has no review step.".to_owned();
            let rule = lifecycle::PUBLISH_NEEDS_REVIEW_STEP;
            self.add(rule, "/reviewSteps", message, Some(range));
        }
        for (index, step) in after.review_steps.iter().enumerate() {
            if step.reviewers.is_empty() {
                let written =
                    desired.review_steps.as_ref().and_then(|steps| steps.value.get(index));
                let message = format!("The review step `{}` has no reviewer.", step.id);
                let path = format!("/reviewSteps/{index}/reviewers");
                let range = written.map_or(range, |step| &step.range);
                self.add(lifecycle::PUBLISH_NEEDS_REVIEWERS, &path, message, Some(range));
            }
        }
        if after.inventory.is_none() {
            let message = "The TRE has no inventory.".to_owned();
            self.add(lifecycle::PUBLISH_NEEDS_INVENTORY, "/inventory", message, Some(range));
        }
    }

    /// A version that the document does not name must not go live, whoever set it.
    fn pending_inventory(&mut self) {
        let Some(live) = self.subject.live else { return };
        let desired = self.subject.desired;
        if !live.is_pending || desired.inventory.is_some() || !self.subject.reactivates() {
            return;
        }
        let version = live.tre.inventory.as_ref().map_or("", |pending| pending.version.as_str());
        let message = format!("Version `{version}` is pending.");
        let rule = lifecycle::PENDING_INVENTORY_UNMANAGED;
        self.add(rule, "/inventory", message, Some(&desired.state.range));
    }

    fn reviewers(&mut self, after: &Tre) {
        let subject = self.subject;
        if !subject.live_state().is_some_and(crate::model::TreState::is_published) {
            return;
        }
        for change in subject.reviewer_changes() {
            if !change.after.reviewers.is_empty() || change.before.reviewers.is_empty() {
                continue;
            }
            let id = &change.after.id;
            let index = after.review_steps.iter().position(|step| step.id == *id).unwrap_or(0);
            let range =
                subject.desired.review_steps.as_ref().and_then(|steps| steps.value.get(index)).map(
                    |step| step.reviewers.as_ref().map_or(&step.range, |people| &people.range),
                );
            let message = format!("The review step `{id}` would be left without a reviewer.");
            let path = format!("/reviewSteps/{index}/reviewers");
            self.add(lifecycle::STEP_WITHOUT_REVIEWER, &path, message, range);
        }
    }

    fn policies(&mut self, after: &Tre) {
        let Some(before) = self.subject.before() else { return };
        let subject = self.subject;
        for change in &subject.changes {
            let Field::Policy(name) = &change.field else { continue };
            let is_one_way =
                subject.ctx.desired.policies.get(name).is_some_and(|spec| spec.one_way);
            let was_on = before.policies.get(name) == Some(&PolicyValue::Bool(true));
            let stays_on = after.policies.get(name) == Some(&PolicyValue::Bool(true));
            if is_one_way && was_on && !stays_on {
                let message = format!("`{name}` is on and is asked to be switched off.");
                self.at(lifecycle::POLICY_ONE_WAY, change, message);
            }
        }
    }

    fn people(&mut self, after: &Tre) {
        let subject = self.subject;
        for change in &subject.changes {
            if change.after.is_null() {
                continue;
            }
            match &change.field {
                Field::Admin(user) => {
                    self.known(change, &Principal::User(user.clone()));
                    if self.lacks_tre_management(&after.bill_to, user) {
                        let message = format!(
                            "`{user}` does not hold `treManagement` in `{}`.",
                            after.bill_to
                        );
                        self.at(lifecycle::ADMIN_LACKS_TRE_MANAGEMENT, change, message);
                    }
                }
                Field::AuthorizedUser(person) => self.known(change, person),
                Field::Reviewer(_, user) => self.known(change, &Principal::User(user.clone())),
                Field::ReviewStep(step) => {
                    let reviewers = after.review_step(step).map(|step| &step.reviewers);
                    for user in reviewers.into_iter().flatten() {
                        self.known(change, &Principal::User(user.clone()));
                    }
                }
                _ => {}
            }
        }
        self.billing_org(after);
        self.limits(after);
    }

    fn known(&mut self, change: &Change, person: &Principal) {
        if self.subject.ctx.directory.person(person) == Lookup::Missing {
            let message = format!("There is no `{person}` on the platform.");
            self.at(lifecycle::UNKNOWN_PERSON, change, message);
        }
    }

    /// Whoever is asked about an org that does not exist answers nothing at all.
    fn known_org(&mut self, after: &Tre) {
        if let Some(change) = self.subject.change(&Field::BillTo) {
            self.known(change, &Principal::Org(after.bill_to.clone()));
        }
    }

    /// A new billing org must be held by everybody who is an admin by then.
    fn billing_org(&mut self, after: &Tre) {
        let subject = self.subject;
        let (Some(change), Some(before)) = (subject.change(&Field::BillTo), subject.before())
        else {
            return;
        };
        self.known_org(after);
        for admin in before.admins.intersection(&after.admins) {
            if self.lacks_tre_management(&after.bill_to, admin) {
                let message = format!(
                    "The admin `{admin}` does not hold `treManagement` in `{}`.",
                    after.bill_to
                );
                self.at(lifecycle::BILL_TO_NOT_HELD, change, message);
            }
        }
    }

    fn limits(&mut self, after: &Tre) {
        let desired = self.subject.desired;
        let adds_admin = self
            .subject
            .changes
            .iter()
            .any(|change| matches!(change.field, Field::Admin(_)) && !change.after.is_null());
        if adds_admin && after.admins.len() > MOST_ADMINS {
            let message = format!("The TRE would have {} admins.", after.admins.len());
            let range = desired.admins.as_ref().map(|people| &people.range);
            self.add(lifecycle::TOO_MANY_ADMINS, "/admins", message, range);
        }
        if after.authorized_users.len() > MOST_USERS && !added_users(self.subject).is_empty() {
            let message =
                format!("The TRE would have {} authorized users.", after.authorized_users.len());
            let range = desired.authorized_users.as_ref().map(|people| &people.range);
            self.add(lifecycle::TOO_MANY_USERS, "/authorizedUsers", message, range);
        }
    }
}

/// Says what a locked change asks for.
fn asked_for(change: &Change) -> String {
    match (&change.field, change.before.is_null(), change.after.is_null()) {
        (Field::ReviewStep(step), true, _) => format!("A new review step, `{step}`, is asked for."),
        (Field::ReviewStep(step), _, true) => {
            format!("The review step `{step}` is to be removed.")
        }
        (Field::ReviewOrder, ..) => "The review steps are asked for in another order.".to_owned(),
        (Field::StepName(step) | Field::StepDescription(step), ..) => {
            format!(
                "The review step `{step}` is to read {} instead of {}.",
                change.after, change.before
            )
        }
        (field, true, _) => format!("`{}` is to become {}.", key(field), change.after),
        (field, ..) => {
            format!("`{}` is to become {} instead of {}.", key(field), change.after, change.before)
        }
    }
}

fn key(field: &Field) -> String {
    field.key().trim_start_matches('/').to_owned()
}

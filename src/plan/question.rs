//! What a plan has to know of people, orgs and assets before it can be made. A plan without
//! changes asks nothing.

use std::collections::BTreeMap;

use super::Context;
use super::impact::Ends;
use super::subject::Subject;
use crate::diff::Field;
use crate::lifecycle::Transition;
use crate::model::{Directory, Lookup, Principal, Questions, Tre, TreId, TreState, UserId};

/// Returns the questions of all TREs that would change.
pub fn questions(ctx: &Context<'_>) -> Questions {
    let mut questions = Questions::default();
    for desired in ctx.selected() {
        of_one(&Subject::new(ctx, desired), &mut questions);
    }
    questions
}

/// Returns what the directory does not tell of the questions of each TRE, in words.
pub fn unanswered(ctx: &Context<'_>) -> BTreeMap<TreId, Vec<String>> {
    let mut all = BTreeMap::new();
    for desired in ctx.selected() {
        let mut questions = Questions::default();
        of_one(&Subject::new(ctx, desired), &mut questions);
        let open = open(&questions, ctx.directory);
        if !open.is_empty() {
            all.insert(desired.id.value.clone(), open);
        }
    }
    all
}

fn of_one(subject: &Subject<'_>, questions: &mut Questions) {
    if subject.changes.is_empty() {
        return;
    }
    if let Some(after) = &subject.after {
        ask(subject, after, questions);
    }
    ways(subject, questions);
}

/// Of an object that is known the platform was asked where its project lies, so that what it did
/// not tell then it does not tell anybody.
fn open(questions: &Questions, directory: &Directory) -> Vec<String> {
    let Questions { members, listings, people, objects } = questions;
    let mut open = Vec::new();
    for person in people {
        if directory.person(person) == Lookup::Unknown {
            open.push(format!("whether `{person}` exists"));
        }
    }
    for org in listings.iter().filter(|org| !directory.whole.contains(*org)) {
        open.push(format!("members of `{org}`"));
    }
    for (org, users) in members {
        if users.is_empty() && !directory.members.contains_key(org) {
            open.push(format!("who belongs to `{org}`"));
        }
        for user in users {
            if directory.member(org, user) == Lookup::Unknown {
                open.push(format!("whether `{user}` holds `treManagement` in `{org}`"));
            }
        }
    }
    for object in objects.keys() {
        if directory.object(object) == Lookup::Unknown {
            open.push(format!("what `{object}` is and where it lies"));
        }
    }
    open
}

fn ask(subject: &Subject<'_>, after: &Tre, questions: &mut Questions) {
    let creates = subject.takes(Transition::Create);
    if creates || subject.change(&Field::BillTo).is_some() {
        questions.people.insert(Principal::Org(after.bill_to.clone()));
        member(after, subject.operator(), questions);
        for admin in &after.admins {
            member(after, admin, questions);
        }
    }
    for change in subject.changes.iter().filter(|change| !change.after.is_null()) {
        match &change.field {
            Field::Admin(user) => {
                member(after, user, questions);
                person(user, questions);
            }
            Field::AuthorizedUser(id) => {
                questions.people.insert(id.clone());
            }
            Field::Reviewer(_, user) => person(user, questions),
            Field::ReviewStep(step) => {
                let step = after.review_step(step);
                step.into_iter().flat_map(|step| &step.reviewers).for_each(|user| {
                    person(user, questions);
                });
            }
            _ => {}
        }
    }
    assets(subject, after, questions);
}

fn person(user: &UserId, questions: &mut Questions) {
    questions.people.insert(Principal::User(user.clone()));
}

fn member(tre: &Tre, user: &UserId, questions: &mut Questions) {
    questions.members.entry(tre.bill_to.clone()).or_default().insert(user.clone());
}

fn assets(subject: &Subject<'_>, after: &Tre, questions: &mut Questions) {
    let Some(inventory) = &after.inventory else { return };
    let is_used = subject.inventory_changes() || subject.takes(Transition::Publish);
    let adds_users = !super::sequence::added_users(subject).is_empty();
    let is_draft = after.state == TreState::Draft;
    for (asset, reference) in inventory.assets() {
        let is_asked = asset == crate::model::Asset::DataShowcase && adds_users && is_draft;
        if is_used || is_asked {
            questions.objects.insert(reference.object.clone(), reference.project.clone());
        }
    }
}

/// Whoever comes in may have been in as a member of a listed org, and whoever leaves may stay in so;
/// an org that comes or goes stands for its members. Of people who have a part already the listing
/// tells: nobody must be found in it. Of others only a whole one does.
fn ways(subject: &Subject<'_>, questions: &mut Questions) {
    let ends = Ends::of(subject);
    let Ends { before, after } = &ends;
    if before.orgs != after.orgs {
        questions.listings.extend(before.orgs.union(&after.orgs).cloned());
        return;
    }
    let moved = |id: &&Principal| {
        matches!(id, Principal::User(_))
            && ends.minds_orgs(id)
            && before.roles.get(*id) != after.roles.get(*id)
    };
    if after.roles.keys().filter(moved).any(|id| !before.roles.contains_key(id)) {
        questions.listings.extend(before.orgs.iter().cloned());
    } else if before.roles.keys().any(|id| moved(&id)) {
        for org in &before.orgs {
            questions.members.entry(org.clone()).or_default();
        }
    }
}

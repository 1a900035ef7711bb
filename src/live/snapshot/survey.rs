//! What a snapshot looks up, so that whoever plans against it need not.

use std::collections::BTreeSet;

use crate::model::{Directory, Inventory, Live, LiveTre, OrgId, Principal, Questions, UserId};

/// Adds to the questions of a plan what other plans are likely to ask: who belongs to the billing
/// orgs and to the orgs that are listed, and what the assets are.
pub fn survey(
    live: &Live,
    select_bill_to: Option<&[OrgId]>,
    mut questions: Questions,
) -> Questions {
    let Questions { members, listings: _, people: _, objects } = &mut questions;
    for org in billing(live, select_bill_to).into_iter().chain(listed_orgs(live)) {
        members.entry(org.clone()).or_default();
    }
    for live in live.tres.values() {
        let pending = live.tre.inventory.iter();
        for (_, asset) in pending.chain(&live.active_inventory).flat_map(Inventory::assets) {
            let project = objects.entry(asset.object.clone()).or_default();
            if project.is_none() {
                project.clone_from(&asset.project);
            }
        }
    }
    questions
}

/// Leaves out whoever belongs to an org that pays for nothing, unless a TRE or a question names
/// them, or a question is about all of its members: a snapshot is no list of the members of other
/// people's orgs.
pub fn without_strangers(
    mut directory: Directory,
    live: &Live,
    select_bill_to: Option<&[OrgId]>,
    questions: &Questions,
) -> Directory {
    let billing = billing(live, select_bill_to);
    let named: BTreeSet<&UserId> = live.tres.values().flat_map(users).collect();
    let is_kept = |org: &OrgId| billing.contains(org) || questions.listings.contains(org);
    directory.whole.retain(is_kept);
    for (org, members) in directory.members.iter_mut().filter(|(org, _)| !is_kept(org)) {
        let asked = questions.members.get(org);
        members.retain(|user, _| {
            named.contains(user) || asked.is_some_and(|asked| asked.contains(user))
        });
    }
    directory
}

fn billing<'a>(live: &'a Live, select_bill_to: Option<&'a [OrgId]>) -> BTreeSet<&'a OrgId> {
    let of_tres = live.tres.values().map(|live| &live.tre.bill_to);
    of_tres.chain(select_bill_to.into_iter().flatten()).collect()
}

/// Returns the users with a role in a TRE.
fn users(live: &LiveTre) -> impl Iterator<Item = &UserId> {
    let tre = &live.tre;
    let listed = tre.authorized_users.iter().filter_map(|listed| match listed {
        Principal::User(user) => Some(user),
        Principal::Org(_) => None,
    });
    let reviewers = tre.review_steps.iter().flat_map(|step| &step.reviewers);
    tre.admins.iter().chain(listed).chain(reviewers)
}

fn listed_orgs(live: &Live) -> impl Iterator<Item = &OrgId> {
    live.tres.values().flat_map(|live| &live.tre.authorized_users).filter_map(|listed| match listed
    {
        Principal::Org(org) => Some(org),
        Principal::User(_) => None,
    })
}

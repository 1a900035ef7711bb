//! Who belongs where, who exists, and what the assets are.

use std::collections::{BTreeMap, BTreeSet};

use super::LiveError;
use super::answers::unless_refused;
use super::convert;
use crate::model::{
    Directory, Live, Member, ObjectId, OrgId, Principal, ProjectId, Questions, UserId,
};
use crate::platform::{Reader, gather};

/// Answers what a plan wants to know, as far as the platform tells: what it refuses to tell stays
/// unknown. People and orgs that `live` or a listing of an org names are there, so the platform is
/// not asked for them.
///
/// # Errors
///
/// Where the platform fails, or answers what the wire contract does not know.
pub async fn fill(
    reader: &dyn Reader,
    operator: &UserId,
    questions: &Questions,
    live: &Live,
) -> Result<Directory, LiveError> {
    let Questions { members, listings, people, objects } = questions;
    let mut of_people = Directory::of(operator.clone());
    let mut of_assets = Directory::of(operator.clone());
    let people = async {
        fill_members(reader, (members, listings), &mut of_people).await?;
        let strangers = recognize(people, live, &mut of_people);
        fill_people(reader, &strangers, &mut of_people).await
    };
    let assets = async {
        fill_objects(reader, objects, &mut of_assets).await?;
        let mut projects: BTreeSet<ProjectId> = objects.values().flatten().cloned().collect();
        projects.extend(of_assets.objects.values().flatten().map(|object| object.project.clone()));
        fill_projects(reader, &projects, &mut of_assets).await
    };
    tokio::try_join!(people, assets)?;
    let Directory { operator: _, members: _, whole: _, people: _, objects, projects } = of_assets;
    Ok(Directory { objects, projects, ..of_people })
}

/// Notes of everybody asked for who is named by a live TRE, or belongs to an org, that they exist;
/// returns the others.
pub(super) fn recognize(
    asked: &BTreeSet<Principal>,
    live: &Live,
    directory: &mut Directory,
) -> BTreeSet<Principal> {
    if asked.is_empty() {
        return BTreeSet::new();
    }
    let known: BTreeSet<Principal> =
        named(live, directory).filter(|id| asked.contains(id)).collect();
    let strangers = asked.difference(&known).cloned().collect();
    directory.people.extend(known.into_iter().map(|id| (id, true)));
    strangers
}

/// Returns everybody of whom the platform has told already that they exist, some more than once.
fn named(live: &Live, directory: &Directory) -> impl Iterator<Item = Principal> {
    let user = |id: &UserId| Principal::User(id.clone());
    let org = |id: &OrgId| Principal::Org(id.clone());
    let in_orgs = directory.members.iter().flat_map(move |(id, members)| {
        let there = members.iter().filter(|(_, member)| member.is_some());
        // An org that does not exist tells nothing of its members.
        there.map(move |(id, _)| user(id)).chain([org(id)])
    });
    let in_tres = live.tres.values().flat_map(move |live| {
        let tre = &live.tre;
        let reviewers = tre.review_steps.iter().flat_map(|step| &step.reviewers);
        let users = tre.admins.iter().chain(reviewers).map(user);
        users.chain(tre.authorized_users.iter().cloned()).chain([org(&tre.bill_to)])
    });
    in_orgs.chain(in_tres).chain([user(&directory.operator)])
}

/// One listing an org; then one question for each user that the listing does not show, since a
/// listing may hide members.
async fn fill_members(
    reader: &dyn Reader,
    (asked, whole): (&BTreeMap<OrgId, BTreeSet<UserId>>, &BTreeSet<OrgId>),
    directory: &mut Directory,
) -> Result<(), LiveError> {
    let orgs: BTreeSet<&OrgId> = asked.keys().chain(whole).collect();
    let listings = gather(orgs.iter().map(|org| reader.find_members(org, None))).await;
    let mut unlisted: Vec<(&OrgId, &UserId)> = Vec::new();
    for (org, listing) in orgs.into_iter().zip(listings) {
        let Some(listing) = unless_refused(listing)? else { continue };
        let mut members: BTreeMap<UserId, Option<Member>> = BTreeMap::new();
        for listed in &listing {
            let (user, member) = convert::member(org, listed)?;
            members.insert(user, Some(member));
        }
        let users = asked.get(org).into_iter().flatten();
        unlisted.extend(users.filter(|user| !members.contains_key(*user)).map(|user| (org, user)));
        directory.members.insert(org.clone(), members);
        directory.whole.insert(org.clone());
    }
    let answers =
        gather(unlisted.iter().map(|(org, user)| reader.find_members(org, Some(user)))).await;
    for ((org, user), answer) in unlisted.into_iter().zip(answers) {
        let Some(found) = unless_refused(answer)? else { continue };
        let found = found.iter().find(|member| member.id == user.as_str());
        let member = found.map(|found| convert::member(org, found)).transpose()?;
        directory
            .members
            .entry(org.clone())
            .or_default()
            .insert(user.clone(), member.map(|(_, member)| member));
    }
    Ok(())
}

async fn fill_people(
    reader: &dyn Reader,
    asked: &BTreeSet<Principal>,
    directory: &mut Directory,
) -> Result<(), LiveError> {
    let answers = gather(asked.iter().map(|id| reader.exists(id))).await;
    for (id, answer) in asked.iter().zip(answers) {
        if let Some(exists) = unless_refused(answer)? {
            directory.people.insert(id.clone(), exists);
        }
    }
    Ok(())
}

async fn fill_objects(
    reader: &dyn Reader,
    asked: &BTreeMap<ObjectId, Option<ProjectId>>,
    directory: &mut Directory,
) -> Result<(), LiveError> {
    let answers = gather(asked.iter().map(|(id, project)| {
        reader.describe_object(id.as_str(), project.as_ref().map(ProjectId::as_str))
    }))
    .await;
    for (id, answer) in asked.keys().zip(answers) {
        if let Some(found) = unless_refused(answer)? {
            let object = found.map(convert::object).transpose()?;
            directory.objects.insert(id.clone(), object);
        }
    }
    Ok(())
}

async fn fill_projects(
    reader: &dyn Reader,
    asked: &BTreeSet<ProjectId>,
    directory: &mut Directory,
) -> Result<(), LiveError> {
    let answers = gather(asked.iter().map(|id| reader.describe_object(id.as_str(), None))).await;
    for (id, answer) in asked.iter().zip(answers) {
        let Some(found) = unless_refused(answer)? else { continue };
        // A platform without a directory does not tell where a project lies: no claim is made.
        if found
            .as_ref()
            .is_some_and(|project| project.region.is_none() && project.bill_to.is_none())
        {
            continue;
        }
        let project = found.map(convert::project).transpose()?;
        directory.projects.insert(id.clone(), project);
    }
    Ok(())
}

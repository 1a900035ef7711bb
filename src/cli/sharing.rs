//! Lists of people that several documents share, as groups: found, named, and put in their place.
//!
//! A list is shared where it holds the same people in two TREs or more. Whoever changes a group
//! changes all its lists at once, so nothing less counts: a list that is a part of another one by
//! chance stays what it is, unless that part is shared already.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::document::Document;
use crate::model::{GroupId, TreId};

/// A list of fewer people is no group.
const FEWEST: usize = 2;

/// What a list of people is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// TRE admins.
    Admins,
    /// Authorized users.
    Users,
    /// The reviewers of a step, by its id.
    Reviewers(String),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Admins => f.write_str("admins"),
            Self::Users => f.write_str("authorized users"),
            Self::Reviewers(step) => write!(f, "reviewers of {step}"),
        }
    }
}

/// One list of people in one document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The TRE.
    pub tre: TreId,
    /// What the list is for.
    pub role: Role,
}

/// People, as a set.
pub type People = BTreeSet<String>;

/// A group that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// Its id.
    pub id: GroupId,
    /// Its members.
    pub members: People,
    /// The lists that it stands in.
    pub lists: Vec<Listed>,
}

/// What documents share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Groups that are not there yet.
    pub groups: Vec<NewGroup>,
    /// How many lists name a group.
    pub lists: usize,
    /// The groups of each of these lists.
    named: BTreeMap<Listed, Vec<(GroupId, People)>>,
}

/// Finds what documents share. `known` are the groups that are there, with everybody in them;
/// `is_taken` tells which other ids a new one cannot have.
pub fn find<'a>(
    documents: impl IntoIterator<Item = (&'a TreId, &'a Document)>,
    known: &BTreeMap<GroupId, People>,
    is_taken: impl Fn(&GroupId) -> bool,
) -> Sharing {
    let lists: BTreeMap<Listed, People> =
        documents.into_iter().flat_map(|(id, document)| lists(id, document)).collect();
    let mut sets: BTreeMap<&People, Vec<&Listed>> = BTreeMap::new();
    for (listed, people) in lists.iter().filter(|(_, people)| people.len() >= FEWEST) {
        sets.entry(people).or_default().push(listed);
    }
    let there = |people: &People| known.iter().find(|(_, members)| *members == people);
    sets.retain(|people, lists| {
        let tres: BTreeSet<&TreId> = lists.iter().map(|listed| &listed.tre).collect();
        tres.len() > 1 || there(people).is_some()
    });
    let new: Vec<(&People, &[&Listed])> = sets
        .iter()
        .filter(|(people, _)| there(people).is_none())
        .map(|(people, lists)| (*people, lists.as_slice()))
        .collect();
    let names = names(&new, |id| known.contains_key(id) || is_taken(id));
    let id_of = |people: &People| {
        names.get(people).cloned().or_else(|| there(people).map(|(id, _)| id.clone()))
    };
    // The largest first, so that a list which is shared as a whole is one group.
    let mut shared: Vec<(GroupId, &People)> =
        sets.keys().filter_map(|people| Some((id_of(people)?, *people))).collect();
    shared.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));

    let mut sharing = Sharing::default();
    for (listed, people) in &lists {
        let groups = cover(people, &shared);
        if !groups.is_empty() {
            sharing.named.insert(listed.clone(), groups);
        }
    }
    sharing.lists = sharing.named.len();
    sharing.groups = names.into_iter().map(|(people, id)| sharing.group(id, people)).collect();
    sharing.groups.sort_by(|a, b| a.id.cmp(&b.id));
    sharing
}

impl Sharing {
    fn group(&self, id: GroupId, members: &People) -> NewGroup {
        let names_it =
            |groups: &Vec<(GroupId, People)>| groups.iter().any(|(named, _)| *named == id);
        let lists = self.named.iter().filter(|(_, groups)| names_it(groups));
        let lists = lists.map(|(listed, _)| listed.clone()).collect();
        NewGroup { id, members: members.clone(), lists }
    }

    /// Writes the groups into a document, in place of those who are in them.
    pub fn put(&self, tre: &TreId, document: &mut Document) {
        for (role, list) in document.people_mut() {
            let listed = Listed { tre: tre.clone(), role };
            let Some(groups) = self.named.get(&listed) else { continue };
            list.retain(|entry| {
                !entry
                    .as_str()
                    .is_some_and(|id| groups.iter().any(|(_, members)| members.contains(id)))
            });
            let ids: BTreeSet<&GroupId> = groups.iter().map(|(id, _)| id).collect();
            list.splice(0..0, ids.into_iter().map(|id| format!("group:{id}").into()));
        }
    }
}

/// Returns the lists of a document.
fn lists(tre: &TreId, document: &Document) -> Vec<(Listed, People)> {
    let people = document.people().into_iter().map(|(role, list)| {
        let people = list.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect();
        (Listed { tre: tre.clone(), role }, people)
    });
    people.collect()
}

/// Returns groups that are in a list, none of which has anybody in common with another.
fn cover(people: &People, shared: &[(GroupId, &People)]) -> Vec<(GroupId, People)> {
    let mut left: BTreeSet<&str> = people.iter().map(String::as_str).collect();
    let mut groups = Vec::new();
    for (id, members) in shared {
        if members.iter().all(|member| left.contains(member.as_str())) {
            left.retain(|person| !members.contains(*person));
            groups.push((id.clone(), (*members).clone()));
        }
    }
    groups
}

/// Gives each set of people a name that tells what they are: `admins`, `governance-reviewers`; of
/// several sets with one name each also names the first TRE where they are a whole list.
fn names<'a>(
    sets: &[(&'a People, &[&Listed])],
    is_taken: impl Fn(&GroupId) -> bool,
) -> BTreeMap<&'a People, GroupId> {
    let mut bases: BTreeMap<String, usize> = BTreeMap::new();
    for (_, lists) in sets {
        *bases.entry(base(lists)).or_default() += 1;
    }
    let mut names: BTreeMap<&People, GroupId> = BTreeMap::new();
    for (people, lists) in sets {
        let base = base(lists);
        let first = lists.iter().map(|listed| listed.tre.as_str()).min().unwrap_or_default();
        let long = format!("{base}-{}", first.strip_prefix("tre-").unwrap_or(first));
        let short = (bases.get(&base) == Some(&1)).then(|| base.clone());
        let numbered = (2..=sets.len() + 1).map(|number| format!("{long}-{number}"));
        let candidates = short.into_iter().chain([long.clone()]).chain(numbered);
        let mut ids = candidates.filter_map(|name| name.replace(['.', '_'], "-").parse().ok());
        let free = ids.find(|id| !is_taken(id) && names.values().all(|other| other != id));
        // A set without a name stays what it is in every list.
        names.extend(free.map(|id| (*people, id)));
    }
    names
}

/// Returns the name of what all of these lists are for.
fn base(lists: &[&Listed]) -> String {
    let roles: BTreeSet<&Role> = lists.iter().map(|listed| &listed.role).collect();
    match roles.first() {
        Some(Role::Admins) if roles.len() == 1 => "admins".to_owned(),
        Some(Role::Users) if roles.len() == 1 => "users".to_owned(),
        Some(Role::Reviewers(step)) if roles.len() == 1 => format!("{step}-reviewers"),
        _ if roles.iter().all(|role| matches!(role, Role::Reviewers(_))) => "reviewers".to_owned(),
        _ => "people".to_owned(),
    }
}

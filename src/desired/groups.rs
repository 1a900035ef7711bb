//! Groups with everybody in them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::documents::Typed;
use super::graph::walk;
use super::{Origin, People};
use crate::diag::Range;
use crate::model::{GroupId, Principal};
use crate::schema::document::{GroupDocument, Id, Person};
use crate::source::Spanned;

/// How deep groups may be nested. A cycle is found apart from this; what is deeper than this is a
/// mistake of whatever wrote the files, and every way in would have to be shown in full.
pub const DEEPEST: usize = 32;

/// How many ways of one person into one list are kept. Groups that share groups multiply the ways
/// with every level, while a reader learns nothing from the sixty-fifth.
const MOST_WAYS: usize = 64;

/// The people of a list, each with every way in.
pub type Ways = BTreeMap<Principal, Vec<Origin>>;

/// Every group of a repository, resolved.
#[derive(Debug, Clone, Default)]
pub struct Groups(BTreeMap<GroupId, Group>);

#[derive(Debug, Clone)]
struct Group {
    depth: usize,
    members: Ways,
}

impl Groups {
    /// Resolves groups. References that lead nowhere or in a circle add nobody; of two groups with
    /// one id the first counts. Rules report each of these.
    pub fn resolve(documents: &[Typed<'_, GroupDocument>]) -> Self {
        let positions = positions(documents);
        let mut groups = Self::default();
        for index in walk(&group_edges(documents)).order {
            let Some(Typed { value, .. }) = documents.get(index) else { continue };
            let id = &value.id.value.0;
            if positions.get(id) != Some(&index) {
                continue;
            }
            let members = groups.people(&value.members.value);
            let depth = nested(&value.members.value)
                .map(|id| 1 + groups.depth(id))
                .max()
                .unwrap_or_default();
            let members = if depth > DEEPEST { Ways::new() } else { members };
            groups.0.insert(id.clone(), Group { depth, members });
        }
        groups
    }

    /// Returns everybody in a group, each with the ways below that group.
    pub fn members(&self, id: &GroupId) -> Option<&Ways> {
        self.0.get(id).map(|group| &group.members)
    }

    /// Returns how many levels of groups are below a group.
    pub fn depth(&self, id: &GroupId) -> usize {
        self.0.get(id).map_or(0, |group| group.depth)
    }

    /// Returns the ids of all groups.
    pub fn ids(&self) -> impl Iterator<Item = &GroupId> {
        self.0.keys()
    }

    /// Returns everybody in a list, each with every way in.
    pub fn people(&self, list: &[Id<Person>]) -> Ways {
        let mut people = Ways::new();
        for Spanned { value, range } in list {
            match &value.0 {
                Person::Principal(principal) => {
                    let origin = Origin { path: Vec::new(), range: range.clone() };
                    add(&mut people, principal, [origin]);
                }
                Person::Group(group) => {
                    for (principal, ways) in self.members(group).into_iter().flatten() {
                        add(&mut people, principal, ways.iter().map(|way| through(group, way)));
                    }
                }
            }
        }
        people
    }

    /// Returns a list with groups resolved, reduced to those that `pick` takes.
    pub fn list<T: Ord>(
        &self,
        list: &Spanned<Vec<Id<Person>>>,
        pick: impl Fn(Principal) -> Option<T>,
    ) -> People<T> {
        let Spanned { value, range } = list;
        let members = self
            .people(value)
            .into_iter()
            .filter_map(|(principal, ways)| Some((pick(principal)?, ways)))
            .collect();
        People { range: range.clone(), members }
    }
}

fn add(people: &mut Ways, principal: &Principal, ways: impl IntoIterator<Item = Origin>) {
    let known = match people.entry(principal.clone()) {
        Entry::Vacant(vacant) => vacant.insert(Vec::new()),
        Entry::Occupied(occupied) => occupied.into_mut(),
    };
    let room = MOST_WAYS.saturating_sub(known.len());
    known.extend(ways.into_iter().take(room));
}

fn through(group: &GroupId, way: &Origin) -> Origin {
    let Origin { path, range } = way;
    let mut longer = Vec::with_capacity(path.len() + 1);
    longer.push(group.clone());
    longer.extend(path.iter().cloned());
    Origin { path: longer, range: range.clone() }
}

/// Returns the groups that a list names.
pub fn nested(list: &[Id<Person>]) -> impl Iterator<Item = &GroupId> {
    nested_at(list).map(|(id, _)| id)
}

/// Returns the groups that a list names, each with the place of the entry.
pub fn nested_at(list: &[Id<Person>]) -> impl Iterator<Item = (&GroupId, &Range)> {
    list.iter().filter_map(|entry| match &entry.value.0 {
        Person::Group(id) => Some((id, &entry.range)),
        Person::Principal(_) => None,
    })
}

/// Returns where each group is: the first document of its id, by position.
fn positions<'d>(documents: &'d [Typed<'_, GroupDocument>]) -> BTreeMap<&'d GroupId, usize> {
    let mut positions = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        positions.entry(&document.value.id.value.0).or_insert(index);
    }
    positions
}

/// Returns which group documents each group document names, by their positions.
pub fn group_edges(documents: &[Typed<'_, GroupDocument>]) -> Vec<Vec<usize>> {
    let positions = positions(documents);
    documents
        .iter()
        .map(|document| {
            nested(&document.value.members.value)
                .filter_map(|id| positions.get(id).copied())
                .collect()
        })
        .collect()
}

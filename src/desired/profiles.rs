//! Profiles with everything that they extend.

use std::collections::BTreeMap;

use super::At;
use super::documents::Typed;
use super::graph::walk;
use crate::model::{PolicyValue, ProfileId};
use crate::schema::document::{Id, Policies, ProfileDocument};
use crate::source::Spanned;

/// Policies by name, each with the place that won.
pub type PolicySet = BTreeMap<String, At<PolicyValue>>;

/// Every profile of a repository, resolved.
#[derive(Debug, Clone, Default)]
pub struct Profiles(BTreeMap<ProfileId, PolicySet>);

impl Profiles {
    /// Resolves profiles. References that lead nowhere or in a circle add nothing; of two profiles
    /// with one id the first counts. Rules report each of these.
    pub fn resolve(documents: &[Typed<'_, ProfileDocument>]) -> Self {
        let positions = positions(documents);
        let mut profiles = Self::default();
        for index in walk(&profile_edges(documents)).order {
            let Some(Typed { value, .. }) = documents.get(index) else { continue };
            let id = &value.id.value.0;
            if positions.get(id) == Some(&index) {
                let policies = profiles.policies(value.extends.as_ref(), value.policies.as_ref());
                profiles.0.insert(id.clone(), policies);
            }
        }
        profiles
    }

    /// Returns the ids of all profiles.
    pub fn ids(&self) -> impl Iterator<Item = &ProfileId> {
        self.0.keys()
    }

    /// Tells whether there is such a profile.
    pub fn contains(&self, id: &ProfileId) -> bool {
        self.0.contains_key(id)
    }

    /// Returns policies of a document: those of the profiles, later ones over earlier ones, and
    /// its own over all, name by name.
    pub fn policies(
        &self,
        extends: Option<&Spanned<Vec<Id<ProfileId>>>>,
        own: Option<&Spanned<Policies>>,
    ) -> PolicySet {
        let mut policies = PolicySet::new();
        for id in extends.iter().flat_map(|list| &list.value) {
            for (name, value) in self.0.get(&id.value.0).into_iter().flatten() {
                policies.insert(name.clone(), value.clone());
            }
        }
        for (name, value) in own.iter().flat_map(|own| &own.value.0) {
            let at = At { value: value.value.0.clone(), range: value.range.clone() };
            policies.insert(name.value.clone(), at);
        }
        policies
    }
}

/// Returns where each profile is: the first document of its id, by position.
fn positions<'d>(documents: &'d [Typed<'_, ProfileDocument>]) -> BTreeMap<&'d ProfileId, usize> {
    let mut positions = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        positions.entry(&document.value.id.value.0).or_insert(index);
    }
    positions
}

/// Returns which profile documents each profile document extends, by their positions.
pub fn profile_edges(documents: &[Typed<'_, ProfileDocument>]) -> Vec<Vec<usize>> {
    let positions = positions(documents);
    documents
        .iter()
        .map(|document| {
            let extends = document.value.extends.iter().flat_map(|list| &list.value);
            extends.filter_map(|id| positions.get(&id.value.0).copied()).collect()
        })
        .collect()
}

//! One TRE, live or as it will be, seen for who has a part in it.

use std::collections::{BTreeMap, BTreeSet};

use super::grant::{Holds, grants};
use super::{Grant, Path, merged};
use crate::model::{
    Asset, Directory, Inventory, LiveTre, OrgId, Principal, Tre, TreState, UserId, Visibility,
};

/// One TRE with its state and the inventory that it gives out.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    tre: &'a Tre,
    state: TreState,
    given_out: Option<&'a Inventory>,
}

impl<'a> View<'a> {
    /// Returns a TRE as it is.
    pub fn live(live: &'a LiveTre) -> Self {
        let LiveTre { tre, active_inventory, is_pending, raw: _ } = live;
        let given_out = if *is_pending { active_inventory } else { &tre.inventory };
        Self { tre, state: tre.state, given_out: given_out.as_ref() }
    }

    /// Returns a TRE as it will be. What is set in Maintenance is pending until it is active
    /// again, so that the inventory of before is given out until then. Nothing returns to draft
    /// (D): where that is asked for, it stays in its state.
    pub fn planned(after: &'a Tre, live: Option<&'a LiveTre>) -> Self {
        let state = match live.map(|live| live.tre.state) {
            Some(now) if now.is_published() && !after.state.is_published() => now,
            _ => after.state,
        };
        let given_out = match state {
            TreState::Maintenance => live.and_then(|live| Self::live(live).given_out),
            TreState::Draft | TreState::Active => after.inventory.as_ref(),
        };
        Self { tre: after, state, given_out }
    }

    /// Returns what a path gives; nothing where it leads nowhere yet, as in a draft.
    pub fn gives(&self, path: &Path) -> Vec<Grant> {
        gives(path, self.state, self.given_out)
    }

    /// Returns what paths give together.
    pub fn gives_all<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) -> Vec<Grant> {
        merged(paths.into_iter().flat_map(|path| self.gives(path)))
    }

    /// Tells whether anybody on the platform has a part in it.
    pub fn is_open_to_all(&self) -> bool {
        self.tre.visibility == Visibility::Public && !self.gives(&Path::Public).is_empty()
    }

    /// Returns everybody who stands in a list of the TRE, with the lists, whether they lead
    /// anywhere yet or not.
    pub fn roles(&self) -> BTreeMap<Principal, BTreeSet<Path>> {
        roles(self.tre)
    }

    /// Returns the orgs that are authorized users.
    pub fn orgs(&self) -> impl Iterator<Item = &'a OrgId> + use<'a> {
        self.tre.authorized_users.iter().filter_map(|listed| match listed {
            Principal::Org(org) => Some(org),
            Principal::User(_) => None,
        })
    }

    /// Returns the paths of a user through orgs, as far as the directory knows.
    pub fn memberships(&self, user: &UserId, directory: &Directory) -> BTreeSet<Path> {
        self.orgs()
            .filter(|org| directory.member(org, user).known_and(|_| true))
            .map(|org| Path::Member { org: org.clone() })
            .collect()
    }

    /// Returns every path of a user that leads somewhere: lists, orgs as far as the directory
    /// knows, and being public.
    pub fn paths(&self, user: &UserId, directory: &Directory) -> BTreeSet<Path> {
        let named = roles(self.tre).remove(&Principal::User(user.clone())).unwrap_or_default();
        let public = (self.tre.visibility == Visibility::Public).then_some(Path::Public);
        let all = named.into_iter().chain(self.memberships(user, directory)).chain(public);
        all.filter(|path| !self.gives(path).is_empty()).collect()
    }
}

/// Returns what a path gives in a TRE of some state that gives out some inventory.
pub fn gives(path: &Path, state: TreState, given_out: Option<&Inventory>) -> Vec<Grant> {
    let holds = Holds {
        state,
        has_inventory: given_out.is_some_and(|all| all.assets().next().is_some()),
        has_showcase: given_out.is_some_and(|all| all.asset(Asset::DataShowcase).is_some()),
    };
    grants(path, holds)
}

/// Returns everybody who stands in a list of a TRE, with the lists.
pub fn roles(tre: &Tre) -> BTreeMap<Principal, BTreeSet<Path>> {
    let mut roles: BTreeMap<Principal, BTreeSet<Path>> = BTreeMap::new();
    let mut add = |id: Principal, path: Path| {
        roles.entry(id).or_default().insert(path);
    };
    for admin in &tre.admins {
        add(Principal::User(admin.clone()), Path::Admin);
    }
    for listed in &tre.authorized_users {
        add(listed.clone(), Path::Listed);
    }
    for step in &tre.review_steps {
        for reviewer in &step.reviewers {
            add(Principal::User(reviewer.clone()), Path::Reviewer { step: step.id.clone() });
        }
    }
    roles
}

//! Who sees what, and who may do what.

use super::World;
use super::entity::{Inventory, Placed, Tre};
use super::refusal::{Outcome, Refusal};
use crate::model::ids::{Principal, ProjectId, TreId, UserId};
use crate::platform::seed::{AccessLevel, SeedVisibility};

impl World {
    /// Returns a TRE that the user sees; any other does not exist for them (A).
    pub(super) fn seen_tre(&self, user: &UserId, id: &TreId) -> Outcome<&Tre> {
        self.tres
            .get(id)
            .map(AsRef::as_ref)
            .filter(|tre| self.sees(user, tre))
            .ok_or_else(|| Refusal::missing(id))
    }

    /// Tells whether a user sees a TRE: a draft is seen by its admins only, whatever its
    /// visibility (A); a published one by all who have a part in it, or by everyone (D).
    pub(super) fn sees(&self, user: &UserId, tre: &Tre) -> bool {
        tre.admins.contains(user)
            || tre.is_published()
                && (tre.visibility == SeedVisibility::Public
                    || self.is_authorized(user, tre)
                    || tre.has_reviewer(user))
    }

    /// Tells whether a user is among the authorized users, as themself or through an org (D).
    pub(super) fn is_authorized(&self, user: &UserId, tre: &Tre) -> bool {
        tre.authorized_users.contains(&Principal::User(user.clone()))
            || tre
                .authorized_users
                .iter()
                .take_while(|id| matches!(id, Principal::Org(_)))
                .any(|id| self.directory.stands_for(id, user))
    }

    /// Refuses who sees a TRE and is not its admin (A).
    pub(super) fn require_admin(&self, user: &UserId, tre: &Tre) -> Outcome<()> {
        if tre.admins.contains(user) {
            Ok(())
        } else {
            Err(Refusal::denied(format!("`{user}` is not an admin of `{}`.", tre.id)))
        }
    }

    /// Returns a user's level in a project: by its own access list, or by a part in a published
    /// TRE whose active inventory lies there (D: admins hold ADMINISTER on the inventory's
    /// projects, authorized users and reviewers read the showcase's).
    pub(super) fn level(&self, user: &UserId, project: &ProjectId) -> Option<AccessLevel> {
        let own = self.directory.level(&self.actor, user, project);
        let held = self
            .holders
            .get(project)
            .into_iter()
            .flatten()
            .filter_map(|id| self.level_through(user, self.tres.get(id)?, project))
            .max();
        own.max(held)
    }

    fn level_through(&self, user: &UserId, tre: &Tre, project: &ProjectId) -> Option<AccessLevel> {
        if tre.admins.contains(user) {
            return Some(AccessLevel::Administer);
        }
        let showcase = tre.active.as_ref().and_then(Inventory::showcase)?;
        let reads = showcase.project == *project
            && (tre.has_reviewer(user) || self.is_authorized(user, tre));
        reads.then_some(AccessLevel::View)
    }

    /// Refuses who does not hold ADMINISTER on the project of a showcase.
    pub(super) fn require_administer(&self, user: &UserId, showcase: &Placed) -> Outcome<()> {
        if self.level(user, &showcase.project) == Some(AccessLevel::Administer) {
            Ok(())
        } else {
            Err(Refusal::denied(format!(
                "`{user}` does not hold ADMINISTER on `{}`, the project of the Data Showcase.",
                showcase.project
            )))
        }
    }
}

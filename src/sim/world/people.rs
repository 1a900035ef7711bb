//! TRE admins and authorized users.

use super::World;
use super::entity::{Inventory, Tre};
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use crate::model::ids::{Principal, UserId};

/// How many admins a TRE can have (D).
const MOST_ADMINS: usize = 100;
/// How many entries the authorized users can have (D).
const MOST_AUTHORIZED_USERS: usize = 1_000;

impl World {
    pub(super) fn add_admins(&self, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
        let admins = input.users("admins")?;
        input.end()?;
        let new = || admins.difference(&tre.admins);
        self.require_users(new())?;
        self.require_managing_admins(&tre.bill_to, new())?;
        tre.admins.extend(admins);
        if tre.admins.len() > MOST_ADMINS {
            return Err(Refusal::input(format!("A TRE has at most {MOST_ADMINS} admins.")));
        }
        Ok(())
    }

    /// Adds authorized users, which takes ADMINISTER on the project of the Data Showcase, if there
    /// is one and anybody is new (D).
    pub(super) fn add_authorized_users(
        &self,
        user: &UserId,
        tre: &mut Tre,
        mut input: Input<'_>,
    ) -> Outcome<()> {
        let people = input.principals("authorizedUsers")?;
        input.end()?;
        let new: Vec<&Principal> = people.difference(&tre.authorized_users).collect();
        if new.is_empty() {
            return Ok(());
        }
        if let Some(showcase) = tre.active.as_ref().and_then(Inventory::showcase) {
            self.require_administer(user, showcase)?;
        }
        if let Some(stranger) = new.into_iter().find(|id| !self.directory.has(id)) {
            return Err(Refusal::missing(stranger));
        }
        tre.authorized_users.extend(people);
        if tre.authorized_users.len() > MOST_AUTHORIZED_USERS {
            return Err(Refusal::input(format!(
                "A TRE has at most {MOST_AUTHORIZED_USERS} authorized users and orgs."
            )));
        }
        Ok(())
    }

    /// Refuses users that do not exist.
    pub(super) fn require_users<'a>(
        &self,
        users: impl IntoIterator<Item = &'a UserId>,
    ) -> Outcome<()> {
        match users.into_iter().find(|user| !self.directory.has_user(user)) {
            Some(stranger) => Err(Refusal::missing(stranger)),
            None => Ok(()),
        }
    }
}

/// Removes admins; nobody can remove themself (D), so that a TRE is never without an admin.
pub(super) fn remove_admins(user: &UserId, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    let admins = input.users("admins")?;
    input.end()?;
    if admins.contains(user) {
        return Err(Refusal::denied(format!(
            "`{user}` cannot remove itself from the admins of `{}`; another admin must.",
            tre.id
        )));
    }
    tre.admins.retain(|admin| !admins.contains(admin));
    Ok(())
}

pub(super) fn remove_authorized_users(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    let people = input.principals("authorizedUsers")?;
    input.end()?;
    tre.authorized_users.retain(|id| !people.contains(id));
    Ok(())
}

//! The inventory: what may be set, where it may lie, and what becomes active when.

use std::collections::BTreeMap;

use super::directory::{Directory, Object};
use super::entity::{Inventory, Placed, Slot, Tre};
use super::input::{Input, parse};
use super::refusal::{Outcome, Refusal};
use super::{Caller, World};
use crate::model::ids::{AssetRef, Principal, UserId};
use crate::platform::seed::ObjectState;
use crate::platform::wire::WireState;

/// The type of an Apollo Dataset record (D).
const DATASET: &str = "Dataset";

impl World {
    pub(super) fn set_inventory(
        &self,
        caller: &Caller<'_>,
        tre: &mut Tre,
        mut input: Input<'_>,
    ) -> Outcome<()> {
        if tre.state == WireState::Active {
            return Err(Refusal::state(format!(
                "`{}` is active: its inventory is frozen until it is deactivated.",
                tre.id
            )));
        }
        let inventory = self.read_inventory(caller, &mut input)?;
        input.end()?;
        self.require_fit(caller, tre, &inventory)?;
        self.require_showcase_rights(caller.user, tre, &inventory)?;
        if tre.state == WireState::Draft {
            tre.active = Some(inventory);
        } else if tre.active.as_ref().is_some_and(|active| active.is_same(&inventory)) {
            tre.pending = None;
        } else {
            tre.pending = Some(inventory);
        }
        Ok(())
    }

    fn read_inventory(&self, caller: &Caller<'_>, input: &mut Input<'_>) -> Outcome<Inventory> {
        let version = input.text("version")?.to_owned();
        if version.is_empty() {
            return Err(Refusal::input("`version` must not be empty."));
        }
        let mut assets = BTreeMap::new();
        for slot in Slot::ALL {
            if let Some(text) = input.nullable_text(slot.key())?.flatten() {
                assets.insert(slot, self.place(caller, slot, text)?);
            }
        }
        Ok(Inventory { version, assets })
    }

    /// Finds an asset, in the project that is written if one is; what the user may not see does
    /// not exist for them (A).
    fn place(&self, caller: &Caller<'_>, slot: Slot, text: &str) -> Outcome<Placed> {
        let asset: AssetRef = parse(slot.key(), text)?;
        if asset.object.is_record() != slot.is_dataset() {
            let wanted = if slot.is_dataset() { "a record" } else { "a file" };
            return Err(Refusal::kind(format!("`{}` must be {wanted}.", slot.key())));
        }
        let object = self
            .object(&asset, caller.now)
            .filter(|object| self.level(caller.user, &object.project).is_some())
            .ok_or_else(|| Refusal::missing(text))?;
        Ok(Placed { text: text.to_owned(), object: asset.object, project: object.project })
    }

    /// Refuses assets that are not final, not Datasets, or do not lie where the TRE's must (D).
    pub(super) fn require_fit(
        &self,
        caller: &Caller<'_>,
        tre: &Tre,
        inventory: &Inventory,
    ) -> Outcome<()> {
        for (slot, placed) in &inventory.assets {
            let written =
                AssetRef { project: Some(placed.project.clone()), object: placed.object.clone() };
            let object =
                self.object(&written, caller.now).ok_or_else(|| Refusal::missing(&placed.text))?;
            require_final_dataset(*slot, placed, &object)?;
            self.require_place(tre, *slot, placed)?;
        }
        let Some(showcase) = inventory.showcase() else { return Ok(()) };
        let shares = |(slot, placed): &(&Slot, &Placed)| {
            **slot != Slot::DataShowcase && placed.project == showcase.project
        };
        match inventory.assets.iter().find(shares) {
            Some((slot, _)) => Err(Refusal::input(format!(
                "`dataShowcase` and `{}` lie in the same project `{}`: everybody who may see the \
                 showcase can read its whole project.",
                slot.key(),
                showcase.project
            ))),
            None => Ok(()),
        }
    }

    fn require_place(&self, tre: &Tre, slot: Slot, placed: &Placed) -> Outcome<()> {
        let Directory::Listed(listed) = &*self.directory else { return Ok(()) };
        let (id, key) = (&placed.project, slot.key());
        let project = listed.projects.get(id).ok_or_else(|| Refusal::missing(id))?;
        if project.region != tre.region {
            return Err(Refusal::input(format!(
                "`{key}` lies in `{id}` in {}; the TRE's region is {}.",
                project.region, tre.region
            )));
        }
        if project.bill_to != Principal::Org(tre.bill_to.clone()) {
            return Err(Refusal::input(format!(
                "`{key}` lies in `{id}`, which is billed to `{}`; the TRE is billed to `{}`.",
                project.bill_to, tre.bill_to
            )));
        }
        Ok(())
    }

    /// Refuses who brings in a new showcase for authorized users without ADMINISTER on its
    /// project (A: otherwise setting the users first would evade the check on adding them).
    fn require_showcase_rights(
        &self,
        user: &UserId,
        tre: &Tre,
        inventory: &Inventory,
    ) -> Outcome<()> {
        let Some(showcase) = inventory.showcase() else { return Ok(()) };
        let is_known = [&tre.active, &tre.pending]
            .into_iter()
            .flatten()
            .filter_map(Inventory::showcase)
            .any(|known| known.is_same(showcase));
        if is_known || tre.authorized_users.is_empty() {
            return Ok(());
        }
        self.require_administer(user, showcase)
    }
}

fn require_final_dataset(slot: Slot, placed: &Placed, object: &Object) -> Outcome<()> {
    let (key, text) = (slot.key(), &placed.text);
    if slot.is_dataset() && !object.types.iter().any(|kind| kind == DATASET) {
        return Err(Refusal::kind(format!("`{key}`: `{text}` is not a {DATASET}.")));
    }
    if object.state != ObjectState::Closed {
        return Err(Refusal::state(format!("`{key}`: `{text}` is not closed.")));
    }
    Ok(())
}

//! Whether the assets of an inventory can be set, and given out, by the acting account.

use super::obstacle::Obstacles;
use super::sequence::{added_users, lacks_administer};
use super::subject::Subject;
use crate::diag::Range;
use crate::diff::Field;
use crate::lifecycle::{self, Transition};
use crate::model::{
    Asset, AssetRef, Inventory, Lookup, Object, OrgId, Principal, ProjectId, Region, Tre, TreState,
};

/// Adds what keeps the inventory that is asked for from being set or published.
pub(crate) fn obstacles(found: &mut Obstacles<'_>, after: &Tre) {
    let subject = found.subject;
    let is_set = subject.inventory_changes();
    if let Some(inventory) = &after.inventory
        && (is_set || subject.takes(Transition::Publish))
    {
        let fits = fits(subject, after);
        for (asset, reference) in inventory.assets() {
            one_asset(found, asset, reference, fits);
        }
        showcase_apart(found, inventory);
    }
    showcase_administered(found, after);
}

/// Which of a draft's moves, to another region and to another billing org, wait until its inventory
/// is set. Where an asset lies is judged when it is set and when the TRE is published, so a draft
/// that stays one may leave the place that its inventory fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MovesAfterwards {
    pub region: bool,
    pub bill_to: bool,
}

/// Returns which moves wait; where no order fits, none does.
pub(crate) fn moves_afterwards(subject: &Subject<'_>) -> MovesAfterwards {
    let none = MovesAfterwards::default();
    let (Some(before), Some(after)) = (subject.before(), &subject.after) else { return none };
    let Some(inventory) = &after.inventory else { return none };
    if after.state != TreState::Draft || !subject.inventory_changes() {
        return none;
    }
    let all = MovesAfterwards { region: true, bill_to: true };
    let one = [MovesAfterwards { bill_to: false, ..all }, MovesAfterwards { region: false, ..all }];
    let ways = [none, all].into_iter().chain(one);
    let mut fitting = ways.filter(|way| is_placed(subject, inventory, way.place(before, after)));
    fitting.next().unwrap_or(none)
}

impl MovesAfterwards {
    /// Returns where the TRE is when its inventory is set.
    fn place<'a>(self, before: &'a Tre, after: &'a Tre) -> (&'a Region, &'a OrgId) {
        let region = if self.region { &before.region } else { &after.region };
        let bill_to = if self.bill_to { &before.bill_to } else { &after.bill_to };
        (region, bill_to)
    }
}

/// Returns the region and the billing org by which assets are judged.
fn fits<'a>(subject: &Subject<'a>, after: &'a Tre) -> (&'a Region, &'a OrgId) {
    moves_afterwards(subject).place(subject.before().unwrap_or(after), after)
}

/// Tells whether no asset is known to lie elsewhere than in a region and with a billing org.
fn is_placed(
    subject: &Subject<'_>,
    inventory: &Inventory,
    (region, bill_to): (&Region, &OrgId),
) -> bool {
    let directory = subject.ctx.directory;
    inventory.assets().all(|(_, reference)| {
        let Lookup::Known(object) = directory.object(&reference.object) else { return true };
        let Lookup::Known(project) = directory.project(&object.project) else { return true };
        project.region == *region && project.bill_to == Principal::Org(bill_to.clone())
    })
}

fn path(asset: Asset) -> String {
    Field::InventoryAsset(asset).key()
}

fn place<'a>(found: &Obstacles<'a>, asset: Asset) -> Option<&'a Range> {
    let written = found.subject.desired.inventory.as_ref()?;
    written.asset_ranges.get(&asset).or(Some(&written.range))
}

fn one_asset(
    found: &mut Obstacles<'_>,
    asset: Asset,
    reference: &AssetRef,
    fits: (&Region, &OrgId),
) {
    let (path, range) = (path(asset), place(found, asset).cloned());
    let range = range.as_ref();
    let object = match found.subject.ctx.directory.object(&reference.object) {
        // What is set already may lie where the operator sees nothing: others can see it there.
        Lookup::Missing if !found.subject.inventory_changes() => return,
        Lookup::Unknown => return,
        Lookup::Missing => {
            let message = format!("`{reference}` cannot be found.");
            found.add(lifecycle::ASSET_MISSING, &path, message, range);
            return;
        }
        Lookup::Known(object) => object,
    };
    if let Some(project) = &reference.project
        && *project != object.project
    {
        let message =
            format!("`{}` lies in `{}`, not in `{project}`.", reference.object, object.project);
        found.add(lifecycle::ASSET_MISSING, &path, message, range);
    }
    if asset.is_dataset() && !object.types.iter().any(|kind| kind == "Dataset") {
        let message = format!("`{}` is no Dataset.", reference.object);
        found.add(lifecycle::ASSET_NOT_DATASET, &path, message, range);
    }
    if !object.is_closed {
        let message = format!("`{}` is still open.", reference.object);
        found.add(lifecycle::ASSET_NOT_CLOSED, &path, message, range);
    }
    placement(found, (&path, range), object, fits);
}

fn placement(
    found: &mut Obstacles<'_>,
    (path, range): (&str, Option<&Range>),
    object: &Object,
    (region, bill_to): (&Region, &OrgId),
) {
    let Lookup::Known(project) = found.subject.ctx.directory.project(&object.project) else {
        return;
    };
    if project.region != *region {
        let message =
            format!("`{}` lies in `{}`, the TRE in `{region}`.", object.project, project.region);
        found.add(lifecycle::ASSET_ELSEWHERE, path, message, range);
    }
    if project.bill_to != Principal::Org(bill_to.clone()) {
        let message = format!(
            "`{}` is billed to `{}`, the TRE to `{bill_to}`.",
            object.project, project.bill_to
        );
        found.add(lifecycle::ASSET_ELSEWHERE, path, message, range);
    }
}

/// Returns the project in which an asset lies, as far as it is known.
fn project_of(found: &Obstacles<'_>, reference: &AssetRef) -> Option<ProjectId> {
    match found.subject.ctx.directory.object(&reference.object) {
        Lookup::Known(object) => Some(object.project.clone()),
        Lookup::Missing | Lookup::Unknown => reference.project.clone(),
    }
}

fn showcase_apart(found: &mut Obstacles<'_>, inventory: &Inventory) {
    let Some(project) =
        inventory.data_showcase.as_ref().and_then(|showcase| project_of(found, showcase))
    else {
        return;
    };
    for (asset, reference) in inventory.assets() {
        if asset != Asset::DataShowcase && project_of(found, reference).as_ref() == Some(&project) {
            let message =
                format!("`{}` lies in `{project}`, as the showcase does.", reference.object);
            let range = place(found, asset).cloned();
            found.add(lifecycle::SHOWCASE_SHARES_PROJECT, &path(asset), message, range.as_ref());
        }
    }
}

/// In a published TRE the operator, as its admin, administers the project of the showcase that is
/// given out (D). What remains is a new showcase while somebody is listed, and a draft.
fn showcase_administered(found: &mut Obstacles<'_>, after: &Tre) {
    let subject = found.subject;
    if !lacks_administer(subject) {
        return;
    }
    let stays = subject
        .before()
        .is_some_and(|before| !before.authorized_users.is_disjoint(&after.authorized_users));
    let is_new = subject.change(&Field::InventoryAsset(Asset::DataShowcase)).is_some();
    let is_draft = subject.live_state().is_none_or(|state| state == TreState::Draft);
    let adds_in_draft =
        is_draft && after.state == TreState::Draft && !added_users(subject).is_empty();
    if (is_new && stays) || adds_in_draft {
        let message =
            "The acting account lacks ADMINISTER on the project of the showcase.".to_owned();
        let range = place(found, Asset::DataShowcase).cloned();
        let path = path(Asset::DataShowcase);
        found.add(lifecycle::SHOWCASE_ADMINISTER, &path, message, range.as_ref());
    }
}

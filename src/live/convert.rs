//! Wire types → model types. Read leniently, never defaulted silently: a value that the wire
//! contract does not know is an error that names the route and the field.

use super::LiveError;
use crate::model::{
    AssetRef, Inventory, Level, LiveTre, Member, Object, OrgId, PolicyValue, Principal, Project,
    ProjectId, Region, ReviewStep, StepId, Tre, TreId, TreState, UserId, Visibility,
};
use crate::platform::Described;
use crate::platform::wire::{
    ObjectDescription, OrgMember, TreDescription, WireInventory, WireState, WireStep,
};

/// Returns a TRE as the platform describes it. The inventory is the pending one if there is one,
/// in a draft the one that is set.
///
/// # Errors
///
/// Where the answer holds a value that the wire contract does not know.
pub fn live_tre(described: Described) -> Result<LiveTre, LiveError> {
    let Described { tre, raw } = described;
    let TreDescription {
        id,
        state,
        name,
        description,
        bill_to,
        region,
        customized_rate_card,
        customized_url,
        visibility,
        admins,
        authorized_users,
        policies,
        inventory,
        application_review_steps,
        created: _,
        modified: _,
        created_by: _,
    } = tre;
    let visibility = match visibility.as_str() {
        "private" => Visibility::Private,
        "public" => Visibility::Public,
        _ => {
            return Err(LiveError::Shape {
                route: format!("/{id}/describe"),
                field: "visibility",
                value: visibility,
                expected: "`private` or `public`",
            });
        }
    };
    let active_inventory = inventory.active.map(asset_version);
    let pending = inventory.pending.map(asset_version);
    let is_pending = pending.is_some();
    let tre = Tre {
        id: TreId::from_platform(&id),
        state: match state {
            WireState::Draft => TreState::Draft,
            WireState::Active => TreState::Active,
            WireState::Amending => TreState::Maintenance,
        },
        name,
        description,
        visibility,
        policies: policies
            .into_iter()
            .map(|(name, value)| (name, PolicyValue::from(value)))
            .collect(),
        admins: admins.iter().map(|id| UserId::from_platform(id)).collect(),
        authorized_users: authorized_users.iter().map(|id| Principal::from_platform(id)).collect(),
        inventory: pending.or_else(|| active_inventory.clone()),
        bill_to: OrgId::from_platform(&bill_to),
        region: Region::from_platform(&region),
        customized_url,
        customized_rate_card: customized_rate_card.filter(|card| !card.is_null()),
        review_steps: application_review_steps.into_iter().map(review_step).collect(),
    };
    Ok(LiveTre { tre, active_inventory, is_pending, raw })
}

fn asset_version(inventory: WireInventory) -> Inventory {
    let WireInventory { version, tabular_data, data_showcase, file_inventory, data_collections } =
        inventory;
    let asset = |text: Option<String>| text.map(|text| AssetRef::from_platform(&text));
    Inventory {
        version,
        tabular_data: asset(tabular_data),
        data_showcase: asset(data_showcase),
        file_inventory: asset(file_inventory),
        data_collections: asset(data_collections),
    }
}

fn review_step(step: WireStep) -> ReviewStep {
    let WireStep { id, name, description, reviewers } = step;
    ReviewStep {
        id: StepId::from_platform(&id),
        name,
        description,
        reviewers: reviewers.iter().map(|id| UserId::from_platform(id)).collect(),
    }
}

/// Returns one membership of an org.
pub(super) fn member(org: &OrgId, member: &OrgMember) -> Result<(UserId, Member), LiveError> {
    let OrgMember { id, level, tre_management } = member;
    let is_admin = match level.as_str() {
        "ADMIN" => true,
        "MEMBER" => false,
        _ => {
            return Err(LiveError::Shape {
                route: format!("/{org}/findMembers"),
                field: "level",
                value: level.clone(),
                expected: "`ADMIN` or `MEMBER`",
            });
        }
    };
    Ok((UserId::from_platform(id), Member { is_admin, tre_management: *tre_management }))
}

/// Returns a record or a file.
pub(super) fn object(description: ObjectDescription) -> Result<Object, LiveError> {
    let ObjectDescription { id, class: _, project, state, types, bill_to: _, region: _, level: _ } =
        description;
    let project = project.ok_or_else(|| missing(&id, "project", "the project of the object"))?;
    let state = state.ok_or_else(|| missing(&id, "state", "`open`, `closing` or `closed`"))?;
    Ok(Object {
        project: ProjectId::from_platform(&project),
        is_closed: state == "closed",
        types: types.unwrap_or_default(),
    })
}

/// Returns a project.
pub(super) fn project(description: ObjectDescription) -> Result<Project, LiveError> {
    let ObjectDescription { id, class: _, project: _, state: _, types: _, bill_to, region, level } =
        description;
    let region = region.ok_or_else(|| missing(&id, "region", "a region"))?;
    let bill_to = bill_to.ok_or_else(|| missing(&id, "billTo", "an org or a user"))?;
    let level = match level.as_deref() {
        None | Some("NONE") => None,
        Some("VIEW") => Some(Level::View),
        Some("UPLOAD") => Some(Level::Upload),
        Some("CONTRIBUTE") => Some(Level::Contribute),
        Some("ADMINISTER") => Some(Level::Administer),
        Some(other) => {
            return Err(LiveError::Shape {
                route: format!("/{id}/describe"),
                field: "level",
                value: other.to_owned(),
                expected: "an access level or null",
            });
        }
    };
    Ok(Project {
        region: Region::from_platform(&region),
        bill_to: Principal::from_platform(&bill_to),
        level,
    })
}

fn missing(id: &str, field: &'static str, expected: &'static str) -> LiveError {
    LiveError::Shape { route: format!("/{id}/describe"), field, value: "null".to_owned(), expected }
}

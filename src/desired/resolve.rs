//! From typed documents to what they ask for.

use std::collections::BTreeMap;

use super::documents::{Documents, Typed};
use super::groups::Groups;
use super::profiles::Profiles;
use super::targets::{policies, project};
use super::{AcceptedDrift, At, Consent, Desired, DesiredInventory, DesiredStep, DesiredTre};
use crate::diag::Diagnostic;
use crate::model::{Asset, AssetRef, Inventory, Principal, UserId};
use crate::schema::document::{
    AcceptedDriftDocument, AssetSource, ConsentDocument, Id, InventoryDocument, Parsed,
    ReviewStepDocument, TreDocument,
};
use crate::source::{Repository, Spanned};

/// A repository with every reference followed, and the documents that it was made from.
///
/// What is wrong with the meaning of the documents is left out of `desired` here, silently: the
/// rules look at both, and hand `desired` on only where none of them found an error.
#[derive(Debug, Clone)]
pub struct Resolved<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The documents.
    pub documents: Documents<'a>,
    /// Groups with everybody in them.
    pub groups: Groups,
    /// Profiles with everything that they extend.
    pub profiles: Profiles,
    /// What is asked for.
    pub desired: Desired,
    /// What is wrong with the form of documents.
    pub diagnostics: Vec<Diagnostic>,
}

/// Follows every reference in a repository.
pub fn resolve(repository: &Repository) -> Resolved<'_> {
    let (documents, diagnostics) = Documents::read(repository);
    let groups = Groups::resolve(&documents.groups);
    let profiles = Profiles::resolve(&documents.profiles);
    let mut tres = BTreeMap::new();
    for document in &documents.tres {
        let id = &document.value.id.value.0;
        if !tres.contains_key(id) {
            tres.insert(id.clone(), tre(document, &groups, &profiles));
        }
    }
    let project_document = documents.projects.first().map(|document| &document.value);
    let desired =
        Desired { project: project(project_document), tres, policies: policies(project_document) };
    Resolved { repository, documents, groups, profiles, desired, diagnostics }
}

fn tre(document: &Typed<'_, TreDocument>, groups: &Groups, profiles: &Profiles) -> DesiredTre {
    let TreDocument {
        api_version: _,
        kind: _,
        id,
        previously,
        state,
        managed,
        name,
        description,
        visibility,
        extends,
        policies,
        admins,
        authorized_users,
        inventory,
        bill_to,
        region,
        customized_url,
        customized_rate_card,
        review_steps,
        consents,
        accepted_drift,
    } = &document.value;
    DesiredTre {
        range: document.source.node.range.clone(),
        id: parsed(id),
        previously: previously.as_ref().map(parsed),
        state: at(state),
        is_managed: managed.as_ref().is_none_or(|managed| managed.value),
        name: name.as_ref().map(at),
        description: description.as_ref().map(at),
        visibility: visibility.as_ref().map(at),
        policies: profiles.policies(extends.as_ref(), policies.as_ref()),
        admins: admins.as_ref().map(|list| groups.list(list, user)),
        authorized_users: authorized_users.as_ref().map(|list| groups.list(list, Some)),
        inventory: inventory.as_ref().map(desired_inventory),
        bill_to: bill_to.as_ref().map(parsed),
        region: region.as_ref().map(parsed),
        customized_url: customized_url.as_ref().map(at),
        customized_rate_card: customized_rate_card
            .as_ref()
            .map(|card| At { value: card.value.0.clone(), range: card.range.clone() }),
        review_steps: review_steps.as_ref().map(|steps| At {
            value: steps.value.iter().map(|entry| step(entry, groups)).collect(),
            range: steps.range.clone(),
        }),
        consents: consents.iter().flatten().map(consent).collect(),
        accepted_drift: accepted_drift.iter().flatten().map(accepted).collect(),
    }
}

fn at<T: Clone>(written: &Spanned<T>) -> At<T> {
    At { value: written.value.clone(), range: written.range.clone() }
}

fn parsed<T: Clone>(written: &Id<T>) -> At<T> {
    At { value: written.value.0.clone(), range: written.range.clone() }
}

/// Returns the user; orgs among users are an error that a rule reports.
fn user(principal: Principal) -> Option<UserId> {
    match principal {
        Principal::User(user) => Some(user),
        Principal::Org(_) => None,
    }
}

fn step(entry: &Spanned<ReviewStepDocument>, groups: &Groups) -> DesiredStep {
    let ReviewStepDocument { id, name, description, reviewers } = &entry.value;
    DesiredStep {
        range: entry.range.clone(),
        id: parsed(id),
        name: name.as_ref().map(at),
        description: description.as_ref().map(at),
        reviewers: reviewers.as_ref().map(|list| groups.list(list, user)),
    }
}

fn desired_inventory(written: &Spanned<InventoryDocument>) -> DesiredInventory {
    let InventoryDocument {
        version,
        tabular_data,
        data_showcase,
        file_inventory,
        data_collections,
    } = &written.value;
    let record = |asset: &Option<Id<AssetRef>>| asset.as_ref().map(|asset| asset.value.0.clone());
    let file = |asset: &Option<Spanned<AssetSource>>| match asset.as_ref().map(|a| &a.value) {
        Some(AssetSource::Platform(reference)) => Some(reference.clone()),
        Some(AssetSource::Upload) | None => None,
    };
    let ranges = [
        (Asset::TabularData, tabular_data.as_ref().map(|asset| &asset.range)),
        (Asset::DataShowcase, data_showcase.as_ref().map(|asset| &asset.range)),
        (Asset::FileInventory, file_inventory.as_ref().map(|asset| &asset.range)),
        (Asset::DataCollections, data_collections.as_ref().map(|asset| &asset.range)),
    ];
    DesiredInventory {
        range: written.range.clone(),
        inventory: Inventory {
            version: version.value.clone(),
            tabular_data: record(tabular_data),
            data_showcase: record(data_showcase),
            file_inventory: file(file_inventory),
            data_collections: file(data_collections),
        },
        version_range: version.range.clone(),
        asset_ranges: ranges
            .into_iter()
            .filter_map(|(asset, range)| Some((asset, range?.clone())))
            .collect(),
    }
}

fn consent(entry: &Spanned<ConsentDocument>) -> Consent {
    let ConsentDocument { allow, values, until, ticket } = &entry.value;
    let values = values.iter().flat_map(|values| &values.value);
    Consent {
        allow: allow.value,
        values: values
            .map(|(Spanned { value: Parsed(pointer), .. }, value)| {
                (pointer.as_str().to_owned(), value.value.clone())
            })
            .collect(),
        until: until.as_ref().map(|until| until.value.0),
        ticket: ticket.as_ref().map(|ticket| ticket.value.clone()),
        range: entry.range.clone(),
    }
}

fn accepted(entry: &Spanned<AcceptedDriftDocument>) -> AcceptedDrift {
    let AcceptedDriftDocument { path, live, owner, reason, ticket, until } = &entry.value;
    AcceptedDrift {
        path: path.value.0.as_str().to_owned(),
        live: live.value.clone(),
        owner: owner.value.clone(),
        reason: reason.value.clone(),
        ticket: ticket.value.clone(),
        until: until.value.0,
        range: entry.range.clone(),
    }
}

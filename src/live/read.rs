//! TREs and their requests.

use std::collections::{BTreeMap, BTreeSet};

use super::LiveError;
use super::answers::unless_refused;
use super::convert::live_tre;
use crate::model::{Live, LiveTre, OrgId, RequestCounts, TreId};
use crate::platform::{Reader, gather};

/// Up to so many TREs are read one by one, all in one round trip, rather than with the whole
/// selection.
pub const FEW: usize = 16;

/// Returns every TRE of a selection that the operator can see: those billed to one of the orgs,
/// or all of them. One listing for each org.
///
/// # Errors
///
/// Where the platform refuses, or answers what the wire contract does not know.
pub async fn read(
    reader: &dyn Reader,
    select_bill_to: Option<&[OrgId]>,
) -> Result<Live, LiveError> {
    let listings = match select_bill_to {
        None => gather(std::iter::once(reader.find_tres(None))).await,
        Some(orgs) => gather(orgs.iter().map(|org| reader.find_tres(Some(org)))).await,
    };
    let mut live = Live::default();
    for listing in listings {
        for described in listing? {
            let tre = live_tre(described)?;
            live.tres.insert(tre.tre.id.clone(), tre);
        }
    }
    Ok(live)
}

/// Returns those of a few TREs that belong to a selection and that the operator can see. One
/// listing for each.
///
/// # Errors
///
/// Where the platform fails, or answers what the wire contract does not know.
pub async fn read_some(
    reader: &dyn Reader,
    select_bill_to: Option<&[OrgId]>,
    ids: &BTreeSet<TreId>,
) -> Result<Live, LiveError> {
    let is_selected = |org: &OrgId| select_bill_to.is_none_or(|orgs| orgs.contains(org));
    let mut live = Live::default();
    for answer in gather(ids.iter().map(|id| reader.find_tre(id))).await {
        let Some(tre) = answer?.map(live_tre).transpose()? else { continue };
        if is_selected(&tre.tre.bill_to) {
            live.tres.insert(tre.tre.id.clone(), tre);
        }
    }
    Ok(live)
}

/// Returns one TRE, or `None` where there is none that the operator can see.
///
/// # Errors
///
/// Where the platform refuses, or answers what the wire contract does not know.
pub async fn describe_one(reader: &dyn Reader, id: &TreId) -> Result<Option<LiveTre>, LiveError> {
    reader.describe_tre(id).await?.map(live_tre).transpose()
}

/// Counts the data access requests of TREs. One whose requests may not be listed is left out.
///
/// # Errors
///
/// Where the platform fails.
pub async fn requests(
    reader: &dyn Reader,
    tres: impl IntoIterator<Item = &TreId>,
) -> Result<BTreeMap<TreId, RequestCounts>, LiveError> {
    let tres: Vec<&TreId> = tres.into_iter().collect();
    let answers = gather(tres.iter().map(|id| reader.count_requests(id))).await;
    let mut counts = BTreeMap::new();
    for (id, answer) in tres.into_iter().zip(answers) {
        if let Some(answer) = unless_refused(answer)? {
            counts.insert(id.clone(), answer);
        }
    }
    Ok(counts)
}

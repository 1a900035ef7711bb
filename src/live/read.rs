//! TREs and their requests.

use std::collections::BTreeMap;

use super::LiveError;
use super::answers::{gather, unless_refused};
use super::convert::live_tre;
use crate::model::{Live, LiveTre, OrgId, RequestCounts, TreId};
use crate::platform::Reader;

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

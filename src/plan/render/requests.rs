//! What a change means for data access requests.

use super::headline::does;
use super::text::{Page, Para, Role};
use crate::plan::{TreChange, UNCOUNTED_REQUESTS};
use crate::platform::Operation;

/// Writes the rows about requests.
pub fn rows(page: &mut Page, change: &TreChange) {
    let is_published = matches!(change.live_state.as_deref(), Some("active" | "maintenance"));
    if is_published && does(change, Operation::SetInventory) && does(change, Operation::Reactivate)
    {
        page.row((Role::Strong, "Who gets it"), &[Para::words(who_gets_it(change))]);
    }
    if does(change, Operation::Deactivate) && !does(change, Operation::Delete) {
        let how_long = match does(change, Operation::Reactivate) {
            true => "during Maintenance",
            false => "until it is active again",
        };
        let text = format!("No new requests {how_long}.{}", in_review(change));
        page.row((Role::Strong, "Who waits"), &[Para::words(text)]);
    }
    if does(change, Operation::Delete) {
        let text = "The TRE, its review steps and the way to send it requests are gone for good. \
                    Projects that researchers already have are beyond trectl.";
        page.row((Role::Attention, "Not undone"), &[Para::words(text)]);
    }
}

fn is_uncounted(change: &TreChange) -> bool {
    change.impact.unknown.iter().any(|unknown| unknown == UNCOUNTED_REQUESTS)
}

/// Says who gets the data that a release gives out.
pub fn who_gets_it(change: &TreChange) -> String {
    let compared = "Whether the fields they chose still exist is not compared.";
    let when = "at their next dispensal, with no new review";
    match change.impact.requests.approved {
        _ if is_uncounted(change) => format!(
            "Approved requests, {when}. How many there are is not visible to the acting account. \
             {compared}"
        ),
        0 => "Nobody yet: no request of this TRE is approved.".to_owned(),
        1 => format!("1 approved request, at its next dispensal, with no new review. {compared}"),
        n => format!("{n} approved requests, {when}. {compared}"),
    }
}

/// Says of the requests in review that they may wait.
pub fn in_review(change: &TreChange) -> String {
    match change.impact.requests.in_review {
        _ if is_uncounted(change) => {
            " How many are in review is not visible to the acting account.".to_owned()
        }
        0 => String::new(),
        1 => " 1 is in review: whether it can be decided meanwhile is not documented.".to_owned(),
        n => {
            format!(" {n} are in review: whether they can be decided meanwhile is not documented.")
        }
    }
}

//! What a change means for data access requests.

use super::field::count;
use super::headline::does;
use super::text::{Page, Para, Role};
use crate::plan::{ReviewImpact, TreChange};
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
    review(page, change);
    if does(change, Operation::Delete) {
        let text = "The TRE, its review steps and the way to send it requests are gone for good. \
                    Projects that researchers already have are beyond trectl.";
        page.row((Role::Attention, "Not undone"), &[Para::words(text)]);
    }
}

/// Names the review steps that lose reviewers, and what waits there.
fn review(page: &mut Page, change: &TreChange) {
    let losing = change.impact.review.iter().filter(|step| !step.leaves.is_empty());
    for (index, step) in losing.enumerate() {
        let label = if index == 0 { "Review" } else { "" };
        page.row((Role::Strong, label), &[Para::words(review_step(step)).hang(2)]);
    }
}

fn review_step(step: &ReviewImpact) -> String {
    let ReviewImpact { step: id, reviewers_before, reviewers_after, in_review, .. } = step;
    if !step.is_replaced() {
        let waits = match in_review {
            None => " How many requests are in review is not visible to the acting account.",
            Some(0) => "",
            Some(_) => " Requests in review may wait longer for it.",
        };
        return format!(
            "`{id}` goes from {} to {reviewers_after}.{}",
            count(*reviewers_before, "reviewer", "reviewers"),
            if reviewers_after < reviewers_before { waits } else { "" }
        );
    }
    let who = match (reviewers_before, reviewers_after) {
        (1, 0) => "loses its only reviewer".to_owned(),
        (_, 0) => "loses all its reviewers".to_owned(),
        (1, after) => {
            format!("loses its only reviewer and gets {}", count(*after, "other", "others"))
        }
        (before, after) => {
            format!(
                "loses all its {before} reviewers and gets {}",
                count(*after, "other", "others")
            )
        }
    };
    let undecided = match in_review {
        None => "How many requests are in review is not visible to the acting account.".to_owned(),
        Some(0) => return format!("`{id}` {who}. No request is in review."),
        Some(1) => "1 request is in review".to_owned(),
        Some(n) => format!("{n} requests are in review"),
    };
    match in_review {
        None => format!("`{id}` {who}. {undecided}"),
        Some(_) => {
            format!("`{id}` {who}. {undecided}: where this step has not decided, others must now.")
        }
    }
}

/// Says who gets the data that a release gives out.
pub fn who_gets_it(change: &TreChange) -> String {
    let compared = "Whether the fields they chose still exist is not compared.";
    let when = "at their next dispensal, with no new review";
    match change.impact.requests.approved {
        _ if change.impact.is_uncounted() => format!(
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
        _ if change.impact.is_uncounted() => {
            " How many are in review is not visible to the acting account.".to_owned()
        }
        0 => String::new(),
        1 => " 1 is in review: whether it can be decided meanwhile is not documented.".to_owned(),
        n => {
            format!(" {n} are in review: whether they can be decided meanwhile is not documented.")
        }
    }
}

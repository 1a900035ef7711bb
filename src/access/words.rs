//! What somebody may do, in the words of the field.

use super::{Grant, Right};
use crate::lifecycle::Evidence;

/// The mark of what is assumed, in everything people read.
const ASSUMED: &str = " †";

/// Returns what somebody may do as the end of a sentence that begins with "They can"; nothing
/// where that is nothing. What is only assumed carries a mark.
pub fn words(gives: &[Grant]) -> Option<String> {
    let find = |wanted: &dyn Fn(&Right) -> bool| gives.iter().find(|grant| wanted(&grant.right));
    let changes = find(&|right| *right == Right::ChangeTre);
    let administers = find(&|right| *right == Right::AdministerInventoryProjects);
    let decides = find(&|right| matches!(right, Right::DecideStep { .. }));
    let has_part = changes.or(decides).is_some();
    let sends = find(&|right| *right == Right::SendRequests)
        // Of people with another part it is assumed, and beside the point.
        .filter(|grant| !has_part || grant.evidence == Evidence::Documented);
    // Whoever administers the projects reads them too.
    let reads =
        find(&|right| *right == Right::ReadShowcaseProject).filter(|_| administers.is_none());
    let is_sure = sends.is_some_and(|grant| grant.evidence == Evidence::Documented);
    let finds = find(&|right| *right == Right::Find).filter(|_| !has_part && !is_sure);
    let said = [
        (changes, "change the TRE"),
        (administers, "administer every project of its inventory"),
        (decides, "decide requests at that step"),
        (finds, "find it"),
        (sends, "send requests"),
        (reads, "read the whole project of its Data Showcase"),
    ];
    let said: Vec<String> = said
        .into_iter()
        .filter_map(|(grant, words)| Some(format!("{words}{}", mark(grant?))))
        .collect();
    match said.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        [all @ .., last] => Some(format!("{} and {last}", all.join(", "))),
    }
}

fn mark(grant: &Grant) -> &'static str {
    if grant.evidence == Evidence::Assumed { ASSUMED } else { "" }
}

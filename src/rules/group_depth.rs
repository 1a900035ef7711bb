//! Groups in groups in groups.

use super::Context;
use crate::desired::{DEEPEST, nested_at};
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE045",
    title: "Groups nested too deeply",
    cause: "A group contains a group that contains a group, and so on for more than 32 levels.",
    cure: "Name the people in fewer levels of groups.",
};

pub const DOC: &str = "trectl shows for everybody who comes in through which groups, in full. \
                       What is nested deeper than this was made by a mistake in a script.";

pub const GOOD: &str = super::group_cycle::GOOD;

/// Thirty-four groups do not fit on a page.
pub const BAD: &str = "";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let groups = context.groups();
    let documents = context.documents().groups.iter();
    documents
        .filter(|group| groups.depth(&group.value.id.value.0) == DEEPEST + 1)
        .filter_map(|group| {
            let (next, range) =
                nested_at(&group.value.members.value).max_by_key(|(id, _)| groups.depth(id))?;
            let id = &group.value.id.value.0;
            let summary =
                format!("The group `{id}` has more than {DEEPEST} levels of groups below it.");
            Some(
                Diagnostic::error(&CODE, summary)
                    .at(range)
                    .help(format!("List the people of `{next}` in a group higher up.")),
            )
        })
        .collect()
}

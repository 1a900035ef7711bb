//! The answers against the wire contract: what it does not know, what is missing, what is of
//! another type. The same deviation in many TREs is one line.

use serde_json::json;

use super::connection::not_checked;
use super::probe::{Group, Key, Seen};
use super::report::{Check, Kind};
use super::tre::names;
use crate::platform::wire::contract::{DeviationKind, Mark, Need};

/// So many examples of what a deviation was found in are given to programs.
const EXAMPLES: usize = 3;

/// Judges what was seen of all answers.
pub fn check(seen: &Seen) -> Check {
    let Seen { calls: _, compared, deviations } = seen;
    let tres = compared.iter().filter(|subject| subject.starts_with("tre-")).count();
    if deviations.is_empty() && tres == 0 {
        return not_checked(Kind::Answers, "there is no TRE to look at");
    }
    let needed = deviations.values().filter(|group| group.need != Need::Unused).count();
    let others = deviations.len() - needed;
    let told = match tres {
        0 => "In the answers".to_owned(),
        1 => "In the answers for 1 TRE".to_owned(),
        n => format!("In the answers for {n} TREs"),
    };
    let mut check = if deviations.is_empty() {
        Kind::Answers.ok(format!("{told}, every name and type is that of the wire contract."))
    } else if needed > 0 {
        let verb = if needed == 1 { "is" } else { "are" };
        Kind::Answers
            .failed(format!(
                "{told}, {} on which trectl depends {verb} not as the wire contract says{}.",
                fields(needed),
                if others == 0 { String::new() } else { format!(", and {others} more") }
            ))
            .cure(
                "Report this with the output of `trectl doctor --format json`: it holds the \
                 names and types of fields and a few ids, no other values. A name that is assumed is corrected in one place of trectl.",
            )
    } else {
        let verb = if others == 1 { "is" } else { "are" };
        Kind::Answers
            .unknown(format!(
                "{told}, {} {verb} not as the wire contract says. trectl does not look at {}.",
                fields(others),
                if others == 1 { "it" } else { "them" }
            ))
            .cure("Nothing need be done. Report it, so that the contract can be completed.")
    };
    for (key, group) in in_order(seen) {
        check = check.line(line(key, group)).detail(json!({
            "kind": key.kind.as_str(),
            "path": key.pattern,
            "expected": key.expected,
            "found": key.found,
            "mark": group.mark.map(Mark::word),
            "needed": group.need != Need::Unused,
            "routes": group.routes,
            "count": group.subjects.len(),
            "examples": group.subjects.iter().take(EXAMPLES).collect::<Vec<_>>(),
        }));
    }
    check
}

/// Returns the deviations, those on which trectl depends first.
fn in_order(seen: &Seen) -> Vec<(&Key, &Group)> {
    let mut all: Vec<_> = seen.deviations.iter().collect();
    all.sort_by_key(|(_, group)| group.need == Need::Unused);
    all
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

fn line(key: &Key, group: &Group) -> String {
    let Key { kind, pattern, expected, found } = key;
    let Group { mark, need, routes: _, subjects } = group;
    let place = if pattern.is_empty() { "the whole answer" } else { pattern };
    let what = match (kind, found.strip_prefix("nothing, but ")) {
        (DeviationKind::Unknown, _) => format!("is not in the contract ({found})"),
        (DeviationKind::Missing, None) => "is missing".to_owned(),
        (DeviationKind::Missing, Some(alike)) => format!("is missing, and {alike}"),
        (DeviationKind::Different, _) => format!("is {found}"),
    };
    let whose = match subjects.len() {
        few if few <= EXAMPLES => names(subjects),
        many => {
            let are_tres = subjects.iter().all(|subject| subject.starts_with("tre-"));
            let what = if are_tres { "TREs" } else { "answers" };
            format!("{many} {what}, such as {}", names(subjects.iter().take(EXAMPLES)))
        }
    };
    let expected =
        mark.map_or_else(String::new, |mark| format!(" Expected: {expected} ({}).", mark.word()));
    let needed = if *need == Need::Unused { "" } else { " trectl depends on it." };
    format!("`{place}` {what}. In {whose}.{expected}{needed}")
}

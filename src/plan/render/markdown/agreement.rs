//! What an approval agrees to: one numbered list of what people will notice, the gravest first.

use super::Reader;
use super::inline::Inline;
use super::part::Part;
use super::people::{by_way, who};
use crate::diff::{Effect, OriginClass};
use crate::plan::render::field::{Part as Field, count, part, phrase};
use crate::plan::render::headline::{does, version};
use crate::plan::render::people::{consequences, list_changes, not_undone};
use crate::plan::render::requests::{in_review, who_gets_it};
use crate::plan::render::steps;
use crate::plan::render::tre::{frozen, line as setting, ordered};
use crate::plan::{FieldChange, Impact, TreChange};
use crate::platform::Operation;

/// The right of each list to room.
const SHARE: usize = 8_000;
/// So many settings or people are told of in one item.
const TOLD: usize = 5;

/// What an item is about, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Deleted,
    Published,
    Loosened,
    Overruled,
    Enter,
    More,
    Lists,
    Leave,
    GivenOut,
    Closed,
    Noted,
}

/// Returns the list for TREs that change.
pub fn agreement<'a>(page: &'a Reader<'a>, title: &str, changes: &[&'a TreChange]) -> Part<'a> {
    let mut items: Vec<(About, &TreChange)> = changes
        .iter()
        .flat_map(|change| abouts(change).into_iter().map(|about| (about, *change)))
        .collect();
    items.sort_by_key(|(about, _)| *about);
    if items.is_empty() {
        return Part::fixed("");
    }
    let all = items.len();
    let cut = move |shown: usize| {
        let number = count(all - shown, "more point", "more points");
        let line = Inline::line()
            .strong(&format!("And {number}"))
            .words(&format!(" for which there is no room here: {}.", page.rest()));
        format!("\n{}\n", line.as_str())
    };
    let title = Inline::line().strong(title);
    let mut list = Part::new((format!("{}\n\n", title.as_str()), "\n"), SHARE, cut);
    for (index, (about, change)) in items.into_iter().enumerate() {
        list.push(|| format!("{}. {}\n", index + 1, item(about, change).as_str()));
    }
    list
}

/// Returns what is to be said of a change.
fn abouts(change: &TreChange) -> Vec<About> {
    let has = |operation| does(change, operation);
    let (leaves, returns) = (has(Operation::Deactivate), has(Operation::Reactivate));
    let Impact { gain_access, lose_access, keep_access, more_access, .. } = &change.impact;
    let is_published = change.live_state.as_deref().is_some_and(|state| state != "draft");
    let overrules = |origin| matches!(origin, OriginClass::Revert | OriginClass::Conflict);
    [
        (About::Deleted, has(Operation::Delete)),
        (About::Published, has(Operation::Publish)),
        (About::Loosened, !loosened(change).is_empty()),
        (About::Overruled, change.fields.iter().any(|field| overrules(field.origin))),
        (About::Enter, !gain_access.is_empty()),
        (About::More, !more_access.is_empty()),
        (About::Lists, !list_changes(change).is_empty()),
        (About::Leave, !lose_access.is_empty() || !keep_access.is_empty()),
        (About::GivenOut, is_published && returns && has(Operation::SetInventory)),
        (About::Closed, leaves && !has(Operation::Delete)),
        (About::Noted, !change.warnings.is_empty()),
    ]
    .into_iter()
    .filter(|(_, holds)| *holds)
    .map(|(about, _)| about)
    .collect()
}

fn item(about: About, change: &TreChange) -> Inline {
    let id = &change.name;
    let line = Inline::line();
    match about {
        About::Deleted => line.strong(&format!("`{id}` is deleted for good")).words(
            ": the TRE, its review steps and the way to send it requests are gone. Projects that \
             researchers already have are beyond trectl.",
        ),
        About::Published => line
            .strong(&format!("`{id}` is published"))
            .words(": it opens for requests, and this cannot be taken back. ")
            .words(&frozen(change)),
        About::Loosened if change.live_state.is_none() => {
            line.strong(&format!("`{id}` is public")).words(": every platform user can find it.")
        }
        About::Loosened => loosenings(line.strong(&format!("`{id}` becomes less strict")), change),
        About::Overruled => overruled(line, change),
        About::Enter => enter(line, change),
        About::More => more(line, change),
        About::Lists => lists(line, change),
        About::Leave => leave(line, change),
        About::GivenOut => given_out(line, change),
        About::Closed => closed(line, change),
        About::Noted => line.code(id).words(": ").words(&change.warnings.join(" ")),
    }
}

/// Returns the settings that let more in, people and data apart; a new TRE has nothing to compare
/// with.
fn loosened(change: &TreChange) -> Vec<(Field, &FieldChange)> {
    let is_new = change.live_state.is_none();
    let is_open = |field: &FieldChange| match field.effect {
        Effect::Loosens => !is_new || field.path == "/visibility",
        Effect::Incomparable => !is_new,
        Effect::Tightens | Effect::Neutral => false,
    };
    ordered(change)
        .into_iter()
        .map(|field| (part(change, &field.path), field))
        .filter(|(part, field)| {
            is_open(field)
                && matches!(part, Field::Policy(_) | Field::Visibility | Field::Setting(_))
        })
        .collect()
}

fn loosenings(mut line: Inline, change: &TreChange) -> Inline {
    let all = loosened(change);
    for (index, (part, field)) in all.iter().take(TOLD).enumerate() {
        let mark = match part {
            Field::Policy(_) => "policy † ",
            Field::Visibility => "visibility ",
            _ => "",
        };
        let text = setting(change, field, part);
        let text = text.trim_end_matches('.').replace(" (LOOSENS)", "");
        line = line.words(if index == 0 { ": " } else { "; " }).words(&format!("{mark}{text}"));
    }
    match all.len().saturating_sub(TOLD) {
        0 => line.words("."),
        more => line.words(&format!("; and {more} more.")),
    }
}

fn overruled(mut line: Inline, change: &TreChange) -> Inline {
    line = line.code(&change.name).words(": ");
    let mut is_first = true;
    for (origin, words) in [
        (OriginClass::Revert, "an edit made on the platform since the last apply is undone"),
        (
            OriginClass::Conflict,
            "edited on the platform and here since the last apply; the repository wins",
        ),
    ] {
        let fields: Vec<_> = change.fields.iter().filter(|field| field.origin == origin).collect();
        if fields.is_empty() {
            continue;
        }
        line = if is_first { line } else { line.words("; ") };
        is_first = false;
        line = line.strong(words);
        for (index, field) in fields.iter().take(TOLD).enumerate() {
            line = line.words(if index == 0 { ": " } else { "; " }).words(&phrase(change, field));
        }
        if fields.len() > TOLD {
            line = line.words(&format!("; and {} more", fields.len() - TOLD));
        }
    }
    line.words(".")
}

fn enter(line: Inline, change: &TreChange) -> Inline {
    let people = &change.impact.gain_access;
    let (said, is_one) = who(people);
    let verb = if is_one { "comes in" } else { "come in" };
    let line = line.strong(&format!("{said} {verb}")).words(" to ").code(&change.name).words(": ");
    let given = consequences("They can", people, change).join(" ");
    by_way(line, people).words(". ").words(&given)
}

fn more(line: Inline, change: &TreChange) -> Inline {
    let people = &change.impact.more_access;
    let (said, is_one) = who(people);
    let verb = if is_one { "gets more" } else { "get more" };
    let line = line.strong(&format!("{said} {verb}")).words(" in ").code(&change.name).words(": ");
    let given = consequences("They can also", people, change).join(" ");
    by_way(line, people).words(". ").words(&given)
}

fn lists(mut line: Inline, change: &TreChange) -> Inline {
    line = line.words("In ").code(&change.name).words(": ");
    let changes = list_changes(change);
    for (index, (person, moved, role)) in changes.iter().take(TOLD).enumerate() {
        line = line
            .words(if index > 0 { "; " } else { "" })
            .code(person)
            .words(&format!(" is {} {role}", moved.verb()));
    }
    match changes.len().saturating_sub(TOLD) {
        0 => line.words("."),
        more => line.words(&format!("; and {more} more.")),
    }
}

fn leave(mut line: Inline, change: &TreChange) -> Inline {
    let Impact { lose_access, keep_access, .. } = &change.impact;
    if !lose_access.is_empty() {
        let (said, is_one) = who(lose_access);
        let verb = if is_one { "loses entry" } else { "lose entry" };
        line = line.strong(&format!("{said} {verb}")).words(" to ").code(&change.name).words(": ");
        line = by_way(line, lose_access).words(". ").words(&not_undone(change));
    }
    if !keep_access.is_empty() {
        let (said, is_one) = who(keep_access);
        let verbs = match is_one {
            true => ("loses a role", "stays in"),
            false => ("lose a role", "stay in"),
        };
        let (also, gap) = if lose_access.is_empty() { ("", "") } else { ("In addition ", " ") };
        line = line.words(&format!("{gap}{also}{said} {} in ", verbs.0));
        line = line.code(&change.name).words(&format!(" and {} ", verbs.1));
        line = by_way(line, keep_access).words(".");
    }
    line
}

fn given_out(line: Inline, change: &TreChange) -> Inline {
    line.strong(&format!("`{}` gives out other data", change.name))
        .words(&format!(
            ": {}. Who gets it: ",
            version(change).unwrap_or_else(|| "inventory".to_owned())
        ))
        .words(&who_gets_it(change))
}

fn closed(line: Inline, change: &TreChange) -> Inline {
    let line = line.strong(&format!("`{}` takes no new requests", change.name));
    let line = match steps::window(change) {
        Some(window) => {
            let calls = count(window.calls(), "call", "calls");
            line.words(&format!(
                " while {calls} are made. If one of them fails, it stays so until somebody runs \
                 apply again, and the run ends with status 6."
            ))
        }
        None => line.words(" until it is active again."),
    };
    line.words(&in_review(change))
}

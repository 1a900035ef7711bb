//! The table: a row for each TRE that changes, those that need the reader first.

use super::Reader;
use super::inline::Inline;
use super::part::Part;
use super::people::Counts;
use crate::diff::Effect;
use crate::plan::render::consent;
use crate::plan::render::field::{Part as Field, count, is_people, name, part, phrase};
use crate::plan::render::headline::{self, does};
use crate::plan::render::tre::{asked, rank};
use crate::plan::{Plan, Status, TreChange};
use crate::platform::Operation;

const HEAD: &str =
    "| TRE | Change | People | Data | Policies | Consent |\n|:--|:--|:--|:--|:--|:--|\n";
/// What a row that has nothing to say of a column says.
const NOTHING: &str = "–";
/// The table's right to room.
const SHARE: usize = 14_000;
/// So many parts of a cell are named.
const NAMED: usize = 3;

/// Returns the TREs that a reader must know of, the gravest first.
pub fn by_importance(plan: &Plan) -> Vec<&TreChange> {
    let is_news =
        |change: &&TreChange| change.status != Status::NoOp || !change.warnings.is_empty();
    let mut changes: Vec<&TreChange> = plan.resource_changes.iter().filter(is_news).collect();
    changes.sort_by_cached_key(|change| (u8::MAX - rank(change.status), weight(change)));
    changes
}

/// Returns how much a reader minds a change, the least number the most.
fn weight(change: &TreChange) -> u8 {
    let Counts { enter, leave, .. } = Counts::of(change);
    let loosens = change.fields.iter().any(|field| field.effect == Effect::Loosens);
    match () {
        () if change.steps.is_empty() => 0,
        () if does(change, Operation::Delete) => 0,
        () if does(change, Operation::Publish) => 1,
        () if loosens && enter.is_empty() => 2,
        () if !enter.is_empty() => 3,
        () if does(change, Operation::Reactivate) => 4,
        () if !leave.is_empty() => 5,
        () => 6,
    }
}

/// Returns the table.
pub fn table<'a>(page: &'a Reader<'a>, changes: &'a [&'a TreChange]) -> Part<'a> {
    if changes.is_empty() {
        return Part::fixed("");
    }
    let cut = move |shown: usize| left_out(page, changes.get(shown..).unwrap_or_default());
    let mut table = Part::new((HEAD, "\n"), SHARE, cut);
    for change in changes {
        table.push(|| row(change));
    }
    table
}

/// Says how many TREs have no row, and how grave they are: a row is too little for that.
fn left_out(page: &Reader<'_>, changes: &[&TreChange]) -> String {
    let number = |wanted: Status| changes.iter().filter(|c| c.status == wanted).count();
    let said: Vec<String> = [
        (Status::Blocked, "blocked"),
        (Status::Unconsented, "waiting for a consent"),
        (Status::Ready, "ready"),
        (Status::Orphaned, "orphaned"),
        (Status::Released, "released"),
    ]
    .into_iter()
    .map(|(status, word)| (number(status), word))
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    let line = Inline::line()
        .strong(&format!("And {}", count(changes.len(), "more TRE", "more TREs")))
        .words(&format!(" without a row here: {}. {}.", said.join(", "), page.rest()));
    format!("\n{}\n", line.as_str())
}

fn row(change: &TreChange) -> String {
    let cells = [
        tre(change),
        what(change),
        people(change),
        data(change),
        policies(change),
        consents(change),
    ];
    let cells: Vec<&str> =
        cells.iter().map(|cell| if cell.is_empty() { NOTHING } else { cell.as_str() }).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn tre(change: &TreChange) -> Inline {
    let word = match change.status {
        Status::Blocked => "blocked".to_owned(),
        Status::Unconsented => "needs a consent".to_owned(),
        Status::Orphaned => "orphaned".to_owned(),
        Status::Released => "released".to_owned(),
        Status::NoOp => "unchanged".to_owned(),
        Status::Ready => headline::happenings(change)
            .first()
            .map_or_else(String::new, |word| word.to_lowercase()),
    };
    Inline::cell().strong(&word).words(" ").code(&change.name)
}

/// Says what changes beside people, data and policies, which have columns of their own.
fn what(change: &TreChange) -> Inline {
    let (words, named) = match change.status {
        Status::Blocked => {
            let paths = change.blocked.iter().map(|blocked| &blocked.path);
            ("", paths.map(|path| asked(change, path)).collect())
        }
        Status::Released => {
            let paths = change.released.iter();
            ("no longer managed: ", paths.map(|path| name(&part(change, path))).collect())
        }
        Status::Orphaned => ("its document is gone; nothing is deleted", Vec::new()),
        Status::NoOp => ("note: ", change.warnings.clone()),
        Status::Ready | Status::Unconsented => ("", happenings(change)),
    };
    let more = match named.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = named.get(..NAMED).unwrap_or(&named).join(", ");
    Inline::cell().words(&format!("{words}{named}{more}"))
}

/// Says how the state moves and which settings change; of a new TRE every one does.
fn happenings(change: &TreChange) -> Vec<String> {
    let is_new = change.live_state.is_none();
    let mut said = moves(change);
    for field in change.fields.iter().filter(|field| !is_people(&field.path)) {
        match part(change, &field.path) {
            Field::Visibility if !is_new || field.after == "public" => {
                said.push(phrase(change, field));
            }
            Field::Setting(key) if key == "state" || key == "id" => {}
            setting @ (Field::Setting(_) | Field::ReviewStep(..)) if !is_new => {
                said.push(name(&setting));
            }
            _ => {}
        }
    }
    if said.is_empty() {
        said.extend(headline::happenings(change).into_iter().map(str::to_lowercase));
    }
    said
}

/// Says how the state moves.
fn moves(change: &TreChange) -> Vec<String> {
    let has = |operation| does(change, operation);
    let mut said = Vec::new();
    let mut say = |holds: bool, words: &str| {
        if holds {
            said.push(words.to_owned());
        }
    };
    say(has(Operation::Delete), "deleted for good");
    say(has(Operation::Create) && !has(Operation::Publish), "a new draft");
    say(has(Operation::Create) && has(Operation::Publish), "new, and published for good");
    say(!has(Operation::Create) && has(Operation::Publish), "draft → active, for good");
    let (leaves, returns) = (has(Operation::Deactivate), has(Operation::Reactivate));
    say(leaves && returns, "through Maintenance");
    say(leaves && !returns && !has(Operation::Delete), "active → maintenance");
    say(returns && !leaves, "maintenance → active");
    said
}

fn people(change: &TreChange) -> Inline {
    let cell = Inline::cell();
    if change.status == Status::Blocked {
        return cell;
    }
    let Counts { enter, leave, stay, more, lists } = Counts::of(change);
    let signed = [("+", enter), ("−", leave)].into_iter().filter(|(_, said)| !said.is_empty());
    let said: Vec<String> = signed.map(|(sign, said)| format!("{sign}{said}")).collect();
    let mut cell = if said.is_empty() { cell } else { cell.strong(&said.join(" ")) };
    for (number, words) in [
        (stay, count(stay, "stays in by another way", "stay in by another way")),
        (more, count(more, "gets more", "get more")),
        (lists, count(lists, "changes a list", "change a list")),
    ] {
        if number > 0 {
            let comma = if cell.is_empty() { "" } else { ", " };
            cell = cell.words(&format!("{comma}{words}"));
        }
    }
    cell
}

fn data(change: &TreChange) -> Inline {
    match change.status {
        Status::Ready | Status::Unconsented => {
            Inline::cell().words(&headline::version(change).unwrap_or_default())
        }
        _ => Inline::cell(),
    }
}

fn policies(change: &TreChange) -> Inline {
    let cell = Inline::cell();
    if change.status == Status::Blocked {
        return cell;
    }
    let number = |effect| {
        let policies = change.fields.iter().filter(|field| field.path.starts_with("/policies/"));
        policies.filter(|field| field.effect == effect).count()
    };
    let (loosened, tightened, changed) =
        (number(Effect::Loosens), number(Effect::Tightens), number(Effect::Incomparable));
    let mut cell = if loosened > 0 { cell.strong(&format!("{loosened} LOOSENED")) } else { cell };
    for (number, word) in [(tightened, "tightened"), (changed, "changed")] {
        if number > 0 {
            let comma = if cell.is_empty() { "" } else { ", " };
            cell = cell.words(&format!("{comma}{number} {word}"));
        }
    }
    cell
}

fn consents(change: &TreChange) -> Inline {
    let cell = Inline::cell();
    let missing: Vec<&str> = change.missing_consents.iter().map(|kind| kind.as_str()).collect();
    match change.status {
        Status::Blocked => return cell.words("none would help"),
        Status::Ready | Status::Unconsented => {}
        Status::Orphaned | Status::Released | Status::NoOp => return cell,
    }
    if missing.is_empty() && change.given_consents.is_empty() {
        return cell.words("not needed");
    }
    let cell = if missing.is_empty() {
        cell
    } else {
        cell.strong(&format!("missing: {}", missing.join(", ")))
    };
    let given: Vec<String> = change.given_consents.iter().map(consent::describe).collect();
    let comma = if cell.is_empty() || given.is_empty() { "" } else { "; " };
    cell.words(&format!("{comma}{}", given.join("; ")))
}

//! The details, folded: what did not fit above, the steps, the people, the settings, the rest.

use super::inline::Inline;
use super::part::Part;
use super::people::places;
use super::{Reader, alert};
use crate::plan::render::field::{count, part};
use crate::plan::render::people::{list_changes, ways};
use crate::plan::render::tre::{label, line as setting, ordered};
use crate::plan::render::{Verbosity, steps};
use crate::plan::{PersonImpact, Status, TreChange};

/// The right of each fold to room: enough to say that it is cut.
const SHARE: usize = 600;

/// Returns the folds, in the order of their importance.
pub fn all<'a>(
    page: &'a Reader<'a>,
    (blocked, unconsented, planned): (&[&'a TreChange], &[&'a TreChange], &[&'a TreChange]),
) -> Vec<Part<'a>> {
    if page.options.verbosity == Verbosity::Quiet {
        return Vec::new();
    }
    let folds = [
        alerted(
            page,
            blocked,
            "other TRE that is blocked",
            "other TREs that are blocked",
            alert::why_blocked,
        ),
        alerted(
            page,
            unconsented,
            "other TRE that waits for a consent",
            "other TREs that wait for a consent",
            alert::what_is_missing,
        ),
        planned_steps(page, planned),
        people(page, planned),
        settings(page, planned),
        unchanged(page),
    ];
    folds.into_iter().flatten().collect()
}

/// A fold under way: `one` and `many` name what it holds.
pub struct Fold<'a> {
    part: Part<'a>,
    one: &'static str,
    many: &'static str,
    number: usize,
}

impl<'a> Fold<'a> {
    /// Returns a fold of so many things; `rest` says how to see those that are left out.
    pub fn new(rest: String, number: usize, one: &'static str, many: &'static str) -> Self {
        let cut = move |shown: usize| {
            let (one, many) = (format!("more {one}"), format!("more {many}"));
            let left_out = count(number.saturating_sub(shown), &one, &many);
            let words = format!("And {left_out} for which there is no room here");
            let line = Inline::line().strong(&words).words(&format!(": {rest}."));
            format!("\n\n{}\n", line.as_str())
        };
        Self { part: Part::new(("", "\n</details>\n\n"), SHARE, cut), one, many, number }
    }

    /// Adds one of the things, or a line of it.
    pub fn push(&mut self, item: impl FnOnce() -> String) {
        self.part.push(item);
    }

    /// Tells whether no page has room for what is already there, so that nothing need be added.
    fn is_full(&self) -> bool {
        self.part.is_full()
    }

    /// Adds names with commas between them, one for each of the things.
    pub fn names<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let number = self.number;
        for (index, name) in names.into_iter().enumerate() {
            let comma = if index > 0 { ", " } else { "\n" };
            let end = if index + 1 == number { "\n" } else { "" };
            self.push(|| format!("{comma}{}{end}", Inline::line().code(name).as_str()));
        }
        self
    }

    /// Ends the fold, of which the summary tells what it holds.
    pub fn close(self, tail: &str) -> Option<Part<'a>> {
        let Self { part, one, many, number } = self;
        let opening = format!("<details><summary>{}{tail}</summary>\n", count(number, one, many));
        (number > 0).then(|| part.opened_by(opening))
    }
}

/// TREs for which an alert has no room.
fn alerted<'a>(
    page: &'a Reader<'a>,
    changes: &[&'a TreChange],
    one: &'static str,
    many: &'static str,
    tell: fn(&Reader<'_>, &TreChange) -> String,
) -> Option<Part<'a>> {
    let folded = changes.get(alert::TOLD..).unwrap_or_default();
    let mut fold = Fold::new(page.rest(), folded.len(), one, many);
    for change in folded {
        fold.push(|| format!("\n{}", tell(page, change)));
    }
    fold.close("")
}

/// Returns the line that stands before what is said of one TRE.
fn title(change: &TreChange) -> String {
    format!("\n{}\n\n", Inline::line().strong(&format!("`{}`", change.name)).as_str())
}

fn planned_steps<'a>(page: &'a Reader<'a>, changes: &[&'a TreChange]) -> Option<Part<'a>> {
    let number = changes.iter().map(|change| change.steps.len()).sum();
    let mut fold = Fold::new(page.rest(), number, "step", "steps");
    for change in changes {
        if fold.is_full() {
            break;
        }
        let window = steps::window(change);
        for (index, step) in change.steps.iter().enumerate() {
            fold.push(|| {
                let head = if index == 0 { title(change) } else { String::new() };
                let mut line = Inline::line().words(&step.reason).words(steps::mark(change, step));
                if window.is_some_and(|window| window.holds(index)) {
                    line = line.words(" (in Maintenance)");
                }
                if page.options.verbosity >= Verbosity::Verbose {
                    line = line.words(" ").code(&format!("POST {} {}", step.route, step.input));
                }
                format!("{head}{}. {}\n", index + 1, line.as_str())
            });
        }
    }
    fold.close(", in order")
}

fn people<'a>(page: &'a Reader<'a>, changes: &[&'a TreChange]) -> Option<Part<'a>> {
    let of = |change: &'a TreChange| -> [(&'a [PersonImpact], &'static str); 4] {
        let impact = &change.impact;
        [
            (&impact.gain_access, "comes in"),
            (&impact.more_access, "gets more"),
            (&impact.lose_access, "loses entry"),
            (&impact.keep_access, "stays in"),
        ]
    };
    let number = changes
        .iter()
        .map(|change| {
            of(change).iter().map(|(people, _)| people.len()).sum::<usize>()
                + list_changes(change).len()
        })
        .sum();
    let mut fold = Fold::new(page.rest(), number, "person or org", "people and orgs");
    for change in changes {
        if fold.is_full() {
            break;
        }
        let places = places(change);
        let mut head = title(change);
        let mut push = |id: &str, words: &str| {
            let head = std::mem::take(&mut head);
            fold.push(|| {
                let line =
                    Inline::line().code(id).words(&format!(" {words}")).at(places.get(id).copied());
                format!("{head}- {}\n", line.as_str())
            });
        };
        for (people, verb) in of(change) {
            for way in ways(people) {
                let words = format!("{verb} {}", way.words());
                way.people.iter().for_each(|person| push(&person.id, &words));
            }
        }
        for (id, moved, role) in list_changes(change) {
            push(id, &format!("is {} {role}", moved.verb()));
        }
    }
    fold.close(": name, way, file and line")
}

fn settings<'a>(page: &'a Reader<'a>, changes: &[&'a TreChange]) -> Option<Part<'a>> {
    let number = changes.iter().map(|change| ordered(change).len()).sum();
    let mut fold = Fold::new(page.rest(), number, "changed setting", "changed settings");
    for change in changes {
        if fold.is_full() {
            break;
        }
        let mut head = title(change);
        for field in ordered(change) {
            let head = std::mem::take(&mut head);
            fold.push(|| {
                let part = part(change, &field.path);
                let line = Inline::line()
                    .words(&format!("{}: ", label(&part)))
                    .words(&setting(change, field, &part))
                    .at(field.range.as_ref());
                format!("{head}- {}\n", line.as_str())
            });
        }
    }
    fold.close(": before, after, file and line")
}

fn unchanged<'a>(page: &'a Reader<'a>) -> Option<Part<'a>> {
    let is_unchanged =
        |change: &&TreChange| change.status == Status::NoOp && change.warnings.is_empty();
    let changes = || page.plan.resource_changes.iter().filter(is_unchanged);
    let fold = Fold::new(page.rest(), changes().count(), "unchanged TRE", "unchanged TREs");
    fold.names(changes().map(|change| change.name.as_str())).close("")
}

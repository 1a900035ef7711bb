//! What needs the reader before anything else: what is blocked, and which consents are missing.

use super::Reader;
use super::inline::Inline;
use super::part::Part;
use crate::plan::render::Verbosity;
use crate::plan::render::consent::Missing;
use crate::plan::render::field::count;
use crate::plan::render::tre::{alternatives, asked, known, need_not_wait, waiting};
use crate::plan::{Blocked, TreChange};

/// So many TREs an alert tells of; the others are folded, so that the table stays in sight.
pub const TOLD: usize = 3;
/// The right of each alert to room.
const SHARE: usize = 9_000;
/// So many reasons are told for one TRE.
const REASONS: usize = 5;
/// So many changes that wait are named.
const NAMED: usize = 5;

/// Returns the alert about TREs that cannot change as written.
pub fn blocked<'a>(page: &'a Reader<'a>, changes: &[&'a TreChange]) -> Part<'a> {
    let words = ("TRE is blocked", "TREs are blocked");
    let tail = "Until then nothing in a TRE that is blocked is applied.";
    alert(page, "CAUTION", changes, (words, tail), |change| why_blocked(page, change))
}

/// Returns the alert about consents that are missing, with the text that gives each.
pub fn unconsented<'a>(page: &'a Reader<'a>, changes: &[&'a TreChange]) -> Part<'a> {
    let words = ("TRE waits for a consent", "TREs wait for a consent");
    let tail = "Until then nothing in a TRE that waits is applied.";
    alert(page, "WARNING", changes, (words, tail), |change| what_is_missing(page, change))
}

fn alert<'a>(
    page: &'a Reader<'a>,
    kind: &str,
    changes: &[&'a TreChange],
    ((one, many), tail): ((&'a str, &'a str), &str),
    tell: impl Fn(&'a TreChange) -> String,
) -> Part<'a> {
    let all = changes.len();
    if all == 0 {
        return Part::fixed("");
    }
    let more = move |number: usize, place: &str| {
        let number = count(number, &format!("more {one}"), &format!("more {many}"));
        let line = Inline::line().strong(&format!("And {number}")).words(&format!(": {place}."));
        format!(">\n{}", quoted(line.as_str()))
    };
    let folded = match all.saturating_sub(TOLD) {
        0 => String::new(),
        number if page.options.verbosity == Verbosity::Quiet => more(number, &page.rest()),
        number => more(number, "see the table and the details below it"),
    };
    let cut = move |shown: usize| more(all.min(TOLD) - shown, &page.rest());
    let mut part =
        Part::new((format!("> [!{kind}]\n"), format!("{folded}>\n> {tail}\n\n")), SHARE, cut);
    for (index, change) in changes.iter().take(TOLD).enumerate() {
        let gap = if index > 0 { ">\n" } else { "" };
        part.push(|| format!("{gap}{}", quoted(&tell(change))));
    }
    part
}

/// Sets a text into the alert.
fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect()
}

/// Says why a TRE cannot change, and what to do instead: paragraphs with blank lines between them.
pub fn why_blocked(page: &Reader<'_>, change: &TreChange) -> String {
    let title = Inline::line().strong(&format!("`{}` can't change as written.", change.name));
    let mut paragraphs = vec![title];
    for (index, blocked) in change.blocked.iter().take(REASONS).enumerate() {
        let Blocked { path, rule, message, remedy, evidence, range } = blocked;
        let line = if index == 0 { paragraphs.pop().map(|title| title.words(" ")) } else { None };
        let line = line.unwrap_or_else(Inline::line);
        paragraphs.push(
            line.words(&format!("It asks for: {}", asked(change, path)))
                .at(range.as_ref())
                .words(". ")
                .words(message)
                .words(" (")
                .code(rule)
                .words(&format!(", {})", known(evidence))),
        );
        for (index, way) in alternatives(remedy).into_iter().enumerate() {
            let line = Inline::line();
            let line = if index == 0 { line.strong("Instead:").words(" ") } else { line };
            paragraphs.push(line.words(way));
        }
    }
    if let Some(more @ 1..) = change.blocked.len().checked_sub(REASONS) {
        let reasons = count(more, "more reason", "more reasons");
        paragraphs.push(
            Inline::line().strong(&format!("And {reasons}")).words(&format!(": {}.", page.rest())),
        );
    }
    paragraphs.extend(held_back(page, change));
    let lines: Vec<String> = paragraphs.iter().map(|line| format!("{}\n", line.as_str())).collect();
    lines.join("\n")
}

/// Says what else the document asks for, and that taking access away need not wait for the rest.
fn held_back(page: &Reader<'_>, change: &TreChange) -> Option<Inline> {
    let waiting = waiting(change);
    let hint = need_not_wait(change, page.options);
    let number = count(waiting.len(), "other change waits", "other changes wait");
    let mut line = Inline::line();
    for (index, field) in waiting.iter().take(NAMED).enumerate() {
        line = match index {
            0 => line.words(&format!("{number} with it: ")),
            _ => line.words("; "),
        };
        line = line.words(&asked(change, &field.path)).at(field.range.as_ref());
    }
    if !waiting.is_empty() {
        line = line.words(if waiting.len() > NAMED { "; …" } else { "." });
    }
    if let Some(words) = hint {
        let gap = if line.is_empty() { "" } else { " " };
        line = line.words(gap).words(&words).words(".");
    }
    (!line.is_empty()).then_some(line)
}

/// Says which consents a TRE lacks, and gives the text to paste.
pub fn what_is_missing(page: &Reader<'_>, change: &TreChange) -> String {
    let mut text = Vec::new();
    for kind in &change.missing_consents {
        let Missing { reasons, rejected, file, entry, allow } =
            Missing::of(change, *kind, page.options);
        let title = format!("`{}` waits for the consent `{}`.", change.name, kind.as_str());
        let mut line = Inline::line().strong(&title);
        for reason in reasons {
            line = line.words(" ").words(reason);
        }
        for why in rejected {
            line = line.words(" Does not count: ").words(why);
        }
        let how = Inline::line()
            .words("To give it, add this under `consents:` in ")
            .code(file)
            .words(":");
        let run = format!("Or, for one run: `{} apply {allow}`", page.options.invocation);
        let run = Inline::line().words(&run);
        text.push(format!(
            "{}\n\n{}\n\n{}\n{}\n",
            line.as_str(),
            how.as_str(),
            Inline::fenced("yaml", &entry),
            run.as_str()
        ));
    }
    text.join("\n")
}

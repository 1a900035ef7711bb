//! A plan of ten thousand TREs of which seven in eight change, in every format.

use std::fs;

use trectl::plan::Plan;
use trectl::plan::render::{self, Options, Palette, Purpose, Verbosity};

use super::gauge::{Timings, ms};
use super::repository::Fleet;

const TRES: usize = 10_000;
const ROUNDS: usize = 9;

/// Renders the plan in every format, and tells how long each takes.
pub fn measure() {
    let fleet = Fleet::of(TRES);
    fleet.apply();
    change(&fleet);
    let plan = fleet.plan();
    let summary = &plan.summary;
    println!(
        "a plan of {TRES} TREs: {} to create, {} to update, {} to delete, {} blocked, {} unchanged, {} steps",
        summary.create,
        summary.update,
        summary.delete,
        summary.blocked,
        summary.no_op,
        summary.steps
    );
    told("json", || render::json(&plan).unwrap());
    for (words, verbosity) in [
        ("quiet", Verbosity::Quiet),
        ("normal", Verbosity::Normal),
        ("verbose", Verbosity::Verbose),
    ] {
        let options = options(&plan, verbosity);
        told(&format!("human, {words}"), || render::human(&plan, &options));
        told(&format!("markdown, {words}"), || render::markdown(&plan, &options));
    }
}

fn told(what: &str, render: impl Fn() -> String) {
    let mut timings = Timings::default();
    let first = render();
    for _ in 0..ROUNDS {
        assert!(timings.once(&render) == first, "{what}: other bytes");
    }
    let time = timings.median().unwrap();
    println!("  {what:<20} {:>8.1} ms {:>12} bytes", ms(time), first.len());
}

fn options(plan: &Plan, verbosity: Verbosity) -> Options {
    Options {
        width: 80,
        palette: Palette::Coloured,
        verbosity,
        invocation: "trectl".to_owned(),
        purpose: Purpose::Read { exit: 3, apply: "trectl apply".to_owned() },
        read_on: plan.timestamp.get(..10).and_then(|day| day.parse().ok()),
        snapshot_age: None,
    }
}

/// Edits the documents: one in eight stays as it is.
fn change(fleet: &Fleet) {
    for file in fs::read_dir(fleet.root().join("tres")).unwrap() {
        let path = file.unwrap().path();
        let digits: String =
            path.to_string_lossy().chars().filter(char::is_ascii_digit).collect::<String>();
        let number: usize = digits.get(digits.len() - 5..).unwrap().parse().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let changed = match number % 8 {
            0 => continue,
            1 => text.replace("name: Research", "name: The Research"),
            2 => people(&text),
            3 => text.replace("\"2026.1\"", "\"2026.2\"") + MAINTENANCE,
            4 => text.replace("downloadRestricted: true", "downloadRestricted: false"),
            5 => {
                text + "  - {id: ethics, name: Ethics, description: More., reviewers: [user-00001]}\n"
            }
            6 => people(&text.replace("description: Whole", "description: The whole")),
            _ => text.replace("state: active", "state: deleted"),
        };
        fs::write(&path, changed).unwrap();
    }
}

const MAINTENANCE: &str = "consents:\n  - {allow: maintenance, for: {/inventory/version: \"2026.2\"}, until: 2099-12-31}\n";

/// Takes ten people out of forty-five, and lets ten others in.
fn people(text: &str) -> String {
    let mut left = 10;
    let lines = text.lines().map(|line| match line.strip_prefix("  - user-") {
        Some(number) if left > 0 => {
            left -= 1;
            format!("  - user-new-{number}\n")
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

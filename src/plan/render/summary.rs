//! The first and the last lines of a plan.

use std::time::Duration;

use super::field::count;
use super::headline::does;
use super::text::{Page, Role};
use super::{Options, Purpose, plan_id};
use crate::plan::{
    ChangedSince, DriftClass, DriftItem, EMBEDDED, Extent, GitInfo, LiveSource, Plan, SnapshotInfo,
    Status, Summary, TargetInfo, TreChange,
};
use crate::platform::Operation;

/// So many TREs are named in a sentence.
const NAMED: usize = 8;

/// Writes what the plan is for and what it was made from.
pub fn opening(page: &mut Page, plan: &Plan, options: &Options) {
    let TargetInfo { name, platform, operator } = &plan.target;
    let id = plan_id(plan);
    let pieces = [
        (Role::Plain, "Plan "),
        (Role::Strong, &id),
        (Role::Plain, "   "),
        (Role::Strong, name),
        (Role::Plain, ": "),
        (Role::Plain, platform_words(platform)),
    ];
    page.flow(&pieces, 4);
    let git = match &plan.source.git {
        None => "not in git".to_owned(),
        Some(GitInfo { commit, dirty }) => {
            let commit: String = commit.chars().take(7).collect();
            format!("commit {commit}{}", if *dirty { " with uncommitted changes" } else { "" })
        }
    };
    let read = read(plan, options);
    page.words(Role::Plain, &format!("{read} as {operator}, {git}. {}", drift(plan)), 0);
    if let Some(since) = &plan.changed {
        page.words(Role::Plain, &changed(since), 0);
    }
    if let Some(expires_at) = &plan.expires_at {
        let text =
            format!("It can be applied until {}, unless something moves.", minute(expires_at));
        page.words(Role::Plain, &text, 0);
    }
    page.blank();
}

/// Says that nothing but what changed is looked at, and what that is.
pub fn changed(changed: &ChangedSince) -> String {
    let ChangedSince { since, merge_base, tres } = changed;
    let base: String = merge_base.chars().take(7).collect();
    let tres: Vec<&str> = tres.iter().map(String::as_str).collect();
    let touched = match tres.as_slice() {
        [] => "no TRE".to_owned(),
        tres => name_few(tres),
    };
    format!("Only what changed since {since} (at {base}) is looked at; it touches {touched}.")
}

/// Says when the live state was read, and whether it was read from the platform at all.
fn read(plan: &Plan, options: &Options) -> String {
    let Some(LiveSource { snapshot: SnapshotInfo { digest: _, taken_at } }) = &plan.live else {
        let time = plan.timestamp.get(11..16);
        return time.map_or_else(|| "Read".to_owned(), |time| format!("Read at {time} UTC"));
    };
    let at = minute(taken_at);
    let age = options.snapshot_age.map_or_else(String::new, |age| format!(" ({})", ago(age)));
    format!("From a snapshot, not the platform: taken {at}{age}")
}

/// Returns an RFC 3339 time in UTC as people write it, to the minute.
pub fn minute(time: &str) -> String {
    match (time.get(..10), time.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => time.to_owned(),
    }
}

/// Says how long ago something was, in the largest unit that fits.
fn ago(age: Duration) -> String {
    let seconds = age.as_secs();
    let (number, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

/// Returns a platform's name for people: an embedded one must never be taken for a real one.
pub fn platform_words(platform: &str) -> &str {
    if platform == EMBEDDED { "embedded platform, not a real one" } else { platform }
}

/// Says whether the platform moved since the last apply.
pub fn drift(plan: &Plan) -> String {
    match plan.resource_drift.iter().filter(|item| is_edited(item)).count() {
        0 => "No drift.".to_owned(),
        n => format!(
            "Drift: {} changed on the platform since the last apply.",
            count(n, "setting was", "settings were")
        ),
    }
}

/// Tells whether the platform moved.
pub fn is_edited(item: &DriftItem) -> bool {
    matches!(item.class, DriftClass::OutOfBand | DriftClass::Conflict)
}

/// Writes the counts, what did not happen, and where to go.
pub fn closing(page: &mut Page, plan: &Plan, options: &Options) {
    if is_empty(plan) {
        page.words(Role::Strong, &nothing(plan, options.purpose.extent()), 0);
    } else {
        page.words(Role::Strong, &counts(plan), 0);
        page.words(Role::Plain, &reassurances(plan), 0);
    }
    if let Some(text) = unmanaged(plan, options) {
        page.words(Role::Plain, &text, 0);
    }
    if let Purpose::Read { exit, apply } = &options.purpose {
        page.words(Role::Plain, &next(plan, *exit, apply), 0);
    }
    if page.has('†') {
        let text = "† assumed, not documented by the vendor: see docs/platform-contract.md";
        page.words(Role::Muted, text, 2);
    }
}

/// Says how many live TREs nobody manages here.
pub fn unmanaged(plan: &Plan, options: &Options) -> Option<String> {
    let n = plan.summary.unmanaged;
    (n > 0).then(|| {
        format!(
            "{} no document here and {} left alone: `{} import` writes {}.",
            count(n, "live TRE has", "live TREs have"),
            if n == 1 { "is" } else { "are" },
            options.invocation,
            if n == 1 { "one" } else { "them" }
        )
    })
}

/// Tells whether every TRE is as the repository asks.
pub fn is_empty(plan: &Plan) -> bool {
    plan.resource_changes.iter().all(|change| change.status == Status::NoOp)
}

/// Says that nothing is to do.
pub fn nothing(plan: &Plan, extent: Extent) -> String {
    if extent == Extent::TightenOnly {
        return "Nothing is left to take away. What else the repository asks for is no part of \
                this run: `plan` shows it."
            .to_owned();
    }
    match plan.resource_changes.len() {
        0 => "No changes. There is no TRE to look at here.".to_owned(),
        1 => "No changes. The one TRE is as the repository asks.".to_owned(),
        n => format!("No changes. All {n} TREs are as the repository asks."),
    }
}

fn counts(plan: &Plan) -> String {
    let Summary { create, update, delete, no_op, blocked, orphaned, unmanaged: _, released, steps } =
        plan.summary;
    let mut parts = vec![
        format!("{create} to create"),
        format!("{update} to update"),
        format!("{delete} to delete"),
        format!("{blocked} blocked"),
        format!("{no_op} unchanged"),
    ];
    for (number, word) in [(orphaned, "orphaned"), (released, "released")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    let waiting = unconsented(plan).len();
    let waiting = match waiting {
        0 => String::new(),
        n => format!(" {} for a consent.", count(n, "waits", "wait")),
    };
    format!("Plan: {}. {}.{waiting}", parts.join(", "), count(steps, "step", "steps"))
}

fn unconsented(plan: &Plan) -> Vec<&str> {
    let waiting = plan.resource_changes.iter().filter(|c| c.status == Status::Unconsented);
    waiting.map(|change| change.name.as_str()).collect()
}

/// Names a few; where there are many, the eye has had enough.
fn name_few(all: &[&str]) -> String {
    match all.get(..NAMED) {
        Some(first) if all.len() > NAMED + 1 => {
            format!("{} and {} more", first.join(", "), all.len() - NAMED)
        }
        _ => all.join(", "),
    }
}

/// Says of policies, publishing, deleting and consents what holds, so that its absence is news.
pub fn reassurances(plan: &Plan) -> String {
    let changes = &plan.resource_changes;
    let with = |test: &dyn Fn(&TreChange) -> bool| -> Vec<&str> {
        let ready = changes.iter().filter(|change| change.status == Status::Ready);
        ready.filter(|change| test(change)).map(|change| change.name.as_str()).collect()
    };
    let policies =
        with(&|change| change.fields.iter().any(|field| field.path.starts_with("/policies")));
    let published = with(&|change| does(change, Operation::Publish));
    let deleted = with(&|change| does(change, Operation::Delete));
    let missing = unconsented(plan);
    let mut said = Vec::new();
    said.push(match policies.as_slice() {
        [] => "No policy changes.".to_owned(),
        some => format!("Policies change in {}.", name_few(some)),
    });
    if published.is_empty() && deleted.is_empty() {
        said.push("Nothing is published or deleted.".to_owned());
    } else {
        for (verb, some) in [("Published", &published), ("Deleted", &deleted)] {
            said.push(match some.as_slice() {
                [] => format!("Nothing is {}.", verb.to_lowercase()),
                some => format!("{verb} for good: {}.", name_few(some)),
            });
        }
    }
    said.push(match missing.as_slice() {
        [] => "No consent is missing.".to_owned(),
        some => format!("A consent is missing in {}.", name_few(some)),
    });
    said.join(" ")
}

/// Returns what the exit status means and what to do next.
fn next(plan: &Plan, exit: u8, apply: &str) -> String {
    let has = |status| plan.resource_changes.iter().any(|change| change.status == status);
    let meaning = match exit {
        0 => "Exit 0: done.".to_owned(),
        2 => "Exit 2: there are differences.".to_owned(),
        3 => "Exit 3: something is refused.".to_owned(),
        other => format!("Exit {other}."),
    };
    let mut next = Vec::new();
    if has(Status::Blocked) {
        next.push("follow what stands beside `Instead`, or take that change back".to_owned());
    }
    if has(Status::Unconsented) {
        next.push("give the consents that are missing".to_owned());
    }
    let next = match (next.is_empty(), plan.applyable) {
        (true, true) => format!("Next: `{apply}`"),
        (true, false) => return meaning,
        (false, true) => {
            format!("Next: {}. What is not refused can go ahead: `{apply}`", next.join(", and "))
        }
        (false, false) => format!("Next: {}.", next.join(", and ")),
    };
    format!("{meaning} {next}")
}

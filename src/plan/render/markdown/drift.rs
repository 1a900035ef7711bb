//! Drift as one page of Markdown: who moved, setting by setting, the gravest first.

use serde_json::Value;

use super::{Fold, Inline, LIMIT, Part, brief, fit, on};
use crate::plan::render::drift::moment;
use crate::plan::render::field::{count, segments};
use crate::plan::render::{DriftReport, DriftSummary, Options};
use crate::plan::{Acceptance, DriftClass, DriftItem};

const HEAD: &str = "| TRE | Setting | Applied | Live | Asked for |\n|:--|:--|:--|:--|:--|\n";
/// The table's right to room.
const SHARE: usize = 20_000;

/// Returns drift as one page of Markdown.
pub fn drift_markdown(report: &DriftReport, options: &Options) -> String {
    let DriftReport { target, drift, summary, orphaned, unmanaged, .. } = report;
    let rest = format!("`{} drift --format json` has them", brief(&options.invocation));
    let heading = Inline::line()
        .words(sign(*summary))
        .words("Drift of ")
        .strong(&target.name)
        .words(&format!(": {}", counts(*summary)));
    let fold = |ids: &[String], one, many| {
        let ids = ids.iter().map(String::as_str);
        Fold::new(rest.clone(), ids.len(), one, many).names(ids).close("")
    };
    let mut parts = vec![
        Part::fixed(format!("### {}\n\n{}\n\n", heading.as_str(), on(target).as_str())),
        table(drift, rest.clone()),
        Part::fixed(format!("{}\n\n", closing(report, options).as_str())),
    ];
    parts.extend(fold(
        orphaned,
        "TRE that was managed and has no document any more",
        "TREs that were managed and have no document any more",
    ));
    parts.extend(fold(
        unmanaged,
        "TRE that has no document here and is left alone",
        "TREs that have no document here and are left alone",
    ));
    fit(&parts, LIMIT)
}

fn sign(summary: DriftSummary) -> &'static str {
    match summary {
        DriftSummary { conflict: 1.., .. } => "✗ ",
        DriftSummary { out_of_band: 1.., .. } => "! ",
        _ => "",
    }
}

fn counts(summary: DriftSummary) -> String {
    let DriftSummary { out_of_band, unapplied, conflict, accepted } = summary;
    let said: Vec<String> = [
        (conflict, "in conflict"),
        (out_of_band, "edited on the platform"),
        (unapplied, "not applied yet"),
        (accepted, "accepted"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{} {words}", count(number, "setting", "settings")))
    .collect();
    if said.is_empty() { "none".to_owned() } else { said.join(", ") }
}

/// Returns the table, with what both sides changed first and what is accepted last.
fn table<'a>(drift: &[DriftItem], rest: String) -> Part<'a> {
    if drift.is_empty() {
        return Part::fixed("");
    }
    let number = drift.len();
    let cut = move |shown: usize| {
        let left_out = count(number.saturating_sub(shown), "more setting", "more settings");
        let line = Inline::line().strong(&format!("And {left_out}"));
        format!("\n{}\n", line.words(&format!(" without a row here: {rest}.")).as_str())
    };
    let mut table = Part::new((HEAD, "\n"), SHARE, cut);
    let mut rows: Vec<&DriftItem> = drift.iter().collect();
    rows.sort_by_key(|item| match (&item.accepted, item.class) {
        (Some(_), _) => 3,
        (None, DriftClass::Conflict) => 0,
        (None, DriftClass::OutOfBand) => 1,
        (None, DriftClass::Unapplied) => 2,
    });
    for item in rows {
        table.push(|| row(item));
    }
    table
}

fn row(item: &DriftItem) -> String {
    let DriftItem {
        address,
        path,
        class,
        applied,
        live,
        desired,
        key: _,
        accepted,
        rejected,
        modified,
        first_seen,
        note,
    } = item;
    let who = match (accepted, class) {
        (Some(_), _) => "accepted",
        (None, DriftClass::Conflict) => "conflict",
        (None, DriftClass::OutOfBand) => "edited there",
        (None, DriftClass::Unapplied) => "not applied",
    };
    let tre =
        Inline::cell().strong(who).words(" ").code(address.strip_prefix("tre.").unwrap_or(address));
    let mut setting = Inline::cell().words(&segments(path).join(" › "));
    if let Some(Acceptance { owner, reason, ticket, until }) = accepted {
        let words = format!(", accepted until {until} by {owner} · {ticket} · {reason}");
        setting = setting.words(&words);
    }
    for (time, words) in [(modified, "TRE last changed there"), (first_seen, "this was seen since")]
    {
        if let Some(time) = time {
            setting = setting.words(&format!(", {words} {}", moment(time)));
        }
    }
    for sentence in rejected.iter().chain(note) {
        setting = setting.words(&format!(". {sentence}"));
    }
    let cells = [tre, setting, value(applied), value(live), value(desired)];
    let cells: Vec<&str> = cells.iter().map(Inline::as_str).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn value(value: &Value) -> Inline {
    match value {
        Value::Null => Inline::cell().words("–"),
        Value::String(text) => Inline::cell().code(text),
        other => Inline::cell().code(&other.to_string()),
    }
}

/// Says what to do about it.
fn closing(report: &DriftReport, options: &Options) -> Inline {
    if report.drift.is_empty() {
        let text = "Every managed setting is as the repository asks and as it was applied.";
        return Inline::line().words(text);
    }
    if report.drift.iter().all(|item| item.accepted.is_some()) {
        return Inline::line().words("All of it is accepted for now.");
    }
    let invocation = brief(&options.invocation);
    let mut text = format!("Next: `{invocation} plan` shows what `apply` would do about it");
    if report.is_adoptable() {
        text.push_str(&format!(
            ", `{invocation} drift --adopt` writes the edits of the platform into the documents"
        ));
    }
    Inline::line().words(&format!("{text}."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::TargetInfo;
    use crate::plan::render::fixtures::options;

    fn item(number: usize, class: DriftClass) -> DriftItem {
        DriftItem {
            address: format!("tre.tre-{number:04}"),
            path: "/reviewSteps/0/reviewers/user-li".to_owned(),
            class,
            applied: json!(null),
            live: json!("user-li"),
            desired: json!({"downloadRestricted": true}),
            key: "/reviewSteps/governance/reviewers/user-li".to_owned(),
            accepted: None,
            rejected: Default::default(),
            modified: None,
            first_seen: None,
            note: None,
        }
    }

    fn page(items: usize, others: usize) -> String {
        let target = TargetInfo {
            name: "production".to_owned(),
            platform: "api.dnanexus.com".to_owned(),
            operator: "user-amara".to_owned(),
        };
        let classes = [DriftClass::Unapplied, DriftClass::OutOfBand, DriftClass::Conflict];
        let drift = classes.into_iter().cycle().enumerate();
        let drift = drift.map(|(number, class)| item(number, class)).take(items).collect();
        let ids = |kind: &str| (0..others).map(|number| format!("tre-{kind}-{number}")).collect();
        drift_markdown(&DriftReport::new(target, drift, ids("gone"), ids("other")), &options(0))
    }

    #[test]
    fn drift_of_every_class() {
        insta::assert_snapshot!(page(4, 2));
    }

    #[test]
    fn no_drift_is_said() {
        insta::assert_snapshot!(page(0, 0));
    }

    #[test]
    fn whatever_there_is_it_fits_and_what_is_left_out_is_counted() {
        let page = page(5_000, 9_000);
        assert!(super::super::part::length(&page) <= LIMIT);
        let rows = page.lines().filter(|line| line.starts_with("| **")).count();
        let left_out = format!("**And {} more settings** without a row here", 5_000 - rows);
        assert!(rows > 100 && page.contains(&left_out), "{rows}");
        assert_eq!(page.matches("for which there is no room here").count(), 2);
        assert_eq!(page.matches("<details>").count(), page.matches("\n</details>\n").count());
    }
}

//! Drift as a short message for a chat, in the notation that Slack introduced and others read.
//!
//! It names TREs and settings, and neither values nor people: who reads a channel is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::DriftReport;
use super::field::{count, segments};
use crate::diag::escape_control;
use crate::plan::{DriftClass, DriftItem};

/// So many TREs are named.
const NAMED: usize = 20;

/// Returns what there is to say, if anything is new since a run last wrote to the journal what it
/// saw. `link` leads to more.
pub fn drift_news(report: &DriftReport, link: Option<&str>) -> Option<String> {
    let (new, known): (Vec<&DriftItem>, Vec<&DriftItem>) =
        report.counting().partition(|item| item.first_seen.is_none());
    if new.is_empty() && report.cleared.is_empty() {
        return None;
    }
    let target = plain(&report.target.name);
    let new = by_tre(new);
    let mut lines = vec![match new.len() {
        0 => format!("*{target}*: less drift than before."),
        tres => format!("*{target}*: new drift in {}.", count(tres, "TRE", "TREs")),
    }];
    lines.extend(new.iter().take(NAMED).map(|(id, items)| line(id, items)));
    if let Some(more) = new.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("• and {}", count(more, "other TRE", "other TREs")));
    }
    if !report.cleared.is_empty() {
        let named: Vec<String> = report.cleared.iter().take(NAMED).map(|id| plain(id)).collect();
        let more = report.cleared.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        lines.push(format!("No drift is left that counts in {}{more}.", named.join(", ")));
    }
    let known = by_tre(known).len();
    if known > 0 {
        let tres = count(known, "TRE", "TREs");
        lines.push(format!("Drift that was told before is left in {tres}."));
    }
    lines.extend(link.map(|link| format!("<{}|The run>", plain(link))));
    Some(lines.join("\n"))
}

fn by_tre(items: Vec<&DriftItem>) -> BTreeMap<&str, Vec<&DriftItem>> {
    let mut tres: BTreeMap<&str, Vec<&DriftItem>> = BTreeMap::new();
    for item in items {
        let id = item.address.strip_prefix("tre.").unwrap_or(&item.address);
        tres.entry(id).or_default().push(item);
    }
    tres
}

fn line(id: &str, items: &[&DriftItem]) -> String {
    let classes = [
        (DriftClass::Conflict, "in conflict"),
        (DriftClass::OutOfBand, "edited on the platform"),
        (DriftClass::Unapplied, "not applied yet"),
    ];
    let said = classes.into_iter().filter_map(|(class, words)| {
        let settings: BTreeSet<String> =
            items.iter().filter(|item| item.class == class).map(|item| setting(item)).collect();
        let settings: Vec<String> = settings.into_iter().collect();
        (!settings.is_empty()).then(|| format!("{words}: {}", settings.join(", ")))
    });
    format!("• *{}* {}", plain(id), said.collect::<Vec<_>>().join("; "))
}

/// Returns a setting by its key, a policy with its name: what stands below can be a person.
fn setting(item: &DriftItem) -> String {
    let path = segments(&item.path);
    let shown = if path.first().is_some_and(|key| key == "policies") { 2 } else { 1 };
    path.iter().take(shown).map(|key| plain(key)).collect::<Vec<_>>().join(" › ")
}

/// Writes a text so that nothing in it is a mention, a link or bold, for Slack or its likes.
fn plain(text: &str) -> String {
    let text = escape_control(text);
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace(['*', '~', '`', '|', '@', '[', ']'], " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::TargetInfo;

    fn item(tre: &str, path: &str, class: DriftClass, first_seen: Option<&str>) -> DriftItem {
        DriftItem {
            address: format!("tre.{tre}"),
            path: path.to_owned(),
            key: path.to_owned(),
            class,
            applied: json!(null),
            live: json!("user-li"),
            desired: json!(null),
            accepted: None,
            rejected: None,
            modified: None,
            first_seen: first_seen.map(str::to_owned),
            note: None,
        }
    }

    fn report(drift: Vec<DriftItem>, cleared: &[&str]) -> DriftReport {
        let target = TargetInfo {
            name: "production".to_owned(),
            platform: "api.dnanexus.com".to_owned(),
            operator: "user-amara".to_owned(),
        };
        let mut report = DriftReport::new(target, drift, Vec::new(), Vec::new());
        report.cleared = cleared.iter().map(|id| (*id).to_owned()).collect();
        report
    }

    #[test]
    fn what_is_new_is_told_without_values_and_people() {
        let told = "2026-11-25T03:17:00Z";
        let drift = vec![
            item("tre-a", "/authorizedUsers/3", DriftClass::OutOfBand, None),
            item("tre-a", "/reviewSteps/0/reviewers/user-li", DriftClass::OutOfBand, None),
            item("tre-a", "/policies/downloadRestricted", DriftClass::Conflict, None),
            item("tre-b", "/name", DriftClass::OutOfBand, Some(told)),
        ];
        let news = drift_news(&report(drift, &["tre-c"]), Some("https://ci.example/7"));
        insta::assert_snapshot!(news.unwrap(), @r"
        *production*: new drift in 1 TRE.
        • *tre-a* in conflict: policies › downloadRestricted; edited on the platform: authorizedUsers, reviewSteps
        No drift is left that counts in tre-c.
        Drift that was told before is left in 1 TRE.
        <https://ci.example/7|The run>
        ");
    }

    #[test]
    fn what_was_told_before_is_no_news() {
        let told = Some("2026-11-25T03:17:00Z");
        let known = || vec![item("tre-b", "/name", DriftClass::OutOfBand, told)];
        assert_eq!(drift_news(&report(known(), &[]), None), None);
        assert_eq!(drift_news(&report(Vec::new(), &[]), None), None);
        assert!(drift_news(&report(known(), &["tre-c"]), None).is_some());
        // What does not count is no news either.
        let other = vec![item("tre-a", "/name", DriftClass::Unapplied, None)];
        let report = report(other, &[]).failing_on(&[DriftClass::Conflict]);
        assert_eq!(drift_news(&report, None), None);
    }

    #[test]
    fn no_name_is_a_mark_and_many_are_counted() {
        let hostile = vec![item("<!channel> @all *x*", "/a&b", DriftClass::Conflict, None)];
        let news = drift_news(&report(hostile, &[]), None).unwrap();
        assert!(!news.contains("<!") && news.contains("&lt;!channel&gt;  all  x "), "{news}");
        let tre = |number| item(&format!("tre-{number}"), "/name", DriftClass::Conflict, None);
        let news = drift_news(&report((0..30).map(tre).collect(), &[]), None).unwrap();
        assert!(news.contains("• and 10 other TREs"), "{news}");
    }
}

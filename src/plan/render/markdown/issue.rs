//! The drift of one TRE as an issue, which stays as long as the drift does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Inline, drift_markdown};
use crate::diag::escape_control;
use crate::plan::render::drift::moment;
use crate::plan::render::field::count;
use crate::plan::render::{DriftReport, Options};
use crate::plan::{DriftItem, digest};

/// An issue about the drift of one TRE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftIssue {
    /// The TRE.
    pub id: String,
    /// Names the TRE and the target. Plain text.
    pub title: String,
    /// What drifted, in Markdown.
    pub text: String,
    /// What is said below when something else has drifted than before, in Markdown.
    pub news: String,
    /// The digest of the drift that counts: the same as long as nothing else drifts.
    pub digest: String,
}

/// Returns an issue for each TRE with drift that counts, in the order of their ids.
pub fn drift_issues(report: &DriftReport, options: &Options) -> Vec<DriftIssue> {
    let counting: BTreeSet<&str> = report.counting().map(|item| item.address.as_str()).collect();
    let mut tres: BTreeMap<&str, Vec<DriftItem>> = BTreeMap::new();
    for item in report.drift.iter().filter(|item| counting.contains(item.address.as_str())) {
        tres.entry(&item.address).or_default().push(item.clone());
    }
    tres.into_iter().map(|(address, items)| issue(report, address, items, options)).collect()
}

/// Titles are cut after so many characters; GitHub takes 256.
const LONGEST_TITLE: usize = 250;

/// Returns the last text of the issue of a TRE that is not compared any more, in Markdown.
pub fn drift_gone() -> String {
    let line = Inline::line().strong("Nobody looks for drift here any more").words(
        ": the TRE has no document in the repository, or belongs to another target. What is on \
         the platform stays as it is.",
    );
    format!("{}\n", line.as_str())
}

/// Returns the last text of the issue of a TRE that was compared, in Markdown.
pub fn drift_settled(report: &DriftReport) -> String {
    let at = report.at.as_deref().map(|at| format!(" at {}", moment(at))).unwrap_or_default();
    let line = Inline::line().strong("No drift is left that counts").words(&format!(
        ": a drift run{at} found none. Drift that comes later gets an issue of its own."
    ));
    format!("{}\n", line.as_str())
}

fn issue(
    report: &DriftReport,
    address: &str,
    items: Vec<DriftItem>,
    options: &Options,
) -> DriftIssue {
    let id = address.strip_prefix("tre.").unwrap_or(address);
    let target = &report.target;
    let own = DriftReport::new(target.clone(), items, Vec::new(), Vec::new());
    let own = own.failing_on(&report.fail_on);
    let counting: Vec<&DriftItem> = own.counting().collect();
    let values: Vec<_> = counting
        .iter()
        .map(|item| json!([item.key, item.class, item.applied, item.live, item.desired]))
        .collect();
    let title = format!("Drift: {id} ({})", target.name);
    let title = escape_control(&title);
    let news = Inline::line().words(&format!(
        "Something else has drifted than before: it is {} now. The text above says which.",
        count(counting.len(), "setting", "settings")
    ));
    DriftIssue {
        id: id.to_owned(),
        title: title.chars().take(LONGEST_TITLE).collect(),
        text: format!("{}{}\n", drift_markdown(&own, options), keeping().as_str()),
        news: format!("{}\n", news.as_str()),
        digest: digest(&json!(values).to_string()),
    }
}

/// Says what becomes of the issue.
fn keeping() -> Inline {
    Inline::line().words(
        "This issue follows the drift by itself: its text is kept up, a comment tells when \
         something else drifts, and it is closed when nothing is left that counts. Who closes it \
         by hand is not asked again about the same drift. A value of the platform that may stand \
         for a while belongs into the document, under `acceptedDrift`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::DriftClass;
    use crate::plan::TargetInfo;
    use crate::plan::render::fixtures::options;

    fn item(tre: &str, class: DriftClass, live: &str) -> DriftItem {
        DriftItem {
            address: format!("tre.{tre}"),
            path: "/authorizedUsers/3".to_owned(),
            key: format!("/authorizedUsers/{live}"),
            class,
            applied: json!(null),
            live: json!(live),
            desired: json!(null),
            accepted: None,
            rejected: None,
            modified: Some("2026-05-06T13:58:41Z".to_owned()),
            first_seen: Some("2026-05-06T14:02:09Z".to_owned()),
            note: None,
        }
    }

    fn report(drift: Vec<DriftItem>) -> DriftReport {
        let target = TargetInfo {
            name: "production".to_owned(),
            platform: "api.dnanexus.com".to_owned(),
            operator: "user-amara".to_owned(),
        };
        let unmanaged = vec!["tre-other".to_owned()];
        let mut report = DriftReport::new(target, drift, Vec::new(), unmanaged);
        report.at = Some("2026-05-07T03:17:00Z".to_owned());
        report
    }

    #[test]
    fn an_issue_is_about_one_tre() {
        let report = report(vec![
            item("tre-b", DriftClass::OutOfBand, "user-wu"),
            item("tre-a", DriftClass::OutOfBand, "user-novak"),
            item("tre-a", DriftClass::Unapplied, "user-li"),
        ]);
        let issues = drift_issues(&report, &options(0));
        let [issue, other] = &issues[..] else { panic!("{issues:?}") };
        assert_eq!((issue.id.as_str(), other.id.as_str()), ("tre-a", "tre-b"));
        insta::assert_snapshot!(
            [&issue.title, &issue.text, &issue.news, &drift_settled(&report)]
                .map(String::as_str)
                .join("\n")
        );
    }

    #[test]
    fn the_digest_is_that_of_what_counts() {
        let digest = |report: &DriftReport| {
            drift_issues(report, &options(0)).first().map(|issue| issue.digest.clone())
        };
        let one = || item("tre-a", DriftClass::OutOfBand, "user-wu");
        let before = digest(&report(vec![one()]));
        let mut later = one();
        later.modified = Some("2026-05-09T00:00:00Z".to_owned());
        later.first_seen = None;
        later.path = "/authorizedUsers/2".to_owned();
        assert_eq!(digest(&report(vec![later])), before);
        let unapplied = item("tre-a", DriftClass::Unapplied, "user-li");
        let counting = report(vec![one(), unapplied]).failing_on(&[DriftClass::OutOfBand]);
        assert_eq!(digest(&counting), before);
        assert_ne!(digest(&report(vec![item("tre-a", DriftClass::OutOfBand, "user-li")])), before);
        assert_eq!(digest(&counting.failing_on(&[DriftClass::Conflict])), None);
    }
}

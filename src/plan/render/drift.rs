//! Drift as people and programs read it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Options;
use super::field::{count, segments};
use super::summary::platform_words;
use super::text::{Page, Para, Role};
use crate::plan::{DriftClass, DriftItem, FORMAT_VERSION, TargetInfo};

/// What `drift --format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DriftReport {
    /// The version of this format.
    pub format_version: String,
    /// The target that was looked at.
    pub target: TargetInfo,
    /// Every managed field where desired, applied and live do not agree.
    pub drift: Vec<DriftItem>,
    /// Counts.
    pub summary: DriftSummary,
    /// TREs that were managed and have no document any more.
    pub orphaned: Vec<String>,
    /// Live TREs of the selection that never had a document.
    pub unmanaged: Vec<String>,
    /// The classes that lead to exit status 2.
    pub fail_on: Vec<DriftClass>,
    /// When the platform was read, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Where the root lies in its git repository; absent where that is the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The TREs that were asked for; empty for all of the selection.
    #[serde(default)]
    pub only: Vec<String>,
    /// The TREs that were compared with their documents.
    #[serde(default)]
    pub compared: Vec<String>,
    /// TREs that had drift that counted when a run last wrote to the journal what it saw, and have
    /// none now.
    #[serde(default)]
    pub cleared: Vec<String>,
}

/// Counts of drifted fields, by class; what is accepted is counted apart.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct DriftSummary {
    /// Edits on the platform behind the repository's back.
    pub out_of_band: usize,
    /// Changes of the repository that were not applied yet.
    pub unapplied: usize,
    /// Fields that both changed.
    pub conflict: usize,
    /// Fields, of any class, where the live value is accepted for now.
    pub accepted: usize,
}

impl DriftReport {
    /// Returns the report of what was compared.
    pub fn new(
        target: TargetInfo,
        drift: Vec<DriftItem>,
        orphaned: Vec<String>,
        unmanaged: Vec<String>,
    ) -> Self {
        let summary = DriftSummary::of(&drift);
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            target,
            drift,
            summary,
            orphaned,
            unmanaged,
            fail_on: DriftClass::ALL.to_vec(),
            at: None,
            root: None,
            only: Vec::new(),
            compared: Vec::new(),
            cleared: Vec::new(),
        }
    }

    /// Lets only these classes lead to exit status 2; none means all.
    #[must_use]
    pub fn failing_on(mut self, classes: &[DriftClass]) -> Self {
        if !classes.is_empty() {
            self.fail_on.retain(|class| classes.contains(class));
        }
        self
    }

    /// Returns the report without some of the drift.
    #[must_use]
    pub fn without(mut self, is_gone: impl Fn(&DriftItem) -> bool) -> Self {
        self.drift.retain(|item| !is_gone(item));
        self.summary = DriftSummary::of(&self.drift);
        self
    }

    /// Tells whether an item leads to exit status 2.
    pub fn counts(&self, item: &DriftItem) -> bool {
        item.accepted.is_none() && self.fail_on.contains(&item.class)
    }

    /// Returns the drift that leads to exit status 2.
    pub fn counting(&self) -> impl Iterator<Item = &DriftItem> {
        self.drift.iter().filter(|item| self.counts(item))
    }

    /// Tells whether somebody edited the platform, so that there is something to adopt.
    pub fn is_adoptable(&self) -> bool {
        let DriftSummary { out_of_band, unapplied: _, conflict, accepted: _ } = self.summary;
        out_of_band + conflict > 0
    }

    /// Tells whether there is drift that leads to exit status 2.
    pub fn fails(&self) -> bool {
        self.counting().next().is_some()
    }
}

impl DriftSummary {
    fn of(drift: &[DriftItem]) -> Self {
        let is_open = |item: &&DriftItem| item.accepted.is_none();
        let number =
            |class| drift.iter().filter(is_open).filter(|item| item.class == class).count();
        Self {
            out_of_band: number(DriftClass::OutOfBand),
            unapplied: number(DriftClass::Unapplied),
            conflict: number(DriftClass::Conflict),
            accepted: drift.iter().filter(|item| item.accepted.is_some()).count(),
        }
    }
}

/// Returns a time of the platform or the journal for people, to the minute.
pub(super) fn moment(time: &str) -> String {
    let parsed = time.parse::<jiff::Timestamp>();
    parsed.map_or_else(|_| time.to_owned(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// Returns drift for people.
pub fn drift_human(report: &DriftReport, options: &Options) -> String {
    let DriftReport { format_version: _, target, drift, summary: _, orphaned, unmanaged, .. } =
        report;
    let mut page = Page::new(options.width, options.palette);
    let platform = platform_words(&target.platform);
    let said = format!(": {platform}, as {}", target.operator);
    let pieces = [(Role::Plain, "Drift   "), (Role::Strong, &target.name), (Role::Plain, &said)];
    page.flow(&pieces, 4);
    page.blank();
    let mut address = "";
    for item in drift {
        if item.address != address {
            if !address.is_empty() {
                page.blank();
            }
            address = &item.address;
            let id = address.strip_prefix("tre.").unwrap_or(address);
            page.line(&[(Role::Change, "~ "), (Role::Strong, id)]);
            if let Some(modified) = drift.iter().find_map(|other| {
                other.modified.as_deref().filter(|_| other.address == item.address)
            }) {
                let text = format!(
                    "last changed there {}; by whom, the platform does not say",
                    moment(modified)
                );
                page.block(Role::Muted, &text, 4);
            }
        }
        row(&mut page, item);
    }
    if !drift.is_empty() {
        page.blank();
    }
    for (ids, words) in [
        (orphaned, "were managed and have no document any more"),
        (unmanaged, "have no document here and are left alone"),
    ] {
        if !ids.is_empty() {
            page.words(Role::Plain, &format!("These TREs {words}: {}.", ids.join(", ")), 4);
        }
    }
    closing(&mut page, report, options);
    page.finish()
}

fn row(page: &mut Page, item: &DriftItem) {
    let (role, label, words) = match item.class {
        DriftClass::OutOfBand => (Role::Attention, "Edited there", "on the platform"),
        DriftClass::Unapplied => (Role::Change, "Not applied", "in the repository"),
        DriftClass::Conflict => (Role::Refused, "Conflict", "on both sides"),
    };
    let path = segments(&item.path).join(" › ");
    let mut body = vec![Para::words(format!("{path}, changed {words}")).hang(2)];
    for (name, value) in
        [("applied", &item.applied), ("live", &item.live), ("desired", &item.desired)]
    {
        let text = match value {
            Value::Null => "–".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        body.push(Para::words(format!("  {name:<8} {text}")).hang(11));
    }
    if let Some(acceptance) = &item.accepted {
        body.push(Para::words(format!("  {acceptance}")).hang(2));
        page.row((Role::Muted, "Accepted"), &body);
        return;
    }
    let seen = item.first_seen.as_deref().map(|at| format!("seen since {}", moment(at)));
    body.extend(seen.map(|text| Para::words(format!("  {text}")).hang(2)));
    let sentences = item.rejected.iter().chain(&item.note);
    body.extend(sentences.map(|sentence| Para::words(format!("  {sentence}")).hang(2)));
    page.row((role, label), &body);
}

fn closing(page: &mut Page, report: &DriftReport, options: &Options) {
    let DriftSummary { out_of_band, unapplied, conflict, accepted } = report.summary;
    if report.drift.is_empty() {
        page.words(
            Role::Strong,
            "No drift. Every managed setting is as the repository asks and as it was applied.",
            0,
        );
        return;
    }
    let accepted = if accepted == 0 { String::new() } else { format!(", {accepted} accepted") };
    let text = format!(
        "Drift: {} edited on the platform, {unapplied} not applied yet, {conflict} in \
         conflict{accepted}.",
        count(out_of_band, "setting", "settings")
    );
    page.words(Role::Strong, &text, 0);
    let exit = if report.fails() {
        "Exit 2: there are differences.".to_owned()
    } else if report.drift.iter().all(|item| item.accepted.is_some()) {
        "Exit 0: all of it is accepted.".to_owned()
    } else {
        let asked = report.fail_on.iter().map(|class| format!("`{}`", class.as_str()));
        let asked = asked.collect::<Vec<_>>().join(" or ");
        format!("Exit 0: nothing of this is {asked}, which `--fail-on` asks for.")
    };
    let invocation = &options.invocation;
    let mut text = format!("{exit} Next: `{invocation} plan` shows what apply would do about them");
    if report.is_adoptable() {
        text.push_str(&format!(
            ", `{invocation} drift --adopt` writes the platform's values into the documents"
        ));
    }
    page.words(Role::Plain, &format!("{text}."), 0);
}

//! A plan as one comment of a pull request, for people who decide on it and need not know the tool.
//!
//! What needs the reader comes first: what is blocked, what waits for a consent, one table, and
//! what an approval agrees to. Details are folded. The page always fits one comment: details give
//! way first, and whatever is left out is said with its number. The same plan gives the same bytes,
//! and the only line that tells times and the commit is the last one.

mod agreement;
mod alert;
mod drift;
mod fold;
mod inline;
mod issue;
mod part;
mod people;
mod table;
#[cfg(test)]
mod tests;

pub use self::drift::drift_markdown;
pub use self::fold::Fold;
pub use self::inline::Inline;
pub use self::issue::{DriftIssue, drift_gone, drift_issues, drift_settled};
pub use self::part::{Part, fit};
use super::field::counted;
use super::summary::{self, platform_words};
use super::tre::rank;
use super::{Options, plan_id};
use crate::plan::{
    EMBEDDED, LiveSource, Plan, SnapshotInfo, Source, Status, TargetInfo, TreChange,
};

/// So many characters a page has at most. A comment on GitHub holds 65,536; what is left is for a
/// heading or a marker that a pipeline adds.
pub const LIMIT: usize = 65_000;

/// Returns a plan as one comment of a pull request.
pub fn markdown(plan: &Plan, options: &Options) -> String {
    let changes = table::by_importance(plan);
    let of = |status: Status| -> Vec<&TreChange> {
        changes.iter().copied().filter(|change| change.status == status).collect()
    };
    let (blocked, unconsented, ready) =
        (of(Status::Blocked), of(Status::Unconsented), of(Status::Ready));
    let page = Reader { plan, options };
    let mut parts = vec![
        Part::fixed(page.heading()),
        alert::blocked(&page, &blocked),
        alert::unconsented(&page, &unconsented),
        table::table(&page, &changes),
        agreement::agreement(&page, "By approving you agree that", &ready),
        agreement::agreement(
            &page,
            "By giving a consent that is missing you agree that",
            &unconsented,
        ),
        Part::fixed(page.reassurances()),
    ];
    let planned: Vec<&TreChange> = ready.iter().chain(&unconsented).copied().collect();
    parts.extend(fold::all(&page, (&blocked, &unconsented, &planned)));
    let origin = page.origin();
    // Whether anything is marked is only known once everything is written.
    let body = fit(&parts, LIMIT - part::length(&origin) - part::length(FOOTNOTE));
    let footnote = if body.contains('†') { FOOTNOTE } else { "" };
    format!("{body}{footnote}{origin}")
}

const FOOTNOTE: &str =
    "† assumed, not documented by the vendor: see `docs/platform-contract.md`.\n\n";

/// A plan, and how it is told.
struct Reader<'a> {
    plan: &'a Plan,
    options: &'a Options,
}

impl Reader<'_> {
    /// Returns the heading with the counts, and what was planned for.
    fn heading(&self) -> String {
        let sign = match self
            .plan
            .resource_changes
            .iter()
            .map(|change| change.status)
            .max_by_key(|status| rank(*status))
        {
            Some(Status::Blocked) => "✗ ",
            Some(Status::Unconsented) => "! ",
            _ => "",
        };
        let heading = Inline::line()
            .words(&format!("{sign}Plan "))
            .code(&plan_id(self.plan))
            .words(" for ")
            .strong(&self.plan.target.name)
            .words(&format!(": {}", self.counts()));
        let mut on = on(&self.plan.target);
        if self.plan.live.is_some() {
            on = on.words(" ").strong("Read from a snapshot, not from the platform.");
        }
        if let Some(changed) = &self.plan.changed {
            on = on.words(" ").words(&summary::changed(changed));
        }
        format!("### {}\n\n{}\n\n", heading.as_str(), on.as_str())
    }

    fn counts(&self) -> String {
        let number = |wanted: Status| {
            self.plan.resource_changes.iter().filter(|change| change.status == wanted).count()
        };
        let said = [
            (number(Status::Blocked), "blocked"),
            (number(Status::Unconsented), "waiting for a consent"),
            (number(Status::Ready), "ready"),
            (number(Status::Orphaned), "orphaned"),
            (number(Status::Released), "released"),
            (number(Status::NoOp), "unchanged"),
        ];
        match counted(&said, "TRE", "TREs") {
            none if none.is_empty() => "no TREs".to_owned(),
            said => said,
        }
    }

    /// Says what does not happen, so that its absence would be news.
    fn reassurances(&self) -> String {
        let extent = self.options.purpose.extent();
        let said = match summary::is_empty(self.plan) {
            true => summary::nothing(self.plan, extent),
            false => format!(
                "{}{} {}",
                self.as_it_stands(),
                summary::reassurances(self.plan),
                self.drift()
            ),
        };
        let said = Inline::line().words(&said);
        let unmanaged = summary::unmanaged(self.plan, self.options).unwrap_or_default();
        let unmanaged = Inline::line().words(&unmanaged);
        let mut text = format!("{}\n\n", said.as_str());
        if !unmanaged.is_empty() {
            text.push_str(&format!("{}\n\n", unmanaged.as_str()));
        }
        text
    }

    /// Says that what follows holds as long as no missing consent is given.
    fn as_it_stands(&self) -> &'static str {
        let is_waiting = |change: &TreChange| change.status == Status::Unconsented;
        match self.plan.resource_changes.iter().any(is_waiting) {
            true => "As it stands: ",
            false => "",
        }
    }

    fn drift(&self) -> String {
        match self.plan.resource_drift.iter().any(summary::is_edited) {
            true => summary::drift(self.plan),
            false => "No managed setting was changed on the platform since it was last applied."
                .to_owned(),
        }
    }

    /// Returns the last line: from what and when the plan was made. Nothing above it moves where
    /// only these do.
    fn origin(&self) -> String {
        let Plan { timestamp, trectl_version, source, live, .. } = self.plan;
        let line = from(source);
        let line = match live {
            Some(LiveSource { snapshot: SnapshotInfo { digest: _, taken_at } }) => {
                line.words(&format!(", snapshot taken {}", summary::minute(taken_at)))
            }
            None => line.words(&format!(", live state read {}", summary::minute(timestamp))),
        };
        format!("{}\n", line.words(&format!(", trectl {trectl_version}.")).as_str())
    }

    /// Says how to see what is left out.
    fn rest(&self) -> String {
        let invocation = brief(&self.options.invocation);
        format!(
            "`{invocation} plan -v` shows everything, and so does `{invocation} show --plan FILE -v` \
             of a saved plan; `--format json` has it too"
        )
    }
}

/// Says on which platform, and as whom.
pub fn on(target: &TargetInfo) -> Inline {
    let TargetInfo { name: _, platform, operator } = target;
    let on = match platform == EMBEDDED {
        true => Inline::line().words("On an ").strong(platform_words(platform)),
        false => Inline::line().words("On ").code(platform),
    };
    on.words(", as ").code(operator).words(".")
}

/// Says from which commit.
pub fn from(source: &Source) -> Inline {
    let Some(git) = &source.git else { return Inline::line().words("Not in git") };
    let commit: String = git.commit.chars().take(7).collect();
    let dirty = if git.dirty { " with uncommitted changes" } else { "" };
    Inline::line().words("Commit ").code(&commit).words(dirty)
}

/// Returns how the program is called, unless that is too long to be said again and again.
pub fn brief(invocation: &str) -> &str {
    if part::length(invocation) > LONG { "trectl" } else { invocation }
}

/// A command that is longer is not repeated wherever something is left out.
const LONG: usize = 80;

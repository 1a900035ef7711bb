//! One issue for each TRE with drift.

use serde_json::json;

use super::{Done, Notice};
use crate::cli::args::Notify as Args;
use crate::cli::failure::{Failure, FailureKind};
use crate::cli::{ci, outside, pages};
use crate::forge::{Dialect, Fate, ForgeError, PlaceError, Tracked, Tracker, Wanted, Wish};
use crate::plan::render::{DriftIssue, drift_issues, drift_settled};

/// Keeps the issues, and tells what became of each.
pub async fn keep(args: &Args, notice: &Notice<'_>) -> Result<Done, Failure> {
    let Notice { settings, interrupt, .. } = notice;
    let place = ci::place().map_err(nowhere)?;
    let token = outside::token(place.dialect)?;
    let (backoff, cancel) = (outside::backoff(settings), interrupt.token().clone());
    let tracker = Tracker::new(&place, &args.label, &token, backoff, cancel).map_err(refused)?;
    let wish = wish(args, notice);
    let tracked = tracker.keep(&wish, args.author.as_deref()).await.map_err(refused)?;
    Ok(done(&tracked, place.dialect))
}

fn wish(args: &Args, notice: &Notice<'_>) -> Wish {
    let Notice { report, settings, .. } = notice;
    let issues = drift_issues(report, &pages::of_drift(settings));
    let wanted = issues.into_iter().map(|issue| {
        let DriftIssue { id, title, text, news, digest } = issue;
        Wanted { about: id, digest, title, text, news }
    });
    Wish {
        kind: format!("drift:{}:", report.target.name),
        wanted: wanted.collect(),
        looked_at: (!report.only.is_empty()).then(|| report.only.clone()),
        settled: drift_settled(report),
        at_most: args.at_most,
    }
}

fn done(tracked: &[Tracked], dialect: Dialect) -> Done {
    let lines = match tracked {
        [] => vec!["Issues: none is open, and none is needed.".to_owned()],
        _ => tracked.iter().map(line).collect(),
    };
    let issues = tracked.iter().map(|Tracked { number, about, fate }| {
        json!({ "tre": about, "number": number, "action": fate.as_str() })
    });
    let issues: Vec<_> = issues.collect();
    Done { lines, json: json!({ "forge": dialect.as_str(), "issues": issues }) }
}

fn line(tracked: &Tracked) -> String {
    let Tracked { number, about, fate } = tracked;
    let said = match fate {
        Fate::Opened => "opened",
        Fate::Postponed => "not opened yet, as `--at-most` others were; run it again",
        Fate::Told => "told that something else has drifted",
        Fate::Updated => "text kept up",
        Fate::Unchanged => "unchanged",
        Fate::LeftClosed => "left closed, as somebody closed it and nothing else has drifted",
        Fate::Closed => "closed: no drift is left that counts",
    };
    let number = number.map(|number| format!(" #{number}")).unwrap_or_default();
    format!("Issue{number} for {about}: {said}.")
}

fn nowhere(error: PlaceError) -> Failure {
    Failure::usage("It is not known which repository the issues belong to.")
        .because(error)
        .hint("Run it in a job of GitHub or GitLab; docs/notify.md tells what they set.")
}

fn refused(error: ForgeError) -> Failure {
    let cure = error.cure();
    Failure::new(FailureKind::Platform, "The issues cannot be kept.").because(error).hint(cure)
}

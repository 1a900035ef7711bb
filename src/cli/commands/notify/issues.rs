//! One issue for each TRE with drift.

use serde_json::{Value, json};

use super::{Notice, Told};
use crate::cli::args::Notify as Args;
use crate::cli::failure::{Failure, FailureKind};
use crate::cli::{ci, clock, outside, pages};
use crate::diag::escape_control;
use crate::forge::{Dialect, End, Fate, ForgeError, PlaceError, Tracked, Tracker, Wanted, Wish};
use crate::plan::render::{
    DriftIssue, DriftReport, count, drift_gone, drift_issues, drift_settled,
};

/// Keeps the issues, and tells what became of each.
pub async fn keep(args: &Args, notice: &Notice<'_>) -> Told {
    match tracked(args, notice).await {
        Ok((tracked, dialect)) => told(&tracked, dialect, args.at_most),
        Err(failure) => Told::failed(failure),
    }
}

async fn tracked(args: &Args, notice: &Notice<'_>) -> Result<(Vec<Tracked>, Dialect), Failure> {
    let Notice { settings, interrupt, .. } = notice;
    let place = ci::place().map_err(nowhere)?;
    let token = outside::token(place.dialect)?;
    let (backoff, cancel) = (outside::backoff(settings), interrupt.token().clone());
    let tracker = Tracker::new(&place, &args.label, &token, backoff, cancel);
    let tracker = tracker.map_err(|error| refused(&error))?;
    if notice.report.compared.is_empty() {
        return Err(Failure::usage(
            "The report does not say what was compared, so no issue can be closed.",
        )
        .hint("An older trectl made it: look for drift again, with `drift -o FILE`."));
    }
    let wish = wish(args, notice);
    let tracked = tracker.keep(&wish, &args.author).await.map_err(|error| refused(&error))?;
    Ok((tracked, place.dialect))
}

fn wish(args: &Args, notice: &Notice<'_>) -> Wish {
    let Notice { report, settings, .. } = notice;
    let issues = drift_issues(report, &pages::of_drift(settings));
    let wanted = issues.into_iter().map(|issue| {
        let DriftIssue { id, title, text, news, digest } = issue;
        Wanted { about: id, digest, title, text, news }
    });
    Wish {
        kind: kind(report),
        wanted: wanted.collect(),
        looked_at: report.compared.clone(),
        is_all: report.only.is_empty(),
        settled: drift_settled(report),
        gone: drift_gone(),
        at_most: args.at_most,
        at: report.at.as_deref().and_then(clock::seconds).unwrap_or_default(),
    }
}

/// Returns what the issues of one target have in common; two roots in one git repository can each
/// have a target of the same name.
fn kind(report: &DriftReport) -> String {
    // What parts the key must not stand in a part.
    let part = |text: &str| text.replace('%', "%25").replace(':', "%3A");
    let name = part(&report.target.name);
    match &report.root {
        Some(root) => format!("drift:{}/{name}:", part(root)),
        None => format!("drift:{name}:"),
    }
}

fn told(tracked: &[Tracked], dialect: Dialect, at_most: usize) -> Told {
    let mut lines: Vec<String> = tracked.iter().filter_map(line).collect();
    let postponed = tracked.iter().filter(|one| one.fate == Fate::Postponed).count();
    if postponed > 0 {
        let tres = count(postponed, "more TRE has", "more TREs have");
        lines.push(format!(
            "{tres} drift and no issue yet: at most {at_most} are opened in one run. Run it again."
        ));
    }
    if lines.is_empty() {
        lines.push("Issues: there is nothing to do for what was looked at.".to_owned());
    }
    let issues: Vec<Value> = tracked.iter().map(json_of).collect();
    let failed = |one: &Tracked| match &one.fate {
        Fate::Failed(error) => Some(refused(error)),
        _ => None,
    };
    Told {
        lines,
        json: json!({ "forge": dialect.as_str(), "issues": issues }),
        failures: tracked.iter().find_map(failed).into_iter().collect(),
    }
}

fn json_of(tracked: &Tracked) -> Value {
    let Tracked { number, about, fate } = tracked;
    let mut issue = json!({ "tre": about, "number": number, "action": fate.as_str() });
    let reason = match fate {
        Fate::Failed(error) => Some(error.to_string()),
        Fate::Strange { author } => Some(format!("opened by {author}")),
        Fate::Closed(End::Twin(kept)) => Some(format!("{kept} is about the same")),
        _ => None,
    };
    if let (Some(reason), Some(keys)) = (reason, issue.as_object_mut()) {
        keys.insert("reason".to_owned(), json!(reason));
    }
    issue
}

fn line(tracked: &Tracked) -> Option<String> {
    let Tracked { number, about, fate } = tracked;
    let said = match fate {
        Fate::Opened => "opened".to_owned(),
        Fate::Postponed => return None,
        Fate::Told => "told that something else has drifted".to_owned(),
        Fate::Updated => "text kept up".to_owned(),
        Fate::Unchanged => "unchanged".to_owned(),
        Fate::LeftClosed => {
            "left closed, as somebody closed it and nothing else has drifted".to_owned()
        }
        Fate::Closed(End::Settled) => "closed: no drift is left that counts".to_owned(),
        Fate::Closed(End::Gone) => "closed: the TRE is not compared any more".to_owned(),
        Fate::Closed(End::Twin(kept)) => format!("closed: #{kept} is about the same"),
        Fate::Newer => "left alone: it was changed after this report was made".to_owned(),
        Fate::Settled(End::Gone) => {
            "was closed by hand, and the TRE is not compared any more".to_owned()
        }
        Fate::Settled(_) => "was closed by hand, and its drift is gone".to_owned(),
        Fate::Strange { author } => format!(
            "opened by {author} and left alone; if that was an account of trectl's, name both \
             with `--author`"
        ),
        Fate::Failed(error) => format!("not done: {error}"),
        Fate::Interrupted => "not done, as the run was interrupted".to_owned(),
    };
    let number = number.map(|number| format!(" #{number}")).unwrap_or_default();
    let line = format!("Issue{number} for {about}: {said}.");
    Some(escape_control(&line).into_owned())
}

fn nowhere(error: PlaceError) -> Failure {
    Failure::usage("It is not known which repository the issues belong to.")
        .because(error)
        .hint("Run it in a job of GitHub or GitLab; docs/notify.md tells what they set.")
}

fn refused(error: &ForgeError) -> Failure {
    let cure = error.cure();
    Failure::new(FailureKind::Platform, "Not all issues could be kept.")
        .because(error.clone())
        .hint(cure)
}

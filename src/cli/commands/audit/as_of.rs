//! `audit as-of`: what was applied to a TRE at some time.

use serde_json::{Value, json};

use crate::cli::args::AsOf as Args;
use crate::cli::exit::Status;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::Session;
use crate::cli::{pages, runtime};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Para, Role};
use crate::state::{AsOf, Author, RunInfo, Sight, Sighting};

/// Runs the command.
pub fn run(args: &Args, session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|interrupt| async move {
        let store = session.state()?;
        let asked = interrupt.or(store.as_of(args.time.last)).await?;
        let found = asked.map_err(state_failure)?.remove(&args.tre).unwrap_or_default();
        if output.settings().is_json() {
            output.json(&as_json(args, session, &found));
            return Ok(Status::DONE);
        }
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        pages::heading(&mut page, &format!("{:.0} in", args.time.last), &session.target);
        describe(&mut page, args, &found);
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

fn as_json(args: &Args, session: &Session, found: &AsOf) -> Value {
    let AsOf { record, by, progress, unsettled, before, after } = found;
    json!({
        "format_version": FORMAT_VERSION,
        "target": session.target.name,
        "tre": args.tre,
        "time": format!("{:.0}", args.time.last),
        "applied": record,
        "applied_by": by.as_ref().map(author_json),
        "unfinished": progress.as_ref().map(|progress| json!({
            "plan": progress.digest,
            "steps": progress.steps.len(),
            "confirmed": progress.confirmed,
            "unknown_step": unsettled.as_ref().map(|unsettled| unsettled.step),
        })),
        "seen_before": before.as_ref().map(sighting_json),
        "seen_after": after.as_ref().map(sighting_json),
    })
}

fn author_json(author: &Author) -> Value {
    let Author { at, segment, token, run, info } = author;
    json!({
        "time": at,
        "segment": segment,
        "token": token,
        "run": run,
        "actor": info.as_ref().map(|info| &info.operator),
        "command": info.as_ref().map(|info| &info.command),
        "commit": info.as_ref().and_then(|info| info.commit.as_ref()),
    })
}

fn sighting_json(sighting: &Sighting) -> Value {
    let Sighting { by, sight } = sighting;
    let mut json = author_json(by);
    if let Some(keys) = json.as_object_mut() {
        let (key, value) = match sight {
            Sight::AsRecorded(record) => ("recorded", json!(record)),
            Sight::Observed { record: _, fields } => ("observed", json!(fields)),
        };
        keys.insert(key.to_owned(), value);
    }
    json
}

fn describe(page: &mut Page, args: &Args, found: &AsOf) {
    let AsOf { record, by, progress, unsettled, before, after } = found;
    let state = record.as_ref().map_or("nothing applied", |record| record.state.as_str());
    page.line(&[(Role::Strong, args.tre.as_str()), (Role::Plain, &format!("  {state}"))]);
    let mut row = |label: &str, text: String| {
        page.row((Role::Plain, label), &[Para::words(text).hang(2)]);
    };
    if let Some(by) = by {
        let label = if record.is_some() { "Applied" } else { "Forgotten" };
        row(label, author(by));
    }
    if let Some(Value::Object(settings)) = record.as_ref().map(|record| json!(record)) {
        for (name, value) in settings.iter().filter(|(name, _)| *name != "state") {
            row(name, text(value));
        }
    }
    if let Some(progress) = progress {
        let (done, all) = (progress.confirmed, progress.steps.len());
        let open = unsettled.as_ref().map_or_else(String::new, |open| {
            let operation = open.call.operation;
            format!("; what became of step {}, {operation}, was not known", open.step)
        });
        row("Unfinished", format!("a plan, {done} of {all} steps done{open}"));
    }
    for (label, sighting) in [("Seen before", before), ("Seen after", after)] {
        let text = sighting.as_ref().map_or_else(|| "never".to_owned(), seen);
        row(label, text);
    }
}

fn author(author: &Author) -> String {
    let Author { at, segment, token: _, run, info } = author;
    let by = info.as_ref().map_or_else(String::new, |info| {
        let RunInfo { command, target: _, operator, commit, digest: _ } = info;
        let commit = commit.as_ref().map_or_else(
            || "not in git".to_owned(),
            |commit| format!("commit {}", commit.chars().take(7).collect::<String>()),
        );
        format!(" as {operator}, {commit}, by `{command}`")
    });
    format!("{at}{by}; run {run}, segment {segment}")
}

fn seen(sighting: &Sighting) -> String {
    let Sighting { by, sight } = sighting;
    let what = match sight {
        Sight::AsRecorded(Some(_)) => "as it was applied".to_owned(),
        Sight::AsRecorded(None) => "forgotten".to_owned(),
        Sight::Observed { fields, .. } if fields.is_empty() => "nothing differed".to_owned(),
        Sight::Observed { fields: drift, .. } => {
            let paths: Vec<&str> = drift.iter().map(|field| field.path.as_str()).collect();
            format!("these differed: {}", paths.join(", "))
        }
    };
    format!("{}, {what}", by.at)
}

/// Returns a setting as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(keys) => {
            let keys = keys.iter().map(|(name, value)| format!("{name} {}", text(value)));
            keys.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

//! `new`: the document of a new TRE, from scratch or as the successor of another one.

use camino::Utf8PathBuf;
use serde_json::{Map, Value, json};

use crate::cli::args::New as Args;
use crate::cli::document::{Document, LeftOut};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome, Stop};
use crate::cli::files::{self, Created};
use crate::cli::output::Output;
use crate::cli::planning::{unknown_tre, unread};
use crate::cli::session::{Documents, Session};
use crate::cli::{platform, runtime};
use crate::live;
use crate::model::TreId;
use crate::plan::FORMAT_VERSION;
use crate::source::Kind;

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Optional)?;
    if let Some(tre) = session.desired.tres.get(&args.id) {
        return Err(Failure::usage(format!("`{}` has a document: {}.", args.id, tre.range))
            .hint("An id is for ever: take another one.")
            .into());
    }
    let keys = match &args.from {
        Some(from) => predecessor(from, &session, output)?,
        None => blank(&args.id, &session),
    };
    let document = begin(keys, args, &session)?;
    let file = file(args, &session, output);
    let text = document.text(&comments(args))?;
    if files::create(&file, text.as_bytes())? == Created::WasThere {
        return Err(Failure::files(format!("`{file}` is there already."))
            .hint("Name another folder with `--out DIR`.")
            .into());
    }
    for LeftOut { path, reason } in &document.left_out {
        output.warn(&format!("`{path}` is left out: trectl would refuse it. {reason}"));
    }
    tell(args, &file, output);
    Ok(Status::DONE)
}

/// Keys without which a TRE cannot be created or published.
const NEEDED: [&str; 5] = ["name", "visibility", "billTo", "region", "reviewSteps"];

/// Returns the keys of another TRE: as its document writes them, groups and profiles included, and
/// what it does not manage as it is live.
fn predecessor(
    from: &TreId,
    session: &Session,
    output: &Output,
) -> Result<Map<String, Value>, Stop> {
    let mut keys = written(from, session);
    if NEEDED.iter().all(|key| keys.contains_key(*key)) {
        return Ok(keys);
    }
    let mut found = None;
    runtime::block_on(|interrupt| {
        let found = &mut found;
        async move {
            let settings = output.settings();
            let reader = platform::open_to_read(session, settings, &interrupt).await?;
            *found = interrupt.or(live::describe_one(&*reader, from)).await?.map_err(unread)?;
            Ok(Status::DONE)
        }
    })?;
    match found {
        Some(live) => {
            let live = Document::of_live(&live).into_keys();
            // A document manages policies name by name, so what it leaves out it leaves out.
            let is_written = keys.contains_key("policies") || keys.contains_key("extends");
            for (key, value) in live.into_iter().filter(|(key, _)| !is_written || key != "policies")
            {
                keys.entry(key).or_insert(value);
            }
            Ok(keys)
        }
        None if keys.is_empty() => Err(unknown_tre(from, session.desired.tres.keys()).into()),
        None => Ok(keys),
    }
}

/// Returns the keys of a TRE's document, if it has one.
fn written(from: &TreId, session: &Session) -> Map<String, Value> {
    let document = session.repository.documents.iter().find(|document| {
        let id = document.node.get("id").and_then(|id| id.as_str());
        document.kind == Kind::TrustedResearchEnvironment && id == Some(from.as_str())
    });
    match document.map(|document| document.node.to_json()) {
        Some(Value::Object(keys)) => keys,
        _ => Map::new(),
    }
}

/// Returns the keys that every new TRE needs, as far as they can be told.
fn blank(id: &TreId, session: &Session) -> Map<String, Value> {
    let handle = id.as_str().strip_prefix("tre-").unwrap_or(id.as_str());
    let mut keys = Map::new();
    keys.insert("name".to_owned(), json!(handle));
    keys.insert("description".to_owned(), json!("To be written."));
    keys.insert("visibility".to_owned(), json!("private"));
    if let Some([org]) = session.target.select_bill_to.as_deref() {
        keys.insert("billTo".to_owned(), json!(org));
    }
    keys
}

fn begin(
    mut keys: Map<String, Value>,
    args: &Args,
    session: &Session,
) -> Result<Document, Failure> {
    keys.insert("id".to_owned(), json!(args.id));
    keys.insert("state".to_owned(), json!("draft"));
    keys.shift_remove("consents");
    keys.shift_remove("acceptedDrift");
    keys.shift_remove("managed");
    keys.shift_remove("previously");
    Document::of_keys(keys)
        .without_refused(session.repository.sources.iter(), session.today)
        .map_err(|refused| Failure::usage(refused.summary))
}

fn file(args: &Args, session: &Session, output: &Output) -> Utf8PathBuf {
    let folder = match &args.out {
        Some(folder) => output.settings().path(folder),
        None => session.path("tres".into()),
    };
    let handle = args.id.as_str().strip_prefix("tre-").unwrap_or(args.id.as_str());
    folder.join(format!("{handle}.yaml"))
}

fn comments(args: &Args) -> Vec<String> {
    match &args.from {
        Some(from) => vec![
            format!("Begun from `{from}`, as a draft: everything can still be changed."),
            "Publishing freezes billTo, region, customizedURL, customizedRateCard and the review \
             steps for good."
                .to_owned(),
        ],
        None => vec![
            "A draft: everything can be changed. To create it, billTo and region are needed;"
                .to_owned(),
            "to publish it, an inventory and reviewSteps with reviewers too. `trectl explain`."
                .to_owned(),
        ],
    }
}

fn tell(args: &Args, file: &Utf8PathBuf, output: &mut Output) {
    if output.settings().is_json() {
        let address = format!("tre.{}", args.id);
        output.json(
            &json!({ "format_version": FORMAT_VERSION, "address": address, "file": file.as_str() }),
        );
    } else {
        let next = format!("{} plan", output.settings().invocation);
        output.result(&format!("{} → {file}\nNext: edit it, then `{next}`\n", args.id));
    }
}

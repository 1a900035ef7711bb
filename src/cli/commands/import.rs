//! `import`: live TREs as documents that plan to nothing, one file each, never over an existing
//! one.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use serde_json::{Value, json};

use crate::cli::args::Import as Args;
use crate::cli::document::{Document, LeftOut};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::files::{self, Created};
use crate::cli::output::Output;
use crate::cli::planning::{unknown_tre, unread};
use crate::cli::session::{Documents, Session};
use crate::cli::{pages, platform, runtime};
use crate::desired::Target;
use crate::live;
use crate::model::{Live, LiveTre, TreId};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Role};
use crate::source::PROJECT_FILE;

/// One document that is about to be written.
struct Draft {
    id: TreId,
    file: Utf8PathBuf,
    document: Document,
}

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Optional)?;
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let select = session.target.select_bill_to.as_deref();
        let live = interrupt.or(live::read(&*reader, select)).await?.map_err(unread)?;
        let drafts = drafts(args, &session, &live, output)?;
        write(&drafts)?;
        tell(&drafts, &session.target, output);
        Ok(Status::DONE)
    })
}

fn drafts(
    args: &Args,
    session: &Session,
    live: &Live,
    output: &Output,
) -> Result<Vec<Draft>, Failure> {
    let folder = match &args.out {
        Some(folder) => output.settings().path(folder),
        None => session.path("tres".into()),
    };
    let project = session.repository.sources.text(PROJECT_FILE);
    let mut drafts = Vec::new();
    for tre in chosen(args, session, live)? {
        let id = &tre.tre.id;
        let Some(name) = handle(id) else {
            output.warn(&format!("`{id}` is left out: trectl takes no document with such an id."));
            continue;
        };
        match Document::of_live(tre)
            .without_refused(project.map(|text| (PROJECT_FILE, text)), session.today)
        {
            Ok(document) => {
                warn(id, &document, output);
                let file = folder.join(format!("{name}.yaml"));
                drafts.push(Draft { id: id.clone(), file, document });
            }
            Err(refused) => output.warn(&format!("`{id}` is left out: {}", refused.summary)),
        }
    }
    Ok(drafts)
}

/// Returns the TREs that are to be written: those that are named, all, or those without a document.
fn chosen<'a>(args: &Args, session: &Session, live: &'a Live) -> Result<Vec<&'a LiveTre>, Failure> {
    if !args.ids.is_empty() {
        let ids: BTreeSet<&TreId> = args.ids.iter().collect();
        return ids
            .into_iter()
            .map(|id| live.tres.get(id).ok_or_else(|| unknown_tre(id, live.tres.keys())))
            .collect();
    }
    let has_document = |id: &TreId| session.desired.tres.contains_key(id);
    Ok(live.tres.values().filter(|tre| args.all || !has_document(&tre.tre.id)).collect())
}

/// Returns the name of a TRE's file, if its id is one that trectl takes.
fn handle(id: &TreId) -> Option<&str> {
    id.as_str().parse::<TreId>().ok()?;
    id.as_str().strip_prefix("tre-")
}

fn warn(id: &TreId, document: &Document, output: &Output) {
    for LeftOut { path, reason } in &document.left_out {
        output.warn(&format!(
            "`{path}` of `{id}` is left out, so it is not managed: trectl would refuse it. {reason}"
        ));
    }
}

/// Writes all of them, or none where one is there already.
fn write(drafts: &[Draft]) -> Result<(), Failure> {
    let there: Vec<String> = drafts
        .iter()
        .filter(|draft| draft.file.exists())
        .map(|draft| format!("`{}`", draft.file))
        .collect();
    if !there.is_empty() {
        return Err(already_there(&there.join(", ")));
    }
    for draft in drafts {
        let text = draft.document.text(&[])?;
        if files::create(&draft.file, text.as_bytes())? == Created::WasThere {
            return Err(already_there(&format!("`{}`", draft.file)));
        }
    }
    Ok(())
}

fn already_there(files: &str) -> Failure {
    Failure::files(format!("{files} is there already; import never writes over a file."))
        .hint("Name another folder with `--out DIR`, or the TREs that are wanted.")
}

fn tell(drafts: &[Draft], target: &Target, output: &mut Output) {
    if output.settings().is_json() {
        let imported: Vec<Value> = drafts.iter().map(json_of).collect();
        output.json(&json!({ "format_version": FORMAT_VERSION, "imported": imported }));
        return;
    }
    let mut page = Page::new(output.settings().width, output.settings().stdout);
    pages::heading(&mut page, "Imported from", target);
    for Draft { id, file, document: _ } in drafts {
        page.line(&[(Role::Plain, &format!("{id} → {file}"))]);
    }
    if drafts.is_empty() {
        let text = "Nothing to import: every live TRE of the target has a document.";
        page.words(Role::Plain, text, 0);
    }
    output.result(&page.finish());
}

fn json_of(draft: &Draft) -> Value {
    let Draft { id, file, document } = draft;
    let left_out: Vec<Value> = document
        .left_out
        .iter()
        .map(|LeftOut { path, reason }| json!({ "path": path, "reason": reason }))
        .collect();
    json!({ "address": format!("tre.{id}"), "file": file.as_str(), "unmanaged": left_out })
}

//! `snapshot`: the live state in one file, or beside the state.

use camino::Utf8Path;
use serde_json::json;

use crate::cli::args::Snapshot as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::{self, Observed, Request, unread};
use crate::cli::session::{Documents, Session};
use crate::cli::settings::quote;
use crate::cli::{clock, files, pages, platform, runtime};
use crate::live::{self, Content, Snapshot};
use crate::model::Directory;
use crate::plan::render::{Page, Role};
use crate::plan::{self, FORMAT_VERSION};
use crate::platform::Reader;

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Optional)?;
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let snapshot = interrupt.or(take(&session, &*reader)).await??;
        let text = snapshot.to_text();
        if let Some(file) = &args.out {
            files::replace(&output.settings().path(file), text.as_bytes())?;
        }
        if args.to_state {
            keep(&session, &snapshot, text).await?;
        }
        tell(&snapshot, args, &session, output);
        Ok(Status::DONE)
    })
}

/// Reads all that plans against the target may ask for, those of this checkout included.
async fn take(session: &Session, reader: &dyn Reader) -> Result<Snapshot, Failure> {
    let select = session.target.select_bill_to.as_deref();
    let request = Request::default();
    let taken_at = clock::now();
    let Observed { operator, live, loaded } = planning::observe(session, reader, &request).await?;
    let applied = loaded.applied();
    let nobody = Directory::of(operator.clone());
    let ctx = planning::context(session, &live, applied, &nobody, &request);
    let asked = plan::questions(&ctx);
    let questions = live::survey(&live, select, asked.clone());
    let directory = live::fill(reader, &operator, &questions, &live);
    let requests = live::requests(reader, live.tres.keys());
    let (directory, requests) = tokio::try_join!(directory, requests).map_err(unread)?;
    Ok(Snapshot::of(Content {
        taken_at,
        target: plan::target_info(&session.target, &operator),
        select_bill_to: select,
        live: &live,
        requests,
        directory: live::without_strangers(directory, &live, select, &asked),
        applied,
    }))
}

async fn keep(session: &Session, snapshot: &Snapshot, text: String) -> Result<(), Failure> {
    let (store, digest) = (session.state()?, &snapshot.digest);
    let kept = store.keep_live(clock::instant(), digest, text.into_bytes()).await;
    kept.map_err(planning::state_failure)
}

fn tell(snapshot: &Snapshot, args: &Args, session: &Session, output: &mut Output) {
    let (file, digest, tres) = (&args.out, &snapshot.digest, snapshot.tres.len());
    if output.settings().is_json() {
        output.json(&json!({
            "format_version": FORMAT_VERSION,
            "file": file.as_ref().map(|file| file.as_str()),
            "in_state": args.to_state,
            "target": snapshot.target,
            "taken_at": snapshot.taken_at,
            "digest": digest,
            "tres": tres,
        }));
        return;
    }
    let mut page = Page::new(output.settings().width, output.settings().stdout);
    pages::heading(&mut page, "Snapshot of", &session.target);
    let count = if tres == 1 { "1 TRE".to_owned() } else { format!("{tres} TREs") };
    let (place, flag) = match (file, args.to_state) {
        (Some(file), true) => (format!("`{file}` and in the state store"), live(file)),
        (Some(file), false) => (format!("`{file}`"), live(file)),
        (None, _) => ("the state store".to_owned(), "--from-state".to_owned()),
    };
    page.line(&[(Role::Plain, &format!("Saved in {place}: {count}."))]);
    page.line(&[(Role::Muted, digest)]);
    page.words(Role::Plain, &format!("Next: `{} plan {flag}`", output.settings().invocation), 0);
    output.result(&page.finish());
}

fn live(file: &Utf8Path) -> String {
    format!("--live {}", quote(file.as_str()))
}

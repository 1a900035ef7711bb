//! `state`: what trectl remembers of its runs on a target.

mod gc;
mod locks;
mod unlock;

use serde_json::json;

use crate::cli::args::{Forget, State as Args};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::{Documents, Session};
use crate::cli::{journaling, pages, platform, report, runtime};
use crate::diag::did_you_mean;
use crate::model::TreId;
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Role};
use crate::state::{Head, Loaded};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    match args {
        Args::List => list(&Session::open(output, Documents::Optional)?, output),
        Args::Forget(args) => forget(args, &Session::open(output, Documents::Optional)?, output),
        Args::Locks => locks::run(&Session::apart(output, Documents::Optional)?, output),
        Args::Unlock(args) => {
            unlock::run(args, &Session::apart(output, Documents::Optional)?, output)
        }
        Args::Gc(args) => gc::run(args, &Session::apart(output, Documents::Optional)?, output),
    }
}

fn list(session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|_| async move {
        let loaded = session.state()?.load().await.map_err(state_failure)?;
        let partway: Vec<&TreId> = loaded.progress().keys().collect();
        let is_begun = *loaded.head() != Head::none();
        if output.settings().is_json() {
            output.json(&json!({
                "format_version": FORMAT_VERSION,
                "target": session.target.name,
                "applied": loaded.applied(),
                "part_way": partway,
                "journal_head": is_begun.then(|| loaded.head().to_string()),
            }));
            return Ok(Status::DONE);
        }
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        pages::heading(&mut page, "Applied to", &session.target);
        for (id, record) in loaded.applied() {
            let note = if partway.contains(&id) { "   part-way through a plan" } else { "" };
            page.words(Role::Plain, &format!("{id}   {}{note}", record.state), 4);
        }
        if loaded.applied().is_empty() {
            page.words(Role::Plain, "Nothing was applied yet.", 0);
        }
        if is_begun {
            page.blank();
            page.line(&[(Role::Muted, &format!("Journal: {}", loaded.head()))]);
        }
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

fn forget(args: &Forget, session: &Session, output: &mut Output) -> Outcome {
    runtime::block_on(|interrupt| async move {
        let loaded = session.state()?.load().await.map_err(state_failure)?;
        for id in &args.ids {
            is_remembered(id, &loaded)?;
        }
        let reader = platform::open_to_read(session, output.settings(), &interrupt).await?;
        let operator = reader.whoami().await.map_err(platform::failed)?;
        let mut head = None;
        for id in &args.ids {
            let lock = journaling::lock(session, output, &interrupt).await?;
            let info = journaling::info(session, operator.clone(), None);
            let (run, clock) = (journaling::run_id(), journaling::clock());
            let forgotten = session.state()?.forget(lock, id, &run, info, clock).await;
            head = forgotten.map_err(state_failure)?.or(head);
        }
        if output.settings().is_json() {
            output.json(&json!({
                "format_version": FORMAT_VERSION,
                "forgotten": args.ids,
                "journal_head": head.map(|head| head.to_string()),
            }));
            return Ok(Status::DONE);
        }
        let ids: Vec<&str> = args.ids.iter().map(TreId::as_str).collect();
        let mut page = Page::new(output.settings().width, output.settings().stdout);
        let text = format!("Forgotten: {}. Nothing changed on the platform.", ids.join(", "));
        page.words(Role::Plain, &text, 0);
        if let Some(head) = &head {
            report::head(&mut page, head, output.settings());
        }
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

fn is_remembered(id: &TreId, loaded: &Loaded) -> Result<(), Failure> {
    let known: Vec<&TreId> = loaded.applied().keys().chain(loaded.progress().keys()).collect();
    if known.contains(&id) {
        return Ok(());
    }
    let failure = Failure::usage(format!("`{id}` was never applied to this target."));
    Err(match did_you_mean(id.as_str(), known.into_iter().map(TreId::as_str)) {
        Some(known) => failure.hint(format!("Did you mean `{known}`?")),
        None => failure.hint("`trectl state list` lists what was applied."),
    })
}

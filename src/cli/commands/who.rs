//! `who`: who has access to what, through which path, from which line.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::args::{When, Who as Args};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::{self, Request, unread};
use crate::cli::session::{Documents, Session};
use crate::cli::who::{self, Query, Report, Sides};
use crate::cli::{pages, platform, runtime};
use crate::desired::{self, DesiredTre};
use crate::diag::did_you_mean;
use crate::live::{self, LiveError};
use crate::model::{Applied, Directory, GroupId, Live, Lookup, Questions, TreId, UserId};
use crate::plan::render::Page;
use crate::plan::target_info;
use crate::platform::Reader;

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    if let Some(time) = args.as_of {
        return past(args, time, output);
    }
    let session = Session::open(output, Documents::Optional)?;
    let asked = args.id.as_deref();
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let report = interrupt.or(report(&session, &*reader, asked)).await??;
        if output.settings().is_json() {
            output.json(&report);
        } else {
            let settings = output.settings();
            let mut page = Page::new(settings.width, settings.stdout);
            pages::heading(&mut page, "Access on", &session.target);
            who::human(&mut page, &report, settings.verbosity);
            output.result(&page.finish());
        }
        Ok(Status::DONE)
    })
}

/// Tells it from the journal; the platform is not asked.
fn past(args: &Args, time: When, output: &mut Output) -> Outcome {
    let query = match Query::parse(args.id.as_deref()) {
        Some(Query::Group(group)) => {
            let text = format!("The journal knows no groups, so not who came in by `{group}`.");
            let hint = "Name a `tre-…`, `user-…` or `org-…`; without one, every TRE is told.";
            return Err(Failure::usage(text).hint(hint).into());
        }
        Some(query) => query,
        None => {
            return Err(unknown(args.id.as_deref().unwrap_or_default(), &BTreeSet::new()).into());
        }
    };
    let session = Session::apart(output, Documents::Optional)?;
    runtime::block_on(|interrupt| async move {
        let store = session.state()?;
        let known = interrupt.or(store.as_of(time.last)).await?.map_err(planning::state_failure)?;
        let report = who::past_report(&known, &query, &session.target.name, time.last);
        if output.settings().is_json() {
            output.json(&report);
            return Ok(Status::DONE);
        }
        let settings = output.settings();
        let mut page = Page::new(settings.width, settings.stdout);
        pages::heading(&mut page, &format!("Access at {:.0} in", time.last), &session.target);
        who::past_human(&mut page, &report, settings.verbosity);
        output.result(&page.finish());
        Ok(Status::DONE)
    })
}

async fn report(
    session: &Session,
    reader: &dyn Reader,
    asked: Option<&str>,
) -> Result<Report, Failure> {
    let query = Query::parse(asked);
    let (operator, live) = observe(session, reader, query.as_ref()).await.map_err(unread)?;
    let documents = documents(session, &live, &operator);
    let all = sides(session, &live, &documents, &operator);
    let known = who::known(&all, groups(session).into_iter());
    let unknown = || unknown(asked.unwrap_or_default(), &known);
    let Some(query) = query else { return Err(unknown()) };
    let is_named = query == Query::All || known.contains(&query.to_string());
    let stranger = query.principal().filter(|_| !is_named);
    if !is_named && stranger.is_none() {
        return Err(unknown());
    }
    let questions = Questions {
        listings: who::orgs(&all, &query, &operator),
        people: stranger.iter().cloned().collect(),
        ..Questions::default()
    };
    let directory = live::fill(reader, &operator, &questions, &live).await.map_err(unread)?;
    if let Some(stranger) = stranger
        && !matches!(directory.person(&stranger), Lookup::Known(()))
    {
        return Err(unknown());
    }
    Ok(who::report(&all, &query, &directory, target_info(&session.target, &operator)))
}

/// Reads who acts and the TREs that the query is about: one TRE alone where it is there.
async fn observe(
    session: &Session,
    reader: &dyn Reader,
    query: Option<&Query>,
) -> Result<(UserId, Live), LiveError> {
    let select = session.target.select_bill_to.as_deref();
    let live = async {
        if let Some(Query::Tre(id)) = query {
            let live = live::read_some(reader, select, &BTreeSet::from([id.clone()])).await?;
            if !live.tres.is_empty() || session.desired.tres.contains_key(id) {
                return Ok(live);
            }
        }
        live::read(reader, select).await
    };
    let operator = async { reader.whoami().await.map_err(LiveError::from) };
    tokio::try_join!(operator, live)
}

/// Returns the documents that the target manages.
fn documents<'a>(
    session: &'a Session,
    live: &Live,
    operator: &UserId,
) -> BTreeMap<&'a TreId, &'a DesiredTre> {
    let (applied, nobody) = (Applied::new(), Directory::of(operator.clone()));
    let request = Request::default();
    let ctx = planning::context(session, live, &applied, &nobody, &request);
    let ids: BTreeSet<&TreId> = ctx.selected().map(|tre| &tre.id.value).collect();
    session.desired.tres.iter().filter(|(id, _)| ids.contains(id)).collect()
}

/// Returns every TRE that is live or asked for, in the order of ids.
fn sides<'a>(
    session: &Session,
    live: &'a Live,
    documents: &BTreeMap<&'a TreId, &'a DesiredTre>,
    operator: &UserId,
) -> Vec<Sides<'a>> {
    let ids: BTreeSet<&TreId> = live.tres.keys().chain(documents.keys().copied()).collect();
    let side = |id: &'a TreId| {
        let both = (live.tres.get(id), documents.get(id).copied());
        Sides::new(id, both, operator, &session.desired.policies)
    };
    ids.into_iter().map(side).collect()
}

fn groups(session: &Session) -> Vec<GroupId> {
    desired::resolve(&session.repository).groups.ids().cloned().collect()
}

fn unknown(asked: &str, known: &BTreeSet<String>) -> Failure {
    let failure = Failure::usage(format!(
        "There is no `{asked}`, neither in the repository nor on the platform."
    ));
    let guess = did_you_mean(asked, known.iter().map(String::as_str)).or_else(|| {
        // Whoever leaves out `user-` or `group:` means the one that ends so.
        known.iter().map(String::as_str).find(|id| id.split(['-', ':']).nth(1) == Some(asked))
    });
    match guess {
        Some(guess) => failure.hint(format!("Did you mean `{guess}`?")),
        None => failure
            .hint("Name a `tre-…`, `user-…`, `org-…` or `group:…`; `trectl who` lists everybody."),
    }
}

//! `plan`: what `apply` would do, shown and saved. It never changes anything.

use camino::Utf8Path;
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::cli::args::Plan as Args;
use crate::cli::changed::Changed;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::{self, Planned, Request};
use crate::cli::session::{Documents, Session};
use crate::cli::{clock, files, pages, platform, recorded, runtime, step_summary};
use crate::live::Snapshot;
use crate::plan::Plan;
use crate::plan::render::{self, Options, Purpose};

/// Makes the plan and prints it.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let mut request = Request::new(&args.scope.only, &args.consents.allow);
    if args.live.is_some() || args.from_state {
        let session = Session::apart(output, Documents::Needed)?;
        let changed = changed(args, &session, &mut request)?;
        let about = (&session, changed.as_ref());
        return match &args.live {
            Some(file) => {
                let snapshot = recorded::read(&output.settings().path(file))?;
                against(&snapshot, args, &request, about, output)
            }
            None => runtime::block_on(|interrupt| async move {
                let snapshot = interrupt.or(recorded::newest(about.0)).await??;
                against(&snapshot, args, &request, about, output)
            }),
        };
    }
    let session = Session::open(output, Documents::Needed)?;
    let changed = changed(args, &session, &mut request)?;
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let planned = interrupt.or(planning::make(&session, &*reader, &request)).await??;
        let Planned { plan, .. } = planned;
        finish(plan, args, (&session, changed.as_ref()), output)
    })
}

/// What a plan is about: the repository, and what changed in it where that is asked for.
type About<'a> = (&'a Session, Option<&'a Changed>);

/// Plans against a snapshot.
fn against(
    snapshot: &Snapshot,
    args: &Args,
    request: &Request,
    about: About<'_>,
    output: &mut Output,
) -> Outcome {
    recorded::is_young(snapshot, args.max_age)?;
    finish(recorded::plan(about.0, snapshot, request)?, args, about, output)
}

/// Narrows the request to what changed, where that is asked for.
fn changed(
    args: &Args,
    session: &Session,
    request: &mut Request,
) -> Result<Option<Changed>, Failure> {
    let Some(revision) = &args.since.changed else { return Ok(None) };
    let changed = Changed::since(&session.repository, revision)?;
    changed.narrow(request);
    Ok(Some(changed))
}

/// Saves and shows the plan.
fn finish(
    mut plan: Plan,
    args: &Args,
    (session, changed): About<'_>,
    output: &mut Output,
) -> Outcome {
    if let Some(changed) = changed {
        plan.changed = Some(changed.info(session.desired.tres.keys()));
    }
    plan.expires_at = args.expires_in.map(expiry).transpose()?;
    let plan = &plan;
    if let Some(file) = &args.out {
        save(plan, &output.settings().path(file))?;
    }
    let status = status(plan, args);
    show(plan, args, (status, session.today), output);
    Ok(status)
}

/// Returns when a plan that is saved now can no longer be applied.
fn expiry(after: SignedDuration) -> Result<String, Failure> {
    clock::after(after).ok_or_else(|| {
        Failure::usage("`--expires-in` reaches beyond the end of the calendar.")
            .hint("Write `12h` or `7d`, or leave it out: then nothing ends the plan but a change.")
    })
}

fn status(plan: &Plan, args: &Args) -> Status {
    match (plan.complete, plan.applyable && args.detailed_exitcode) {
        (false, _) => Status::REFUSED,
        (true, true) => Status::DIFFERENT,
        (true, false) => Status::DONE,
    }
}

fn save(plan: &Plan, file: &Utf8Path) -> Result<(), Failure> {
    let text = render::json(plan)
        .map_err(|error| Failure::files("The plan cannot be written as JSON.").because(error))?;
    files::replace(file, text.as_bytes())
}

fn show(plan: &Plan, args: &Args, (status, today): (Status, Date), output: &mut Output) {
    let purpose =
        Purpose::Read { exit: status.code(), apply: pages::apply_command(args, plan, output) };
    // A consent counts from today, however old the live state is.
    let options =
        Options { read_on: Some(today), ..pages::options(output.settings(), plan, purpose) };
    step_summary::append(output, || render::markdown(plan, &options));
    if output.settings().is_json() {
        output.json(plan);
        return;
    }
    if let Some(stream) = output.stream() {
        stream.plan(plan, Some(status));
        output.stderr(&render::human(plan, &pages::for_stderr(&options, output.settings())));
    } else {
        output.result(&pages::of_plan(output.settings(), plan, &options));
    }
    if let Some(file) = &args.out {
        output.say(&format!("Saved in `{file}`."));
    }
}

//! `apply`: plans, asks, executes, and plans again to see that nothing is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::apply::{self, Input, Outcome as Executed, Repetition, Sink, Stop as Stopped};
use crate::cli::args::{Apply as Args, Format};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome, Stop};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::{Answer, Output, ask};
use crate::cli::planning::{self, Planned, Request, state_failure};
use crate::cli::platform::{self, Writable};
use crate::cli::report::{self, Report};
use crate::cli::session::{Documents, Session};
use crate::cli::stream::Watch;
use crate::cli::{journaling, pages, progress, runtime, saved, step_summary};
use crate::desired::DesiredTre;
use crate::diff;
use crate::model::{AppliedTre, TreId, UserId};
use crate::plan::render::{self, Purpose};
use crate::plan::saved::Stale;
use crate::plan::{Extent, Plan, Status as Amount};
use crate::state::{Journal, Loaded, Lock};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Needed)?;
    let file = args.plan.as_deref().map(|file| output.settings().path(file));
    let saved = file.as_deref().map(saved::read).transpose()?;
    runtime::block_on(|interrupt| async move {
        let lock = journaling::lock(&session, output, &interrupt).await?;
        let request = request(args, saved.as_ref(), &session)?;
        if let (Some(saved), Some(file)) = (&saved, &args.plan) {
            saved::in_time(saved, file, output.settings())?;
        }
        let platform = platform::open_to_write(&session, output.settings(), &interrupt).await?;
        let planned = interrupt.or(planning::make(&session, &*platform.reader, &request)).await??;
        if let Some(saved) = &saved {
            let named = request.only.clone().unwrap_or_default();
            saved::is_fresh(saved, &planned, &named)
                .map_err(|(failure, stale)| show_stale(failure, &stale, &planned.plan, output))?;
        }
        let purpose = match request.extent {
            Extent::Full => Purpose::Execute,
            Extent::TightenOnly => Purpose::Tighten,
        };
        show(args, &planned.plan, purpose, output);
        approve(args, &planned.plan, &interrupt, output).await?;
        let run = Run { args, session: &session, platform: &platform, request: &request };
        run.execute(planned, lock, &interrupt, output).await
    })
}

fn request(args: &Args, saved: Option<&Plan>, session: &Session) -> Result<Request, Failure> {
    let mut request = Request::new(&args.scope.only, &args.consents.allow);
    if args.tighten_only {
        request.extent = Extent::TightenOnly;
    }
    if let Some(saved) = saved {
        let named = saved::named(saved, &session.target.name, request.only.as_ref())?;
        request.only = Some(named);
    }
    Ok(request)
}

/// Shows the plan to whoever decides on it, or reads it in a log.
fn show(args: &Args, plan: &Plan, purpose: Purpose, output: &mut Output) {
    let options = pages::options(output.settings(), plan, purpose);
    if let Some(stream) = output.stream() {
        stream.plan(plan, None);
    }
    match output.settings().format {
        Format::Human => {
            output.result(&render::human(plan, &options));
            if plan.applyable {
                output.result("\n");
            }
        }
        // Standard output is one page about the end.
        Format::Markdown if !asks(args, plan) => {}
        Format::Markdown | Format::Jsonl => {
            let options = pages::for_stderr(&options, output.settings());
            output.stderr(&render::human(plan, &options));
        }
        _ => {}
    }
}

/// Tells whether somebody has to approve of the plan.
fn asks(args: &Args, plan: &Plan) -> bool {
    !args.auto_approve && plan.applyable
}

/// Shows what was reviewed beside what would be done now.
fn show_stale(mut failure: Failure, stale: &[Stale], fresh: &Plan, output: &mut Output) -> Failure {
    let options = pages::options(output.settings(), fresh, Purpose::Execute);
    let page = || report::stale(stale, fresh, &pages::uncoloured(&options));
    if !stale.is_empty() {
        step_summary::append(output, page);
        failure.has_page = true;
    }
    if output.settings().format == Format::Markdown && !stale.is_empty() {
        output.result(&page());
    } else if output.settings().format == Format::Human {
        for Stale { saved, fresh } in stale {
            let reviewed = render::changes(std::slice::from_ref(&**saved), &options);
            let now = match fresh {
                Some(fresh) => render::changes(std::slice::from_ref(&**fresh), &options),
                None => "It is no longer planned at all.\n".to_owned(),
            };
            output.result(&format!("Reviewed:\n\n{reviewed}\nNow:\n\n{now}\n"));
        }
    }
    failure
}

/// Asks whether to go on, unless there is nothing to ask.
async fn approve(
    args: &Args,
    plan: &Plan,
    interrupt: &Interrupt,
    output: &Output,
) -> Result<(), Failure> {
    if !asks(args, plan) {
        return Ok(());
    }
    let interaction = output.settings().interaction;
    let question = format!("Apply this to `{}`? Only `yes` does it:", plan.target.name);
    match interrupt.blocking(move || ask(interaction, &question)).await? {
        Some(Answer::Yes) => Ok(()),
        Some(Answer::No) => Err(Failure::usage("The plan was not approved: nothing was done.")),
        None => Err(Failure::usage("The plan waits for approval and nobody can be asked here.")
            .hint("Pass `--auto-approve`, or run it on a terminal.")),
    }
}

/// One run, once it is approved.
struct Run<'a> {
    args: &'a Args,
    session: &'a Session,
    platform: &'a Writable,
    request: &'a Request,
}

impl Run<'_> {
    async fn execute(
        &self,
        planned: Planned,
        lock: Lock,
        interrupt: &Interrupt,
        output: &mut Output,
    ) -> Outcome {
        let Planned { plan, loaded, .. } = planned;
        let plan = Arc::new(plan);
        let records = self.records(&plan);
        let executed = if has_work(&plan, &loaded, &records) {
            let journal = self.journal(&plan, lock, loaded).await?;
            Some(self.apply(&plan, journal, records, interrupt, output).await?)
        } else {
            drop(lock);
            None
        };
        let status = status(&plan, executed.as_ref(), interrupt);
        let touched = executed.as_ref().is_some_and(|executed| !executed.tres.is_empty());
        let again = match touched {
            true => planning::make(self.session, &*self.platform.reader, self.request).await.ok(),
            false => None,
        };
        let after = match touched {
            true => again.as_ref().map(|planned| &planned.plan),
            false => Some(&*plan),
        };
        let report = Report {
            plan: &plan,
            outcome: executed.as_ref(),
            after,
            extent: self.request.extent,
            open_windows: self.session.desired.project.guards.open_windows,
            again: &pages::again(self.args, output),
            status,
        };
        step_summary::append(output, || report::markdown(report, output.settings()));
        match output.settings().format {
            Format::Json => output.json(&report::json(report)),
            Format::Jsonl => {
                output.stderr(&report::human(report, &output.settings().for_stderr()));
                if let Some(stream) = output.stream() {
                    Watch::summary(&stream, &plan, executed.as_ref(), status);
                }
            }
            Format::Markdown => output.result(&report::markdown(report, output.settings())),
            _ => output.result(&report::human(report, output.settings())),
        }
        Ok(status)
    }

    /// Returns what to remember of every TRE that is as its document asks once the plan is
    /// executed: nothing, where the document says that it is deleted or no longer managed.
    fn records(&self, plan: &Plan) -> BTreeMap<TreId, Option<AppliedTre>> {
        if self.request.extent == Extent::TightenOnly {
            return BTreeMap::new();
        }
        let settled: BTreeSet<&str> = plan
            .resource_changes
            .iter()
            .filter(|change| {
                matches!(change.status, Amount::Ready | Amount::NoOp | Amount::Released)
            })
            .map(|change| change.name.as_str())
            .collect();
        let is_let_go = |tre: &DesiredTre| {
            !tre.is_managed
                && self.request.only.as_ref().is_none_or(|only| only.contains(&tre.id.value))
        };
        let desired = &self.session.desired;
        desired
            .tres
            .iter()
            .filter(|(id, tre)| settled.contains(id.as_str()) || is_let_go(tre))
            .map(|(id, tre)| (id.clone(), diff::record(tre, &desired.policies)))
            .collect()
    }

    async fn journal(&self, plan: &Plan, lock: Lock, loaded: Loaded) -> Result<Journal, Failure> {
        let operator = UserId::from_platform(&plan.target.operator);
        let commit = plan.source.git.as_ref().map(|git| git.commit.clone());
        let info = journaling::info(self.session, operator, commit);
        Journal::begin(lock, loaded, &journaling::run_id(), info, journaling::clock())
            .await
            .map_err(state_failure)
    }

    async fn apply(
        &self,
        plan: &Arc<Plan>,
        journal: Journal,
        records: BTreeMap<TreId, Option<AppliedTre>>,
        interrupt: &Interrupt,
        output: &Output,
    ) -> Result<Executed, Stop> {
        let guards = &self.session.desired.project.guards;
        let input = Input {
            plan: Arc::clone(plan),
            reader: Arc::clone(&self.platform.reader),
            writer: Arc::clone(&self.platform.writer),
            journal,
            records,
            parallelism: self.args.parallelism.into(),
            open_windows: usize::try_from(guards.open_windows).unwrap_or(usize::MAX),
            events: events(plan, output),
            cancel: interrupt.token().clone(),
            repetition: Repetition::Once,
        };
        apply::execute(input)
            .await
            .map_err(|error| Failure::usage("The plan cannot be executed.").because(error).into())
    }
}

/// Returns what takes the events of the run: the bar or the lines for people, and the stream.
fn events(plan: &Plan, output: &Output) -> Sink {
    let people = progress::sink(output.settings());
    let Some(stream) = output.stream() else { return people };
    let watch = Watch::new(stream, plan);
    Arc::new(move |event| {
        people(event);
        watch.event(event);
    })
}

/// Tells whether there is anything to execute or to write down.
fn has_work(plan: &Plan, loaded: &Loaded, records: &BTreeMap<TreId, Option<AppliedTre>>) -> bool {
    plan.applyable
        || !loaded.unsettled().is_empty()
        || records.iter().any(|(id, record)| loaded.applied().get(id) != record.as_ref())
}

fn status(plan: &Plan, executed: Option<&Executed>, interrupt: &Interrupt) -> Status {
    let Some(executed) = executed else {
        return if plan.complete { Status::DONE } else { Status::REFUSED };
    };
    if matches!(executed.stopped, Some(Stopped::Interrupted)) {
        return interrupt.received().unwrap_or(Status::INTERRUPTED);
    }
    match (executed.has_failure(), executed.has_effect(), plan.complete) {
        (true, true, _) => Status::PARTIAL,
        (true, false, _) => Status::ERROR,
        (false, _, false) => Status::REFUSED,
        (false, _, true) => Status::DONE,
    }
}

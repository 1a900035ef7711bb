//! `drift`: who moved since the last apply: the repository, the platform, or both. Never writes.

use crate::cli::args::Scope as Args;
use crate::cli::exit::Status;
use crate::cli::failure::Outcome;
use crate::cli::output::Output;
use crate::cli::planning::{self, Planned, Request};
use crate::cli::session::{Documents, Session};
use crate::cli::{pages, platform, runtime};
use crate::plan::render::{DriftReport, Purpose, drift_human};
use crate::plan::{Plan, Status as Amount};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Needed)?;
    let request = Request::new(&args.only, &[]);
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let planned = interrupt.or(planning::make(&session, &*reader, &request)).await??;
        let Planned { plan, loaded: _, unmanaged } = planned;
        let unmanaged = unmanaged.iter().map(ToString::to_string).collect();
        let options = pages::options(output.settings(), &plan, Purpose::Execute);
        let report = report(plan, unmanaged);
        if output.settings().is_json() {
            output.json(&report);
        } else {
            output.result(&drift_human(&report, &options));
        }
        Ok(if report.drift.is_empty() { Status::DONE } else { Status::DIFFERENT })
    })
}

fn report(plan: Plan, unmanaged: Vec<String>) -> DriftReport {
    let orphaned = plan
        .resource_changes
        .iter()
        .filter(|change| change.status == Amount::Orphaned)
        .map(|change| change.name.clone())
        .collect();
    DriftReport::new(plan.target, plan.resource_drift, orphaned, unmanaged)
}
